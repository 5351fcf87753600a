/* test_shard.c - every allocation of a short life fails once: opening, events, lists, a snapshot, another policy in three steps, opening again. No crash, no
 * leak (under ASan); what was acknowledged before is there afterwards. */
#include "tests/test.h"
#include "base/clock.h"
#include "base/mem.h"
#include "event/event_build.h"
#include "shard/fill.h"
#include "shard/shard.h"
#include "tests/sim/disk_virtual.h"

enum {
	EVENTS = 24
};

static const struct hash_key key = { { 5 } };
static const char policy_a[] =
	"entity phone\nevent call { caller: phone, callee: phone }\nlist \"a\" of phone from \"a.csv\"\n"
	"rule often on call about caller when count(call by caller over 1h) >= 3 then alert red, score 5 because \"often\"\n";
static const char policy_b[] =
	"entity phone\nevent call { caller: phone, callee: phone }\nlist \"a\" of phone from \"a.csv\"\n"
	"rule rare on call about callee when count(call by callee over 1h) >= 9 then alert blue, score 1 because \"rare\"\n";

struct life {
	struct disk disk;
	struct shard_options o;
	struct buf a, b;
	struct event event[EVENTS];
	char bytes[EVENTS][EVENT_BUILD_BYTES];
	uint64_t acknowledged; /* positions below */
};

static enum err no_zone(void *ctx, struct arena *a, struct text name, struct text *out)
{
	(void)ctx;
	(void)a;
	(void)name;
	(void)out;
	return ERR_ABSENT;
}

static void prepare(struct life *l, struct disk_virtual *v)
{
	static struct policy policy;
	struct policy_file a = { TEXT("a.dk"), TEXT(policy_a) }, b = { TEXT("b.dk"), TEXT(policy_b) };
	struct buf errors;

	memset(l, 0, sizeof(*l));
	buf_init(&errors, 1 << 16);
	assert_int_equal(policy_load(&policy, &a, 1, no_zone, NULL, &errors), ERR_OK);
	for (uint32_t i = 0; i < EVENTS; i++) {
		struct event_builder eb = {
			.schema = &policy.schema, .key = &key, .bytes = l->bytes[i], .cap = EVENT_BUILD_BYTES
		};
		char time[32];
		struct event_pair p[] = { { TEXT("event"), TEXT("call") },
			                      { TEXT("time"), TEXT("") },
			                      { TEXT("caller"), i % 2 ? TEXT("13800138000") : TEXT("13800138001") },
			                      { TEXT("callee"), TEXT("13900139000") } };
		struct text wrong;

		snprintf(time, sizeof(time), "%lld", (long long)((1772409600 + i) * US_PER_SECOND));
		p[1].value = text_z(time);
		assert_int_equal(event_build(&eb, p, ARRAY_LEN(p), &l->event[i], &wrong), BAD_NONE);
	}
	policy_release(&policy);
	buf_release(&errors);
	buf_init(&l->a, 1 << 16);
	buf_init(&l->b, 1 << 16);
	edition_put_files(&l->a, &a, 1);
	edition_put_files(&l->b, &b, 1);
	l->disk = disk_virtual_disk(v);
	l->o = (struct shard_options){ .disk = &l->disk,
		                           .key = &key,
		                           .read_zone = no_zone,
		                           .lateness_us = US_PER_HOUR,
		                           .engine = { .state_bytes_max = 1 << 20, .entities_max = 1024 },
		                           .segment_bytes_max = 2000,
		                           .snapshots_kept = 2,
		                           .evidence_max = 3,
		                           .policy = buf_view(&l->a) };
}

static enum err some_events(struct life *l, struct shard *s, uint32_t from, uint32_t n)
{
	struct shard_item item[EVENTS];
	enum err e;

	for (uint32_t i = 0; i < n; i++) {
		item[i] = (struct shard_item){ .event = &l->event[from + i], .keyed = true };
		item[i].key[0] = (unsigned char)(from + i);
	}
	e = shard_apply(s, item, n);
	if (e == ERR_OK)
		l->acknowledged = shard_next(s);
	return e;
}

static enum err some_lists(struct life *l, struct shard *s, int64_t until_us)
{
	struct shard_entry e[] = { { .ident = &l->event[0].ident[0], .until_us = until_us },
		                       { .ident = &l->event[1].ident[0], .until_us = INT64_MAX } };
	struct shard_act act = { .time_us = 1, .payload = TEXT("{\"act\":\"list\"}") };

	return shard_lists(s, TEXT("a"), e, ARRAY_LEN(e), &act);
}

/* Another policy in three steps, with events and lists in between. What fails before the last step harms nobody. */
static enum err change(struct life *l, struct shard *s, struct buf *why)
{
	struct shard_act act = { .time_us = 1, .payload = TEXT("{\"act\":\"policy\"}") };
	struct shard_draft draft;
	struct fill_options o;
	struct fill *f = NULL;
	enum err e = shard_draft(s, buf_view(&l->b), &draft);

	shard_fill_options(s, &o);
	if (e == ERR_OK)
		e = fill_open(&f, &o, &draft, why);
	shard_draft_release(&draft);
	if (e == ERR_OK)
		e = fill_on(f, shard_next(s), 7, why);
	assert_false(shard_dead(s));
	if (e == ERR_OK)
		e = some_lists(l, s, 0);
	if (e == ERR_OK)
		e = some_events(l, s, EVENTS / 2 - 4, 4);
	if (e == ERR_OK)
		e = fill_on(f, shard_next(s), UINT64_MAX, why);
	if (e == ERR_OK)
		e = shard_adopt(s, f, &act, why);
	fill_free(f);
	return e;
}

/* As the service does it, where the middle step runs in a forked child: that one neither allocates nor frees, and lists no folder (which allocates). */
static enum err snapshot_in_steps(struct life *l, struct shard *s)
{
	enum err (*list)(void *ctx, const char *folder, void (*visit)(void *ctx, const char *name), void *visit_ctx) =
		l->disk.list;
	enum err e = shard_snapshot_begin(s);
	uint64_t allocated = mem_count();
	int64_t alive = mem_live();

	if (e != ERR_OK)
		return e;
	l->disk.list = NULL;
	e = shard_snapshot_write(s);
	l->disk.list = list;
	assert_int_equal(mem_count(), allocated);
	assert_int_equal(mem_live(), alive);
	shard_snapshot_end(s);
	return e;
}

/* True: all of it went well. */
static bool live(struct life *l)
{
	struct shard_found found;
	struct shard *s = NULL;
	struct buf why;
	enum err e;

	buf_init(&why, 1 << 16);
	e = shard_open(&s, &l->o, &found, &why);
	for (uint32_t i = 0; e == ERR_OK && i < EVENTS / 2 - 4; i += 4)
		e = some_events(l, s, i, 4);
	if (e == ERR_OK)
		e = some_lists(l, s, 77);
	if (e == ERR_OK)
		e = snapshot_in_steps(l, s);
	if (e == ERR_OK)
		e = change(l, s, &why);
	for (uint32_t i = EVENTS / 2; e == ERR_OK && i < EVENTS; i += 4)
		e = some_events(l, s, i, 4);
	if (s != NULL)
		shard_close(s);
	s = NULL;
	if (e == ERR_OK)
		e = shard_open(&s, &l->o, &found, &why);
	if (e == ERR_OK)
		shard_close(s);
	buf_release(&why);
	return e == ERR_OK;
}

static void test_every_allocation_fails_once(void **state)
{
	static struct life l;
	uint64_t total = 0, failed = 0, step = 100 / test_cases(100);

	(void)state;
	for (uint64_t n = 0; n == 0 || n <= total; n += n == 0 ? 1 : step) {
		struct disk_virtual *v = disk_virtual_new(1);
		struct shard_found found;
		struct shard *s;
		struct buf why;
		bool ok;

		prepare(&l, v);
		buf_init(&why, 1 << 16);
		mem_fail_at(n);
		ok = live(&l);
		if (n == 0)
			total = mem_count();
		mem_fail_at(0);
		assert_true(ok || n > 0);
		failed += !ok;
		if (shard_open(&s, &l.o, &found, &why) != ERR_OK)
			fail_msg("allocation %llu: %s", (unsigned long long)n, why.p ? why.p : "");
		assert_true(shard_next(s) >= l.acknowledged);
		shard_close(s);
		buf_release(&why);
		buf_release(&l.a);
		buf_release(&l.b);
		disk_virtual_free(v);
	}
	print_message("%llu allocations, %llu of the lives ended with an error\n", (unsigned long long)total,
	              (unsigned long long)failed);
	assert_true(failed > 10);
}

/* ---- a list changes, and each allocation on the way fails once: it is refused, everything is as it was, and the service goes on ---- */

enum {
	ENTRIES = 300 /* the list grows on the way, and so do buffers */
};

static void phones(struct ident *id)
{
	static char plain[EVENT_IDENT_MAX];
	const char *why;

	for (uint32_t i = 0; i < ENTRIES; i++) {
		char z[32];

		snprintf(z, sizeof(z), "1371%07u", i);
		assert_int_equal(ident_make(&key, IDENT_PHONE, 0, IDENT_STRICT, text_z(z), plain, &id[i], &why), ERR_OK);
		id[i].plain = TEXT("");
	}
}

/* Some new, some other, some that go, one twice. */
static void entries(const struct ident *id, struct shard_entry *e)
{
	for (uint32_t i = 0; i < ENTRIES; i++)
		e[i] = (struct shard_entry){ .ident = &id[i], .until_us = i % 7 == 3 ? 0 : i % 5 ? INT64_MAX : 99 };
	e[17].ident = e[16].ident;
}

static uint64_t sum(const struct shard *s, const struct ident *id)
{
	uint64_t n = engine_list_count(shard_engine(s), 0);

	for (uint32_t i = 0; i < ENTRIES; i++) {
		int64_t until_us = 0;

		if (engine_list_until(shard_engine(s), 0, id[i].token, 0, &until_us))
			n = n * 31 + (uint64_t)until_us + i;
	}
	return n;
}

static void test_a_list_that_can_not_change(void **state)
{
	static struct life l;
	static struct ident id[ENTRIES];
	static struct shard_entry e[ENTRIES];
	uint64_t failed = 0, at_last;
	struct disk_virtual *v = disk_virtual_new(1);
	struct shard_act act = { .time_us = 1, .payload = TEXT("{\"act\":\"list\"}") };
	struct shard_found found;
	struct shard *s;
	struct buf why;

	(void)state;
	prepare(&l, v);
	buf_init(&why, 1 << 16);
	phones(id);
	assert_int_equal(shard_open(&s, &l.o, &found, &why), ERR_OK);
	assert_int_equal(some_events(&l, s, 0, 8), ERR_OK);
	entries(id, e);
	assert_int_equal(shard_lists(s, TEXT("a"), e, 20, &act), ERR_OK); /* some are there before */
	for (uint64_t n = 1;; n++) {
		uint64_t next = shard_next(s), before = sum(s, id), now;
		unsigned char chain[JOURNAL_CHAIN_BYTES], after[JOURNAL_CHAIN_BYTES];
		enum err err;

		entries(id, e);
		shard_chain(s, chain);
		mem_fail_at(n);
		err = shard_lists(s, TEXT("a"), e, ENTRIES, &act);
		now = mem_count();
		mem_fail_at(0);
		if (err == ERR_OK) {
			assert_true(now < n); /* none failed any more */
			break;
		}
		failed++;
		assert_int_equal(err, ERR_MEMORY);
		assert_false(shard_dead(s));
		assert_int_equal(shard_next(s), next);
		shard_chain(s, after);
		assert_memory_equal(chain, after, sizeof(chain));
		assert_int_equal(sum(s, id), before);
		assert_int_equal(some_events(&l, s, 8, 1), ERR_OK); /* it goes on */
	}
	assert_true(failed >= 3);
	at_last = sum(s, id);
	shard_close(s);
	assert_int_equal(shard_open(&s, &l.o, &found, &why), ERR_OK);
	assert_int_equal(sum(s, id), at_last); /* and a recovery finds the same */
	shard_close(s);
	buf_release(&why);
	buf_release(&l.a);
	buf_release(&l.b);
	disk_virtual_free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_every_allocation_fails_once),
		                                cmocka_unit_test(test_a_list_that_can_not_change) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
