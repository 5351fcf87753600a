/* test_check.c - what the checked tree holds for each sentence of the language; and the builtin functions. */
#include "tests/test.h"
#include "event/event.h"
#include "policy/builtins.h"
#include "policy/policy.h"

static struct policy p;

static const char schema[] =
	"entity phone { holder: person, opened: time }, account { holder: person }, person\n"
	"event call { caller: phone, callee: phone, talk: duration, body: text? }\n"
	"event transfer { payer: account, payee: account, amount: money } event bind { phone: phone, person: person }\n"
	"sets phone.holder = person, phone.opened = time\n";

static void load(const char *rest)
{
	struct policy_file files[2] = { { TEXT("b.dk"), text_z(rest) }, { TEXT("a.dk"), text_z(schema) } };
	struct buf b;
	buf_init(&b, 1 << 20);
	if (policy_load(&p, files, 2, NULL, NULL, &b) != ERR_OK)
		fail_msg("%s", b.p);
	buf_release(&b);
}

static const struct expr *feature(const char *on, const char *expr)
{
	char z[512];
	snprintf(z, sizeof(z), "feature f on %s = %s", on, expr);
	load(z);
	return p.feature[0].expr;
}

static void test_preceded(void **state)
{
	(void)state;
	const struct expr *e =
		feature("transfer", "preceded by call(callee.holder = payer.holder, talk >= 5min, caller != callee) within 2h");
	assert_int_equal(e->op, X_GT);
	assert_int_equal(e->b->i, 0);
	const struct agg *a = e->a->agg;
	assert_true(e->a->excluding_this);
	assert_int_equal(a->func, RING_COUNT);
	assert_int_equal(a->n_keys, 1);
	assert_int_equal(a->key[0]->op, X_ATTR);
	assert_int_equal(a->key[0]->a->index, 1);
	assert_int_equal(e->a->lookup[0]->a->type.entity, 1);
	assert_int_equal(a->filter->op, X_AND);
	assert_int_equal(a->filter->b->op, X_NE);
	assert_int_equal(a->window_us, 2 * US_PER_HOUR);
	policy_release(&p);
	e = feature("call", "preceded by call(this.caller = callee, caller = callee) within 2h");
	assert_int_equal(e->a->agg->n_keys, 1);
	assert_int_equal(e->a->agg->key[0]->index, 1);
	assert_int_equal(e->a->lookup[0]->index, 0);
	assert_int_equal(e->a->agg->filter->op, X_EQ);
	policy_release(&p);
}

static void test_lowered(void **state)
{
	(void)state;
	const struct expr *e = feature("call", "share(talk > 5s by caller over 1h where callee != caller)");
	assert_int_equal(e->op, X_DIV);
	assert_true(e->type.real);
	assert_int_equal(e->a->op, X_TOREAL);
	assert_int_equal(e->a->a->agg->filter->op, X_AND);
	assert_int_equal(e->b->a->agg->filter->op, X_NE);
	policy_release(&p);
	e = feature("transfer", "first_time(payer -> payee over 90d)");
	assert_int_equal(e->op, X_EQ);
	assert_int_equal(e->a->agg->n_keys, 2);
	assert_true(e->a->excluding_this);
	policy_release(&p);
	e = feature("call", "clock between 22:00 and 06:00");
	assert_int_equal(e->op, X_OR);
	policy_release(&p);
	e = feature("call", "age(caller) < 1d");
	assert_int_equal(e->a->op, X_SUB);
	assert_int_equal(e->a->b->op, X_ATTR);
	policy_release(&p);
	e = feature("transfer", "amount > 0.8 * max(amount by payer over 1d)");
	assert_int_equal(e->a->op, X_TOREAL);
	assert_int_equal(e->b->type.dim, DIM_MONEY);
	policy_release(&p);
}

static void test_shared(void **state)
{
	(void)state;
	load(
		"let n = count(call by caller over 1h)\nfeature a on call = n\nfeature b on call = n + count(by caller over 1h)");
	assert_ptr_equal(p.feature[0].expr->agg, p.feature[1].expr->a->agg);
	assert_ptr_equal(p.feature[0].expr->agg, p.feature[1].expr->b->agg);
	assert_text(policy_span_text(&p, p.feature[0].expr->span), "n");
	assert_text(policy_span_text(&p, p.feature[0].expr->agg->span), "count(call by caller over 1h)");
	policy_release(&p);
}

static void test_rule(void **state)
{
	(void)state;
	load(
		"rule r shadow on transfer about payer when amount >= 5 wan then alert 红, score 70, propose delay(payer, 24h) basis "
		"\"B\", propose bar-outgoing(payee) basis \"C\", notify \"96110\" every 1h because en \"{{a}} {amount}!\" zh \"金额{amount}\""
		" source \"S\"\nexempt e on transfer about payer until 2027-01-01 when amount < 6 wan from r");
	const struct rule *r = &p.rule[0];
	assert_int_equal(r->mode, RULE_SHADOW);
	assert_int_equal(r->severity, SEVERITY_RED);
	assert_int_equal(r->when->b->i, 5000000);
	assert_int_equal(r->n_measures, 2);
	assert_int_equal(r->measure[0].duration_us, US_PER_DAY);
	assert_int_equal(r->measure[1].measure, MEASURE_BAR_OUTGOING);
	assert_text(r->because_en->text, "{a} ");
	assert_non_null(r->because_en->next->expr);
	assert_text(r->because_en->next->next->text, "!");
	assert_text(r->because_zh->text, "金额");
	assert_int_equal(r->written.p[0], 'r');
	assert_text(text_of(r->written.p + r->written.n - 3, 3), "\"S\"");
	assert_int_equal(p.exempt[0].until_us, 1798732800 * US_PER_SECOND);
	assert_int_equal(p.setters[2].n, 2);
	assert_int_equal(p.ring_cap, 1000000);
	policy_release(&p);
}

static void test_policy_test(void **state)
{
	(void)state;
	load(
		"rule r on transfer about payer when amount > 5 fen then alert blue because \"x\"\ntest \"t\" {\n"
		"transfer { payer: \"62{i:4}\", payee: \"b\", amount: 12.5 yuan } at 2026-03-01 08:00 repeat 3 every 90s\n"
		"call { caller: \"a\", callee: \"b\", talk: 1.5s } at 2026-03-01 08:00:01\nexpect r about \"620001\" 1 times\nexpect no r }");
	const struct ptest *t = &p.test[0];
	assert_int_equal(t->n_steps, 2);
	assert_text(t->step[0].field[0].value, "62{i:4}");
	assert_text(t->step[0].field[2].value, "12.50");
	assert_text(t->step[1].field[2].value, "1.5");
	assert_int_equal(t->step[0].at_us, 1772323200 * US_PER_SECOND);
	assert_int_equal(t->step[0].every_us, 90 * US_PER_SECOND);
	assert_int_equal(t->expect[0].times, 1);
	assert_false(t->expect[1].fires);
	policy_release(&p);
}

/* Entries of several steps, wherever they stand; the same list may come twice. */
static void test_policy_test_lists(void **state)
{
	(void)state;
	load(
		"list \"phones\" of phone from \"a.csv\" list \"words\" of text from \"b.csv\"\n"
		"rule r on call about caller when caller in list \"phones\" then alert blue because \"x\"\n"
		"test \"t\" { list \"words\" has \" a b \", \"{i}\" call { caller: \"a\", callee: \"b\", talk: 1s } at 2026-03-01 08:00\n"
		"expect r list \"phones\" has \"+86 138 0013 8000\" }\n"
		"test \"u\" { call { caller: \"a\", callee: \"b\", talk: 1s } at 2026-03-01 08:00 expect no r }");
	const struct ptest *t = &p.test[0];
	assert_int_equal(t->n_steps, 1);
	assert_int_equal(t->n_expects, 1);
	assert_int_equal(t->n_entries, 3);
	assert_int_equal(t->entry[0].list, 1);
	assert_text(t->entry[1].value, "{i}"); /* as in a list file, there are no repetitions */
	assert_int_equal(t->entry[2].list, 0);
	assert_text(t->entry[2].value, "+86 138 0013 8000");
	assert_int_equal(p.test[1].n_entries, 0);
	policy_release(&p);
}

static void expect_template(const char *from, const char *to)
{
	char out[EVENT_TEXT_MAX];
	assert_text(text_of(out, builtin_template(text_z(from), out)), to);
}

static void test_template(void **state)
{
	(void)state;
	expect_template("【银行】您尾号1234的卡，请点击 http://t.cn/Ab1C。回T退订", "银行您尾号的卡请点击回t退订");
	expect_template("您的验证码是８８４４21，ＡＢＣ", "您的验证码是abc");
	expect_template("恭喜🎉中奖①二十万元…www.x-y.top/a?b=1领取", "恭喜中奖二十万元领取");
	expect_template("登录 bank-95588.top 或pay.com/x", "登录或");
	expect_template("Hello. World 12.50", "helloworld");
	expect_template("", "");
}

static void test_functions(void **state)
{
	(void)state;
	struct builtin_args a = { .zone = &clock_shanghai, .v[0].i = 0 };
	assert_int_equal(builtin_eval(BUILTIN_HOUR, &a).i, 8);
	assert_int_equal(builtin_eval(BUILTIN_WEEKDAY, &a).i, 4);
	a.v[0].i = -US_PER_DAY;
	assert_int_equal(builtin_eval(BUILTIN_WEEKDAY, &a).i, 3);
	a.v[0].i = VALUE_MISSING;
	assert_int_equal(builtin_eval(BUILTIN_CLOCK, &a).i, VALUE_MISSING);
	a = (struct builtin_args){ .v = { { .r = -2.5 }, { .r = 3 } }, .real = true };
	assert_int_equal(builtin_eval(BUILTIN_ROUND, &a).i, -3);
	assert_true(builtin_eval(BUILTIN_LEAST, &a).r == -2.5);
	assert_true(builtin_eval(BUILTIN_GREATEST, &a).r == 3);
	a = (struct builtin_args){ .v = { { .i = 5 }, { .i = VALUE_MISSING } } };
	assert_int_equal(builtin_eval(BUILTIN_LEAST, &a).i, VALUE_MISSING);
	a = (struct builtin_args){ .bytes = { TEXT("贷款ab"), TEXT("款a") } };
	assert_int_equal(builtin_eval(BUILTIN_LENGTH, &a).i, 4);
	assert_int_equal(builtin_eval(BUILTIN_CONTAINS, &a).i, 1);
	assert_int_equal(builtin_eval(BUILTIN_STARTS_WITH, &a).i, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_preceded),    cmocka_unit_test(test_lowered),
		                                cmocka_unit_test(test_shared),      cmocka_unit_test(test_rule),
		                                cmocka_unit_test(test_policy_test), cmocka_unit_test(test_policy_test_lists),
		                                cmocka_unit_test(test_template),    cmocka_unit_test(test_functions) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
