/* http_exception.c - what an asker is told who can't be told a decision: it is not there within the budget, or there is no room for the event.
 *
 * Such an answer is never durable and says so. The event is journaled and decided all the same, unless there was no room for it; a repeat with
 * the same Idempotency-Key gets the decision. See doc/decisions/0009. */
#include <inttypes.h>
#include <stdio.h>
#include "gateway/http_int.h"

static const char *const why_name[EXCEPTION_WHYS] = { "budget", "shed", "simulated" };

bool take_budget(struct request *r)
{
	const char *z = request_header(r, "X-Budget-Ms");
	int64_t ms = 0;

	r->begun_us = deadlines_now_us();
	if (r->route->scope != SCOPE_DECIDE)
		return true;
	if (r->tenant != NULL) {
		r->budget_us = r->tenant->budget_us;
		r->rehearsed = r->tenant->simulate;
	}
	if (z == NULL)
		return true;
	if (text_to_int(text_z(z), &ms) != ERR_OK || ms < 1 || ms > BUDGET_MS_MAX) {
		answer_problem(r, 400, "budget", "X-Budget-Ms is not usable",
		               "it is a whole number of milliseconds, 1 to 60000");
		return false;
	}
	if (r->budget_us == 0 || ms * 1000 < r->budget_us)
		r->budget_us = ms * 1000;
	return true;
}

static bool last_known(struct request *r, struct alert_head *out)
{
	struct token about[SCHEMA_IDENTS_MAX];
	const struct event *e = r->n == 0 ? NULL : &r->taken[0].event;
	const struct schema_event *t = e == NULL ? NULL : &r->edition->policy.schema.event[e->type];
	uint32_t n = 0;

	for (uint32_t i = 0; t != NULL && i < t->n_fields; i++)
		if (t->field[i].type.dim == DIM_ENTITY && e->value[i] != VALUE_MISSING)
			about[n++] = e->ident[t->field[i].slot].token;
	return n > 0 && lastknown_find(alertlog_last_known(r->h->o.log), about, n, e->time, out);
}

void answer_exception(struct request *r, enum exception_why why)
{
	enum exception_policy policy = r->tenant == NULL ? EXCEPTION_FAIL_OPEN : r->tenant->exception;
	struct alert_head told = { .severity = SEVERITY_NONE };
	bool known = policy == EXCEPTION_LAST_KNOWN && last_known(r, &told);

	if (policy == EXCEPTION_FAIL_CLOSED)
		told = (struct alert_head){ .severity = SEVERITY_PURPLE,
			                        .score = 1000 }; /* who reads nothing else holds it, too */
	request_organisation(r)->exceptions[policy][why]++;
	r->status = 200;
	r->type = "application/json";
	buf_clear(&r->out);
	buf_printf(&r->out,
	           "{\"outcome\":\"exception\",\"exception\":\"%s\",\"why\":\"%s\",\"taken\":%s,\"durable\":false,"
	           "\"severity\":\"%s\",\"score\":%" PRId64,
	           exception_names[policy], why_name[why], why == EXCEPTION_SHED ? "false" : "true",
	           policy_severity_name(told.severity), told.score);
	if (known)
		buf_printf(&r->out, ",\"explanation\":\"%" PRIu64 "\"", told.position);
	buf_z(&r->out, ",\"alerts\":[]}\n");
}

void answer_shed(struct request *r, const char *detail)
{
	if (r->budget_us > 0 || r->rehearsed)
		answer_exception(r, EXCEPTION_SHED);
	else
		answer_problem(r, 503, "overload", "The service is overloaded or stopping", detail);
}
