/* test_match.c - private matching against a naive intersection; what each message may tell and what it may not; wrong, damaged and reflected messages; each
 * allocation made to fail once.
 *
 * The bound of a chi-squared test here is exceeded by chance once in more than 10^6 runs. */
#include "tests/test.h"
#include <sodium.h>
#include "base/mem.h"
#include "base/rng.h"
#include "match/match.h"

enum {
	POINT = MATCH_POINT_BYTES
};

static const struct match_limits small = { 1, MATCH_ITEMS_MOST, MATCH_RATIO_MOST };
static const struct match_work alone;
static const char *why;

static const struct match_terms terms = { .form = IDENT_PHONE,
	                                      .learns = MATCH_BOTH,
	                                      .purpose = { "payees whose phones are suspected", 33 },
	                                      .basis = { "Art 16", 6 } };

struct side {
	struct match_list list;
	struct match_state *state;
	struct match_found found;
};
struct run {
	struct side a, b;
	struct match_terms terms;
	struct buf offer, answer, finish;
	struct match_message m_offer, m_answer, m_finish;
};

static void read_list(struct match_list *l, const char *text)
{
	assert_int_equal(match_list_read(l, IDENT_PHONE, text_z(text), NULL), ERR_OK);
}

/* n numbers from first on, every step-th. */
static void numbers(struct match_list *l, uint64_t first, uint32_t n, uint32_t step)
{
	struct buf b;

	buf_init(&b, 64 << 20);
	buf_z(&b, "value\n");
	for (uint32_t i = 0; i < n; i++)
		buf_printf(&b, "139%08llu\n", (unsigned long long)(first + (uint64_t)i * step));
	read_list(l, b.p);
	buf_release(&b);
}

static void begin(struct run *r)
{
	memset(r, 0, sizeof(*r));
	r->terms = terms;
	buf_init(&r->offer, MATCH_MESSAGE_BYTES_MAX);
	buf_init(&r->answer, MATCH_MESSAGE_BYTES_MAX);
	buf_init(&r->finish, MATCH_MESSAGE_BYTES_MAX);
}

static void end_side(struct side *s)
{
	match_list_release(&s->list);
	match_state_free(s->state);
	match_found_release(&s->found);
}

static void end(struct run *r)
{
	end_side(&r->a);
	end_side(&r->b);
	buf_release(&r->offer);
	buf_release(&r->answer);
	buf_release(&r->finish);
}

static enum err do_offer(struct run *r)
{
	enum err e = match_offer(&r->a.state, &r->terms, &r->a.list, &small, &alone, &r->offer, &why);

	return e != ERR_OK ? e : match_message_read(&r->m_offer, buf_view(&r->offer), &small, &why);
}

static enum err do_answer(struct run *r)
{
	enum err e = match_answer(&r->b.state, &r->m_offer, &r->b.list, &small, &alone, &r->answer, &why);

	return e != ERR_OK ? e : match_message_read(&r->m_answer, buf_view(&r->answer), &small, &why);
}

static enum err do_finish(struct run *r)
{
	enum err e = match_finish(r->a.state, &r->m_answer, &r->a.list, &small, &alone, &r->finish, &r->a.found, &why);

	return e != ERR_OK || r->finish.n == 0 ? e : match_message_read(&r->m_finish, buf_view(&r->finish), &small, &why);
}

static enum err do_learn(struct run *r)
{
	return match_learn(r->b.state, &r->m_finish, &r->b.list, &r->b.found, &why);
}

/* A state as it comes back from its file. */
static void put_by(struct match_state **s)
{
	struct buf b;

	buf_init(&b, MATCH_STATE_BYTES_MAX);
	assert_int_equal(match_state_write(*s, &b), ERR_OK);
	match_state_free(*s);
	assert_int_equal(match_state_read(s, buf_view(&b), &why), ERR_OK);
	buf_release(&b);
}

static void do_all(struct run *r)
{
	assert_int_equal(do_offer(r), ERR_OK);
	put_by(&r->a.state);
	assert_int_equal(do_answer(r), ERR_OK);
	assert_int_equal(do_finish(r), ERR_OK);
	if ((r->terms.learns & MATCH_ANSWERER) != 0) {
		put_by(&r->b.state);
		assert_int_equal(do_learn(r), ERR_OK);
	} else {
		assert_null(r->b.state);
		assert_int_equal(r->finish.n, 0);
	}
}

/* ---- what comes out ---- */

/* One number in one of the ways in which people write it. */
static void write_number(struct buf *b, struct rng *g, uint64_t number)
{
	static const char *const wide[] = { "０", "１", "２", "３", "４", "５", "６", "７", "８", "９" };
	unsigned a = (unsigned)(number / 10000), c = (unsigned)(number % 10000);

	(void)wide;
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_lists),
		cmocka_unit_test(kinds_do_not_meet),
		cmocka_unit_test(threads_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
