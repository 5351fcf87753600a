/* guesses.c - see guesses.h. */
#include "gateway/guesses.h"
#include <netinet/in.h>
#include <pthread.h>
#include "base/clock.h"
#include "base/mem.h"

enum {
	NAME_SPACE_ADDRESSES = 0x41444452 /* keeps addresses apart from tokens */
};

struct guess {
	struct token from;
	int64_t since_us; /* INT64_MIN: empty */
	uint32_t n;
};

struct guesses {
	pthread_mutex_t lock;
	struct hash_key key;
	struct guess entry[GUESSES_SETS * GUESSES_WAYS];
};

enum err guesses_new(struct guesses **out, const struct hash_key *key)
{
	struct guesses *g = mem_alloc(sizeof(*g));

	if (g == NULL)
		return ERR_MEMORY;
	CHECK(pthread_mutex_init(&g->lock, NULL) == 0);
	g->key = *key;
	for (size_t i = 0; i < ARRAY_LEN(g->entry); i++)
		g->entry[i].since_us = INT64_MIN;
	*out = g;
	return ERR_OK;
}

void guesses_free(struct guesses *g)
{
	if (g == NULL)
		return;
	pthread_mutex_destroy(&g->lock);
	mem_free(g);
}

struct token guesses_place(const struct guesses *g, const struct sockaddr *from)
{
	struct text bytes = TEXT("");

	if (from != NULL && from->sa_family == AF_INET)
		bytes = text_of((const char *)&((const struct sockaddr_in *)(const void *)from)->sin_addr, 4);
	if (from != NULL && from->sa_family == AF_INET6)
		bytes = text_of((const char *)&((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, 8);
	return hash_token(&g->key, NAME_SPACE_ADDRESSES, bytes);
}

static struct guess *entry_of(struct guesses *g, struct token from)
{
	struct guess *set = &g->entry[from.w[0] % GUESSES_SETS * GUESSES_WAYS], *to = set;

	for (uint32_t i = 0; i < GUESSES_WAYS; i++) {
		if (set[i].since_us != INT64_MIN && token_eq(set[i].from, from))
			return &set[i];
		if (set[i].since_us < to->since_us)
			to = &set[i];
	}
	*to = (struct guess){ .from = from, .since_us = INT64_MIN };
	return to;
}

int64_t guesses_failed(struct guesses *g, const struct sockaddr *from, int64_t now_us)
{
	struct token t = guesses_place(g, from);
	struct guess *e;
	bool over;

	pthread_mutex_lock(&g->lock);
	e = entry_of(g, t);
	if (e->since_us > now_us || e->since_us <= now_us - US_PER_MINUTE) {
		e->since_us = now_us;
		e->n = 0;
	}
	e->n += e->n <= GUESSES_MAX;
	over = e->n > GUESSES_MAX;
	if (over)
		e->since_us = now_us;
	pthread_mutex_unlock(&g->lock);
	return over ? US_PER_MINUTE / US_PER_SECOND : 0;
}
