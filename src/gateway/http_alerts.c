/* http_alerts.c - alerts and explanations: what was told is read again and handed out as it is. */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include "gateway/http_int.h"

enum {
	ALERTS_PER_ANSWER = 1000,
	ALERTS_LOOKED_AT = 2000 /* in one request: a filter that fits little must not hold a thread; the cursor goes on */
};

static bool says(const json_t *alert, struct request *r, const char *name)
{
	const char *want = request_query(r, name);
	const char *is = json_string_value(json_object_get(alert, name));

	return want == NULL || (is != NULL && strcmp(want, is) == 0);
}

static bool wanted(struct request *r, const struct buf *line)
{
	const char *token = request_query(r, "token");
	json_t *alert = json_loadb(line->p, line->n, 0, NULL);
	const char *about = json_string_value(json_object_get(json_object_get(alert, "about"), "token"));
	bool ok = says(alert, r, "rule") && says(alert, r, "severity") && says(alert, r, "mode") &&
	          (token == NULL || (about != NULL && strcmp(token, about) == 0));

	json_decref(alert);
	return ok;
}

static void run_alerts(struct request *r)
{
	uint64_t number = request_number(r, "cursor", 0, UINT64_MAX >> 1),
			 limit = request_number(r, "limit", 100, ALERTS_PER_ANSWER);
	uint64_t position = request_number(r, "from", 0, UINT64_MAX >> 1), n = 0, looked = 0;
	struct buf line;

	buf_init(&line, ALERTLOG_LINE_MAX);
	if (position > 0 && number == 0)
		number = alertlog_find(r->h->o.log, position);
	buf_z(&r->out, "{\"alerts\":[");
	while (n < limit && looked++ < ALERTS_LOOKED_AT && alertlog_read(r->h->o.log, number, &line, &position) == ERR_OK) {
		number++;
		if (!wanted(r, &line))
			continue;
		if (n++ > 0)
			buf_char(&r->out, ',');
		buf_add(&r->out, line.p, line.n - 1);
	}
	buf_printf(&r->out, "],\"cursor\":%" PRIu64 "}\n", number);
	buf_release(&line);
	r->status = 200;
}

/* POSITION or POSITION.rule */
static void run_explain(struct request *r)
{
	char *end;
	uint64_t position = strtoull(r->arg[0].p, &end, 10), at, number, n = 0;
	struct writer_counts c;
	struct buf line;

	writer_counts(r->h->o.writer, &c);
	if (end == r->arg[0].p || (*end != 0 && *end != '.') || position == 0 || position >= c.next) {
		answer_problem(r, 404, "unknown", "No such decision",
		               "an explanation is named by its position, or by an alert's id");
		return;
	}
	buf_init(&line, ALERTLOG_LINE_MAX);
	buf_printf(&r->out, "{\"position\":%" PRIu64 ",\"alerts\":[", position);
	for (number = alertlog_find(r->h->o.log, position);
	     alertlog_read(r->h->o.log, number, &line, &at) == ERR_OK && at == position; number++) {
		json_t *alert = *end == '.' ? json_loadb(line.p, line.n, 0, NULL) : NULL;
		const char *rule = json_string_value(json_object_get(alert, "rule"));
		bool asked = *end != '.' || (rule != NULL && strcmp(rule, end + 1) == 0);

		json_decref(alert);
		if (!asked)
			continue;
		if (n++ > 0)
			buf_char(&r->out, ',');
		buf_add(&r->out, line.p, line.n - 1);
	}
	buf_z(&r->out, "]}\n");
	buf_release(&line);
	r->status = 200;
	if (*end == '.' && n == 0)
		answer_problem(r, 404, "unknown", "No such alert",
		               "the position is there, but this rule raised no alert on it");
}

const struct route http_alerts_routes[] = {
	{ "GET", "/v1/alerts", SCOPE_ALERTS, ROUTE_SLOW, run_alerts },
	{ "GET", "/v1/alerts/stream", SCOPE_ALERTS, ROUTE_STREAM, NULL },
	{ "GET", "/v1/explain/*", SCOPE_ALERTS, ROUTE_SLOW, run_explain },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
