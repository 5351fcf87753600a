/* entity.c - identities into rows: token to dense index, attributes of the identifier, masked and plain forms. */
#include "base/mem.h"
#include "engine/engine_int.h"
#include "event/ident.h"

enum {
	PLAIN_BYTES_AVERAGE = 24
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
