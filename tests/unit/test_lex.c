/* test_lex.c - tokens, their values and their places. */
#include "tests/test.h"
#include "policy/lex.h"

struct lexing {
	struct policy p;
	struct front f;
	struct lexer lx;
};

static struct lexing *begin(const char *source)
{
	struct lexing *x = calloc(1, sizeof(*x));
	x->f.p = &x->p;
	arena_init(&x->f.scratch, 1 << 20);
	x->p.file[0] = (struct policy_file){ TEXT("t.dk"), text_z(source) };
	x->p.n_files = 1;
	lex_init(&x->lx, &x->f, 0);
	return x;
}

static struct lexeme next(struct lexing *x)
{
	struct lexeme t;
	if (setjmp(x->f.no_memory))
		fail();
	lex_next(&x->lx, &t);
	return t;
}

static void end(struct lexing *x)
{
	arena_release(&x->f.scratch);
	free(x);
}

static struct lexeme only(const char *source)
{
	struct lexing *x = begin(source);
	struct lexeme t = next(x);
	assert_int_equal(next(x).kind, TOKEN_END);
	assert_int_equal(x->f.n_diags, 0);
	end(x);
	return t;
}

static void test_units(void **state)
{
	static const struct {
		const char *source;
		enum token_kind kind;
		int64_t i;
	} cases[] = {
		{ "30", TOKEN_INT, 30 },
		{ "5min", TOKEN_DURATION, 300000000 },
		{ "5 min", TOKEN_DURATION, 300000000 },
		{ "1.5h", TOKEN_DURATION, 5400000000 },
		{ "7us", TOKEN_DURATION, 7 },
		{ "2.5 ms", TOKEN_DURATION, 2500 },
		{ "2w", TOKEN_DURATION, 14 * US_PER_DAY },
		{ "3小时", TOKEN_DURATION, 3 * US_PER_HOUR },
		{ "5 分钟", TOKEN_DURATION, 300000000 },
		{ "5分", TOKEN_MONEY, 5 },
		{ "100 yuan", TOKEN_MONEY, 10000 },
		{ "0.5yuan", TOKEN_MONEY, 50 },
		{ "5 wan", TOKEN_MONEY, 5000000 },
		{ "1.5万元", TOKEN_MONEY, 1500000 },
		{ "22:00", TOKEN_TOD, 22 * US_PER_HOUR },
		{ "6:30", TOKEN_TOD, 390 * US_PER_MINUTE },
		{ "24:00", TOKEN_TOD, US_PER_DAY },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct lexeme t = only(cases[i].source);
		assert_int_equal(t.kind, cases[i].kind);
		assert_int_equal(t.i, cases[i].i);
	}
	assert_true(only("80%").r == 0.8);
	assert_true(only("0.1").r == 0.1);
	assert_int_equal(only("0.1").kind, TOKEN_DECIMAL);
}

static void test_dates(void **state)
{
	(void)state;
	struct lexeme t = only("2026-03-01");
	assert_int_equal(t.kind, TOKEN_DATE);
	assert_int_equal(t.civil.day, 1);
	assert_int_equal(t.civil.hour, 0);
	t = only("2026-03-01 08:05:09.25");
	assert_int_equal(t.kind, TOKEN_INSTANT);
	assert_int_equal(t.civil.minute, 5);
	assert_int_equal(t.civil.us, 250000);
	struct lexing *x = begin("2026-03-01 when");
	assert_int_equal(next(x).kind, TOKEN_DATE);
	assert_int_equal(next(x).kind, TOKEN_RESERVED);
	end(x);
	x = begin("2026-02-30");
	next(x);
	assert_int_equal(x->f.n_diags, 1);
	end(x);
}

static void test_places(void **state)
{
	(void)state;
	struct lexing *x = begin("\xef\xbb\xbf# 注释\n  群呼.主叫 >= \"贷款\\\"x\"\tz");
	struct lexeme t = next(x);
	assert_int_equal(t.kind, TOKEN_IDENT);
	assert_text(t.text, "群呼");
	assert_int_equal(t.span.line, 2);
	assert_int_equal(t.span.col, 3);
	assert_int_equal(next(x).kind, TOKEN_DOT);
	t = next(x);
	assert_int_equal(t.span.col, 6);
	assert_int_equal(next(x).kind, TOKEN_GE);
	t = next(x);
	assert_text(t.text, "贷款\"x");
	assert_int_equal(t.span.col, 12);
	t = next(x);
	assert_text(t.text, "z");
	assert_int_equal(t.span.col, 20);
	t = next(x);
	assert_int_equal(t.kind, TOKEN_END);
	assert_int_equal(x->f.n_diags, 0);
	end(x);
}

static void test_slips(void **state)
{
	(void)state;
	struct lexing *x = begin("a，b == c && “d” ≥ 5万");
	static const enum token_kind kinds[] = { TOKEN_IDENT,    TOKEN_COMMA,  TOKEN_IDENT, TOKEN_EQ,    TOKEN_IDENT,
		                                     TOKEN_RESERVED, TOKEN_STRING, TOKEN_GE,    TOKEN_MONEY, TOKEN_END };
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		assert_int_equal(next(x).kind, kinds[i]);
	assert_int_equal(x->f.n_diags, 6);
	end(x);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_units), cmocka_unit_test(test_dates),
		                                cmocka_unit_test(test_places), cmocka_unit_test(test_slips) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
