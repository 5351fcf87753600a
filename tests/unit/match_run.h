/* match_run.h - two sides of a private matching in one process, step by step; for test_match.c and test_matches.c. */
#ifndef DUANKA_TESTS_UNIT_MATCH_RUN_H
#define DUANKA_TESTS_UNIT_MATCH_RUN_H
#include "tests/test.h"
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

static inline void read_list(struct match_list *l, const char *text)
{
	assert_int_equal(match_list_read(l, IDENT_PHONE, text_z(text), NULL), ERR_OK);
}

/* n numbers from first on, every step-th. */
static inline void numbers(struct match_list *l, uint64_t first, uint32_t n, uint32_t step)
{
	struct buf b;

	buf_init(&b, 64 << 20);
	buf_z(&b, "value\n");
	for (uint32_t i = 0; i < n; i++)
		buf_printf(&b, "139%08llu\n", (unsigned long long)(first + (uint64_t)i * step));
	read_list(l, b.p);
	buf_release(&b);
}

static inline void begin(struct run *r)
{
	memset(r, 0, sizeof(*r));
	r->terms = terms;
	buf_init(&r->offer, MATCH_MESSAGE_BYTES_MAX);
	buf_init(&r->answer, MATCH_MESSAGE_BYTES_MAX);
	buf_init(&r->finish, MATCH_MESSAGE_BYTES_MAX);
}

static inline void end_side(struct side *s)
{
	match_list_release(&s->list);
	match_state_free(s->state);
	match_found_release(&s->found);
}

static inline void end(struct run *r)
{
	end_side(&r->a);
	end_side(&r->b);
	buf_release(&r->offer);
	buf_release(&r->answer);
	buf_release(&r->finish);
}

static inline enum err do_offer(struct run *r)
{
	enum err e = match_offer(&r->a.state, &r->terms, &r->a.list, &small, &alone, &r->offer, &why);

	return e != ERR_OK ? e : match_message_read(&r->m_offer, buf_view(&r->offer), &small, &why);
}

static inline enum err do_answer(struct run *r)
{
	enum err e = match_answer(&r->b.state, &r->m_offer, &r->b.list, &small, &alone, &r->answer, &why);

	return e != ERR_OK ? e : match_message_read(&r->m_answer, buf_view(&r->answer), &small, &why);
}

static inline enum err do_finish(struct run *r)
{
	enum err e = match_finish(r->a.state, &r->m_answer, &r->a.list, &small, &alone, &r->finish, &r->a.found, &why);

	return e != ERR_OK || r->finish.n == 0 ? e : match_message_read(&r->m_finish, buf_view(&r->finish), &small, &why);
}

static inline enum err do_learn(struct run *r)
{
	return match_learn(r->b.state, &r->m_finish, &r->b.list, &r->b.found, &why);
}

/* A state as it comes back from its file. */
static inline void put_by(struct match_state **s)
{
	struct buf b;

	buf_init(&b, MATCH_STATE_BYTES_MAX);
	assert_int_equal(match_state_write(*s, &b), ERR_OK);
	match_state_free(*s);
	assert_int_equal(match_state_read(s, buf_view(&b), &why), ERR_OK);
	buf_release(&b);
}

static inline void do_all(struct run *r)
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

#endif
