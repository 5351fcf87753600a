/* bench_base.c - what the decoders' inner calls cost, in nanoseconds: the best of five rounds, so that a busy machine
 * disturbs less. Figures to compare with each other, not to quote. */
#include "base/clock.h"
#include "base/hash.h"
#include "base/money.h"
#include "base/text.h"
#include <stdio.h>
#include <time.h>

enum {
	CALLS = 2000000,
	ROUNDS = 5,
	VARIANTS = 64
};

static char times[VARIANTS][20], amounts[VARIANTS][12], phones[VARIANTS][12];
static const char ascii[] = "2026-03-01 08:00:00,13800001234,13900005678,62,青岛";
static volatile int64_t sink; /* keeps the calls alive */

static int64_t call_clock(size_t i)
{
	int64_t us = 0;
	return clock_parse(text_of(times[i % VARIANTS], 19), &clock_shanghai, &us) == ERR_OK ? us : -1;
}

static int64_t call_money(size_t i)
{
	int64_t fen = 0;
	return money_parse_yuan(text_of(amounts[i % VARIANTS], 10), &fen) == ERR_OK ? fen : -1;
}

static int64_t call_int(size_t i)
{
	int64_t v = 0;
	return text_to_int(text_of(phones[i % VARIANTS], 11), &v) == ERR_OK ? v : -1;
}

static int64_t call_utf8(size_t i)
{
	return text_utf8_valid(text_of(ascii, sizeof ascii - 1 - i % 2 * 6));
}

static int64_t call_token(size_t i)
{
	static const struct hash_key key = { { 1 } };
	return (int64_t)hash_token(&key, 1, text_of(phones[i % VARIANTS], 11)).w[0];
}

static double measure(int64_t (*call)(size_t))
{
	double best = 1e9;
	for (int round = 0; round < ROUNDS; round++) {
		struct timespec a, b;
		int64_t sum = 0;
		clock_gettime(CLOCK_MONOTONIC, &a);
		for (size_t i = 0; i < CALLS; i++)
			sum += call(i);
		clock_gettime(CLOCK_MONOTONIC, &b);
		sink = sum;
		double ns = ((double)(b.tv_sec - a.tv_sec) * 1e9 + (double)(b.tv_nsec - a.tv_nsec)) / CALLS;
		if (ns < best)
			best = ns;
	}
	return best;
}

int main(void)
{
	for (unsigned i = 0; i < VARIANTS; i++) {
		snprintf(times[i], sizeof times[i], "2026-%02u-%02u %02u:%02u:%02u", i % 12 + 1, i % 28 + 1, i % 24, i % 60,
		         i % 60);
		snprintf(amounts[i], sizeof amounts[i], "%07u.%02u", i * 1234567 % 10000000, i);
		snprintf(phones[i], sizeof phones[i], "138%08u", i * 7654321 % 100000000);
	}
	printf("clock_parse       %6.1f ns\n", measure(call_clock));
	printf("money_parse_yuan  %6.1f ns\n", measure(call_money));
	printf("text_to_int       %6.1f ns\n", measure(call_int));
	printf("text_utf8_valid   %6.1f ns (54 bytes)\n", measure(call_utf8));
	printf("hash_token        %6.1f ns\n", measure(call_token));
	return 0;
}
