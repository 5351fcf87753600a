/* bench.h - what the engine's benchmarks share: a stream of calls made as it is used, and the line about the machine. */
#ifndef DUANKA_BENCH_BENCH_H
#define DUANKA_BENCH_BENCH_H
#include "base/rng.h"
#include "engine/engine.h"

/* Ordinary traffic: a million phones, each with a few contacts it calls again and again (three calls in four) and strangers;
 * one call in a thousand comes from a SIM box that calls strangers only. About 50 calls a second and 10,000 phones. */
struct traffic {
	struct rng rng;
	uint64_t phones;
	int64_t time_us, step_us; /* mean time between calls */
	struct token *token;      /* by phone, from 0 */
	uint32_t caller, callee;  /* of the last event */
	int64_t talk_us;
};

bool traffic_init(struct traffic *t, const struct hash_key *key, uint32_t phone_kind, uint64_t phones, int64_t step_us);
void traffic_next(struct traffic *t);
/* As an event of type `call` of a schema whose fields begin caller, callee, talk. */
void traffic_event(const struct traffic *t, uint32_t type, struct event *e);
void traffic_release(struct traffic *t);

void bench_machine(void); /* one line: processor, cores, compiler */
double bench_now_s(void); /* this thread's time on a processor: others use the machine, too */

/* hand.c: the windows of bench/policy/calls.dk in plain C. */
struct hand;
enum {
	HAND_FEATURES = 8
};
struct hand *hand_new(uint64_t phones);
void hand_apply(struct hand *h, const struct traffic *calls, uint32_t n, int64_t (*out)[HAND_FEATURES]);
void hand_free(struct hand *h);

#endif
