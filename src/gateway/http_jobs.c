/* http_jobs.c - jobs over HTTP: what is on its way, how far it is, what came of it, giving it up; and bodies that start one. */
#include <inttypes.h>
#include <stdio.h>
#include "gateway/http_int.h"

json_t *request_json(struct request *r)
{
	json_error_t error;
	json_t *j = json_loadb(buf_view(&r->body).p, r->body.n, JSON_REJECT_DUPLICATES, &error);
	char why[512];

	if (json_is_object(j))
		return j;
	if (j == NULL)
		snprintf(why, sizeof(why), "the body is no JSON: line %d, column %d: %s", error.line, error.column, error.text);
	answer_problem(r, 400, "body", "The request is wrong", j == NULL ? why : "the body is a JSON object");
	json_decref(j);
	return NULL;
}

bool request_reason(struct request *r, const char *name, struct text why)
{
	if (!act_number_in(why))
		return true;
	answer_problem(r, 422, name, "Numbers of people do not belong here 理由中不得出现号码",
	               "at most six digits in a row: it stands in the journal");
	return false;
}

bool request_why(struct request *r, const json_t *body, struct text *why)
{
	const json_t *j = json_object_get(body, "why");

	*why = text_trim(text_of(json_is_string(j) ? json_string_value(j) : "", json_string_length(j)));
	if (why->n > 0 && why->n <= ACT_WHY_MAX)
		return request_reason(r, "why", *why);
	answer_problem(r, 400, "why", "A reason is needed",
	               "\"why\" is a text of 1 to 1000 bytes: it is kept with who did it");
	return false;
}

void answer_job(struct request *r, enum err e, uint64_t id)
{
	char why[128];

	if (e == ERR_OK) {
		r->status = 202;
		buf_clear(&r->out);
		buf_printf(&r->out, "{\"job\":\"%" PRIu64 "\"}\n", id);
	} else if (e == ERR_STOPPED) {
		snprintf(why, sizeof(why), "job %" PRIu64 " is not over; wait for it, or DELETE /v1/jobs/%" PRIu64, id, id);
		answer_problem(r, 409, "busy", "Another change is on its way", why);
	} else {
		answer_problem(r, 503, "overload", "Too many jobs wait", "try again when one of them is over");
	}
}

static uint64_t id_of(const struct request *r)
{
	int64_t id;

	return text_to_int(r->arg[0], &id) == ERR_OK && id > 0 ? (uint64_t)id : 0;
}

static void run_list(struct request *r)
{
	buf_z(&r->out, "{\"jobs\":");
	jobs_print(r->h->jobs, &r->out);
	buf_z(&r->out, "}\n");
	r->status = 200;
}

/* What came of a job may hold alerts about what all organisations sent: it is told to the organisation that began it, and to those that see everything. */
static bool may_see(struct request *r, uint64_t id)
{
	struct caller who;

	return job_begun_by(r->h->jobs, id, &who) &&
	       (tenant_sees_all(r->tenant) || (who.organisation != 0 && who.organisation == r->who.organisation));
}

static void run_one(struct request *r)
{
	if (!may_see(r, id_of(r)) || !job_print(r->h->jobs, id_of(r), &r->out)) {
		answer_problem(r, 404, "unknown", "No such job", "the last 100 are remembered, until the service ends");
		return;
	}
	buf_char(&r->out, '\n');
	r->status = 200;
}

static void run_abort(struct request *r)
{
	if (may_see(r, id_of(r)) && jobs_abort(r->h->jobs, id_of(r)))
		run_one(r);
	else
		answer_problem(r, 404, "unknown", "No such job", "the last 100 are remembered, until the service ends");
}

const struct route http_jobs_routes[] = {
	{ "GET", "/v1/jobs", SCOPE_POLICIES, ROUTE_SLOW, run_list },
	{ "GET", "/v1/jobs/*", SCOPE_POLICIES, ROUTE_SLOW, run_one },
	{ "DELETE", "/v1/jobs/*", SCOPE_POLICIES, ROUTE_SLOW, run_abort },
	{ "POST", "/v1/backtests", SCOPE_POLICIES, ROUTE_SLOW, backtest_job_begin },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
