/* http_audit.c - what auditors ask over HTTP: who saw whose data, what was done about a person, and whether the
 * journal is whole (http_chain.c).
 *
 * Whoever does not see everything reads the acts of its own organisation, and no person: what was done about one is
 * made of what all did.
 * Of a person: an act is journaled before anything is shown, for what was done about somebody is personal, too.
 * Tokens only; no name is revealed here. */
#include <inttypes.h>
#include <stdlib.h>
#include "base/clock.h"
#include "gateway/access.h"
#include "gateway/dossier.h"
#include "gateway/http_desk_int.h"

enum {
	PAGE_USUAL = 100,
	OBJECTS_MOST = 500 /* about one person, in one answer */
};
#define ACCESS_READERS (1u << ROLE_AUDITOR | 1u << ROLE_LEADER | 1u << ROLE_CITY_LEADER)
#define PERSON_READERS (ACCESS_READERS | 1u << ROLE_DISCIPLINE)

bool audit_asker(struct request *r, uint32_t roles, struct desk_asker *a)
{
	if (!desk_asker(r, a))
		return false;
	if ((a->roles & roles) != 0)
		return true;
	desk_answer_refusal(
		r, DESK_REFUSED_ROLE, NULL, 0,
		"audits are read by auditors, leaders and city leaders; that of a person by discipline officers, too");
	return false;
}

static bool take_time(struct request *r, const char *name, int64_t *out)
{
	const char *z = request_query(r, name);

	if (z == NULL || clock_parse(text_z(z), &clock_shanghai, out) == ERR_OK)
		return true;
	answer_problem(r, 400, "query", "The request is wrong", "from and to are times: 2026-03-01T08:00:00");
	return false;
}

static void put_page(struct request *r, const struct access_query *q, uint64_t before, uint32_t most)
{
	struct buf why;
	uint32_t n = 0;
	enum err e;

	buf_init(&why, 4096);
	buf_z(&r->out, "{\"acts\":[");
	e = access_page(r->h->o.fill.disk, q, most, &before, &r->out, &n, &why);
	if (before != 0)
		buf_printf(&r->out, "],\"cursor\":\"%" PRIu64 "\"}\n", before);
	else
		buf_z(&r->out, "],\"cursor\":null}\n");
	r->status = 200;
	if (e != ERR_OK)
		answer_problem(r, 503, "journal", "The journal can't be read", why.n > 0 ? why.p : err_name(e));
	buf_release(&why);
}

/* Whose acts the asker may read. False: nobody's; the answer is set. */
static bool take_reach(struct request *r, struct access_query *q)
{
	q->organisation = tenant_sees_all(r->tenant) ? 0 : r->who.organisation;
	return q->organisation != 0 || request_sees_all(r);
}

static void run_access(struct request *r)
{
	struct access_query q = { .from_us = ACCESS_ALWAYS_US, .until_us = INT64_MAX };
	uint64_t before, most;
	struct desk_asker a;
	struct token t;

	if (!audit_asker(r, ACCESS_READERS, &a) || !take_reach(r, &q) ||
	    !request_number(r, "cursor", UINT64_MAX, INT64_MAX, &before) ||
	    !request_limit(r, PAGE_USUAL, ACCESS_PAGE_MAX, &most) || !take_time(r, "from", &q.from_us) ||
	    !take_time(r, "to", &q.until_us))
		return;
	q.person = request_query(r, "token");
	q.user = request_query(r, "user");
	q.object = request_query(r, "object");
	if (q.person != NULL && !token_parse(text_z(q.person), &t))
		answer_problem(r, 400, "query", "The request is wrong", "a token is 32 hexadecimal digits");
	else
		put_page(r, &q, before, most == 0 ? 1 : (uint32_t)most);
}

/* False: the answer is set. */
static bool journal_look(struct request *r, const struct desk_asker *a, const char *kind, const char *hex)
{
	const char *why = request_query(r, "reason");
	struct text reason = text_trim(text_z(why == NULL ? "" : why));
	struct buf act;
	uint64_t position;

	if (reason.n > ACT_WHY_MAX || !text_utf8_valid(reason)) {
		answer_problem(r, 400, "reason", "The reason is too long", "it has at most 1000 bytes");
		return false;
	}
	if (!request_reason(r, "reason", reason))
		return false;
	desk_act_begin(&act, "audit-person", r, a->user, reason);
	act_text(&act, "kind", text_z(kind));
	act_text(&act, "token", text_z(hex));
	return http_act(r, &act, NULL, NULL, &position);
}

static void run_person(struct request *r)
{
	struct dossier_query q = { .most = OBJECTS_MOST };
	struct dossier_counts n;
	struct desk_shower s;
	struct desk_asker a;
	char hex[TOKEN_HEX + 1];
	enum err e;

	if (!audit_asker(r, PERSON_READERS, &a) || !request_sees_all(r))
		return;
	q.entity = (uint8_t)desk_entity_find(r->arg[0]);
	if (q.entity == 0 || q.entity == DESK_NUMBER || !token_parse(r->arg[1], &q.token)) {
		answer_problem(r, 404, "unknown", "There is no such person, card or account",
		               "KIND is person, phone, account, device ...; TOKEN is 32 hexadecimal digits");
		return;
	}
	token_show(q.token, hex);
	if (!journal_look(r, &a, desk_entity_names[q.entity], hex))
		return;
	q.asker = &a;
	s = desk_shower(r, &a);
	buf_printf(&r->out, "{\"kind\":\"%s\",\"token\":\"%s\",", desk_entity_names[q.entity], hex);
	e = dossier_put(&r->out, &s, &q, &n);
	buf_printf(&r->out, ",\"in_force\":%" PRIu64 ",\"more\":%s}\n", n.in_force, n.more ? "true" : "false");
	r->status = 200;
	if (e != ERR_OK && e != ERR_MEMORY && e != ERR_CAP)
		desk_answer_store(r, e);
}

const struct route http_audit_routes[] = {
	{ "GET", "/v1/audit/access", SCOPE_DESK, ROUTE_SLOW, run_access },
	{ "GET", "/v1/audit/person/*/*", SCOPE_DESK, ROUTE_SLOW, run_person },
	{ "GET", "/v1/audit/chain", SCOPE_DESK, ROUTE_SLOW, chain_run_show },
	{ "POST", "/v1/audit/chain/verify", SCOPE_DESK, ROUTE_SLOW, chain_run_verify },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
