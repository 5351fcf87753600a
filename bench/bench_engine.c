/* bench_engine.c - the engine alone: calls already decoded, identities still tokens.
 *
 *   bench_engine POLICY-DIR [PHONES [EVENTS]]     events a second on one core, state
 *   bench_engine --hand SCHEMA-AND-CALLS-DIR ...  beside hand-written C for the same eight features, values compared
 *   bench_engine --hot SCHEMA-AND-CALLS-DIR       one caller with 100,000 different callees in its window
 * Only the time inside engine_apply and hand_apply counts, not the making of the traffic. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "app/load.h"
#include "base/clock.h"
#include "base/mem.h"
#include "bench/bench.h"

enum {
	BATCH = 32,
	HOT_CALLEES = 100000
};

struct bench {
	struct loaded l;
	struct hash_key key;
	struct engine *g;
	struct traffic t;
	struct event e[BATCH];
	struct traffic at[BATCH];
	int64_t hand_out[BATCH][HAND_FEATURES];
	int64_t got[BATCH][HAND_FEATURES];
	uint64_t first_position, alerts, compared;
	bool compare;
};

static void see_features(void *ctx, const struct event *e, const union value *v, uint32_t n)
{
	struct bench *b = ctx;

	for (uint32_t i = 0; i < n && i < HAND_FEATURES; i++)
		b->got[e->position - b->first_position][i] = v[i].i;
}

static void see_alert(void *ctx, const struct alert *a)
{
	(void)a;
	((struct bench *)ctx)->alerts++;
}

static void open_bench(struct bench *b, const char *dir, uint64_t phones, int64_t step_us)
{
	struct engine_options o;
	struct engine_sink sink = { .ctx = b, .alert = see_alert, .features = see_features };
	int kind;

	memset(&b->key, 7, sizeof(b->key));
	if (!load_policy(dir, &b->key, 10 * US_PER_MINUTE, &b->l))
		exit(1);
	kind = schema_entity_find(&b->l.policy.schema, TEXT("phone"));
	engine_options_default(&o);
	o.state_bytes_max = (size_t)16 << 30;
	if (engine_new(&b->g, b->l.plan, &b->key, &o, &sink) != ERR_OK || !load_lists(&b->l, &b->key, NULL, b->g) ||
	    !traffic_init(&b->t, &b->key, (uint32_t)kind, phones, step_us)) {
		fprintf(stderr, "bench_engine: not enough memory\n");
		exit(1);
	}
}

static double apply(struct bench *b, uint32_t type)
{
	struct event *p[BATCH];
	enum err outcome[BATCH];
	double start_s;

	for (uint32_t i = 0; i < BATCH; i++) {
		traffic_event(&b->at[i], type, &b->e[i]);
		p[i] = &b->e[i];
	}
	start_s = bench_now_s();
	engine_apply(b->g, p, BATCH, outcome);
	return bench_now_s() - start_s;
}

static void print_state(const struct bench *b, uint64_t events)
{
	struct engine_stats s;

	engine_stats(b->g, &s);
	printf("state: windows %.1f MiB = %.1f bytes an event applied, entities and keys %.1f MiB; %" PRIu64 " alerts\n",
	       (double)s.state_bytes / (1 << 20), (double)s.state_bytes / (double)events,
	       (double)s.entity_bytes / (1 << 20), b->alerts);
}

static int run(const char *dir, uint64_t phones, uint64_t events, bool hand)
{
	static struct bench b;
	struct hand *h = hand ? hand_new(phones) : NULL;
	double engine_s = 0, hand_s = 0, start_s;
	uint64_t differ = 0;
	int type;

	/* a day's 50 million attempts of 12.7 million cards, for this many phones */
	open_bench(&b, dir, phones, (int64_t)(86400e6 / (50e6 / 12.7e6 * (double)phones)));
	type = schema_event_find(&b.l.policy.schema, TEXT("call"));
	for (uint64_t n = 0; n < events; n += BATCH) {
		for (uint32_t i = 0; i < BATCH; i++) {
			traffic_next(&b.t);
			b.at[i] = b.t;
		}
		b.first_position = n + 1;
		engine_s += apply(&b, (uint32_t)type);
		if (!hand)
			continue;
		start_s = bench_now_s();
		hand_apply(h, b.at, BATCH, b.hand_out);
		hand_s += bench_now_s() - start_s;
		differ += memcmp(b.got, b.hand_out, sizeof(b.got)) != 0;
	}
	printf("work: %" PRIu64 " calls of %" PRIu64 " phones, %s\n", events, phones, dir);
	printf("engine: %.0f events/s, %.0f ns an event\n", (double)events / engine_s, engine_s / (double)events * 1e9);
	print_state(&b, events);
	if (hand) {
		printf("by hand: %.0f events/s, %.0f ns an event; the engine takes %.2f times as long\n",
		       (double)events / hand_s, hand_s / (double)events * 1e9, engine_s / hand_s);
		printf("values: %s\n", differ == 0 ? "all equal" : "DIFFERENT");
		hand_free(h);
	}
	engine_free(b.g);
	load_release(&b.l);
	traffic_release(&b.t);
	return differ != 0;
}

static int run_hot(const char *dir)
{
	static struct bench b;
	uint64_t events = 1000000;
	double s = 0;
	int type;

	open_bench(&b, dir, HOT_CALLEES + 1, 1);
	type = schema_event_find(&b.l.policy.schema, TEXT("call"));
	/* one call each 0.86 s: a day's window holds 100,000 calls to 100,000 numbers */
	for (uint64_t n = 0; n < events; n += BATCH) {
		for (uint32_t i = 0; i < BATCH; i++) {
			b.t.time_us += 864000;
			b.t.caller = HOT_CALLEES;
			b.t.callee = (uint32_t)((n + i) % HOT_CALLEES);
			b.at[i] = b.t;
		}
		b.first_position = n + 1;
		s += apply(&b, (uint32_t)type);
	}
	printf("work: %" PRIu64 " calls of one number, %" PRId64 " different callees in its day\n", events,
	       b.got[BATCH - 1][3]);
	printf("hottest key: %.0f events/s, %.0f ns an event\n", (double)events / s, s / (double)events * 1e9);
	print_state(&b, events);
	engine_free(b.g);
	load_release(&b.l);
	traffic_release(&b.t);
	return 0;
}

int main(int argc, char **argv)
{
	bool hand = argc > 1 && strcmp(argv[1], "--hand") == 0, hot = argc > 1 && strcmp(argv[1], "--hot") == 0;
	int at = 1 + (hand || hot);

	if (at >= argc) {
		fprintf(stderr, "usage: bench_engine [--hand | --hot] POLICY-DIR [PHONES [EVENTS]]\n");
		return 1;
	}
	bench_machine();
	if (hot)
		return run_hot(argv[at]);
	return run(argv[at], argc > at + 1 ? strtoull(argv[at + 1], NULL, 10) : 1000000,
	           argc > at + 2 ? strtoull(argv[at + 2], NULL, 10) / BATCH * BATCH : 4000000, hand);
}
