/* http_timeline.c - an entity's time line: the events in which it took part, newest first, each with the alerts that
 * it raised.
 *
 * It goes by the same indexes as contacts and shows the same of each event: an organisation gets those of which it
 * may see any field, and of these what it may see. Looking is an act with a reason.
 * A request does a bounded piece of work, and its cursor must not tell what was met that the asker may not see. So
 * what is not shown is not counted either, and a cursor is the position of an event that was shown, or where work
 * ended, rounded to a block of positions that is the same for everybody: what of the block at hand was found already
 * is left to the next piece. */
#include <inttypes.h>
#include <jansson.h>
#include "gateway/http_about.h"
#include "journal/contacts.h"
#include "show/event_json.h"

enum {
	LIMIT_USUAL = 100,
	LIMIT_MOST = 500,
	WORK = 50000,     /* contacts_query.work */
	BLOCK = 16384,    /* positions */
	ALERTS_EACH = 16, /* told of one event: as many rules as can hit are rarely more */
	M_KIND = 0,
	M_TOKEN,
	M_VALUE,
	M_REASON,
	M_CASE,
	M_FROM,
	M_TO,
	M_CURSOR,
	M_LIMIT,
	MEMBERS
};

struct line {
	struct request *r;
	struct contacts_query q;
	struct contacts_stats stats;
	struct viewer viewer;
	struct buf alert, shown;   /* a line of the file of alerts; as it may be seen */
	uint64_t most, told, last; /* events shown: at most, so far, the position of the last one */
	bool full;                 /* there is one more */
	uint64_t block;            /* of the last one */
	size_t out_before;         /* length of the answer before this block */
	enum err err;
};

/* ---- alerts of an event ---- */

static void put_member(struct buf *b, const json_t *alert, const char *name)
{
	const json_t *v = json_object_get(alert, name);

	buf_printf(b, ",\"%s\":", name);
	if (json_is_string(v))
		buf_json(b, text_z(json_string_value(v)));
	else if (json_is_integer(v))
		buf_printf(b, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	else
		buf_z(b, "null");
}

/* Who may see the alert may see its rule, grade, score and mode (view.h). */
static bool put_alert(struct line *l, bool first)
{
	static const char *const members[] = { "rule", "mode", "severity", "score" };
	struct buf *b = &l->r->out;
	const char *id;
	json_t *alert;

	if (view_alert(&l->viewer, buf_view(&l->alert), &l->shown) != ERR_OK)
		return false;
	alert = json_loadb(l->shown.p, l->shown.n, 0, NULL);
	id = json_string_value(json_object_get(alert, "id"));
	if (id != NULL) {
		buf_z(b, first ? "{\"id\":" : ",{\"id\":");
		buf_json(b, text_z(id));
		for (size_t i = 0; i < ARRAY_LEN(members); i++)
			put_member(b, alert, members[i]);
		buf_char(b, '}');
	}
	json_decref(alert);
	return id != NULL;
}

static void put_alerts(struct line *l, uint64_t at_position)
{
	struct alertlog *log = l->r->h->o.log;
	uint64_t number = 0, position = at_position, told = 0;
	enum err e = alertlog_find(log, at_position, &number);

	buf_z(&l->r->out, ",\"alerts\":[");
	for (; e == ERR_OK && told < ALERTS_EACH; number++) {
		e = alertlog_read(log, &number, &l->alert, &position);
		if (e != ERR_OK || position != at_position)
			break;
		told += put_alert(l, told == 0);
	}
	buf_char(&l->r->out, ']');
	if (e != ERR_OK && e != ERR_ABSENT)
		l->err = e;
}

/* ---- events ---- */

static bool visit(void *ctx, const struct record *record, const struct written *w)
{
	struct line *l = ctx;
	struct buf *b = &l->r->out;
	const struct schema *s = &w->schema;
	struct view_event view;
	struct event e;

	l->err = record_event_take(w->recast, record, &e, NULL);
	if (l->err != ERR_OK)
		return false;
	if (!view_event(&l->viewer, record->organisation, s->event[e.type].name, &view))
		return !l->r->h->stopping;
	l->full = l->told == l->most;
	if (l->full)
		return false;
	if (l->told == 0 || record->position / BLOCK != l->block) {
		l->block = record->position / BLOCK;
		l->out_before = b->n;
	}
	l->last = record->position;
	buf_printf(b, "%s{\"position\":%" PRIu64 ",\"time\":", l->told++ > 0 ? "," : "", record->position);
	event_json_time(b, record->time);
	buf_printf(b, ",\"organisation\":%u,\"type\":", record->organisation);
	buf_json(b, s->event[e.type].name);
	buf_z(b, ",\"roles\":");
	event_json_roles(b, s, &e, l->q.token, l->q.kind, &view.sight);
	buf_z(b, ",\"fields\":");
	event_json_fields(b, s, &e, &view.sight);
	put_alerts(l, record->position);
	buf_char(b, '}');
	if (l->err == ERR_OK)
		l->err = b->err;
	return l->err == ERR_OK && !l->r->h->stopping;
}

/* Where the next piece goes on; 0: nothing is left. */
static uint64_t cursor(struct line *l)
{
	uint64_t end;

	if (l->full || (l->stats.more && l->told == l->most))
		return l->last;
	if (!l->stats.more)
		return 0;
	end = (l->stats.reached + BLOCK - 1) / BLOCK * BLOCK;
	if (l->told > 0 && l->last < end) {
		l->r->out.n = l->out_before;
		l->r->out.p[l->out_before] = 0;
	}
	return end;
}

/* Pieces of work until a block is done, so that the next request has another end than this one. */
static enum err find(struct line *l, struct buf *why)
{
	uint64_t end = l->q.end;
	enum err e;

	do {
		e = contacts_find(l->r->h->o.fill.disk, &l->q, &l->stats, visit, l, why);
		e = e == ERR_OK ? l->err : e;
		l->q.end = l->stats.reached;
	} while (e == ERR_OK && !l->full && l->stats.more && l->stats.reached / BLOCK == (end - 1) / BLOCK &&
	         !l->r->h->stopping);
	return e;
}

static void run(struct line *l)
{
	struct request *r = l->r;
	uint64_t next;
	struct buf why;

	buf_init(&why, 4096);
	buf_init(&l->alert, ALERTLOG_LINE_MAX);
	buf_init(&l->shown, ALERTLOG_LINE_MAX);
	if (about_found(r, find(l, &why), &why)) {
		next = cursor(l);
		buf_z(&r->out, "],\"cursor\":");
		if (next != 0)
			buf_printf(&r->out, "%" PRIu64 "}\n", next);
		else
			buf_z(&r->out, "null}\n");
		r->status = 200;
	}
	buf_release(&l->alert);
	buf_release(&l->shown);
	buf_release(&why);
}

static void run_timeline(struct request *r)
{
	struct body_member m[MEMBERS] = {
		[M_KIND] = { .name = "kind", .max = SCHEMA_NAME_MAX, .needed = true },
		[M_TOKEN] = { .name = "token", .max = TOKEN_HEX },
		[M_VALUE] = { .name = "value", .max = EVENT_IDENT_MAX },
		[M_REASON] = { .name = "reason", .max = ACT_WHY_MAX, .needed = true, .reason = true },
		[M_CASE] = { .name = "case", .max = ABOUT_CASE_MAX, .reason = true },
		[M_FROM] = { .name = "from", .max = ABOUT_TIME_MAX },
		[M_TO] = { .name = "to", .max = ABOUT_TIME_MAX },
		[M_CURSOR] = { .name = "cursor", .max = ABOUT_NUMBER_MAX, .number = true },
		[M_LIMIT] = { .name = "limit", .max = ABOUT_NUMBER_MAX, .number = true }
	};
	struct line l = { .r = r, .viewer = request_viewer(r), .q = { .work = WORK, .most = UINT64_MAX } };
	struct about a = { .kind_index = 0 };
	struct buf act;
	uint64_t position;

	if (!request_body(r, m, MEMBERS) || !about_kind(r, m[M_KIND].value, &a) ||
	    !about_whom(r, m[M_TOKEN].value, m[M_VALUE].value, &a) || !about_when(r, m[M_FROM].value, m[M_TO].value, &a) ||
	    !about_number(r, &m[M_CURSOR], 1, UINT64_MAX, INT64_MAX, &l.q.end) ||
	    !about_number(r, &m[M_LIMIT], 1, LIMIT_USUAL, LIMIT_MOST, &l.most))
		return;
	about_act(r, &act, "timeline", &a, m[M_REASON].value, m[M_CASE].value);
	if (!http_act(r, &act, NULL, NULL, &position))
		return;
	l.q.token = a.token;
	l.q.kind = a.kind_index;
	l.q.from_us = a.from_us;
	l.q.to_us = a.to_us;
	buf_char(&r->out, '{');
	about_put(&r->out, &a);
	buf_printf(&r->out, ",\"act\":%" PRIu64 ",\"events\":[", position);
	run(&l);
}

const struct route http_timeline_routes[] = {
	{ "POST", "/v1/timeline", SCOPE_ENTITIES, ROUTE_SLOW, run_timeline },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
