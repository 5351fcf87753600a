/* cmd_outlet_risk.c - duanka outlet risk, trace, assess: which outlets, agents and clerks sell what turns up in fraud, where each such card or account came from, and the monthly sheets; from a running service, or from
 * a registry on the disk. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <unistd.h>
#include "app/args.h"
#include "app/client.h"
#include "app/commands.h"
#include "app/serve_load.h"
#include "gateway/outlet_sheet.h"
#include "show/lang.h"

static const char help_text[] =
	"duanka outlet risk   [--month YYYY-MM] [options]   rank outlets, agents, clerks and organisations / 网点、代理、经办人涉案风险排名\n"
	"duanka outlet trace  [--month YYYY-MM] [options]   where involved cards and accounts were opened / 涉案卡户倒查\n"
	"duanka outlet assess [--month YYYY-MM] [--make]    monthly sheets; --make freezes those that are not there yet / 月度考核表\n\n"
	"      --month YYYY-MM        default: the last one that is over / 月份\n"
	"      --level LEVEL          of risk: outlet (default), agent, clerk, organisation / 层级\n"
	"      --of cards|accounts    default: both / 电话卡、账户\n"
	"      --organisation N       units of one organisation / 单位\n"
	"      --entity phone:NUMBER|account:NUMBER   of trace: this one only, whenever it was found; of a service / 指定号码或账户\n"
	"      --limit N              default 50 / 行数\n"
	"      --format text|json|csv / 输出格式\n"
	"      --registry DIR         of the registry in this data directory, without a service / 离线读取台账\n"
	"      --url URL              of a running service (default http://127.0.0.1:8460); $DUANKA_API_KEY has a key with the scope desk\n"
	"      --ca FILE, --certificate FILE, --certificate-key FILE   go with TLS\n\n"
	"Per 10,000: involved in the month, of what was opened in twelve months; estimate and limits are doc/outlet-risk.md's.\n";

enum {
	O_MONTH = 16,
	O_LEVEL,
	O_OF,
	O_ORGANISATION,
	O_ENTITY,
	O_LIMIT,
	O_MAKE,
	O_FORMAT,
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
	{ "--month", 'm', true, O_MONTH },
	{ "--level", 0, true, O_LEVEL },
	{ "--of", 0, true, O_OF },
	{ "--organisation", 0, true, O_ORGANISATION },
	{ "--make", 0, false, O_MAKE },
	{ "--entity", 0, true, O_ENTITY },
	{ "--limit", 'n', true, O_LIMIT },
	{ "--format", 'f', true, O_FORMAT },
	{ "--registry", 0, true, O_REGISTRY },
	{ "--url", 'u', true, O_URL },
	{ "--ca", 0, true, O_CA },
	{ "--certificate", 0, true, O_CERT },
	{ "--certificate-key", 0, true, O_KEY },
	{ "--help", 'h', false, O_HELP },
};

struct asked {
	const char *value[O_HELP + 1], *verb;
	struct outlet_question q;
};

static bool wrong(const char *what)
{
	fprintf(stderr, "duanka outlet: %s; see duanka outlet risk --help\n", what);
	return false;
}

/* ---- what is asked ---- */

static bool take_month(struct asked *k)
{
	int64_t now_us = serve_now_us();
	struct civil c;

	if (k->value[O_MONTH] != NULL)
		return outlet_month_parse(k->value[O_MONTH], &k->q.month_us) || wrong("--month is one of a calendar: 2026-10");
	clock_to_civil(now_us, clock_offset(&clock_shanghai, now_us), &c);
	k->q.month_us = desk_months_after(desk_day(now_us) - (c.day - 1) * US_PER_DAY, -1);
	return true;
}

static bool take_level(struct asked *k)
{
	const char *level = k->value[O_LEVEL] == NULL ? risk_level_names[RISK_OUTLET] : k->value[O_LEVEL];

	for (uint32_t i = 0; i < RISK_LEVELS; i++)
		k->q.levels |= strcmp(level, risk_level_names[i]) == 0 ? 1u << i : 0;
	return k->q.levels != 0 || wrong("--level is outlet, agent, clerk or organisation");
}

static bool take(struct asked *k, const struct args *a)
{
	const char *of = k->value[O_OF], *organisation = k->value[O_ORGANISATION], *format = k->value[O_FORMAT];
	int64_t n = 50;

	if (k->verb == NULL ||
	    (strcmp(k->verb, "risk") != 0 && strcmp(k->verb, "trace") != 0 && strcmp(k->verb, "assess") != 0))
		return wrong("say risk, trace or assess");
	if (k->value[O_MAKE] != NULL && (strcmp(k->verb, "assess") != 0 || k->value[O_REGISTRY] != NULL))
		return wrong("--make goes with assess and --url: sheets are journaled");
	if (!take_month(k) || !take_level(k))
		return false;
	if (of != NULL && strcmp(of, "cards") != 0 && strcmp(of, "accounts") != 0)
		return wrong("--of is cards or accounts");
	k->q.thing = of == NULL ? 0 : strcmp(of, "cards") == 0 ? DESK_PHONE : DESK_BANK_ACCOUNT;
	if (format != NULL && strcmp(format, "text") != 0 && strcmp(format, "json") != 0 && strcmp(format, "csv") != 0)
		return wrong("--format is text, json or csv");
	if (k->value[O_ENTITY] != NULL && k->value[O_REGISTRY] != NULL)
		return wrong("--entity goes with --url: the registry has no numbers");
	if (k->value[O_LIMIT] != NULL && !args_number(a, "--limit", k->value[O_LIMIT], 1, OUTLET_UNITS_SHOWN_MAX, &n))
		return false;
	k->q.most = (uint32_t)n;
	k->q.of_organisation = organisation != NULL;
	if (organisation != NULL && !args_number(a, "--organisation", organisation, 0, UINT16_MAX, &n))
		return false;
	k->q.organisation = (uint16_t)(organisation == NULL ? 0 : n);
	return true;
}

/* ---- asking ---- */

static bool ask_service(const struct asked *k, struct buf *out)
{
	struct client c = { .url = k->value[O_URL] == NULL ? "http://127.0.0.1:8460" : k->value[O_URL],
		                .ca = k->value[O_CA],
		                .certificate = k->value[O_CERT],
		                .key = k->value[O_KEY] };
	struct buf path;
	bool ok;

	buf_init(&path, 1024);
	buf_printf(&path, "/v1/outlets/%s?month=", k->verb);
	outlet_month_put(&path, k->q.month_us);
	buf_printf(&path, "&limit=%u", k->q.most);
	for (uint32_t i = 0; i < RISK_LEVELS && strcmp(k->verb, "risk") == 0; i++)
		if (k->q.levels >> i & 1)
			buf_printf(&path, "&level=%s", risk_level_names[i]);
	if (k->value[O_OF] != NULL)
		buf_printf(&path, "&of=%s", k->value[O_OF]);
	if (k->q.of_organisation)
		buf_printf(&path, "&organisation=%u", k->q.organisation);
	if (k->value[O_ENTITY] != NULL)
		buf_printf(&path, "&entity=%s", k->value[O_ENTITY]);
	ok = path.err == ERR_OK
	         ? client_ask(&c, "outlet",
	                      &(struct client_request){ .path = path.p, .body = k->value[O_MAKE] == NULL ? NULL : "" }, out)
	         : wrong("this is too long");
	buf_release(&path);
	return ok;
}

static enum err answer_of(struct registry *r, const struct desk_shower *s, const struct asked *k, struct buf *out)
{
	struct outlet_sheets sheets;
	enum err e;

	if (strcmp(k->verb, "risk") == 0)
		return outlet_risk_answer(r, s, &k->q, out);
	if (strcmp(k->verb, "trace") == 0)
		return outlet_trace_answer(r, s, &k->q, out);
	e = outlet_sheets_load(r, k->q.month_us, &sheets);
	if (e != ERR_OK)
		return e;
	outlet_sheets_put(out, &sheets, &k->q);
	outlet_sheets_release(&sheets);
	return out->err;
}

/* Nobody's name is in the registry: tokens are shown. */
static bool ask_registry(const struct asked *k, struct buf *out)
{
	char path[DATA_PATH_BYTES];
	struct desk_shower s = { .registry = NULL };
	struct registry *r = NULL;
	struct buf why;
	enum err e = ERR_ABSENT;

	buf_init(&why, 4096);
	if ((size_t)snprintf(path, sizeof(path), "%s/registry.sqlite", k->value[O_REGISTRY]) >= sizeof(path) ||
	    access(path, R_OK) != 0)
		buf_z(&why, "there is no registry here");
	else
		e = registry_open(&r, path, &why);
	s.registry = r;
	if (e == ERR_OK)
		e = answer_of(r, &s, k, out);
	if (e != ERR_OK)
		fprintf(stderr, "duanka outlet: %s: %s\n", k->value[O_REGISTRY], why.n > 0 ? why.p : err_name(e));
	registry_close(r);
	buf_release(&why);
	return e == ERR_OK;
}

/* ---- showing ---- */

/* What stands for it: the masked form where it is known, else the token's first digits. */
static const char *name_of(const json_t *entity)
{
	const char *shown = json_string_value(json_object_get(entity, "shown"));
	const char *token = json_string_value(json_object_get(entity, "token"));

	return shown != NULL ? shown : token != NULL ? token : "-";
}

static int64_t number(const json_t *j, const char *name)
{
	return json_integer_value(json_object_get(j, name));
}

static const char *string(const json_t *j, const char *name)
{
	const char *z = json_string_value(json_object_get(j, name));

	return z == NULL ? "-" : z;
}

/* A figure, or "-" where there is none. */
static const char *figure(char z[32], const json_t *j, const char *name, int decimals)
{
	const json_t *v = json_object_get(j, name);

	if (json_is_number(v))
		snprintf(z, 32, "%.*f", decimals, json_number_value(v));
	else
		snprintf(z, 32, "-");
	return z;
}

static void put_growth(struct buf *b, const json_t *u, const char *name)
{
	const json_t *g = json_object_get(u, name);

	if (json_is_number(g))
		buf_printf(b, "%+.1f%%", json_number_value(g));
	else
		buf_char(b, '-');
}

static void text_risk(struct buf *b, const json_t *j)
{
	const json_t *u;
	size_t i;

	buf_printf(b, "%s: involved per 10,000 opened / 每万张（户）涉案\n", string(j, "month"));
	buf_z(
		b,
		"rank  of        unit                              org   opened involved   own  estimate [lower, upper]   found (month, year)  early  night batch remote\n");
	json_array_foreach(json_object_get(j, "units"), i, u)
	{
		const json_t *p = json_object_get(u, "per_10000"), *m = json_object_get(u, "month");
		char z[4][32];

		buf_printf(
			b, "%4" PRId64 "  %-8s  %-32s %5" PRId64 " %8" PRId64 " %8" PRId64 " %6s %8s [%s, %s]  %4" PRId64 " (",
			number(u, "rank"), string(u, "of"), name_of(json_object_get(u, "unit")), number(u, "organisation"),
			number(u, "opened"), number(u, "involved"), figure(z[0], p, "own", 1), figure(z[1], p, "estimate", 2),
			figure(z[2], p, "lower", 2), figure(z[3], p, "upper", 2), number(u, "found"));
		put_growth(b, u, "growth_month");
		buf_z(b, ", ");
		put_growth(b, u, "growth_year");
		buf_printf(b, ")  %4" PRId64 "  %5" PRId64 " %5" PRId64 " %5" PRId64 "%s\n", number(u, "early"),
		           number(m, "night"), number(m, "batch"), number(m, "remote"),
		           json_is_string(json_object_get(u, "proposal")) ? "  talk proposed / 建议告诫谈话"
		           : json_is_true(json_object_get(u, "top"))      ? "  top / 重点关注"
		                                                          : "");
	}
}

static void csv_risk(struct buf *b, const json_t *j)
{
	const json_t *u;
	size_t i;

	buf_z(
		b,
		"month,level,of,organisation,token,rank,opened,involved,own,estimate,lower,upper,found,found_before,found_year,early,month_opened,night,batch,remote,top,top_before,proposal\n");
	json_array_foreach(json_object_get(j, "units"), i, u)
	{
		const json_t *p = json_object_get(u, "per_10000"), *m = json_object_get(u, "month");
		char z[4][32];

		buf_printf(b, "%s,%s,%s,%" PRId64 ",%s,%" PRId64 ",%" PRId64 ",%" PRId64 ",%s,%s,%s,%s,", string(j, "month"),
		           string(u, "level"), string(u, "of"), number(u, "organisation"),
		           string(json_object_get(u, "unit"), "token"), number(u, "rank"), number(u, "opened"),
		           number(u, "involved"), figure(z[0], p, "own", 2), figure(z[1], p, "estimate", 2),
		           figure(z[2], p, "lower", 2), figure(z[3], p, "upper", 2));
		buf_printf(b,
		           "%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64
		           ",%d,%d,%s\n",
		           number(u, "found"), number(u, "found_before"), number(u, "found_year"), number(u, "early"),
		           number(m, "opened"), number(m, "night"), number(m, "batch"), number(m, "remote"),
		           json_is_true(json_object_get(u, "top")), json_is_true(json_object_get(u, "top_before")),
		           json_is_string(json_object_get(u, "proposal")) ? "warning-talk" : "");
	}
}

static void put_trace(struct buf *b, const json_t *t, const char *form)
{
	const json_t *thing = json_object_get(t, "thing");

	buf_printf(b, form, string(t, "found"), string(thing, "kind"), name_of(thing), string(t, "object"),
	           string(t, "opened"), number(t, "hour"), number(t, "days"), name_of(json_object_get(t, "outlet")),
	           name_of(json_object_get(t, "agent")), name_of(json_object_get(t, "clerk")), number(t, "organisation"),
	           json_is_true(json_object_get(t, "remote")));
}

static void trace_rows(struct buf *b, const json_t *j, bool csv)
{
	const json_t *t;
	size_t i;

	buf_z(
		b,
		csv ? "found,kind,thing,object,opened,hour,days,outlet,agent,clerk,organisation,remote\n"
			: "found                      kind     thing                             object      opened                    hour  days  outlet / agent / clerk  org\n");
	json_array_foreach(json_object_get(j, "traced"), i, t)
	{
		if (csv)
			put_trace(b, t, "%s,%s,%s,%s,%s,%" PRId64 ",%" PRId64 ",%s,%s,%s,%" PRId64 ",%d\n");
		else
			put_trace(b, t, "%s  %-7s  %-32s  %-10s  %s  %2" PRId64 "h  %4" PRId64 "  %s / %s / %s  %" PRId64 "\n");
	}
}

static void sheet_rows(struct buf *b, const json_t *j, bool csv)
{
	const json_t *x;
	size_t i;

	if (json_is_integer(json_object_get(j, "made"))) {
		buf_printf(b, "%" PRId64 " made 新制, %" PRId64 " there 已有, %" PRId64 " refused 未受理\n", number(j, "made"),
		           number(j, "there"), number(j, "refused"));
		return;
	}
	buf_z(
		b,
		csv ? "organisation,outlet,opened,involved,found,performance,security,talk,sheet,state,same\n"
			: "org    outlet        opened involved found  performance 实绩  security 网络安全  talk sheet state same\n");
	json_array_foreach(json_object_get(j, "sheets"), i, x)
	{
		const json_t *f = json_object_get(x, "figures");
		char z[2][32];

		buf_printf(b,
		           csv ? "%" PRId64 ",%s,%" PRId64 ",%" PRId64 ",%" PRId64 ","
		               : "%-5" PRId64 "  %-12s %7" PRId64 " %8" PRId64 " %5" PRId64 "  ",
		           number(x, "organisation"), string(x, "outlet"), number(f, "opened"), number(f, "involved"),
		           number(f, "found"));
		buf_printf(b, csv ? "%s,%s,%d,%s,%s,%d\n" : "%16s  %17s  %d  %s %s %d\n", figure(z[0], x, "performance", 2),
		           figure(z[1], x, "security", 2), json_is_true(json_object_get(x, "talk")), string(x, "sheet"),
		           string(x, "state"), json_is_true(json_object_get(x, "same")));
	}
}

static bool show(const struct asked *k, const struct buf *answer)
{
	const char *format = k->value[O_FORMAT] == NULL ? "text" : k->value[O_FORMAT];
	json_t *j = json_loadb(answer->p, answer->n, JSON_REJECT_DUPLICATES, NULL);
	bool ok = json_is_object(j) || wrong("the answer is not understood; is this a duanka service?"),
		 csv = strcmp(format, "csv") == 0;
	struct buf b;

	buf_init(&b, ANSWER_MAX);
	if (ok && strcmp(format, "json") == 0)
		buf_text(&b, text_trim(buf_view(answer))), buf_char(&b, '\n');
	else if (ok && strcmp(k->verb, "trace") == 0)
		trace_rows(&b, j, csv);
	else if (ok && strcmp(k->verb, "assess") == 0)
		sheet_rows(&b, j, csv);
	else if (ok)
		(csv ? csv_risk : text_risk)(&b, j);
	if (ok && (b.err != ERR_OK || fwrite(b.p, 1, b.n, stdout) != b.n || fflush(stdout) != 0)) {
		perror("duanka outlet: standard output");
		ok = false;
	}
	buf_release(&b);
	json_decref(j);
	return ok;
}

int cmd_outlet_risk(int argc, char **argv)
{
	struct args a = { .argc = argc, .argv = argv, .at = 1, .command = "outlet" };
	struct asked k = { .verb = NULL };
	struct buf answer;
	const char *v;
	int n;
	bool ok;

	while ((n = args_next(&a, options, ARRAY_LEN(options), &v)) != ARGS_END) {
		if (n == O_HELP) {
			fputs(help_text, stdout);
			return EXIT_ACCEPTED;
		}
		if (n == ARGS_WRONG || (n == ARGS_OPERAND && k.verb != NULL && !wrong("one thing at a time")))
			return EXIT_COULD_NOT_RUN;
		*(n == ARGS_OPERAND ? &k.verb : &k.value[n]) = n == O_MAKE ? "yes" : v;
	}
	if (!take(&k, &a))
		return EXIT_COULD_NOT_RUN;
	buf_init(&answer, ANSWER_MAX);
	ok = k.value[O_REGISTRY] != NULL ? ask_registry(&k, &answer) : ask_service(&k, &answer);
	ok = ok && show(&k, &answer);
	buf_release(&answer);
	return ok ? EXIT_ACCEPTED : EXIT_COULD_NOT_RUN;
}
