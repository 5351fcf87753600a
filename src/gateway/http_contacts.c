/* http_contacts.c - who called, texted or paid somebody: the journal's records that name a token, newest first.
 *
 * Looking through somebody's contacts is an act with a reason, like turning a token back. An organisation gets the records of which it may see any
 * field, and of these what it may see. A worker reads the journal by its indexes (journal/contacts.h); decisions do not wait for it. */
#include <inttypes.h>
#include <stdio.h>
#include "base/clock.h"
#include "gateway/http_int.h"
#include "journal/contacts.h"
#include "shard/record_json.h"

enum {
	CASE_MAX = 200, /* bytes */
	TIME_MAX = 40,
	LIMIT_USUAL = 100,
	LIMIT_MOST = 1000,
	DAYS_USUAL = 30
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

/* A date is its first moment, or its last one. Empty: as it is. */
static bool take_time(struct request *r, struct text t, bool last, int64_t *out)
{
	char whole[TIME_MAX + 20];
	int n = (int)t.n;

	if (n == 0)
		return true;
	n = snprintf(whole, sizeof(whole), "%.*s%s", n, t.p, n != 10 ? "" : last ? "T23:59:59.999999" : "T00:00:00");
	if (clock_parse(text_of(whole, (size_t)n), &clock_shanghai, out) == ERR_OK)
		return true;
	answer_problem(r, 400, "body", "The body is not what this path takes",
	               last ? "\"to\" is a date or a time: 2026-03-01 or 2026-03-01T08:00:00"
	                    : "\"from\" is a date or a time: 2026-03-01 or 2026-03-01T08:00:00");
	return false;
}

struct asked {
	struct text kind, token, reason, file;
};

/* False: the answer is set. */
static bool read_search(struct request *r, struct search *s, struct asked *a)
{
	struct body_member m[] = { { .name = "kind", .max = SCHEMA_NAME_MAX, .needed = true },
		                       { .name = "token", .max = TOKEN_HEX, .needed = true },
		                       { .name = "reason", .max = ACT_WHY_MAX, .needed = true, .reason = true },
		                       { .name = "case", .max = CASE_MAX, .reason = true },
		                       { .name = "from", .max = TIME_MAX },
		                       { .name = "to", .max = TIME_MAX } };
	int kind;

	if (!request_body(r, m, ARRAY_LEN(m)))
		return false;
	*a = (struct asked){ .kind = m[0].value, .token = m[1].value, .reason = m[2].value, .file = m[3].value };
	kind = schema_entity_find(&request_policy(r)->schema, a->kind);
	if (kind < 0) {
		answer_problem(r, 400, "kind", "There is no such kind of entity", "the policy names them: phone, account, ...");
		return false;
	}
	if (!token_parse(a->token, &s->q.token)) {
		answer_problem(r, 400, "token", "This is not a token", "a token is 32 hexadecimal digits, as alerts show it");
		return false;
	}
	s->q.kind = (uint8_t)kind;
	s->q.from_us = r->h->o.now_us() - DAYS_USUAL * US_PER_DAY;
	s->q.to_us = INT64_MAX;
	return take_time(r, m[4].value, false, &s->q.from_us) && take_time(r, m[5].value, true, &s->q.to_us);
}

static void begin_act(struct buf *act, struct request *r, const struct asked *a)
{
	act_begin(act, "contacts", &r->who, a->reason);
	act_text(act, "kind", a->kind);
	act_text(act, "token", a->token);
	if (a->file.n > 0)
		act_text(act, "case", a->file);
}

static void run_contacts(struct request *r)
{
	struct search s = { .r = r, .viewer = request_viewer(r) };
	struct asked a;
	struct buf act, why;
	uint64_t position;
	enum err e;

	if (!request_limit(r, LIMIT_USUAL, LIMIT_MOST, &s.q.most) ||
	    !request_number(r, "before", UINT64_MAX, INT64_MAX, &s.q.end) || !read_search(r, &s, &a))
		return;
	begin_act(&act, r, &a);
	if (!http_act(r, &act, NULL, NULL, &position))
		return;
	buf_z(&r->out, "{\"kind\":");
	buf_json(&r->out, a.kind);
	buf_z(&r->out, ",\"token\":");
	buf_json(&r->out, a.token);
	buf_printf(&r->out, ",\"act\":%" PRIu64 ",\"records\":[", position);
	buf_init(&why, 4096);
	e = contacts_find(r->h->o.fill.disk, &s.q, &s.stats, visit, &s, &why);
	e = e == ERR_OK ? s.err : e;
	if (e != ERR_OK || r->h->stopping)
		answer_problem(r, 503, "journal", "The journal can't be read",
		               why.n > 0     ? why.p
		               : e == ERR_OK ? "the service is stopping"
		                             : err_name(e));
	buf_release(&why);
	if (r->status != 0)
		return;
	buf_z(&r->out, "],\"before\":");
	if (s.stats.more)
		buf_printf(&r->out, "%" PRIu64, s.stats.last);
	else
		buf_z(&r->out, "null");
	buf_printf(&r->out, ",\"segments\":%" PRIu64 ",\"indexed\":%" PRIu64 ",\"scanned\":%" PRIu64 "}\n",
	           s.stats.segments, s.stats.indexed, s.stats.scanned);
	r->status = 200;
}

const struct route http_contacts_routes[] = {
	{ "POST", "/v1/contacts", SCOPE_ENTITIES, ROUTE_SLOW, run_contacts },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
