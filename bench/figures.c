/* figures.c - bench_figures DIR [WARNINGS-IN-THOUSANDS]: what a question about a month costs in a registry of so many warnings (1,000 thousand unless told) at 13,000 a day, each with its own times, in 12
 * districts and of 5 organisations; and what keeping the sums costs whoever saves. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "bench/bench.h"
#include "desk/warning.h"
#include "gateway/figures.h"
#include "store/registry.h"

enum {
	BATCH = 8192,
	A_DAY = 13000,
	DISTRICTS = 12,
	ORGANISATIONS = 5,
	ASKED = 3
};
#define START ((int64_t)1764518400 * US_PER_SECOND) /* 2025-12-01 in Shanghai */

static void must(const char *what, enum err e)
{
	if (e == ERR_OK)
		return;
	fprintf(stderr, "bench_figures: %s: %s\n", what, err_name(e));
	exit(1);
}

static double wall_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void set(struct desk_object *o, uint32_t field, int64_t v)
{
	o->has |= (uint64_t)1 << field;
	o->value[field].i = v;
}

/* A warning as it is when everything is over. */
static void warning(struct desk_object *o, struct rng *r, uint64_t n, int64_t made_us)
{
	int64_t at = made_us;

	*o = (struct desk_object){ .kind = DESK_WARNING,
		                       .state = WARNING_CLOSED,
		                       .grade = (uint8_t)rng_below(r, 4),
		                       .organisation = (uint16_t)rng_below(r, ORGANISATIONS),
		                       .district = (uint16_t)(1 + rng_below(r, DISTRICTS)),
		                       .version = 1,
		                       .id = n << DESK_ID_SHIFT,
		                       .subject = { DESK_PERSON, { { hash_mix(n), hash_mix(~n) } } },
		                       .made_us = made_us,
		                       .changed_us = made_us };
	set(o, WARNING_F_HITS, 1);
	set(o, WARNING_F_ISSUED, at);
	set(o, WARNING_F_SIGNED, at += (int64_t)rng_below(r, 600) * US_PER_SECOND);
	set(o, WARNING_F_CONTACTED, at += (int64_t)rng_below(r, 3600) * US_PER_SECOND);
	set(o, WARNING_F_MET, at += (int64_t)rng_below(r, 7200) * US_PER_SECOND);
	set(o, WARNING_F_FED_BACK, at += (int64_t)rng_below(r, 7200) * US_PER_SECOND);
	set(o, WARNING_F_OUTCOME, 1 + (int64_t)rng_below(r, 10));
	set(o, WARNING_F_SCAM, 1 + (int64_t)rng_below(r, 13));
}

static void fill(struct registry *r, uint64_t n)
{
	const struct desk_world *w = registry_world(r);
	struct desk_trace t = { .step = WARNING_DO_CLOSE };
	struct desk_object o;
	struct rng rng;
	double s = wall_s();

	rng_seed(&rng, 1);
	for (t.position = 1; t.position <= n; t.position++) {
		if (t.position % BATCH == 1)
			must("begin", registry_begin(r));
		t.time_us = START + (int64_t)t.position * (US_PER_DAY / A_DAY);
		warning(&o, &rng, t.position, t.time_us);
		must("save", w->save(w->ctx, &o, &t));
		if (t.position % BATCH == 0 || t.position == n)
			must("commit", registry_commit(r, t.position, t.time_us));
	}
	s = wall_s() - s;
	printf("%" PRIu64 " warnings saved                      %.0f /s\n", n, (double)n / s);
	fflush(stdout);
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void ask(struct registry *r, const char *what, enum figures_by by, uint32_t compared)
{
	struct figures_question q = {
		.from_us = START, .to_us = desk_months_after(START, 1), .by = by, .compared = compared
	};
	double ms[ASKED];
	struct buf out;
	size_t n;

	buf_init(&out, 64 << 20);
	for (int i = 0; i < ASKED; i++) {
		double s = bench_now_s();

		buf_clear(&out);
		must("answer", figures_answer(r, NULL, &q, &out, &n));
		ms[i] = (bench_now_s() - s) * 1e3;
	}
	qsort(ms, ASKED, sizeof(*ms), by_size);
	printf("%-40s median %.0f ms of processor   most %.0f ms   %zu bytes\n", what, ms[ASKED / 2], ms[ASKED - 1], out.n);
	fflush(stdout);
	buf_release(&out);
}

int main(int n, char **arg)
{
	uint64_t warnings = n > 2 ? strtoull(arg[2], NULL, 10) * 1000 : 1000000;
	struct registry *r = NULL;
	char path[512];
	struct buf why;

	if (n < 2 || warnings == 0) {
		fprintf(stderr, "usage: bench_figures DIR [WARNINGS-IN-THOUSANDS]\n");
		return 2;
	}
	snprintf(path, sizeof(path), "%s/registry.sqlite", arg[1]);
	buf_init(&why, 4096);
	must(path, registry_open(&r, path, &why));
	bench_machine();
	fill(r, warnings);
	ask(r, "a month", FIGURES_BY_NOTHING, 0);
	ask(r, "a month, before and year", FIGURES_BY_NOTHING, 1u << FIGURES_BEFORE | 1u << FIGURES_YEAR);
	ask(r, "a month by district", FIGURES_BY_DISTRICT, 0);
	ask(r, "a month by day", FIGURES_BY_DAY, 0);
	ask(r, "a month by hour", FIGURES_BY_HOUR, 0);
	registry_close(r);
	buf_release(&why);
	return 0;
}
