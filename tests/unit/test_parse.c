/* test_parse.c - what binds how tightly, and that the parser finds its feet again. */
#include "tests/test.h"
#include "policy/parse.h"

static void show(struct buf *b, const struct ast *x)
{
	if (x->kind == AST_PATH) {
		buf_z(b, x->this_ ? "this" : "");
		for (const struct ast_name *n = x->names; n; n = n->next)
			buf_printf(b, "%s%.*s", n == x->names && !x->this_ ? "" : ".", (int)n->text.n, n->text.p);
		return;
	}
	if (x->kind == AST_INT) {
		buf_int(b, x->i);
		return;
	}
	static const char *const name[] = {
		[AST_CALL] = "call", [AST_IN] = "in",   [AST_KNOWN] = "known",       [AST_BETWEEN] = "between",
		[AST_AGG] = "agg",   [AST_KEY] = "key", [AST_DURATION] = "duration", [AST_RISK] = "risk"
	};
	bool op = x->kind == AST_BINARY || x->kind == AST_UNARY;
	buf_printf(b, "(%s%s", x->negated ? "not-" : "", op ? policy_op_symbol(x->op) : name[x->kind]);
	const struct ast *part[] = { x->a, x->b, x->c, x->list };
	for (size_t i = 0; i < ARRAY_LEN(part); i++)
		for (const struct ast *k = part[i]; k; k = i == 3 ? k->next : NULL) {
			buf_char(b, ' ');
			show(b, k);
		}
	buf_char(b, ')');
}

/* The tree of one let's body, or the number of errors. */
static void expect_tree(const char *source, const char *tree)
{
	static struct policy p;
	struct front f = { .p = &p };
	struct buf b;
	char file[512];
	snprintf(file, sizeof(file), "let x = %s", source);
	arena_init(&f.scratch, 1 << 20);
	f.tail = &f.first;
	p.file[0] = (struct policy_file){ TEXT("t.dk"), text_z(file) };
	if (setjmp(f.no_memory))
		fail();
	parse_file(&f, 0);
	buf_init(&b, 1 << 16);
	if (f.n_diags)
		buf_text(&b, f.diag[0].text);
	else
		show(&b, f.first->expr);
	assert_string_equal(b.p, tree);
	buf_release(&b);
	arena_release(&f.scratch);
}

static void test_precedence(void **state)
{
	(void)state;
	expect_tree("a or b and not c = d", "(or a (and b (not (= c d))))");
	expect_tree("1 - 2 - 3 * 4 / 5", "(- (- 1 2) (/ (* 3 4) 5))");
	expect_tree("-a + b", "(+ (- a) b)");
	expect_tree("a or b else c and d", "(else (or a b) (and c d))");
	expect_tree("(a or b) and c", "(and (or a b) c)");
	expect_tree("a not in (1, 2) and b not between 1 and 2 and c", "(and (and (not-in a 1 2) (not-between b 1 2)) c)");
	expect_tree("a.b is not missing and c is missing", "(and (known a.b) (not-known c))");
	expect_tree("this.a.b = 5", "(= this.a.b 5)");
	expect_tree("count = 5 and risk(min) > 1", "(and (= count 5) (> (risk min) 1))");
	expect_tree("count(by a, b = c over 1h where d where e excluding this)", "(agg (and d e) (key a) (key b c))");
	expect_tree("sum(a + 1 of call by b over 1h)", "(agg (+ a 1) (key b))");
}

static void test_depth(void **state)
{
	char deep[400];
	(void)state;
	memset(deep, '(', 60);
	deep[60] = 'a';
	memset(deep + 61, ')', 60);
	deep[121] = 0;
	expect_tree(deep, "a");
	memset(deep, '-', 300);
	deep[300] = 0;
	expect_tree(deep, "more than 64 levels are nested here; give a part a name with let");
}

static void test_recovery(void **state)
{
	static struct policy p;
	struct buf b;
	(void)state;
	buf_init(&b, 1 << 16);
	struct policy_file files[2] = {
		{ TEXT("b.dk"),
		  TEXT(
			  "rule x on\nrule y on c about p when p in list \"l\" and and then alert blue because \"x\"\nlet z = ]") },
		{ TEXT("a.dk"), TEXT("entity phone event c { p: phone } let let = 5") },
	};
	assert_int_equal(policy_load(&p, files, 2, NULL, NULL, &b), ERR_FORMAT);
	assert_string_equal(
		b.p, "a.dk:1:39: error: expected a name, as in let calls_1h = count(call by caller over 1h), found let\n"
			 "a.dk:1:43: error: expected a name, as in let calls_1h = count(call by caller over 1h), found =\n"
			 "b.dk:2:1: error: expected the event's name after on, found rule\n"
			 "b.dk:2:44: error: expected a value: a field, a number with its unit, a text or a function such as "
			 "count(...), found and\n"
			 "b.dk:3:9: error: ] is not a sign of this language; write )\n"
			 "b.dk:3:9: error: expected a value: a field, a number with its unit, a text or a function such as "
			 "count(...), found ]\n");
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_precedence), cmocka_unit_test(test_depth),
		                                cmocka_unit_test(test_recovery) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
