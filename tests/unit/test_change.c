/* test_change.c - a policy takes the place of another: how far behind it may be, who comes first, which lists it begins with, records of lists as older versions
 * wrote them, and what is refused without harm. Whole lives with crashes are in tests/sim. */
#include "tests/test.h"
#include "base/clock.h"
#include "base/mem.h"
#include "event/event_build.h"
#include "journal/record_int.h"
#include "shard/fill.h"
#include "shard/shard.h"
#include "tests/sim/disk_virtual.h"

enum {
	START_S = 1772409600
};

static const struct hash_key key = { { 8 } };
static const char schema[] = "entity phone, account\nevent call { caller: phone, callee: phone, words: text? }\n";
static const char with_a[] =
	"list \"a\" of phone from \"a.csv\"\n"
	"rule r on call about caller when caller in list \"a\" then alert red, score 1 because \"a\"\n";
static const char with_b[] =
	"list \"b\" of text from \"b.csv\"\n"
	"rule r on call about caller when words in list \"b\" then alert red, score 2 because \"b\"\n";
static const char with_a_of_text[] =
	"list \"a\" of text from \"a.csv\"\n"
	"rule r on call about caller when words in list \"a\" then alert red, score 3 because \"a\"\n";
static const char greedy[] =
	"rule r on call about caller when distinct(callee by caller over 30d) > 9 and sum(1 by callee over 30d) > 0\n"
	"  then alert red because \"many\"\n";

struct world {
	struct disk_virtual *v;
	struct disk disk;
	struct shard_options o;
	struct buf first; /* payload that it begins with */
	struct shard *shard;
	struct policy policy;
	uint64_t told; /* alerts */
	uint32_t at;   /* events made */
};

static enum err no_zone(void *ctx, struct arena *a, struct text name, struct text *out)
{
	(void)ctx;
	(void)a;
	(void)name;
	(void)out;
	return ERR_ABSENT;
}

static void payload(struct buf *b, const char *rules)
{
	struct policy_file f[] = { { TEXT("0.dk"), TEXT(schema) }, { TEXT("1.dk"), text_z(rules) } };

	buf_init(b, RECORD_PAYLOAD_MAX);
	edition_put_files(b, f, ARRAY_LEN(f));
}

static void hear(void *ctx, uint64_t position, struct text line)
{
	(void)position;
	(void)line;
	++*(uint64_t *)ctx;
}

static void open_shard(struct world *w)
{
	struct shard_found found;
	struct buf why;

	buf_init(&why, 1 << 16);
	if (shard_open(&w->shard, &w->o, &found, &why) != ERR_OK)
		fail_msg("%s", why.p);
	buf_release(&why);
}

static void world_make(struct world *w, const char *rules)
{
	struct policy_file f = { TEXT("0.dk"), TEXT(schema) };
	struct buf errors;

	memset(w, 0, sizeof(*w));
	buf_init(&errors, 1 << 16);
	assert_int_equal(policy_load(&w->policy, &f, 1, no_zone, NULL, &errors), ERR_OK);
	buf_release(&errors);
	payload(&w->first, rules);
	w->v = disk_virtual_new(1);
	w->disk = disk_virtual_disk(w->v);
	w->o = (struct shard_options){ .disk = &w->disk,
		                           .key = &key,
		                           .read_zone = no_zone,
		                           .lateness_us = US_PER_HOUR,
		                           .now_us = START_S * US_PER_SECOND,
		                           .engine = { .state_bytes_max = 1 << 20, .entities_max = 200000 },
		                           .snapshots_kept = 2,
		                           .evidence_max = 3,
		                           .policy = buf_view(&w->first),
		                           .alert = hear,
		                           .ctx = &w->told };
}

static void world_release(struct world *w)
{
	shard_close(w->shard);
	disk_virtual_free(w->v);
	buf_release(&w->first);
	policy_release(&w->policy);
}

static void phone(struct ident *id, uint32_t number)
{
	static char plain[EVENT_IDENT_MAX];
	const char *why;
	char z[32];

	snprintf(z, sizeof(z), "1380%07u", number);
	assert_int_equal(ident_make(&key, IDENT_PHONE, 0, IDENT_STRICT, text_z(z), plain, id, &why), ERR_OK);
	id->plain = TEXT("");
}

/* One call from a number; its score, or -1 without an alert. */
static int64_t call(struct world *w, uint32_t caller, const char *words)
{
	char bytes[EVENT_BUILD_BYTES], time[32], from[32];
	struct event_builder b = { .schema = &w->policy.schema, .key = &key, .bytes = bytes, .cap = sizeof(bytes) };
	struct event_pair p[] = { { TEXT("event"), TEXT("call") },
		                      { TEXT("time"), TEXT("") },
		                      { TEXT("caller"), TEXT("") },
		                      { TEXT("callee"), TEXT("13900139000") },
		                      { TEXT("words"), text_z(words) } };
	struct event e;
	struct shard_item item = { .event = &e };
	struct text wrong;

	snprintf(time, sizeof(time), "%lld", (long long)((START_S + w->at++) * US_PER_SECOND));
	snprintf(from, sizeof(from), "1380%07u", caller);
	p[1].value = text_z(time);
	p[2].value = text_z(from);
	assert_int_equal(event_build(&b, p, ARRAY_LEN(p), &e, &wrong), BAD_NONE);
	assert_int_equal(shard_apply(w->shard, &item, 1), ERR_OK);
	return item.answer.n_alerts == 0 ? -1 : item.answer.score;
}

static void ticks(struct world *w, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(shard_note(w->shard, RECORD_TICK, START_S * US_PER_SECOND, 0, TEXT("")), ERR_OK);
}

static struct fill *begin(struct world *w, const char *rules)
{
	struct fill_options o;
	struct shard_draft d;
	struct fill *f;
	struct buf b, why;

	buf_init(&why, 1 << 16);
	payload(&b, rules);
	shard_fill_options(w->shard, &o);
	assert_int_equal(shard_draft(w->shard, buf_view(&b), &d), ERR_OK);
	if (fill_open(&f, &o, &d, &why) != ERR_OK)
		fail_msg("%s", why.p);
	shard_draft_release(&d);
	buf_release(&b);
	buf_release(&why);
	return f;
}

static enum err adopt(struct world *w, struct fill *f, struct buf *why)
{
	struct shard_act act = { .time_us = START_S * US_PER_SECOND, .payload = TEXT("{\"act\":\"policy\"}") };

	buf_init(why, 1 << 16);
	return shard_adopt(w->shard, f, &act, why);
}

static enum err set(struct world *w, const char *list, struct shard_entry *e, uint32_t n)
{
	struct shard_act act = { .time_us = START_S * US_PER_SECOND, .payload = TEXT("{\"act\":\"list\"}") };

	return shard_lists(w->shard, text_z(list), e, n, &act);
}

static uint32_t count_of(struct world *w, const char *list)
{
	const struct policy *p = shard_policy_in_force(w->shard);

	for (uint32_t i = 0; i < p->n_lists; i++)
		if (text_eq(p->list[i].name, text_z(list)))
			return engine_list_count(shard_engine(w->shard), i);
	fail();
	return 0;
}

static void change(struct world *w, const char *rules)
{
	struct shard_act act = { .time_us = START_S * US_PER_SECOND };
	struct buf b, why;

	payload(&b, rules);
	buf_init(&why, 1 << 16);
	if (shard_policy(w->shard, buf_view(&b), &act, &why) != ERR_OK)
		fail_msg("%s", why.p);
	buf_release(&b);
	buf_release(&why);
}

static void reopen(struct world *w)
{
	shard_close(w->shard);
	open_shard(w);
}

static void test_how_far_behind(void **state)
{
	static struct world w;
	struct fill *f;
	struct buf why;
	uint64_t before;

	(void)state;
	world_make(&w, with_a);
	open_shard(&w);
	ticks(&w, SHARD_CATCH_UP_MAX);
	before = shard_next(w.shard);
	f = begin(&w, with_b);
	assert_int_equal(adopt(&w, f, &why), ERR_LATE);
	assert_int_equal(shard_next(w.shard), before); /* nothing has changed */
	buf_release(&why);
	assert_int_equal(fill_on(f, before, 3, &why), ERR_OK);
	assert_int_equal(adopt(&w, f, &why), ERR_OK);
	assert_int_equal(shard_next(w.shard), before + 3); /* ACT, POLICY, SCHEMA */
	assert_int_equal(shard_edition(w.shard)->position, before + 1);
	buf_release(&why);
	fill_free(f);
	world_release(&w);
}

static void test_who_comes_first(void **state)
{
	static struct world w;
	struct fill *f, *late;
	struct buf why;
	uint32_t n;
	const struct shard_version *v;

	(void)state;
	world_make(&w, with_a);
	open_shard(&w);
	f = begin(&w, with_b);
	late = begin(&w, with_a);
	assert_int_equal(adopt(&w, f, &why), ERR_OK);
	buf_release(&why);
	assert_int_equal(adopt(&w, late, &why), ERR_ABSENT);
	assert_non_null(strstr(why.p, "came in between"));
	assert_false(shard_dead(w.shard));
	v = shard_versions(w.shard, &n);
	assert_int_equal(n, 2);
	assert_null(v[0].act);
	assert_text(text_of(v[1].act, v[1].act_n), "{\"act\":\"policy\"}");
	buf_release(&why);
	fill_free(f);
	fill_free(late);
	world_release(&w);
}

/* Entries from a file count only for a list that the journal does not know; a list that a policy does not declare is kept for one that does again. */
static void test_lists_are_carried(void **state)
{
	static struct world w;
	struct ident id[2];
	struct shard_entry e[] = { { .ident = &id[0], .until_us = INT64_MAX }, { .ident = &id[1], .until_us = 0 } };
	struct list a = { TEXT("a"), TEXT("a.csv"), { .dim = DIM_ENTITY, .entity = 0 }, { 0 } };
	struct list b = { TEXT("b"), TEXT("b.csv"), { .dim = DIM_TEXT }, { 0 } };
	struct shard_act act = { .time_us = 1 };
	struct buf next, why;

	(void)state;
	phone(&id[0], 1);
	phone(&id[1], 2);
	world_make(&w, with_a);
	shard_list_put(&w.first, &a, &id[1], 0, INT64_MAX);
	w.o.policy = buf_view(&w.first);
	open_shard(&w);
	assert_int_equal(call(&w, 2, ""), 1);
	assert_int_equal(set(&w, "a", e, 2), ERR_OK);
	assert_int_equal(e[0].outcome, SHARD_ENTRY_CHANGED);
	assert_int_equal(e[1].outcome, SHARD_ENTRY_CHANGED);
	assert_int_equal(set(&w, "b", e, 1), ERR_ABSENT);
	payload(&next, with_b);
	shard_list_put(&next, &a, &id[1], 0, INT64_MAX);                                   /* known: does not count */
	shard_list_put(&next, &b, NULL, hash_fingerprint(&key, TEXT("prize")), INT64_MAX); /* new: counts */
	buf_init(&why, 1 << 16);
	assert_int_equal(shard_policy(w.shard, buf_view(&next), &act, &why), ERR_OK);
	assert_int_equal(count_of(&w, "b"), 1);
	assert_int_equal(call(&w, 1, "prize"), 2);
	reopen(&w);
	change(&w, with_a_of_text); /* a list of that name, but of texts: another list */
	assert_int_equal(count_of(&w, "a"), 0);
	reopen(&w);
	change(&w, with_a);
	assert_int_equal(count_of(&w, "a"), 1);
	assert_int_equal(call(&w, 1, ""), 1);
	assert_int_equal(call(&w, 2, ""), -1);
	change(&w, with_b);
	assert_int_equal(count_of(&w, "b"), 1);
	buf_release(&next);
	buf_release(&why);
	world_release(&w);
}

static void old_list_record(struct buf *b, const struct ident *id, int64_t until_us)
{
	struct record r = { .kind = RECORD_LIST };
	size_t at = b->n;

	record_put(b, &r);
	buf_char(b, 1);
	buf_char(b, 'a');
	record_u64(b, (uint64_t)until_us);
	buf_char(b, 0); /* an entity, of whatever kind the policy says */
	record_ident_put(b, id);
	record_sized(b, at);
}

/* As older versions wrote lists: without the kind, and the longer validity counts. */
static void test_older_records(void **state)
{
	static struct world w;
	struct ident id;

	(void)state;
	phone(&id, 7);
	world_make(&w, with_a);
	old_list_record(&w.first, &id, (START_S + 100) * US_PER_SECOND);
	old_list_record(&w.first, &id, (START_S + 50) * US_PER_SECOND);
	w.o.policy = buf_view(&w.first);
	open_shard(&w);
	w.at = 80;
	assert_int_equal(call(&w, 7, ""), 1);
	w.at = 100;
	assert_int_equal(call(&w, 7, ""), -1);
	reopen(&w);
	change(&w, with_b);
	change(&w, with_a);
	assert_int_equal(count_of(&w, "a"), 1);
	world_release(&w);
}

static void test_too_much(void **state)
{
	static struct world w;
	static struct ident id[SHARD_LIST_CHANGES_MAX];
	static struct shard_entry e[SHARD_LIST_CHANGES_MAX];
	struct fill *f;
	struct buf why;
	enum err err = ERR_OK;

	(void)state;
	world_make(&w, with_a);
	open_shard(&w);
	f = begin(&w, with_a);
	buf_init(&why, 1 << 16);
	for (uint32_t k = 0; k < 15 && err == ERR_OK; k++) {
		for (uint32_t i = 0; i < SHARD_LIST_CHANGES_MAX; i++) {
			phone(&id[i], k * SHARD_LIST_CHANGES_MAX + i);
			e[i] = (struct shard_entry){ .ident = &id[i], .until_us = INT64_MAX };
		}
		assert_int_equal(set(&w, "a", e, SHARD_LIST_CHANGES_MAX), ERR_OK);
		err = fill_on(f, shard_next(w.shard), UINT64_MAX, &why);
	}
	assert_int_equal(err, ERR_CAP); /* more than goes into one batch with the policy */
	assert_non_null(strstr(why.p, "the lists changed too much"));
	fill_free(f);
	assert_int_equal(set(&w, "a", e, SHARD_LIST_CHANGES_MAX + 1), ERR_CAP);
	assert_int_equal(call(&w, 5, ""), 1);
	f = begin(&w, with_a); /* and again, without changes meanwhile */
	assert_int_equal(fill_on(f, shard_next(w.shard), UINT64_MAX, &why), ERR_OK);
	buf_release(&why);
	assert_int_equal(adopt(&w, f, &why), ERR_OK);
	fill_free(f);
	assert_int_equal(call(&w, 5, ""), 1);
	buf_release(&why);
	world_release(&w);
}

/* Windows that do not fit are seen before they count. */
static void test_does_not_fit(void **state)
{
	static struct world w;
	struct fill *f;
	struct buf why;

	(void)state;
	world_make(&w, with_a);
	w.o.engine.state_bytes_max = 1 << 16;
	open_shard(&w);
	for (uint32_t i = 0; i < 3000; i++)
		call(&w, i % 700, "");
	f = begin(&w, with_b);
	buf_init(&why, 1 << 16);
	assert_int_equal(fill_on(f, shard_next(w.shard), UINT64_MAX, &why), ERR_OK);
	assert_true(fill_fits(f));
	fill_free(f);
	f = begin(&w, greedy);
	assert_int_equal(fill_on(f, shard_next(w.shard), UINT64_MAX, &why), ERR_OK);
	assert_false(fill_fits(f));
	assert_int_equal(fill_events(f), 3000);
	fill_free(f);
	buf_release(&why);
	world_release(&w);
}

static uint64_t oldest(struct world *w)
{
	uint64_t *first, at;
	size_t n;

	assert_int_equal(journal_segments(&w->disk, &first, &n), ERR_OK);
	assert_true(n > 0);
	at = first[0];
	mem_free(first);
	return at;
}

/* n days pass, each with a tick and a few calls: a segment a day. */
static void days(struct world *w, uint32_t *day, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		int64_t now_us = START_S * US_PER_SECOND + (int64_t)++ * day * US_PER_DAY;

		assert_int_equal(shard_note(w->shard, RECORD_TICK, now_us, 0, TEXT("")), ERR_OK);
		for (uint32_t k = 0; k < 20; k++)
			call(w, k, "a word");
	}
}

static void see_name(void *ctx, const char *name)
{
	buf_printf(ctx, "snapshot/%s%c", name, 0);
}

static void forget_snapshots(struct world *w)
{
	struct buf names;

	buf_init(&names, 1 << 16);
	assert_int_equal(w->disk.list(w->disk.ctx, "snapshot", see_name, &names), ERR_OK);
	for (size_t at = 0; at < names.n; at += strlen(names.p + at) + 1)
		assert_int_equal(w->disk.remove(w->disk.ctx, names.p + at), ERR_OK);
	buf_release(&names);
}

/* Segments go by age, and only those that no recovery needs: neither from the oldest snapshot nor without one. */
static void test_letting_go(void **state)
{
	static struct world w;
	struct buf why;
	uint32_t removed, day = 0;
	uint64_t before, next;
	int64_t keep_from_us;

	struct fill *f;

	(void)state;
	world_make(&w, with_a);
	w.o.segment_bytes_max = 512;
	open_shard(&w);
	days(&w, &day, 10);
	keep_from_us = START_S * US_PER_SECOND + 8 * US_PER_DAY;
	assert_int_equal(shard_expire(w.shard, keep_from_us, UINT64_MAX, &removed), ERR_OK);
	assert_int_equal(removed, 0); /* no snapshot */
	assert_int_equal(shard_snapshot(w.shard), ERR_OK);
	assert_int_equal(shard_expire(w.shard, keep_from_us, UINT64_MAX, &removed), ERR_OK);
	assert_int_equal(removed, 0); /* the policy in force stands in the first one */
	f = begin(&w, with_b);
	buf_init(&why, 1 << 16);
	assert_int_equal(fill_on(f, shard_next(w.shard), UINT64_MAX, &why), ERR_OK);
	buf_release(&why);
	assert_int_equal(adopt(&w, f, &why), ERR_OK);
	fill_free(f);
	buf_release(&why);
	days(&w, &day, 3);
	before = oldest(&w);
	assert_int_equal(shard_snapshot(w.shard), ERR_OK);
	assert_int_equal(shard_expire(w.shard, INT64_MIN, UINT64_MAX, &removed), ERR_OK);
	assert_int_equal(removed, 0); /* none is old enough */
	assert_int_equal(shard_expire(w.shard, keep_from_us, UINT64_MAX, &removed), ERR_OK);
	assert_true(removed > 0);
	assert_true(oldest(&w) > before);
	next = shard_next(w.shard);
	for (int without = 0; without < 2; without++) { /* it opens from the snapshot, and without one */
		shard_close(w.shard);
		if (without)
			forget_snapshots(&w);
		open_shard(&w);
		assert_true(shard_next(w.shard) == next);
	}
	world_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_how_far_behind),    cmocka_unit_test(test_who_comes_first),
		cmocka_unit_test(test_lists_are_carried), cmocka_unit_test(test_older_records),
		cmocka_unit_test(test_too_much),          cmocka_unit_test(test_does_not_fit),
		cmocka_unit_test(test_letting_go)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
