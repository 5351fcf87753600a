/* load.c - load for a running service: POST /v1/decide over keep-alive connections at a fixed rate, or POST /v1/events in batches.
 *
 * Open loop: request i is due at start + i / rate, whatever became of those before it, and its latency counts from when it was due. A
 * service that stalls is thus charged for every request that it kept waiting (no coordinated omission). Latencies go into a histogram of log-linear
 * buckets, 1/64 wide: figures are up to 1.6 % too high, never too low. Rate 0: closed loop, as fast as answers come. */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#include "base/check.h"
#include "base/rng.h"

enum {
	CONNECTIONS_MAX = 4096,
	SUB = 64, /* buckets in a doubling */
	BUCKETS = 40 * SUB,
	BODY_MAX = 4 << 20,
	ANSWER_MAX = 1 << 16
};

struct histogram {
	uint64_t n[BUCKETS], all, most;
};

struct connection {
	int fd;
	int64_t due_ns; /* of the request on its way; 0: idle */
	char *out;
	size_t out_n, sent;
	char in[ANSWER_MAX];
	size_t in_n, body_left;
	bool in_body, ok;
};

struct load {
	const char *host, *key;
	int port, connections, rate, seconds, batch, phones;
	struct connection *c;
	int epoll;
	struct rng rng;
	struct histogram h;
	uint64_t sent, answered, refused, errors, late_starts;
	int64_t start_ns;
};

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static uint32_t bucket(uint64_t us)
{
	uint32_t k = us < SUB ? 0 : 63 - (uint32_t)__builtin_clzll(us) - 5;

	return us < SUB ? (uint32_t)us : k * (SUB / 2) + (uint32_t)(us >> k);
}

static uint64_t bucket_top(uint32_t b) /* the largest value that falls into it */
{
	uint64_t lo = 0, hi = (uint64_t)1 << 32;

	while (lo < hi) {
		uint64_t mid = (lo + hi + 1) / 2;

		if (bucket(mid) <= b)
			lo = mid;
		else
			hi = mid - 1;
	}
	return lo;
}

static void note(struct histogram *h, int64_t ns)
{
	uint64_t us = ns < 0 ? 0 : (uint64_t)ns / 1000;
	uint32_t b = bucket(us);

	h->n[b < BUCKETS ? b : BUCKETS - 1]++;
	h->all++;
	h->most = us > h->most ? us : h->most;
}

static uint64_t quantile(const struct histogram *h, double q)
{
	uint64_t want = (uint64_t)(q * (double)h->all + 0.5), seen = 0;

	for (uint32_t b = 0; b < BUCKETS; b++) {
		seen += h->n[b];
		if (seen >= want && seen > 0)
			return bucket_top(b) < h->most ? bucket_top(b) : h->most;
	}
	return h->most;
}

/* Half of all calls come from a hundredth of the phones. */
static uint64_t phone(struct load *l)
{
	uint64_t few = (uint64_t)l->phones / 100 + 1;

	return rng_chance(&l->rng, 500000) ? rng_below(&l->rng, few) : rng_below(&l->rng, (uint64_t)l->phones);
}

static size_t put_event(struct load *l, char *out, size_t cap)
{
	struct timespec t;
	uint64_t caller = phone(l), callee = phone(l), talk = rng_below(&l->rng, 300);

	clock_gettime(CLOCK_REALTIME, &t);
	return (size_t)snprintf(out, cap,
	                        "{\"event\":\"call\",\"time\":\"%lld%06ld\",\"caller\":\"138%08" PRIu64
	                        "\",\"callee\":\"139%08" PRIu64 "\",\"talk\":%" PRIu64 "}",
	                        (long long)t.tv_sec, t.tv_nsec / 1000, caller, callee, talk);
}

static void build(struct load *l, struct connection *c)
{
	static char body[BODY_MAX];
	size_t n = 0;

	if (l->batch == 0)
		n = put_event(l, body, sizeof(body));
	for (int i = 0; i < l->batch; i++) {
		n += put_event(l, body + n, sizeof(body) - n);
		body[n++] = '\n';
	}
	c->out_n = (size_t)snprintf(c->out, 1024, "POST /v1/%s HTTP/1.1\r\nHost: %s\r\n%s%s%sContent-Length: %zu\r\n\r\n",
	                            l->batch == 0 ? "decide" : "events", l->host, l->key ? "Authorization: Bearer " : "",
	                            l->key ? l->key : "", l->key ? "\r\n" : "", n);
	memcpy(c->out + c->out_n, body, n);
	c->out_n += n;
	c->sent = 0;
}

static void push(struct load *l, struct connection *c)
{
	while (c->sent < c->out_n) {
		ssize_t k = send(c->fd, c->out + c->sent, c->out_n - c->sent, MSG_NOSIGNAL);

		if (k < 0 && errno == EAGAIN)
			break;
		if (k <= 0) {
			l->errors++;
			c->sent = c->out_n;
			return;
		}
		c->sent += (size_t)k;
	}
	struct epoll_event e = { .events = EPOLLIN | (c->sent < c->out_n ? EPOLLOUT : 0), .data.ptr = c };

	epoll_ctl(l->epoll, EPOLL_CTL_MOD, c->fd, &e);
}

static void begin(struct load *l, struct connection *c, int64_t due_ns)
{
	c->due_ns = due_ns;
	build(l, c);
	l->sent++;
	push(l, c);
}

static void answered(struct load *l, struct connection *c)
{
	note(&l->h, now_ns() - c->due_ns);
	l->answered++;
	l->refused += !c->ok;
	c->due_ns = 0;
	c->in_n = 0;
	c->in_body = false;
}

/* A head ends with an empty line and says how long the body is; bodies are skipped. */
static void consume(struct load *l, struct connection *c, const char *p, size_t n)
{
	while (n > 0) {
		if (!c->in_body) {
			const char *length;
			char *end;
			size_t k = n < ANSWER_MAX - 1 - c->in_n ? n : ANSWER_MAX - 1 - c->in_n, had = c->in_n;

			memcpy(c->in + c->in_n, p, k);
			c->in_n += k;
			c->in[c->in_n] = 0;
			end = strstr(c->in, "\r\n\r\n");
			if (end == NULL)
				return;
			length = strcasestr(c->in, "content-length:");
			c->ok = strncmp(c->in, "HTTP/1.1 200", 12) == 0;
			c->body_left = length == NULL ? 0 : strtoull(length + 15, NULL, 10);
			c->in_body = true;
			k = (size_t)(end + 4 - c->in) - had;
			p += k;
			n -= k;
		}
		size_t k = n < c->body_left ? n : c->body_left;

		c->body_left -= k;
		p += k;
		n -= k;
		if (c->body_left == 0)
			answered(l, c);
	}
}

static bool pull(struct load *l, struct connection *c)
{
	static char chunk[1 << 18];
	ssize_t k = recv(c->fd, chunk, sizeof(chunk), 0);

	if (k <= 0) {
		if (k < 0 && errno == EAGAIN)
			return true;
		l->errors++;
		return false;
	}
	consume(l, c, chunk, (size_t)k);
	if (c->in_body && c->body_left == 0)
		answered(l, c);
	return true;
}

static bool connect_all(struct load *l)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)l->port) };
	int one = 1;

	inet_pton(AF_INET, l->host, &a.sin_addr);
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	for (int i = 0; i < l->connections; i++) {
		struct connection *c = &l->c[i];
		struct epoll_event e = { .events = EPOLLIN, .data.ptr = c };

		c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		c->out = malloc(BODY_MAX + 2048);
		if (c->fd < 0 || c->out == NULL || connect(c->fd, (struct sockaddr *)&a, sizeof(a)) != 0) {
			fprintf(stderr, "load: %s:%d: %s\n", l->host, l->port, strerror(errno));
			return false;
		}
		setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &e) != 0)
			return false;
	}
	return true;
}

/* Gives idle connections what is due; with none idle, what is due waits, and its wait counts. */
static void schedule(struct load *l, int64_t now, int64_t end)
{
	for (int i = 0; i < l->connections; i++) {
		int64_t due = l->rate == 0 ? now : l->start_ns + (int64_t)((double)l->sent * 1e9 / l->rate);

		if (due > now || due >= end)
			return;
		if (l->c[i].due_ns == 0)
			begin(l, &l->c[i], due);
	}
}

/* Until something came or the next request is due: the service gets the processor meanwhile. */
static int await(const struct load *l, struct epoll_event *e, int most, int64_t now)
{
	int64_t wait_ns = 100000000;
	struct timespec t;

	if (l->rate > 0 && now != 0 && l->sent - l->answered < (uint64_t)l->connections)
		wait_ns = l->start_ns + (int64_t)((double)l->sent * 1e9 / l->rate) - now;
	wait_ns = wait_ns < 0 ? 0 : wait_ns > 100000000 ? 100000000 : wait_ns;
	t = (struct timespec){ .tv_nsec = wait_ns };
	return epoll_pwait2(l->epoll, e, most, &t, NULL);
}

static void run(struct load *l)
{
	struct epoll_event e[256];
	int64_t end;
	bool more = true;

	l->start_ns = now_ns();
	end = l->start_ns + (int64_t)l->seconds * 1000000000;
	while (more) {
		int64_t now = now_ns();
		int n;

		if (now < end)
			schedule(l, now, end);
		n = await(l, e, 256, now < end ? now : 0);
		for (int i = 0; i < n && more; i++) {
			struct connection *c = e[i].data.ptr;

			if ((e[i].events & EPOLLOUT) != 0)
				push(l, c);
			if ((e[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
				more = pull(l, c);
		}
		if (now >= end && (l->answered == l->sent || now > end + (int64_t)5000000000))
			more = false;
	}
}

static void report(const struct load *l)
{
	double s = (double)(now_ns() - l->start_ns) / 1e9, each = l->batch == 0 ? 1 : l->batch;
	struct utsname u;
	char cpu[256] = "", line[512];
	FILE *f = fopen("/proc/cpuinfo", "r");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "model name", 10) == 0)
			snprintf(cpu, sizeof(cpu), "%.200s", strchr(line, ':') + 2);
	if (f != NULL)
		fclose(f);
	cpu[strcspn(cpu, "\n")] = 0;
	uname(&u);
	printf("machine    %s, %ld processors, Linux %s\n", cpu, sysconf(_SC_NPROCESSORS_ONLN), u.release);
	printf("work       %s, %d connections, %s%d requests/s%s, %d phones, %d s\n",
	       l->batch == 0 ? "POST /v1/decide" : "POST /v1/events", l->connections,
	       l->rate == 0 ? "closed loop " : "open loop ", l->rate, l->batch == 0 ? "" : ", batches", l->phones,
	       l->seconds);
	if (l->batch > 0)
		printf("batch      %d events\n", l->batch);
	printf("answered   %" PRIu64 " of %" PRIu64 " requests, %" PRIu64 " not 200, %" PRIu64 " errors\n", l->answered,
	       l->sent, l->refused, l->errors);
	printf("rate       %.0f requests/s, %.0f events/s\n", (double)l->answered / s, (double)l->answered * each / s);
	printf("latency    p50 %" PRIu64 " us, p90 %" PRIu64 " us, p99 %" PRIu64 " us, p99.9 %" PRIu64 " us, max %" PRIu64
	       " us%s\n",
	       quantile(&l->h, .5), quantile(&l->h, .9), quantile(&l->h, .99), quantile(&l->h, .999), l->h.most,
	       l->rate > 0 ? ", from when each was due" : "");
}

int main(int argc, char **argv)
{
	struct load l = {
		.host = "127.0.0.1", .port = 8460, .connections = 64, .rate = 0, .seconds = 10, .phones = 1000000
	};
	int o;

	while ((o = getopt(argc, argv, "p:k:c:r:s:b:n:")) != -1) {
		int v = o == 'k' ? 0 : (int)strtol(optarg ? optarg : "", NULL, 10);

		if (o == '?') {
			fprintf(
				stderr,
				"load [-p PORT] [-k KEY] [-c CONNECTIONS] [-r REQUESTS/S, 0: closed loop] [-s SECONDS] [-b EVENTS A BATCH, 0: decide] [-n PHONES]\n");
			return 1;
		}
		*(o == 'p'   ? &l.port
		  : o == 'c' ? &l.connections
		  : o == 'r' ? &l.rate
		  : o == 's' ? &l.seconds
		  : o == 'b' ? &l.batch
		             : &l.phones) = o == 'k' ? l.phones : v;
		if (o == 'k')
			l.key = optarg;
	}
	if (l.connections < 1 || l.connections > CONNECTIONS_MAX || l.batch < 0 || l.batch > BODY_MAX / 128 ||
	    l.phones < 1) {
		fprintf(stderr, "load: connections 1 to %d, batches 0 to %d, phones from 1\n", CONNECTIONS_MAX, BODY_MAX / 128);
		return 1;
	}
	rng_seed(&l.rng, 1);
	l.c = calloc((size_t)l.connections, sizeof(*l.c));
	if (l.c == NULL || !connect_all(&l))
		return 1;
	run(&l);
	report(&l);
	for (int i = 0; i < l.connections; i++)
		free(l.c[i].out);
	free(l.c);
	return l.errors > 0 || l.answered < l.sent;
}
