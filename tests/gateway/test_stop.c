/* test_stop.c - the end of the service while requests are on their way: in the writer's hands, told by the clock already, half sent, waiting for alerts. Nothing is
 * freed that somebody still holds (sanitizers look), nothing is over before the last is, and who can be answered is. The writer is halted by the test,
 * so that however long a disk takes is a matter of when the test lets it go. */
#include "tests/test.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "tests/gateway/served.h"

#define ALL (SCOPE_DECIDE | SCOPE_EVENTS | SCOPE_ALERTS | SCOPE_METRICS | SCOPE_LISTS | SCOPE_QUARANTINE)

enum {
	HASTY,
	PATIENT
};

static const struct tenant tenants[] = {
	{ .name = "hasty", .number = 1, .budget_us = 1000, .exception = EXCEPTION_FAIL_CLOSED },
	{ .name = "patient", .number = 2 },
};

static const struct served_options options = {
	.tenants = tenants, .n_tenants = ARRAY_LEN(tenants), .key = { { "hasty", ALL }, { "patient", ALL } }, .queue = 512
};

static struct served s;
static char z[256];

static int set_up(void **state)
{
	(void)state;
	served_start(&s, &options);
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	served_stop(&s);
	return 0;
}

struct stopping {
	pthread_t thread;
	_Atomic bool over;
};

static void *stop(void *arg)
{
	struct stopping *t = arg;

	http_stop(s.http);
	t->over = true;
	return NULL;
}

static void begin(struct stopping *t)
{
	*t = (struct stopping){ .over = false };
	assert_int_equal(pthread_create(&t->thread, NULL, stop, t), 0);
}

static void until_over(struct stopping *t)
{
	assert_int_equal(pthread_join(t->thread, NULL), 0);
	assert_true(t->over);
	s.http = NULL;
}

static int ask(int who, const char *path, const char *body)
{
	int fd = served_connect(&s);

	served_send(fd, body == NULL ? "GET" : "POST", path, s.key[who], "", body == NULL ? TEXT("") : text_z(body));
	return fd;
}

static void hear(int fd, int status, const char *says)
{
	struct heard h;

	heard_init(&h);
	served_hear(fd, &h);
	heard_status(&h, status);
	heard_says(&h, says);
	heard_release(&h);
	close(fd);
}

/* A connection that waits for nothing is shut down by the end as soon as it has begun. */
static void until_begun(int idle)
{
	char c;

	assert_int_equal(read(idle, &c, 1), 0);
	close(idle);
}

static void test_with_the_writer(void **state)
{
	struct stopping t;
	int fd[3], idle = served_connect(&s);

	(void)state;
	served_halt(&s);
	fd[0] = ask(PATIENT, "/v1/decide", call_json(z, "13800138000", "13900139000"));
	served_await_queued(&s, 1);
	fd[1] = ask(HASTY, "/v1/decide", call_json(z, "13800138001", "13900139000"));
	served_await_queued(&s, 2);
	hear(fd[1], 200, "\"outcome\":\"exception\""); /* the clock has told it; the writer still holds it */
	fd[2] = ask(PATIENT, "/v1/events", call_json(z, "13800138002", "13900139000"));
	served_await_queued(&s, 3);
	begin(&t);
	until_begun(idle);
	for (int i = 0; i < 50; i++)
		sched_yield();
	assert_false(t.over); /* and it can't be: three requests are with the writer */
	served_go(&s);
	hear(fd[0], 200, "\"outcome\":\"accepted\"");
	hear(fd[2], 200, "\"accepted\":1");
	until_over(&t);
}

/* The clock tells it while the end is under way. */
static void test_told_meanwhile(void **state)
{
	struct stopping t;
	int fd, idle = served_connect(&s);

	(void)state;
	served_halt(&s);
	fd = served_connect(&s);
	served_send(fd, "POST", "/v1/decide", s.key[PATIENT], "X-Budget-Ms: 200\r\n",
	            text_z(call_json(z, "13800138000", "13900139000")));
	served_await_queued(&s, 1);
	begin(&t);
	until_begun(idle);
	hear(fd, 200, "\"outcome\":\"exception\"");
	assert_false(t.over);
	served_go(&s);
	until_over(&t);
}

/* With workers, who wait for the writer themselves. */
static void test_with_a_worker(void **state)
{
	struct stopping t;
	struct heard h;
	int fd, idle = served_connect(&s);

	(void)state;
	heard_init(&h);
	served_ask(&s, "/v1/decide", s.key[PATIENT], "", "{}", &h);
	heard_status(&h, 422);
	served_halt(&s);
	fd = ask(PATIENT, "/v1/quarantine/1/drop", "{\"reason\":\"no use\"}");
	while (served_metric(&s, s.key[PATIENT], "duanka_quarantine_open") != 1)
		sched_yield();
	begin(&t);
	until_begun(idle);
	served_go(&s);
	served_hear(fd, &h);
	assert_true(h.status == 200 || h.status == 503); /* it had begun, or it came too late */
	close(fd);
	heard_release(&h);
	until_over(&t);
}

/* Half a request is cut off; a stream of alerts ends. */
static void test_half_sent_and_listening(void **state)
{
	struct stopping t;
	struct heard h;
	int half = served_connect(&s), stream, idle = served_connect(&s);
	const char *head = "POST /v1/decide HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"event\"";
	char c;

	(void)state;
	heard_init(&h);
	stream = ask(PATIENT, "/v1/alerts/stream", NULL);
	served_hear_until(stream, &h, "retry:");
	assert_int_equal(write(half, head, strlen(head)), strlen(head));
	begin(&t);
	until_begun(idle);
	while (read(half, &c, 1) > 0) /* whatever is said to it, it ends */
		;
	while (read(stream, &c, 1) > 0)
		;
	close(half);
	close(stream);
	until_over(&t);
	heard_release(&h);
}

/* While it stops, whoever comes is sent away at once and does not wait for the end. */
static void test_new_ones(void **state)
{
	struct stopping t;
	int fd, idle = served_connect(&s);
	char c;

	(void)state;
	served_halt(&s);
	fd = ask(PATIENT, "/v1/decide", call_json(z, "13800138000", "13900139000"));
	served_await_queued(&s, 1);
	begin(&t);
	until_begun(idle);
	for (int i = 0; i < 20; i++) {
		int late = served_connect(&s);

		assert_int_equal(read(late, &c, 1), 0);
		close(late);
	}
	assert_false(t.over);
	served_go(&s);
	hear(fd, 200, "\"outcome\":\"accepted\"");
	until_over(&t);
}

static void *come_and_go(void *arg)
{
	const _Atomic bool *enough = arg;
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(s.port) };
	const struct linger at_once = { .l_onoff = 1 }; /* closed without a trace: no port stays taken for a minute */

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	while (!*enough) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (fd < 0)
			break;
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
		(void)connect(fd, (struct sockaddr *)&a, sizeof(a)); /* nobody may be there any more */
		close(fd);
	}
	return NULL;
}

/* Threads of the service that are awake at the moment of the end do not get in its way. */
static void test_in_the_middle_of_it(void **state)
{
	(void)state;
	for (int i = 0; i < 50; i++) {
		_Atomic bool enough = false;
		struct stopping t;
		pthread_t others[2];

		served_start(&s, &options);
		for (uint32_t k = 0; k < ARRAY_LEN(others); k++)
			assert_int_equal(pthread_create(&others[k], NULL, come_and_go, &enough), 0);
		for (int k = 0; k < 20; k++)
			close(served_connect(&s));
		begin(&t);
		until_over(&t);
		enough = true;
		for (uint32_t k = 0; k < ARRAY_LEN(others); k++)
			assert_int_equal(pthread_join(others[k], NULL), 0);
		served_stop(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_with_the_writer, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_told_meanwhile, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_with_a_worker, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_half_sent_and_listening, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_new_ones, set_up, take_down),
		cmocka_unit_test(test_in_the_middle_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
