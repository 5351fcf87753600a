/* test_connections.c - whose time is over and who has to make room, with times and bytes made up; and the registry over real sockets. */
#include "tests/test.h"
#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>
#include "base/mem.h"
#include "gateway/connections.h"

enum {
	LIMIT = 1000
};

static void test_a_head_has_its_time_from_its_first_byte(void **state)
{
	struct connection k = { .fd = -1 };

	(void)state;
	assert_false(connection_overdue(&k, 10, LIMIT, 0)); /* it may say nothing for as long as the library lets it */
	assert_false(connection_overdue(&k, 100000, LIMIT, 0));
	assert_false(connection_overdue(&k, 100100, LIMIT, 1)); /* the clock runs */
	assert_false(connection_overdue(&k, 101099, LIMIT, 500));
	assert_true(connection_overdue(&k, 101100, LIMIT, 501));
}

static void test_a_body_goes_on_where_its_head_began(void **state)
{
	struct connection k = { .fd = -1 };

	(void)state;
	assert_false(connection_overdue(&k, 0, LIMIT, 7));
	connection_enter(&k, CONNECTION_RECEIVING);
	assert_false(connection_overdue(&k, 999, LIMIT, 7));
	assert_true(connection_overdue(&k, 1000, LIMIT, 7));
	connection_enter(&k, CONNECTION_BUSY); /* ours to answer: no clock runs */
	assert_false(connection_overdue(&k, 50000, LIMIT, 7));
	connection_enter(&k, CONNECTION_SENDING);
	assert_false(connection_overdue(&k, 60000, LIMIT, 7));
	assert_false(connection_overdue(&k, 60999, LIMIT, 7));
	assert_true(connection_overdue(&k, 61000, LIMIT, 7));
}

static void test_each_request_has_its_own_time(void **state)
{
	struct connection k = { .fd = -1 };
	uint64_t received = 0;

	(void)state;
	for (int64_t at = 0; at < 100 * LIMIT; at += 300) {
		received += 100;
		connection_enter(&k, CONNECTION_RECEIVING);
		assert_false(connection_overdue(&k, at, LIMIT, received));
		connection_enter(&k, CONNECTION_BUSY);
		assert_false(connection_overdue(&k, at + 100, LIMIT, received));
		connection_enter(&k, CONNECTION_SENDING);
		assert_false(connection_overdue(&k, at + 200, LIMIT, received));
		connection_enter(&k, CONNECTION_WAITING);
	}
	assert_false(connection_overdue(&k, 1000 * LIMIT, LIMIT, received));
	assert_false(connection_overdue(&k, 2000 * LIMIT, LIMIT, received)); /* nothing of the next one has come */
}

static void test_a_stream_has_time_for_each_piece(void **state)
{
	struct connection k = { .fd = -1 };

	(void)state;
	for (int64_t at = 0; at < 100 * LIMIT; at += 900) {
		connection_enter(&k, CONNECTION_SENDING);
		assert_false(connection_overdue(&k, at, LIMIT, 0));
	}
	connection_enter(&k, CONNECTION_QUIET);
	assert_false(connection_overdue(&k, 1000 * LIMIT, LIMIT, 0));
	connection_enter(&k, CONNECTION_SENDING);
	assert_false(connection_overdue(&k, 1001 * LIMIT, LIMIT, 0));
	assert_true(connection_overdue(&k, 1002 * LIMIT, LIMIT, 0));
}

static void test_who_makes_room(void **state)
{
	struct connection one[6] = { { .bucket = 1, .waiting_us = 1 }, { .bucket = 2, .waiting_us = 9 },
		                         { .bucket = 2, .waiting_us = 5 }, { .bucket = 2, .waiting_us = 2 },
		                         { .bucket = 2, .waiting_us = 3 }, { .bucket = 3, .waiting_us = 0 } };
	struct connection *k[6];
	uint32_t count[4] = { 0, 1, 4, 1 };

	(void)state;
	for (int i = 0; i < 6; i++)
		k[i] = &one[i];
	assert_int_equal(connections_victim(k, 0, count), UINT32_MAX);
	assert_int_equal(connections_victim(k, 6, count), 3); /* not the oldest: the oldest of those who have most */
	one[3].gone = true;
	assert_int_equal(connections_victim(k, 6, count), 4);
	connection_enter(&one[4], CONNECTION_BUSY);
	connection_enter(&one[2], CONNECTION_RECEIVING);
	assert_int_equal(connections_victim(k, 6, count), 2);
	connection_enter(&one[2], CONNECTION_SENDING);
	connection_enter(&one[1], CONNECTION_QUIET);
	assert_int_equal(connections_victim(k, 6, count), 5);
	connection_enter(&one[5], CONNECTION_BUSY);
	connection_enter(&one[0], CONNECTION_BUSY);
	assert_int_equal(connections_victim(k, 6, count), UINT32_MAX);
}

static bool is_shut(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char byte;

	return poll(&p, 1, 0) > 0 && read(fd, &byte, 1) == 0;
}

static void test_registry(void **state)
{
	const struct hash_key key = { { 1 } };
	struct sockaddr_in from = { .sin_family = AF_INET };
	struct connection *k[4];
	struct connections_counts n;
	struct connections *c;
	int fd[4][2];

	(void)state;
	assert_int_equal(connections_start(&c, 2, INT64_C(3600000000), &key), ERR_OK);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd[i]), 0);
		from.sin_addr.s_addr = htonl(0x7f000001U);
		k[i] = connections_add(c, fd[i][0], (struct sockaddr *)&from);
		assert_non_null(k[i]);
		k[i]->waiting_us = i; /* in this order, however fast this goes */
	}
	assert_true(is_shut(fd[0][1]) && is_shut(fd[1][1]) && !is_shut(fd[2][1]) && !is_shut(fd[3][1]));
	connections_counts(c, &n);
	assert_true(n.now == 4 && n.for_room == 2 && n.slow == 0);
	connections_remove(c, k[0]);
	connections_remove(c, k[1]);
	connection_enter(k[2], CONNECTION_BUSY);
	connection_enter(k[3], CONNECTION_SENDING);
	assert_null(connections_add(c, fd[0][0], (struct sockaddr *)&from)); /* nobody may be cut off */
	connection_enter(k[2], CONNECTION_WAITING);
	connection_enter(k[3], CONNECTION_RECEIVING);
	connections_end(c, false);
	assert_true(is_shut(fd[2][1]) && !is_shut(fd[3][1]));
	connections_end(c, true);
	assert_true(is_shut(fd[3][1]));
	connections_remove(c, k[3]);
	connections_remove(c, k[2]);
	connections_remove(c, NULL);
	mem_fail_at(1);
	assert_null(connections_add(c, fd[0][0], (struct sockaddr *)&from));
	mem_fail_at(0);
	connections_stop(c);
	for (int i = 0; i < 4; i++) {
		close(fd[i][0]);
		close(fd[i][1]);
	}
	for (uint64_t i = 1; i <= 2; i++) {
		mem_fail_at(i);
		assert_int_equal(connections_start(&c, 2, 1, &key), ERR_MEMORY);
	}
	mem_fail_at(0);
	connections_stop(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_head_has_its_time_from_its_first_byte),
		cmocka_unit_test(test_a_body_goes_on_where_its_head_began),
		cmocka_unit_test(test_each_request_has_its_own_time),
		cmocka_unit_test(test_a_stream_has_time_for_each_piece),
		cmocka_unit_test(test_who_makes_room),
		cmocka_unit_test(test_registry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
