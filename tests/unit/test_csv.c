/* test_csv.c - the record scanner: what a row is, and the same as a naive reader says on random bytes. */
#include "tests/test.h"
#include "base/rng.h"
#include "tests/unit/csv_naive.h"

static const struct csv_dialect comma = { ',', '"' };

static struct text cell(const char *p, const struct csv_row *row, uint32_t i)
{
	return text_of(p + row->cell[i].at, row->cell[i].n);
}

static void test_plain(void **state)
{
	(void)state;
	struct csv_row row;
	const char *z = "a,,ccc\r\nnext";
	assert_int_equal(csv_row(&comma, z, strlen(z), false, &row), CSV_ROW);
	assert_int_equal(row.n_cells, 3);
	assert_text(cell(z, &row, 0), "a");
	assert_text(cell(z, &row, 1), "");
	assert_text(cell(z, &row, 2), "ccc");
	assert_int_equal(row.bytes, 8);
	assert_int_equal(row.raw_bytes, 6);
	assert_false(row.unusual);
	assert_int_equal(csv_row(&comma, z + 8, 4, false, &row), CSV_MORE);
	assert_int_equal(csv_row(&comma, z + 8, 4, true, &row), CSV_ROW);
	assert_int_equal(row.n_cells, 1);
}

static void test_quotes(void **state)
{
	(void)state;
	struct csv_row row;
	char out[64];
	const char *z = "\"a,\n\"\"b\"\"\",x\"y,\"\"\n";
	assert_int_equal(csv_row(&comma, z, strlen(z), false, &row), CSV_ROW);
	assert_int_equal(row.n_cells, 3);
	assert_int_equal(row.lines, 2);
	assert_true(row.cell[0].doubled);
	struct text t = cell(z, &row, 0);
	assert_text(text_of(out, csv_undouble('"', t.p, t.n, out)), "a,\n\"b\"");
	assert_text(cell(z, &row, 1), "x\"y");
	assert_text(cell(z, &row, 2), "");
	z = "\"a\"b,c\nnext";
	assert_int_equal(csv_row(&comma, z, strlen(z), false, &row), CSV_QUOTE);
	assert_int_equal(row.bytes, 7);
	z = "\"abc\"\"";
	assert_int_equal(csv_row(&comma, z, strlen(z), true, &row), CSV_QUOTE);
	assert_int_equal(csv_row(&comma, z, strlen(z), false, &row), CSV_MORE);
}

static void test_forgotten_quote(void **state)
{
	(void)state;
	struct csv_row row;
	char z[1000] = "\"oops\n";
	for (size_t i = 6; i < sizeof z; i += 2)
		memcpy(z + i, "x\n", 2);
	assert_int_equal(csv_row(&comma, z, sizeof z, false, &row), CSV_QUOTE);
	assert_int_equal(row.bytes, 6);
	assert_int_equal(row.lines, 1);
}

static void test_many_cells(void **state)
{
	(void)state;
	struct csv_row row;
	char z[1000];
	memset(z, ',', sizeof z);
	assert_int_equal(csv_row(&comma, z, sizeof z, true, &row), CSV_ROW);
	assert_int_equal(row.n_cells, 1001);
	assert_int_equal(row.bytes, 1000);
}

static void test_against_naive(void **state)
{
	(void)state;
	struct rng r;
	rng_seed(&r, test_seed(11));
	static const char alphabet[] = "ab1,,\"\"\n\r;|\0\xe4\xbd\xa0";
	for (uint64_t k = 0, cases = test_cases(200000); k < cases; k++) {
		struct csv_row a, b;
		struct csv_dialect d = { ",;|\t"[rng_below(&r, 4)], "\"\"\"'\0"[rng_below(&r, 5)] };
		size_t n = 1 + (size_t)rng_below(&r, rng_chance(&r, 100000) ? 400 : 60);
		char *p = malloc(n); /* exact size: a sanitizer sees a byte too far */
		bool plain = rng_chance(&r, 300000);
		for (size_t i = 0; i < n; i++)
			p[i] = plain && rng_chance(&r, 800000) ? 'x' : alphabet[rng_below(&r, sizeof alphabet - 1)];
		const char *differs = csv_compare(&d, p, n, &a, &b);
		if (differs)
			fail_msg("case %llu: %s", (unsigned long long)k, differs);
		free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),      cmocka_unit_test(test_quotes),        cmocka_unit_test(test_forgotten_quote),
		cmocka_unit_test(test_many_cells), cmocka_unit_test(test_against_naive),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
