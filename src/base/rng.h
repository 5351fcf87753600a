/* rng.h - a small seeded generator (xoshiro256**, Blackman and Vigna 2018) for simulations and tests: the same seed
 * gives the same numbers on every machine. Not for secrets. */
#ifndef DUANKA_BASE_RNG_H
#define DUANKA_BASE_RNG_H
#include <stdbool.h>
#include <stdint.h>

struct rng {
	uint64_t s[4];
};

void rng_seed(struct rng *r, uint64_t seed);
uint64_t rng_next(struct rng *r);
uint64_t rng_below(struct rng *r, uint64_t n);              /* 0 <= x < n, without bias; n > 0 */
int64_t rng_between(struct rng *r, int64_t lo, int64_t hi); /* lo <= x <= hi */
bool rng_chance(struct rng *r, uint32_t per_million);
/* Exponential with a mean, in whole units, by integer arithmetic only (no libm, so the same everywhere). */
int64_t rng_exponential(struct rng *r, int64_t mean);

#endif
