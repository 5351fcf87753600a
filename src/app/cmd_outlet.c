/* cmd_outlet.c - duanka outlet: the network of outlets of a running service, from the command line. It asks the service by a key, so what it does is journaled like anybody's doing, and what needs a second person needs
 * a second key. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "app/args.h"
#include "app/commands.h"
#include "app/outlet_cmd.h"
#include "base/mem.h"
#include "desk/desk.h"
#include "desk/kit.h"

static const char help_text[] =
	"duanka outlet import FILE.csv --url URL [--quarantine FILE]   lists outlets, corrects those that are there\n"
	"duanka outlet kit FILE.csv --url URL                          drafts the kit of each type of outlet; import after it is approved\n"
	"duanka outlet pending --url URL                               kits and numbers that wait for a second person\n"
	"duanka outlet approve ID ... --url URL                        approves them; all: each that pending shows\n"
	"duanka outlet follow --url URL                                brings all outlets up to the kit in force\n"
	"duanka outlet plan --url URL [--format text|csv|json]         kit and print order of all outlets\n"
	"duanka outlet list --url URL\n"
	"duanka outlet show ID --url URL\n"
	"duanka outlet risk|trace|assess ...                           see duanka outlet risk --help / 风险、倒查、考核\n\n"
	"Outlets of banks and operators / 银行网点与运营商渠道：导入、标准配置（整体统一、局部调整）、物料订购单.\n"
	"  --url URL            http://127.0.0.1:8460; the environment variable DUANKA_API_KEY has a key with the scope desk,\n"
	"                       or the token of a session (ds_..., POST /v1/login): once people hold the roles, kit, import and approve\n"
	"                       are theirs, two of them / 密钥或会话令牌；已有在岗人员后须用会话令牌，提出与审批为两人\n"
	"  --organisation N     outlets of this organisation only / 只看某单位\n"
	"  --district N         of this district only / 只看某辖区\n"
	"  --type TYPE          bank-outlet, operator-hall, agent, self-service / 网点类型\n"
	"  --format FORMAT      of plan: text, csv, json / 输出格式\n"
	"  --quarantine FILE    lines that were not taken, with their reasons (default: FILE.csv.quarantine.ndjson here) / 未导入的行及原因（默认写入当前目录）\n"
	"  --ca FILE            PEM: who signed the service's certificate\n"
	"  --certificate FILE, --certificate-key FILE   PEM: the client certificate that goes with the key\n\n"
	"Columns / 列: code, type, name must be there; agent, organisation, district, address, flagship, clerk, licence, licence_end, note;\n"
	"paper_sign, acrylic_sign, poster_card, poster_app, poster_account, poster_screen, tv_loop, stand, notice_96110, quiz: a number that\n"
	"departs from the kit, with its reason. A kit has type, flagship, note and the items.\n\n"
	"Exit status: 0 done; 2 some lines were not taken; 1 could not run.\n";

enum {
	O_URL = 16,
	O_CA,
	O_CERTIFICATE,
	O_CERTIFICATE_KEY,
	O_ORGANISATION,
	O_DISTRICT,
	O_TYPE,
	O_FORMAT,
	O_QUARANTINE,
	O_HELP
};

bool outlet_wrong(const char *what)
{
	fprintf(stderr, "duanka outlet: %s\n", what);
	return false;
}

/* ---- the service ---- */

const char *outlet_string(const json_t *j, const char *name)
{
	const char *z = json_string_value(json_object_get(j, name));

	return z == NULL ? "" : z;
}

int64_t outlet_number(const json_t *j, const char *name)
{
	return json_integer_value(json_object_get(j, name));
}

const json_t *outlet_fields(const json_t *object)
{
	return json_object_get(object, "fields");
}

json_t *outlet_ask(const struct outlet_asked *k, const char *path)
{
	struct buf answer;
	json_t *j = NULL;

	buf_init(&answer, CLIENT_ANSWER_MAX);
	if (client_ask(&k->client, "outlet", &(struct client_request){ .path = path }, &answer)) {
		j = answer.n == 0 ? NULL : json_loadb(answer.p, answer.n, 0, NULL);
		if (j == NULL)
			outlet_wrong("the service's answer is not understood");
	}
	buf_release(&answer);
	return j;
}

bool outlet_each(const struct outlet_asked *k, const char *path, bool (*visit)(void *ctx, const json_t *object),
                 void *ctx)
{
	char page[512];
	bool more = true, ok = true;

	snprintf(page, sizeof(page), "%s&limit=100", path);
	while (ok && more) {
		json_t *j = outlet_ask(k, page), *objects = json_object_get(j, "objects");

		ok = j != NULL;
		for (size_t i = 0; ok && i < json_array_size(objects); i++)
			ok = visit(ctx, json_array_get(objects, i));
		more = json_is_string(json_object_get(j, "cursor"));
		snprintf(page, sizeof(page), "%s&limit=100&cursor=%.128s", path, outlet_string(j, "cursor"));
		json_decref(j);
	}
	return ok;
}

/* One line of the answer to a batch. */
static bool read_result(struct text line, struct outlet_result *r)
{
	json_t *j = json_loadb(line.p, line.n, 0, NULL);
	bool ok = json_is_object(j);

	memset(r, 0, sizeof(*r));
	snprintf(r->id, sizeof(r->id), "%s", outlet_string(j, "object"));
	snprintf(r->field, sizeof(r->field), "%s", outlet_string(j, "field"));
	snprintf(r->why, sizeof(r->why), "%s",
	         outlet_string(j, "wrong")[0] ? outlet_string(j, "wrong") : outlet_string(j, "message_en"));
	snprintf(r->refused, sizeof(r->refused), "%s", outlet_string(j, "refused"));
	if (r->id[0] == 0 && r->refused[0] == 0)
		snprintf(r->refused, sizeof(r->refused), "wrong");
	json_decref(j);
	return ok;
}

/* Bytes of the first n lines. */
static size_t bytes_of(struct text lines, uint32_t n)
{
	size_t at = 0;

	for (; n > 0 && at < lines.n; n--) {
		const char *nl = memchr(lines.p + at, '\n', lines.n - at);

		at = nl == NULL ? lines.n : (size_t)(nl - lines.p) + 1;
	}
	return at;
}

static bool some_commands(const struct outlet_asked *k, struct text lines, struct outlet_result *result, uint32_t n)
{
	struct client_request r = { .path = "/v1/commands", .body = lines.p, .body_bytes = lines.n };
	struct buf answer;
	uint32_t got = 0;
	bool ok;

	buf_init(&answer, CLIENT_ANSWER_MAX);
	ok = client_ask(&k->client, "outlet", &r, &answer);
	for (struct text rest = buf_view(&answer); ok && got < n && rest.n > 0; got++) {
		size_t bytes = bytes_of(rest, 1);

		ok = read_result(text_of(rest.p, bytes), &result[got]);
		rest = text_of(rest.p + bytes, rest.n - bytes);
	}
	buf_release(&answer);
	return ok ? got == n || outlet_wrong("the service's answer has too few lines") : false;
}

bool outlet_commands(const struct outlet_asked *k, const struct buf *lines, struct outlet_result *result, uint32_t n)
{
	struct text rest = buf_view(lines);
	bool ok = lines->err == ERR_OK || outlet_wrong("there is too much for one call");

	for (uint32_t i = 0; ok && i < n; i += OUTLET_BATCH) {
		uint32_t some = n - i < OUTLET_BATCH ? n - i : OUTLET_BATCH;
		size_t bytes = bytes_of(rest, some);

		ok = some_commands(k, text_of(rest.p, bytes), &result[i], some);
		rest = text_of(rest.p + bytes, rest.n - bytes);
	}
	return ok;
}

/* ---- list, show ---- */

static const char *name_in(const json_t *j, const char *name)
{
	return outlet_string(json_object_get(j, name), "name");
}

static bool of_type(const struct outlet_asked *k, const json_t *o)
{
	return k->type == NULL || strcmp(name_in(outlet_fields(o), "type"), k->type) == 0;
}

static bool print_outlet(void *ctx, const json_t *o)
{
	const json_t *f = outlet_fields(o);
	const char *shown = outlet_string(json_object_get(o, "subject"), "shown");

	if (of_type(ctx, o))
		printf("%-14s %-20s %-10s %5" PRId64 " %5" PRId64 " %3" PRId64 "  %-13s %s%s\n", outlet_string(o, "id"),
		       shown[0] ? shown : "-", name_in(o, "state"), outlet_number(o, "organisation"),
		       outlet_number(o, "district"), outlet_number(f, "score"), name_in(f, "type"), outlet_string(f, "name"),
		       outlet_number(f, "flagship") ? " (flagship 旗舰)" : "");
	return true;
}

static void filters(const struct outlet_asked *k, char *out, size_t n)
{
	size_t at = 0;

	out[0] = 0;
	if (k->organisation > 0)
		at += (size_t)snprintf(out, n, "&organisation=%" PRId64, k->organisation);
	if (k->district > 0)
		snprintf(out + at, n - at, "&district=%" PRId64, k->district);
}

static bool list(const struct outlet_asked *k)
{
	char path[160], more[80];

	filters(k, more, sizeof(more));
	snprintf(path, sizeof(path), "/v1/outlets?open=true%s", more);
	return outlet_each(k, path, print_outlet, (void *)k);
}

static bool print_supply(void *ctx, const json_t *s)
{
	const json_t *f = outlet_fields(s);

	(void)ctx;
	printf("  %-12s %-14s needed %6" PRId64 "  ordered %6" PRId64 "  received %6" PRId64 "  placed %6" PRId64
	       "  lost %4" PRId64 "  %s\n",
	       outlet_string(s, "id"), name_in(f, "item"),
	       json_object_get(f, "local") ? outlet_number(f, "local") : outlet_number(f, "wanted"),
	       outlet_number(f, "ordered"), outlet_number(f, "received"), outlet_number(f, "placed"),
	       outlet_number(f, "lost"), outlet_string(f, "reason"));
	return true;
}

static bool print_other(void *ctx, const json_t *o)
{
	const json_t *f = outlet_fields(o);

	(void)ctx;
	printf("  %-12s %-10s %s %s %s\n", outlet_string(o, "id"), name_in(o, "state"), name_in(f, "item"),
	       name_in(f, "fault"), outlet_string(f, "deadline"));
	return true;
}

static bool show(const struct outlet_asked *k)
{
	static const struct {
		const char *route, *title;
		bool (*print)(void *ctx, const json_t *o);
	} parts[] = { { "supplies", "Supplies 物料", print_supply },
		          { "inspections", "Inspections 检查", print_other },
		          { "corrections", "Corrections 整改", print_other } };
	char path[160];
	json_t *o;

	snprintf(path, sizeof(path), "/v1/outlets/%.32s", k->operand[1]);
	o = outlet_ask(k, path);
	if (o == NULL)
		return false;
	(void)print_outlet((void *)&(struct outlet_asked){ .n = 0 }, o);
	json_decref(o);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		printf("%s\n", parts[i].title);
		snprintf(path, sizeof(path), "/v1/%s?entity=object:%.32s", parts[i].route, k->operand[1]);
		if (!outlet_each(k, path, parts[i].print, NULL))
			return false;
	}
	return true;
}

/* ---- what waits for a second person ---- */

struct pending {
	const struct outlet_asked *k;
	bool approve;
	struct buf lines;
	uint32_t n;
};

/* Objects change their places in lists when a step is taken: all are found before the first is. */
static bool take_steps(struct pending *p, const char *done_en, const char *done_zh)
{
	struct outlet_result *result = mem_alloc_array(p->n + 1, sizeof(*result));
	bool ok = result == NULL ? outlet_wrong("out of memory") : outlet_commands(p->k, &p->lines, result, p->n);
	uint32_t done = 0;

	for (uint32_t i = 0; ok && i < p->n; i++) {
		done += result[i].id[0] != 0;
		if (result[i].id[0] == 0)
			fprintf(stderr, "duanka outlet: %s: %s\n", result[i].refused, result[i].why);
	}
	if (ok)
		printf("%" PRIu32 " %s %s, %" PRIu32 " refused 未受理\n", done, done_en, done_zh, p->n - done);
	mem_free(result);
	return ok && done == p->n;
}

static void add_step(struct pending *p, const char *id, const char *step)
{
	buf_z(&p->lines, "{\"object\":");
	buf_json(&p->lines, text_z(id));
	buf_printf(&p->lines, ",\"step\":\"%s\"}\n", step);
}

static void approve_one(struct pending *p, const char *id)
{
	add_step(p, id, strncmp(id, "KT-", 3) == 0 ? "approve" : "approve-local");
}

static bool see_pending(void *ctx, const json_t *o)
{
	struct pending *p = ctx;
	const json_t *f = outlet_fields(o);
	const char *id = outlet_string(o, "id");

	if (strncmp(id, "SU-", 3) == 0 && json_object_get(f, "asked") == NULL)
		return true;
	if (p->approve)
		approve_one(p, id);
	else if (strncmp(id, "KT-", 3) == 0)
		printf("%-14s kit of %s%s, drafted by %s\n", id, name_in(f, "type"),
		       outlet_number(f, "flagship") ? " (flagship)" : "", outlet_string(o, "proposer"));
	else
		printf("%-14s %-14s %-14s %" PRId64 " -> %" PRId64 "  %s\n", id, outlet_string(f, "outlet"), name_in(f, "item"),
		       json_object_get(f, "local") ? outlet_number(f, "local") : outlet_number(f, "wanted"),
		       outlet_number(f, "asked"), outlet_string(f, "reason"));
	p->n++;
	return true;
}

static bool each_pending(struct pending *p)
{
	char path[160], more[80];

	filters(p->k, more, sizeof(more));
	snprintf(path, sizeof(path), "/v1/supplies?open=true%s", more);
	return outlet_each(p->k, "/v1/kits?state=draft", see_pending, p) && outlet_each(p->k, path, see_pending, p);
}

static bool pending(const struct outlet_asked *k)
{
	struct pending p = { .k = k };
	bool ok = each_pending(&p);

	if (ok)
		printf("%" PRIu32 " wait 待审批\n", p.n);
	return ok;
}

static bool approve(const struct outlet_asked *k)
{
	struct pending p = { .k = k, .approve = true };
	bool all = k->n == 2 && strcmp(k->operand[1], "all") == 0, ok;

	buf_init(&p.lines, OUTLET_BODY_MAX);
	ok = !all || each_pending(&p);
	for (uint32_t i = 1; i < k->n && !all; i++, p.n++)
		approve_one(&p, k->operand[i]);
	ok = ok && take_steps(&p, "approved", "已批准");
	buf_release(&p.lines);
	return ok;
}

/* ---- a new kit ---- */

static bool see_follower(void *ctx, const json_t *o)
{
	struct pending *p = ctx;

	if (!of_type(p->k, o))
		return true;
	add_step(p, outlet_string(o, "id"), "follow-kit");
	p->n++;
	return true;
}

static bool follow(const struct outlet_asked *k)
{
	struct pending p = { .k = k };
	char path[160], more[80];
	bool ok;

	filters(k, more, sizeof(more));
	snprintf(path, sizeof(path), "/v1/outlets?open=true%s", more);
	buf_init(&p.lines, OUTLET_BODY_MAX);
	ok = outlet_each(k, path, see_follower, &p) && take_steps(&p, "follow the kit", "按标准配置");
	buf_release(&p.lines);
	return ok;
}

/* ---- options ---- */

static int run(const struct outlet_asked *k)
{
	static const struct {
		const char *name;
		uint32_t least, most; /* operands */
		bool (*run)(const struct outlet_asked *k);
	} verbs[] = { { "list", 1, 1, list },
		          { "show", 2, 2, show },
		          { "pending", 1, 1, pending },
		          { "follow", 1, 1, follow },
		          { "approve", 2, OUTLET_IDS_MAX, approve } };
	const char *verb = k->n > 0 ? k->operand[0] : "";

	if (k->client.url == NULL)
		return outlet_wrong("--url is missing; see --help") ? EXIT_ACCEPTED : EXIT_COULD_NOT_RUN;
	if (strcmp(verb, "plan") == 0 && k->n == 1)
		return outlet_plan(k);
	if ((strcmp(verb, "import") == 0 || strcmp(verb, "kit") == 0) && k->n == 2)
		return outlet_import(k, verb[0] == 'k');
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (strcmp(verb, verbs[i].name) == 0 && k->n >= verbs[i].least && k->n <= verbs[i].most)
			return verbs[i].run(k) ? EXIT_ACCEPTED : EXIT_COULD_NOT_RUN;
	outlet_wrong("say import FILE, kit FILE, pending, approve ID, follow, plan, list or show ID; see --help");
	return EXIT_COULD_NOT_RUN;
}

static bool take_format(const char *v, enum outlet_format *out)
{
	static const char *const names[] = { "text", "csv", "json" };

	for (uint32_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(v, names[i]) == 0) {
			*out = (enum outlet_format)i;
			return true;
		}
	return outlet_wrong("--format is text, csv or json");
}

static bool take_option(struct args *a, struct outlet_asked *k, int number, const char *v)
{
	switch (number) {
	case O_URL: k->client.url = v; return true;
	case O_CA: k->client.ca = v; return true;
	case O_CERTIFICATE: k->client.certificate = v; return true;
	case O_CERTIFICATE_KEY: k->client.key = v; return true;
	case O_ORGANISATION: return args_number(a, "--organisation", v, 1, UINT16_MAX, &k->organisation);
	case O_DISTRICT: return args_number(a, "--district", v, 1, UINT16_MAX, &k->district);
	case O_FORMAT: return take_format(v, &k->format);
	case O_QUARANTINE: k->quarantine = v; return true;
	case O_TYPE:
		k->type = v;
		return desk_choice_find(&outlet_types, text_z(v)) != 0 ||
		       outlet_wrong("--type is bank-outlet, operator-hall, agent or self-service");
	case ARGS_OPERAND:
		if (k->n == OUTLET_IDS_MAX)
			return outlet_wrong("there are too many operands");
		k->operand[k->n++] = v;
		return true;
	default: return false;
	}
}

int cmd_outlet(int argc, char **argv)
{
	static const struct args_option table[] = {
		{ "--url", 0, true, O_URL },
		{ "--ca", 0, true, O_CA },
		{ "--certificate", 0, true, O_CERTIFICATE },
		{ "--certificate-key", 0, true, O_CERTIFICATE_KEY },
		{ "--organisation", 0, true, O_ORGANISATION },
		{ "--district", 0, true, O_DISTRICT },
		{ "--type", 0, true, O_TYPE },
		{ "--format", 0, true, O_FORMAT },
		{ "--quarantine", 0, true, O_QUARANTINE },
		{ "--help", 'h', false, O_HELP },
	};
	struct args a = { .argc = argc, .argv = argv, .at = 1, .command = "outlet" };
	struct outlet_asked k = { .n = 0 };
	const char *v;
	int number;

	if (argc > 1 && (strcmp(argv[1], "risk") == 0 || strcmp(argv[1], "trace") == 0 || strcmp(argv[1], "assess") == 0))
		return cmd_outlet_risk(argc, argv);
	while ((number = args_next(&a, table, ARRAY_LEN(table), &v)) != ARGS_END) {
		if (number == O_HELP) {
			fputs(help_text, stdout);
			return EXIT_ACCEPTED;
		}
		if (!take_option(&a, &k, number, v))
			return EXIT_COULD_NOT_RUN;
	}
	return run(&k);
}
