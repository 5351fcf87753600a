/* transfers.c - see transfers.h. Events are made on the writer's thread, where the policy in force is. */
#include "gateway/transfers.h"
#include <sodium.h>
#include "base/mem.h"
#include "event/event_build.h"

enum {
	TOGETHER = 64
};

struct moving {
	const struct hash_key *key;
	uint16_t organisation;
	const struct outbox_transfer *from;
	uint32_t n, taken;
	enum err err;
	struct event event[TOGETHER];
	struct shard_item item[TOGETHER];
	char bytes[TOGETHER][EVENT_BUILD_BYTES];
};

static bool set_account(struct event_builder *b, struct event *e, const struct schema_event *t, const char *name,
                        struct text plain)
{
	int f = schema_field_find(t, text_z(name));

	return f >= 0 && t->field[f].type.dim == DIM_ENTITY &&
	       event_set(b, e, (uint32_t)f, plain, &field_format_own) == BAD_NONE;
}

/* False: by this schema it is no event. */
static bool make(const struct schema *s, const struct hash_key *key, const struct outbox_transfer *from, char *bytes,
                 struct event *e)
{
	struct event_builder b = { .schema = s, .key = key, .bytes = bytes, .cap = EVENT_BUILD_BYTES };
	int type = schema_event_find(s, TEXT("transfer"));
	const struct schema_event *t = type < 0 ? NULL : &s->event[type];
	int amount = t == NULL ? -1 : schema_field_find(t, TEXT("amount"));
	uint32_t missing;

	if (amount < 0 || t->field[amount].type.dim != DIM_MONEY)
		return false;
	memset(e, 0, sizeof(*e));
	event_begin(s, (uint32_t)type, e);
	e->time = from->time_us;
	e->value[amount] = from->amount_fen;
	return set_account(&b, e, t, "payer", from->payer) && set_account(&b, e, t, "payee", from->payee) &&
	       event_finish(s, e, &missing) == BAD_NONE;
}

static void apply(void *ctx, struct shard *s)
{
	struct moving *v = ctx;
	const struct schema *schema = &shard_policy_in_force(s)->schema;
	uint32_t n = 0;

	for (uint32_t i = 0; i < v->n; i++) {
		if (!make(schema, v->key, &v->from[i], v->bytes[n], &v->event[n]))
			continue;
		v->item[n] = (struct shard_item){ .event = &v->event[n], .keyed = true, .organisation = v->organisation };
		memcpy(v->item[n++].key, v->from[i].key, RECORD_KEY_BYTES);
	}
	v->err = n == 0 ? ERR_OK : shard_apply(s, v->item, n);
	for (uint32_t i = 0; v->err == ERR_OK && i < n; i++)
		v->taken += v->item[i].answer.outcome == ERR_OK || v->item[i].answer.outcome == ERR_LATE;
}

enum err transfers_take(struct writer *w, const struct hash_key *key, uint16_t organisation,
                        const struct outbox_transfer *t, uint32_t n, uint32_t *taken)
{
	struct moving *v = mem_alloc(sizeof(*v));
	enum err e = v == NULL ? ERR_MEMORY : ERR_OK;

	*taken = 0;
	if (v == NULL)
		return e;
	v->key = key;
	v->organisation = organisation;
	for (uint32_t i = 0; e == ERR_OK && i < n; i += TOGETHER) {
		v->from = t + i;
		v->n = n - i < TOGETHER ? n - i : TOGETHER;
		v->err = ERR_STOPPED;
		e = writer_do(w, apply, v) ? v->err : ERR_STOPPED;
	}
	*taken = v->taken;
	sodium_memzero(v, sizeof(*v));
	mem_free(v);
	return e;
}
