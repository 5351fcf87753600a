/* test_mem.c - allocation by number, arenas and buffers at their caps and with every allocation failing in turn. */
#include "tests/test.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/rng.h"

static void test_alloc(void **state)
{
	(void)state;
	unsigned char *p = mem_alloc(100);
	assert_non_null(p);
	for (int i = 0; i < 100; i++)
		assert_int_equal(p[i], 0);
	p = mem_resize(p, 200);
	assert_non_null(p);
	assert_null(mem_resize(p, MEM_ONE_MAX + 1));
	mem_free(p);
	assert_null(mem_alloc(MEM_ONE_MAX + 1));
	assert_null(mem_alloc_array(SIZE_MAX / 2, 3));
	assert_null(mem_alloc_array((size_t)1 << 63, 2));
	assert_null(mem_copy_text("x", MEM_ONE_MAX));
	void *none = mem_alloc(0);
	assert_non_null(none);
	mem_free(none);
	mem_free(NULL);
	char *copy = mem_copy_text("a\0b", 3);
	assert_memory_equal(copy, "a\0b\0", 4);
	mem_free(copy);
	char *area = mem_area((size_t)1 << 36); /* 64 GB of address space cost nothing */
	assert_non_null(area);
	area[(size_t)1 << 35] = 1;
	mem_area_free(area, (size_t)1 << 36);
	mem_area_free(NULL, 10);
}

static void test_fail_at(void **state)
{
	(void)state;
	mem_fail_at(2);
	void *a = mem_alloc(1), *b = mem_alloc(1), *c = mem_alloc(1);
	assert_non_null(a);
	assert_null(b);
	assert_non_null(c);
	assert_int_equal(mem_count(), 3);
	mem_fail_at(0);
	assert_int_equal(mem_count(), 0);
	mem_free(a);
	mem_free(c);
}

static void test_arena(void **state)
{
	(void)state;
	struct arena a;
	struct rng r;
	arena_init(&a, 1 << 16);
	rng_seed(&r, test_seed(6));
	for (int round = 0; round < 50; round++) {
		for (;;) {
			size_t n = rng_below(&r, 3000);
			unsigned char *p = arena_alloc(&a, n);
			if (!p)
				break;
			assert_int_equal((uintptr_t)p % 16, 0);
			for (size_t i = 0; i < n; i++)
				if (p[i] != 0)
					fail_msg("not zeroed");
			memset(p, 0xAA, n);
		}
		assert_true(a.used_bytes <= 1 << 16 && a.used_bytes > (1 << 16) - 3016);
		arena_clear(&a);
		assert_int_equal(a.used_bytes, 0);
	}
	assert_null(arena_alloc(&a, (1 << 16) + 1));
	assert_null(arena_alloc(&a, SIZE_MAX));
	struct text whole = arena_text(&a, TEXT("断卡"));
	assert_text(whole, "断卡");
	assert_int_equal(whole.p[whole.n], 0);
	assert_non_null(arena_text(&a, text_of(NULL, 0)).p);
	assert_null(arena_text(&a, text_of("x", 1 << 16)).p);
	arena_release(&a);
	arena_release(&a);
}

static void test_buf(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 10);
	assert_text(buf_view(&b), "");
	buf_z(&b, "12345");
	buf_printf(&b, "%d", 67890);
	assert_int_equal(b.err, ERR_OK);
	assert_text(buf_view(&b), "1234567890");
	assert_int_equal(b.p[10], 0);
	buf_char(&b, 'x');
	assert_int_equal(b.err, ERR_CAP);
	buf_add(&b, "", 0);
	assert_int_equal(b.err, ERR_CAP); /* sticky */
	assert_text(buf_view(&b), "1234567890");
	buf_clear(&b);
	assert_int_equal(b.err, ERR_OK);
	buf_int(&b, -42);
	buf_text(&b, TEXT(""));
	assert_text(buf_view(&b), "-42");
	buf_release(&b);
	buf_init(&b, 0);
	buf_add(&b, NULL, 0);
	assert_int_equal(b.err, ERR_OK);
	buf_char(&b, 'x');
	assert_int_equal(b.err, ERR_CAP);
	buf_release(&b);
	buf_init(&b, 5000);
	buf_int(&b, INT64_MIN);
	buf_printf(&b, "%1000d", 7);
	assert_int_equal(b.n, 1020);
	buf_printf(&b, "%4000d", 7);
	assert_int_equal(b.err, ERR_CAP);
	assert_int_equal(b.n, 1020);
	buf_release(&b);
}

static void test_json(void **state)
{
	(void)state;
	static const struct {
		struct text in;
		const char *out;
	} c[] = { { TEXT(""), "\"\"" },
		      { TEXT("断卡"), "\"断卡\"" },
		      { TEXT("a\"b\\c/"), "\"a\\\"b\\\\c/\"" },
		      { TEXT("\n\t\r\b\f"), "\"\\n\\t\\r\\b\\f\"" },
		      { TEXT("a\0b\x1f"), "\"a\\u0000b\\u001f\"" },
		      { TEXT("x\xff\xc0y"), "\"x\xEF\xBF\xBD\xEF\xBF\xBDy\"" },
		      { TEXT("\xed\xa0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },
		      { TEXT("\xe4\xbd"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"" },
		      { TEXT("\x7f"), "\"\x7f\"" } };
	struct buf b;
	buf_init(&b, 1000);
	for (size_t i = 0; i < ARRAY_LEN(c); i++) {
		buf_clear(&b);
		buf_json(&b, c[i].in);
		assert_text(buf_view(&b), c[i].out);
	}
	buf_release(&b);
}

/* Some work with many allocations; true if it could be done. */
static bool work(struct arena *a, struct buf *b)
{
	bool ok = true;
	for (int i = 0; i < 40; i++) {
		ok = ok && arena_alloc(a, 2000) != NULL;
		buf_printf(b, "%300d", i);
	}
	return ok && b->err == ERR_OK;
}

static void test_every_failure(void **state)
{
	(void)state;
	bool done = false;
	int failures = 0;
	for (uint64_t nth = 1; !done; nth++) {
		struct arena a;
		struct buf b;
		arena_init(&a, 1 << 20);
		buf_init(&b, 1 << 20);
		mem_fail_at(nth);
		done = work(&a, &b);
		bool reached = mem_count() >= nth;
		mem_fail_at(0);
		assert_int_equal(done, !reached);
		failures += reached;
		arena_release(&a);
		buf_release(&b);
	}
	assert_true(failures > 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alloc), cmocka_unit_test(test_fail_at), cmocka_unit_test(test_arena),
		cmocka_unit_test(test_buf),   cmocka_unit_test(test_json),    cmocka_unit_test(test_every_failure),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
