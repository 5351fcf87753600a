/* test_names.c - lives of a shard with its dictionary: people call, some are erased, keys turn; the power goes under the journal (a simulated disk),
 * SQLite's writes fail, the process starts anew. In the end the journal is read: whoever it names behind their last erasure can be turned
 * back, whoever was erased and did not come again can not, not even by folding the whole journal once more.
 *
 * SEED=n runs life n alone; COUNT=n runs n of them. */
#include "tests/test.h"
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "event/event_build.h"
#include "gateway/names.h"
#include "shard/edition.h"
#include "shard/shard.h"
#include "tests/sim/disk_virtual.h"
#include "tests/sim/sqlite_faults.h"

enum {
	PEOPLE = 30,
	STEPS = 160,
	GROUP = 6
};

static const struct hash_key key = { { 3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3 } };
static const unsigned char master[DICTIONARY_MASTER_BYTES] = "of this test";
static const char policy_text[] =
	"entity phone\nevent call { caller: phone, callee: phone }\n"
	"rule often on call about caller when count(call by caller over 1h) >= 3 then alert red, score 5 because \"often\"\n";
static char folder[] = "/tmp/duanka-names-XXXXXX", path[64];
static int64_t now = 1772409600 * US_PER_SECOND;

struct life {
	uint64_t seed;
	struct rng rng;
	struct disk_virtual *v;
	struct disk disk;
	struct shard_options o;
	struct buf policy;
	struct schema *schema;
	struct shard *shard;
	struct dictionary *d;
	struct names *names;
	struct token token[PEOPLE];
	bool erased[PEOPLE]; /* was said to be, and did not come again since, as far as anybody was told */
	bool known[PEOPLE];  /* an event was acknowledged since */
	uint64_t crashes, erasures, failures, turns, reveals;
};

static int64_t now_us(void)
{
	return now;
}

static enum err no_zone(void *ctx, struct arena *a, struct text name, struct text *out)
{
	(void)ctx;
	(void)a;
	(void)name;
	(void)out;
	return ERR_ABSENT;
}

static void fail_life(const struct life *l, const char *what)
{
	print_message("life SEED=%llu: %s\n", (unsigned long long)l->seed, what);
	fail();
}

static void plain_of(uint64_t who, char z[16])
{
	snprintf(z, 16, "138001380%02llu", (unsigned long long)who);
}

/* ---- starting and dying ---- */

static void remove_dictionary(void)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	char z[80];

	for (size_t i = 0; i < 3; i++) {
		snprintf(z, sizeof(z), "%s%s", path, ends[i]);
		unlink(z);
	}
}

static enum err try_start(struct life *l, struct buf *why)
{
	struct shard_found found;
	bool ahead;
	enum err e = dictionary_open(&l->d, path, master, why);

	if (e == ERR_OK)
		e = names_new(&l->names, l->d, &l->disk, now_us, 1);
	l->o.names_ctx = l->names;
	if (e == ERR_OK)
		e = shard_open(&l->shard, &l->o, &found, why);
	if (e == ERR_OK)
		e = names_begin(l->names, shard_next(l->shard), &ahead);
	return e;
}

static void stop(struct life *l)
{
	shard_close(l->shard);
	names_free(l->names);
	dictionary_close(l->d);
	l->shard = NULL;
	l->names = NULL;
	l->d = NULL;
}

static void start(struct life *l)
{
	struct buf why;
	enum err e;

	buf_init(&why, 1 << 16);
	while ((e = try_start(l, &why)) != ERR_OK) {
		if (e == ERR_FORMAT)
			fail_life(l, why.n > 0 ? why.p : "it does not open");
		l->failures++;
		stop(l);
		disk_virtual_crash(l->v);
		buf_clear(&why);
	}
	buf_release(&why);
}

static void crash(struct life *l)
{
	l->crashes++;
	stop(l);
	disk_virtual_crash(l->v);
	start(l);
}

/* ---- what happens ---- */

struct call {
	struct event event;
	char bytes[EVENT_BUILD_BYTES], time[32], caller[16], callee[16];
	uint64_t who[2];
};

static void make_call(struct life *l, struct call *c)
{
	struct event_builder b = { .schema = l->schema, .key = &key, .bytes = c->bytes, .cap = sizeof(c->bytes) };
	struct text wrong;

	c->who[0] = rng_below(&l->rng, PEOPLE);
	c->who[1] = rng_below(&l->rng, PEOPLE);
	plain_of(c->who[0], c->caller);
	plain_of(c->who[1], c->callee);
	snprintf(c->time, sizeof(c->time), "%lld", (long long)now);
	struct event_pair p[] = { { TEXT("event"), TEXT("call") },
		                      { TEXT("time"), text_z(c->time) },
		                      { TEXT("caller"), text_z(c->caller) },
		                      { TEXT("callee"), text_z(c->callee) } };
	assert_int_equal(event_build(&b, p, ARRAY_LEN(p), &c->event, &wrong), BAD_NONE);
	for (int i = 0; i < 2; i++)
		l->token[c->who[i]] = c->event.ident[i].token;
}

static void calls(struct life *l)
{
	struct call c[GROUP];
	struct shard_item item[GROUP];
	uint32_t n = 1 + (uint32_t)rng_below(&l->rng, GROUP);

	for (uint32_t i = 0; i < n; i++) {
		make_call(l, &c[i]);
		item[i] = (struct shard_item){ .event = &c[i].event };
		/* It may be in the journal and nobody told of it. */
		l->erased[c[i].who[0]] = l->erased[c[i].who[1]] = false;
	}
	if (shard_apply(l->shard, item, n) != ERR_OK) {
		crash(l);
		return;
	}
	for (uint32_t i = 0; i < n; i++)
		l->known[c[i].who[0]] = l->known[c[i].who[1]] = true;
}

struct erasing {
	struct life *l;
	uint64_t who;
	bool died;
};

static enum err act(void *ctx, uint64_t *position)
{
	struct erasing *x = ctx;
	char z[64];

	snprintf(z, sizeof(z), "{\"act\":\"erase\",\"person\":%llu}", (unsigned long long)x->who);
	if (shard_note(x->l->shard, RECORD_ACT, now, 0, text_z(z)) != ERR_OK) {
		x->died = true;
		return ERR_STOPPED;
	}
	names_forget(x->l->names, x->l->token[x->who], 0);
	*position = shard_next(x->l->shard) - 1;
	return ERR_OK;
}

static void erase(struct life *l)
{
	struct erasing x = { .l = l, .who = rng_below(&l->rng, PEOPLE) };
	enum err e = names_erase(l->names, l->token[x.who], 0, act, &x);

	l->known[x.who] = false;
	if (e == ERR_OK || e == ERR_ABSENT) {
		l->erased[x.who] = true;
		l->erasures += e == ERR_OK;
	} else {
		l->failures++;
	}
	if (x.died)
		crash(l);
}

static enum err fence(void *ctx, uint64_t *position)
{
	*position = shard_next(((struct life *)ctx)->shard) - 1;
	return ERR_OK;
}

static void look(struct life *l)
{
	uint64_t who = rng_below(&l->rng, PEOPLE);
	char z[16], plain[DICTIONARY_PLAIN_MAX];
	size_t n;
	enum err e = names_reveal(l->names, shard_next(l->shard), l->token[who], 0, plain, &n);

	l->reveals++;
	plain_of(who, z);
	if (e == ERR_OK && (n != strlen(z) || memcmp(plain, z, n) != 0))
		fail_life(l, "a token turned back into somebody else");
	if (e == ERR_OK && l->erased[who])
		fail_life(l, "somebody erased was shown");
	if (e == ERR_ABSENT && l->known[who])
		fail_life(l, "somebody who called can't be turned back");
	l->failures += e != ERR_OK && e != ERR_ABSENT;
}

static void live(struct life *l)
{
	for (int i = 0; i < STEPS; i++) {
		uint64_t what = rng_below(&l->rng, 100);

		now += (int64_t)rng_below(&l->rng, 2 * (uint64_t)US_PER_HOUR);
		if (what < 50) {
			calls(l);
		} else if (what < 65) {
			l->failures += names_catch_up(l->names, shard_next(l->shard), NULL) != ERR_OK;
		} else if (what < 75) {
			erase(l);
		} else if (what < 88) {
			look(l);
		} else if (what < 92) {
			l->failures += names_turn(l->names, fence, l) != ERR_OK;
			l->turns++;
		} else if (what < 95) {
			l->failures += shard_snapshot(l->shard) != ERR_OK;
		} else {
			crash(l);
		}
	}
}

/* ---- audit ---- */

struct audit {
	uint64_t named[PEOPLE], erased[PEOPLE]; /* positions of the last event and the last erasure */
	struct text packed[STEPS * 2];
	uint32_t n;
};

static void take(struct life *l, struct audit *a, const struct recast *recast, const struct record *r)
{
	struct token token[SCHEMA_IDENTS_MAX];
	uint8_t kind[SCHEMA_IDENTS_MAX];
	unsigned long long who;
	uint32_t n;

	if (r->kind == RECORD_NAMES) {
		char *own = test_malloc(r->payload.n); /* found by cmocka if it is not given back */

		memcpy(own, r->payload.p, r->payload.n);
		a->packed[a->n++] = text_of(own, r->payload.n);
	}
	if (r->kind == RECORD_ACT && sscanf(r->payload.p, "{\"act\":\"erase\",\"person\":%llu", &who) == 1)
		a->erased[who] = r->position;
	if (r->kind != RECORD_EVENT)
		return;
	assert_int_equal(record_event_tokens(recast, r, kind, token, &n), ERR_OK);
	for (uint32_t i = 0; i < n; i++)
		for (int p = 0; p < PEOPLE; p++)
			if (token_eq(token[i], l->token[p]))
				a->named[p] = r->position;
}

static void read_journal(struct life *l, struct audit *a)
{
	struct journal_reader *reader;
	struct recast *recast = NULL;
	struct record r;

	assert_int_equal(journal_reader_open(&reader, &l->disk, 0, shard_next(l->shard)), ERR_OK);
	while (journal_read(reader, &r, NULL) == ERR_OK) {
		if (r.kind == RECORD_SCHEMA) {
			recast_free(recast);
			assert_int_equal(recast_new(&recast, r.payload, l->schema, &key), ERR_OK);
		}
		take(l, a, recast, &r);
	}
	recast_free(recast);
	journal_reader_close(reader);
}

static void judge(struct life *l, const struct audit *a)
{
	for (uint64_t i = 0; i < PEOPLE; i++) {
		char z[16], plain[DICTIONARY_PLAIN_MAX];
		size_t n = 0;
		enum err e = names_reveal(l->names, shard_next(l->shard), l->token[i], 0, plain, &n);

		plain_of(i, z);
		if (e != ERR_OK && e != ERR_ABSENT)
			fail_life(l, "the dictionary can't be read");
		if (e == ERR_OK && (n != strlen(z) || memcmp(plain, z, n) != 0))
			fail_life(l, "a token turns back into somebody else");
		if (e == ERR_ABSENT && a->named[i] > a->erased[i])
			fail_life(l, "the journal names somebody who can't be turned back");
		if (e == ERR_OK && l->erased[i])
			fail_life(l, "somebody erased can be turned back");
		if (e == ERR_OK && a->named[i] == 0)
			fail_life(l, "somebody is known whom the journal does not name");
	}
}

static void audit(struct life *l)
{
	static struct audit a;
	struct dictionary_folded f;

	memset(&a, 0, sizeof(a));
	disk_virtual_faults(l->v, 0);
	sqlite_fail_chance(0, 0);
	crash(l);
	read_journal(l, &a);
	judge(l, &a);
	/* Whoever holds journal, dictionary and master key tries it all again. */
	assert_int_equal(dictionary_fold(l->d, a.packed, a.n, shard_next(l->shard), &f), ERR_OK);
	judge(l, &a);
	for (uint32_t i = 0; i < a.n; i++)
		test_free((void *)(uintptr_t)a.packed[i].p);
}

static void run(uint64_t seed, struct life *sum)
{
	static struct policy policy;
	struct policy_file file = { TEXT("p.dk"), TEXT(policy_text) };
	struct life l = { .seed = seed, .v = disk_virtual_new(seed) };
	struct buf errors;

	rng_seed(&l.rng, seed);
	buf_init(&errors, 1 << 16);
	buf_init(&l.policy, 1 << 16);
	assert_int_equal(policy_load(&policy, &file, 1, no_zone, NULL, &errors), ERR_OK);
	l.schema = &policy.schema;
	edition_put_files(&l.policy, &file, 1);
	l.disk = disk_virtual_disk(l.v);
	l.o = (struct shard_options){ .disk = &l.disk,
		                          .key = &key,
		                          .read_zone = no_zone,
		                          .lateness_us = US_PER_HOUR,
		                          .now_us = now,
		                          .engine = { .state_bytes_max = 1 << 20, .entities_max = 1024 },
		                          .segment_bytes_max = 3000,
		                          .snapshots_kept = 2,
		                          .policy = buf_view(&l.policy),
		                          .names = names_pack };
	remove_dictionary();
	start(&l);
	disk_virtual_faults(l.v, seed % 3 == 0 ? 0 : 2000);
	sqlite_fail_chance(seed % 2 == 0 ? 0 : 4000, seed);
	live(&l);
	audit(&l);
	stop(&l);
	sum->crashes += l.crashes;
	sum->erasures += l.erasures;
	sum->failures += l.failures;
	sum->turns += l.turns;
	sum->reveals += l.reveals;
	disk_virtual_free(l.v);
	buf_release(&l.policy);
	buf_release(&errors);
	policy_release(&policy);
}

static void test_lives(void **state)
{
	const char *one = getenv("SEED"), *many = getenv("COUNT");
	uint64_t n = many ? strtoull(many, NULL, 10) : test_cases(100);
	struct life sum = { .seed = 0 };

	(void)state;
	if (one != NULL) {
		run(strtoull(one, NULL, 10), &sum);
		return;
	}
	for (uint64_t seed = 1; seed <= n; seed++)
		run(seed, &sum);
	print_message("%llu lives: %llu crashes, %llu erasures, %llu turns, %llu reveals, %llu failures\n",
	              (unsigned long long)n, (unsigned long long)sum.crashes, (unsigned long long)sum.erasures,
	              (unsigned long long)sum.turns, (unsigned long long)sum.reveals, (unsigned long long)sum.failures);
	assert_true(sum.crashes > n && sum.erasures > n);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_lives) };
	int status;

	umask(077);
	sqlite_faults_install();
	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(path, sizeof(path), "%s/d.sqlite", folder);
	status = cmocka_run_group_tests(tests, NULL, NULL);
	remove_dictionary();
	rmdir(folder);
	return status;
}
