/* test_projector.c - writer, projector, registry and gate together: what came of commands, many at a time, the same key again, a registry that fails and one that was
 * killed. The judge is a second registry, made of the same journal in one go: the digests must be equal. */
#include "tests/test.h"
#include <ftw.h>
#include <pthread.h>
#include <sched.h>
#include <sodium.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/mem.h"
#include "desk/card.h"
#include "desk/device_report.h"
#include "gateway/desk_gate.h"
#include "gateway/labels.h"
#include "gateway/registry_copy.h"
#include "tests/sim/sqlite_faults.h"
#include "tests/unit/desk_journal.h"

enum {
	THREADS = 4,
	ROUNDS = 30
};

struct life {
	struct desk_journal j;
	char folder[64], registry_path[96];
	struct live *live;
	struct registry *registry;
	struct projector *projector;
	struct writer *writer;
	struct desk_gate *gate;
};

static _Atomic int64_t now_us;
static _Atomic uint32_t said;

static int64_t clock_us(void)
{
	return now_us;
}

static void tell(const char *line)
{
	(void)line;
	said++;
}

static void decided(void *ctx, uint64_t next)
{
	projector_upto(ctx, next);
}

static void open_registry(const char *path, struct registry **r)
{
	struct buf why;

	buf_init(&why, 4096);
	if (registry_open(r, path, &why) != ERR_OK)
		fail_msg("%s", why.p);
	buf_release(&why);
}

static void start_projector(struct life *l)
{
	struct projector_options po = {
		.journal = &l->j.disk, .log = l->j.log, .registry = l->registry, .retry_us = 1, .tell = tell
	};

	assert_int_equal(projector_start(&l->projector, &po), ERR_OK);
}

static void start(struct life *l)
{
	struct writer_options wo = { .shard = l->j.shard, .log = l->j.log, .live = l->live, .now_us = clock_us };

	open_registry(l->registry_path, &l->registry);
	start_projector(l);
	wo.decided = decided;
	wo.ctx = l->projector;
	projector_upto(l->projector, shard_next(l->j.shard));
	assert_int_equal(writer_start(&l->writer, &wo), ERR_OK);
	assert_int_equal(desk_gate_new(&l->gate, l->writer, l->projector, clock_us), ERR_OK);
}

static void stop(struct life *l)
{
	assert_true(writer_stop(l->writer));
	projector_stop(l->projector);
	writer_free(l->writer);
	desk_gate_free(l->gate);
	projector_free(l->projector);
	registry_close(l->registry);
	l->projector = NULL;
}

/* After the projector alone was stopped. */
static void start_again(struct life *l)
{
	assert_true(writer_stop(l->writer));
	writer_free(l->writer);
	desk_gate_free(l->gate);
	projector_free(l->projector);
	registry_close(l->registry);
	start(l);
}

static int set_up(void **state)
{
	struct life *l = mem_alloc(sizeof(*l));
	struct in_force *f = in_force_new();
	char path[96];
	struct buf why;

	assert_true(sodium_init() >= 0);
	buf_init(&why, 4096);
	desk_journal_open(&l->j);
	now_us = l->j.now_us;
	snprintf(l->folder, sizeof(l->folder), "/tmp/duanka-projector-XXXXXX");
	assert_non_null(mkdtemp(l->folder));
	snprintf(path, sizeof(path), "%s/alerts.ndjson", l->folder);
	snprintf(l->registry_path, sizeof(l->registry_path), "%s/registry.sqlite", l->folder);
	assert_int_equal(alertlog_open(&l->j.log, path, &why), ERR_OK);
	buf_release(&why);
	config_default(&f->config);
	f->config.tick_us = f->config.snapshot_us = INT64_MAX;
	assert_int_equal(live_new(&l->live, f), ERR_OK);
	start(l);
	*state = l;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int what, struct FTW *at)
{
	(void)st;
	(void)what;
	(void)at;
	return remove(path);
}

static int tear_down(void **state)
{
	struct life *l = *state;

	if (l->projector != NULL)
		stop(l);
	alertlog_close(l->j.log);
	desk_journal_close(&l->j);
	live_free(l->live);
	nftw(l->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	mem_free(l);
	return 0;
}

/* ---- what is done ---- */

static void open_card(struct desk_order *o, uint64_t key)
{
	struct desk_command *c = &o->command;

	memset(o, 0, sizeof(*o));
	desk_command_init(c, DESK_CARD, CARD_DO_LIST, 0);
	c->user = 7;
	c->roles = 1u << ROLE_ANALYST;
	c->organisation = 3;
	desk_give_token(c, CARD_F_PHONE, (struct token){ { 1, key } });
	desk_give_i(c, CARD_F_LEVEL, 1);
	desk_give_i(c, CARD_F_BASIS, 1);
	desk_give_positions(c, CARD_F_EVIDENCE, &(uint64_t){ 1 }, 1);
	o->keyed = true;
	memcpy(o->key, &key, sizeof(key));
}

static void submit_done(void *ctx, enum err e)
{
	assert_int_equal(e, ERR_OK);
	*(_Atomic bool *)ctx = true;
}

/* Two calls that alert. */
static void calls(struct life *l, const char *caller)
{
	struct shard_item it[2];
	_Atomic bool done = false;
	struct ask a = { .item = it, .n = 2, .done = submit_done, .ctx = &done };

	for (int i = 0; i < 2; i++)
		it[i] = desk_journal_event(&l->j, "call", "caller", caller, "callee", "13900139000", NULL);
	assert_true(writer_submit(l->writer, &a));
	while (!done)
		sched_yield();
	desk_journal_items(it, 2);
}

/* Everything so far is in the registry, or the projector gave up. */
static void settled(struct life *l)
{
	struct projector_counts c;

	do {
		struct desk_outcome o;

		projector_counts(l->projector, &c);
		if (projector_wait(l->projector, c.next - 1, &o) == ERR_STOPPED)
			sched_yield();
		projector_counts(l->projector, &c);
	} while (c.failing || c.position + 1 < c.next);
}

static void judge(struct life *l)
{
	unsigned char ours[REGISTRY_DIGEST_BYTES], theirs[REGISTRY_DIGEST_BYTES];
	struct projector_log log;
	struct projecting_options o = { .journal = &l->j.disk, .alerts = projector_alerts(&log, l->j.log) };
	struct projecting *p;
	struct projector_counts c;
	char path[96];
	uint64_t begins;
	bool more = true;

	settled(l);
	projector_counts(l->projector, &c);
	snprintf(path, sizeof(path), "%s/judge.sqlite", l->folder);
	unlink(path);
	open_registry(path, &o.registry);
	assert_int_equal(projecting_open(&p, &o, &begins), ERR_OK);
	assert_int_equal(begins, 1);
	while (more)
		assert_int_equal(projecting_batch(p, c.next, &more), ERR_OK);
	assert_int_equal(registry_digest(o.registry, theirs), ERR_OK);
	assert_int_equal(registry_digest(l->registry, ours), ERR_OK);
	assert_memory_equal(ours, theirs, sizeof(ours));
	projecting_close(p);
	registry_close(o.registry);
}

static uint64_t cards(struct life *l)
{
	struct registry_query q = { .kind = DESK_CARD };
	uint64_t n = 0;

	assert_int_equal(registry_count(l->registry, &q, 1 << 20, &n), ERR_OK);
	return n;
}

/* ---- tests ---- */

static void test_gate(void **state)
{
	struct life *l = *state;
	struct desk_order o[3];
	struct desk_outcome out;
	struct writer_counts w;

	open_card(&o[0], 1);
	open_card(&o[1], 2);
	open_card(&o[2], 1);
	assert_int_equal(desk_gate_do(l->gate, 0, o, 3), ERR_OK);
	assert_int_equal(o[0].outcome.refusal, DESK_OK);
	assert_int_equal(o[0].outcome.object, o[0].position << DESK_ID_SHIFT);
	assert_int_equal(o[1].position, o[0].position + 1);
	assert_true(o[2].repeated && !o[0].repeated);
	assert_int_equal(o[2].position, o[0].position);
	assert_memory_equal(&o[2].outcome, &o[0].outcome, sizeof(out));
	o[0].command.organisation = 4; /* another organisation's key of the same bytes */
	assert_int_equal(desk_gate_do(l->gate, 0, o, 1), ERR_OK);
	assert_false(o[0].repeated);
	assert_int_equal(o[0].outcome.refusal, DESK_REFUSED_OTHER_OPEN);
	o[1].command.roles = 1u << ROLE_MEDIA;
	o[1].keyed = false;
	assert_int_equal(desk_gate_do(l->gate, 0, &o[1], 1), ERR_OK);
	assert_int_equal(o[1].outcome.refusal, DESK_REFUSED_ROLE);
	assert_int_equal(registry_outcome(l->registry, o[1].position, &out), ERR_OK);
	assert_int_equal(out.refusal, DESK_REFUSED_ROLE);
	calls(l, "13800138000");
	assert_int_equal(projector_wait(l->projector, shard_next(l->j.shard) - 1, &out), ERR_ABSENT); /* an event */
	assert_int_equal(cards(l), 3);
	writer_counts(l->writer, &w);
	assert_int_equal(w.commands, 5);
	assert_int_equal(w.events, 2);
	assert_int_equal(w.repeated, 0);
	judge(l);
}

struct worker {
	struct life *l;
	uint32_t number;
	uint32_t refused;
};

static void *work(void *arg)
{
	struct worker *w = arg;
	struct desk_order o[3], again;
	struct desk_outcome out;

	for (uint32_t i = 0; i < ROUNDS; i++) {
		enum err e;

		for (uint32_t k = 0; k < 3; k++)
			open_card(&o[k], 1000 * w->number + 3 * i + k + 1);
		e = desk_gate_do(w->l->gate, w->number, o, 3);
		if (e == ERR_STOPPED || e == ERR_CAP) { /* the same keys again ask what came of it */
			w->refused++;
			i--;
			sched_yield();
			continue;
		}
		if (e != ERR_OK)
			return w;
		for (uint32_t k = 0; k < 3; k++)
			if (registry_outcome(w->l->registry, o[k].position, &out) != ERR_OK || out.object != o[k].outcome.object ||
			    out.refusal != DESK_OK)
				return w;
		again = o[1];
		e = desk_gate_do(w->l->gate, w->number, &again, 1);
		if (e == ERR_OK && (!again.repeated || again.position != o[1].position))
			return w;
	}
	return NULL;
}

static void many(struct life *l)
{
	pthread_t thread[THREADS];
	struct worker w[THREADS];
	char caller[16];

	for (uint32_t i = 0; i < THREADS; i++) {
		w[i] = (struct worker){ l, i + 1, 0 };
		assert_int_equal(pthread_create(&thread[i], NULL, work, &w[i]), 0);
	}
	for (uint32_t i = 0; i < ROUNDS; i++) {
		snprintf(caller, sizeof(caller), "1380013%04u", i);
		calls(l, caller);
	}
	for (uint32_t i = 0; i < THREADS; i++) {
		void *wrong;

		pthread_join(thread[i], &wrong);
		assert_null(wrong);
	}
}

static void test_many(void **state)
{
	struct life *l = *state;

	many(l);
	judge(l);
	assert_int_equal(cards(l), THREADS * ROUNDS * 3 + ROUNDS);
}

static void test_failing(void **state)
{
	struct life *l = *state;
	struct projector_counts c;
	uint64_t seed = test_seed(11);

	sqlite_fail_chance(20000, seed);
	many(l);
	sqlite_fail_chance(0, 0);
	judge(l);
	assert_int_equal(cards(l), THREADS * ROUNDS * 3 + ROUNDS);
	projector_counts(l->projector, &c);
	assert_true(c.failures > 0 && said > 0);
	assert_int_equal(c.unread, 0);
}

static void test_killed(void **state)
{
	struct life *l = *state;
	struct desk_order o;
	struct desk_outcome out;

	many(l);
	stop(l); /* wherever it was */
	start(l);
	open_card(&o, 1001);
	assert_int_equal(desk_gate_do(l->gate, 0, &o, 1), ERR_OK);
	assert_true(o.repeated);
	assert_int_equal(o.outcome.refusal, DESK_OK);
	assert_int_equal(registry_outcome(l->registry, o.position, &out), ERR_OK);
	judge(l);
	assert_int_equal(cards(l), THREADS * ROUNDS * 3 + ROUNDS);
}

static void committed(void *ctx, uint64_t position)
{
	atomic_store((_Atomic uint64_t *)ctx, position);
}

/* Whoever waits when it stops is told, and a listener that left is not called. */
static void test_stops(void **state)
{
	struct life *l = *state;
	_Atomic uint64_t seen = 0;
	struct projector_listener listener = { .committed = committed, .ctx = &seen };
	struct desk_outcome out;
	struct desk_order o;

	projector_listen(l->projector, &listener);
	open_card(&o, 5);
	assert_int_equal(desk_gate_do(l->gate, 0, &o, 1), ERR_OK);
	while (seen < o.position) /* it is told behind those who wait */
		sched_yield();
	projector_unlisten(l->projector, &listener);
	seen = 0;
	open_card(&o, 6);
	assert_int_equal(desk_gate_do(l->gate, 0, &o, 1), ERR_OK);
	assert_int_equal(seen, 0);
	projector_stop(l->projector);
	assert_int_equal(projector_wait(l->projector, o.position + 1, &out), ERR_STOPPED);
	assert_int_equal(projector_wait(l->projector, o.position, &out), ERR_OK);
	open_card(&o, 7);
	assert_int_equal(desk_gate_do(l->gate, 0, &o, 1), ERR_STOPPED); /* journaled, and not applied */
	start_again(l);
	assert_int_equal(desk_gate_do(l->gate, 0, &o, 1), ERR_OK);
	assert_true(o.repeated);
	assert_int_equal(o.outcome.refusal, DESK_OK);
}

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
	settled(l);
	assert_int_equal(l->j.n_alerts, 2);
	assert_int_equal(projecting_labels(l->registry, &message), ERR_OK);
	assert_true(message > 0);
	stop(l);
	unlink(l->registry_path);
	start(l);
	settled(l);
	labels = start_labels(l);
	found_at(l, 3);
	assert_int_equal(told(labels, 1), 1);
	settled(l);
	labels_counts(labels, &c);
	assert_int_equal(c.told + c.repeated, 1);
	labels_stop(labels);
	engine_stats(shard_engine(l->j.shard), &engine);
	assert_int_equal(engine.accepted, 3);
	judge(l);
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
	open_registry(path, &o.registry);
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
		many(l);
		assert_true(writer_do(l->writer, adopt_again, l));
		settled(l);
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

	many(l);
	assert_true(writer_do(l->writer, adopt_again, l));
	settled(l);
	assert_true(writer_stop(l->writer));
	assert_int_equal(shard_expire(l->j.shard, INT64_MAX, UINT64_MAX, &removed), ERR_OK);
	assert_true(removed > 0);
	projector_stop(l->projector);
	writer_free(l->writer);
	desk_gate_free(l->gate);
	projector_free(l->projector);
	registry_close(l->registry);
	unlink(l->registry_path);
	said = 0;
	start(l);
	settled(l);
	assert_int_equal(journal_segments(&l->j.disk, &first, &n), ERR_OK);
	assert_true(first[0] > 1);
	assert_int_equal(said, 1);
	mem_free(first);
	projector_counts(l->projector, &c);
	assert_int_equal(c.position + 1, shard_next(l->j.shard));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(test_gate, set_up, tear_down),
		                                cmocka_unit_test_setup_teardown(test_many, set_up, tear_down),
		                                cmocka_unit_test_setup_teardown(test_failing, set_up, tear_down),
		                                cmocka_unit_test_setup_teardown(test_killed, set_up, tear_down),
		                                cmocka_unit_test_setup_teardown(test_stops, set_up, tear_down),
		                                cmocka_unit_test_setup_teardown(test_labels, set_up, tear_down),
		                                cmocka_unit_test_setup_teardown(test_letting_go, set_up, tear_down),
		                                cmocka_unit_test_setup_teardown(test_no_beginning, set_up, tear_down) };

	sqlite_faults_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
