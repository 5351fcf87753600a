/* test_writer.c - the writer by a clock of ours and over a disk whose syncs wait for us: when events count as stalled, what a full queue
 * does, and that a reload changes how often time is journaled. Nothing here waits for real time to pass. */
#include "tests/test.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/mem.h"
#include "event/event_build.h"
#include "gateway/writer.h"
#include "tests/sim/disk_virtual.h"

static const struct hash_key key = { { 5 } };
static const char text[] =
	"entity phone\nevent call { caller: phone, callee: phone }\n"
	"rule often on call about caller when count(call by caller over 1h) >= 3 then alert red, score 5 because \"often\"\n";

static _Atomic int64_t now_us = 1772409600 * US_PER_SECOND;

static int64_t clock_us(void)
{
	return now_us;
}

/* ---- syncs that wait ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t change = PTHREAD_COND_INITIALIZER;
static bool shut, waiting;
static enum err (*real_sync)(void *ctx, int fd);

static enum err gated_sync(void *ctx, int fd)
{
	pthread_mutex_lock(&lock);
	while (shut) {
		waiting = true;
		pthread_cond_broadcast(&change);
		pthread_cond_wait(&change, &lock);
	}
	waiting = false;
	pthread_mutex_unlock(&lock);
	return real_sync(ctx, fd);
}

static void set_gate(bool to)
{
	pthread_mutex_lock(&lock);
	shut = to;
	pthread_cond_broadcast(&change);
	pthread_mutex_unlock(&lock);
}

static void until_waiting(void)
{
	pthread_mutex_lock(&lock);
	while (!waiting)
		pthread_cond_wait(&change, &lock);
	pthread_mutex_unlock(&lock);
}

/* ---- a writer ---- */

struct life {
	struct disk_virtual *virtual;
	struct disk disk;
	struct buf policy;
	struct alertlog *log;
	struct shard *shard;
	struct live *live;
	struct writer *writer;
	struct event event;
	char bytes[EVENT_BUILD_BYTES];
};

static enum err no_zone(void *ctx, struct arena *a, struct text name, struct text *out)
{
	(void)ctx;
	(void)a;
	(void)name;
	(void)out;
	return ERR_ABSENT;
}

static struct in_force *settings(int64_t tick_us)
{
	struct in_force *f = in_force_new();

	assert_non_null(f);
	config_default(&f->config);
	f->config.queue = 3;
	f->config.tick_us = tick_us;
	f->config.snapshot_us = 7 * US_PER_DAY;
	return f;
}

static void build_event(struct life *l)
{
	static struct policy policy;
	struct policy_file file = { TEXT("a.dk"), TEXT(text) };
	struct event_builder b = { .schema = &policy.schema, .key = &key, .bytes = l->bytes, .cap = sizeof(l->bytes) };
	struct event_pair p[] = { { TEXT("event"), TEXT("call") },
		                      { TEXT("time"), TEXT("1772409600000000") },
		                      { TEXT("caller"), TEXT("13800138000") },
		                      { TEXT("callee"), TEXT("13900139000") } };
	struct buf errors;
	struct text wrong;

	buf_init(&errors, 1 << 16);
	assert_int_equal(policy_load(&policy, &file, 1, no_zone, NULL, &errors), ERR_OK);
	assert_int_equal(event_build(&b, p, ARRAY_LEN(p), &l->event, &wrong), BAD_NONE);
	policy_release(&policy);
	buf_release(&errors);
	buf_init(&l->policy, 1 << 16);
	edition_put_files(&l->policy, &file, 1);
}

static int set_up(void **state)
{
	struct life *l = mem_alloc(sizeof(*l));
	struct shard_options so = { .disk = &l->disk,
		                        .key = &key,
		                        .read_zone = no_zone,
		                        .lateness_us = US_PER_DAY,
		                        .now_us = now_us,
		                        .engine = { .state_bytes_max = 1 << 20, .entities_max = 1024 },
		                        .repeats_max = 512,
		                        .snapshots_kept = 2,
		                        .segment_bytes_max = 2000,
		                        .evidence_max = 3,
		                        .alert = alertlog_hear };
	struct shard_found found;
	struct buf why;

	build_event(l);
	buf_init(&why, 1 << 16);
	l->virtual = disk_virtual_new(1);
	l->disk = disk_virtual_disk(l->virtual);
	assert_int_equal(alertlog_open(&l->log, &l->disk, 0, &why), ERR_OK);
	real_sync = l->disk.sync;
	l->disk.sync = gated_sync;
	so.policy = buf_view(&l->policy);
	so.ctx = l->log;
	assert_int_equal(shard_open(&l->shard, &so, &found, &why), ERR_OK);
	assert_int_equal(live_new(&l->live, settings(US_PER_HOUR)), ERR_OK);
	buf_release(&why);
	struct writer_options wo = { .shard = l->shard, .log = l->log, .live = l->live, .now_us = clock_us };
	assert_int_equal(writer_start(&l->writer, &wo), ERR_OK);
	*state = l;
	return 0;
}

static int tear_down(void **state)
{
	struct life *l = *state;

	assert_true(writer_stop(l->writer));
	writer_free(l->writer);
	shard_close(l->shard);
	alertlog_close(l->log);
	live_free(l->live);
	disk_virtual_free(l->virtual);
	buf_release(&l->policy);
	mem_free(l);
	return 0;
}

struct request {
	struct ask ask;
	struct shard_item item;
	_Atomic bool done;
};

static void answered(void *ctx, enum err e)
{
	assert_int_equal(e, ERR_OK);
	((struct request *)ctx)->done = true;
}

static bool submit(struct life *l, struct request *r)
{
	*r = (struct request){ .item = { .event = &l->event } };
	r->ask = (struct ask){ .item = &r->item, .n = 1, .done = answered, .ctx = r };
	return writer_submit(l->writer, &r->ask);
}

static void until_done(struct request *r)
{
	while (!r->done)
		sched_yield();
}

static struct writer_counts counts(struct life *l)
{
	struct writer_counts c;

	writer_counts(l->writer, &c);
	return c;
}

static void nothing(void *ctx, struct shard *s)
{
	(void)ctx;
	(void)s;
}

/* Wakes the writer until it has looked at its clock so many times more. */
static void until_passed(struct life *l, uint64_t times)
{
	uint64_t ticks = counts(l).ticks + times;

	while (counts(l).ticks < ticks)
		assert_true(writer_do(l->writer, nothing, NULL));
}

static void until_idle(struct life *l) /* the first tick is written at the start */
{
	if (counts(l).ticks == 0)
		until_passed(l, 1);
}

/* ---- the tests ---- */

static void test_stalled(void **state)
{
	struct life *l = *state;
	struct request first, second;
	struct writer_counts c;
	int64_t begin_us;

	until_idle(l);
	now_us += 10 * US_PER_MINUTE; /* idle for long: that is no stall, nor is the first event after it */
	c = counts(l);
	assert_false(writer_stalled(&c, now_us, US_PER_SECOND));
	set_gate(true);
	begin_us = now_us;
	assert_true(submit(l, &first));
	until_waiting();
	c = counts(l);
	assert_int_equal(c.queued, 0); /* it is on its way to the disk, and that counts as well */
	assert_int_equal(c.behind_since_us, begin_us);
	assert_false(writer_stalled(&c, begin_us + US_PER_SECOND, US_PER_SECOND));
	assert_true(writer_stalled(&c, begin_us + US_PER_SECOND + 1, US_PER_SECOND));
	now_us += 5 * US_PER_SECOND;
	assert_true(submit(l, &second)); /* another that waits does not make it any younger */
	c = counts(l);
	assert_int_equal(c.behind_since_us, begin_us);
	set_gate(false);
	until_done(&first);
	until_done(&second);
	c = counts(l);
	assert_int_equal(c.behind_since_us, 0);
	assert_false(writer_stalled(&c, now_us + US_PER_DAY, US_PER_SECOND));
}

static void test_full(void **state)
{
	struct life *l = *state;
	struct request r[5];
	uint64_t shed = counts(l).shed;

	until_idle(l);
	set_gate(true);
	assert_true(submit(l, &r[0]));
	until_waiting();
	for (int i = 1; i <= 3; i++)
		assert_true(submit(l, &r[i]));
	assert_false(submit(l, &r[4])); /* service.queue = 3 */
	assert_int_equal(counts(l).shed, shed + 1);
	set_gate(false);
	for (int i = 0; i <= 3; i++)
		until_done(&r[i]);
	assert_true(submit(l, &r[4]));
	until_done(&r[4]);
}

static void test_tick(void **state)
{
	struct life *l = *state;
	struct writer_counts c;
	uint64_t next;

	until_idle(l);
	next = counts(l).next;
	now_us += 10 * US_PER_MINUTE; /* less than service.tick */
	until_passed(l, 3);
	c = counts(l);
	assert_int_equal(c.next, next);
	live_swap(l->live, settings(US_PER_MINUTE));
	until_passed(l, 2);
	assert_int_equal(counts(l).next, next + 1);
	now_us += US_PER_MINUTE - 1;
	until_passed(l, 3);
	assert_int_equal(counts(l).next, next + 1);
	now_us += 1;
	until_passed(l, 2);
	assert_int_equal(counts(l).next, next + 2);
}

/* ---- old segments ---- */

static void three_segments(void *ctx, struct shard *s)
{
	static const char why[600] = "{\"act\":\"test\"}";

	(void)ctx;
	for (int i = 0; i < 8; i++)
		assert_int_equal(shard_note(s, RECORD_ACT, now_us, 0, text_of(why, sizeof(why))), ERR_OK);
}

static void same_policy(void *ctx, struct shard *s)
{
	struct life *l = ctx;
	struct shard_act act = { .time_us = now_us };
	struct buf why;

	buf_init(&why, 1 << 16);
	assert_int_equal(shard_policy(s, buf_view(&l->policy), &act, &why), ERR_OK);
	assert_int_equal(shard_snapshot(s), ERR_OK);
	buf_release(&why);
}

/* What a policy is being filled from stays until it is filled, and goes then, not an hour later. */
static void test_segments_are_held(void **state)
{
	struct life *l = *state;
	struct in_force *f = settings(US_PER_HOUR);

	f->config.keep_us = US_PER_DAY;
	until_idle(l);
	live_swap(l->live, f);
	assert_true(writer_do(l->writer, three_segments, NULL));
	assert_true(writer_do(l->writer, same_policy, l));
	writer_hold_segments(l->writer);
	now_us += 3 * US_PER_DAY;
	until_passed(l, 3);
	assert_int_equal(counts(l).segments_expired, 0);
	writer_unhold_segments(l->writer);
	until_passed(l, 2);
	assert_true(counts(l).segments_expired > 0);
}

/* The time of day is set back, then far ahead: ticks follow it, and how long the writer sleeps has nothing to do with it. */
static void test_the_clock_is_set(void **state)
{
	struct life *l = *state;
	uint64_t next, ticks;

	until_idle(l);
	live_swap(l->live, settings(US_PER_MINUTE));
	until_passed(l, 2);
	next = counts(l).next;
	now_us -= US_PER_DAY;
	until_passed(l, 2);
	now_us += US_PER_MINUTE;
	until_passed(l, 2);
	assert_int_equal(counts(l).next, next + 1);
	now_us += 36500 * US_PER_DAY;
	until_passed(l, 2);
	assert_int_equal(counts(l).next, next + 2);
	ticks = counts(l).ticks;
	while (counts(l).ticks == ticks) /* it wakes by itself within a second */
		sched_yield();
}

static void same_policy_again(void *ctx, struct shard *s)
{
	struct life *l = ctx;
	struct shard_act act = { .time_us = now_us };
	struct buf errors;

	buf_init(&errors, 1 << 16);
	assert_int_equal(shard_policy(s, buf_view(&l->policy), &act, &errors), ERR_OK);
	buf_release(&errors);
}

/* Not by a child, since this disk is in our memory. */
static void take_snapshot(void *ctx, struct shard *s)
{
	assert_int_equal(alertlog_sync(((struct life *)ctx)->log), ERR_OK);
	assert_int_equal(shard_snapshot(s), ERR_OK);
}

/* Once an hour what is older than journal.keep goes, and the alerts about it go with it. */
static void test_let_go(void **state)
{
	struct life *l = *state;
	struct in_force *f = settings(US_PER_MINUTE);
	struct request r;

	until_idle(l);
	f->config.keep_us = US_PER_DAY;
	live_swap(l->live, f);
	for (int i = 0; i < 40; i++) { /* some segments of 2,000 bytes */
		assert_true(submit(l, &r));
		until_done(&r);
	}
	assert_int_equal(alertlog_first(l->log), 0);
	assert_int_equal(alertlog_count(l->log), 38);
	assert_true(writer_do(l->writer, same_policy_again, l));
	for (int i = 0; i < 2; i++) { /* as many as are kept */
		assert_true(submit(l, &r));
		until_done(&r);
		assert_true(writer_do(l->writer, take_snapshot, l));
	}
	assert_int_equal(counts(l).segments_expired, 0);
	now_us += 2 * US_PER_DAY;
	while (counts(l).segments_expired == 0) {
		assert_true(submit(l, &r)); /* segments that are made now tell how old those before are */
		until_done(&r);
		now_us += US_PER_HOUR;
		until_passed(l, 1);
	}
	assert_true(alertlog_first(l->log) > 0);
	assert_int_equal(counts(l).expiries_failed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_stalled, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_full, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_tick, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_segments_are_held, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_let_go, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_the_clock_is_set, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
