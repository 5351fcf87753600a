/* match_point.c - hash to the group, raise to a secret, sort; a point after the other, on as many threads as are allowed.
 *
 * An item's point is crypto_core_ristretto255_from_hash of SHA-512 over a fixed tag, the session, the kind and the canonical identifier, each of
 * known length: nobody knows a discrete logarithm between two of them, and no point of one session is one of another. */
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include "base/mem.h"
#include "match/match_int.h"

enum {
	PIECE = 512 /* points between two looks at the others */
};

struct crew {
	const struct match_task *t;
	_Atomic uint32_t next, done;
	_Atomic bool wrong, stop;
};

/* False: there is nothing left. */
static bool piece(struct crew *c)
{
	uint32_t from = atomic_load(&c->next), to;

	do {
		if (from >= c->t->n)
			return false;
		to = c->t->n - from < PIECE ? c->t->n : from + PIECE;
	} while (!atomic_compare_exchange_weak(&c->next, &from, to));
	for (uint32_t i = from; i < to; i++)
		if (!c->t->one(c->t->context, i, c->t->out + (size_t)i * MATCH_POINT_BYTES))
			atomic_store(&c->wrong, true);
	atomic_fetch_add(&c->done, to - from);
	return true;
}

static void *help(void *context)
{
	struct crew *c = context;

	while (!atomic_load(&c->wrong) && !atomic_load(&c->stop) && piece(c))
		;
	return NULL;
}

enum err match_tasks(const struct match_task *t, const struct match_work *w, uint64_t *done, uint64_t total)
{
	struct crew c = { .t = t };
	pthread_t thread[MATCH_THREADS_MAX];
	uint32_t n = 0;

	while (n + 1 < w->threads && n + 1 < MATCH_THREADS_MAX && pthread_create(&thread[n], NULL, help, &c) == 0)
		n++; /* with fewer it takes longer */
	while (!atomic_load(&c.wrong) && !atomic_load(&c.stop) && piece(&c))
		if (w->progress != NULL && !w->progress(w->context, *done + atomic_load(&c.done), total))
			atomic_store(&c.stop, true);
	while (n > 0)
		pthread_join(thread[--n], NULL);
	*done += t->n;
	return atomic_load(&c.wrong) ? ERR_FORMAT : atomic_load(&c.stop) ? ERR_STOPPED : ERR_OK;
}

void match_point_blind(const struct match_terms *t, const struct match_item *item, const unsigned char *secret,
                       unsigned char *out)
{
	static const char tag[] = "duanka private matching 1: ristretto255, SHA-512";
	unsigned char hash[crypto_hash_sha512_BYTES], point[MATCH_POINT_BYTES], about[2];
	crypto_hash_sha512_state h;

	about[0] = (unsigned char)t->form;
	about[1] = item->n;
	crypto_hash_sha512_init(&h);
	crypto_hash_sha512_update(&h, (const unsigned char *)tag, sizeof(tag));
	crypto_hash_sha512_update(&h, t->session, sizeof(t->session));
	crypto_hash_sha512_update(&h, about, sizeof(about));
	crypto_hash_sha512_update(&h, (const unsigned char *)item->p, item->n);
	crypto_hash_sha512_final(&h, hash);
	crypto_core_ristretto255_from_hash(point, hash);
	CHECK(match_point_raise(point, secret, out)); /* the identity has a chance of 2^-252 */
	sodium_memzero(hash, sizeof(hash));
	sodium_memzero(point, sizeof(point));
	sodium_memzero(&h, sizeof(h));
}

bool match_point_raise(const unsigned char *p, const unsigned char *secret, unsigned char *out)
{
	return crypto_scalarmult_ristretto255(out, secret, p) == 0;
}

bool match_point_valid(const unsigned char *p)
{
	return crypto_core_ristretto255_is_valid_point(p) == 1 && !sodium_is_zero(p, MATCH_POINT_BYTES);
}

struct placed {
	unsigned char p[MATCH_POINT_BYTES];
	uint32_t at;
};

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, MATCH_POINT_BYTES);
}

bool match_points_sort(unsigned char *points, uint32_t n, uint32_t *order)
{
	struct placed *place = order == NULL ? NULL : mem_alloc_array(n, sizeof(*place));

	if (order == NULL) {
		qsort(points, n, MATCH_POINT_BYTES, compare);
		return true;
	}
	if (place == NULL)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		memcpy(place[i].p, points + (size_t)i * MATCH_POINT_BYTES, MATCH_POINT_BYTES);
		place[i].at = i;
	}
	qsort(place, n, sizeof(*place), compare);
	for (uint32_t i = 0; i < n; i++) {
		memcpy(points + (size_t)i * MATCH_POINT_BYTES, place[i].p, MATCH_POINT_BYTES);
		order[i] = place[i].at;
	}
	sodium_memzero(place, n * sizeof(*place));
	mem_free(place);
	return true;
}

bool match_points_ascend(const unsigned char *points, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++)
		if (memcmp(points + (size_t)(i - 1) * MATCH_POINT_BYTES, points + (size_t)i * MATCH_POINT_BYTES,
		           MATCH_POINT_BYTES) >= 0)
			return false;
	return true;
}

bool match_points_have(const unsigned char *sorted, uint32_t n, const unsigned char *p)
{
	return n > 0 && bsearch(p, sorted, n, MATCH_POINT_BYTES, compare) != NULL;
}

bool match_points_meet(const unsigned char *a, uint32_t n_a, const unsigned char *b, uint32_t n_b)
{
	for (uint32_t i = 0, j = 0; i < n_a && j < n_b;) {
		int c = memcmp(a + (size_t)i * MATCH_POINT_BYTES, b + (size_t)j * MATCH_POINT_BYTES, MATCH_POINT_BYTES);

		if (c == 0)
			return true;
		i += c < 0;
		j += c > 0;
	}
	return false;
}
