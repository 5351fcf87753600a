/* cmd_report.c - duanka report: the desk's figures of a day, a week or a month, compared with before; from a running service, or from a registry on the disk. */
#include <jansson.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include "app/args.h"
#include "app/client.h"
#include "app/commands.h"
#include "app/report_show.h"
#include "app/serve_load.h"
#include "base/clock.h"
#include "gateway/figures.h"

static const char help[] =
	"duanka report day|week|month [--date DATE] [options]   figures of the desk, compared with before / 日报、周报、月报\n"
	"duanka report figures                                  what each figure means / 指标定义\n\n"
	"      --date DATE            a day in it (default: the last one that is over)\n"
	"      --organisation N, --district N   of one organisation, one district / 单位、辖区\n"
	"      --by WHAT              also by district, organisation, day or hour / 分组\n"
	"      --compare LIST         before, day, week, month, year with commas between, or nothing (default: before and week for a\n"
	"                             day, before and year for a week or month) / 环比、同比\n"
	"      --format FORMAT        text (default), json, markdown or csv / 输出格式\n"
	"      --lang en|zh           of text and markdown (default: from the environment)\n"
	"      --registry DIR         of the registry in this data directory, without a service / 离线读取台账\n"
	"      --url URL              of a running service (default http://127.0.0.1:8460); $DUANKA_API_KEY has a key with the scope\n"
	"                             desk, or the token of a session\n"
	"      --ca FILE, --certificate FILE, --certificate-key FILE   go with TLS\n";

enum {
	O_DATE = 16,
	O_ORGANISATION,
	O_DISTRICT,
	O_BY,
	O_COMPARE,
	O_FORMAT,
	O_LANG,
	O_REGISTRY,
	O_URL,
	O_CA,
	O_CERT,
	O_KEY,
	O_HELP
};
enum {
	ANSWER_MAX = 64 << 20
};

static const struct args_option options[] = {
	{ "--date", 'd', true, O_DATE },       { "--organisation", 0, true, O_ORGANISATION },
	{ "--district", 0, true, O_DISTRICT }, { "--by", 0, true, O_BY },
	{ "--compare", 0, true, O_COMPARE },   { "--format", 'f', true, O_FORMAT },
	{ "--lang", 0, true, O_LANG },         { "--registry", 0, true, O_REGISTRY },
	{ "--url", 'u', true, O_URL },         { "--ca", 0, true, O_CA },
	{ "--certificate", 0, true, O_CERT },  { "--certificate-key", 0, true, O_KEY },
	{ "--help", 'h', false, O_HELP },
};

enum format {
	FORMAT_TEXT,
	FORMAT_JSON,
	FORMAT_MARKDOWN,
	FORMAT_CSV,
	FORMATS
};

struct asked {
	const char *value[O_HELP + 1], *what;
	struct figures_question q;
	enum report_of of;
	enum format format;
	enum lang lang;
};

static bool wrong(const char *what)
{
	fprintf(stderr, "duanka report: %s; see --help\n", what);
	return false;
}

/* ---- the span ---- */

static int64_t first_of_week(int64_t day_us)
{
	struct civil c;

	clock_to_civil(day_us, clock_offset(&clock_shanghai, day_us), &c);
	return day_us - (c.weekday - 1) * US_PER_DAY;
}

static int64_t first_of_month(int64_t day_us)
{
	struct civil c;

	clock_to_civil(day_us, clock_offset(&clock_shanghai, day_us), &c);
	return day_us - (c.day - 1) * US_PER_DAY;
}

static void take_span(struct asked *k, int64_t day_us)
{
	struct figures_question *q = &k->q;

	q->from_us = k->of == REPORT_DAY ? day_us : k->of == REPORT_WEEK ? first_of_week(day_us) : first_of_month(day_us);
	q->to_us = k->of == REPORT_MONTH ? desk_months_after(q->from_us, 1)
	                                 : q->from_us + (k->of == REPORT_WEEK ? 7 : 1) * US_PER_DAY;
}

/* The date given, or a day of the last span that is over. */
static bool take_date(struct asked *k, const struct args *a)
{
	struct timespec now;
	int64_t us;

	if (k->value[O_DATE] != NULL) {
		if (!args_time(a, "--date", k->value[O_DATE], false, &us))
			return false;
		take_span(k, desk_day(us));
		return true;
	}
	clock_gettime(CLOCK_REALTIME, &now);
	take_span(k, desk_day((int64_t)now.tv_sec * US_PER_SECOND));
	take_span(k, desk_day(k->q.from_us - 1));
	return true;
}

/* ---- options ---- */

static bool take_number(const struct args *a, const char *option, const char *z, bool *given, uint16_t *out)
{
	int64_t n;

	*given = z != NULL;
	if (z == NULL)
		return true;
	if (!args_number(a, option, z, 0, UINT16_MAX, &n))
		return false;
	*out = (uint16_t)n;
	return true;
}

static bool take_words(struct asked *k)
{
	static const char *const formats[FORMATS] = { "text", "json", "markdown", "csv" };
	const char *format = k->value[O_FORMAT], *by = k->value[O_BY], *compare = k->value[O_COMPARE];

	k->lang = lang_of_environment();
	if (k->value[O_LANG] != NULL && !lang_parse(k->value[O_LANG], &k->lang))
		return wrong("--lang is en or zh");
	while (format != NULL && k->format < FORMATS && strcmp(format, formats[k->format]) != 0)
		k->format++;
	if (k->format == FORMATS)
		return wrong("--format is text, json, markdown or csv");
	if (by != NULL && !figures_by_parse(by, &k->q.by))
		return wrong("--by is district, organisation, day or hour");
	k->q.compared = 1u << FIGURES_BEFORE | 1u << (k->of == REPORT_DAY ? FIGURES_WEEK : FIGURES_YEAR);
	if (compare != NULL && strcmp(compare, "nothing") == 0)
		k->q.compared = 0;
	else if (compare != NULL && !figures_compared_parse(compare, &k->q.compared))
		return wrong("--compare has before, day, week, month or year with commas between, or is nothing");
	return true;
}

static bool take(struct asked *k, const struct args *a)
{
	static const char *const spans[] = { "day", "week", "month" };
	const char *what;

	while (k->of <= REPORT_MONTH && (k->what == NULL || strcmp(k->what, spans[k->of]) != 0))
		k->of++;
	if (k->of > REPORT_MONTH)
		return wrong("say day, week, month or figures");
	if (!take_date(k, a) || !take_words(k) ||
	    !take_number(a, "--organisation", k->value[O_ORGANISATION], &k->q.of_organisation, &k->q.organisation) ||
	    !take_number(a, "--district", k->value[O_DISTRICT], &k->q.of_district, &k->q.district))
		return false;
	what = figures_wrong(&k->q);
	return what == NULL || wrong(what);
}

/* ---- asking ---- */

/* A plus in an address would be a blank. */
static void put_time(struct buf *b, int64_t us)
{
	struct buf z;

	buf_init(&z, 64);
	clock_format(&z, us, &clock_utc);
	for (size_t i = 0; i < z.n; i++)
		buf_z(b, z.p[i] == '+' ? "%2B" : (char[2]){ z.p[i], 0 });
	buf_release(&z);
}

static void put_query(struct buf *b, const struct figures_question *q)
{
	const char *before = "&compare=";

	buf_z(b, "/v1/figures?from=");
	put_time(b, q->from_us);
	buf_z(b, "&to=");
	put_time(b, q->to_us);
	buf_printf(b, "&by=%s", figures_by_names[q->by]);
	for (uint32_t i = 0; i < FIGURES_COMPARED; i++)
		if (q->compared >> i & 1) {
			buf_printf(b, "%s%s", before, figures_compared_names[i]);
			before = ",";
		}
	if (q->of_organisation)
		buf_printf(b, "&organisation=%u", q->organisation);
	if (q->of_district)
		buf_printf(b, "&district=%u", q->district);
}

static bool ask_service(const struct asked *k, struct buf *out)
{
	struct client c = { .url = k->value[O_URL] == NULL ? "http://127.0.0.1:8460" : k->value[O_URL],
		                .ca = k->value[O_CA],
		                .certificate = k->value[O_CERT],
		                .key = k->value[O_KEY] };
	struct buf path;
	bool ok;

	buf_init(&path, 1024);
	put_query(&path, &k->q);
	ok = path.err == ERR_OK && client_ask(&c, "report", &(struct client_request){ .path = path.p }, out);
	buf_release(&path);
	return ok;
}

/* Dead letters are told where it is known how messages fared. */
static enum err open_both(const char *dir, struct registry **r, struct delivery **d, struct buf *why)
{
	char registry[DATA_PATH_BYTES], delivery[DATA_PATH_BYTES];
	enum err e;

	if ((size_t)snprintf(registry, sizeof(registry), "%s/registry.sqlite", dir) >= sizeof(registry) ||
	    (size_t)snprintf(delivery, sizeof(delivery), "%s/delivery.sqlite", dir) >= sizeof(delivery) ||
	    access(registry, R_OK) != 0) {
		buf_z(why, "there is no registry here");
		return ERR_ABSENT;
	}
	e = registry_open(r, registry, why);
	return e == ERR_OK && access(delivery, R_OK) == 0 ? delivery_open(d, delivery, why) : e;
}

static bool ask_registry(const struct asked *k, struct buf *out)
{
	const char *dir = k->value[O_REGISTRY];
	struct registry *r = NULL;
	struct delivery *d = NULL;
	struct buf why;
	size_t n;
	enum err e;

	buf_init(&why, 4096);
	e = open_both(dir, &r, &d, &why);
	if (e == ERR_OK)
		e = figures_answer(r, d, &k->q, out, &n);
	if (e != ERR_OK)
		fprintf(stderr, "duanka report: %s: %s\n", dir, why.n > 0 ? why.p : err_name(e));
	buf_char(out, '\n');
	delivery_close(d);
	registry_close(r);
	buf_release(&why);
	return e == ERR_OK;
}

static bool show(const struct asked *k, const struct buf *answer)
{
	json_t *j = json_loadb(answer->p, answer->n, JSON_REJECT_DUPLICATES, NULL);
	struct buf b;
	bool ok = json_is_object(json_object_get(j, "figures"));

	if (!ok)
		wrong("the answer has no figures; is this a duanka service?");
	buf_init(&b, ANSWER_MAX);
	if (ok && k->format == FORMAT_JSON)
		buf_text(&b, buf_view(answer));
	else if (ok && k->format == FORMAT_CSV)
		report_csv(&b, j);
	else if (ok)
		report_show(&b, j, k->of, k->lang, k->format == FORMAT_MARKDOWN);
	if (ok && (b.err != ERR_OK || fwrite(b.p, 1, b.n, stdout) != b.n || fflush(stdout) != 0)) {
		perror("duanka report: standard output");
		ok = false;
	}
	buf_release(&b);
	json_decref(j);
	return ok;
}

static int meanings(void)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	desk_figures_print(&b);
	fputs(b.p, stdout);
	buf_release(&b);
	return EXIT_ACCEPTED;
}

int cmd_report(int argc, char **argv)
{
	struct args a = { .argc = argc, .argv = argv, .at = 1, .command = "report" };
	struct asked k = { .what = NULL };
	struct buf answer;
	const char *v;
	int number;
	bool ok;

	while ((number = args_next(&a, options, ARRAY_LEN(options), &v)) != ARGS_END) {
		if (number == O_HELP) {
			fputs(help, stdout);
			return EXIT_ACCEPTED;
		}
		if (number == ARGS_OPERAND && k.what != NULL) {
			(void)wrong("one span at a time");
			return EXIT_COULD_NOT_RUN;
		}
		if (number == ARGS_WRONG)
			return EXIT_COULD_NOT_RUN;
		*(number == ARGS_OPERAND ? &k.what : &k.value[number]) = v;
	}
	if (k.what != NULL && strcmp(k.what, "figures") == 0)
		return meanings();
	if (!take(&k, &a))
		return EXIT_COULD_NOT_RUN;
	buf_init(&answer, ANSWER_MAX);
	ok = k.value[O_REGISTRY] != NULL ? ask_registry(&k, &answer) : ask_service(&k, &answer);
	ok = ok && show(&k, &answer);
	buf_release(&answer);
	return ok ? EXIT_ACCEPTED : EXIT_COULD_NOT_RUN;
}
