/* cmd_campaign.c - duanka campaign: plan (can the effect be told at all?), roster, segment, run, report. What concerns data reads the data directory, beside a running service; what changes something asks the service. */
#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "app/args.h"
#include "app/campaign_send.h"
#include "app/commands.h"
#include "app/serve_load.h"
#include "base/mem.h"
#include "gateway/limit_now.h"
#include "gateway/measuring.h"

static const char help[] =
	"duanka campaign plan NAME=VALUE... [--url URL]      power and size before anybody is reached; with --url it is proposed / 拟定\n"
	"duanka campaign roster --data DIR [--list KIND=FILE]...   everybody who could be in one / 人员底册\n"
	"duanka campaign segment ID --data DIR [--url URL]   who belongs to it, and who is held out by lot / 分群\n"
	"duanka campaign run ID --data DIR --url URL         sends its texts / 发送\n"
	"duanka campaign report ID --data DIR [--url URL]    what it changed, or that the data do not show it / 评估报告\n\n"
	"  NAME=VALUE             fields of a campaign (doc/campaigns.md): outcome=victims|conversion|reports, base= per million, effect=,\n"
	"                         hold_out=, alpha=, power= per mille, contact_rate=, icc= per million, follow=14d; and people=N, or\n"
	"                         districts=N with people=N in all, for the power\n"
	"  --list KIND=FILE       students, finance, parents: members' lists, lines TOKEN,yes or TOKEN,no (consent); refused: lines TOKEN\n"
	"  --rate N               texts a second (default 20) / 每秒短信数\n"
	"  --key FILE             token key (default: DIR/token.key)\n"
	"  --format text|json, --lang en|zh   of the report / 报告格式与语言\n"
	"  --url URL              of a running service; $DUANKA_API_KEY has a key with the scope desk, or the token of a session\n"
	"                         with a role: plan, segment: media, editor, analyst or leader; run: analyst; report: analyst, quality,\n"
	"                         editor or leader, and somebody else than who planned it (approve: editor or leader, somebody else too)\n"
	"  --ca FILE, --certificate FILE, --certificate-key FILE   go with TLS\n\n"
	"Exit status: 0 done, 1 could not run, 2 of run: some texts were refused.\n";

enum {
	O_DATA = 16,
	O_LIST,
	O_RATE,
	O_TOKEN_KEY,
	O_FORMAT,
	O_LANG,
	O_URL,
	O_CA,
	O_CERT,
	O_KEY,
	O_HELP
};
enum {
	OPERANDS_MAX = 40,
	LISTS_MAX = 8,
	LIST_BYTES_MAX = 256 << 20
};

static const struct args_option options[] = {
	{ "--data", 'd', true, O_DATA },         { "--list", 0, true, O_LIST },       { "--rate", 0, true, O_RATE },
	{ "--key", 'k', true, O_TOKEN_KEY },     { "--format", 'f', true, O_FORMAT }, { "--lang", 0, true, O_LANG },
	{ "--url", 'u', true, O_URL },           { "--ca", 0, true, O_CA },           { "--certificate", 0, true, O_CERT },
	{ "--certificate-key", 0, true, O_KEY }, { "--help", 'h', false, O_HELP },
};

struct asked {
	const char *value[O_HELP + 1], *operand[OPERANDS_MAX], *list[LISTS_MAX];
	uint32_t n, n_lists;
	struct client client;
	enum lang lang;
};

static bool wrong(const char *what)
{
	fprintf(stderr, "duanka campaign: %s; see --help\n", what);
	return false;
}

static bool say(const char *path, const char *what)
{
	fprintf(stderr, "duanka campaign: %s: %s\n", path, what);
	return false;
}

/* ---- the plan ---- */

struct sketch {
	struct desk_object campaign;
	int64_t people, districts;
	json_t *body;
};

static void set(struct desk_object *o, uint32_t field, int64_t v)
{
	o->value[field].i = v;
	o->has |= (uint64_t)1 << field;
}

/* One NAME=VALUE: into the object where the arithmetic needs it, and into the request as it is. */
static bool take_field(struct sketch *k, struct text name, const char *value)
{
	uint32_t f = desk_field_find(&desk_campaign, name), choice;
	const struct desk_field *field = &desk_campaign.field[f];
	int64_t n = 0;
	bool number = text_to_int(text_z(value), &n) == ERR_OK;

	if (f == 0 || !desk_field_given(field))
		return say(value, f == 0 ? "no such field; people, districts, or a field of a campaign"
		                         : "the service draws or counts this field by itself");
	if (field->type == DESK_CHOICE) {
		choice = desk_choice_find(field->choices, text_z(value));
		if (choice == 0)
			return say(value, "not one of the choices");
		set(&k->campaign, f, choice);
	} else if (field->type == DESK_INTEGER) {
		if (!number || n < field->min || n > field->max) {
			fprintf(stderr, "duanka campaign: %s is a number from %" PRId64 " to %" PRId64 "\n", field->name,
			        field->min, field->max);
			return false;
		}
		set(&k->campaign, f, n);
	}
	if (field->type == DESK_DURATION && !number && !args_duration_of(value, &n)) {
		fprintf(stderr, "duanka campaign: %s is a duration: write 30s, 10min, 2h or 14d, or seconds\n", field->name);
		return false;
	}
	if (field->type == DESK_DURATION) /* the service takes seconds */
		json_object_set_new(k->body, field->name, number ? json_integer(n) : json_real((double)n / US_PER_SECOND));
	else
		json_object_set_new(k->body, field->name,
		                    number && field->type != DESK_CHOICE ? json_integer(n) : json_string(value));
	return true;
}

static bool take_plan(const struct asked *a, struct sketch *k)
{
	for (uint32_t i = 1; i < a->n; i++) {
		const char *eq = strchr(a->operand[i], '=');
		struct text name = eq ? text_of(a->operand[i], (size_t)(eq - a->operand[i])) : text_z("");
		int64_t *to = text_eq(name, TEXT("people"))      ? &k->people
		              : text_eq(name, TEXT("districts")) ? &k->districts
		                                                 : NULL;

		if (!eq)
			return say(a->operand[i], "plan takes NAME=VALUE");
		if (to != NULL) {
			if (text_to_int(text_z(eq + 1), to) != ERR_OK || *to < 1 || *to > ROSTER_PEOPLE_MAX)
				return say(a->operand[i], "a number of people or districts");
		} else if (!take_field(k, name, eq + 1)) {
			return false;
		}
	}
	campaign_usual(&k->campaign);
	if (!desk_has(&k->campaign, CAMPAIGN_F_BASE) || !desk_has(&k->campaign, CAMPAIGN_F_EFFECT))
		return wrong(
			"say base=, the outcome without a campaign, per million, and effect=, the change worth knowing, per mille");
	return true;
}

static void show_power(const struct sketch *k)
{
	struct effect_plan p;
	struct effect_power w;
	bool flood = desk_i(&k->campaign, CAMPAIGN_F_MANNER) == CAMPAIGN_FLOOD || k->districts > 0;

	measuring_plan(&k->campaign, &p);
	if (flood) {
		uint64_t each = k->districts > 0 ? (uint64_t)(k->people / k->districts) : 0;

		each = p.outcome == CAMPAIGN_CONVERSION ? (uint64_t)((double)each * p.contact) : each;
		printf("power %.3f with %" PRId64 " districts of %" PRIu64 " counted each, error %g / 效能\n",
		       cluster_power(&p, (uint32_t)k->districts, each, (double)desk_i(&k->campaign, CAMPAIGN_F_ICC) / 1e6),
		       k->districts, each, p.alpha);
		return;
	}
	effect_plan_power(&p, k->people > 0 ? (uint64_t)k->people : 0, &w);
	printf("without %.6f, with %.6f, error %g, held out %g\n", w.rate_held, w.rate, p.alpha, p.held);
	if (w.needed == 0)
		printf("no number of people gives power %g / 任何规模均达不到\n", p.power);
	else
		printf("%" PRIu64 " people give power %g / 所需人数\n", w.needed, p.power);
	if (k->people > 0)
		printf("%" PRId64 " people give power %.3f / 该规模下的效能\n", k->people, w.power);
	if (k->people > 0 && w.power < p.power)
		printf(
			"too few: most likely the report will have to say that nothing is shown / 规模不足，很可能无法得出结论\n");
}

static int put_json(const char *p, size_t n, void *ctx)
{
	buf_add(ctx, p, n);
	return 0;
}

static int plan(const struct asked *a)
{
	struct sketch *k = mem_alloc(sizeof(*k));
	struct buf answer, body;
	bool ok = k != NULL;

	buf_init(&answer, CLIENT_ANSWER_MAX);
	buf_init(&body, CLIENT_ANSWER_MAX);
	if (ok) {
		k->campaign.kind = DESK_CAMPAIGN;
		k->body = json_object();
		ok = k->body != NULL && take_plan(a, k);
	}
	if (ok)
		show_power(k);
	if (ok && a->value[O_URL] != NULL) {
		ok = json_dump_callback(k->body, put_json, &body, JSON_COMPACT) == 0 && body.err == ERR_OK &&
		     campaign_step(&a->client, NULL, "", body.p, &answer);
		if (ok)
			printf("%.*s\n", (int)answer.n, answer.p);
	}
	buf_release(&body);
	if (k != NULL)
		json_decref(k->body);
	mem_free(k);
	buf_release(&answer);
	return ok ? EXIT_ACCEPTED : EXIT_COULD_NOT_RUN;
}

/* ---- the data directory ---- */

struct place {
	char roster[DATA_PATH_BYTES], segment[DATA_PATH_BYTES], registry_path[DATA_PATH_BYTES];
	struct registry *registry;
	struct desk_object campaign;
};

static bool open_registry(struct place *p)
{
	struct buf why;
	enum err e;

	buf_init(&why, 4096);
	e = registry_open(&p->registry, p->registry_path, &why);
	if (e != ERR_OK)
		say(p->registry_path, why.n > 0 ? why.p : err_name(e));
	buf_release(&why);
	return e == ERR_OK;
}

static bool find_place(const struct asked *a, struct place *p)
{
	const char *data = a->value[O_DATA];
	char folder[DATA_PATH_BYTES];

	if (data == NULL)
		return wrong("--data DIR is missing");
	if (strlen(data) > DATA_PATH_BYTES - 64)
		return say(data, "the path is too long");
	umask(077);
	snprintf(folder, sizeof(folder), "%s/campaigns", data);
	mkdir(folder, 0700);
	snprintf(p->roster, sizeof(p->roster), "%s/campaigns/roster", data);
	snprintf(p->registry_path, sizeof(p->registry_path), "%s/registry.sqlite", data);
	return open_registry(p);
}

/* The campaign that the second operand names. */
static bool find_campaign(const struct asked *a, struct place *p)
{
	uint32_t kind = 0;
	uint64_t id = 0;
	enum err e;

	if (a->n != 2 || desk_id_parse(text_z(a->operand[1]), &kind, &id) != ERR_OK || kind != DESK_CAMPAIGN)
		return wrong("name one campaign, like CA-65536");
	if (!find_place(a, p))
		return false;
	e = registry_load(p->registry, id, &p->campaign);
	if (e != ERR_OK || p->campaign.kind != DESK_CAMPAIGN)
		return say(a->operand[1], e == ERR_OK || e == ERR_ABSENT ? "there is no such campaign" : err_name(e));
	snprintf(p->segment, sizeof(p->segment), "%s/campaigns/CA-%" PRIu64 ".segment", a->value[O_DATA], id);
	return true;
}

/* ---- the roster ---- */

static bool read_list(const char *z, struct roster_list *l, struct buf *bytes)
{
	static const struct {
		const char *name;
		uint8_t bit;
	} kinds[] = {
		{ "students", LIST_STUDENTS }, { "finance", LIST_FINANCE }, { "parents", LIST_PARENTS }, { "refused", 0 }
	};
	const char *eq = strchr(z, '=');
	enum err e;

	for (size_t i = 0; eq && i < ARRAY_LEN(kinds); i++)
		if (text_eq(text_of(z, (size_t)(eq - z)), text_z(kinds[i].name))) {
			l->bit = kinds[i].bit;
			e = file_read_all(eq + 1, LIST_BYTES_MAX, bytes);
			l->bytes = buf_view(bytes);
			return e == ERR_OK || say(eq + 1, err_name(e));
		}
	return say(z, "a list is students=FILE, finance=FILE, parents=FILE or refused=FILE");
}

static bool make_roster(const struct asked *a, struct place *p, struct roster_list *list)
{
	struct roster_options o = {
		.registry = p->registry, .list = list, .n_lists = a->n_lists, .now_us = serve_now_us()
	};
	struct roster_made made;
	struct disk disk;
	struct buf why;
	enum err e;

	if (!serve_disk(a->value[O_DATA], false, &disk))
		return false;
	buf_init(&why, 4096);
	o.journal = &disk;
	e = roster_make(&o, p->roster, &made, &why);
	if (e == ERR_OK)
		printf("%" PRIu64 " people, up to position %" PRIu64 "; %" PRIu64 " listed, %" PRIu64
		       " of them not known / 底册人数\n",
		       made.rows, made.position, made.listed, made.unknown);
	else
		say(p->roster, why.n > 0 ? why.p : err_name(e));
	buf_release(&why);
	disk_real_close(&disk);
	return e == ERR_OK;
}

static int roster(const struct asked *a)
{
	struct place *p = mem_alloc(sizeof(*p));
	struct roster_list list[LISTS_MAX];
	struct buf bytes[LISTS_MAX];
	bool ok = p != NULL && find_place(a, p);

	for (uint32_t i = 0; i < LISTS_MAX; i++)
		buf_init(&bytes[i], LIST_BYTES_MAX);
	for (uint32_t i = 0; ok && i < a->n_lists; i++)
		ok = read_list(a->list[i], &list[i], &bytes[i]);
	ok = ok && make_roster(a, p, list);
	for (uint32_t i = 0; i < LISTS_MAX; i++)
		buf_release(&bytes[i]);
	if (p != NULL)
		registry_close(p->registry);
	mem_free(p);
	return ok ? EXIT_ACCEPTED : EXIT_COULD_NOT_RUN;
}

/* ---- the segment ---- */

static void tell_segment(const struct segment *s, const struct segment_made *m, double power)
{
	char letters[2 * CAMPAIGN_DIGEST_BYTES + 1];

	campaign_digest_print(s->digest, letters);
	printf("%" PRIu64 " of %" PRIu64 ", %" PRIu64 " held out; power %.3f\ndigest %s\n", s->rows, m->seen, s->held,
	       power, letters);
	for (int i = 1; i < SEGMENT_WHY_COUNT; i++)
		if (m->why[i] > 0)
			printf("  not in it: %" PRIu64 " %s / %s\n", m->why[i], segment_whys[i].name, segment_whys[i].zh);
}

/* Not so small that it points at people: the desk would refuse it, and no file of it is to lie about either. */
static bool large_enough(const struct asked *a, const struct place *p, uint64_t rows)
{
	int64_t least = 0;
	enum err e = limit_now(p->registry, LIMIT_CAMPAIGN_GROUP, &least);

	if (e != ERR_OK)
		return say(p->registry_path, err_name(e));
	if (desk_i(&p->campaign, CAMPAIGN_F_MANNER) == CAMPAIGN_FLOOD || rows >= (uint64_t)least)
		return true;
	fprintf(stderr,
	        "duanka campaign: %s: %" PRIu64 " people; a segment has at least %" PRId64
	        ", so that it points at nobody (limit campaign_group) / 人群不得少于规定人数\n",
	        a->operand[1], rows, least);
	return false;
}

/* The file is there; with --url the service counts what is in it and notes that. What is refused is removed, and nothing is told of it. */
static bool propose_segment(const struct asked *a, const struct place *p, const struct segment_made *made)
{
	struct segment s;
	struct buf answer;
	double power = 0;
	enum err e = segment_look(&s, p->segment, p->campaign.id);
	bool ok = e == ERR_OK || say(p->segment, err_name(e));

	buf_init(&answer, CLIENT_ANSWER_MAX);
	if (ok) {
		power = measuring_power(&p->campaign, &s);
		ok = large_enough(a, p, s.rows) &&
		     (a->value[O_URL] == NULL || campaign_step(&a->client, &p->campaign, "segment", "{}", &answer));
	}
	if (ok)
		tell_segment(&s, made, power);
	else if (remove(p->segment) == 0)
		say(p->segment, "it was removed");
	if (e == ERR_OK)
		segment_close(&s);
	buf_release(&answer);
	return ok;
}

static bool make_segment(const struct asked *a, struct place *p)
{
	struct segment_made made;
	struct hash_key key;
	enum err e;

	if (p->campaign.state != CAMPAIGN_PLANNED && p->campaign.state != CAMPAIGN_SEGMENTED)
		return say(a->operand[1], "it is approved or over; its segment stays as it is");
	if (!serve_key(a->value[O_DATA], a->value[O_TOKEN_KEY], false, &key))
		return false;
	e = segment_make(&p->campaign, &key, serve_now_us(), p->roster, p->segment, &made);
	sodium_memzero(&key, sizeof(key));
	if (e != ERR_OK)
		return say(p->roster, e == ERR_ABSENT   ? "there is no roster; make one with duanka campaign roster"
		                      : e == ERR_FORMAT ? "it is damaged; make it again with duanka campaign roster"
		                                        : err_name(e));
	return propose_segment(a, p, &made);
}

/* ---- sending, and the report ---- */

static bool open_segment(struct place *p, struct segment *s)
{
	enum err e = segment_open(s, p->segment, &p->campaign);

	return e == ERR_OK ||
	       say(p->segment, e == ERR_FORMAT ? "it is not the segment whose digest stands in the campaign" : err_name(e));
}

static bool run(const struct asked *a, struct place *p, int *status)
{
	struct campaign_sent sent;
	struct args args = { .command = "campaign" };
	struct segment s;
	int64_t rate = 20;
	bool ok;

	if (a->value[O_URL] == NULL)
		return wrong("run sends by a service: say --url");
	if (a->value[O_RATE] != NULL && !args_number(&args, "--rate", a->value[O_RATE], 1, 10000, &rate))
		return false;
	if (desk_i(&p->campaign, CAMPAIGN_F_MANNER) != CAMPAIGN_DRIP || p->campaign.state != CAMPAIGN_RUNNING)
		return say(a->operand[1],
		           "only a drip that is running sends texts; a flood goes out by publications on its channels");
	if (!open_segment(p, &s))
		return false;
	ok = campaign_texts(&a->client, &s, (uint32_t)rate, &sent);
	printf("%" PRIu64 " texts, %" PRIu64 " had had theirs, %" PRIu64 " refused%s%s / 已发、此前已发、被拒\n",
	       sent.texts, sent.before, sent.refused, sent.refused ? ": " : "", sent.why);
	segment_close(&s);
	*status = ok && sent.refused > 0 ? EXIT_SOME_QUARANTINED : EXIT_ACCEPTED;
	return ok;
}

/* Measured by whoever asks with --url: the service counts by itself, and notes what it found. */
static bool measure(const struct asked *a, const struct place *p, const struct measured *m)
{
	struct buf answer;
	bool ok;

	if (a->value[O_URL] == NULL || m->timing != EFFECT_OVER || p->campaign.state != CAMPAIGN_ENDED)
		return true;
	buf_init(&answer, CLIENT_ANSWER_MAX);
	ok = campaign_step(&a->client, &p->campaign, "measure", "{}", &answer);
	buf_release(&answer);
	return ok;
}

static bool report(const struct asked *a, struct place *p)
{
	struct measured *m = mem_alloc(sizeof(*m));
	const char *format = a->value[O_FORMAT];
	struct segment s = { .map = NULL };
	struct buf text, json;
	enum err e = ERR_MEMORY;
	bool ok = m != NULL && open_segment(p, &s);

	buf_init(&text, 1 << 16);
	buf_init(&json, 1 << 16);
	if (ok) {
		e = measuring_run(p->registry, &p->campaign, &s, m);
		ok = e == ERR_OK || say(p->registry_path, err_name(e));
	}
	if (ok) {
		measured_json(m, &json);
		measured_text(m, a->lang, &text);
		fputs(format != NULL && strcmp(format, "json") == 0 ? json.p : text.p, stdout);
		ok = measure(a, p, m);
	}
	buf_release(&text);
	buf_release(&json);
	segment_close(&s);
	mem_free(m);
	return ok;
}

/* ---- the command ---- */

static int about_one(const struct asked *a)
{
	struct place *p = mem_alloc(sizeof(*p));
	const char *verb = a->operand[0];
	int status = EXIT_ACCEPTED;
	bool ok = p != NULL && find_campaign(a, p);

	if (ok && strcmp(verb, "segment") == 0)
		ok = make_segment(a, p);
	else if (ok && strcmp(verb, "run") == 0)
		ok = run(a, p, &status);
	else if (ok)
		ok = report(a, p);
	if (p != NULL)
		registry_close(p->registry);
	mem_free(p);
	return ok ? status : EXIT_COULD_NOT_RUN;
}

static bool take_options(struct asked *a, int argc, char **argv, bool *asked_help)
{
	struct args args = { .argc = argc, .argv = argv, .at = 1, .command = "campaign" };
	const char *v;
	int number;

	while ((number = args_next(&args, options, ARRAY_LEN(options), &v)) != ARGS_END) {
		if (number == ARGS_WRONG)
			return false;
		*asked_help |= number == O_HELP;
		if (number == ARGS_OPERAND && a->n == OPERANDS_MAX)
			return wrong("too many operands");
		if (number == O_LIST && a->n_lists == LISTS_MAX)
			return wrong("too many lists");
		if (number == ARGS_OPERAND)
			a->operand[a->n++] = v;
		else if (number == O_LIST)
			a->list[a->n_lists++] = v;
		else
			a->value[number] = v;
	}
	a->lang = lang_of_environment();
	if (a->value[O_LANG] != NULL && !lang_parse(a->value[O_LANG], &a->lang))
		return wrong("--lang is en or zh");
	if (a->value[O_FORMAT] != NULL && strcmp(a->value[O_FORMAT], "json") != 0 &&
	    strcmp(a->value[O_FORMAT], "text") != 0)
		return wrong("--format is text or json");
	a->client = (struct client){ a->value[O_URL], a->value[O_CA], a->value[O_CERT], a->value[O_KEY] };
	return true;
}

int cmd_campaign(int argc, char **argv)
{
	static const char *const verbs[] = { "plan", "roster", "segment", "run", "report" };
	struct asked a = { .n = 0 };
	bool asked_help = false;
	size_t verb = 0;

	if (!take_options(&a, argc, argv, &asked_help) || sodium_init() < 0)
		return EXIT_COULD_NOT_RUN;
	if (asked_help) {
		fputs(help, stdout);
		return EXIT_ACCEPTED;
	}
	while (verb < ARRAY_LEN(verbs) && (a.n == 0 || strcmp(a.operand[0], verbs[verb]) != 0))
		verb++;
	if (verb == ARRAY_LEN(verbs)) {
		wrong("say plan, roster, segment, run or report");
		return EXIT_COULD_NOT_RUN;
	}
	return verb == 0 ? plan(&a) : verb == 1 ? roster(&a) : about_one(&a);
}
