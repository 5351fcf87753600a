/* desk_service.c - see desk_service.h. */
#include "tests/test.h"
#include "tests/unit/desk_service.h"
#include <ftw.h>
#include <pthread.h>
#include <sched.h>
#include <sodium.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/mem.h"
#include "desk/card.h"

static _Atomic int64_t now_us;
_Atomic uint32_t service_said;

static int64_t clock_us(void)
{
	return now_us;
}

static void tell(const char *line)
{
	(void)line;
	service_said++;
}

static void decided(void *ctx, uint64_t next)
{
	projector_upto(ctx, next);
}

void service_registry(const char *path, struct registry **r)
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

void service_start(struct life *l)
{
	struct writer_options wo = { .shard = l->j.shard, .log = l->j.log, .live = l->live, .now_us = clock_us };

	service_registry(l->registry_path, &l->registry);
	start_projector(l);
	wo.decided = decided;
	wo.ctx = l->projector;
	projector_upto(l->projector, shard_next(l->j.shard));
	assert_int_equal(writer_start(&l->writer, &wo), ERR_OK);
	assert_int_equal(desk_gate_new(&l->gate, l->writer, l->projector, clock_us), ERR_OK);
}

void service_stop(struct life *l)
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
void service_start_again(struct life *l)
{
	assert_true(writer_stop(l->writer));
	writer_free(l->writer);
	desk_gate_free(l->gate);
	projector_free(l->projector);
	registry_close(l->registry);
	service_start(l);
}

int service_set_up(void **state)
{
	struct life *l = mem_alloc(sizeof(*l));
	struct in_force *f = in_force_new();
	struct buf why;

	assert_true(sodium_init() >= 0);
	buf_init(&why, 4096);
	snprintf(l->folder, sizeof(l->folder), "/tmp/duanka-projector-XXXXXX");
	assert_non_null(mkdtemp(l->folder));
	desk_journal_open(&l->j, l->folder);
	now_us = l->j.now_us;
	snprintf(l->registry_path, sizeof(l->registry_path), "%s/registry.sqlite", l->folder);
	assert_int_equal(alertlog_open(&l->j.log, &l->j.disk, 0, &why), ERR_OK);
	buf_release(&why);
	config_default(&f->config);
	f->config.tick_us = f->config.snapshot_us = INT64_MAX;
	assert_int_equal(live_new(&l->live, f), ERR_OK);
	service_start(l);
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

int service_tear_down(void **state)
{
	struct life *l = *state;

	if (l->projector != NULL)
		service_stop(l);
	alertlog_close(l->j.log);
	desk_journal_close(&l->j);
	live_free(l->live);
	nftw(l->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	mem_free(l);
	return 0;
}

/* ---- what is done ---- */

void service_card(struct desk_order *o, uint64_t key)
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
void service_calls(struct life *l, const char *caller)
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
void service_settled(struct life *l)
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

void service_judge(struct life *l)
{
	unsigned char ours[REGISTRY_DIGEST_BYTES], theirs[REGISTRY_DIGEST_BYTES];
	struct projector_log log;
	struct projecting_options o = { .journal = &l->j.disk, .alerts = projector_alerts(&log, l->j.log) };
	struct projecting *p;
	struct projector_counts c;
	char path[96];
	uint64_t begins;
	bool more = true;

	service_settled(l);
	projector_counts(l->projector, &c);
	snprintf(path, sizeof(path), "%s/judge.sqlite", l->folder);
	unlink(path);
	service_registry(path, &o.registry);
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

uint64_t service_cards(struct life *l)
{
	struct registry_query q = { .kind = DESK_CARD };
	uint64_t n = 0;

	assert_int_equal(registry_count(l->registry, &q, 1 << 20, &n), ERR_OK);
	return n;
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

	for (uint32_t i = 0; i < SERVICE_ROUNDS; i++) {
		enum err e;

		for (uint32_t k = 0; k < 3; k++)
			service_card(&o[k], 1000 * w->number + 3 * i + k + 1);
		e = desk_gate_do(w->l->gate, w->number, o, 3);
		if (e != ERR_OK && e != ERR_ABSENT) { /* the same keys again ask what came of it */
			w->refused++;
			i--;
			sched_yield();
			continue;
		}
		if (e != ERR_OK)
			return w;
		for (uint32_t k = 0; k < 3; k++) {
			do /* reading fails by chance, too */
				e = registry_outcome(w->l->registry, o[k].position, &out);
			while (e != ERR_OK && e != ERR_ABSENT);
			if (e != ERR_OK || out.object != o[k].outcome.object || out.refusal != DESK_OK)
				return w;
		}
		again = o[1];
		e = desk_gate_do(w->l->gate, w->number, &again, 1);
		if (e == ERR_OK && (!again.repeated || again.position != o[1].position))
			return w;
	}
	return NULL;
}

void service_many(struct life *l)
{
	pthread_t thread[SERVICE_THREADS];
	struct worker w[SERVICE_THREADS];
	uint32_t n_wrong = 0;
	char caller[16];

	for (uint32_t i = 0; i < SERVICE_THREADS; i++) {
		w[i] = (struct worker){ l, i + 1, 0 };
		assert_int_equal(pthread_create(&thread[i], NULL, work, &w[i]), 0);
	}
	for (uint32_t i = 0; i < SERVICE_ROUNDS; i++) {
		snprintf(caller, sizeof(caller), "1380013%04u", i);
		service_calls(l, caller);
	}
	for (uint32_t i = 0; i < SERVICE_THREADS; i++) { /* all of them, before any is judged: they use the service */
		void *wrong;

		pthread_join(thread[i], &wrong);
		n_wrong += wrong != NULL;
	}
	assert_int_equal(n_wrong, 0);
}
