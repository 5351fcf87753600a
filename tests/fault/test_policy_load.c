/* test_policy_load.c - every allocation of policy_load fails once: it says ERR_MEMORY and leaves nothing behind (the
 * sanitizers look after that). */
#include "tests/test.h"
#include "base/mem.h"
#include "policy/policy.h"

static const char source[] =
	"entity phone { holder: person }, person\n"
	"event call { caller: phone, callee: phone, talk: duration }\n"
	"event bind { phone: phone, person: person } sets phone.holder = person\n"
	"let n = count(call by caller over 1h where callee.holder is known)\n"
	"rule r on call about caller when n > 3 and clock between 22:00 and 06:00\n"
	"then alert red, propose warn(caller.holder) basis \"x\" because \"{n} calls\"\n"
	"test \"t\" { call { caller: \"1\", callee: \"2\", talk: 5s } at 2026-03-01 08:00 repeat 9 every 1min expect r 5 times }\n";

static void each_failure(const char *text, enum err without)
{
	static struct policy p;
	enum err e = ERR_MEMORY;
	uint64_t nth;

	for (nth = 1; nth < 10000; nth++) {
		struct policy_file file = { TEXT("t.dk"), text_z(text) };
		struct buf b;
		buf_init(&b, 1 << 20);
		mem_fail_at(nth);
		e = policy_load(&p, &file, 1, NULL, NULL, &b);
		bool failed = mem_count() >= nth;
		mem_fail_at(0);
		buf_release(&b);
		if (e == ERR_OK)
			policy_release(&p);
		if (!failed)
			break;
		assert_int_equal(e, ERR_MEMORY);
	}
	assert_int_equal(e, without);
	assert_true(nth > 3);
}

static void test_right(void **state)
{
	(void)state;
	each_failure(source, ERR_OK);
}

static void test_wrong(void **state)
{
	(void)state;
	each_failure(
		"rule r on call about caller when x then alert blue because \"{y}\" entity a, a, b, b event e { x: c }",
		ERR_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_right), cmocka_unit_test(test_wrong) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
