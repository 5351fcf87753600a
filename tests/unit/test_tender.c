/* test_tender.c - duties run at the start, when woken and by themselves; one at work is stopped; failures are told once. Nothing here looks at
 * a clock: each test waits until what it waits for has happened. */
#include "tests/test.h"
#include <pthread.h>
#include <sched.h>
#include "base/mem.h"
#include "gateway/tender.h"
#include "tests/sim/disk_virtual.h"
#include "tests/unit/contacts_world.h"

struct bell { /* rings each time a duty was done */
	pthread_mutex_t lock;
	pthread_cond_t rung;
	uint64_t rings;
	struct tender_duty inner; /* what is done before it rings; run may be NULL */
	uint64_t fail_until;
	bool hold; /* the duty goes on until it is stopped */
	bool stopped;
};

static void bell_init(struct bell *b)
{
	*b = (struct bell){ .rings = 0 };
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->rung, NULL);
}

static enum err ring(void *ctx, const atomic_bool *stop, struct buf *why)
{
	struct bell *b = ctx;
	enum err e = b->inner.run == NULL ? ERR_OK : b->inner.run(b->inner.ctx, stop, why);

	pthread_mutex_lock(&b->lock);
	b->rings++;
	if (b->rings <= b->fail_until) {
		buf_printf(why, "failure %llu", (unsigned long long)b->rings);
		e = ERR_IO;
	}
	pthread_cond_broadcast(&b->rung);
	pthread_mutex_unlock(&b->lock);
	while (b->hold && !atomic_load(stop))
		sched_yield();
	if (b->hold)
		b->stopped = true;
	return b->hold ? ERR_STOPPED : e;
}

static void wait_for(struct bell *b, uint64_t rings)
{
	pthread_mutex_lock(&b->lock);
	while (b->rings < rings)
		pthread_cond_wait(&b->rung, &b->lock);
	pthread_mutex_unlock(&b->lock);
}

static void test_woken(void **state)
{
	struct bell b, other;
	struct tender_duty duty[2] = { { "one", ring, &b, 0 }, { "two", ring, &other, 0 } };
	struct tender_counts c;
	struct tender *t;

	(void)state;
	bell_init(&b);
	bell_init(&other);
	assert_int_equal(tender_start(&t, duty, 2, NULL), ERR_OK);
	wait_for(&b, 1);
	wait_for(&other, 1);
	for (uint64_t i = 1; i <= 50; i++) {
		tender_wake(t);
		wait_for(&b, i + 1);
		wait_for(&other, i + 1);
	}
	tender_counts(t, 1, &c);
	assert_true(c.runs >= 50); /* the last one may not be counted yet */
	assert_int_equal(c.failures, 0);
	tender_stop(t);
	assert_int_equal(b.rings, 51);
	assert_int_equal(other.rings, 51);
}

static void test_by_itself(void **state)
{
	struct bell b;
	struct tender_duty duty = { "often", ring, &b, 1 };
	struct tender *t;

	(void)state;
	bell_init(&b);
	assert_int_equal(tender_start(&t, &duty, 1, NULL), ERR_OK);
	wait_for(&b, 20);
	tender_stop(t);
}

static void test_stopped_at_work(void **state)
{
	struct bell b, never;
	struct tender_duty duty[2] = { { "long", ring, &b, 0 }, { "behind it", ring, &never, 0 } };
	struct tender *t;

	(void)state;
	bell_init(&b);
	bell_init(&never);
	b.hold = true;
	assert_int_equal(tender_start(&t, duty, 2, NULL), ERR_OK);
	wait_for(&b, 1);
	tender_stop(t);
	assert_true(b.stopped);
	assert_int_equal(never.rings, 0);
	tender_stop(NULL);
}

static uint32_t told;
static char told_last[64];

static void hear(const char *name, enum err e, const char *why)
{
	assert_int_equal(e, ERR_IO);
	told++;
	snprintf(told_last, sizeof(told_last), "%s: %s", name, why);
}

static void test_failures_are_told_once(void **state)
{
	struct bell b;
	struct tender_duty duty = { "weak", ring, &b, 0 };
	struct tender_counts c;
	struct tender *t;

	(void)state;
	bell_init(&b);
	b.fail_until = 3;
	told = 0;
	assert_int_equal(tender_start(&t, &duty, 1, hear), ERR_OK);
	for (uint64_t i = 1; i <= 5; i++) {
		wait_for(&b, i);
		tender_wake(t);
	}
	wait_for(&b, 6);
	do
		tender_counts(t, 0, &c);
	while (c.runs < 6);
	assert_int_equal(c.failures, 3);
	assert_int_equal(c.last, ERR_OK);
	tender_stop(t);
	assert_int_equal(told, 1);
	assert_string_equal(told_last, "weak: failure 1");
}

static void count_indexes(void *ctx, const char *name)
{
	*(uint32_t *)ctx += strstr(name, ".idx") != NULL;
}

static void test_indexing(void **state)
{
	struct disk_virtual *v = disk_virtual_new(1);
	struct disk d = disk_virtual_disk(v);
	struct contacts_stats stats;
	struct contacts_query q;
	struct tender_duty duty;
	struct tender *t;
	struct world w;
	struct bell b;
	uint32_t n = 0, more = 0;
	enum err e;

	(void)state;
	bell_init(&b);
	b.inner = tender_indexing(&d);
	duty = (struct tender_duty){ b.inner.name, ring, &b, b.inner.every_us };
	world_begin(&w, 1, &d, 3000);
	world_grow(&w, 200);
	assert_int_equal(tender_start(&t, &duty, 1, NULL), ERR_OK);
	wait_for(&b, 1);
	assert_int_equal(d.list(d.ctx, "journal", count_indexes, &n), ERR_OK);
	assert_true(n > 1);
	world_grow(&w, 200);
	tender_wake(t);
	wait_for(&b, 2);
	assert_int_equal(d.list(d.ctx, "journal", count_indexes, &more), ERR_OK);
	assert_true(more > n);
	tender_stop(t);
	world_query(&w, &q);
	assert_null(world_check(&w, &q, &stats, &e));
	assert_int_equal(e, ERR_OK);
	assert_int_equal(stats.unfit, 0);
	world_end(&w);
	disk_virtual_free(v);
}

static void test_without_memory(void **state)
{
	struct tender *t;

	(void)state;
	mem_fail_at(1);
	assert_int_equal(tender_start(&t, NULL, 0, NULL), ERR_MEMORY);
	mem_fail_at(0);
	assert_int_equal(tender_start(&t, NULL, 0, NULL), ERR_OK);
	tender_wake(t);
	tender_stop(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_woken),           cmocka_unit_test(test_by_itself),
		cmocka_unit_test(test_stopped_at_work), cmocka_unit_test(test_failures_are_told_once),
		cmocka_unit_test(test_indexing),        cmocka_unit_test(test_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
