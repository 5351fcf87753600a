/* http_matches.c - /v1/matches: an organisation proposes a private matching to another one, a person of that one consents, and their messages are put and
 * fetched.
 *
 * Every step is an act: who, whose, why, how many, never an item. Who takes part sees a session; to anybody else it is not there. Messages are bytes, in
 * pieces (matches.h); the service holds them until the session ends.
 *
 * A key with the scope match asks for its organisation, and so does a logged-in user of it whose roles have that scope. As soon as an organisation has such a user, proposing and
 * consenting is theirs alone, since a key is nobody's word; where it has two, both must. */
#include <inttypes.h>
#include <sodium/utils.h>
#include <stdio.h>
#include "desk/user.h"
#include "gateway/http_desk_int.h"
#include "gateway/session_scopes.h"

enum {
	KIND_MAX = 16,
	SIZE_MAX_CHARS = 8
};

struct asking {
	struct request *r;
	const char *act;
	struct text why;
	enum match_step step; /* 0: none */
	uint64_t position;
};

/* ---- who speaks for an organisation ---- */

static bool look_at_user(void *ctx, const struct registry_hit *h)
{
	uint32_t *speak = ctx;

	*speak += ((uint32_t)desk_i(h->object, USER_F_ROLES) & session_scopes_roles(SCOPE_MATCH)) != 0;
	return *speak < 2;
}

/* How many active users of this organisation speak for it: 2 for all above. */
static enum err count_people(struct request *r, uint16_t organisation, uint32_t *n)
{
	struct registry_query q = {
		.kind = DESK_USER, .states = 1u << USER_ACTIVE, .of_organisation = true, .organisation = organisation
	};

	*n = 0;
	if (r->h->o.registry == NULL || organisation == 0)
		return ERR_OK;
	return registry_each(r->h->o.registry, &q, look_at_user, n);
}

/* Whose word it is, and whether a second one has to agree. False: the answer is set. */
static bool take_person(struct request *r, char person[MATCH_PERSON_MAX + 1], bool *two)
{
	uint32_t n;
	enum err e = count_people(r, r->who.organisation, &n);

	*two = n > 1;
	caller_name(&r->who, person);
	if (r->session.user != 0)
		snprintf(person, MATCH_PERSON_MAX + 1, "%s/u%016" PRIx64, r->who.tenant, r->session.user);
	if (e != ERR_OK)
		desk_answer_store(r, e);
	else if (r->session.user == 0 && n > 0)
		answer_problem(r, 403, "person", "A person has to say this",
		               "this organisation has users who speak for it (delegate, analyst): log in as one of them");
	else
		return true;
	return false;
}

/* ---- what all of them do ---- */

static bool may_speak(struct request *r)
{
	struct desk_asker a;

	if (r->session.user == 0)
		return true;
	if (!desk_asker(r, &a))
		return false;
	if ((a.roles & session_scopes_roles(SCOPE_MATCH)) != 0)
		return true;
	answer_problem(r, 403, "role", "You don't speak for your organisation", "that takes the role delegate or analyst");
	return false;
}

/* False: the answer is set. */
static bool may_match(struct request *r)
{
	if (r->h->o.matches == NULL) {
		answer_problem(r, 503, "matching", "There is no private matching here", "the service was started without it");
		return false;
	}
	if (r->who.tenant[0] != 0)
		return may_speak(r);
	answer_problem(r, 403, "organisation", "Private matching is between organisations",
	               "ask with the key of one: duanka keys add --tenant NAME --scopes match");
	return false;
}

/* For match_note. */
static enum err note(void *ctx, const struct match_session *s)
{
	struct asking *a = ctx;
	struct buf act;

	act_begin(&act, a->act, &a->r->who, a->why);
	act_text(&act, "match", text_z(s->id));
	act_text(&act, "offerer", text_z(s->side[0]));
	act_text(&act, "answerer", text_z(s->side[1]));
	act_text(&act, "purpose", s->terms.purpose);
	act_text(&act, "basis", s->terms.basis);
	act_text(&act, "kind", text_z(match_kind_name(s->terms.form)));
	act_text(&act, "learns", text_z(match_learns_name(s->terms.learns)));
	act_number(&act, "size", s->size);
	if (a->step != 0)
		act_text(&act, "message", text_z(match_step_name(a->step)));
	if (s->items[0] > 0)
		act_number(&act, "offered", s->items[0]);
	if (s->items[1] > 0)
		act_number(&act, "answered", s->items[1]);
	return http_act(a->r, &act, NULL, NULL, &a->position) ? ERR_OK : ERR_STOPPED;
}

static void put_time(struct buf *b, const char *name, int64_t us)
{
	buf_printf(b, ",\"%s\":\"", name);
	clock_format(b, us, &clock_shanghai);
	buf_char(b, '"');
}

static void put_session(struct request *r, const struct match_session *s)
{
	struct buf *b = &r->out;
	char hex[2 * MATCH_SESSION_BYTES + 1];

	buf_printf(b, "{\"id\":\"%s\",\"phase\":\"%s\"", s->id, match_phase_names[s->phase]);
	act_text(b, "side", strcmp(r->who.tenant, s->side[0]) == 0 ? TEXT("offerer") : TEXT("answerer"));
	act_text(b, "offerer", text_z(s->side[0]));
	act_text(b, "answerer", text_z(s->side[1]));
	act_text(b, "proposed_by", text_z(s->person[0]));
	act_text(b, "agreed_by", text_z(s->person[1]));
	act_text(b, "proposed_second", text_z(s->second[0]));
	act_text(b, "agreed_second", text_z(s->second[1]));
	buf_printf(b, ",\"four_eyes\":{\"offerer\":%s,\"answerer\":%s}", s->two[0] ? "true" : "false",
	           s->two[1] ? "true" : "false");
	act_text(b, "purpose", s->terms.purpose);
	act_text(b, "basis", s->terms.basis);
	act_text(b, "kind", text_z(match_kind_name(s->terms.form)));
	act_text(b, "learns", text_z(match_learns_name(s->terms.learns)));
	act_number(b, "size", s->size);
	put_time(b, "time", s->made_us);
	put_time(b, "until", s->until_us);
	sodium_bin2hex(hex, sizeof(hex), s->terms.session, sizeof(s->terms.session));
	act_text(b, "session", text_z(hex));
	act_number(b, "offered", s->items[0]);
	act_number(b, "answered", s->items[1]);
	buf_z(b, ",\"bytes\":{");
	for (uint32_t i = 0; i < ARRAY_LEN(s->bytes); i++)
		buf_printf(b, "%s\"%s\":%" PRIu64, i == 0 ? "" : ",", match_step_name((enum match_step)(i + 1)), s->bytes[i]);
	buf_z(b, "}}");
}

/* What went wrong, unless the answer is set already. */
static void answer_error(struct request *r, enum err e, const char *why)
{
	if (r->status != 0)
		return;
	switch (e) {
	case ERR_ABSENT:
		answer_problem(r, 404, "unknown", "No such session", "GET /v1/matches has those of your organisation");
		break;
	case ERR_RANGE: answer_problem(r, 409, "phase", "Not now, or not you", why); break;
	case ERR_CAP: answer_problem(r, 409, "limit", "A limit is met", why); break;
	case ERR_FORMAT: answer_problem(r, 422, "message", "The message is wrong and was removed", why); break;
	default: answer_problem(r, 503, "disk", "The session can't be read or written", err_name(e)); break;
	}
}

static void answer_session(struct request *r, const char *id, unsigned status)
{
	struct match_session s;
	enum err e = matches_get(r->h->o.matches, text_z(id), r->who.tenant, r->h->o.now_us(), &s);

	if (e != ERR_OK) {
		answer_error(r, e, "");
		return;
	}
	put_session(r, &s);
	buf_char(&r->out, '\n');
	r->status = status;
}

/* ---- agreeing ---- */

/* Whether anybody could consent for it. */
static bool takes_part(struct request *r, const char *tenant)
{
	const struct config *c = &r->in_force->config;
	const struct tenant *t = tenant_find(c->tenant, c->n_tenants, tenant);
	const struct keys *k = &r->in_force->keys;
	uint32_t n;

	for (uint32_t i = 0; i < k->n; i++)
		if (!k->key[i].revoked && (k->key[i].scopes & SCOPE_MATCH) != 0 && strcmp(k->key[i].tenant, tenant) == 0)
			return true;
	return t != NULL && count_people(r, t->number, &n) == ERR_OK && n > 0;
}

static bool take_terms(struct request *r, const struct body_member *m, struct match_session *s)
{
	const struct config *c = &r->in_force->config;
	const char *why = NULL;
	int64_t size = 0;

	memcpy(s->side[0], r->who.tenant, strlen(r->who.tenant) + 1);
	memcpy(s->side[1], m[0].value.p, m[0].value.n);
	s->terms.purpose = m[1].value;
	s->terms.basis = m[2].value;
	s->terms.learns = MATCH_BOTH;
	if (strcmp(s->side[0], s->side[1]) == 0 || !takes_part(r, s->side[1]))
		why = "\"with\" is another organisation that has a key with the scope match, or a delegate or analyst";
	else if (!match_kind_parse(m[3].value, &s->terms.form))
		why = "\"kind\" is phone, account, person or device";
	else if (text_to_int(m[4].value, &size) != ERR_OK || size < (int64_t)c->match_least ||
	         size > (int64_t)c->match_most)
		why = "\"size\" says how many items a list has at most; the settings match.least and match.most bound it";
	else if (m[5].value.n > 0 && !match_learns_parse(m[5].value, &s->terms.learns))
		why = "\"learns\" is both, offerer or answerer";
	s->size = (uint32_t)size;
	s->made_us = r->h->o.now_us();
	s->until_us = s->made_us + c->match_keep_us;
	if (why != NULL)
		answer_problem(r, 422, "terms", "These are no terms of a matching", why);
	return why == NULL;
}

static void run_propose(struct request *r)
{
	struct body_member m[] = { { .name = "with", .max = TENANT_NAME_MAX, .needed = true },
		                       { .name = "purpose", .max = MATCH_TEXT_MAX, .needed = true, .reason = true },
		                       { .name = "basis", .max = MATCH_TEXT_MAX, .needed = true, .reason = true },
		                       { .name = "kind", .max = KIND_MAX, .needed = true },
		                       { .name = "size", .max = SIZE_MAX_CHARS, .needed = true },
		                       { .name = "learns", .max = KIND_MAX } };
	struct asking a = { .r = r, .act = "match-propose" };
	struct match_session s = { .size = 0 };
	char id[MATCH_ID_CHARS + 1];
	const char *why = "";
	enum err e;

	if (!may_match(r) || !request_body(r, m, ARRAY_LEN(m)) || !take_terms(r, m, &s) ||
	    !take_person(r, s.person[0], &s.two[0]))
		return;
	e = matches_propose(r->h->o.matches, &s, r->in_force->config.match_per_day, note, &a, id, &why);
	if (e == ERR_OK)
		answer_session(r, id, 201);
	else
		answer_error(r, e, why);
}

/* False: the answer is set. */
static bool take_reason(struct request *r, struct asking *a)
{
	struct body_member m[] = { { .name = "reason", .max = ACT_WHY_MAX, .needed = true, .reason = true } };

	if (!may_match(r) || !request_body(r, m, ARRAY_LEN(m)))
		return false;
	a->why = m[0].value;
	return true;
}

static void answer_done(struct request *r, enum err e, const char *why)
{
	char id[MATCH_ID_CHARS + 1];

	if (e != ERR_OK) {
		answer_error(r, e, why);
		return;
	}
	memcpy(id, r->arg[0].p, MATCH_ID_CHARS); /* it was found by it */
	id[MATCH_ID_CHARS] = 0;
	answer_session(r, id, 200);
}

static void run_consent(struct request *r)
{
	struct asking a = { .r = r, .act = "match-consent" };
	char person[MATCH_PERSON_MAX + 1];
	const char *why = "";
	bool two;
	enum err e;

	if (!take_reason(r, &a) || !take_person(r, person, &two))
		return;
	e = matches_consent(r->h->o.matches, r->arg[0], r->who.tenant, person, two, r->h->o.now_us(), note, &a, &why);
	answer_done(r, e, why);
}

static void run_end(struct request *r)
{
	struct asking a = { .r = r, .act = "match-end" };
	const char *why = "";
	enum err e;

	if (!take_reason(r, &a))
		return;
	e = matches_end(r->h->o.matches, r->arg[0], r->who.tenant, r->h->o.now_us(), note, &a, &why);
	answer_done(r, e, why);
}

/* ---- looking ---- */

static void visit(void *ctx, const struct match_session *s)
{
	struct request *r = ctx;

	if (r->out.p[r->out.n - 1] != '[')
		buf_char(&r->out, ',');
	put_session(r, s);
}

static void run_list(struct request *r)
{
	if (!may_match(r))
		return;
	buf_z(&r->out, "{\"matches\":[");
	if (r->out.err == ERR_OK)
		matches_each(r->h->o.matches, r->who.tenant, r->h->o.now_us(), visit, r);
	buf_z(&r->out, "]}\n");
	r->status = 200;
}

static void run_one(struct request *r)
{
	if (!may_match(r))
		return;
	if (r->arg[0].n == MATCH_ID_CHARS)
		answer_done(r, ERR_OK, "");
	else
		answer_error(r, ERR_ABSENT, "");
}

/* ---- messages ---- */

/* False: the answer is set. */
static bool take_step(struct request *r, struct asking *a)
{
	if (!may_match(r))
		return false;
	for (enum match_step s = MATCH_OFFER; s <= MATCH_FINISH; s++)
		if (text_eq(r->arg[1], text_z(match_step_name(s))))
			a->step = s;
	if (a->step == 0)
		answer_problem(r, 404, "unknown", "No such message", "there are offer, answer and finish");
	return a->step != 0;
}

static void run_put(struct request *r)
{
	const struct config *c = &r->in_force->config;
	struct match_limits limits = { (uint32_t)c->match_least, (uint32_t)c->match_most, MATCH_RATIO_MOST };
	struct asking a = { .r = r, .act = "match-put" };
	const char *why = "";
	uint64_t at, have;
	char number[24];
	enum err e;

	if (!take_step(r, &a) || !request_number(r, "at", 0, INT64_MAX / 2, &at))
		return;
	e = matches_put(r->h->o.matches, r->arg[0], r->who.tenant, a.step, at, buf_view(&r->body), &limits,
	                r->h->o.now_us(), note, &a, &have, &why);
	if (e == ERR_LATE) {
		snprintf(number, sizeof(number), "%" PRIu64, have);
		answer_problem_with(r, 409, "at", "The message does not end there", why, "have", text_z(number));
		return;
	}
	answer_done(r, e, why);
}

static void run_fetch(struct request *r)
{
	struct asking a = { .r = r, .act = "match-get" };
	const char *why = "";
	uint64_t from;
	enum err e;

	if (!take_step(r, &a) || !request_number(r, "from", 0, INT64_MAX / 2, &from))
		return;
	e = matches_fetch(r->h->o.matches, r->arg[0], r->who.tenant, a.step, from, r->h->o.now_us(), note, &a, &r->out,
	                  &why);
	if (e != ERR_OK) {
		answer_error(r, e, why);
		return;
	}
	r->type = "application/octet-stream";
	r->status = 200;
}

const struct route http_matches_routes[] = {
	{ "GET", "/v1/matches", SCOPE_MATCH, ROUTE_SLOW, run_list },
	{ "POST", "/v1/matches", SCOPE_MATCH, ROUTE_SLOW, run_propose },
	{ "GET", "/v1/matches/*", SCOPE_MATCH, ROUTE_SLOW, run_one },
	{ "POST", "/v1/matches/*/consent", SCOPE_MATCH, ROUTE_SLOW, run_consent },
	{ "POST", "/v1/matches/*/end", SCOPE_MATCH, ROUTE_SLOW, run_end },
	{ "GET", "/v1/matches/*/messages/*", SCOPE_MATCH, ROUTE_SLOW, run_fetch },
	{ "POST", "/v1/matches/*/messages/*", SCOPE_MATCH, ROUTE_SLOW, run_put },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
