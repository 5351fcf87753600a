/* http_alerts.c - alerts: what was told is read again and handed out as it is, or as the asker's organisation may see it. Filters look
 * at what is shown, so that they tell nothing that is hidden. */
#include <inttypes.h>
#include <jansson.h>
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

static bool wanted(const json_t *alert, struct request *r)
{
	const char *token = request_query(r, "token");
	const char *about = json_string_value(json_object_get(json_object_get(alert, "about"), "token"));

	return says(alert, r, "rule") && says(alert, r, "severity") && says(alert, r, "mode") &&
	       (token == NULL || (about != NULL && strcmp(token, about) == 0));
}

static bool filtered(struct request *r)
{
	return request_query(r, "token") != NULL || request_query(r, "rule") != NULL ||
	       request_query(r, "severity") != NULL || request_query(r, "mode") != NULL;
}

struct telling {
	struct viewer viewer;
	struct buf line, shown;
	bool filtered;
	uint64_t n;
};

static void telling_begins(struct telling *t, struct request *r)
{
	*t = (struct telling){ .viewer = request_viewer(r) };
	buf_init(&t->line, ALERTLOG_LINE_MAX);
	buf_init(&t->shown, ALERTLOG_LINE_MAX);
}

static void telling_ends(struct telling *t)
{
	buf_release(&t->line);
	buf_release(&t->shown);
}

/* Adds the line at hand to the answer, if it is for this asker and asked for. */
static enum err tell(struct telling *t, struct request *r, uint64_t position)
{
	enum err e;
	bool ok = view_alert(&t->viewer, buf_view(&t->line), &t->shown) == ERR_OK;
	json_t *alert = ok && t->filtered ? json_loadb(t->shown.p, t->shown.n, 0, NULL) : NULL;

	if (t->filtered)
		ok = ok && wanted(alert, r);
	json_decref(alert);
	if (!ok)
		return ERR_OK;
	e = verdict_show(r, position, &t->shown);
	if (e != ERR_OK)
		return e;
	if (t->n++ > 0)
		buf_char(&r->out, ',');
	buf_text(&r->out, buf_view(&t->shown));
	return ERR_OK;
}

/* Where to begin: a cursor, else a position, else the oldest; going back, from the end on if nothing is said. False: the answer is set. */
static bool begin(struct request *r, bool back, uint64_t *number, enum err *e)
{
	struct alertlog *log = r->h->o.log;
	uint64_t cursor, position;

	if (!request_number(r, "cursor", 0, INT64_MAX, &cursor) || !request_number(r, "from", 0, INT64_MAX, &position))
		return false;
	*number = request_query(r, "cursor") != NULL ? cursor : back ? alertlog_count(log) : alertlog_first(log);
	*e = position > 0 && cursor == 0 ? alertlog_find(log, position, number) : ERR_OK;
	if (back && *number > alertlog_count(log))
		*number = alertlog_count(log);
	return true;
}

/* Reads the alert at a cursor and moves it behind it, over those that are no longer kept. */
static enum err forwards(struct alertlog *log, uint64_t *cursor, uint64_t *gone, struct buf *line, uint64_t *position)
{
	uint64_t at = *cursor;
	enum err e = alertlog_read(log, &at, line, position);

	if (e != ERR_OK)
		return e;
	*gone += at - *cursor;
	*cursor = at + 1;
	return ERR_OK;
}

/* Reads the alert before a cursor and moves it there; the line is empty where that one is no longer kept. */
static enum err backwards(struct alertlog *log, uint64_t *cursor, uint64_t *gone, struct buf *line, uint64_t *position)
{
	uint64_t at = *cursor - 1;
	enum err e = *cursor > alertlog_first(log) ? alertlog_read(log, &at, line, position) : ERR_ABSENT;

	if (e != ERR_OK)
		return e;
	if (at != --*cursor) {
		buf_clear(line);
		++*gone;
	}
	return ERR_OK;
}

static void run_alerts(struct request *r)
{
	struct alertlog *log = r->h->o.log;
	const char *newest = request_query(r, "newest");
	bool back = newest != NULL && strcmp(newest, "true") == 0;
	uint64_t limit, position, looked = 0, gone = 0, number;
	struct telling t;
	enum err e;

	if (!begin(r, back, &number, &e) || !request_limit(r, 100, ALERTS_PER_ANSWER, &limit))
		return;
	telling_begins(&t, r);
	t.filtered = filtered(r);
	buf_z(&r->out, "{\"alerts\":[");
	while (e == ERR_OK && t.n < limit && looked++ < ALERTS_LOOKED_AT) {
		e = (back ? backwards : forwards)(log, &number, &gone, &t.line, &position);
		if (e == ERR_OK && t.line.n > 0)
			e = tell(&t, r, position);
	}
	buf_printf(&r->out, "],\"cursor\":%" PRIu64 ",\"oldest\":%" PRIu64 ",\"gone\":%" PRIu64 "}\n", number,
	           alertlog_first(log), gone);
	telling_ends(&t);
	r->status = 200;
	if (e != ERR_OK && e != ERR_ABSENT)
		answer_problem(r, 503, "alerts", "The alerts can't be read", err_name(e));
}

const struct route http_alerts_routes[] = {
	{ "GET", "/v1/alerts", SCOPE_ALERTS, ROUTE_SLOW, run_alerts },
	{ "GET", "/v1/alerts/stream", SCOPE_ALERTS, ROUTE_STREAM, NULL },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
