/* http_studio.c - what somebody who writes policies in a browser asks for: where the parts of their texts stand,
 * which words there are, and what their tests say.
 *
 * Nothing changes by any of it; trying a policy out on the past is backtest_job.c's, putting it in force
 * http_policy.c's and http_motions.c's. */
#include "gateway/http_desk_int.h"
#include "gateway/policy_job.h"
#include <inttypes.h>
#include "base/mem.h"
#include "show/complaints.h"
#include "show/outline_json.h"
#include "show/policy_test.h"
#include "show/vocabulary.h"

/* ---- outline ---- */

static void put_outline(struct request *r, const struct proposal *p, const struct policy_file *file, uint16_t n)
{
	struct outline *o;
	enum err e = outline_new(&o, file, n);

	if (!answer_proposal(r, p, e))
		return;
	buf_char(&r->out, '{');
	outline_json(&r->out, o);
	buf_z(&r->out, ",\"errors\":");
	complaints_json(&r->out, buf_view(&p->errors));
	buf_z(&r->out, "}\n");
	r->status = 200;
	outline_free(o);
}

static void run_outline(struct request *r)
{
	struct policy_file *file = mem_alloc_array(POLICY_FILES_MAX, sizeof(*file));
	json_t *body = file == NULL ? NULL : request_json(r);
	struct proposal p;
	struct text rest;
	uint16_t n = 0;

	if (file == NULL)
		answer_problem(r, 503, "memory", "Out of memory", "try again");
	if (body != NULL) {
		enum err e = proposal_of_json(&p, json_object_get(body, "files"), &r->h->o.fill);

		if (e == ERR_OK || e == ERR_FORMAT) /* errors are told beside what could be read */
			e = edition_take_files(buf_view(&p.payload), file, &n, &rest);
		if (answer_proposal(r, &p, e))
			put_outline(r, &p, file, n);
		proposal_release(&p);
	}
	json_decref(body);
	mem_free(file);
}

static void run_vocabulary(struct request *r)
{
	struct edition *e = reading_take(&r->h->reading);

	buf_printf(&r->out, "{\"position\":%" PRIu64 ",", e->position);
	vocabulary_json(&r->out, &e->policy);
	buf_z(&r->out, "}\n");
	r->status = 200;
	edition_drop(e);
}

/* ---- tests ---- */

enum {
	TESTS_AT_ONCE = 64, /* so many with so few events are run while the asker waits */
	EVENTS_AT_ONCE = 20000,
	EVENTS_MAX = 1000000, /* of all tests of a request */
	TESTS_BYTES = 3 << 20 /* of an answer; results beyond it are counted only */
};

struct test_job {
	struct proposal p;
	const struct hash_key *key;
};

static void release_tests(void *ctx)
{
	struct test_job *c = ctx;

	proposal_release(&c->p);
	mem_free(c);
}

/* j: the job that it is, or NULL. False: it was stopped. */
static bool run_tests(struct test_job *c, struct job *j, struct buf *b)
{
	const struct policy *p = &c->p.edition->policy;
	const struct policy_tests t = { p, c->p.plan, c->key };
	uint32_t passed = 0, untold = 0;

	buf_z(b, "{\"tests\":[");
	for (uint32_t i = 0; i < p->n_tests; i++) {
		struct policy_test_result result;

		if (j != NULL && job_stopped(j))
			return false;
		policy_test_one(&t, i, &result);
		passed += result.ok;
		if (b->n < TESTS_BYTES) {
			buf_z(b, i > 0 ? "," : "");
			policy_test_json(b, p, i, &result);
		} else {
			untold++;
		}
		policy_test_release(&result);
		if (j != NULL)
			job_progress(j, i + 1, p->n_tests);
	}
	buf_printf(b, "],\"passed\":%u,\"failed\":%u,\"untold\":%u}", passed, p->n_tests - passed, untold);
	return true;
}

static enum job_state test_job(struct job *j, void *ctx)
{
	return run_tests(ctx, j, job_result(j)) ? JOB_DONE : JOB_ABORTED;
}

static uint64_t events_of(const struct policy *p)
{
	uint64_t events = 0;

	for (uint32_t i = 0; i < p->n_tests; i++)
		events += policy_test_events(p, i);
	return events;
}

/* False: the answer is set. */
static bool bounded(struct request *r, uint64_t events)
{
	char why[160];

	if (events <= EVENTS_MAX)
		return true;
	snprintf(why, sizeof(why),
	         "%" PRIu64
	         " events, and %d are tried at most in a request: repeat less, or send the tests in several requests",
	         events, EVENTS_MAX);
	answer_problem(r, 422, "size", "The tests have too many events 测试事件过多", why);
	return false;
}

/* c is the job's, or gone. */
static void begin_tests(struct request *r, struct test_job *c)
{
	struct job_order o = { .kind = "policy-test",
		                   .one_each = true,
		                   .who = r->who,
		                   .why = TEXT(""),
		                   .run = test_job,
		                   .release = release_tests,
		                   .ctx = c };
	const struct policy *p = &c->p.edition->policy;
	uint64_t id = 0, events = events_of(p);
	enum err e;

	if (!bounded(r, events)) {
		release_tests(c);
		return;
	}
	if (p->n_tests <= TESTS_AT_ONCE && events <= EVENTS_AT_ONCE) {
		run_tests(c, NULL, &r->out);
		buf_char(&r->out, '\n');
		r->status = 200;
		release_tests(c);
		return;
	}
	e = jobs_submit(r->h->jobs, &o, &id);
	if (e != ERR_OK)
		release_tests(c);
	answer_job(r, e, id);
}

static void run_test(struct request *r)
{
	json_t *body = request_json(r), *files = json_object_get(body, "files"), *tests = json_object_get(body, "tests");
	struct test_job *c = body == NULL ? NULL : mem_alloc(sizeof(*c));
	enum err e;

	if (body == NULL)
		return;
	if (c == NULL || (json_is_array(tests) && json_is_array(files) && json_array_extend(files, tests) != 0)) {
		mem_free(c);
		answer_problem(r, 503, "memory", "Out of memory", "try again");
	} else if (tests != NULL && !json_is_array(tests)) {
		mem_free(c);
		answer_problem(r, 400, "body", "The request is wrong",
		               "\"tests\" is a list of {\"path\",\"text\"}, as \"files\" is");
	} else {
		c->key = r->h->o.fill.key;
		e = proposal_of_json(&c->p, files, &r->h->o.fill);
		if (answer_proposal(r, &c->p, e))
			begin_tests(r, c);
		else
			release_tests(c);
	}
	json_decref(body);
}

const struct route http_studio_routes[] = {
	{ "GET", "/v1/policy/vocabulary", SCOPE_POLICIES, ROUTE_SLOW, run_vocabulary },
	{ "POST", "/v1/policies/outline", SCOPE_POLICIES, ROUTE_SLOW, run_outline },
	{ "POST", "/v1/policies/test", SCOPE_POLICIES, ROUTE_SLOW, run_test },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
