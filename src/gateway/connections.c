/* connections.c - see connections.h. */
#include "gateway/connections.h"
#include <linux/tcp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/resource.h>
#include <time.h>
#include "base/clock.h"
#include "base/mem.h"

enum {
	PHASE_BITS = 3,
	PHASE_MASK = (1 << PHASE_BITS) - 1,
	BUCKETS = 4096,
	LOOKS = 8 /* in one request_us */
};
#define LOOK_US_MAX US_PER_SECOND

struct connections {
	pthread_mutex_t lock;
	pthread_cond_t stop;
	pthread_t thread;
	struct connection **connection;
	uint32_t n, n_gone, cap, max;
	uint32_t count[BUCKETS];
	int64_t request_us, look_us;
	struct hash_key key;
	struct connections_counts counts;
	bool stopping;
};

static int64_t now_us(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * US_PER_SECOND + t.tv_nsec / 1000;
}

void connection_enter(struct connection *k, enum connection_phase phase)
{
	uint64_t word = atomic_load_explicit(&k->word, memory_order_relaxed), turn = word >> PHASE_BITS;

	if (phase == CONNECTION_WAITING)
		atomic_store_explicit(&k->waiting_us, now_us(CLOCK_MONOTONIC_COARSE), memory_order_relaxed);
	turn += phase == CONNECTION_WAITING || phase == CONNECTION_SENDING;
	atomic_store_explicit(&k->word, turn << PHASE_BITS | phase, memory_order_relaxed);
}

static enum connection_phase phase_of(struct connection *k)
{
	return (enum connection_phase)(atomic_load_explicit(&k->word, memory_order_relaxed) & PHASE_MASK);
}

bool connection_overdue(struct connection *k, int64_t at_us, int64_t request_us, uint64_t received)
{
	uint64_t word = atomic_load_explicit(&k->word, memory_order_relaxed);
	enum connection_phase phase = (enum connection_phase)(word & PHASE_MASK);
	bool must_run = phase == CONNECTION_RECEIVING || phase == CONNECTION_SENDING;

	if (phase == CONNECTION_BUSY || phase == CONNECTION_QUIET) {
		k->running = false;
		return false;
	}
	if (k->seen != word >> PHASE_BITS) { /* a turn of which nothing is known yet */
		k->seen = word >> PHASE_BITS;
		k->bytes = received;
		k->running = false;
	}
	if (!k->running && (must_run || received != k->bytes)) {
		k->running = true;
		k->since_us = at_us;
	}
	return k->running && at_us - k->since_us >= request_us;
}

static uint64_t bytes_received(int fd)
{
	struct tcp_info info = { 0 };
	socklen_t n = sizeof(info);

	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &n) == 0 ? info.tcpi_bytes_received : 0;
}

/* With the lock held. */
static void shut(struct connections *c, struct connection *k)
{
	shutdown(k->fd, SHUT_RDWR);
	k->gone = true;
	c->n_gone++;
}

static void look(struct connections *c)
{
	int64_t at_us = now_us(CLOCK_MONOTONIC);

	for (uint32_t i = 0; i < c->n; i++) {
		struct connection *k = c->connection[i];

		if (k->gone ||
		    !connection_overdue(k, at_us, c->request_us,
		                        phase_of(k) == CONNECTION_WAITING && !k->running ? bytes_received(k->fd) : k->bytes))
			continue;
		c->counts.slow++;
		shut(c, k);
	}
}

static void *run(void *arg)
{
	struct connections *c = arg;

	pthread_mutex_lock(&c->lock);
	while (!c->stopping) {
		int64_t until_us = now_us(CLOCK_MONOTONIC) + c->look_us;
		struct timespec until = { .tv_sec = until_us / US_PER_SECOND, .tv_nsec = until_us % US_PER_SECOND * 1000 };

		pthread_cond_timedwait(&c->stop, &c->lock, &until);
		look(c);
	}
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

static bool may_go(struct connection *k)
{
	enum connection_phase p = phase_of(k);

	return !k->gone && (p == CONNECTION_WAITING || p == CONNECTION_RECEIVING);
}

uint32_t connections_victim(struct connection *const *k, uint32_t n, const uint32_t *count)
{
	uint32_t best = UINT32_MAX;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t mine, most;

		if (!may_go(k[i]))
			continue;
		mine = count[k[i]->bucket];
		most = best == UINT32_MAX ? 0 : count[k[best]->bucket];
		if (mine > most || (mine == most && atomic_load_explicit(&k[i]->waiting_us, memory_order_relaxed) <
		                                        atomic_load_explicit(&k[best]->waiting_us, memory_order_relaxed)))
			best = i;
	}
	return best;
}

/* Of an IPv6 address the first half: the other one is its owner's to choose. */
static uint32_t bucket_of(const struct connections *c, const struct sockaddr *from)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)from;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)from;
	struct text t = from->sa_family == AF_INET6  ? text_of((const char *)&v6->sin6_addr, 8)
	                : from->sa_family == AF_INET ? text_of((const char *)&v4->sin_addr, 4)
	                                             : TEXT("");

	return (uint32_t)hash_fingerprint(&c->key, t) % BUCKETS;
}

struct connection *connections_add(struct connections *c, int fd, const struct sockaddr *from)
{
	struct connection *k = mem_alloc(sizeof(*k));
	uint32_t victim = UINT32_MAX;
	bool ok = k != NULL;

	if (!ok)
		return NULL;
	k->fd = fd;
	k->waiting_us = now_us(CLOCK_MONOTONIC_COARSE);
	pthread_mutex_lock(&c->lock);
	k->bucket = bucket_of(c, from);
	if (c->n - c->n_gone >= c->max) {
		victim = connections_victim(c->connection, c->n, c->count);
		ok = victim != UINT32_MAX;
		if (ok)
			shut(c, c->connection[victim]);
		c->counts.for_room++;
	}
	ok = ok && c->n < c->cap;
	if (ok) {
		k->index = c->n;
		c->connection[c->n++] = k;
		c->count[k->bucket]++;
	}
	pthread_mutex_unlock(&c->lock);
	if (ok)
		return k;
	mem_free(k);
	return NULL;
}

void connections_remove(struct connections *c, struct connection *k)
{
	if (k == NULL)
		return;
	pthread_mutex_lock(&c->lock);
	c->connection[k->index] = c->connection[--c->n];
	c->connection[k->index]->index = k->index;
	c->count[k->bucket]--;
	c->n_gone -= k->gone;
	pthread_mutex_unlock(&c->lock);
	mem_free(k);
}

void connections_counts(struct connections *c, struct connections_counts *out)
{
	pthread_mutex_lock(&c->lock);
	*out = c->counts;
	out->now = c->n;
	pthread_mutex_unlock(&c->lock);
}

void connections_end(struct connections *c, bool receiving)
{
	pthread_mutex_lock(&c->lock);
	for (uint32_t i = 0; i < c->n; i++)
		if (may_go(c->connection[i]) && (receiving || phase_of(c->connection[i]) == CONNECTION_WAITING))
			shut(c, c->connection[i]);
	pthread_mutex_unlock(&c->lock);
}

void connections_hurry(struct connections *c, int64_t request_us)
{
	pthread_mutex_lock(&c->lock);
	if (request_us < c->request_us)
		c->request_us = request_us;
	if (c->look_us > request_us / LOOKS)
		c->look_us = request_us / LOOKS;
	pthread_cond_signal(&c->stop);
	pthread_mutex_unlock(&c->lock);
}

bool connections_allow(uint32_t max, uint32_t others, struct buf *why)
{
	struct rlimit l;
	rlim_t need = (rlim_t)max + CONNECTIONS_SPARE + others;

	if (getrlimit(RLIMIT_NOFILE, &l) != 0 || l.rlim_cur >= need)
		return true;
	l.rlim_cur = need;
	if (l.rlim_max >= need && setrlimit(RLIMIT_NOFILE, &l) == 0)
		return true;
	buf_printf(why,
	           "%u connections need %llu file descriptors and the system allows %llu: allow fewer connections, or more "
	           "descriptors (ulimit -n, LimitNOFILE=)",
	           max, (unsigned long long)need, (unsigned long long)l.rlim_max);
	return false;
}

enum err connections_start(struct connections **out, uint32_t max, int64_t request_us, const struct hash_key *key)
{
	struct connections *c = mem_alloc(sizeof(*c));
	pthread_condattr_t monotonic;

	if (c == NULL)
		return ERR_MEMORY;
	c->max = max;
	c->cap = max + CONNECTIONS_SPARE;
	c->request_us = request_us;
	c->look_us = request_us / LOOKS < LOOK_US_MAX ? request_us / LOOKS : LOOK_US_MAX;
	c->key = *key;
	c->connection = mem_alloc_array(c->cap, sizeof(struct connection *));
	CHECK(pthread_mutex_init(&c->lock, NULL) == 0 && pthread_condattr_init(&monotonic) == 0 &&
	      pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0 && pthread_cond_init(&c->stop, &monotonic) == 0);
	pthread_condattr_destroy(&monotonic);
	if (c->connection == NULL || pthread_create(&c->thread, NULL, run, c) != 0) {
		mem_free(c->connection);
		mem_free(c);
		return ERR_MEMORY;
	}
	*out = c;
	return ERR_OK;
}

void connections_stop(struct connections *c)
{
	if (c == NULL)
		return;
	pthread_mutex_lock(&c->lock);
	c->stopping = true;
	pthread_cond_signal(&c->stop);
	pthread_mutex_unlock(&c->lock);
	pthread_join(c->thread, NULL);
	CHECK(c->n == 0);
	pthread_cond_destroy(&c->stop);
	pthread_mutex_destroy(&c->lock);
	mem_free(c->connection);
	mem_free(c);
}
