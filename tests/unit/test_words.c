/* test_words.c - the vocabulary: every word and function has help in both languages, reserved words are those that the lexer refuses as names, and what completion offers compiles. */
#include "tests/test.h"
#include "policy/policy.h"
#include "policy/lex.h"
#include "policy/words.h"
#include "show/vocabulary.h"

static enum err load(const char *text, struct buf *errors)
{
	static struct policy p;
	struct policy_file f = { TEXT("a.dk"), text_z(text) };
	enum err e = policy_load(&p, &f, 1, NULL, NULL, errors);

	if (e == ERR_OK)
		policy_release(&p);
	return e;
}

static void test_help(void **state)
{
	struct policy_function room;
	const struct policy_function *f;
	const struct policy_word *w;
	enum word_class before = WORD_DECLARATION;

	(void)state;
	for (uint32_t i = 0; (w = policy_word(i)) != NULL; i++) {
		assert_true(w->class >= before); /* the lexer looks no further than its class */
		before = w->class;
		assert_true(w->form[0] != 0 && w->zh[0] != 0);
		assert_non_null(strstr(w->form, w->word));
	}
	for (uint32_t i = 0; (f = policy_function(i, &room)) != NULL; i++)
		assert_true(f->form[0] != 0 && f->en[0] != 0 && f->zh[0] != 0);
}

/* A word that is reserved can't name a field; others can. */
static void test_reserved(void **state)
{
	const struct policy_word *w;

	(void)state;
	for (uint32_t i = 0; (w = policy_word(i)) != NULL; i++) {
		char text[200];
		struct buf errors;

		snprintf(text, sizeof(text), "event call { %s: number }\n", w->word);
		buf_init(&errors, 1 << 16);
		assert_int_equal(load(text, &errors), w->class == WORD_CLAUSE ? ERR_OK : ERR_FORMAT);
		assert_int_equal(lex_is_reserved(text_z(w->word)), w->class != WORD_CLAUSE);
		buf_release(&errors);
	}
}

/* Each unit may follow a number, and each function over events stands in an expression. */
static void test_compiles(void **state)
{
	struct policy_function room;
	const struct policy_function *f;
	const char *unit;
	int64_t size;
	bool money;
	struct buf errors;

	(void)state;
	buf_init(&errors, 1 << 16);
	for (uint32_t i = 0; (unit = policy_unit(i, &size, &money)) != NULL; i++) {
		char text[200];

		snprintf(text, sizeof(text), "event pay { x: %s }\nfeature f on pay = x >= 3 %s\n",
		         money ? "money" : "duration", unit);
		if (load(text, &errors) != ERR_OK)
			fail_msg("%s", errors.p);
	}
	for (uint32_t i = 0; (f = policy_function(i, &room)) != NULL; i++) {
		bool counts = strstr(f->form, "(event") != NULL;
		char text[300];

		if (f->class != FUNCTION_AGGREGATE)
			continue;
		snprintf(text, sizeof(text),
		         "entity phone\nevent call { a: phone, n: number }\nfeature f on call = %s(%s by a over 1h)\n", f->name,
		         counts                          ? "call"
		         : strcmp(f->name, "share") == 0 ? "n > 1"
		                                         : "n");
		if (load(text, &errors) != ERR_OK)
			fail_msg("%s", errors.p);
	}
	buf_release(&errors);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_help), cmocka_unit_test(test_reserved),
		                                cmocka_unit_test(test_compiles) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
