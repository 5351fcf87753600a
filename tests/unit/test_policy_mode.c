/* test_policy_mode.c - one word of a policy changed: every rule of the shipped policies to every mode and back, and rules written in odd ways. */
#include "tests/test.h"
#include <dirent.h>
#include "base/file.h"
#include "base/mem.h"
#include "policy/policy.h"

enum {
	FILES = 64
};

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

/* The changed text: as before up to the word, the word, and as before behind it. */
static void check_text(const struct policy *p, const struct rule *r, enum rule_mode mode, struct text changed)
{
	struct text was = p->file[r->mode_span.file].text;
	size_t head = r->mode_span.start, tail = was.n - r->mode_span.end;
	const char *word = policy_mode_name(mode);

	assert_true(changed.n > head + tail);
	assert_memory_equal(changed.p, was.p, head);
	assert_memory_equal(changed.p + changed.n - tail, was.p + r->mode_span.end, tail);
	assert_text(text_trim(text_of(changed.p + head, changed.n - head - tail)), word);
}

static void change(const struct policy_file *f, uint32_t n, const struct policy *p, uint32_t rule, enum rule_mode mode)
{
	static struct policy again;
	struct policy_file g[FILES];
	const struct rule *r = &p->rule[rule];
	struct buf b;

	buf_init(&b, POLICY_TEXT_MAX);
	policy_with_mode(&b, p, r, mode);
	check_text(p, r, mode, buf_view(&b));
	memcpy(g, f, n * sizeof(*f));
	for (uint32_t i = 0; i < n; i++)
		if (text_eq(g[i].path, p->file[r->span.file].path))
			g[i].text = buf_view(&b);
	load(&again, g, n);
	assert_int_equal(again.n_rules, p->n_rules);
	for (uint32_t i = 0; i < p->n_rules; i++) {
		assert_true(text_eq(again.rule[i].name, p->rule[i].name));
		assert_int_equal(again.rule[i].mode, i == rule ? mode : p->rule[i].mode);
	}
	if (r->mode_span.end > r->mode_span.start) { /* and back: not a byte differs */
		struct buf back;

		buf_init(&back, POLICY_TEXT_MAX);
		policy_with_mode(&back, &again, &again.rule[rule], r->mode);
		assert_true(text_eq(buf_view(&back), p->file[r->span.file].text));
		buf_release(&back);
	}
	buf_release(&b);
	policy_release(&again);
}

static void all_changes(const struct policy_file *f, uint32_t n)
{
	static struct policy p;

	load(&p, f, n);
	assert_true(p.n_rules > 0);
	for (uint32_t i = 0; i < p.n_rules; i++)
		for (uint32_t m = 0; m < RULE_MODES; m++)
			change(f, n, &p, i, (enum rule_mode)m);
	policy_release(&p);
}

static void test_odd_ways(void **state)
{
	static const char text[] =
		"\xef\xbb\xbf# rule fake live on call\nentity phone\nevent call { caller: phone, callee: phone }\n"
		"rule a on call about caller when count(by caller over 1h) > 2 then alert red because \"a\"\n"
		"rule b# shadow\r\n  # off\n\tshadow\ton call about caller when caller = callee then alert red because \"rule b off\"\n"
		"rule 规则 live on call about caller when caller = callee then alert red because \"是\"\n"
		"rule off off on call about caller when caller = callee then alert red because \"off\"\n"
		"rule shadow on call about caller when caller = callee then alert red because \"last\"";
	struct policy_file f = { TEXT("odd.dk"), TEXT(text) };

	(void)state;
	all_changes(&f, 1);
}

static void read_folder(const char *dir, struct policy_file *f, struct buf *text, uint32_t *n)
{
	DIR *d = opendir(dir);
	const struct dirent *e;

	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		size_t k = strlen(e->d_name);
		char path[4096];

		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (e->d_type == DT_DIR && e->d_name[0] != '.')
			read_folder(path, f, text, n);
		if (k < 4 || strcmp(e->d_name + k - 3, ".dk") != 0)
			continue;
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
	all_changes(f, n);
	for (uint32_t i = 0; i < n; i++) {
		mem_free((char *)(uintptr_t)f[i].path.p);
		buf_release(&text[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_odd_ways), cmocka_unit_test(test_shipped_policies) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
