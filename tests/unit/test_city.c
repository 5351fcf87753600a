/* test_city.c - small cities, made and read back: the same options give the same bytes, money is conserved to the fen,
 * nothing is used before it is opened, time ascends. What truth.csv says is judged in test_city_truth.c. */
#include "tests/test.h"
#include "base/mem.h"
#include "base/rng.h"
#include "tests/unit/city_copy.h"

static struct scene *scene;

static int make(void **state)
{
	(void)state;
	scene = copy_scene(text_z(""));
	return 0;
}

static int drop(void **state)
{
	(void)state;
	mem_free(scene);
	return 0;
}

static struct city_options small(uint64_t seed)
{
	struct city_options o;

	city_defaults(&o);
	o.people = 1000 + (int64_t)(seed * 977 % 2000);
	o.days = 2 + (int64_t)(seed % 2);
	o.seed = seed;
	o.difficulty = (enum difficulty)(seed % DIFFICULTIES);
	o.crime_percent = 20000;
	return o;
}

/* ---- the same bytes ---- */

static int differing(const struct city_copy *a, const struct city_copy *b)
{
	int n = 0;

	for (int f = 0; f < COPY_FILES; f++)
		n += !text_eq(buf_view(&a->file[f].bytes), buf_view(&b->file[f].bytes));
	return n;
}

static void test_same_bytes(void **state)
{
	(void)state;
	uint64_t seed = test_seed(11);
	struct city_copy a, b;
	struct city_options o = small(seed);

	copy_make(&a, o, scene, 0);
	copy_make(&b, o, scene, 0);
	assert_int_equal(differing(&a, &b), 0);
	assert_memory_equal(&a.counts, &b.counts, sizeof(a.counts));
	copy_release(&b);
	o.seed++;
	copy_make(&b, o, scene, 0);
	/* Lists and opening balances follow from places in the city; events, truth and what became of the money do not. */
	for (int f = 0; f <= COPY_BALANCES; f++)
		if (text_eq(buf_view(&a.file[f].bytes), buf_view(&b.file[f].bytes)))
			fail_msg("another seed gives the same %s", copy_names[f]);
	copy_release(&b);
	copy_release(&a);
}

/* --only leaves out whole kinds of event and changes nothing in the others, nor in what became of the money. */
static void test_only(void **state)
{
	(void)state;
	struct city_copy all, some;
	struct city_options o = small(test_seed(12));

	copy_make(&all, o, scene, 0);
	o.only = 1U << EV_CALL | 1U << EV_TRANSFER;
	copy_make(&some, o, scene, 0);
	for (int f = 0; f < COPY_FILES; f++) {
		bool same = text_eq(buf_view(&all.file[f].bytes), buf_view(&some.file[f].bytes));
		if (f == COPY_CALLS || f == COPY_TRANSFERS || f >= COPY_BALANCES)
			assert_true(same);
		else if (f != COPY_TRUTH)
			assert_true(some.file[f].n <= 1);
	}
	for (int t = 0; t < EV_TYPES; t++)
		assert_true(some.counts.events[t] == (o.only >> t & 1 ? all.counts.events[t] : 0));
	copy_release(&some);
	copy_release(&all);
}

/* ---- money ---- */

enum {
	HAS,
	WITH,
	CLOSING
};

static bool take(struct names *accounts, struct text payer, struct text payee, int64_t fen)
{
	int64_t *from = names_find(accounts, payer), *to = names_find(accounts, payee);

	if (from && from[HAS] < fen)
		return false;
	if (from)
		from[HAS] -= fen;
	if (to)
		to[HAS] += fen;
	return true;
}

static bool take_line(const struct city_copy *c, struct names *accounts, enum copy_file f, uint32_t i)
{
	struct text line = c->file[f].line[i];
	bool cash = f == COPY_CASH;
	int64_t fen = copy_fen(copy_field(line, cash ? 2 : 3));

	assert_true(fen > 0);
	return take(accounts, copy_field(line, 1), cash ? text_z("") : copy_field(line, 2), fen);
}

/* Both files by time. Of two lines of one second, one in each file, nobody knows which came first: the one that can be
 * paid goes first. That is enough: withdrawals only take, so what could be paid before a withdrawal can wait for it. */
static void replay_money(const struct city_copy *c, struct names *accounts)
{
	const struct copy_lines *t = &c->file[COPY_TRANSFERS], *w = &c->file[COPY_CASH];
	uint32_t i = 1, k = 1;

	while (i < t->n || k < w->n) {
		int64_t t_s = i < t->n ? copy_line_time_s(c, COPY_TRANSFERS, i) : INT64_MAX;
		int64_t w_s = k < w->n ? copy_line_time_s(c, COPY_CASH, k) : INT64_MAX;
		if (t_s <= w_s && take_line(c, accounts, COPY_TRANSFERS, i))
			i++;
		else if (w_s <= t_s && take_line(c, accounts, COPY_CASH, k))
			k++;
		else
			fail_msg("nobody has the money for transfers.csv:%u or cash.csv:%u", i + 1, k + 1);
	}
}

static void check_money(const struct city_copy *c)
{
	const struct copy_lines *l = &c->file[COPY_BALANCES];
	struct names accounts = { 0 };
	bool is_new;

	for (uint32_t i = 1; i < l->n; i++) {
		int64_t *v = names_at(&accounts, copy_field(l->line[i], 0), &is_new);
		assert_true(is_new);
		v[HAS] = v[WITH] = copy_fen(copy_field(l->line[i], 1));
		v[CLOSING] = copy_fen(copy_field(l->line[i], 2));
	}
	replay_money(c, &accounts);
	for (uint32_t i = 0; i < accounts.cap; i++) {
		const struct name *s = &accounts.slot[i];
		if (s->key.p && s->v[HAS] != s->v[CLOSING])
			fail_msg("%.*s began with %lld fen and ends with %lld, not %lld", (int)s->key.n, s->key.p,
			         (long long)s->v[WITH], (long long)s->v[HAS], (long long)s->v[CLOSING]);
	}
	names_release(&accounts);
}

/* ---- time ---- */

static void check_order(const struct city_copy *c)
{
	for (int f = 0; f < COPY_EVENTS; f++) {
		int64_t last_s = INT64_MIN;
		for (uint32_t i = f != COPY_SMS; i < c->file[f].n; i++) {
			int64_t at_s = copy_line_time_s(c, (enum copy_file)f, i);
			if (at_s < last_s)
				fail_msg("%s:%u is earlier than the line before", copy_names[f], i + 1);
			last_s = at_s;
		}
	}
}

static void open_before(const struct names *opened, struct text what, const struct city_copy *c, enum copy_file f,
                        uint32_t i)
{
	const int64_t *v = names_find(opened, what);

	if (v && v[0] > copy_line_time_s(c, f, i))
		fail_msg("%s:%u uses %.*s before it is opened", copy_names[f], i + 1, (int)what.n, what.p);
}

static void check_openings(const struct city_copy *c)
{
	const struct copy_lines *l = &c->file[COPY_OPENINGS];
	struct names opened = { 0 };
	bool is_new;

	for (uint32_t i = 1; i < l->n; i++) {
		bool card = text_eq(copy_field(l->line[i], 0), text_z("open_card"));
		int64_t *v = names_at(&opened, copy_field(l->line[i], card ? 2 : 3), &is_new);
		if (!is_new)
			fail_msg("openings.csv:%u opens what is open", i + 1);
		v[0] = copy_line_time_s(c, COPY_OPENINGS, i);
	}
	for (uint32_t i = 1; i < c->file[COPY_CALLS].n; i++)
		open_before(&opened, copy_field(c->file[COPY_CALLS].line[i], 1), c, COPY_CALLS, i);
	for (uint32_t i = 0; i < c->file[COPY_SMS].n; i++)
		open_before(&opened, copy_value(c->file[COPY_SMS].line[i], "sender"), c, COPY_SMS, i);
	for (uint32_t i = 1; i < c->file[COPY_DATA].n; i++)
		open_before(&opened, copy_field(c->file[COPY_DATA].line[i], 2), c, COPY_DATA, i);
	for (uint32_t i = 1; i < c->file[COPY_TRANSFERS].n; i++) {
		open_before(&opened, copy_field(c->file[COPY_TRANSFERS].line[i], 1), c, COPY_TRANSFERS, i);
		open_before(&opened, copy_field(c->file[COPY_TRANSFERS].line[i], 2), c, COPY_TRANSFERS, i);
	}
	for (uint32_t i = 1; i < c->file[COPY_CASH].n; i++)
		open_before(&opened, copy_field(c->file[COPY_CASH].line[i], 1), c, COPY_CASH, i);
	for (uint32_t i = 1; i < c->file[COPY_LOGINS].n; i++)
		open_before(&opened, copy_field(c->file[COPY_LOGINS].line[i], 2), c, COPY_LOGINS, i);
	for (uint32_t i = 1; i < c->file[COPY_BINDS].n; i++) {
		open_before(&opened, copy_field(c->file[COPY_BINDS].line[i], 3), c, COPY_BINDS, i);
		open_before(&opened, copy_field(c->file[COPY_BINDS].line[i], 4), c, COPY_BINDS, i);
	}
	names_release(&opened);
}

/* The counts are those of the files; nobody telephones or pays himself. */
static void check_lines(const struct city_copy *c)
{
	static const uint8_t file_of[EV_TYPES] = { COPY_CALLS,  COPY_SMS,      COPY_DATA,     COPY_TRANSFERS,
		                                       COPY_CASH,   COPY_OPENINGS, COPY_OPENINGS, COPY_BINDS,
		                                       COPY_LOGINS, COPY_REPORTS,  COPY_PLACES };
	uint64_t n[COPY_EVENTS] = { 0 };

	for (int t = 0; t < EV_TYPES; t++)
		n[file_of[t]] += c->counts.events[t];
	for (int f = 0; f < COPY_EVENTS; f++)
		assert_int_equal(n[f], c->file[f].n - (f != COPY_SMS));
	for (int f = COPY_CALLS; f <= COPY_TRANSFERS; f += COPY_TRANSFERS - COPY_CALLS)
		for (uint32_t i = 1; i < c->file[f].n; i++)
			if (text_eq(copy_field(c->file[f].line[i], 1), copy_field(c->file[f].line[i], 2)))
				fail_msg("%s:%u goes from somebody to himself", copy_names[f], i + 1);
}

static void check(struct city_options o, int64_t steps)
{
	struct city_copy c;

	printf("seed %llu, %lld people, %lld days, difficulty %d, %lld steps\n", (unsigned long long)o.seed,
	       (long long)o.people, (long long)o.days, (int)o.difficulty, (long long)steps);
	copy_make(&c, o, scene, steps);
	check_lines(&c);
	check_order(&c);
	check_money(&c);
	check_openings(&c);
	copy_release(&c);
}

static void test_cities(void **state)
{
	(void)state;
	uint64_t seed = test_seed(1);

	for (uint64_t k = 0; k < test_cases(8); k++)
		check(small(seed + k), 0);
}

/* Closed early, as by an interruption: in the history, at its end, at any hour. */
static void test_closed_early(void **state)
{
	(void)state;
	uint64_t seed = test_seed(2);
	struct rng r;

	rng_seed(&r, seed);
	check(small(seed), 1);
	check(small(seed), 60);
	for (uint64_t k = 0; k < test_cases(4); k++)
		check(small(seed + k), rng_between(&r, 61, 60 + 40));
}

/* The edges of a city: the longest history, the shortest, no crime, the smallest, a day far away. */
static void test_edges(void **state)
{
	(void)state;
	struct city_options o = small(test_seed(3));

	o.history_days = CITY_HISTORY_MAX;
	check(o, 0);
	o.history_days = 1;
	o.crime_percent = 0;
	check(o, 0);
	o.people = CITY_PEOPLE_MIN;
	o.start_day = 0;
	check(o, 0);
	o.start_day = 365 * 120;
	o.days = 9;
	o.crime_percent = 20000;
	check(o, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_bytes),   cmocka_unit_test(test_only),  cmocka_unit_test(test_cities),
		cmocka_unit_test(test_closed_early), cmocka_unit_test(test_edges),
	};
	return cmocka_run_group_tests(tests, make, drop);
}
