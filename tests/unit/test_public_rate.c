/* test_public_rate.c - how often the public may ask: exactly so many in any period from a full bucket, by address, by what it costs, and for all. */
#include "tests/test.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include "base/clock.h"
#include "base/mem.h"
#include "gateway/public.h"

static const struct hash_key key = { { 3 } };
static int64_t now;
static struct public_desk *p;
static struct config *c;

static int64_t the_clock(void)
{
	return now;
}

static int set_up(void **state)
{
	const struct public_options o = { .key = &key, .now_us = the_clock };

	(void)state;
	now = 1772409600 * US_PER_SECOND;
	assert_int_equal(public_new(&p, &o), ERR_OK);
	c = mem_alloc(sizeof(*c));
	assert_non_null(c);
	config_default(c);
	c->public_rate = 100000;
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	public_free(p);
	mem_free(c);
	return 0;
}

static bool admit(enum public_cost cost, const char *address, int64_t *wait_us)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

	if (inet_pton(AF_INET, address, &v4.sin_addr) == 1)
		return public_admit(p, c, cost, (const struct sockaddr *)&v4, wait_us);
	assert_int_equal(inet_pton(AF_INET6, address, &v6.sin6_addr), 1);
	return public_admit(p, c, cost, (const struct sockaddr *)&v6, wait_us);
}

static uint32_t many(enum public_cost cost, const char *address)
{
	int64_t wait_us;
	uint32_t n = 0;

	while (admit(cost, address, &wait_us))
		n++;
	return n;
}

static void test_bucket(void **state)
{
	int64_t wait_us;

	(void)state;
	c->public_requests = 30;
	assert_int_equal(many(PUBLIC_ASKS, "192.0.2.1"), 30);
	assert_false(admit(PUBLIC_ASKS, "192.0.2.1", &wait_us));
	assert_true(wait_us == 2 * US_PER_SECOND);
	now += wait_us - 1;
	assert_false(admit(PUBLIC_ASKS, "192.0.2.1", &wait_us));
	now += 1;
	assert_true(admit(PUBLIC_ASKS, "192.0.2.1", &wait_us));
	assert_false(admit(PUBLIC_ASKS, "192.0.2.1", &wait_us));
	now += US_PER_MINUTE; /* never more than full */
	assert_int_equal(many(PUBLIC_ASKS, "192.0.2.1"), 30);
	now -= US_PER_DAY; /* a clock that went back locks nobody out */
	assert_int_equal(many(PUBLIC_ASKS, "192.0.2.1"), 30);
}

/* What is refused costs nothing, and each cost has a bucket of its own besides that of all requests. */
static void test_costs(void **state)
{
	(void)state;
	c->public_requests = 20;
	c->public_filings = 5;
	c->public_proofs = 7;
	assert_int_equal(many(PUBLIC_FILES, "192.0.2.1"), 5);
	assert_int_equal(many(PUBLIC_PROVES, "192.0.2.1"), 7);
	assert_int_equal(many(PUBLIC_ASKS, "192.0.2.1"), 8);
	assert_int_equal(many(PUBLIC_FILES, "192.0.2.2"), 5); /* a neighbour */
}

/* Who has many addresses registers no more people for it, and files as much as ever. */
static void test_networks(void **state)
{
	int64_t wait_us;
	char z[40];

	(void)state;
	c->public_requests = 1000;
	c->public_filings = 5;
	c->public_registrations = 12;
	assert_int_equal(many(PUBLIC_JOINS, "192.0.2.1"), 5);
	assert_int_equal(many(PUBLIC_FILES, "192.0.2.1"), 0); /* it is a filing, too */
	assert_int_equal(many(PUBLIC_JOINS, "192.0.2.2"), 5);
	assert_int_equal(many(PUBLIC_JOINS, "192.0.2.255"), 2);
	assert_int_equal(many(PUBLIC_FILES, "192.0.2.255"), 3); /* what was refused cost nothing */
	assert_int_equal(many(PUBLIC_JOINS, "192.0.3.1"), 5);
	for (uint32_t i = 0, n = 0; i < 100; i++) {
		snprintf(z, sizeof(z), "2001:db8:1:%x::1", i);
		n += admit(PUBLIC_JOINS, z, &wait_us);
		assert_true(n <= 12);
	}
	assert_true(admit(PUBLIC_JOINS, "2001:db8:2::1", &wait_us));
	assert_true(admit(PUBLIC_FILES, "2001:db8:1:5::1", &wait_us));
	now += US_PER_HOUR / 12;
	assert_true(admit(PUBLIC_JOINS, "2001:db8:1:77::1", &wait_us));
}

static void test_addresses(void **state)
{
	int64_t wait_us;

	(void)state;
	c->public_requests = 3;
	assert_int_equal(many(PUBLIC_ASKS, "2001:db8:1:2::1"), 3);
	assert_false(admit(PUBLIC_ASKS, "2001:db8:1:2:ffff::2", &wait_us)); /* the same host */
	assert_true(admit(PUBLIC_ASKS, "2001:db8:1:3::1", &wait_us));
	for (uint32_t i = 0; i < 100000; i++) { /* a bounded table, and no one else's bucket */
		char z[32];

		snprintf(z, sizeof(z), "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
		assert_true(admit(PUBLIC_ASKS, z, &wait_us));
		now += US_PER_SECOND / 100;
	}
}

static void test_all(void **state)
{
	int64_t wait_us;
	uint32_t n = 0;

	(void)state;
	c->public_rate = 10;
	for (uint32_t i = 0; i < 100; i++) {
		char z[32];

		snprintf(z, sizeof(z), "10.1.1.%u", i);
		n += admit(PUBLIC_ASKS, z, &wait_us);
	}
	assert_int_equal(n, 10);
	assert_true(wait_us == US_PER_SECOND / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_bucket, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_costs, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_networks, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_addresses, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_all, set_up, take_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
