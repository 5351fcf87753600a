/* test_jobs.c - jobs in their order: how many run and wait, one of a kind at a time, giving up before and while, what is remembered, and a stop with work on its way.
 * Gates that the test opens stand for the work; nothing is timed. */
#include "tests/test.h"
#include <inttypes.h>
#include <jansson.h>
#include <pthread.h>
#include "base/mem.h"
#include "gateway/jobs.h"

struct gate { /* the work of one job */
	pthread_mutex_t lock;
	pthread_cond_t moved;
	bool begun, open, until_stopped, released;
	enum job_state becomes;
};

static int64_t clock_us = 1772409600000000;

static int64_t now_us(void)
{
	return clock_us;
}

static void gate_init(struct gate *g, enum job_state becomes)
{
	*g = (struct gate){ .becomes = becomes };
	pthread_mutex_init(&g->lock, NULL);
	pthread_cond_init(&g->moved, NULL);
}

static enum job_state work(struct job *j, void *ctx)
{
	struct gate *g = ctx;

	pthread_mutex_lock(&g->lock);
	g->begun = true;
	pthread_cond_broadcast(&g->moved);
	while (!g->open && !(g->until_stopped && job_stopped(j)))
		if (g->until_stopped) { /* a stop wakes nobody: work looks at it now and then */
			pthread_mutex_unlock(&g->lock);
			sched_yield();
			pthread_mutex_lock(&g->lock);
		} else {
			pthread_cond_wait(&g->moved, &g->lock);
		}
	pthread_mutex_unlock(&g->lock);
	job_progress(j, 3, 4);
	if (job_stopped(j) && g->until_stopped)
		return JOB_ABORTED;
	if (g->becomes == JOB_FAILED)
		return job_fail(j, "test", "It failed", TEXT("try again"), TEXT("[1]"));
	buf_z(job_result(j), "{\"fine\":true}");
	return JOB_DONE;
}

static void release(void *ctx)
{
	struct gate *g = ctx;

	pthread_mutex_lock(&g->lock);
	assert_false(g->released);
	g->released = true;
	pthread_cond_broadcast(&g->moved);
	pthread_mutex_unlock(&g->lock);
}

static void gate_open(struct gate *g)
{
	pthread_mutex_lock(&g->lock);
	g->open = true;
	pthread_cond_broadcast(&g->moved);
	pthread_mutex_unlock(&g->lock);
}

static void wait_for(struct gate *g, const bool *what)
{
	pthread_mutex_lock(&g->lock);
	while (!*what)
		pthread_cond_wait(&g->moved, &g->lock);
	pthread_mutex_unlock(&g->lock);
}

static enum err submit(struct jobs *js, struct gate *g, const char *kind, bool lonely, uint64_t *id)
{
	struct job_order o = { .kind = kind,
		                   .lonely = lonely,
		                   .who = { .tenant = "police", .key_id = "0a0b0c0d" },
		                   .why = TEXT("because \"of\" this"),
		                   .run = work,
		                   .release = release,
		                   .ctx = g };

	return jobs_submit(js, &o, id);
}

/* A job as it prints itself. */
static json_t *printed(struct jobs *js, uint64_t id)
{
	struct buf b;
	json_t *j;

	buf_init(&b, 1 << 20);
	assert_true(job_print(js, id, &b));
	j = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(j);
	buf_release(&b);
	return j;
}

/* Until it is over: its release comes a moment before. */
static json_t *ended(struct jobs *js, uint64_t id)
{
	for (;;) {
		json_t *j = printed(js, id);

		if (!json_is_null(json_object_get(j, "ended")))
			return j;
		json_decref(j);
		sched_yield();
	}
}

static void says_state(json_t *j, const char *state)
{
	assert_string_equal(json_string_value(json_object_get(j, "state")), state);
}

static void test_a_job(void **state)
{
	struct gate good, bad;
	struct jobs *js;
	uint64_t id, other;
	json_t *j;

	(void)state;
	assert_int_equal(jobs_start(&js, now_us), ERR_OK);
	gate_init(&good, JOB_DONE);
	gate_init(&bad, JOB_FAILED);
	assert_int_equal(submit(js, &good, "policy", true, &id), ERR_OK);
	assert_int_equal(id, (uint64_t)clock_us / 1000);
	assert_int_equal(submit(js, &bad, "policy", true, &other),
	                 ERR_STOPPED); /* one at a time, and this one is in the way */
	assert_int_equal(other, id);
	assert_int_equal(jobs_unfinished(js), 1);
	gate_open(&good);
	j = ended(js, id);
	says_state(j, "done");
	assert_string_equal(json_string_value(json_object_get(j, "who")), "police/0a0b0c0d");
	assert_true(json_is_null(json_object_get(j, "user"))); /* a key's */
	assert_string_equal(json_string_value(json_object_get(j, "why")), "because \"of\" this");
	assert_true(json_is_true(json_object_get(json_object_get(j, "result"), "fine")));
	assert_true(json_real_value(json_object_get(j, "progress")) > 0.999);
	json_decref(j);
	gate_open(&bad);
	assert_int_equal(submit(js, &bad, "policy", true, &id), ERR_OK);
	j = ended(js, id);
	says_state(j, "failed");
	assert_string_equal(json_string_value(json_object_get(json_object_get(j, "error"), "detail")), "try again");
	assert_string_equal(json_string_value(json_object_get(json_object_get(j, "error"), "detail_zh")), "请重试");
	assert_int_equal(json_array_size(json_object_get(json_object_get(j, "error"), "errors")), 1);
	json_decref(j);
	assert_int_equal(jobs_unfinished(js), 0);
	jobs_stop(js);
}

static void test_order_and_bounds(void **state)
{
	static struct gate g[JOBS_RUNNING_MAX + JOBS_WAITING_MAX + 1];
	uint64_t id[ARRAY_LEN(g)], n = ARRAY_LEN(g) - 1;
	struct jobs *js;
	json_t *j;

	(void)state;
	assert_int_equal(jobs_start(&js, now_us), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(g); i++)
		gate_init(&g[i], JOB_DONE);
	/* Two of one kind: the second waits, though a thread is free; one of another kind passes it. */
	assert_int_equal(submit(js, &g[0], "backtest", false, &id[0]), ERR_OK);
	wait_for(&g[0], &g[0].begun);
	assert_int_equal(submit(js, &g[1], "backtest", false, &id[1]), ERR_OK);
	assert_int_equal(submit(js, &g[2], "policy", true, &id[2]), ERR_OK);
	wait_for(&g[2], &g[2].begun);
	j = printed(js, id[1]);
	says_state(j, "waiting");
	json_decref(j);
	for (uint64_t i = 3; i < n; i++)
		assert_int_equal(submit(js, &g[i], "backtest", false, &id[i]), ERR_OK);
	assert_int_equal(submit(js, &g[n], "backtest", false, &id[n]), ERR_CAP);
	assert_int_equal(jobs_unfinished(js), n);
	/* Given up while it waits: it never runs. */
	assert_true(jobs_abort(js, id[3]));
	assert_true(g[3].released);
	assert_false(jobs_abort(js, 17));
	for (uint64_t i = 0; i < n; i++)
		gate_open(&g[i]);
	for (uint64_t i = 0; i < n; i++) {
		j = ended(js, id[i]);
		says_state(j, i == 3 ? "aborted" : "done");
		json_decref(j);
		assert_true(g[i].begun == (i != 3));
	}
	jobs_stop(js);
	assert_false(g[n].released); /* it was refused: its owner keeps it */
}

static void test_what_is_remembered(void **state)
{
	static struct gate g[JOBS_KEPT_MAX + 20];
	uint64_t id[ARRAY_LEN(g)];
	struct jobs *js;
	struct buf b;
	json_t *j;

	(void)state;
	assert_int_equal(jobs_start(&js, now_us), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(g); i++) {
		gate_init(&g[i], JOB_DONE);
		gate_open(&g[i]);
		assert_int_equal(submit(js, &g[i], "backtest", false, &id[i]), ERR_OK);
		json_decref(ended(js, id[i]));
	}
	buf_init(&b, 1 << 20);
	jobs_print(js, &b);
	j = json_loadb(b.p, b.n, 0, NULL);
	assert_int_equal(json_array_size(j), JOBS_KEPT_MAX);
	for (size_t i = 0; i < JOBS_KEPT_MAX; i++) {
		char z[32];

		snprintf(z, sizeof(z), "%" PRIu64, id[ARRAY_LEN(g) - 1 - i]);
		assert_string_equal(json_string_value(json_object_get(json_array_get(j, i), "id")), z);
	}
	json_decref(j);
	assert_false(job_print(js, id[19], &b));
	assert_true(job_print(js, id[20], &b));
	buf_release(&b);
	jobs_stop(js);
}

/* A change of the policy has a thread and a place, whatever others have filled; of one kind each asker has one. */
static void test_urgent(void **state)
{
	static struct gate g[JOBS_RUNNING_MAX + JOBS_WAITING_MAX], policy, test[3];
	struct job_order o = { .kind = "policy",
		                   .lonely = true,
		                   .urgent = true,
		                   .why = TEXT(""),
		                   .run = work,
		                   .release = release,
		                   .ctx = &policy };
	static const char *const kinds[] = { "backtest", "other" };
	uint64_t id[ARRAY_LEN(g)], mine, other;
	struct jobs *js;

	(void)state;
	assert_int_equal(jobs_start(&js, now_us), ERR_OK);
	gate_init(&policy, JOB_DONE);
	for (size_t i = 0; i < ARRAY_LEN(test); i++)
		gate_init(&test[i], JOB_DONE);
	for (size_t i = 0; i < ARRAY_LEN(g); i++) {
		gate_init(&g[i], JOB_DONE);
		assert_int_equal(submit(js, &g[i], kinds[i % 2], false, &id[i]), ERR_OK);
		if (i < JOBS_RUNNING_MAX)
			wait_for(&g[i], &g[i].begun);
	}
	assert_int_equal(submit(js, &test[0], "backtest", false, &mine), ERR_CAP);
	assert_int_equal(jobs_submit(js, &o, &mine), ERR_OK);
	wait_for(&policy, &policy.begun); /* though none of the others is over */
	gate_open(&policy);
	json_decref(ended(js, mine));
	for (size_t i = 0; i < ARRAY_LEN(g); i++) {
		gate_open(&g[i]);
		json_decref(ended(js, id[i]));
	}
	o = (struct job_order){ .kind = "test", .one_each = true, .why = TEXT(""), .run = work, .release = release };
	o.who.user = 65536;
	o.ctx = &test[0];
	assert_int_equal(jobs_submit(js, &o, &mine), ERR_OK);
	assert_int_equal(jobs_submit(js, &o, &other), ERR_STOPPED);
	assert_int_equal(other, mine);
	o.who.user = 65537;
	o.ctx = &test[1];
	assert_int_equal(jobs_submit(js, &o, &other), ERR_OK);
	gate_open(&test[0]);
	gate_open(&test[1]);
	json_decref(ended(js, mine));
	o.who.user = 65536;
	o.ctx = &test[2];
	gate_open(&test[2]);
	assert_int_equal(jobs_submit(js, &o, &mine), ERR_OK);
	json_decref(ended(js, mine));
	json_decref(ended(js, other));
	jobs_stop(js);
}

/* Given up while it runs; and a stop gives up what runs and drops what waits. */
static void test_stops(void **state)
{
	struct gate g[4];
	uint64_t id[4];
	struct jobs *js;
	json_t *j;

	(void)state;
	assert_int_equal(jobs_start(&js, now_us), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(g); i++) {
		gate_init(&g[i], JOB_DONE);
		g[i].until_stopped = true;
	}
	assert_int_equal(submit(js, &g[0], "policy", true, &id[0]), ERR_OK);
	wait_for(&g[0], &g[0].begun);
	assert_true(jobs_abort(js, id[0]));
	j = ended(js, id[0]);
	says_state(j, "aborted");
	assert_null(json_object_get(j, "result"));
	json_decref(j);
	assert_int_equal(submit(js, &g[1], "policy", true, &id[1]), ERR_OK);
	assert_int_equal(submit(js, &g[2], "backtest", false, &id[2]), ERR_OK);
	assert_int_equal(submit(js, &g[3], "backtest", false, &id[3]), ERR_OK);
	wait_for(&g[1], &g[1].begun);
	wait_for(&g[2], &g[2].begun);
	jobs_stop(js);
	for (size_t i = 0; i < ARRAY_LEN(g); i++)
		assert_true(g[i].released);
	assert_false(g[3].begun);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_a_job), cmocka_unit_test(test_order_and_bounds),
		                                cmocka_unit_test(test_what_is_remembered), cmocka_unit_test(test_urgent),
		                                cmocka_unit_test(test_stops) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
