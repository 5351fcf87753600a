/* test_repeats.c - idempotency keys and their rooms: against a model that keeps every key and says by counting alone who stays, through snapshots of this
 * version and of the one before, and in a shard that one organisation floods. */
#include "tests/test.h"
#include <sodium.h>
#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/rooms.h"
#include "event/event_build.h"
#include "shard/shard_int.h"
#include "tests/sim/disk_virtual.h"

enum {
	ORGANISATIONS = 5,
	KEYS_MAX = 4000
};

static const struct hash_key secret = { { 7 } };

struct model { /* all keys there ever were, by organisation, the oldest first */
	uint32_t n[ORGANISATIONS];
	uint32_t key[ORGANISATIONS][KEYS_MAX];
};

static void name(uint32_t i, unsigned char key[RECORD_KEY_BYTES])
{
	struct token t = hash_token(&secret, 1, text_of((const char *)&i, sizeof(i)));

	memcpy(key, &t, RECORD_KEY_BYTES);
}

/* How many of each stay: the smallest `max` of all pairs (how many-th, organisation from behind). */
static void who_stays(const struct model *m, uint32_t max, uint32_t stays[ORGANISATIONS])
{
	memset(stays, 0, ORGANISATIONS * sizeof(*stays));
	for (uint32_t level = 0; level < KEYS_MAX; level++)
		for (uint32_t o = ORGANISATIONS; o-- > 0;)
			if (m->n[o] > level && max > 0) {
				stays[o]++;
				max--;
			}
}

static void check(const struct repeats *r, const struct model *m, uint32_t max)
{
	uint32_t stays[ORGANISATIONS];

	who_stays(m, max, stays);
	for (uint32_t o = 0; o < ORGANISATIONS; o++)
		for (uint32_t i = 0; i < m->n[o]; i++) {
			unsigned char key[RECORD_KEY_BYTES];
			const struct repeat *found;
			bool here = i >= m->n[o] - stays[o];

			name(m->key[o][i], key);
			found = repeats_find(r, key);
			if ((found != NULL) != here)
				fail_msg("organisation %u, key %u of %u: %s", o, i, m->n[o], here ? "is gone" : "is still there");
			if (here)
				assert_int_equal(found->position, m->key[o][i]);
			if (here && found->position % 3 == 0)
				assert_memory_equal(found->alerts, "alert", 5);
		}
}

static void add(struct repeats *r, struct model *m, uint32_t organisation, uint32_t i)
{
	struct repeat e = { .position = i, .organisation = (uint16_t)(organisation * 1000) };

	name(i, e.key);
	if (i % 3 == 0) {
		e.alerts = (char *)(uintptr_t) "alert";
		e.alerts_bytes = 5;
	}
	assert_int_equal(repeats_add(r, &e), ERR_OK);
	m->key[organisation][m->n[organisation]++] = i;
}

static enum err save(void *ctx, void *p, size_t n)
{
	buf_add(ctx, p, n);
	return ((struct buf *)ctx)->err;
}

static enum err load(void *ctx, void *p, size_t n)
{
	struct text *rest = ctx;

	if (n > rest->n)
		return ERR_FORMAT;
	memcpy(p, rest->p, n);
	*rest = text_of(rest->p + n, rest->n - n);
	return ERR_OK;
}

/* Through a snapshot into one of another size. */
static struct repeats *again(struct repeats *r, uint32_t max, bool roomless)
{
	struct buf b;
	struct text rest;
	struct engine_stream out = { .ctx = &b, .io = save }, in = { .ctx = &rest, .io = load, .loading = true };
	struct repeats *next;

	buf_init(&b, 1 << 24);
	assert_int_equal(repeats_state(r, &out, false), ERR_OK);
	repeats_free(r);
	rest = buf_view(&b);
	assert_int_equal(repeats_new(&next, max), ERR_OK);
	assert_int_equal(repeats_state(next, &in, roomless), ERR_OK);
	assert_int_equal(rest.n, 0);
	buf_release(&b);
	return next;
}

static void test_rooms_against_a_model(void **state)
{
	struct model *m = mem_alloc(sizeof(*m));
	struct rng g;
	uint32_t i = 1;

	(void)state;
	rng_seed(&g, test_seed(2026));
	for (uint64_t life = 0; life < test_cases(60); life++) {
		uint32_t max = 1 + (uint32_t)rng_below(&g, 40);
		struct repeats *r;

		memset(m, 0, sizeof(*m));
		assert_int_equal(repeats_new(&r, max), ERR_OK);
		for (int step = 0; step < 60; step++) {
			/* a group of any size; some days one organisation sends nearly everything */
			uint32_t group = (uint32_t)rng_below(&g, 12), loud = (uint32_t)rng_below(&g, ORGANISATIONS);

			for (uint32_t k = 0; k < group; k++)
				add(r, m, rng_below(&g, 3) > 0 ? loud : (uint32_t)rng_below(&g, ORGANISATIONS), i++);
			repeats_trim(r);
			check(r, m, max);
			if (rng_below(&g, 8) == 0)
				r = again(r, max, false);
		}
		max = 1 + max / 2; /* a smaller room after a restart: as if it had always been so small */
		r = again(r, max, false);
		check(r, m, max);
		repeats_free(r);
	}
	mem_free(m);
}

/* Keys of a version without rooms are found, and are the first to give way. */
static void test_older_snapshots(void **state)
{
	static struct model m;
	struct repeats *r;
	unsigned char key[RECORD_KEY_BYTES];

	(void)state;
	memset(&m, 0, sizeof(m));
	assert_int_equal(repeats_new(&r, 8), ERR_OK);
	for (uint32_t i = 1; i <= 8; i++)
		add(r, &m, 0, i);
	r = again(r, 8, true);
	check(r, &m, 8);
	for (uint32_t i = 9; i <= 12; i++)
		add(r, &m, 3, i);
	repeats_trim(r);
	for (uint32_t i = 1; i <= 12; i++) {
		name(i, key);
		assert_int_equal(repeats_find(r, key) != NULL, i > 4);
	}
	repeats_free(r);
}

/* A damaged snapshot may name a key twice. */
static void test_a_key_twice(void **state)
{
	struct repeat e[2] = { { .position = 1 }, { .position = 2 } };
	uint32_t n = 2;
	struct buf b;
	struct text rest;
	struct engine_stream in = { .ctx = &rest, .io = load, .loading = true };
	struct repeats *r;

	(void)state;
	buf_init(&b, 1 << 12);
	buf_add(&b, &n, sizeof(n));
	buf_add(&b, e, sizeof(e));
	rest = buf_view(&b);
	assert_int_equal(repeats_new(&r, 8), ERR_OK);
	assert_int_equal(repeats_state(r, &in, false), ERR_FORMAT);
	repeats_free(r);
	buf_release(&b);
}

/* ---- in a shard ---- */

static const char rules[] =
	"entity phone\nevent call { caller: phone, callee: phone }\n"
	"rule r on call about caller when count(call by caller over 1d) >= 1 then alert red, score 1 because \"r\"\n";

static enum err no_zone(void *ctx, struct arena *a, struct text zone, struct text *out)
{
	(void)ctx;
	(void)a;
	(void)zone;
	(void)out;
	return ERR_ABSENT;
}

struct world {
	struct disk_virtual *v;
	struct disk disk;
	struct buf policy;
	struct shard_options o;
	struct shard *shard;
	struct shard_found found;
};

static void open_shard(struct world *w)
{
	struct buf why;

	buf_init(&why, 1 << 16);
	if (shard_open(&w->shard, &w->o, &w->found, &why) != ERR_OK)
		fail_msg("%s", why.p);
	buf_release(&why);
}

static void world_make(struct world *w)
{
	struct policy_file f = { TEXT("0.dk"), TEXT(rules) };

	memset(w, 0, sizeof(*w));
	buf_init(&w->policy, RECORD_PAYLOAD_MAX);
	edition_put_files(&w->policy, &f, 1);
	w->v = disk_virtual_new(1);
	w->disk = disk_virtual_disk(w->v);
	w->o = (struct shard_options){ .disk = &w->disk,
		                           .key = &secret,
		                           .read_zone = no_zone,
		                           .lateness_us = US_PER_HOUR,
		                           .now_us = (int64_t)1772409600 * US_PER_SECOND,
		                           .engine = { .state_bytes_max = 1 << 20, .entities_max = 1000 },
		                           .repeats_max = 600,
		                           .snapshots_kept = 2,
		                           .evidence_max = 3,
		                           .policy = buf_view(&w->policy) };
	open_shard(w);
}

static void world_release(struct world *w)
{
	shard_close(w->shard);
	disk_virtual_free(w->v);
	buf_release(&w->policy);
}

/* n events of an organisation with keys from..from+n-1; how many of them were known. */
static uint32_t send(struct world *w, uint16_t organisation, uint32_t from, uint32_t n)
{
	static struct event event[SHARD_ITEMS_MAX];
	static char bytes[SHARD_ITEMS_MAX][EVENT_BUILD_BYTES];
	static struct shard_item item[SHARD_ITEMS_MAX];
	const struct event_pair p[] = { { TEXT("event"), TEXT("call") },
		                            { TEXT("time"), TEXT("2026-03-02T10:00:00+08:00") },
		                            { TEXT("caller"), TEXT("13800138000") },
		                            { TEXT("callee"), TEXT("13900139000") } };
	uint32_t known = 0;

	for (uint32_t i = 0; i < n; i++) {
		struct event_builder b = { .schema = &shard_policy_in_force(w->shard)->schema,
			                       .key = &secret,
			                       .bytes = bytes[i],
			                       .cap = EVENT_BUILD_BYTES };
		struct text wrong;

		assert_int_equal(event_build(&b, p, ARRAY_LEN(p), &event[i], &wrong), BAD_NONE);
		item[i] = (struct shard_item){ .event = &event[i], .keyed = true, .organisation = organisation };
		name(from + i, item[i].key);
	}
	assert_int_equal(shard_apply(w->shard, item, n), ERR_OK);
	for (uint32_t i = 0; i < n; i++) {
		assert_int_equal(item[i].answer.n_alerts, 1);
		known += item[i].answer.repeated;
	}
	return known;
}

/* One organisation sends a flood; the three hundred keys of the other are its own, in life, after a recovery from the journal and after one from a snapshot. */
static void test_a_flood(void **state)
{
	static struct world w;

	(void)state;
	world_make(&w);
	assert_int_equal(send(&w, 1, 0, 300), 0);
	for (uint32_t i = 0; i < 20; i++)
		assert_int_equal(send(&w, 2, 1000 + 500 * i, 500), 0);
	assert_int_equal(send(&w, 1, 0, 300), 300);
	shard_close(w.shard);
	open_shard(&w);
	assert_int_equal(w.found.snapshot, 0);
	assert_int_equal(send(&w, 1, 0, 300), 300);
	assert_int_equal(send(&w, 2, 1000 + 500 * 20 - 300, 300), 300);
	assert_int_equal(shard_snapshot(w.shard), ERR_OK);
	shard_close(w.shard);
	open_shard(&w);
	assert_true(w.found.snapshot > 0);
	assert_int_equal(send(&w, 1, 0, 300), 300);
	assert_int_equal(send(&w, 2, 1000 + 500 * 20 - 300, 300), 300);
	world_release(&w);
}

/* A group that repeats the oldest key and brings more new ones than there is room for: nothing that it speaks of goes meanwhile. */
static void test_a_group_as_large_as_the_room(void **state)
{
	static struct world w;

	(void)state;
	world_make(&w);
	assert_int_equal(send(&w, 1, 0, 500), 0);
	assert_int_equal(send(&w, 1, 500, 100), 0);
	assert_int_equal(send(&w, 1, 0, 1), 1);
	assert_int_equal(send(&w, 2, 1000, 512), 0);
	assert_int_equal(send(&w, 1, 599, 512), 1);
	world_release(&w);
}

/* As the version before wrote it: another name at its head, under the same key. */
static void make_roomless(struct world *w, uint64_t position)
{
	char file[64];
	unsigned char mac[32], *p;
	uint64_t size;
	size_t got;
	int fd;

	snprintf(file, sizeof(file), "snapshot/%020llu.dks", (unsigned long long)position);
	assert_int_equal(w->disk.open(w->disk.ctx, file, DISK_WRITE, &fd), ERR_OK);
	assert_int_equal(w->disk.size(w->disk.ctx, fd, &size), ERR_OK);
	p = mem_alloc(size);
	assert_int_equal(w->disk.read_at(w->disk.ctx, fd, 0, p, size, &got), ERR_OK);
	memcpy(p, "DKSNAP02", 8);
	crypto_generichash(mac, sizeof(mac), p, size - sizeof(mac), secret.k, sizeof(secret.k));
	assert_int_equal(w->disk.write_at(w->disk.ctx, fd, 0, p, 8), ERR_OK);
	assert_int_equal(w->disk.write_at(w->disk.ctx, fd, size - sizeof(mac), mac, sizeof(mac)), ERR_OK);
	w->disk.close(w->disk.ctx, fd);
	mem_free(p);
}

static void test_a_shard_from_an_older_snapshot(void **state)
{
	static struct world w;
	uint64_t position;

	(void)state;
	world_make(&w);
	assert_int_equal(send(&w, 1, 0, 100), 0);
	position = shard_next(w.shard) - 1;
	assert_int_equal(shard_snapshot(w.shard), ERR_OK);
	make_roomless(&w, position);
	shard_close(w.shard);
	open_shard(&w);
	assert_int_equal(w.found.snapshot, position);
	assert_int_equal(send(&w, 1, 0, 100), 100);
	world_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rooms_against_a_model),
		cmocka_unit_test(test_older_snapshots),
		cmocka_unit_test(test_a_key_twice),
		cmocka_unit_test(test_a_flood),
		cmocka_unit_test(test_a_group_as_large_as_the_room),
		cmocka_unit_test(test_a_shard_from_an_older_snapshot),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
