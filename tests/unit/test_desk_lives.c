/* test_desk_lives.c - random lives of the whole desk: any command by anybody about a few people, with jumps of time. The invariants are checked after each record, a refused command changes
 * nothing, the same records give the same world, and a storage that fails at any call leaves nothing half done after its rollback. */
#include "tests/test.h"
#include "tests/unit/desk_draw.h"
#include "tests/unit/desk_lives.h"
#include "tests/unit/desk_world.h"
#include "base/hash.h"
#include "base/mem.h"

static struct bench b;

static uint64_t mix(uint64_t h, const void *p, size_t n)
{
	static const struct hash_key key = { { 1 } };

	return hash_mix(h ^ (uint64_t)hash_fingerprint(&key, text_of(p, n)));
}

/* All that is in the world, but for the padding of structures. */
static uint64_t world_hash(void)
{
	uint64_t h = 0;

	for (uint32_t i = 0; i < b.world.n; i++) {
		const struct desk_object *o = &b.world.object[i];
		uint64_t head[] = { o->kind,
			                o->state,
			                o->grade,
			                o->organisation,
			                o->district,
			                o->version,
			                o->id,
			                o->subject.kind,
			                o->also.kind,
			                o->subject.token.w[0],
			                o->subject.token.w[1],
			                o->also.token.w[0],
			                o->also.token.w[1],
			                (uint64_t)o->made_us,
			                (uint64_t)o->changed_us,
			                o->made_by,
			                o->proposer,
			                o->approver,
			                o->has };

		h = mix(h, head, sizeof(head));
		h = mix(h, o->due_us, sizeof(o->due_us));
		h = mix(h, o->value, sizeof(o->value));
	}
	for (uint32_t i = 0; i < b.world.n_messages; i++) {
		const struct desk_message *m = &b.world.message[i];
		uint64_t body[] = { m->id,     m->kind,    m->detail,     m->organisation,     m->district,
			                m->object, m->version, m->about.kind, m->about.token.w[1], (uint64_t)m->time_us };

		h = mix(h, body, sizeof(body));
	}
	return h;
}

static void life(struct rng *r, uint32_t records, uint64_t *accepted)
{
	bench_clear(&b, T0);
	for (uint32_t i = 0; i < records; i++) {
		if (rng_chance(r, 250000)) {
			pass(&b, draw_time(r));
			check_world(&b);
			continue;
		}
		b.now += rng_chance(r, 100000) ? draw_time(r) : (int64_t)rng_below(r, 3);
		lives_draw(&b, r);
		if (hear(&b) != DESK_OK) {
			uint32_t traces = b.world.n_traces, sent = b.world.n_messages;

			assert_true(hear(&b) != DESK_OK); /* and once more, with nothing before it: nothing is written */
			assert_int_equal(b.world.n_traces, traces);
			assert_int_equal(b.world.n_messages, sent);
			continue;
		}
		(*accepted)++;
		check_world(&b);
	}
	assert_int_equal(b.desk->unfit, 0);
}

static void any_life_keeps_the_law(void **state)
{
	struct rng r, again;
	uint64_t accepted = 0, seen[DESK_KINDS] = { 0 }, second = 0;

	(void)state;
	rng_seed(&r, test_seed(21));
	for (uint64_t n = test_cases(2000); n > 0; n--) {
		again = r;
		life(&r, 120, &accepted);
		for (uint32_t i = 0; i < b.world.n; i++)
			seen[b.world.object[i].kind]++;
		if (n % 50 == 0) { /* the same records, the same world */
			uint64_t h = world_hash();

			life(&again, 120, &second);
			assert_true(world_hash() == h);
		}
	}
	print_message(
		"%llu commands accepted; %llu stops, %llu freezes, %llu measures, %llu appeals, %llu warnings, %llu listings\n",
		(unsigned long long)accepted, (unsigned long long)seen[DESK_STOP], (unsigned long long)seen[DESK_FREEZE],
		(unsigned long long)seen[DESK_MEASURE], (unsigned long long)seen[DESK_APPEAL],
		(unsigned long long)seen[DESK_WARNING], (unsigned long long)seen[DESK_DISCIPLINE]);
	for (uint32_t k = desk_kind_after(0); k != 0; k = desk_kind_after(k))
		if (seen[k] == 0 && k != DESK_USER && k != DESK_LIMIT &&
		    k != DESK_READING) /* of a bulletin that two people let go out: too rare for every seed */
			fail_msg("no %s came up", desk_machine(k)->name);
}

/* The storage fails at the nth call of a command: the error comes back, and after the caller's rollback the command can be applied as if nothing had been. */
static void a_failing_storage_is_told(void **state)
{
	struct rng r;
	struct desk_object *before = mem_alloc_array(WORLD_OBJECTS_MAX, sizeof(*before));
	uint64_t accepted = 0, failures = 0;

	(void)state;
	assert_non_null(before);
	rng_seed(&r, test_seed(22));
	for (uint64_t n = test_cases(100); n > 0; n--) {
		life(&r, 60, &accepted);
		lives_draw(&b, &r);
		uint32_t objects = b.world.n, sent = b.world.n_messages;
		int64_t now = b.desk->now_us;
		memcpy(before, b.world.object, objects * sizeof(*before));
		b.position++;
		for (uint64_t fail = 1;; fail++) {
			desk_init(b.desk, &b.world.functions, now);
			b.world.fail_at = 0;
			assert_int_equal(desk_start(b.desk), ERR_OK);
			b.world.calls = 0;
			b.world.fail_at = fail;
			enum err err = desk_apply(b.desk, b.position, b.now, &b.c, &b.out);
			if (b.world.calls < fail) {
				assert_int_equal(err, ERR_OK);
				break;
			}
			assert_int_equal(err, ERR_IO);
			failures++;
			memcpy(b.world.object, before, objects * sizeof(*before));
			b.world.n = objects;
			b.world.n_messages = sent;
		}
		b.world.fail_at = 0;
		pass(&b, 0);
		check_world(&b);
	}
	print_message("%llu failures\n", (unsigned long long)failures);
	mem_free(before);
}

static int setup(void **state)
{
	(void)state;
	bench_init(&b, T0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	bench_release(&b);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_life_keeps_the_law),
		cmocka_unit_test(a_failing_storage_is_told),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
