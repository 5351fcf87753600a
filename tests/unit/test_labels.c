/* test_labels.c - what follows from the registry while the service runs: findings go back into the engine, each once; and before the journal lets go of its beginning a copy is kept that a
 * rebuild can begin with. */
#include "tests/test.h"
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/mem.h"
#include "desk/device_report.h"
#include "gateway/labels.h"
#include "gateway/registry_copy.h"
#include "tests/unit/desk_service.h"

/* ---- labels ---- */

static const struct hash_key key = { { 8 } };

static struct labels *start_labels(struct life *l)
{
	struct labels_options o = { .registry = l->registry,
		                        .projector = l->projector,
		                        .writer = l->writer,
		                        .next = shard_next(l->j.shard),
		                        .retry_us = 1,
		                        .key = &key };
	struct labels *labels;

	assert_int_equal(labels_start(&labels, &o), ERR_OK);
	return labels;
}

static uint64_t report_step(struct life *l, uint64_t id, uint32_t step, enum desk_role role, uint64_t device)
{
	struct desk_order o = { .keyed = false };
	struct desk_command *c = &o.command;

	desk_command_init(c, DESK_DEVICE_REPORT, step, id);
	c->user = 7;
	c->roles = 1u << role;
	c->organisation = 3;
	c->district = 5;
	if (step == DEVICE_DO_REPORT) {
		desk_give_token(c, DEVICE_F_DEVICE, (struct token){ { 4, device } });
		desk_give_i(c, DEVICE_F_WHAT, 1);
		desk_give_i(c, DEVICE_F_DISTRICT, 5);
		desk_give_i(c, DEVICE_F_OPERATOR, 3);
		desk_give_code(c, DEVICE_F_RULE, TEXT("sim_box"));
		desk_give_positions(c, DEVICE_F_EVIDENCE, &(uint64_t){ 1 }, 1);
	}
	assert_int_equal(desk_gate_do(l->gate, 0, &o, 1), ERR_OK);
	assert_int_equal(o.outcome.refusal, DESK_OK);
	return o.outcome.object;
}

static void found_at(struct life *l, uint64_t device)
{
	uint64_t id = report_step(l, 0, DEVICE_DO_REPORT, ROLE_OPERATOR_DESK, device);

	report_step(l, id, DEVICE_DO_RECEIVE, ROLE_STATION, 0);
	report_step(l, id, DEVICE_DO_VISIT, ROLE_STATION, 0);
	report_step(l, id, DEVICE_DO_FOUND, ROLE_STATION, 0);
}

static uint64_t told(struct labels *labels, uint64_t least)
{
	struct labels_counts c;

	do {
		labels_counts(labels, &c);
		sched_yield();
	} while (c.told + c.repeated + c.passed < least);
	assert_int_equal(c.passed + c.repeated, 0);
	return c.told;
}

/* Each finding comes to the engine once, however often the service is started, and a registry that is made again knows it. */
static void test_labels(void **state)
{
	struct life *l = *state;
	struct labels *labels = start_labels(l);
	struct labels_counts c;
	struct engine_stats engine;
	uint64_t message = 0;

	found_at(l, 1);
	found_at(l, 2);
	assert_int_equal(told(labels, 2), 2);
	labels_stop(labels);
	service_settled(l);
	assert_int_equal(l->j.n_alerts, 2);
	assert_int_equal(projecting_labels(l->registry, &message), ERR_OK);
	assert_true(message > 0);
	service_stop(l);
	unlink(l->registry_path);
	service_start(l);
	service_settled(l);
	labels = start_labels(l);
	found_at(l, 3);
	assert_int_equal(told(labels, 1), 1);
	service_settled(l);
	labels_counts(labels, &c);
	assert_int_equal(c.told + c.repeated, 1);
	labels_stop(labels);
	engine_stats(shard_engine(l->j.shard), &engine);
	assert_int_equal(engine.accepted, 3);
	service_judge(l);
}

/* Found out, and then the service stood still for longer than the lateness: it counts all the same, and no earlier than it may. */
static void test_late_labels(void **state)
{
	struct life *l = *state;
	struct labels *labels;
	struct engine_stats engine;
	int64_t earliest_us;

	found_at(l, 1);
	l->j.now_us += 3 * US_PER_HOUR;
	service_calls(l, "13800138000");
	earliest_us = engine_earliest_us(shard_engine(l->j.shard));
	assert_true(earliest_us > INT64_MIN);
	labels = start_labels(l);
	assert_int_equal(told(labels, 1), 1);
	labels_stop(labels);
	service_settled(l);
	engine_stats(shard_engine(l->j.shard), &engine);
	assert_int_equal(engine.late, 0);
	assert_int_equal(engine.accepted, 3);
	service_judge(l);
}

/* A feed lags behind by hours: what is found out now makes nothing late that comes after it. */
static void test_lagging_feed(void **state)
{
	struct life *l = *state;
	struct labels *labels;
	struct engine_stats engine;
	int64_t newest_us;

	service_calls(l, "13800138000");
	newest_us = engine_newest_us(shard_engine(l->j.shard));
	l->j.now_us += 3 * US_PER_HOUR;
	found_at(l, 1);
	labels = start_labels(l);
	assert_int_equal(told(labels, 1), 1);
	labels_stop(labels);
	service_settled(l);
	assert_int_equal(engine_newest_us(shard_engine(l->j.shard)), newest_us);
	engine_stats(shard_engine(l->j.shard), &engine);
	assert_int_equal(engine.late, 0);
	service_judge(l);
}

/* ---- the journal lets go ---- */

static void copy_if_wanted(struct registry_copies *c)
{
	struct tender_duty duty = registry_copies_duty(c);
	atomic_bool halt = false;
	struct buf why;

	buf_init(&why, 4096);
	if (duty.run(duty.ctx, &halt, &why) != ERR_OK)
		fail_msg("%s", why.p);
	buf_release(&why);
}

/* Registry and journal as of now: the digest of what a copy and the journal's rest come to. */
static void judge_from_copy(struct life *l, struct disk *data, uint64_t first)
{
	unsigned char ours[REGISTRY_DIGEST_BYTES], theirs[REGISTRY_DIGEST_BYTES];
	char name[REGISTRY_COPY_NAME_BYTES], path[128];
	struct projector_log log;
	struct projecting_options o = { .journal = &l->j.disk, .alerts = projector_alerts(&log, l->j.log) };
	struct projecting *p;
	uint64_t position, begins;
	bool more = true;

	assert_int_equal(registry_copy_find(data, &position), ERR_OK);
	assert_true(position + 1 >= first);
	registry_copy_name(position, name);
	snprintf(path, sizeof(path), "%s/%s", l->folder, name);
	service_registry(path, &o.registry);
	assert_int_equal(projecting_open(&p, &o, &begins), ERR_OK);
	assert_int_equal(begins, position + 1);
	while (more)
		assert_int_equal(projecting_batch(p, shard_next(l->j.shard), &more), ERR_OK);
	assert_int_equal(registry_digest(o.registry, theirs), ERR_OK);
	assert_int_equal(registry_digest(l->registry, ours), ERR_OK);
	assert_memory_equal(ours, theirs, sizeof(ours));
	projecting_close(p);
	registry_close(o.registry);
}

/* A policy and a snapshot of now: nothing before is needed for a recovery. */
static void adopt_again(void *ctx, struct shard *s)
{
	struct life *l = ctx;
	struct shard_act act = { .time_us = l->j.now_us };
	struct buf errors;

	buf_init(&errors, 1 << 16);
	if (shard_policy(s, buf_view(&l->j.policy), &act, &errors) != ERR_OK)
		fail_msg("%s", errors.p);
	assert_int_equal(shard_snapshot(s), ERR_OK);
	buf_release(&errors);
}

static void test_letting_go(void **state)
{
	struct life *l = *state;
	struct registry_copies *copies;
	struct disk data;
	uint64_t stays, kept, first = 1;
	uint32_t removed;

	assert_int_equal(disk_real_open(&data, l->folder), ERR_OK);
	assert_int_equal(registry_copies_new(&copies, l->registry, &data, l->folder), ERR_OK);
	assert_int_equal(registry_copies_kept(copies, 0), 1);
	copy_if_wanted(copies); /* none is */
	assert_int_equal(registry_copy_find(&data, &kept), ERR_OK);
	assert_int_equal(kept, 0);
	for (int round = 0; round < 2; round++) {
		service_many(l);
		assert_true(writer_do(l->writer, adopt_again, l));
		service_settled(l);
		assert_int_equal(shard_aged(l->j.shard, INT64_MAX, &stays), ERR_OK);
		assert_true(stays > first);
		kept = registry_copies_kept(copies, stays);
		assert_int_equal(kept, first);
		assert_int_equal(shard_expire(l->j.shard, INT64_MAX, kept, &removed), ERR_OK);
		assert_int_equal(removed, 0);
		copy_if_wanted(copies);
		first = registry_copies_kept(copies, stays);
		assert_true(first > kept);
		assert_int_equal(shard_expire(l->j.shard, INT64_MAX, first, &removed), ERR_OK);
		assert_true(removed > 0);
		judge_from_copy(l, &data, stays);
	}
	registry_copies_free(copies);
	assert_int_equal(registry_copies_new(&copies, l->registry, &data, l->folder), ERR_OK);
	assert_int_equal(registry_copies_kept(copies, 0), first); /* known from its name */
	registry_copies_free(copies);
	disk_real_close(&data);
}

/* A registry that is new when the journal has let go of its beginning: it begins at the oldest record, and says so. */
static void test_no_beginning(void **state)
{
	struct life *l = *state;
	struct projector_counts c;
	uint64_t *first;
	uint32_t removed;
	size_t n;

	service_many(l);
	assert_true(writer_do(l->writer, adopt_again, l));
	service_settled(l);
	assert_true(writer_stop(l->writer));
	assert_int_equal(shard_expire(l->j.shard, INT64_MAX, UINT64_MAX, &removed), ERR_OK);
	assert_true(removed > 0);
	projector_stop(l->projector);
	writer_free(l->writer);
	desk_gate_free(l->gate);
	projector_free(l->projector);
	registry_close(l->registry);
	unlink(l->registry_path);
	service_said = 0;
	service_start(l);
	service_settled(l);
	assert_int_equal(journal_segments(&l->j.disk, &first, &n), ERR_OK);
	assert_true(first[0] > 1);
	assert_int_equal(service_said, 1);
	mem_free(first);
	projector_counts(l->projector, &c);
	assert_int_equal(c.position + 1, shard_next(l->j.shard));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_labels, service_set_up, service_tear_down),
		cmocka_unit_test_setup_teardown(test_late_labels, service_set_up, service_tear_down),
		cmocka_unit_test_setup_teardown(test_lagging_feed, service_set_up, service_tear_down),
		cmocka_unit_test_setup_teardown(test_letting_go, service_set_up, service_tear_down),
		cmocka_unit_test_setup_teardown(test_no_beginning, service_set_up, service_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
