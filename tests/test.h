/* test.h - cmocka with what it needs included first, and what tests share: seeds, and how many cases to run. */
#ifndef DUANKA_TESTS_TEST_H
#define DUANKA_TESTS_TEST_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* The seed of this run: DUANKA_TEST_SEED, or the test's own. Printed, so that a failure can be repeated. */
static inline uint64_t test_seed(uint64_t own)
{
	const char *z = getenv("DUANKA_TEST_SEED");
	uint64_t seed = z ? strtoull(z, NULL, 10) : own;
	printf("seed %llu\n", (unsigned long long)seed);
	return seed;
}

/* How many of n random cases to run: DUANKA_TEST_PERCENT of them (sanitizers are slow), at least one. */
static inline uint64_t test_cases(uint64_t n)
{
	const char *z = getenv("DUANKA_TEST_PERCENT");
	uint64_t percent = z ? strtoull(z, NULL, 10) : 100;
	uint64_t cases = n * percent / 100;
	return cases ? cases : 1;
}

#define assert_text(t, z) test_text(t, z, __FILE__, __LINE__)
#define test_text(t, z, file, line)                                                   \
	do {                                                                              \
		struct text test_t = (t);                                                     \
		const char *test_z = (z);                                                     \
		if (test_t.n != strlen(test_z) || memcmp(test_t.p, test_z, test_t.n) != 0) {  \
			print_error("\"%.*s\" is not \"%s\"\n", (int)test_t.n, test_t.p, test_z); \
			_fail(file, line);                                                        \
		}                                                                             \
	} while (0)

#endif
