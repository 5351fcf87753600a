/* http_completion.c - how far outlets have come with a course, and the installs and follows that their staff helped with: counted, and checked after their period.
 *
 * Sums are pure (outreach/completion.h); here the registry is read page by page, and for the check the journal. Whose outlets an asker may ask about follows from their roles: all of them, or those of their own organisation. Counts are
 * for whoever looks after outlets; who the people are is for trainers, inspectors and managers. */
#include <inttypes.h>
#include "base/mem.h"
#include "desk/attempt.h"
#include "desk/course.h"
#include "desk/user.h"
#include "gateway/http_desk_int.h"
#include "journal/contacts.h"
#include "outreach/completion.h"

enum {
	STAFF_MAX = 1 << 16, /* members, and sums by outlet or clerk, that one answer counts */
	CHECK_USUAL = 20,
	CHECK_MOST = 100
};

#define R(role) (1u << (ROLE_##role))
#define ALL_OVERSEERS (R(TRAINER) | R(AUDITOR) | R(INSPECTOR) | R(LEADER) | R(CITY_LEADER) | R(SECRETARY))
#define OF_THEIR_OWN (R(CHANNEL) | R(BANK_DESK) | R(OPERATOR_DESK) | R(BANK_OUTLET) | R(OPERATOR_OUTLET) | R(DELEGATE))
#define SEE_PEOPLE (R(TRAINER) | R(AUDITOR) | R(INSPECTOR) | R(CHANNEL))

/* ---- what is asked, and how it is answered ---- */

/* Room for one more in *p. ERR_CAP: there are STAFF_MAX. */
static enum err room_for(void **p, uint32_t n, uint32_t *cap, size_t each)
{
	uint32_t more = *cap == 0 ? 64 : 2 * *cap;
	void *q;

	if (n < *cap)
		return ERR_OK;
	if (more > STAFF_MAX)
		return ERR_CAP;
	q = mem_resize(*p, more * each);
	if (q == NULL)
		return ERR_MEMORY;
	*p = q;
	*cap = more;
	return ERR_OK;
}

static void answer_gathered(struct request *r, enum err e)
{
	if (e == ERR_CAP)
		answer_problem(r, 422, "too-many", "These are more than one answer counts",
		               "ask for one outlet: ?outlet=outlet:CODE");
	else
		desk_answer_store(r, e);
}

/* Whose outlets the asker may ask about. *organisation: only of this one; 0: of all. False: the answer is set. */
static bool overseer(struct request *r, struct desk_asker *a, uint16_t *organisation)
{
	if (!desk_asker(r, a))
		return false;
	*organisation = a->roles & ALL_OVERSEERS ? 0 : a->organisation;
	if (a->roles & (ALL_OVERSEERS | OF_THEIR_OWN))
		return true;
	desk_answer_refusal(r, DESK_REFUSED_ROLE, NULL, 0, NULL);
	return false;
}

/* "outlet:B370200-11" or "outlet:TOKEN". kind 0: not asked for. False: the answer is set. */
static bool asked_outlet(struct request *r, struct desk_entity *out)
{
	const char *z = request_query(r, "outlet");
	struct desk_reading d;
	bool plain;

	*out = (struct desk_entity){ 0 };
	if (z == NULL)
		return true;
	desk_reading_init(&d, r);
	if (desk_read_entity(&d, text_z(z), out, &plain) && out->kind == DESK_PLACE)
		return true;
	answer_problem(r, 400, "query", "The request is wrong", "outlet is outlet:CODE or outlet:TOKEN");
	return false;
}

/* ---- completion ---- */

struct staff {
	struct completion_member *m;
	uint32_t n, cap, roles;
	uint16_t organisation;
	enum err e;
};

static bool take_member(void *ctx, const struct registry_hit *h)
{
	const struct desk_object *u = h->object;
	struct staff *s = ctx;
	void *p = s->m;

	if (!desk_has(u, USER_F_OUTLET) || ((uint32_t)desk_i(u, USER_F_ROLES) & s->roles) == 0 ||
	    (s->organisation != 0 && u->organisation != s->organisation))
		return true;
	s->e = room_for(&p, s->n, &s->cap, sizeof(*s->m));
	s->m = p;
	if (s->e == ERR_OK)
		s->m[s->n++] = (struct completion_member){ .outlet = u->value[USER_F_OUTLET].token, .user = u->id };
	return s->e == ERR_OK;
}

struct last_pass {
	uint64_t course;
	int64_t until_us;
};

static bool take_pass(void *ctx, const struct registry_hit *h)
{
	struct last_pass *p = ctx;

	if (desk_id(h->object, ATTEMPT_F_COURSE) == p->course && desk_i(h->object, ATTEMPT_F_UNTIL) > p->until_us)
		p->until_us = desk_i(h->object, ATTEMPT_F_UNTIL);
	return true;
}

/* The last pass of each. Passes that are over are in another state, so these are few. */
static enum err find_passes(struct request *r, struct staff *s, uint64_t course)
{
	enum err e = ERR_OK;

	for (uint32_t i = 0; i < s->n && e == ERR_OK; i++) {
		struct registry_query q = { .kind = DESK_ATTEMPT,
			                        .states = 1u << ATTEMPT_PASSED,
			                        .entity = desk_thing(s->m[i].user) };
		struct last_pass p = { .course = course };

		e = registry_list(r->h->o.registry, &q, REGISTRY_PAGE_MAX, take_pass, &p);
		s->m[i].until_us = p.until_us;
	}
	return e;
}

static void put_outlet(struct buf *b, const struct desk_shower *show, const struct completion_outlet *o,
                       const struct completion_member *m, bool people)
{
	buf_z(b, "{\"outlet\":");
	desk_put_entity(b, show, (struct desk_entity){ DESK_PLACE, o->outlet });
	buf_printf(b, ",\"staff\":%" PRIu32 ",\"passed\":%" PRIu32 ",\"complete\":%s,\"next_expiry\":", o->staff, o->passed,
	           o->complete ? "true" : "false");
	desk_put_time(b, o->until_us);
	if (people) {
		buf_z(b, ",\"people\":[");
		for (uint32_t i = 0; i < o->staff; i++) {
			buf_z(b, i > 0 ? ",{\"user\":" : "{\"user\":");
			desk_put_user(b, m[o->first + i].user);
			buf_z(b, ",\"passed_until\":");
			desk_put_time(b, m[o->first + i].until_us);
			buf_char(b, '}');
		}
		buf_char(b, ']');
	}
	buf_char(b, '}');
}

static void put_completion(struct request *r, const struct desk_asker *a, struct staff *s, uint64_t course,
                           struct desk_entity asked)
{
	struct completion_outlet *o = mem_alloc_array(s->n == 0 ? 1 : s->n, sizeof(*o));
	struct desk_shower show = desk_shower(r, a);
	uint32_t n, complete = 0;

	if (o == NULL) {
		answer_problem(r, 503, "memory", "Out of memory", "try again");
		return;
	}
	n = completion_count(s->m, s->n, r->h->o.now_us(), o);
	if (n == 0 && asked.kind != 0)
		o[n++] = (struct completion_outlet){ .outlet = asked.token };
	buf_z(&r->out, "{\"course\":");
	desk_put_id(&r->out, DESK_COURSE, course);
	buf_z(&r->out, ",\"outlets\":[");
	for (uint32_t i = 0; i < n; i++) {
		if (i > 0)
			buf_char(&r->out, ',');
		put_outlet(&r->out, &show, &o[i], s->m, (a->roles & SEE_PEOPLE) != 0);
		complete += o[i].complete;
	}
	buf_printf(&r->out, "],\"complete\":%" PRIu32 "}\n", complete);
	r->status = 200;
	mem_free(o);
}

static void run_completion(struct request *r)
{
	const struct desk_machine *m = desk_machine(DESK_COURSE);
	struct staff s = { 0 };
	struct registry_query q = { .kind = DESK_USER, .states = 1u << USER_ACTIVE };
	struct desk_asker a;
	struct desk_object course;
	enum err e;

	if (!overseer(r, &a, &s.organisation) || !desk_asked_object(r, &a, m, r->arg[0], &course) ||
	    !asked_outlet(r, &q.entity))
		return;
	s.roles = course_roles((enum course_audience)desk_i(&course, COURSE_F_AUDIENCE));
	e = registry_each(r->h->o.registry, &q, take_member, &s);
	e = e == ERR_OK ? s.e : e;
	if (e == ERR_OK)
		e = find_passes(r, &s, course.id);
	if (e != ERR_OK)
		answer_gathered(r, e);
	else
		put_completion(r, &a, &s, course.id, q.entity);
	mem_free(s.m);
}

/* ---- installs and follows ---- */

struct ranking {
	struct guided_table table;
	struct desk_entity outlet; /* kind 0: all */
	int64_t from_us, to_us;    /* made then; 0: open */
	enum err e;
};

static bool take_row(void *ctx, const struct registry_hit *h)
{
	const struct desk_object *o = h->object;
	struct ranking *x = ctx;
	struct token outlet = o->value[GUIDANCE_F_OUTLET].token;

	if ((x->outlet.kind != 0 && !token_eq(outlet, x->outlet.token)) || o->made_us < x->from_us ||
	    (x->to_us != 0 && o->made_us >= x->to_us))
		return true;
	x->e = guided_add(&x->table, &(struct guided){ .outlet = outlet,
	                                               .clerk = desk_id(o, GUIDANCE_F_CLERK),
	                                               .state = o->state,
	                                               .what = (uint8_t)desk_i(o, GUIDANCE_F_WHAT) });
	return x->e == ERR_OK;
}

static void put_sum(struct buf *b, const struct desk_shower *show, const struct guided_sum *s, bool by_clerk)
{
	const struct desk_machine *m = desk_machine(DESK_GUIDANCE);
	struct desk_entity outlet = { (s->outlet.w[0] | s->outlet.w[1]) == 0 ? DESK_ENTITY_NONE : DESK_PLACE, s->outlet };

	buf_z(b, "{\"outlet\":");
	desk_put_entity(b, show, outlet);
	if (by_clerk) {
		buf_z(b, ",\"clerk\":");
		desk_put_user(b, s->clerk);
	}
	buf_printf(b, ",\"app\":%" PRIu32 ",\"service_account\":%" PRIu32, s->confirmed[GUIDANCE_APP],
	           s->confirmed[GUIDANCE_ACCOUNT]);
	for (uint32_t i = 1; i < GUIDANCE_STATES; i++)
		buf_printf(b, ",\"%s\":%" PRIu32, m->state[i].name, s->n[i]);
	buf_char(b, '}');
}

static void put_sums(struct request *r, const struct desk_asker *a, const struct guided_table *t)
{
	struct desk_shower show = desk_shower(r, a);

	buf_printf(&r->out, "{\"by\":\"%s\",\"ranking\":[", t->by_clerk ? "clerk" : "outlet");
	for (uint32_t i = 0; i < t->n; i++) {
		if (i > 0)
			buf_char(&r->out, ',');
		put_sum(&r->out, &show, &t->sum[i], t->by_clerk);
	}
	buf_z(&r->out, "]}\n");
	r->status = 200;
}

/* outlet, from and to. False: the answer is set. */
static bool asked_ranking(struct request *r, struct ranking *x)
{
	bool from = request_query(r, "from") != NULL, to = request_query(r, "to") != NULL;

	if (!asked_outlet(r, &x->outlet))
		return false;
	if ((!from || figures_take_time(r, "from", &x->from_us)) && (!to || figures_take_time(r, "to", &x->to_us)))
		return true;
	answer_problem(r, 400, "query", "The request is wrong",
	               "from and to are times: 2026-03-01T00:00:00%2B08:00, or dates");
	return false;
}

static void run_guidance(struct request *r)
{
	struct ranking x = { .from_us = 0 };
	struct registry_query q = { .kind = DESK_GUIDANCE };
	const char *by = request_query(r, "by");
	struct desk_asker a;
	bool by_clerk = by != NULL && strcmp(by, "clerk") == 0;
	enum err e;

	if (!overseer(r, &a, &q.organisation))
		return;
	if (by != NULL && !by_clerk && strcmp(by, "outlet") != 0) {
		answer_problem(r, 400, "query", "The request is wrong", "by is outlet or clerk");
		return;
	}
	if (by_clerk && (a.roles & SEE_PEOPLE) == 0) {
		desk_answer_refusal(r, DESK_REFUSED_ROLE, NULL, 0, NULL);
		return;
	}
	if (!asked_ranking(r, &x))
		return;
	q.of_organisation = q.organisation != 0;
	q.changed_from_us = x.from_us; /* what was made since has changed since */
	guided_init(&x.table, by_clerk, STAFF_MAX);
	e = registry_each(r->h->o.registry, &q, take_row, &x);
	e = e == ERR_OK ? x.e : e;
	if (e == ERR_OK) {
		guided_rank(&x.table);
		put_sums(r, &a, &x.table);
	} else if (e == ERR_CAP) {
		answer_problem(r, 422, "too-many", "These are more than one answer counts",
		               "ask by outlet, for one outlet: ?outlet=outlet:CODE, or for less time: &from=, &to=");
	} else {
		desk_answer_store(r, e);
	}
	guided_release(&x.table);
}

/* ---- the check after the period ---- */

struct check {
	struct request *r;
	struct desk_asker asker;
	struct desk_order *order; /* room for CHECK_MOST */
	uint32_t n, most;
	uint8_t kind; /* of phones, in the journal */
	bool more;
	struct {
		uint64_t id;
		uint32_t version;
		struct token phone;
		int64_t from_us;
	} due[CHECK_MOST];
};

static bool take_due(void *ctx, const struct registry_hit *h)
{
	struct check *c = ctx;
	const struct desk_object *o = h->object;

	c->more = c->n == c->most;
	if (c->more)
		return false;
	c->due[c->n].id = o->id;
	c->due[c->n].version = o->version;
	c->due[c->n].phone = o->value[GUIDANCE_F_PHONE].token;
	c->due[c->n++].from_us = o->made_us;
	return true;
}

static bool seen_one(void *ctx, const struct record *record, const struct written *w)
{
	(void)record;
	(void)w;
	*(bool *)ctx = true;
	return false;
}

/* Whether the journal has any event with the number since then. */
static enum err lives(struct check *c, uint32_t i, bool *active)
{
	struct contacts_query q = { .token = c->due[i].phone,
		                        .kind = c->kind,
		                        .from_us = c->due[i].from_us,
		                        .to_us = INT64_MAX,
		                        .end = UINT64_MAX,
		                        .most = 1 };
	struct contacts_stats stats = { 0 };

	*active = false;
	return contacts_find(c->r->h->o.fill.disk, &q, &stats, seen_one, active, NULL);
}

static enum err settle(struct check *c)
{
	enum err e = ERR_OK;

	for (uint32_t i = 0; i < c->n && e == ERR_OK; i++) {
		struct desk_command *k = &c->order[i].command;
		bool active;

		e = lives(c, i, &active);
		desk_begin_command(k, &c->asker, desk_machine(DESK_GUIDANCE), GUIDANCE_DO_SETTLE, c->due[i].id);
		k->version = c->due[i].version;
		desk_give_i(k, GUIDANCE_F_ACTIVE, active);
	}
	return e == ERR_OK && c->n > 0 ? desk_gate_do(c->r->h->o.gate, c->r->slot, c->order, c->n) : e;
}

static void answer_check(struct check *c)
{
	uint32_t by_state[GUIDANCE_STATES] = { 0 }, refused = 0;

	for (uint32_t i = 0; i < c->n; i++) {
		const struct desk_outcome *o = &c->order[i].outcome;

		if (o->refusal == DESK_OK && o->state < GUIDANCE_STATES)
			by_state[o->state]++;
		else
			refused++;
	}
	buf_printf(&c->r->out, "{\"confirmed\":%" PRIu32 ",\"held\":%" PRIu32 ",\"refused\":%" PRIu32 ",\"more\":%s}\n",
	           by_state[GUIDANCE_CONFIRMED], by_state[GUIDANCE_HELD], refused, c->more ? "true" : "false");
	c->r->status = 200;
}

static void run_check(struct request *r)
{
	const struct desk_machine *m = desk_machine(DESK_GUIDANCE);
	struct check c = { .r = r, .kind = desk_entity_kind(&request_policy(r)->schema, DESK_PHONE) };
	struct registry_query q = { .kind = DESK_GUIDANCE, .states = 1u << GUIDANCE_DUE };
	uint64_t limit;
	enum err e;

	if (!request_limit(r, CHECK_USUAL, CHECK_MOST, &limit) || !desk_asker(r, &c.asker))
		return;
	if (!desk_may(&m->step[GUIDANCE_DO_SETTLE], c.asker.roles)) {
		desk_answer_refusal(r, DESK_REFUSED_ROLE, m, 0, NULL);
		return;
	}
	c.most = (uint32_t)limit;
	c.order = mem_alloc_array(CHECK_MOST, sizeof(*c.order));
	e = c.order == NULL ? ERR_MEMORY : registry_list(r->h->o.registry, &q, REGISTRY_PAGE_MAX, take_due, &c);
	if (e == ERR_OK) {
		memset(c.order, 0, CHECK_MOST * sizeof(*c.order));
		e = settle(&c);
	}
	if (e == ERR_OK)
		answer_check(&c);
	else
		answer_problem(r, 503, "desk", "The check can't be made now", err_name(e));
	mem_free(c.order);
}

const struct route http_completion_routes[] = {
	{ "GET", "/v1/desk/guidance", SCOPE_DESK, ROUTE_SLOW, run_guidance },
	{ "POST", "/v1/desk/guidance/check", SCOPE_DESK, ROUTE_SLOW, run_check },
	{ "GET", "/v1/courses/*/completion", SCOPE_DESK, ROUTE_SLOW, run_completion },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
