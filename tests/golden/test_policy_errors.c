/* test_policy_errors.c - the exact messages for wrong policies. policy-errors/NAME.dk is loaded after the default schema;
 * NAME.err is what policy_load says. With DUANKA_REWRITE=1 in the environment the .err files are written anew: read the
 * difference before committing it, these messages are what people see. */
#include "tests/test.h"
#include <dirent.h>
#include "policy/policy.h"

enum {
	FILE_BYTES = 1 << 20
};

static struct text read_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (f == NULL)
		return text_of(NULL, 0);
	char *p = malloc(FILE_BYTES);
	size_t n = fread(p, 1, FILE_BYTES, f);
	fclose(f);
	return text_of(p, n);
}

static void write_file(const char *path, struct text t)
{
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(t.p, 1, t.n, f), t.n);
	fclose(f);
}

static int only_dk(const struct dirent *d)
{
	size_t n = strlen(d->d_name);
	return n > 3 && strcmp(d->d_name + n - 3, ".dk") == 0;
}

/* Whether the messages are as they were. */
static bool same_messages(const char *folder, const char *name, struct text schema)
{
	static struct policy p;
	char path[4096], err[4096];
	struct buf b;
	buf_init(&b, 1 << 20);
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	snprintf(err, sizeof(err), "%s/%.*s.err", folder, (int)strlen(name) - 3, name);
	struct text source = read_file(path), want = read_file(err);
	struct policy_file files[2] = { { TEXT("00-schema.dk"), schema }, { text_z(name), source } };
	bool refused = policy_load(&p, files, 2, NULL, NULL, &b) == ERR_FORMAT;
	if (!refused) {
		print_error("%s is taken for a right policy\n", name);
		policy_release(&p);
	}
	if (getenv("DUANKA_REWRITE"))
		write_file(err, buf_view(&b));
	bool same = text_eq(buf_view(&b), want) || getenv("DUANKA_REWRITE");
	if (!same)
		print_error("%s says\n%.*snot\n%.*s", name, (int)b.n, b.p ? b.p : "", (int)want.n, want.p);
	free((void *)source.p);
	free((void *)want.p);
	buf_release(&b);
	return refused && same;
}

static void test_messages(void **state)
{
	char folder[2048], schema_path[2048];
	const char *source = getenv("SOURCE_DIR") ? getenv("SOURCE_DIR") : ".";
	struct dirent **list;
	int wrong = 0;
	(void)state;
	snprintf(folder, sizeof(folder), "%s/tests/golden/policy-errors", source);
	snprintf(schema_path, sizeof(schema_path), "%s/policy/00-schema.dk", source);
	struct text schema = read_file(schema_path);
	assert_non_null(schema.p);
	int n = scandir(folder, &list, only_dk, alphasort);
	assert_true(n >= 60);
	for (int i = 0; i < n; i++) {
		wrong += !same_messages(folder, list[i]->d_name, schema);
		free(list[i]);
	}
	free(list);
	free((void *)schema.p);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_messages) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
