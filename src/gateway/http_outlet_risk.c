/* http_outlet_risk.c - the risk of outlets, agents and clerks over HTTP, and the trace of what was found involved.
 *
 * Inspectors, leaders and auditors see all; a member's manager of outlets sees its own organisation, ranked among all. */
#include <inttypes.h>
#include "base/clock.h"
#include "base/mem.h"
#include "gateway/http_desk_int.h"
#include "gateway/outlet_sheet.h"

#define SEE_ALL (1u << ROLE_INSPECTOR | 1u << ROLE_LEADER | 1u << ROLE_CITY_LEADER | 1u << ROLE_AUDITOR)
#define SEE_OWN (1u << ROLE_CHANNEL)

static bool wrong(struct request *r, const char *what)
{
	answer_problem(r, 400, "query", "The request is wrong", what);
	return false;
}

static bool take_reach(struct request *r, struct desk_asker *a, struct outlet_question *q)
{
	uint64_t n;

	if (!desk_asker(r, a) || !request_number(r, "organisation", UINT16_MAX + 1, UINT16_MAX, &n))
		return false;
	q->of_organisation = n <= UINT16_MAX;
	q->organisation = (uint16_t)(q->of_organisation ? n : 0);
	if (a->roles & SEE_ALL)
		return true;
	if ((a->roles & SEE_OWN) && a->organisation != 0 && (!q->of_organisation || q->organisation == a->organisation)) {
		q->of_organisation = true;
		q->organisation = a->organisation;
		return true;
	}
	answer_problem(r, 403, "role", "This is not for you",
	               "inspectors, leaders and auditors see all outlets; a member's manager of outlets sees its own");
	return false;
}

/* The last month that is over, if none is named. */
static bool take_month(struct request *r, struct outlet_question *q)
{
	const char *z = request_query(r, "month");
	int64_t now_us = r->h->o.now_us();
	struct civil c;

	if (z != NULL)
		return outlet_month_parse(z, &q->month_us) || wrong(r, "month is one of a calendar: 2026-10");
	clock_to_civil(now_us, clock_offset(&clock_shanghai, now_us), &c);
	q->month_us = desk_months_after(desk_day(now_us) - (c.day - 1) * US_PER_DAY, -1);
	return true;
}

static bool take_words(struct request *r, struct outlet_question *q)
{
	const char *level = request_query(r, "level"), *of = request_query(r, "of");

	for (uint32_t i = 0; level != NULL && i < RISK_LEVELS; i++)
		q->levels |= strcmp(level, risk_level_names[i]) == 0 ? 1u << i : 0;
	if (level != NULL && q->levels == 0)
		return wrong(r, "level is outlet, agent, clerk or organisation");
	if (of != NULL && strcmp(of, "cards") != 0 && strcmp(of, "accounts") != 0)
		return wrong(r, "of is cards or accounts");
	q->thing = of == NULL ? 0 : strcmp(of, "cards") == 0 ? DESK_PHONE : DESK_BANK_ACCOUNT;
	return true;
}

static bool take(struct request *r, struct desk_asker *a, struct outlet_question *q, uint64_t usual, uint64_t most)
{
	uint64_t n;

	if (!take_reach(r, a, q) || !take_month(r, q) || !take_words(r, q) || !request_limit(r, usual, most, &n))
		return false;
	q->most = (uint32_t)n;
	return true;
}

static void answer(struct request *r, enum err e)
{
	if (e == ERR_OK) {
		buf_char(&r->out, '\n');
		desk_answer_tagged(r, r->out.n, false);
		return;
	}
	buf_clear(&r->out);
	if (e == ERR_CAP)
		wrong(r, "too much for one answer: name a level, or a smaller limit");
	else
		desk_answer_store(r, e);
}

static void run_risk(struct request *r)
{
	struct outlet_question q = { 0 };
	struct desk_shower s;
	struct desk_asker a;

	if (!take(r, &a, &q, 100, OUTLET_UNITS_SHOWN_MAX))
		return;
	s = desk_shower(r, &a);
	answer(r, outlet_risk_answer(r->h->o.registry, &s, &q, &r->out));
}

/* entity: phone:13900139000, or account:TOKEN. */
static bool take_entity(struct request *r, struct outlet_question *q)
{
	const char *z = request_query(r, "entity");
	struct desk_reading d;
	bool plain, ok;

	if (z == NULL)
		return true;
	desk_reading_init(&d, r);
	ok = desk_read_entity(&d, text_z(z), &q->entity, &plain) &&
	     (q->entity.kind == DESK_PHONE || q->entity.kind == DESK_BANK_ACCOUNT);
	desk_reading_release(&d);
	return ok || wrong(r, "entity is phone:NUMBER or account:NUMBER, or a token behind the colon");
}

static void run_trace(struct request *r)
{
	struct outlet_question q = { 0 };
	struct desk_shower s;
	struct desk_asker a;

	if (!take(r, &a, &q, 1000, OUTLET_TRACES_SHOWN_MAX) || !take_entity(r, &q))
		return;
	s = desk_shower(r, &a);
	answer(r, outlet_trace_answer(r->h->o.registry, &s, &q, &r->out));
}

/* ---- monthly sheets ---- */

static bool load_sheets(struct request *r, const struct outlet_question *q, struct outlet_sheets *s)
{
	enum err e = outlet_sheets_load(r->h->o.registry, q->month_us, s);

	if (e != ERR_OK)
		answer(r, e);
	return e == ERR_OK;
}

static void run_assess(struct request *r)
{
	struct outlet_question q = { 0 };
	struct outlet_sheets s;
	struct desk_asker a;

	if (!take(r, &a, &q, 100, OUTLET_UNITS_SHOWN_MAX) || !load_sheets(r, &q, &s))
		return;
	outlet_sheets_put(&r->out, &s, &q);
	outlet_sheets_release(&s);
	answer(r, r->out.err);
}

struct making {
	uint64_t made, there, refused;
};

/* Those that have none yet, in batches. False: the answer is set. */
static bool make_sheets(struct request *r, const struct desk_asker *a, const struct outlet_question *q,
                        const struct outlet_sheets *s, struct desk_order *order, struct making *k)
{
	struct desk_reading none;
	uint32_t n = 0;
	bool ok = true;

	desk_reading_init(&none, r);
	for (size_t i = 0; i < s->n && ok; i++) {
		const struct outlet_sheet *x = &s->sheet[i];
		bool last = i + 1 == s->n;

		if (q->of_organisation && x->organisation != q->organisation)
			x = NULL;
		k->there += x != NULL && x->made != 0;
		if (x != NULL && x->made == 0) {
			memset(&order[n], 0, sizeof(order[n]));
			desk_begin_command(&order[n].command, a, &desk_assessment, ASSESSMENT_DO_COMPUTE, 0);
			outlet_sheet_give(s, x, &order[n++].command);
		}
		if (n == 0 || (n < DESK_GATE_MAX && !last))
			continue;
		ok = desk_carry_out(r, &none, order, n);
		for (uint32_t j = 0; j < n && ok; j++)
			*(order[j].outcome.refusal == DESK_OK ? &k->made : &k->refused) += 1;
		n = 0;
	}
	desk_reading_release(&none);
	return ok;
}

/* Figures are counted here and frozen as they are: nobody types them in. */
static void run_make(struct request *r)
{
	struct outlet_question q = { 0 };
	struct desk_order *order;
	struct outlet_sheets s;
	struct making k = { 0, 0, 0 };
	struct desk_asker a;

	if (!take(r, &a, &q, 100, OUTLET_UNITS_SHOWN_MAX))
		return;
	if (!desk_may(&desk_assessment.step[ASSESSMENT_DO_COMPUTE], a.roles)) {
		desk_answer_refusal(r, DESK_REFUSED_ROLE, &desk_assessment, 0, NULL);
		return;
	}
	if (desk_months_after(q.month_us, 1) > r->h->o.now_us()) {
		answer_problem(r, 409, "month", "The month is not over", "sheets are made when it is");
		return;
	}
	if (!load_sheets(r, &q, &s))
		return;
	order = mem_alloc_array(DESK_GATE_MAX, sizeof(*order));
	if (order == NULL) {
		answer_problem(r, 503, "memory", "Out of memory", "try again");
	} else if (make_sheets(r, &a, &q, &s, order, &k)) {
		buf_printf(&r->out, "{\"made\":%" PRIu64 ",\"there\":%" PRIu64 ",\"refused\":%" PRIu64 "}\n", k.made, k.there,
		           k.refused);
		r->status = 200;
	}
	mem_free(order);
	outlet_sheets_release(&s);
}

const struct route http_outlet_risk_routes[] = {
	{ "GET", "/v1/outlets/risk", SCOPE_DESK, ROUTE_SLOW, run_risk },
	{ "GET", "/v1/outlets/trace", SCOPE_DESK, ROUTE_SLOW, run_trace },
	{ "GET", "/v1/outlets/assess", SCOPE_DESK, ROUTE_SLOW, run_assess },
	{ "POST", "/v1/outlets/assess", SCOPE_DESK, ROUTE_SLOW, run_make },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
