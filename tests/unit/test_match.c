/* test_match.c - private matching against a naive intersection; what each message may tell and what it may not; wrong, damaged and reflected messages; each
 * allocation made to fail once.
 *
 * The bound of a chi-squared test here is exceeded by chance once in more than 10^6 runs. */
#include "tests/test.h"
#include <sodium.h>
#include "base/mem.h"
#include "base/rng.h"
#include "tests/unit/match_run.h"

/* ---- what comes out ---- */

/* One number in one of the ways in which people write it. */
static void write_number(struct buf *b, struct rng *g, uint64_t number)
{
	unsigned a = (unsigned)(number / 10000), c = (unsigned)(number % 10000);

	switch (rng_below(g, 6)) {
	case 0: buf_printf(b, "139%04u%04u", a, c); break;
	case 1: buf_printf(b, "+86 139 %04u %04u", a, c); break;
	case 2: buf_printf(b, "0086139%04u%04u", a, c); break;
	case 3: buf_printf(b, "139-%04u-%04u", a, c); break;
	case 4: buf_printf(b, "\"(+86)139%04u%04u\"", a, c); break;
	default: buf_printf(b, "  86139%04u%04u ", a, c); break;
	}
	buf_char(b, '\n');
}

static void random_list(struct match_list *l, struct rng *g, uint64_t among, bool *in, uint32_t n)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	buf_z(&b, "\xef\xbb\xbfvalue\n");
	for (uint32_t i = 0; i < n; i++) {
		uint64_t v = rng_below(g, among);

		in[v] = true;
		write_number(&b, g, v);
	}
	read_list(l, b.p);
	assert_int_equal(l->lines, n);
	assert_int_equal(l->n + l->repeated, n);
	buf_release(&b);
}

static void judge(const struct side *s, const bool *both, uint64_t among)
{
	uint32_t expected = 0, at = 0;

	assert_true(s->found.learns);
	for (uint64_t v = 0; v < among; v++)
		expected += both[v];
	assert_int_equal(s->found.n, expected);
	for (uint32_t i = 0; i < s->list.n; i++) {
		char z[16];

		snprintf(z, sizeof(z), "%.*s", s->list.item[i].n, s->list.item[i].p);
		assert_int_equal(s->found.hit[i], both[strtoul(z + 3, NULL, 10)]);
		at += s->found.hit[i];
	}
	assert_int_equal(at, expected);
}

static void random_lists(void **state)
{
	enum {
		AMONG = 60
	};
	struct rng g;

	(void)state;
	rng_seed(&g, test_seed(16));
	for (uint64_t k = test_cases(60); k > 0; k--) {
		bool x[AMONG] = { false }, y[AMONG] = { false }, both[AMONG];
		struct run r;

		begin(&r);
		r.terms.learns = (enum match_learns)(1 + rng_below(&g, 3));
		random_list(&r.a.list, &g, AMONG, x, 1 + (uint32_t)rng_below(&g, 50));
		random_list(&r.b.list, &g, AMONG, y, 1 + (uint32_t)rng_below(&g, 50));
		for (int i = 0; i < AMONG; i++)
			both[i] = x[i] && y[i];
		do_all(&r);
		assert_int_equal(r.a.found.learns, (r.terms.learns & MATCH_OFFERER) != 0);
		assert_int_equal(r.b.found.learns, (r.terms.learns & MATCH_ANSWERER) != 0);
		if (r.a.found.learns)
			judge(&r.a, both, AMONG);
		if (r.b.found.learns)
			judge(&r.b, both, AMONG);
		end(&r);
	}
}

static void kinds_do_not_meet(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	assert_int_equal(match_list_read(&r.a.list, IDENT_ACCOUNT, text_z("value\n13900000001\n"), NULL), ERR_OK);
	read_list(&r.b.list, "value\n13900000001\n");
	r.terms.form = IDENT_ACCOUNT;
	assert_int_equal(do_offer(&r), ERR_OK);
	r.m_offer.terms.form = IDENT_PHONE; /* as if somebody read it so */
	assert_int_equal(do_answer(&r), ERR_OK);
	assert_int_equal(do_finish(&r), ERR_FORMAT);
	assert_non_null(strstr(why, "other terms"));
	end(&r);
}

static void threads_agree(void **state)
{
	const struct match_work many = { .threads = 4 };
	struct run r;
	uint32_t n = 0;

	(void)state;
	begin(&r);
	numbers(&r.a.list, 0, 3000, 2);
	numbers(&r.b.list, 0, 2000, 3);
	assert_int_equal(match_offer(&r.a.state, &r.terms, &r.a.list, &small, &many, &r.offer, &why), ERR_OK);
	assert_int_equal(match_message_read(&r.m_offer, buf_view(&r.offer), &small, &why), ERR_OK);
	assert_int_equal(match_answer(&r.b.state, &r.m_offer, &r.b.list, &small, &many, &r.answer, &why), ERR_OK);
	assert_int_equal(match_message_read(&r.m_answer, buf_view(&r.answer), &small, &why), ERR_OK);
	assert_int_equal(do_finish(&r), ERR_OK);
	for (uint32_t v = 0; v < 6000; v += 6)
		n++;
	assert_int_equal(r.a.found.n, n);
	end(&r);
}

/* ---- what travels ---- */

static bool has_point(const unsigned char *all, uint32_t n, const unsigned char *p)
{
	for (uint32_t i = 0; i < n; i++)
		if (memcmp(all + (size_t)i * POINT, p, POINT) == 0)
			return true;
	return false;
}

/* Two sessions over the same lists: the same lengths, and not a point in common, in any message. */
static void sessions_share_nothing(void **state)
{
	struct run a, b;

	(void)state;
	begin(&a);
	begin(&b);
	for (int i = 0; i < 2; i++) {
		numbers(i == 0 ? &a.a.list : &b.a.list, 0, 60, 1);
		numbers(i == 0 ? &a.b.list : &b.b.list, 30, 50, 1);
	}
	do_all(&a);
	do_all(&b);
	assert_int_equal(a.offer.n, b.offer.n);
	assert_int_equal(a.answer.n, b.answer.n);
	assert_int_equal(a.finish.n, b.finish.n);
	for (uint32_t i = 0; i < 60; i++) {
		assert_false(has_point(b.m_offer.own, 60, a.m_offer.own + (size_t)i * POINT));
		assert_false(has_point(b.m_answer.back, 60, a.m_answer.back + (size_t)i * POINT));
	}
	for (uint32_t i = 0; i < 50; i++) {
		assert_false(has_point(b.m_answer.own, 50, a.m_answer.own + (size_t)i * POINT));
		assert_false(has_point(b.m_finish.back, 50, a.m_finish.back + (size_t)i * POINT));
	}
	/* Within a session only the two sets raised twice meet, and in just as many points as the lists. */
	for (uint32_t i = 0, met = 0; i < 60; i++) {
		met += has_point(a.m_finish.back, 50, a.m_answer.back + (size_t)i * POINT);
		assert_false(has_point(a.m_answer.own, 50, a.m_offer.own + (size_t)i * POINT));
		assert_true(i < 59 || met == 30);
	}
	end(&a);
	end(&b);
}

/* The length tells the number of items and nothing of them. */
static void lengths_tell_counts_only(void **state)
{
	static const uint64_t first[] = { 0, 70000000, 99999000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(first); i++) {
		struct run r;

		begin(&r);
		numbers(&r.a.list, first[i], 40, 1);
		numbers(&r.b.list, 50000, 70, 1);
		do_all(&r);
		assert_int_equal(r.offer.n, match_message_bytes(39, 40, 0));
		assert_int_equal(r.answer.n, match_message_bytes(39, 70, 40));
		assert_int_equal(r.finish.n, match_message_bytes(39, 0, 70));
		assert_int_equal(r.a.found.n + r.b.found.n, 0);
		end(&r);
	}
}

/* The library's randomness from a seed, so that what comes out can be had again. */
static struct rng drawn;

static const char *drawn_name(void)
{
	return "drawn";
}

static uint32_t drawn_number(void)
{
	return (uint32_t)rng_next(&drawn);
}

static void drawn_bytes(void *p, size_t n)
{
	for (unsigned char *at = p; n > 0; n--)
		*at++ = (unsigned char)rng_next(&drawn);
}

/* Where an item of the list is sent to is uniform: each of 8 items over many sessions, by the state's order, which is behind its head and texts. 7 degrees of
 * freedom: above 45 by chance once in 7 * 10^6. Secrets and sessions come from a seed here. */
static void places_are_uniform(void **state)
{
	static struct randombytes_implementation from_seed = { .implementation_name = drawn_name,
		                                                   .random = drawn_number,
		                                                   .buf = drawn_bytes };
	enum {
		ITEMS = 8,
		SESSIONS = 1600
	};
	uint32_t at[ITEMS][ITEMS] = { { 0 } };

	(void)state;
	assert_true(sodium_init() >= 0);
	rng_seed(&drawn, test_seed(8));
	assert_int_equal(randombytes_set_implementation(&from_seed), 0);
	for (uint32_t k = 0; k < SESSIONS; k++) {
		struct run r;
		struct buf b;

		begin(&r);
		buf_init(&b, MATCH_STATE_BYTES_MAX);
		numbers(&r.a.list, 0, ITEMS, 1);
		assert_int_equal(do_offer(&r), ERR_OK);
		assert_int_equal(match_state_write(r.a.state, &b), ERR_OK);
		for (uint32_t i = 0; i < ITEMS; i++)
			at[(unsigned char)b.p[180 + 39 + 4 * i]][i]++;
		buf_release(&b);
		end(&r);
	}
	assert_int_equal(randombytes_set_implementation(&randombytes_sysrandom_implementation), 0);
	for (uint32_t item = 0; item < ITEMS; item++) {
		double chi = 0, expected = (double)SESSIONS / ITEMS;

		for (uint32_t i = 0; i < ITEMS; i++)
			chi += ((double)at[item][i] - expected) * ((double)at[item][i] - expected) / expected;
		assert_true(chi < 45);
	}
}

/* The order of the file does not show: the same secret would send the same bytes; both lists are one list. */
static void order_of_the_file_is_gone(void **state)
{
	struct match_list up = { 0 }, down = { 0 };

	(void)state;
	read_list(&up, "value\n13900000001\n13900000002\n13900000003\n");
	read_list(&down, "value\n139 0000 0003\n+8613900000002\n13900000001\n13900000003\n");
	assert_int_equal(up.n, down.n);
	assert_memory_equal(up.digest, down.digest, sizeof(up.digest));
	match_list_release(&up);
	match_list_release(&down);
}

/* ---- what is refused ---- */

/* Writes m again with its checksum, and reads it. */
static enum err again(struct match_message *m, struct buf *b, const struct match_limits *limits)
{
	struct match_message copy = *m;

	buf_init(b, MATCH_MESSAGE_BYTES_MAX);
	assert_int_equal(match_message_write(&copy, b), ERR_OK);
	return match_message_read(m, buf_view(b), limits, &why);
}

static void prepared(struct run *r)
{
	begin(r);
	numbers(&r->a.list, 0, 20, 1);
	numbers(&r->b.list, 10, 20, 1);
	assert_int_equal(do_offer(r), ERR_OK);
	assert_int_equal(do_answer(r), ERR_OK);
}

static void points_that_are_none(void **state)
{
	static const unsigned char bad[][POINT] = {
		{ 0 }, /* the identity */
		{ 1 }, /* negative, not canonical */
		{ 0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f }, /* p */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		for (int part = 0; part < 2; part++) {
			unsigned char points[20 * POINT];
			struct match_message m;
			struct buf b;
			struct run r;

			prepared(&r);
			m = r.m_answer;
			memcpy(points, part == 0 ? m.own : m.back, sizeof(points));
			memcpy(points + (i == 2 ? 19 * POINT : 0), bad[i], POINT); /* where it stands in order */
			*(part == 0 ? &m.own : &m.back) = points;
			if (again(&m, &b, &small) == ERR_OK) {
				r.m_answer = m;
				assert_int_equal(do_finish(&r), ERR_FORMAT);
				assert_non_null(strstr(why, "none of the group"));
				assert_int_equal(r.finish.n, 0);
			} else {
				assert_int_equal(part, 0); /* it stood before a smaller one */
			}
			buf_release(&b);
			end(&r);
		}
}

static void duplicates_and_disorder(void **state)
{
	unsigned char points[20 * POINT];
	struct match_message m;
	struct buf b;
	struct run r;

	(void)state;
	prepared(&r);
	m = r.m_answer;
	memcpy(points, m.own, sizeof(points));
	memcpy(points, points + POINT, POINT);
	m.own = points;
	assert_int_equal(again(&m, &b, &small), ERR_FORMAT);
	assert_non_null(strstr(why, "twice"));
	buf_release(&b);
	m = r.m_answer;
	memcpy(points, m.back, sizeof(points));
	memcpy(points, points + POINT, POINT);
	m.back = points;
	assert_int_equal(again(&m, &b, &small), ERR_OK);
	r.m_answer = m;
	assert_int_equal(do_finish(&r), ERR_FORMAT);
	assert_non_null(strstr(why, "twice"));
	buf_release(&b);
	end(&r);
}

static void reflection(void **state)
{
	struct match_message m;
	struct buf b;
	struct run r;

	(void)state;
	prepared(&r);
	m = r.m_offer;
	r.m_answer = m; /* as it came */
	assert_int_equal(do_finish(&r), ERR_FORMAT);
	assert_non_null(strstr(why, "another step"));
	m.step = MATCH_ANSWER; /* made up to look like an answer */
	m.back = m.own;
	m.n_back = m.n_own;
	memcpy(m.previous, r.m_offer.hash, sizeof(m.previous));
	assert_int_equal(again(&m, &b, &small), ERR_OK);
	r.m_answer = m;
	assert_int_equal(do_finish(&r), ERR_FORMAT);
	assert_non_null(strstr(why, "your own message"));
	buf_release(&b);
	end(&r);
}

static void wrong_session(void **state)
{
	struct run a, b;

	(void)state;
	prepared(&a);
	prepared(&b);
	a.m_answer = b.m_answer;
	assert_int_equal(do_finish(&a), ERR_FORMAT);
	assert_non_null(strstr(why, "another session"));
	a.m_answer.terms = a.m_offer.terms;
	assert_int_equal(do_finish(&a), ERR_FORMAT);
	assert_non_null(strstr(why, "another message"));
	end(&a);
	end(&b);
}

static void sizes(void **state)
{
	static const struct match_limits usual = { MATCH_ITEMS_LEAST, MATCH_ITEMS_MOST, MATCH_RATIO_MOST };
	static const struct match_limits tight = { 1, 20, 3 };
	struct match_message m;
	struct run r;

	(void)state;
	begin(&r);
	numbers(&r.a.list, 0, 20, 1);
	numbers(&r.b.list, 0, 61, 1);
	assert_int_equal(match_offer(&r.a.state, &r.terms, &r.a.list, &usual, &alone, &r.offer, &why), ERR_RANGE);
	assert_null(r.a.state);
	assert_int_equal(do_offer(&r), ERR_OK);
	assert_int_equal(match_message_read(&m, buf_view(&r.offer), &usual, &why), ERR_RANGE);
	assert_non_null(strstr(why, "fewer"));
	assert_int_equal(match_answer(&r.b.state, &r.m_offer, &r.b.list, &tight, &alone, &r.answer, &why), ERR_RANGE);
	assert_non_null(strstr(why, "more items"));
	assert_int_equal(
		match_answer(&r.b.state, &r.m_offer, &r.b.list, &(struct match_limits){ 1, 100, 3 }, &alone, &r.answer, &why),
		ERR_RANGE);
	assert_non_null(strstr(why, "so much longer"));
	assert_int_equal(r.answer.n, 0);
	end(&r);
}

/* Each bit of a message flipped in turn, and each length cut: none is read. */
static void damage(void **state)
{
	struct match_message m;
	struct run r;

	(void)state;
	prepared(&r);
	for (size_t i = 0; i < 8 * r.offer.n; i++) {
		r.offer.p[i / 8] = (char)(r.offer.p[i / 8] ^ 1 << i % 8);
		assert_int_not_equal(match_message_read(&m, buf_view(&r.offer), &small, &why), ERR_OK);
		r.offer.p[i / 8] = (char)(r.offer.p[i / 8] ^ 1 << i % 8);
	}
	for (size_t n = 0; n < r.offer.n; n++)
		assert_int_not_equal(match_message_read(&m, text_of(r.offer.p, n), &small, &why), ERR_OK);
	end(&r);
}

static bool stop_at_once(void *context, uint64_t done, uint64_t total)
{
	(void)context;
	return done > total;
}

static void stopping(void **state)
{
	const struct match_work w = { .progress = stop_at_once };
	struct run r;

	(void)state;
	begin(&r);
	numbers(&r.a.list, 0, 2000, 1);
	assert_int_equal(match_offer(&r.a.state, &r.terms, &r.a.list, &small, &w, &r.offer, &why), ERR_STOPPED);
	assert_null(r.a.state);
	assert_int_equal(r.offer.n, 0);
	end(&r);
}

/* ---- faults ---- */

static enum err whole(struct run *r)
{
	struct buf b;
	enum err e = do_offer(r);

	buf_init(&b, MATCH_STATE_BYTES_MAX);
	if (e == ERR_OK)
		e = match_state_write(r->a.state, &b);
	if (e == ERR_OK) {
		match_state_free(r->a.state);
		e = match_state_read(&r->a.state, buf_view(&b), &why);
	}
	buf_release(&b);
	if (e == ERR_OK)
		e = do_answer(r);
	if (e == ERR_OK)
		e = do_finish(r);
	return e == ERR_OK ? do_learn(r) : e;
}

static void each_allocation_fails(void **state)
{
	int64_t live = mem_live();
	enum err e = ERR_MEMORY;

	(void)state;
	for (uint64_t nth = 1; e != ERR_OK; nth++) {
		struct run r;

		begin(&r);
		mem_fail_at(nth);
		e = match_list_read(&r.a.list, IDENT_PHONE, TEXT("value\n13900000001\n13900000002\n"), NULL);
		if (e == ERR_OK)
			e = match_list_read(&r.b.list, IDENT_PHONE, TEXT("value\n13900000002\n13900000003\n"), NULL);
		if (e == ERR_OK)
			e = whole(&r);
		mem_fail_at(0);
		assert_true(e == ERR_OK || e == ERR_MEMORY);
		if (e == ERR_OK)
			assert_true(r.a.found.n == 1 && r.b.found.n == 1 && nth > 15);
		end(&r);
		assert_int_equal(mem_live(), live);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_lists),
		cmocka_unit_test(kinds_do_not_meet),
		cmocka_unit_test(threads_agree),
		cmocka_unit_test(sessions_share_nothing),
		cmocka_unit_test(lengths_tell_counts_only),
		cmocka_unit_test(places_are_uniform),
		cmocka_unit_test(order_of_the_file_is_gone),
		cmocka_unit_test(points_that_are_none),
		cmocka_unit_test(duplicates_and_disorder),
		cmocka_unit_test(reflection),
		cmocka_unit_test(wrong_session),
		cmocka_unit_test(sizes),
		cmocka_unit_test(damage),
		cmocka_unit_test(stopping),
		cmocka_unit_test(each_allocation_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
