/* quiz.c - drawing questions and ordering choices by a seed; see quiz.h. */
#include "desk/quiz.h"
#include "base/check.h"
#include "base/rng.h"

static void shuffle_ids(struct rng *r, uint64_t *id, uint32_t n)
{
	for (uint32_t i = n; i > 1; i--) {
		uint32_t k = (uint32_t)rng_below(r, i);
		uint64_t t = id[i - 1];

		id[i - 1] = id[k];
		id[k] = t;
	}
}

static void shuffle_numbers(struct rng *r, uint8_t *x, uint32_t n)
{
	for (uint32_t i = n; i > 1; i--) {
		uint32_t k = (uint32_t)rng_below(r, i);
		uint8_t t = x[i - 1];

		x[i - 1] = x[k];
		x[k] = t;
	}
}

uint32_t quiz_pool_size(const struct quiz_pool *p)
{
	uint32_t n = 0;

	for (uint32_t c = 0; c < DESK_SCAMS; c++)
		n += p->n[c];
	return n;
}

/* The first `most` questions of the pool in drawn order: classes in turn, each in an order of its own. */
static uint32_t in_turn(struct quiz_pool *p, uint64_t seed, uint32_t most, uint64_t *out)
{
	uint8_t class[DESK_SCAMS];
	uint32_t n = 0;
	struct rng r;

	rng_seed(&r, seed);
	for (uint32_t c = 0; c < DESK_SCAMS; c++) {
		class[c] = (uint8_t)c;
		shuffle_ids(&r, p->id[c], p->n[c]);
	}
	shuffle_numbers(&r, class, DESK_SCAMS);
	for (uint32_t turn = 0; turn < QUIZ_CLASS_MAX; turn++)
		for (uint32_t c = 0; c < DESK_SCAMS && n < most; c++)
			if (turn < p->n[class[c]])
				out[n++] = p->id[class[c]][turn];
	return n;
}

static bool among(const uint64_t *id, uint32_t n, uint64_t x)
{
	for (uint32_t i = 0; i < n; i++)
		if (id[i] == x)
			return true;
	return false;
}

void quiz_draw(const struct quiz_pool *p, uint64_t seed, uint32_t n, const uint64_t *before, uint32_t n_before,
               uint64_t out[QUIZ_QUESTIONS_MAX])
{
	uint64_t drawn[QUIZ_QUESTIONS_MAX + 1];
	struct quiz_pool mixed = *p;
	uint32_t more = in_turn(&mixed, seed, n + 1, drawn), same = 0;
	bool same_order = true;

	CHECK(n > 0 && n <= QUIZ_QUESTIONS_MAX && more >= n);
	for (uint32_t i = 0; i < n && n == n_before; i++) {
		same += among(before, n, drawn[i]);
		same_order = same_order && before[i] == drawn[i];
	}
	if (same == n && more > n)
		drawn[n - 1] = drawn[n];
	for (uint32_t i = 0; i < n; i++)
		out[i] = drawn[same == n && more == n && same_order ? (i + 1) % n : i];
}

void quiz_order(uint64_t seed, uint32_t place, uint32_t n, uint8_t order[QUIZ_CHOICES_MAX])
{
	struct rng r;

	CHECK(n <= QUIZ_CHOICES_MAX);
	rng_seed(&r, seed ^ (uint64_t)(place + 1) << 56);
	for (uint32_t i = 0; i < n; i++)
		order[i] = (uint8_t)i;
	shuffle_numbers(&r, order, n);
}

bool quiz_reaches(int64_t got, int64_t of, int64_t percent)
{
	return of > 0 && got * 100 >= of * percent;
}
