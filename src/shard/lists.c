/* lists.c - lists as records: entries put and taken, lists as they stand, and what of them a new policy begins with.
 *
 * A list is known by its name and by what it holds. What a policy no longer declares is carried along in the payloads of those that follow, so that
 * a policy that declares it again finds it as it was. */
#include "base/mem.h"
#include "journal/record_int.h"
#include "shard/shard_int.h"

enum {
	HOLDS_ENTITY = 0, /* of the kind that the policy says; by older versions */
	HOLDS_TEXT = 1,
	HOLDS_KIND = 2 /* an entity of the kind that follows */
};

/* ---- bytes ---- */

void list_put(struct buf *b, const struct record *head, const struct list *list, const struct ident *ident,
              int64_t fingerprint, int64_t until_us)
{
	size_t at = b->n;

	record_put(b, head);
	buf_char(b, (char)list->name.n);
	buf_text(b, list->name);
	record_u64(b, (uint64_t)until_us);
	if (list->type.dim == DIM_TEXT) {
		buf_char(b, HOLDS_TEXT);
		record_u64(b, (uint64_t)fingerprint);
	} else {
		buf_char(b, HOLDS_KIND);
		buf_char(b, (char)list->type.entity);
		record_ident_put(b, ident);
	}
	record_sized(b, at);
}

void shard_list_put(struct buf *b, const struct list *list, const struct ident *ident, int64_t fingerprint,
                    int64_t until_us)
{
	const struct record head = { .kind = RECORD_LIST };

	list_put(b, &head, list, ident, fingerprint, until_us);
}

bool list_record_take(struct text t, struct list_record *out)
{
	uint64_t until, fingerprint = 0;
	uint8_t length, holds;

	*out = (struct list_record){ .kind = LIST_KIND_UNKNOWN };
	if (!record_get(&t, &length, 1) || !record_get_bytes(&t, length, &out->list) || !record_get_u64(&t, &until) ||
	    !record_get(&t, &holds, 1) || holds > HOLDS_KIND)
		return false;
	out->until_us = (int64_t)until;
	out->text = holds == HOLDS_TEXT;
	if (holds == HOLDS_KIND && !record_get(&t, &out->kind, 1))
		return false;
	if (out->text ? !record_get_u64(&t, &fingerprint) : !record_ident_take(&t, &out->ident))
		return false;
	out->fingerprint = (int64_t)fingerprint;
	return t.n == 0;
}

/* The list of p that an entry belongs to; -1: none. */
static int list_of(const struct policy *p, const struct list_record *e)
{
	for (uint32_t i = 0; i < p->n_lists; i++)
		if (text_eq(p->list[i].name, e->list) && e->text == (p->list[i].type.dim == DIM_TEXT) &&
		    (e->kind == LIST_KIND_UNKNOWN || e->kind == p->list[i].type.entity))
			return (int)i;
	return -1;
}

bool generation_has_list(const struct generation *g, const struct record *r)
{
	struct list_record e;

	return list_record_take(r->payload, &e) && list_of(g->policy, &e) >= 0;
}

enum err generation_list(struct generation *g, const struct record *r)
{
	struct list_record e;
	int list;

	if (!list_record_take(r->payload, &e))
		return ERR_FORMAT;
	list = list_of(g->policy, &e);
	if (list < 0)
		return ERR_OK; /* a list that this policy does not know */
	if ((r->flags & RECORD_NEWEST) != 0)
		return engine_list_set(g->engine, (uint32_t)list, &e.ident, e.fingerprint, e.until_us);
	return engine_list_add(g->engine, (uint32_t)list, &e.ident, e.fingerprint, e.until_us);
}

/* ---- what a policy begins with ---- */

enum err lists_put_some(const struct generation *g, uint32_t *list, uint64_t *after, uint32_t most, struct buf *out)
{
	struct list_entry *entry = mem_alloc_array((size_t)most + 1, sizeof(*entry));
	const struct list *l = &g->policy->list[*list];
	uint32_t n;

	if (entry == NULL)
		return ERR_MEMORY;
	n = engine_list_read(g->engine, *list, *after, entry, most);
	for (uint32_t i = 0; i < n; i++) {
		struct ident ident;

		shard_ident(g->engine, entry[i].entity, &ident);
		shard_list_put(out, l, &ident, entry[i].fingerprint, entry[i].until_us);
	}
	*after = n == most ? entry[n - 1].key : 0;
	*list += n < most;
	mem_free(entry);
	return out->err;
}

void shard_ident(const struct engine *g, struct entity_ref e, struct ident *out)
{
	struct entity_view v;

	engine_entity(g, e, &v);
	*out = (struct ident){ .token = v.token, .attrs = v.attrs, .plain = TEXT("") };
	memcpy(out->shown, v.shown, strnlen(v.shown, sizeof(out->shown) - 1));
}

static bool same_list(const struct list_record *a, const struct list_record *b)
{
	return text_eq(a->list, b->list) && a->text == b->text && a->kind == b->kind;
}

struct carrying {
	const struct policy *policy; /* in force */
	struct text carried;         /* of its payload */
	struct list_record last;     /* list asked for last, since entries of one list stand together */
	bool known;
};

static bool carried_has(struct text records, const struct list_record *e)
{
	struct record r;
	struct list_record other;

	while (records.n > 0 && record_take(&records, &r) == ERR_OK)
		if (list_record_take(r.payload, &other) && same_list(e, &other))
			return true;
	return false;
}

static bool is_known(struct carrying *c, const struct list_record *e)
{
	if (c->last.list.p == NULL || !same_list(&c->last, e)) {
		c->last = *e;
		c->known = list_of(c->policy, e) >= 0 || carried_has(c->carried, e);
	}
	return c->known;
}

/* Those records of `from` whose list is not declared by the policy in force (fresh false), or not known at all (fresh true). */
static enum err put_others(struct carrying *c, struct text from, bool fresh, struct buf *out)
{
	struct record r;
	struct list_record e;

	while (from.n > 0) {
		if (record_take(&from, &r) != ERR_OK || r.kind != RECORD_LIST || !list_record_take(r.payload, &e))
			return ERR_FORMAT;
		if (fresh ? !is_known(c, &e) : list_of(c->policy, &e) < 0)
			record_put(out, &r);
	}
	return out->err;
}

enum err lists_put_others(const struct edition *in_force, struct text fresh, struct buf *out)
{
	struct carrying c = { .policy = &in_force->policy, .carried = edition_lists(in_force) };
	enum err e = put_others(&c, c.carried, false, out);

	return e == ERR_OK ? put_others(&c, fresh, true, out) : e;
}
