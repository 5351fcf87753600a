/* entity.c - identities into rows: token to dense index, attributes of the identifier, masked and plain forms, lists. */
#include "base/mem.h"
#include "engine/engine_int.h"
#include "event/ident.h"

enum {
	PLAIN_BYTES_AVERAGE = 24,
	LIST_MAX = 1 << 26
};

enum err entity_tables_init(struct engine *g)
{
	const struct plan *p = g->plan;
	uint64_t max = g->options.entities_max;

	for (uint32_t i = 0; i < p->n_spaces; i++) {
		const struct plan_space *s = &p->space[i];
		enum err e = table_init(&g->table[i], s->entity ? 2 : s->n_keys, s->row_bytes, max);

		if (e != ERR_OK)
			return e;
		g->table[i].hashed = s->entity;
		if (s->entity) {
			g->cold[i] = mem_area((size_t)(max + 1) * sizeof(struct cold));
			if (g->cold[i] == NULL)
				return ERR_MEMORY;
		}
	}
	if (g->options.keep_plain) {
		g->plain_cap = (size_t)max * PLAIN_BYTES_AVERAGE;
		g->plain = mem_area(g->plain_cap);
		if (g->plain == NULL)
			return ERR_MEMORY;
	}
	return ERR_OK;
}

void entity_tables_release(struct engine *g)
{
	uint64_t max = g->options.entities_max;

	for (uint32_t i = 0; i < g->plan->n_spaces; i++)
		table_release(&g->table[i]);
	for (uint32_t i = 0; i < SCHEMA_ENTITIES_MAX; i++)
		if (g->cold[i] != NULL)
			mem_area_free(g->cold[i], (size_t)(max + 1) * sizeof(struct cold));
	if (g->plain != NULL)
		mem_area_free(g->plain, g->plain_cap);
	for (uint32_t i = 0; i < POLICY_LISTS_MAX; i++) {
		mem_free(g->list[i].key);
		mem_free(g->list[i].until_us);
	}
}

uint32_t entity_resolve(struct engine *g, uint32_t kind, const struct ident *id)
{
	struct cold *c;
	bool made;
	uint32_t row = table_get(&g->table[kind], id->token.w, table_hash(&g->table[kind], id->token.w), &made);

	if (!made)
		return row;
	memcpy(table_row(&g->table[kind], row) + g->plan->space[kind].ident_off, &id->attrs, sizeof(id->attrs));
	c = &g->cold[kind][row];
	memcpy(c->shown, id->shown, sizeof(c->shown));
	c->shown[sizeof(c->shown) - 1] = 0;
	if (g->plain != NULL && id->plain.n <= EVENT_IDENT_MAX && g->plain_used + id->plain.n <= g->plain_cap) {
		c->plain_at = g->plain_used;
		c->plain_n = (uint32_t)id->plain.n;
		memcpy(g->plain + g->plain_used, id->plain.p, id->plain.n);
		g->plain_used += id->plain.n;
	}
	return row;
}

int64_t entity_attr(const struct engine *g, uint32_t kind, int64_t entity, uint32_t attr)
{
	const struct plan_space *s = &g->plan->space[kind];
	const uint8_t *row;
	int64_t v;

	if (entity == VALUE_MISSING)
		return VALUE_MISSING;
	row = table_row(&g->table[kind], (uint32_t)entity);
	memcpy(&v, row + s->attr_time_off + 8 * attr, 8);
	if (v == 0) /* never set: no time is 0 */
		return VALUE_MISSING;
	v = 0;
	switch (s->attr_width[attr]) { /* little endian: the low bytes come first */
	case 1: memcpy(&v, row + s->attr_off[attr], 1); break;
	case 4: memcpy(&v, row + s->attr_off[attr], 4); break;
	default: memcpy(&v, row + s->attr_off[attr], 8); break;
	}
	return v;
}

static uint32_t list_place(const struct list_set *l, uint64_t key)
{
	uint32_t i = (uint32_t)hash_mix(key) & (l->cap - 1);

	while (l->key[i] != 0 && l->key[i] != key)
		i = (i + 1) & (l->cap - 1);
	return i;
}

static uint64_t list_key(int64_t value)
{
	return value == 0 ? 1ULL << 63 : (uint64_t)value;
} /* VALUE_MISSING is never asked */

static enum err list_grow(struct list_set *l)
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
			uint32_t at = list_place(&big, l->key[i]);

			big.key[at] = l->key[i];
			big.until_us[at] = l->until_us[i];
		}
	mem_free(l->key);
	mem_free(l->until_us);
	*l = big;
	return ERR_OK;
}

enum err engine_list_add(struct engine *g, uint32_t list, const struct ident *ident, int64_t fingerprint,
                         int64_t until_us)
{
	struct list_set *l = &g->list[list];
	const struct type *type = &g->policy->list[list].type;
	int64_t value = fingerprint;
	uint32_t at;

	CHECK(list < g->policy->n_lists);
	if (type->dim == DIM_ENTITY) {
		value = entity_resolve(g, type->entity, ident);
		if (value == 0)
			return ERR_CAP;
	}
	if (2 * (l->n + 1) > l->cap) {
		enum err e = list_grow(l);

		if (e != ERR_OK)
			return e;
	}
	at = list_place(l, list_key(value));
	if (l->key[at] == 0) {
		l->key[at] = list_key(value);
		l->until_us[at] = until_us;
		l->n++;
	} else if (l->until_us[at] < until_us) { /* named twice: the longer validity counts */
		l->until_us[at] = until_us;
	}
	return ERR_OK;
}

bool list_find(const struct list_set *l, int64_t value, int64_t *until_us)
{
	uint32_t at;

	if (l->n == 0)
		return false;
	at = list_place(l, list_key(value));
	*until_us = l->until_us[at];
	return l->key[at] != 0;
}

bool list_has(const struct list_set *l, int64_t value, int64_t time_us)
{
	int64_t until_us;

	return list_find(l, value, &until_us) && time_us < until_us;
}

void engine_entity(const struct engine *g, struct entity_ref e, struct entity_view *out)
{
	const struct table *t = &g->table[e.kind];
	const struct cold *c;

	*out = (struct entity_view){ .shown = "" };
	if (e.index == 0 || e.index > t->used)
		return;
	c = &g->cold[e.kind][e.index];
	memcpy(out->token.w, table_row(t, e.index), sizeof(out->token.w));
	memcpy(&out->attrs, table_row(t, e.index) + g->plan->space[e.kind].ident_off, sizeof(out->attrs));
	out->shown = c->shown;
	if (c->plain_n != 0)
		out->plain = text_of((const char *)g->plain + c->plain_at, c->plain_n);
}

struct entity_ref engine_find(const struct engine *g, uint8_t kind, struct token k)
{
	const struct table *t = &g->table[kind];

	return (struct entity_ref){ .kind = kind, .index = table_find(t, k.w, table_hash(t, k.w)) };
}

static const char *name_of(const int64_t *fp, uint32_t n, const char *(*name)(uint32_t), int64_t fingerprint)
{
	for (uint32_t i = 1; i < n; i++)
		if (fp[i] == fingerprint)
			return name(i);
	return "";
}

const char *engine_ident_name(const struct engine *g, enum ident_attr which, int64_t fingerprint)
{
	const struct plan *p = g->plan;

	switch (which) {
	case IDENT_ATTR_KIND: return name_of(p->kind_fp, NUMBER_KINDS, ident_kind_name, fingerprint);
	case IDENT_ATTR_REGION: return name_of(p->region_fp, ident_region_count(), ident_region_name, fingerprint);
	case IDENT_ATTR_CARRIER: return name_of(p->carrier_fp, ident_carrier_count(), ident_carrier_name, fingerprint);
	case IDENT_ATTR_BANK: return name_of(p->bank_fp, ident_bank_count(), ident_bank_name, fingerprint);
	default: return "";
	}
}
