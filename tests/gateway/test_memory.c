/* test_memory.c - each allocation of HTTP's start, and of requests on their way, fails once: an answer that says so, or a closed connection;
 * never a crash, a leak, or a request that is not let go of. */
#include "tests/test.h"
#include "base/mem.h"
#include "tests/gateway/served.h"
#include <sys/socket.h>
#include <unistd.h>

static const struct tenant tenants[] = {
	{ .name = "bank", .number = 1, .budget_us = 60000000, .n_sees = 1, .sees = { "self:*.*" } },
	{ .name = "rehearsal", .number = 2, .exception = EXCEPTION_LAST_KNOWN, .simulate = true },
};
static const struct served_options options = { .tenants = tenants,
	                                           .n_tenants = ARRAY_LEN(tenants),
	                                           .key = { { "bank", SCOPES }, { "rehearsal", SCOPES } },
	                                           .threads = 1 };
static struct served s;

static void test_start(void **state)
{
	struct http_options ho;
	uint64_t n = 0;
	bool ok = false;

	(void)state;
	served_start(&s, &options);
	ho = served_http_options(&s, &options);
	while (!ok) {
		struct http *h;
		struct buf why;

		buf_init(&why, 1 << 16);
		mem_fail_at(++n);
		ok = http_start(&h, &ho, &why) == ERR_OK;
		mem_fail_at(0);
		if (ok)
			http_stop(h);
		buf_release(&why);
	}
	print_message("%llu allocations\n", (unsigned long long)n - 1);
	assert_true(n > 4);
	served_stop(&s);
}

/* Without memory of its own. False: the connection was closed. */
static bool ask(const char *request, char *answer, size_t size)
{
	int fd = served_connect(&s);
	size_t n = 0;
	ssize_t k;

	assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), (ssize_t)strlen(request));
	while (n + 1 < size && (k = recv(fd, answer + n, size - 1 - n, 0)) > 0)
		n += (size_t)k;
	answer[n] = 0;
	close(fd);
	return n > 0;
}

static const char *request_of(int which, char z[2048])
{
	char event[256];

	call_json(event, "13800138000", "13900139000");
	if (which < 2)
		snprintf(
			z, 2048,
			"POST /v1/decide HTTP/1.1\r\nHost: t\r\nConnection: close\r\nAuthorization: Bearer %s\r\nContent-Length: %zu\r\n\r\n%s",
			s.key[which], strlen(event), event);
	else if (which == 2)
		snprintf(
			z, 2048,
			"POST /v1/events HTTP/1.1\r\nHost: t\r\nConnection: close\r\nAuthorization: Bearer %s\r\nContent-Length: %zu\r\n\r\n%s\n{\"a\":\n%s\n",
			s.key[0], 2 * strlen(event) + 7, event, event);
	else
		snprintf(z, 2048,
		         "GET /v1/alerts%s HTTP/1.1\r\nHost: t\r\nConnection: close\r\nAuthorization: Bearer %s\r\n\r\n",
		         which == 3 ? "" : "?rule=often", s.key[0]);
	return z;
}

static void test_requests(void **state)
{
	static const char *const statuses[] = { "HTTP/1.1 200", "HTTP/1.1 422", "HTTP/1.1 500", "HTTP/1.1 503" };
	char request[2048], answer[65536];
	uint64_t closed = 0, refused = 0, good = 0, most = test_cases(60);

	(void)state;
	for (int which = 0; which < 5; which++)
		for (uint64_t n = 1; n <= most; n++) {
			bool known = false;

			served_start(&s, &options);
			s.may_die = true; /* memory that the shard lacks ends it: it must not go on without */
			for (int i = 0; i < 4; i++)
				assert_true(ask(request_of(0, request), answer, sizeof(answer)));
			request_of(which, request);
			mem_fail_at(n);
			if (!ask(request, answer, sizeof(answer))) {
				closed++;
				known = true;
			}
			mem_fail_at(0);
			for (size_t i = 0; !known && i < ARRAY_LEN(statuses); i++)
				known = strncmp(answer, statuses[i], 12) == 0;
			if (!known)
				fail_msg("request %d, allocation %llu: %s", which, (unsigned long long)n, answer);
			good += strncmp(answer, "HTTP/1.1 200", 12) == 0;
			refused += strncmp(answer, "HTTP/1.1 5", 10) == 0;
			served_stop(&s); /* waits for all requests to be let go */
		}
	print_message("%llu answered, %llu refused, %llu closed\n", (unsigned long long)good, (unsigned long long)refused,
	              (unsigned long long)closed);
	assert_true(good > 0 && refused > 0 && closed > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_start), cmocka_unit_test(test_requests) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
