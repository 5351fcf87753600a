/* rng.c - xoshiro256** (Blackman and Vigna 2018, "Scrambled linear pseudorandom number generators"), seeded by
 * splitmix64 as its authors advise. Integer arithmetic only: the same stream on every machine and compiler. */
#include "base/rng.h"
#include "base/check.h"

__extension__ typedef unsigned __int128 u128;

static uint64_t rotl(uint64_t x, int k)
{
	return (x << k) | (x >> (64 - k));
}

void rng_seed(struct rng *r, uint64_t seed)
{
	for (int i = 0; i < 4; i++) {
		uint64_t z = (seed += 0x9e3779b97f4a7c15ULL);
		z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
		z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
		r->s[i] = z ^ (z >> 31);
	}
}

uint64_t rng_next(struct rng *r)
{
	uint64_t *s = r->s;
	uint64_t result = rotl(s[1] * 5, 7) * 9;
	uint64_t t = s[1] << 17;
	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotl(s[3], 45);
	return result;
}

/* Lemire 2019, "Fast random integer generation in an interval": a product's high word, its biased part thrown again. */
uint64_t rng_below(struct rng *r, uint64_t n)
{
	CHECK(n > 0);
	u128 m = (u128)rng_next(r) * n;
	if ((uint64_t)m < n) {
		uint64_t biased = (0 - n) % n;
		while ((uint64_t)m < biased)
			m = (u128)rng_next(r) * n;
	}
	return (uint64_t)(m >> 64);
}

int64_t rng_between(struct rng *r, int64_t lo, int64_t hi)
{
	CHECK(lo <= hi);
	uint64_t span = (uint64_t)hi - (uint64_t)lo;
	uint64_t x = span == UINT64_MAX ? rng_next(r) : rng_below(r, span + 1);
	return (int64_t)((uint64_t)lo + x);
}

bool rng_chance(struct rng *r, uint32_t per_million)
{
	return rng_below(r, 1000000) < per_million;
}

/* -log2(u / 2^64) with 32 bits after the point, for u > 0: leading zeros give the whole part, squaring the fraction. */
static uint64_t minus_log2(uint64_t u)
{
	int zeros = __builtin_clzll(u);
	uint64_t x = u << zeros; /* 1 <= x / 2^63 < 2 */
	uint64_t fraction = 0;
	for (int i = 0; i < 32; i++) {
		u128 square = (u128)x * x; /* 1 <= square / 2^126 < 4 */
		fraction <<= 1;
		if (square >> 127) {
			fraction |= 1;
			x = (uint64_t)(square >> 64);
		} else {
			x = (uint64_t)(square >> 63);
		}
	}
	/* log2(u / 2^64) = 63 - zeros + fraction - 64 */
	return (((uint64_t)zeros + 1) << 32) - fraction;
}

int64_t rng_exponential(struct rng *r, int64_t mean)
{
	CHECK(mean >= 0);
	const uint64_t ln2 = 2977044472ULL; /* ln 2 * 2^32 */
	uint64_t u = rng_next(r);
	u128 halvings = ((u128)(uint64_t)mean * minus_log2(u ? u : 1)) >> 32; /* up to 2^69 */
	u128 x = (halvings * ln2) >> 32;
	return x > INT64_MAX ? INT64_MAX : (int64_t)x;
}
