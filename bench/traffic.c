/* traffic.c - see bench.h. */
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/mem.h"
#include "bench/bench.h"

enum {
	CONTACTS = 12,
	BOXES = 50,
	PER_MILLION_BOX = 1000,
	PER_MILLION_CONTACT = 750000
};

bool traffic_init(struct traffic *t, const struct hash_key *key, uint32_t phone_kind, uint64_t phones, int64_t step_us)
{
	char z[24];

	*t = (struct traffic){ .phones = phones, .time_us = (int64_t)1772380800 * US_PER_SECOND, .step_us = step_us };
	rng_seed(&t->rng, 1);
	t->token = mem_alloc_array(phones, sizeof(*t->token));
	if (t->token == NULL)
		return false;
	for (uint64_t i = 0; i < phones; i++) {
		snprintf(z, sizeof(z), "138%08llu", (unsigned long long)i);
		t->token[i] = hash_token(key, phone_kind, text_z(z));
	}
	return true;
}

void traffic_next(struct traffic *t)
{
	t->time_us += rng_between(&t->rng, 0, 2 * t->step_us);
	t->caller =
		(uint32_t)(rng_chance(&t->rng, PER_MILLION_BOX) ? rng_below(&t->rng, BOXES) : rng_below(&t->rng, t->phones));
	if (t->caller >= BOXES && rng_chance(&t->rng, PER_MILLION_CONTACT)) /* a contact: fixed for this caller */
		t->callee = (uint32_t)(hash_mix(t->caller * 64ULL + rng_below(&t->rng, CONTACTS)) % t->phones);
	else
		t->callee = (uint32_t)rng_below(&t->rng, t->phones);
	t->talk_us = rng_chance(&t->rng, 400000) ? 0 : rng_exponential(&t->rng, 77) * US_PER_SECOND;
}

void traffic_event(const struct traffic *t, uint32_t type, struct event *e)
{
	e->type = type;
	e->position = 0;
	e->time = t->time_us;
	for (int i = 0; i < SCHEMA_FIELDS_MAX; i++)
		e->value[i] = VALUE_MISSING;
	e->value[0] = e->value[1] = 0;
	e->value[2] = t->talk_us;
	e->ident[0].token = t->token[t->caller];
	e->ident[1].token = t->token[t->callee];
	e->ident[0].attrs.kind = e->ident[1].attrs.kind = NUMBER_MOBILE;
}

void traffic_release(struct traffic *t)
{
	mem_free(t->token);
}

double bench_now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void bench_machine(void)
{
	char line[256], model[200] = "unknown processor";
	FILE *f = fopen("/proc/cpuinfo", "r");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "model name : %199[^\n]", model) == 1)
			break;
	if (f != NULL)
		fclose(f);
	printf("machine: %s, %ld cores, %s\n", model, sysconf(_SC_NPROCESSORS_ONLN), __VERSION__);
}
