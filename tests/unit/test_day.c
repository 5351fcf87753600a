/* test_day.c - the simulated day of the desk: the same options give the same day, the city without a desk is the same city, what must hold is noticed when it does not, and
 * memory that runs out, a full disk or an interruption end it cleanly. */
#include "tests/test.h"
#include <ftw.h>
#include <stdlib.h>
#include <unistd.h>
#include "app/day_show.h"
#include "app/serve_load.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "day/day.h"
#include "desk/account.h"
#include "desk/card.h"
#include "desk/measure.h"
#include "desk/sound.h"
#include "desk/stop.h"
#include "journal/record.h"
#include "tests/unit/desk_world.h"

struct place { /* where a day lies */
	char dir[256], registry[320];
	struct disk disk;
};

struct fixture {
	struct hash_key key;
	struct buf policy;
	struct scene scene;
};

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static enum err no_sync(void *ctx, int fd)
{
	(void)ctx;
	(void)fd;
	return ERR_OK;
}

static void place_open(struct place *p)
{
	snprintf(p->dir, sizeof(p->dir), "%s/test-day-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->registry, sizeof(p->registry), "%s/registry.sqlite", p->dir);
	assert_int_equal(disk_real_open(&p->disk, p->dir), ERR_OK);
	p->disk.sync = no_sync;
}

static void place_close(struct place *p)
{
	disk_real_close(&p->disk);
	assert_int_equal(nftw(p->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

static void options(const struct fixture *f, struct place *p, struct day_options *o)
{
	day_defaults(o);
	o->city.people = 1500;
	o->city.history_days = 5;
	o->city.crime_percent = 20000;
	o->habit[HABIT_DISTRICTS] = 2;
	o->scene = &f->scene;
	o->key = &f->key;
	o->disk = &p->disk;
	o->registry_path = p->registry;
	o->policy = buf_view(&f->policy);
	o->read_zone = load_zone;
}

static enum err play(const struct day_options *o, struct day_report *r, struct buf *why)
{
	buf_init(why, 1 << 16);
	return day_run(o, r, why);
}

static void whole(const struct fixture *f, uint64_t seed, bool idle, int64_t days, struct day_report *r)
{
	struct day_options o;
	struct place p;
	struct buf why;

	place_open(&p);
	options(f, &p, &o);
	o.city.seed = seed;
	o.city.days = days;
	o.idle = idle;
	assert_int_equal(play(&o, r, &why), ERR_OK);
	if (why.n)
		print_message("%s\n", why.p);
	assert_int_equal(r->unsound, 0);
	assert_int_equal(r->unfit, 0);
	assert_int_equal(r->refused, 0);
	assert_true(r->whole);
	buf_release(&why);
	place_close(&p);
}

static void test_same(void **state)
{
	static struct day_report a, b;

	whole(*state, 3, false, 1, &a);
	whole(*state, 3, false, 1, &b);
	assert_memory_equal(&a, &b, sizeof(a));
	whole(*state, 4, false, 1, &b);
	assert_memory_not_equal(&a, &b, sizeof(a));
}

/* What the criminals would have got is what they do get in the same city without a desk. */
static void test_without_desk(void **state)
{
	static struct day_report with, without;

	for (uint64_t seed = 1; seed <= 2; seed++) {
		whole(*state, seed, false, 1, &with);
		whole(*state, seed, true, 1, &without);
		assert_int_equal(without.loss_with_fen, without.loss_without_fen);
		assert_int_equal(without.cash_with_fen, without.cash_without_fen);
		assert_int_equal(without.objects, 0);
		assert_int_equal(with.loss_without_fen, without.loss_without_fen);
		assert_int_equal(with.cash_without_fen, without.cash_without_fen);
		assert_int_equal(with.criminal_calls_without, without.criminal_calls_without);
		assert_int_equal(with.cases, without.cases);
		assert_true(with.loss_with_fen <= with.loss_without_fen && with.cash_with_fen <= with.cash_without_fen);
		assert_true(with.warnings[2] + with.warnings[3] > 0 && with.measures[MEASURE_OF_SUSPEND] > 0);
		assert_true(with.spared + with.partly <= with.cases);
	}
}

/* Several days: stops come to their end, and everything still holds. */
static void test_days(void **state)
{
	static struct day_report r;

	whole(*state, 1, false, 4, &r);
	assert_true(r.stop_stopped > 0);
	assert_int_equal(r.stops, r.stop_mismatch + r.stop_not_found + r.stop_failed + r.stop_released + r.stop_converted +
	                              r.stop_expired + r.stop_cancelled + r.stop_open);
	assert_true(r.stops >= r.stop_sent && r.stop_sent >= r.stop_stopped);
}

struct until {
	uint64_t calls, stop_at;
};
static bool progress(void *ctx, uint32_t permille, uint64_t events, uint64_t alerts)
{
	struct until *u = ctx;

	(void)events;
	(void)alerts;
	assert_true(permille <= 1000);
	return ++u->calls != u->stop_at;
}

static void test_interrupted(void **state)
{
	struct until u = { .stop_at = 3 };
	struct day_options o;
	static struct day_report r;
	struct place p;
	struct buf why, shown;

	place_open(&p);
	options(*state, &p, &o);
	o.progress = progress;
	o.progress_ctx = &u;
	assert_int_equal(play(&o, &r, &why), ERR_OK);
	assert_false(r.whole);
	assert_true(r.until_us < r.from_us + US_PER_DAY);
	assert_int_equal(r.unsound, 0);
	buf_init(&shown, 1 << 20);
	day_show(&shown, &r, LANG_EN);
	assert_non_null(strstr(shown.p, "INTERRUPTED"));
	buf_release(&shown);
	buf_release(&why);
	place_close(&p);
}

static void test_failures(void **state)
{
	static struct day_report r;
	struct day_options o;
	struct place p;
	struct buf why;
	int64_t live = mem_live();
	uint64_t calls, writes;

	place_open(&p);
	options(*state, &p, &o);
	mem_fail_at(0);
	file_fail_at(0);
	assert_int_equal(play(&o, &r, &why), ERR_OK);
	calls = mem_count();
	writes = file_count();
	buf_release(&why);
	place_close(&p);
	assert_int_equal(mem_live(), live);
	for (uint32_t k = 0; k < 12; k++) {
		enum err e;

		place_open(&p);
		options(*state, &p, &o);
		if (k < 8)
			mem_fail_at(k < 4 ? k * 7 + 1 : calls * (k - 3) / 5);
		else
			file_fail_at(writes * (k - 7) / 5);
		e = play(&o, &r, &why);
		mem_fail_at(0);
		file_fail_at(0);
		assert_int_not_equal(e, ERR_OK);
		buf_release(&why);
		place_close(&p);
		assert_int_equal(mem_live(), live);
	}
}

static void test_options(void **state)
{
	static struct day_report r;
	struct day_options o;
	struct place p;
	struct buf why;

	place_open(&p);
	options(*state, &p, &o);
	o.city.people = DAY_PEOPLE_MAX + 1;
	assert_int_equal(play(&o, &r, &why), ERR_RANGE);
	options(*state, &p, &o);
	o.city.days = 0;
	assert_int_equal(play(&o, &r, &why), ERR_RANGE);
	options(*state, &p, &o);
	o.policy = TEXT("not a policy");
	assert_int_not_equal(play(&o, &r, &why), ERR_OK);
	buf_release(&why);
	place_close(&p);
}

/* ---- desk_sound: each rule is broken once by hand ---- */

static uint64_t stopped_account(struct bench *b, uint64_t n)
{
	uint64_t s;

	say(b, DESK_STOP, STOP_DO_DRAFT, 0, ROLE_STOP_SEAT);
	desk_give_token(&b->c, STOP_F_ACCOUNT, token_n(n));
	desk_give_i(&b->c, STOP_F_BANK, BANK_ORG);
	desk_give_i(&b->c, STOP_F_AMOUNT, 100);
	desk_give_i(&b->c, STOP_F_BASIS, BASIS_YF_2016_86);
	give_evidence(&b->c, STOP_F_EVIDENCE);
	s = must(b);
	say(b, DESK_STOP, STOP_DO_APPROVE, s, ROLE_LEADER);
	must(b);
	say(b, DESK_STOP, STOP_DO_ANSWER, s, ROLE_CONNECTOR);
	desk_give_i(&b->c, STOP_F_RESULT, RETURN_OK);
	desk_give_i(&b->c, STOP_F_MATCH, STOP_MATCHED);
	desk_give_i(&b->c, STOP_F_STOPPED, b->now);
	must(b);
	return s;
}

/* Changes one object, asks, and puts it back. */
static void broken(struct bench *b, uint64_t id, const struct desk_object *as, const char *says)
{
	struct desk_object *o = (struct desk_object *)(uintptr_t)the(b, id), was = *o;
	struct buf why;
	enum err e;

	buf_init(&why, 4096);
	*o = *as;
	e = desk_sound(&b->world.functions, as, b->now, &why);
	if (e != ERR_FORMAT || strstr(why.p, says) == NULL)
		print_message("%s: %s\n", says, why.n ? why.p : "not noticed");
	assert_int_equal(e, ERR_FORMAT);
	assert_non_null(strstr(why.p, says));
	*o = was;
	buf_release(&why);
}

static void test_sound(void **state)
{
	struct bench b;
	struct desk_object o;
	uint64_t s, m;

	(void)state;
	bench_init(&b, T0);
	s = stopped_account(&b, 1);
	check_world(&b);
	m = desk_id(the(&b, s), STOP_F_MEASURE);
#define BROKEN(id, change, says) (o = *the(&b, id), change, broken(&b, id, &o, says))
	BROKEN(s, o.value[STOP_F_END].i += 49 * US_PER_HOUR, "longer than 96 hours");
	BROKEN(s, o.value[STOP_F_MATCH].i = STOP_NAME_DIFFERS, "did not match");
	BROKEN(s, o.value[STOP_F_TRIES].i = 5, "more than four times");
	BROKEN(s, o.value[STOP_F_MEASURE].id = s, "without an entry");
	BROKEN(s, o.approver = o.proposer, "approved by who proposed");
	BROKEN(s, o.due_us[STOP_T_EXPIRE] = b.now, "time limit has passed");
	BROKEN(m, o.value[MEASURE_F_BASIS].i = BASIS_AFL_11, "basis");
	BROKEN(m, o.value[MEASURE_F_EVIDENCE].positions.n = 0, "evidence");
	BROKEN(m, o.value[MEASURE_F_ACTOR].i = 0, "nobody has imposed");
	BROKEN(m, o.value[MEASURE_F_APPROVER].i = o.value[MEASURE_F_ACTOR].i, "no approver");
	BROKEN(m, o.has &= ~((uint64_t)1 << MEASURE_F_NOTICE), "no notice");
	BROKEN(m, o.value[MEASURE_F_END].i = b.now, "end");
	BROKEN(m, o.value[MEASURE_F_APPEAL].i = APPEAL_STATE_GRANTED, "objection was granted");
#undef BROKEN
	bench_release(&b);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f)); /* not the project's memory: its allocations are counted */
	struct buf errors;
	char policy[512];

	assert_non_null(f);
	memcpy(f->key.k, "0123456789abcdef", sizeof(f->key.k));
	buf_init(&f->policy, RECORD_PAYLOAD_MAX);
	buf_init(&errors, 4096);
	snprintf(policy, sizeof(policy), "%s/policy", getenv("SOURCE_DIR"));
	assert_true(serve_policy(policy, NULL, &f->key, 10 * US_PER_MINUTE, &f->policy));
	assert_true(scene_parse(&f->scene, "city.scene", scene_default(), &errors));
	buf_release(&errors);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	buf_release(&f->policy);
	free(f);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),        cmocka_unit_test(test_without_desk), cmocka_unit_test(test_days),
		cmocka_unit_test(test_interrupted), cmocka_unit_test(test_failures),     cmocka_unit_test(test_options),
		cmocka_unit_test(test_sound),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
