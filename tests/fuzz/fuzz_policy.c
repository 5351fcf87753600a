/* fuzz_policy.c - any bytes as a policy: policy_load refuses with a message or loads; what loads prints as SQL, compiles, verifies and
 * runs over a small stream of every event type it declares, with ties, late events and missing fields. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/clock.h"
#include "base/mem.h"
#include "engine/engine.h"
#include "policy/sql.h"

enum {
	EVENTS = 120,
	ENTITIES = 5
};

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void fill(const struct policy *policy, const struct hash_key *key, uint32_t i, struct event *e)
{
	const struct schema_event *t;

	memset(e, 0, sizeof(*e));
	e->type = i % policy->schema.n_events;
	e->time =
		(int64_t)1772380800 * US_PER_SECOND + (int64_t)(i / 3) * US_PER_SECOND - (i % 11 == 0 ? 5 : 0) * US_PER_SECOND;
	t = &policy->schema.event[e->type];
	for (uint32_t k = 0; k < SCHEMA_FIELDS_MAX; k++)
		e->value[k] = VALUE_MISSING;
	for (uint32_t k = 0; k < t->n_fields; k++) {
		const struct schema_field *f = &t->field[k];
		char name[2] = { (char)('a' + (i * 7 + k) % ENTITIES), 0 };

		if (f->optional && (i + k) % 3 == 0)
			continue;
		e->value[k] = f->type.dim == DIM_BOOL ? (int64_t)(i & 1) : (int64_t)(i % 9) * 1000000;
		if (f->type.dim == DIM_TIME)
			e->value[k] = e->time;
		if (f->type.dim == DIM_ENTITY) {
			e->value[k] = 0;
			e->ident[f->slot].token = hash_token(key, f->type.entity, text_of(name, 1));
		}
		if (f->type.dim == DIM_TEXT) {
			e->str[f->slot] = TEXT("a text, 12 yuan");
			e->value[k] = hash_fingerprint(key, e->str[f->slot]);
		}
	}
}

static void see(void *ctx, const struct alert *a)
{
	struct evidence e;

	for (uint32_t i = 0; i < engine_evidence_count(a); i++)
		engine_evidence(a, i, 3, &e, NULL, NULL);
	++*(uint64_t *)ctx;
}

static void see_features(void *ctx, const struct event *e, const union value *v, uint32_t n)
{
	(void)e;
	for (uint32_t i = 0; i < n; i++)
		*(uint64_t *)ctx += v[i].i == 1;
}

static void run(const struct policy *policy, struct buf *b)
{
	struct engine_options o = { .state_bytes_max = 4 << 20, .entities_max = 512 };
	struct hash_key key = { { 1 } };
	uint64_t seen = 0;
	struct engine_sink sink = { .ctx = &seen, .alert = see, .features = see_features };
	struct event *e = mem_alloc(sizeof(*e));
	struct plan *plan = NULL;
	struct engine *g = NULL;
	enum err outcome;

	if (e != NULL && policy->schema.n_events > 0 && plan_new(&plan, policy, &key, 600 * US_PER_SECOND, b) == ERR_OK &&
	    engine_new(&g, plan, &key, &o, &sink) == ERR_OK)
		for (uint32_t i = 0; i < EVENTS; i++) {
			fill(policy, &key, i, e);
			engine_apply(g, &e, 1, &outcome);
		}
	if (plan != NULL)
		plan_print(b, plan);
	engine_free(g);
	plan_free(plan);
	mem_free(e);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct policy *policy = mem_alloc(sizeof(*policy));
	struct policy_file file = { TEXT("fuzz.dk"), text_of((const char *)p, n) };
	struct buf b;

	if (policy == NULL)
		return 0;
	buf_init(&b, 1 << 24);
	enum err e = policy_load(policy, &file, 1, NULL, NULL, &b);
	if (e == ERR_FORMAT && b.n == 0)
		abort(); /* refused without a word */
	if (e == ERR_OK) {
		policy_sql_all(&b, policy);
		run(policy, &b);
		policy_release(policy);
	}
	buf_release(&b);
	mem_free(policy);
	return 0;
}
