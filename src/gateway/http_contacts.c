/* http_contacts.c - who called, texted or paid somebody: the journal's records that name a token, newest first.
 *
 * Looking through somebody's contacts is an act with a reason, like turning a token back. An organisation gets the records of which it may see any
 * field, and of these what it may see. A worker reads the journal by its indexes (journal/contacts.h); decisions do not wait for it. */
#include <inttypes.h>
#include "gateway/http_about.h"
#include "journal/contacts.h"
#include "shard/record_json.h"

enum {
	LIMIT_USUAL = 100,
	LIMIT_MOST = 1000
};

struct search {
	struct request *r;
	struct contacts_query q;
	struct contacts_stats stats;
	struct viewer viewer;
	uint64_t told;
	enum err err;
};

static bool visit(void *ctx, const struct record *record, const struct written *w)
{
	struct search *s = ctx;
	struct view_event view;
	struct record_json_options o = { .about = &s->q.token, .about_kind = s->q.kind, .sight = &view.sight };
	struct buf *b = &s->r->out;
	struct event e;

	s->err = record_event_take(w->recast, record, &e, NULL);
	if (s->err != ERR_OK)
		return false;
	if (!view_event(&s->viewer, record->organisation, w->schema.event[e.type].name, &view))
		return !s->r->h->stopping;
	if (s->told++ > 0)
		buf_char(b, ',');
	s->err = record_json(b, w, record, &o);
	return s->err == ERR_OK && b->err == ERR_OK && !s->r->h->stopping;
}

static void run_contacts(struct request *r)
{
	struct body_member m[] = { { .name = "kind", .max = SCHEMA_NAME_MAX, .needed = true },
		                       { .name = "token", .max = TOKEN_HEX },
		                       { .name = "value", .max = EVENT_IDENT_MAX },
		                       { .name = "reason", .max = ACT_WHY_MAX, .needed = true, .reason = true },
		                       { .name = "case", .max = ABOUT_CASE_MAX, .reason = true },
		                       { .name = "from", .max = ABOUT_TIME_MAX },
		                       { .name = "to", .max = ABOUT_TIME_MAX } };
	struct search s = { .r = r, .viewer = request_viewer(r) };
	struct about a = { .kind_index = 0 };
	struct buf act, why;
	uint64_t position;
	enum err e;

	if (!request_limit(r, LIMIT_USUAL, LIMIT_MOST, &s.q.most) ||
	    !request_number(r, "before", UINT64_MAX, INT64_MAX, &s.q.end) || !request_body(r, m, ARRAY_LEN(m)) ||
	    !about_kind(r, m[0].value, &a) || !about_whom(r, m[1].value, m[2].value, &a) ||
	    !about_when(r, m[5].value, m[6].value, &a))
		return;
	about_act(r, &act, "contacts", &a, m[3].value, m[4].value);
	if (!http_act(r, &act, NULL, NULL, &position))
		return;
	s.q.token = a.token;
	s.q.kind = a.kind_index;
	s.q.from_us = a.from_us;
	s.q.to_us = a.to_us;
	buf_char(&r->out, '{');
	about_put(&r->out, &a);
	buf_printf(&r->out, ",\"act\":%" PRIu64 ",\"records\":[", position);
	buf_init(&why, 4096);
	e = contacts_find(r->h->o.fill.disk, &s.q, &s.stats, visit, &s, &why);
	if (about_found(r, e == ERR_OK ? s.err : e, &why)) {
		buf_z(&r->out, "],\"before\":");
		if (s.stats.more)
			buf_printf(&r->out, "%" PRIu64, s.stats.last);
		else
			buf_z(&r->out, "null");
		buf_printf(&r->out, ",\"segments\":%" PRIu64 ",\"indexed\":%" PRIu64 ",\"scanned\":%" PRIu64 "}\n",
		           s.stats.segments, s.stats.indexed, s.stats.scanned);
		r->status = 200;
	}
	buf_release(&why);
}

const struct route http_contacts_routes[] = {
	{ "POST", "/v1/contacts", SCOPE_ENTITIES, ROUTE_SLOW, run_contacts },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
