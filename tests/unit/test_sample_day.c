/* test_sample_day.c - the sample day: the same bytes for the same seed, files in order of time, numbers whose check
 * characters hold (computed here from the standards, not with the generator's code), and truth that names them. */
#include "tests/test.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "sim/sample_day_int.h"
#include <sys/stat.h>
#include <unistd.h>

static const char *const names[] = { "calls.csv",    "sms.ndjson", "transfers.csv", "cash.csv",
	                                 "openings.csv", "binds.csv",  "truth.csv" };

static void make(char *dir, const struct sample_options *o, struct sample_counts *counts)
{
	assert_non_null(mkdtemp(dir));
	assert_int_equal(sample_day_write(o, dir, counts), ERR_OK);
}

static void load(const char *dir, const char *name, struct buf *out)
{
	char path[256];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	buf_init(out, 1 << 28);
	assert_int_equal(file_read_all(path, 1 << 28, out), ERR_OK);
}

static void forget(const char *dir)
{
	char path[256];
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	rmdir(dir);
}

static void test_same_bytes(void **state)
{
	(void)state;
	char a[] = "/tmp/sample-a-XXXXXX", b[] = "/tmp/sample-b-XXXXXX", d[] = "/tmp/sample-d-XXXXXX";
	struct sample_counts n, m;
	make(a, &(struct sample_options){ 700, 2, 5, 1 }, &n);
	make(b, &(struct sample_options){ 700, 2, 5, 1 }, &m);
	assert_true(n.events == m.events && n.bad == m.bad && n.bytes == m.bytes && n.bad > 20);
	make(d, &(struct sample_options){ 700, 2, 6, 1 }, &m);
	uint64_t differ = 0;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct buf x, y, z;
		load(a, names[i], &x);
		load(b, names[i], &y);
		load(d, names[i], &z);
		assert_true(text_eq(buf_view(&x), buf_view(&y)));
		differ += !text_eq(buf_view(&x), buf_view(&z));
		buf_release(&x);
		buf_release(&y);
		buf_release(&z);
	}
	assert_true(differ >= 4);
	forget(a);
	forget(b);
	forget(d);
}

/* Without bad lines every file is in order; ISO times of one zone compare as text. */
static void test_order(void **state)
{
	(void)state;
	char dir[] = "/tmp/sample-XXXXXX";
	struct sample_counts n;
	make(dir, &(struct sample_options){ 600, 3, 9, 0 }, &n);
	assert_true(n.bad == 0 && n.events > 5000);
	for (size_t i = 0; i < 6; i++) {
		struct buf x;
		load(dir, names[i], &x);
		const char *last = "", *p = x.p;
		while ((p = strstr(p, "T"))) {
			if (p[3] == ':' && p[-3] == '-' && p[9] == '+') {
				assert_true(strncmp(last, p - 10, *last ? 25 : 0) <= 0);
				last = p - 10;
			}
			p++;
		}
		assert_true(*last != 0);
		buf_release(&x);
	}
	forget(dir);
}

static bool luhn(uint64_t v)
{
	uint64_t sum = 0;
	for (int k = 0; v; v /= 10, k++) {
		uint64_t d = v % 10 << (k & 1);
		sum += d > 9 ? d - 9 : d;
	}
	return sum % 10 == 0;
}

static void test_numbers(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 3000000; i += 997) {
		char t[18];
		uint64_t phone = sample_phone(i), account = sample_account(i);
		assert_true(phone >= 13000000000 && phone <= 19999999999);
		assert_true(luhn(account) && luhn(sample_device(i)));
		assert_true(account / 1000000000000000 >= 6 && account < 7000000000000000000);
		assert_int_equal(ident_person_text(i, t), 18);
		uint32_t sum = 0, weight = 1; /* GB 11643: sum of digit * 2^(place) = 1 mod 11, the last may be X = 10 */
		for (int k = 17; k >= 0; k--, weight = weight * 2 % 11)
			sum += (t[k] == 'X' ? 10u : (uint32_t)(t[k] - '0')) * weight;
		assert_int_equal(sum % 11, 1);
	}
	char z[24];
	assert_int_equal(ident_phone_text(PHONE_FORM(FORM_PLUS86, 110), z), 6);
	assert_memory_equal(z, "+86110", 6);
}

static void test_refusals(void **state)
{
	(void)state;
	struct sample_counts n = { 0 };
	assert_int_equal(sample_day_write(&(struct sample_options){ 5, 1, 1, 1 }, "/tmp", &n), ERR_RANGE);
	assert_int_equal(sample_day_write(&(struct sample_options){ 600, 0, 1, 1 }, "/tmp", &n), ERR_RANGE);
	assert_int_equal(sample_day_write(&(struct sample_options){ 600, 1, 1, 1 }, "/nonexistent/dir", &n), ERR_IO);
}

/* Whatever allocation or write fails, the caller hears of it; once nothing fails, the day is whole. */
static void test_faults(void **state)
{
	(void)state;
	char dir[] = "/tmp/sample-XXXXXX";
	assert_non_null(mkdtemp(dir));
	const struct sample_options o = { 600, 1, 3, 1 };
	struct sample_counts n;
	enum err err = ERR_MEMORY;
	for (uint64_t nth = 1; err; nth++) {
		assert_true(nth < 1000);
		mem_fail_at(nth);
		err = sample_day_write(&o, dir, &n);
		assert_true(err == ERR_OK || err == ERR_MEMORY);
	}
	mem_fail_at(0);
	err = ERR_IO;
	for (uint64_t nth = 1; err; nth++) {
		assert_true(nth < 1000);
		file_fail_at(nth);
		err = sample_day_write(&o, dir, &n);
		assert_true(err == ERR_OK || err == ERR_IO);
	}
	file_fail_at(0);
	assert_true(n.events > 1000);
	forget(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_bytes), cmocka_unit_test(test_order),  cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_refusals),   cmocka_unit_test(test_faults),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
