/* lists.c - the policy's lists: which entities or texts stand on one, and until when.
 *
 * Each list is a table of its own, open addressing with linear probing, from a key to the end of its validity. A key is an entity's index or a
 * text's fingerprint. An entry that goes leaves no mark: what had to pass its place moves up, so that a list that is changed every day is as
 * fast after years as on the first, and equal histories still give equal bytes. */
#include "base/mem.h"
#include "engine/engine_int.h"

enum {
	LIST_MAX = 1 << 26
};

static uint32_t home(const struct list_set *l, uint64_t key)
{
	return (uint32_t)hash_mix(key) & (l->cap - 1);
}

static uint32_t place(const struct list_set *l, uint64_t key)
{
	uint32_t i = home(l, key);

	while (l->key[i] != 0 && l->key[i] != key)
		i = (i + 1) & (l->cap - 1);
	return i;
}

/* 0 means an empty place, so a fingerprint of 0 is kept as VALUE_MISSING, which nobody asks for. */
static uint64_t key_of(int64_t value)
{
	return value == 0 ? 1ULL << 63 : (uint64_t)value;
}

static int64_t value_of(uint64_t key)
{
	return key == 1ULL << 63 ? 0 : (int64_t)key;
}

static enum err grow(struct list_set *l)
{
	struct list_set big = { .cap = l->cap == 0 ? 64 : 2 * l->cap, .n = l->n };

	if (big.cap > LIST_MAX)
		return ERR_CAP;
	big.key = mem_alloc_array(big.cap, sizeof(*big.key));
	big.until_us = mem_alloc_array(big.cap, sizeof(*big.until_us));
	if (big.key == NULL || big.until_us == NULL) {
		mem_free(big.key);
		mem_free(big.until_us);
		return ERR_MEMORY;
	}
	for (uint32_t i = 0; i < l->cap; i++)
		if (l->key[i] != 0) {
			uint32_t at = place(&big, l->key[i]);

			big.key[at] = l->key[i];
			big.until_us[at] = l->until_us[i];
		}
	mem_free(l->key);
	mem_free(l->until_us);
	*l = big;
	return ERR_OK;
}

static void take_away(struct list_set *l, uint32_t hole)
{
	uint32_t mask = l->cap - 1;

	for (uint32_t i = (hole + 1) & mask; l->key[i] != 0; i = (i + 1) & mask)
		if (((i - home(l, l->key[i])) & mask) >= ((i - hole) & mask)) {
			l->key[hole] = l->key[i];
			l->until_us[hole] = l->until_us[i];
			hole = i;
		}
	l->key[hole] = 0;
	l->until_us[hole] = 0;
	l->n--;
}

/* An entity's index, made if `make`; or the text's fingerprint. False: the entity is not there. */
static bool value_named(struct engine *g, uint32_t list, const struct ident *ident, int64_t fingerprint, bool make,
                        int64_t *value)
{
	const struct type *type = &g->policy->list[list].type;

	*value = fingerprint;
	if (type->dim != DIM_ENTITY)
		return true;
	*value = make ? entity_resolve(g, type->entity, ident) : engine_find(g, type->entity, ident->token).index;
	g->rows_met[type->entity] = g->table[type->entity].used;
	return *value != 0;
}

static enum err put(struct engine *g, uint32_t list, const struct ident *ident, int64_t fingerprint, int64_t until_us,
                    bool shorten)
{
	struct list_set *l = &g->list[list];
	int64_t value;
	uint32_t at;

	if (!value_named(g, list, ident, fingerprint, true, &value))
		return ERR_CAP;
	if (2 * (l->n + 1) > l->cap && (l->n == 0 || l->key[place(l, key_of(value))] == 0)) {
		enum err e = grow(l);

		if (e != ERR_OK)
			return e;
	}
	at = place(l, key_of(value));
	if (l->key[at] == 0) {
		l->key[at] = key_of(value);
		l->until_us[at] = until_us;
		l->n++;
	} else if (shorten || l->until_us[at] < until_us) {
		l->until_us[at] = until_us;
	}
	return ERR_OK;
}

enum err engine_list_reserve(struct engine *g, uint32_t list, uint32_t n)
{
	struct list_set *l = &g->list[list];
	enum err e = ERR_OK;

	CHECK(list < g->policy->n_lists);
	while (e == ERR_OK && 2 * ((uint64_t)l->n + n) > l->cap)
		e = grow(l);
	return e;
}

enum err engine_list_add(struct engine *g, uint32_t list, const struct ident *ident, int64_t fingerprint,
                         int64_t until_us)
{
	CHECK(list < g->policy->n_lists);
	return put(g, list, ident, fingerprint, until_us, false);
}

enum err engine_list_set(struct engine *g, uint32_t list, const struct ident *ident, int64_t fingerprint,
                         int64_t until_us)
{
	struct list_set *l = &g->list[list];
	int64_t value;
	uint32_t at;

	CHECK(list < g->policy->n_lists);
	if (until_us != 0)
		return put(g, list, ident, fingerprint, until_us, true);
	if (l->n == 0 || !value_named(g, list, ident, fingerprint, false, &value))
		return ERR_OK;
	at = place(l, key_of(value));
	if (l->key[at] != 0)
		take_away(l, at);
	return ERR_OK;
}

bool list_has(const struct list_set *l, int64_t value, int64_t time_us)
{
	uint32_t at;

	if (l->n == 0)
		return false;
	at = place(l, key_of(value));
	return l->key[at] != 0 && time_us < l->until_us[at];
}

bool engine_list_until(const struct engine *g, uint32_t list, struct token token, int64_t fingerprint,
                       int64_t *until_us)
{
	const struct list_set *l = &g->list[list];
	uint64_t key = engine_list_key(g, list, token, fingerprint);
	uint32_t at;

	if (l->n == 0 || key == 0)
		return false;
	at = place(l, key);
	*until_us = l->until_us[at];
	return l->key[at] != 0;
}

uint32_t engine_list_count(const struct engine *g, uint32_t list)
{
	CHECK(list < g->policy->n_lists);
	return g->list[list].n;
}

/* ---- reading: the least of those behind `after`, by a heap with the greatest on top ---- */

static void sink_down(struct list_entry *heap, uint32_t n, uint32_t i)
{
	for (;;) {
		uint32_t big = i, left = 2 * i + 1;
		struct list_entry e = heap[i];

		if (left < n && heap[left].key > heap[big].key)
			big = left;
		if (left + 1 < n && heap[left + 1].key > heap[big].key)
			big = left + 1;
		if (big == i)
			return;
		heap[i] = heap[big];
		heap[big] = e;
		i = big;
	}
}

static void sort_heap(struct list_entry *heap, uint32_t n)
{
	while (n > 1) {
		struct list_entry e = heap[--n];

		heap[n] = heap[0];
		heap[0] = e;
		sink_down(heap, n, 0);
	}
}

uint32_t engine_list_read(const struct engine *g, uint32_t list, uint64_t after, struct list_entry *out, uint32_t most)
{
	const struct list_set *l = &g->list[list];
	uint32_t n = 0;

	CHECK(list < g->policy->n_lists);
	for (uint32_t i = 0; i < l->cap && most > 0; i++) {
		struct list_entry e = { .key = l->key[i], .until_us = l->until_us[i] };

		if (e.key <= after || (n == most && e.key >= out[0].key))
			continue;
		if (n < most) {
			out[n++] = e;
			for (uint32_t k = n == most ? n / 2 : 0; k-- > 0;) /* full: now it is made a heap */
				sink_down(out, n, k);
			continue;
		}
		out[0] = e;
		sink_down(out, n, 0);
	}
	for (uint32_t k = n < most ? n / 2 : 0; k-- > 0;)
		sink_down(out, n, k);
	sort_heap(out, n);
	for (uint32_t i = 0; i < n; i++) {
		const struct type *type = &g->policy->list[list].type;

		if (type->dim == DIM_ENTITY)
			out[i].entity = (struct entity_ref){ .kind = type->entity, .index = (uint32_t)out[i].key };
		else
			out[i].fingerprint = value_of(out[i].key);
	}
	return n;
}

uint64_t engine_list_key(const struct engine *g, uint32_t list, struct token token, int64_t fingerprint)
{
	const struct type *type = &g->policy->list[list].type;

	CHECK(list < g->policy->n_lists);
	return type->dim == DIM_ENTITY ? engine_find(g, type->entity, token).index : key_of(fingerprint);
}
