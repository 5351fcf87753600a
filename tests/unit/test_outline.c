/* test_outline.c - where the parts of policies stand: of every shipped policy each part lies where it should, says what the checker read there, and can be put back or
 * exchanged without another byte changing; and of texts with errors what could be read is there. */
#include "tests/test.h"
#include <dirent.h>
#include "base/file.h"
#include "base/mem.h"
#include "policy/outline.h"
#include "show/outline_json.h"

enum {
	FILES = 64
};

static struct text at(const struct outline *o, struct span s)
{
	return policy_span_text(&o->texts, s);
}

static const struct outline_decl *find(const struct outline *o, const char *kind, struct text name)
{
	for (uint32_t i = 0; i < o->n_decls; i++)
		if (strcmp(o->decl[i].kind, kind) == 0 && text_eq(o->decl[i].name, name))
			return &o->decl[i];
	fail_msg("no %s %.*s", kind, (int)name.n, name.p);
	return NULL;
}

/* The nth part of a kind. NULL: there are not so many. */
static const struct outline_part *part(const struct outline_decl *d, enum outline_kind kind, uint32_t nth)
{
	for (uint32_t i = 0; i < d->n_parts; i++)
		if (d->part[i].kind == kind && nth-- == 0)
			return &d->part[i];
	return NULL;
}

static void assert_part(const struct outline *o, const struct outline_decl *d, enum outline_kind kind, uint32_t nth,
                        const char *z)
{
	const struct outline_part *p = part(d, kind, nth);

	assert_non_null(p);
	assert_text(at(o, p->span), z);
}

/* Nothing but `and`, blanks and comments. */
static bool joins(struct text t)
{
	uint32_t ands = 0;

	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] == '#')
			while (i < t.n && t.p[i] != '\n')
				i++;
		else if (text_starts(text_of(t.p + i, t.n - i), TEXT("and")))
			ands++, i += 2;
		else if (t.p[i] != ' ' && t.p[i] != '\t' && t.p[i] != '\r' && t.p[i] != '\n')
			return false;
	}
	return ands == 1;
}

/* Parts lie in their declaration, in order; those of an action within it; conditions are joined by `and`. */
static void check_places(const struct outline *o, const struct outline_decl *d)
{
	struct text file = o->texts.file[d->span.file].text;
	uint32_t from = d->span.start;
	const struct outline_part *action = NULL, *before = NULL;

	assert_true(d->comment.end <= d->span.start && d->span.start < d->span.end && d->span.end <= file.n);
	if (d->comment.end > d->comment.start) {
		assert_int_equal(file.p[d->comment.start], '#');
		assert_true(d->comment.end == d->span.start || file.p[d->comment.end] == '\n');
	}
	for (uint32_t i = 0; i < d->n_parts; i++) {
		const struct outline_part *p = &d->part[i];
		bool inner = outline_kind_depth(p->kind) > 0;

		assert_true(p->span.file == d->span.file && p->span.start <= p->span.end && p->span.end <= d->span.end);
		if (inner) {
			assert_non_null(action);
			assert_true(p->span.start >= action->span.start && p->span.end <= action->span.end);
		} else {
			assert_true(p->span.start >= from);
			from = p->span.end;
		}
		if (p->kind == OUTLINE_CONDITION && before != NULL && before->kind == OUTLINE_CONDITION)
			assert_true(joins(text_of(file.p + before->span.end, p->span.start - before->span.end)));
		action = p->kind == OUTLINE_ACTION ? p : action;
		before = inner ? before : p;
	}
}

static enum err no_zone(void *ctx, struct arena *a, struct text name, struct text *out)
{
	(void)ctx;
	(void)a;
	(void)name;
	(void)out;
	return ERR_ABSENT;
}

static void load(struct policy *p, const struct policy_file *f, uint32_t n)
{
	struct buf errors;

	buf_init(&errors, 1 << 16);
	if (policy_load(p, f, n, no_zone, NULL, &errors) != ERR_OK)
		fail_msg("%s", errors.p);
	buf_release(&errors);
}

/* What the checker read stands where the outline says. */
static void check_rule(const struct outline *o, const struct policy *p, const struct rule *r)
{
	const struct outline_decl *d = find(o, "rule", r->name);
	uint32_t measures = 0;
	char score[24];

	assert_true(text_eq(at(o, d->span), r->written));
	assert_true(text_eq(at(o, part(d, OUTLINE_MODE, 0)->span), policy_span_text(p, r->mode_span)));
	assert_true(text_eq(at(o, part(d, OUTLINE_ON, 0)->span), p->schema.event[r->event].name));
	assert_true(text_eq(at(o, part(d, OUTLINE_ABOUT, 0)->span), policy_span_text(p, r->about->span)));
	assert_true(text_eq(at(o, part(d, OUTLINE_SEVERITY, 0)->span), text_z(policy_severity_name(r->severity))) ||
	            text_eq(at(o, part(d, OUTLINE_SEVERITY, 0)->span), text_z(policy_severity_name_zh(r->severity))));
	snprintf(score, sizeof(score), "%lld", (long long)r->score);
	if (part(d, OUTLINE_SCORE, 0) != NULL)
		assert_part(o, d, OUTLINE_SCORE, 0, score);
	else
		assert_int_equal(r->score, 0);
	for (uint32_t i = 0; part(d, OUTLINE_ACTION, i) != NULL; i++) {
		const char *word = part(d, OUTLINE_ACTION, i)->word;
		const struct measure_proposal *m = &r->measure[measures];

		if (strcmp(word, "alert") == 0 || strcmp(word, "score") == 0 || strcmp(word, "notify") == 0)
			continue;
		struct text basis = at(o, part(d, OUTLINE_BASIS, measures)->span);

		assert_true(measures < r->n_measures);
		assert_string_equal(word, policy_measure_name(m->measure));
		assert_true(text_eq(text_of(basis.p + 1, basis.n - 2), m->basis));
		assert_true(text_eq(at(o, part(d, OUTLINE_TARGET, measures)->span), policy_span_text(p, m->target->span)));
		measures++;
	}
	assert_int_equal(measures, r->n_measures);
	assert_true((part(d, OUTLINE_BECAUSE_EN, 0) != NULL) == (r->because_en != NULL));
	assert_true((part(d, OUTLINE_BECAUSE_ZH, 0) != NULL) == (r->because_zh != NULL));
	assert_true((part(d, OUTLINE_EVERY, 0) != NULL) == (r->every_us != 0));
	assert_true((part(d, OUTLINE_SOURCE, 0) != NULL) == (r->source.n > 0));
}

/* The file of the part with other bytes there. */
static void exchange(struct buf *b, const struct outline *o, struct span s, struct text with)
{
	struct text t = o->texts.file[s.file].text;

	buf_init(b, POLICY_TEXT_MAX);
	buf_add(b, t.p, s.start);
	buf_text(b, with);
	buf_add(b, t.p + s.end, t.n - s.end);
}

/* Every condition in parentheses: still a policy, with the same rules, and the condition is there with them. */
static void exchange_conditions(const struct outline *o, const struct outline_decl *d)
{
	static struct policy p;
	struct policy_file f[FILES];
	uint32_t rules = 0;

	for (uint32_t i = 0; i < o->n_decls; i++)
		rules += strcmp(o->decl[i].kind, "rule") == 0;
	for (uint32_t i = 0; part(d, OUTLINE_CONDITION, i) != NULL; i++) {
		struct span s = part(d, OUTLINE_CONDITION, i)->span;
		struct buf other, changed;
		struct outline *again;

		buf_init(&other, 1 << 16);
		buf_char(&other, '(');
		buf_text(&other, at(o, s));
		buf_char(&other, ')');
		exchange(&changed, o, s, buf_view(&other));
		memcpy(f, o->texts.file, o->texts.n_files * sizeof(*f));
		f[s.file].text = buf_view(&changed);
		load(&p, f, o->texts.n_files);
		assert_int_equal(p.n_rules, rules);
		assert_int_equal(outline_new(&again, f, o->texts.n_files), ERR_OK);
		assert_int_equal(again->n_decls, o->n_decls);
		assert_true(
			text_eq(at(again, part(find(again, d->kind, d->name), OUTLINE_CONDITION, i)->span), buf_view(&other)));
		outline_free(again);
		policy_release(&p);
		buf_release(&other);
		buf_release(&changed);
	}
}

static void check_same(const struct outline *o, struct span s)
{
	struct buf b;

	exchange(&b, o, s, at(o, s));
	assert_true(text_eq(buf_view(&b), o->texts.file[s.file].text));
	buf_release(&b);
}

static void all_checks(const struct policy_file *f, uint32_t n)
{
	static struct policy p;
	struct outline *o;
	struct buf json;

	load(&p, f, n);
	assert_int_equal(outline_new(&o, f, n), ERR_OK);
	for (uint32_t i = 0; i < o->n_decls; i++) {
		assert_true(o->decl[i].whole);
		check_places(o, &o->decl[i]);
		check_same(o, o->decl[i].span);
		check_same(o, o->decl[i].comment);
		for (uint32_t k = 0; k < o->decl[i].n_parts; k++)
			check_same(o, o->decl[i].part[k].span);
		exchange_conditions(o, &o->decl[i]);
	}
	for (uint32_t i = 0; i < p.n_rules; i++)
		check_rule(o, &p, &p.rule[i]);
	buf_init(&json, 16 << 20);
	outline_json(&json, o);
	assert_int_equal(json.err, ERR_OK);
	buf_release(&json);
	outline_free(o);
	policy_release(&p);
}

static const char plain[] =
	"# who\nentity phone { holder: person }, person\n\nevent call { caller: phone, callee: phone?, talk: duration }\n"
	"list \"known\" of phone from \"known.csv\"\n"
	"let calls = count(call by caller over 1h) # of an hour\n"
	"# not of the rule\n\n  # one\r\n\t# two\n"
	"rule a shadow # a mode\n  on call about caller\n  when (talk > 1s or talk is missing) # first\n   and calls >= 2 and not caller in list \"known\"\n"
	"  then alert red, score 7, propose delay(caller, 24h) basis \"Art 11\", notify \"96110\"\n  every 1h\n"
	"  because en \"{calls} calls; # none\" zh \"打\"\n  source \"published\" scam \"police\"\n"
	"rule b on call about caller when calls > 1 and talk > 1s or calls > 9 then alert 蓝 because \"b\"\n"
	"exempt c on call about caller until 2099-01-01 when talk > 1s and calls > 3 from a, b\n"
	"# one and all\ntest \"d\" { # entries\n  list \"known\" has \"13800138000\", # the caller\n    \"110\"\n"
	"  call { caller: \"13800138000\", talk: 2s } at 2026-03-01 08:00\n  expect no a\n  list \"known\" has \"120\" }\n";

static void test_parts(void **state)
{
	struct policy_file f = { TEXT("a.dk"), TEXT(plain) };
	const struct outline_decl *d;
	struct outline *o;

	(void)state;
	all_checks(&f, 1);
	assert_int_equal(outline_new(&o, &f, 1), ERR_OK);
	assert_text(at(o, o->decl[0].comment), "# who");
	d = find(o, "rule", TEXT("a"));
	assert_text(at(o, d->comment), "# one\r\n\t# two");
	assert_part(o, d, OUTLINE_CONDITION, 0, "(talk > 1s or talk is missing)");
	assert_part(o, d, OUTLINE_CONDITION, 1, "calls >= 2");
	assert_part(o, d, OUTLINE_CONDITION, 2, "not caller in list \"known\"");
	assert_null(part(d, OUTLINE_CONDITION, 3));
	assert_part(o, d, OUTLINE_ACTION, 2, "propose delay(caller, 24h) basis \"Art 11\"");
	assert_part(o, d, OUTLINE_DURATION, 0, "24h");
	assert_part(o, d, OUTLINE_WHOM, 0, "\"96110\"");
	assert_part(o, d, OUTLINE_EVERY, 0, "1h");
	assert_part(o, d, OUTLINE_BECAUSE_EN, 0, "\"{calls} calls; # none\"");
	assert_part(o, d, OUTLINE_SCAM, 0, "\"police\"");
	d = find(o, "rule", TEXT("b"));
	assert_int_equal(d->comment.end - d->comment.start, 0);
	assert_part(o, d, OUTLINE_CONDITION, 0, "calls > 1 and talk > 1s or calls > 9");
	assert_null(part(d, OUTLINE_CONDITION, 1));
	assert_part(o, d, OUTLINE_MODE, 0, "");
	d = find(o, "exempt", TEXT("c"));
	assert_part(o, d, OUTLINE_FROM, 0, "a, b");
	assert_part(o, d, OUTLINE_UNTIL, 0, "2099-01-01");
	assert_part(o, find(o, "list", TEXT("known")), OUTLINE_FROM, 0, "\"known.csv\"");
	assert_part(o, find(o, "let", TEXT("calls")), OUTLINE_VALUE, 0, "count(call by caller over 1h)");
	assert_part(o, find(o, "event", TEXT("call")), OUTLINE_FIELD, 1, "callee: phone?");
	d = find(o, "test", TEXT("d"));
	assert_text(at(o, d->comment), "# one and all");
	assert_part(o, d, OUTLINE_STEP, 0, "list \"known\" has \"13800138000\", # the caller\n    \"110\"");
	assert_part(o, d, OUTLINE_STEP, 2, "expect no a");
	assert_part(o, d, OUTLINE_STEP, 3, "list \"known\" has \"120\"");
	outline_free(o);
}

static void test_errors(void **state)
{
	struct policy_file f = {
		TEXT("a.dk"),
		TEXT("rule a on call about caller when x > 1 and then alert red because \"a\"\n"
		     "nonsense\n# kept\nlet y = 1\nrule b on call about caller when then\n"
		     "rule d on call about caller when talk > 1s then alert red, propose suspend(caller basis \"x\"\n"
		     "rule e on call about caller when talk > 1s then nonsense\n"
		     "test \"f\" { list \"x\" has \"1\" call { caller: } list \"x\" has \"2\" expect c }\n"
		     "test \"g\" { expect c list \"x\" of phone from \"x.csv\"\n"
		     "rule c on call about caller when unknown > 1 then alert red because \"c\"")
	};
	struct outline *o;

	(void)state;
	assert_int_equal(outline_new(&o, &f, 1), ERR_OK);
	assert_int_equal(o->n_decls, 9);
	for (uint32_t i = 0; i < o->n_decls; i++)
		check_places(o, &o->decl[i]);
	assert_false(find(o, "rule", TEXT("a"))->whole);
	assert_part(o, find(o, "rule", TEXT("a")), OUTLINE_ABOUT, 0, "caller");
	assert_null(part(find(o, "rule", TEXT("a")), OUTLINE_CONDITION, 0));
	assert_part(o, find(o, "rule", TEXT("d")), OUTLINE_ACTION, 0, "alert red");
	assert_part(o, find(o, "rule", TEXT("e")), OUTLINE_CONDITION, 0, "talk > 1s");
	assert_null(part(find(o, "rule", TEXT("e")), OUTLINE_ACTION, 0));
	assert_true(find(o, "let", TEXT("y"))->whole);
	assert_text(at(o, find(o, "let", TEXT("y"))->comment), "# kept");
	assert_false(find(o, "rule", TEXT("b"))->whole);
	assert_false(find(o, "test", TEXT("f"))->whole); /* the second entry is of the test, and no list of its own */
	assert_part(o, find(o, "test", TEXT("f")), OUTLINE_STEP, 0, "list \"x\" has \"1\"");
	assert_null(part(find(o, "test", TEXT("f")), OUTLINE_STEP, 1));
	assert_false(find(o, "test", TEXT("g"))->whole);
	assert_part(o, find(o, "list", TEXT("x")), OUTLINE_FROM, 0, "\"x.csv\"");
	assert_true(find(o, "rule", TEXT("c"))->whole); /* its names are the checker's business */
	outline_free(o);
}

static void test_no_memory(void **state)
{
	struct policy_file f = { TEXT("a.dk"), TEXT(plain) };
	struct outline *o = NULL;
	enum err e = ERR_MEMORY;
	uint64_t n = 0;

	(void)state;
	while (e == ERR_MEMORY) {
		mem_fail_at(++n);
		e = outline_new(&o, &f, 1);
		mem_fail_at(0);
	}
	assert_int_equal(e, ERR_OK);
	assert_true(n > 2);
	outline_free(o);
}

static void read_folder(const char *dir, struct policy_file *f, struct buf *text, uint32_t *n)
{
	DIR *d = opendir(dir);
	const struct dirent *e;

	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		size_t k = strlen(e->d_name);
		char path[8192];

		if (k < 4 || strcmp(e->d_name + k - 3, ".dk") != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		assert_true(*n < FILES);
		buf_init(&text[*n], POLICY_TEXT_MAX);
		assert_int_equal(file_read_all(path, POLICY_TEXT_MAX, &text[*n]), ERR_OK);
		f[*n].path = text_of(mem_copy_text(path, strlen(path)), strlen(path));
		f[*n].text = buf_view(&text[*n]);
		++*n;
	}
	closedir(d);
}

static void test_shipped_policies(void **state)
{
	static struct buf text[FILES];
	static struct policy_file f[FILES];
	char dir[4096];
	uint32_t n = 0;

	(void)state;
	snprintf(dir, sizeof(dir), "%s/policy", getenv("SOURCE_DIR"));
	read_folder(dir, f, text, &n);
	assert_true(n > 3);
	all_checks(f, n);
	for (uint32_t i = 0; i < n; i++) {
		mem_free((char *)(uintptr_t)f[i].path.p);
		buf_release(&text[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_parts), cmocka_unit_test(test_errors),
		                                cmocka_unit_test(test_no_memory), cmocka_unit_test(test_shipped_policies) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
