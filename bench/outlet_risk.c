/* outlet_risk.c - bench_outlet_risk DIR [DAYS]: what the risk of a month costs in a registry of so many days (396: a month and the twelve before it) of a city that opens 5,000 cards and 6,000 accounts a day at 5,500
 * outlets by 2,500 agents and 22,000 clerks, of which 3 in 1,000 are found involved; and what keeping the openings costs whoever writes. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "base/clock.h"
#include "base/rng.h"
#include "desk/account.h"
#include "desk/card.h"
#include "gateway/outlet_risk.h"

enum {
	A_DAY = 11000,
	OUTLETS = 5500,
	AGENTS = 2500,
	CLERKS_EACH = 4,
	ASKED = 3
};
#define MONTH ((int64_t)1772294400 * US_PER_SECOND) /* 2026-03-01 in Shanghai */

static void must(const char *what, enum err e)
{
	if (e == ERR_OK)
		return;
	fprintf(stderr, "bench_outlet_risk: %s: %s\n", what, err_name(e));
	exit(1);
}

static double wall_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static struct token name(uint64_t n)
{
	return (struct token){ { hash_mix(n), hash_mix(~n) } };
}

static void find(struct registry *g, uint64_t n, const struct desk_opening *o, int64_t found_us)
{
	static struct desk_object x;
	const struct desk_trace t = { .position = n, .time_us = found_us, .step = CARD_DO_INVOLVE };
	bool card = o->thing.kind == DESK_PHONE;

	x = (struct desk_object){ .kind = card ? DESK_CARD : DESK_ACCOUNT,
		                      .state = card ? CARD_NORMAL : ACCOUNT_NORMAL,
		                      .version = 1,
		                      .id = n << DESK_ID_SHIFT,
		                      .subject = o->thing,
		                      .made_us = found_us,
		                      .changed_us = found_us,
		                      .has = (uint64_t)1 << (card ? CARD_F_FOUND : ACCOUNT_F_FOUND) };
	x.value[card ? CARD_F_FOUND : ACCOUNT_F_FOUND].i = found_us;
	must("save", registry_world(g)->save(registry_world(g)->ctx, &x, &t));
}

static void fill(struct registry *g, int64_t days, struct rng *r)
{
	int64_t from_us = desk_months_after(MONTH, 1) - days * US_PER_DAY;
	uint64_t n = 0;

	for (int64_t day = 0; day < days; day++) {
		must("begin", registry_begin(g));
		for (int i = 0; i < A_DAY; i++) {
			uint64_t outlet = rng_below(r, OUTLETS);

			n++;
			struct desk_opening o = { .position = n,
				                      .time_us = from_us + day * US_PER_DAY + (int64_t)i * (US_PER_DAY / A_DAY),
				                      .thing = { outlet % 11 < 5 ? DESK_PHONE : DESK_BANK_ACCOUNT, name(n) },
				                      .outlet = name(((uint64_t)1 << 40) + outlet),
				                      .agent = name(((uint64_t)2 << 40) + outlet % AGENTS),
				                      .clerk =
				                          name(((uint64_t)3 << 40) + outlet * CLERKS_EACH + rng_below(r, CLERKS_EACH)),
				                      .person = name(((uint64_t)4 << 40) + rng_below(r, 9000000)),
				                      .organisation = (uint16_t)(1 + outlet % 31) };

			must("open", registry_open_add(g, &o));
			if (rng_below(r, 1000) < 3)
				find(g, n, &o, o.time_us + (int64_t)rng_below(r, 200) * US_PER_DAY);
		}
		must("commit", registry_commit(g, n, from_us + (day + 1) * US_PER_DAY));
	}
}

int main(int argc, char **argv)
{
	char path[512];
	int64_t days = 396;
	struct registry *g = NULL;
	struct rng r;
	struct buf why;
	double t;

	if (argc < 2 || (argc > 2 && (text_to_int(text_z(argv[2]), &days) != ERR_OK || days < 1)))
		return 1;
	buf_init(&why, 4096);
	rng_seed(&r, 1);
	snprintf(path, sizeof(path), "%s/registry.sqlite", argv[1]);
	must(path, registry_open(&g, path, &why));
	t = wall_s();
	fill(g, days, &r);
	t = wall_s() - t;
	printf("%" PRId64 " openings kept: %.1f s, %.2f us each\n", days * A_DAY, t, t * 1e6 / (double)(days * A_DAY));
	for (int i = 0; i < ASKED; i++) {
		struct risk *k = NULL;
		uint32_t n;

		t = wall_s();
		must("risk", outlet_risk_run(g, MONTH, &k, NULL));
		risk_units(k, &n);
		printf("risk of a month, %u units: %.2f s\n", n, wall_s() - t);
		risk_free(k);
	}
	registry_close(g);
	buf_release(&why);
	return 0;
}
