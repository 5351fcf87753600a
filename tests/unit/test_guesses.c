/* test_guesses.c - addresses that guess: counted apart, by the minute, in a bounded table. */
#include "tests/test.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include "base/clock.h"
#include "gateway/guesses.h"

static const struct hash_key key = { { 3 } };

static int64_t failed(struct guesses *g, const char *address, int64_t now_us)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

	if (inet_pton(AF_INET, address, &v4.sin_addr) == 1)
		return guesses_failed(g, (const struct sockaddr *)&v4, now_us);
	assert_int_equal(inet_pton(AF_INET6, address, &v6.sin6_addr), 1);
	return guesses_failed(g, (const struct sockaddr *)&v6, now_us);
}

static void test_minutes(void **state)
{
	int64_t now = 1772409600 * US_PER_SECOND;
	struct guesses *g;

	(void)state;
	assert_int_equal(guesses_new(&g, &key), ERR_OK);
	for (int round = 0; round < 3; round++) { /* twenty a minute are bearable for ever */
		for (int i = 0; i < GUESSES_MAX; i++)
			assert_int_equal(failed(g, "192.0.2.1", now + i), 0);
		now += US_PER_MINUTE;
	}
	for (int i = 0; i < GUESSES_MAX; i++)
		assert_int_equal(failed(g, "192.0.2.1", now), 0);
	assert_int_equal(failed(g, "192.0.2.1", now), 60);
	assert_int_equal(failed(g, "192.0.2.2", now), 0);                      /* a neighbour */
	assert_int_equal(failed(g, "192.0.2.1", now + US_PER_MINUTE - 1), 60); /* the minute begins anew with each */
	assert_int_equal(failed(g, "192.0.2.1", now + 2 * US_PER_MINUTE - 2), 60);
	assert_int_equal(failed(g, "192.0.2.1", now + 3 * US_PER_MINUTE - 2), 0);
	assert_int_equal(failed(g, "192.0.2.1", now - US_PER_DAY), 0); /* a clock that went back */
	guesses_free(g);
	guesses_free(NULL);
}

static void test_addresses(void **state)
{
	struct guesses *g;
	char z[64];

	(void)state;
	assert_int_equal(guesses_new(&g, &key), ERR_OK);
	for (int i = 0; i <= GUESSES_MAX; i++) { /* one host's 64 bits of addresses are one */
		snprintf(z, sizeof(z), "2001:db8:1:2:%x::%x", i, 77 * i);
		assert_int_equal(failed(g, z, 1), i < GUESSES_MAX ? 0 : 60);
	}
	assert_int_equal(failed(g, "2001:db8:1:3::1", 1), 0);
	assert_int_equal(guesses_failed(g, NULL, 1), 0); /* none known: all such are one */
	for (uint32_t i = 0; i < 100000;
	     i++) { /* more addresses than there is room for: the table stays as it is, and still counts */
		struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_addr = { htonl(i) } };

		assert_int_equal(guesses_failed(g, (const struct sockaddr *)&v4, 2 + i), 0);
	}
	for (int i = 0; i <= GUESSES_MAX; i++)
		assert_int_equal(failed(g, "198.51.100.7", 200000), i < GUESSES_MAX ? 0 : 60);
	guesses_free(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_minutes), cmocka_unit_test(test_addresses) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
