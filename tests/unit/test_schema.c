/* test_schema.c - which schemas a running service may take in place of its own, and what it says of the others. */
#include "tests/test.h"
#include "policy/policy.h"

static const char old_text[] =
	"entity phone, account\nevent call { caller: phone, callee: phone, talk: duration?, words: text? }\n"
	"event pay { payer: account, amount: money }\n";

static enum err no_zone(void *ctx, struct arena *a, struct text name, struct text *out)
{
	(void)ctx;
	(void)a;
	(void)name;
	(void)out;
	return ERR_ABSENT;
}

static void load(struct policy *p, const char *text)
{
	struct policy_file f = { TEXT("p.dk"), text_z(text) };
	struct buf errors;

	buf_init(&errors, 1 << 16);
	if (policy_load(p, &f, 1, no_zone, NULL, &errors) != ERR_OK)
		fail_msg("%s", errors.p);
	buf_release(&errors);
}

static void test_extends(void **state)
{
	static struct policy old, now;
	static const struct {
		const char *text, *why; /* "": it extends */
	} cases[] = {
		{ old_text, "" },
		{ "entity phone { holder: person }, account, person\n"
		  "event call { caller: phone, callee: phone, talk: duration?, words: text?, third: phone?, more: text? }\n"
		  "event pay { payer: account, amount: money, note: text? }\nevent sms { sender: phone, body: text }\n",
		  "" },
		{ "entity account, phone\nevent call { caller: phone, callee: phone, talk: duration?, words: text? }\n"
		  "event pay { payer: account, amount: money }\n",
		  "entity phone was number 1 and is number 2" },
		{ "entity phone, person\nevent call { caller: phone, callee: phone, talk: duration?, words: text? }\n"
		  "event pay { payer: person, amount: money }\n",
		  "entity account is missing" },
		{ "entity phone, account\nevent sms { sender: phone }\n"
		  "event call { caller: phone, callee: phone, talk: duration?, words: text? }\n"
		  "event pay { payer: account, amount: money }\n",
		  "event call was number 1 and is number 2: declare new events behind the known ones" },
		{ "entity phone, account\nevent call { caller: phone, callee: phone, talk: duration?, words: text? }\n",
		  "event pay is missing" },
		{ "entity phone, account\nevent call { callee: phone, caller: phone, talk: duration?, words: text? }\n"
		  "event pay { payer: account, amount: money }\n",
		  "field call.caller was number 1 and is number 2" },
		{ "entity phone, account\nevent call { caller: phone, callee: phone, words: text? }\n"
		  "event pay { payer: account, amount: money }\n",
		  "field call.talk is missing" },
		{ "entity phone, account\nevent call { caller: phone, callee: account, talk: duration?, words: text? }\n"
		  "event pay { payer: account, amount: money }\n",
		  "field call.callee has another type" },
		{ "entity phone, account\nevent call { caller: phone, callee: phone, talk: number?, words: text? }\n"
		  "event pay { payer: account, amount: money }\n",
		  "field call.talk has another type" },
		{ "entity phone, account\nevent call { caller: phone, callee: phone, talk: duration, words: text? }\n"
		  "event pay { payer: account, amount: money }\n",
		  "field call.talk may lack and would be required" },
		{ "entity phone, account\nevent call { caller: phone, callee: phone, talk: duration?, words: text? }\n"
		  "event pay { payer: account, amount: money? }\n",
		  "field pay.amount is required and might lack" },
		{ "entity phone, account\nevent call { caller: phone, callee: phone, talk: duration?, words: text?, more: text }\n"
		  "event pay { payer: account, amount: money }\n",
		  "field call.more is new and required; a new field ends in ?" },
	};

	(void)state;
	load(&old, old_text);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf why;

		buf_init(&why, 4096);
		load(&now, cases[i].text);
		assert_int_equal(schema_extends(&old.schema, &now.schema, &why), cases[i].why[0] == 0);
		assert_text(buf_view(&why), cases[i].why);
		/* What extends leaves the places in an event alone. */
		for (uint32_t k = 0; cases[i].why[0] == 0 && k < old.schema.event[0].n_fields; k++)
			assert_int_equal(now.schema.event[0].field[k].slot, old.schema.event[0].field[k].slot);
		policy_release(&now);
		buf_release(&why);
	}
	policy_release(&old);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_extends) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
