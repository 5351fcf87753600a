/* registry_cache.c - what the writer has in memory: objects, the newest ids by what they are about, and the queue of what is due next.
 *
 * The tables and what waits to be written are one world. An object that waits is in its slot; a key whose rows wait has a node; so what
 * is not in memory can be asked of the tables. Where an answer would need both, everything is written first (registry_flush), which is always allowed: what a
 * transaction leaves behind does not depend on when it was written.
 * When there is no room, whoever was not looked at for a round of the hand goes, but never what waits. */
#include "base/mem.h"
#include "store/registry_int.h"

/* ---- hashed numbers ---- */

static enum err table_open(struct registry_table *t, uint32_t most)
{
	uint32_t buckets = 16;

	while (buckets < most)
		buckets *= 2;
	t->bucket = mem_alloc_array(buckets, sizeof(*t->bucket));
	t->mask = buckets - 1;
	return t->bucket ? ERR_OK : ERR_MEMORY;
}

void registry_table_clear(struct registry_table *t)
{
	memset(t->bucket, 0, ((size_t)t->mask + 1) * sizeof(*t->bucket));
	t->n = t->hand = 0;
}

static uint32_t *slot_bucket(struct registry_cache *c, uint64_t id)
{
	return &c->by_id.bucket[hash_mix(id) & c->by_id.mask];
}

uint64_t registry_key_hash(uint8_t kind, struct desk_entity e)
{
	return hash_mix(e.token.w[0] ^ hash_mix(e.token.w[1] + (uint64_t)(kind << 8 | e.kind)));
}

static uint32_t *node_bucket(struct registry_cache *c, uint8_t kind, struct desk_entity e)
{
	return &c->by_key.bucket[registry_key_hash(kind, e) & c->by_key.mask];
}

/* ---- what was ever seen ---- */

static uint64_t seen_bits(uint64_t hash)
{
	uint64_t bits = 0;

	for (int i = 0; i < 4; i++)
		bits |= (uint64_t)1 << (hash >> 6 * i & 63);
	return bits;
}

bool registry_seen(const struct registry_cache *c, uint8_t kind, struct desk_entity e)
{
	uint64_t hash = registry_key_hash(kind, e), bits = seen_bits(hash);

	return !c->seen_known || (c->seen[hash >> 24 & c->seen_mask] & bits) == bits;
}

void registry_see(struct registry_cache *c, uint8_t kind, struct desk_entity e)
{
	uint64_t hash = registry_key_hash(kind, e);

	c->seen[hash >> 24 & c->seen_mask] |= seen_bits(hash);
}

enum err registry_cache_open(struct registry_cache *c, uint32_t slots)
{
	CHECK(slots > 0);
	c->slots_max = slots;
	c->nodes_max = slots * REGISTRY_NODES_PER_SLOT;
	buf_init(&c->rows, REGISTRY_ROWS_BYTES_MAX);
	buf_init(&c->messages, REGISTRY_MESSAGES_BYTES_MAX);
	c->message = mem_alloc_array(REGISTRY_MESSAGES, sizeof(*c->message));
	c->slot = mem_area((slots + 1) * sizeof(*c->slot));
	c->node = mem_area((c->nodes_max + 1) * sizeof(*c->node));
	for (c->seen_mask = 1; c->seen_mask < (uint64_t)slots * REGISTRY_SEEN_PER_SLOT; c->seen_mask *= 2)
		;
	c->seen = mem_area(c->seen_mask-- * sizeof(*c->seen));
	c->held = mem_alloc_array((size_t)slots + 1, sizeof(*c->held));
	c->opening = mem_alloc_array(REGISTRY_OPENINGS, sizeof(*c->opening));
	c->row = mem_alloc_array(REGISTRY_ROWS, sizeof(*c->row));
	c->order = mem_alloc_array(slots, sizeof(*c->order));
	c->change = mem_alloc_array((size_t)slots * 4, sizeof(*c->change));
	c->due = mem_alloc_array(REGISTRY_DUE, sizeof(*c->due));
	if (!c->slot || !c->node || !c->seen || !c->held || !c->opening || !c->message || !c->row || !c->order ||
	    !c->change || !c->due)
		return ERR_MEMORY;
	if (table_open(&c->by_id, slots) != ERR_OK || table_open(&c->by_key, c->nodes_max) != ERR_OK ||
	    table_open(&c->by_thing, slots) != ERR_OK)
		return ERR_MEMORY;
	return ERR_OK;
}

void registry_cache_close(struct registry_cache *c)
{
	if (c->slot)
		mem_area_free(c->slot, (c->slots_max + 1) * sizeof(*c->slot));
	if (c->node)
		mem_area_free(c->node, (c->nodes_max + 1) * sizeof(*c->node));
	if (c->seen)
		mem_area_free(c->seen, (c->seen_mask + 1) * sizeof(*c->seen));
	mem_free(c->held);
	mem_free(c->opening);
	mem_free(c->by_thing.bucket);
	mem_free(c->row);
	mem_free(c->order);
	mem_free(c->change);
	mem_free(c->due);
	mem_free(c->by_id.bucket);
	mem_free(c->by_key.bucket);
	mem_free(c->message);
	buf_release(&c->rows);
	buf_release(&c->messages);
}

void registry_cache_forget(struct registry_cache *c)
{
	registry_table_clear(&c->by_id);
	registry_table_clear(&c->by_key);
	registry_table_clear(&c->by_thing);
	buf_clear(&c->rows);
	buf_clear(&c->messages);
	c->n_messages = c->n_openings = 0;
	c->n_dirty = c->n_dirty_nodes = c->n_rows = c->n_due = 0;
	c->due_known = c->known = false;
	c->n_young = 0;
}

/* ---- objects ---- */

struct registry_slot *registry_slot_find(struct registry_cache *c, uint64_t id)
{
	uint32_t i = *slot_bucket(c, id);

	while (i && c->slot[i].object.id != id)
		i = c->slot[i].next;
	return i ? &c->slot[i] : NULL;
}

static void slot_unlink(struct registry_cache *c, uint32_t number)
{
	uint32_t *at = slot_bucket(c, c->slot[number].object.id);

	while (*at != number)
		at = &c->slot[*at].next;
	*at = c->slot[number].next;
}

/* A place that nobody has, or has any more. */
static enum err slot_room(struct registry *r, uint32_t *number)
{
	struct registry_cache *c = &r->cache;
	struct registry_table *t = &c->by_id;
	enum err e;

	if (t->n < c->slots_max) {
		*number = ++t->n;
		return ERR_OK;
	}
	if (c->n_dirty >= c->slots_max - c->slots_max / 4) {
		e = registry_flush(r);
		if (e != ERR_OK)
			return e;
	}
	for (;; c->slot[*number].seen = false) {
		*number = 1 + t->hand++ % c->slots_max;
		if (!c->slot[*number].dirty && !c->slot[*number].seen)
			break;
	}
	slot_unlink(c, *number);
	return ERR_OK;
}

enum err registry_slot_new(struct registry *r, uint64_t id, struct registry_slot **out)
{
	struct registry_cache *c = &r->cache;
	uint32_t *bucket = slot_bucket(c, id), number;
	struct registry_slot *s;
	enum err e = slot_room(r, &number);

	if (e != ERR_OK)
		return e;
	*out = s = &c->slot[number];
	s->object.id = id;
	s->dirty = s->stored = false;
	s->was_position = 0;
	s->seen = true;
	s->next = *bucket;
	*bucket = number;
	return ERR_OK;
}

enum err registry_slot_of(struct registry *r, uint64_t id, struct registry_slot **out)
{
	struct registry_cache *c = &r->cache;
	struct registry_slot *s = registry_slot_find(c, id);
	uint64_t position;
	enum err e;

	if (s == NULL) {
		e = id > c->id_max ? ERR_ABSENT : registry_load_row(r, id, &c->loaded, &position);
		if (e == ERR_OK)
			e = registry_slot_new(r, id, &s);
		if (e != ERR_OK)
			return e;
		s->object = c->loaded;
		s->stored = true;
		s->position = s->was_position = position;
		s->was_also = s->object.also;
		registry_head_of(&s->object, &s->was);
	}
	s->seen = true;
	*out = s;
	return ERR_OK;
}

/* ---- by what they are about ---- */

static struct registry_node *node_find(struct registry_cache *c, uint8_t kind, struct desk_entity e)
{
	uint32_t i = *node_bucket(c, kind, e);

	while (i &&
	       !(c->node[i].kind == kind && c->node[i].entity.kind == e.kind && token_eq(c->node[i].entity.token, e.token)))
		i = c->node[i].next;
	return i ? &c->node[i] : NULL;
}

static void node_unlink(struct registry_cache *c, uint32_t number)
{
	uint32_t *at = node_bucket(c, c->node[number].kind, c->node[number].entity);

	while (*at != number)
		at = &c->node[*at].next;
	*at = c->node[number].next;
}

static enum err node_room(struct registry *r, uint32_t *number)
{
	struct registry_cache *c = &r->cache;
	struct registry_table *t = &c->by_key;
	enum err e;

	if (t->n < c->nodes_max) {
		*number = ++t->n;
		return ERR_OK;
	}
	if (c->n_dirty_nodes >= c->nodes_max - c->nodes_max / 4) {
		e = registry_flush(r);
		if (e != ERR_OK)
			return e;
	}
	for (;; c->node[*number].seen = false) {
		*number = 1 + t->hand++ % c->nodes_max;
		if (!c->node[*number].dirty && !c->node[*number].seen)
			break;
	}
	node_unlink(c, *number);
	return ERR_OK;
}

/* Rows of the table below `before`, at most `most`. */
static enum err ask_table(struct registry *r, uint8_t kind, struct desk_entity e, uint64_t before, uint32_t most,
                          uint64_t *ids, uint8_t *n)
{
	sqlite3_stmt *q = r->store.statement[W_ABOUT];
	enum err err = ERR_OK;

	*n = 0;
	if (!registry_seen(&r->cache, kind, e))
		return ERR_OK;
	registry_bind_key(q, kind, e, before);
	sqlite3_bind_int64(q, 5, most);
	for (; *n < most && (err = store_step(q)) == ERR_OK; ++*n)
		ids[*n] = (uint64_t)sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	return err == ERR_ABSENT ? ERR_OK : err;
}

static enum err node_of(struct registry *r, uint8_t kind, struct desk_entity e, struct registry_node **out)
{
	struct registry_cache *c = &r->cache;
	struct registry_node *n = node_find(c, kind, e), fresh = { .entity = e, .kind = kind };
	uint32_t *bucket = node_bucket(c, kind, e), number;
	enum err err;

	if (n == NULL) {
		err = ask_table(r, kind, e, UINT64_MAX, REGISTRY_NODE_IDS, fresh.ids, &fresh.n);
		if (err == ERR_OK)
			err = node_room(r, &number);
		if (err != ERR_OK)
			return err;
		n = &c->node[number];
		*n = fresh;
		n->all = n->n < REGISTRY_NODE_IDS;
		n->next = *bucket;
		*bucket = number;
	}
	n->seen = true;
	*out = n;
	return ERR_OK;
}

enum err registry_node_ask(struct registry *r, uint8_t kind, struct desk_entity e, uint64_t before, uint64_t *id)
{
	struct registry_node *n;
	uint8_t found;
	enum err err = node_of(r, kind, e, &n);

	if (err != ERR_OK)
		return err;
	for (uint32_t i = 0; i < n->n; i++) {
		if (n->ids[i] < before) {
			*id = n->ids[i];
			return ERR_OK;
		}
	}
	if (n->all)
		return ERR_ABSENT;
	if (n->dirty)
		err = registry_flush(r);
	if (err == ERR_OK)
		err = ask_table(r, kind, e, before, 1, id, &found);
	return err != ERR_OK ? err : found ? ERR_OK : ERR_ABSENT;
}

static void node_add(struct registry_node *n, uint64_t id)
{
	uint32_t at = 0;

	while (at < n->n && n->ids[at] > id)
		at++;
	if (at == REGISTRY_NODE_IDS || (at == n->n && !n->all)) {
		n->all = false; /* it is below those that are known */
		return;
	}
	if (n->n == REGISTRY_NODE_IDS) {
		n->n--;
		n->all = false;
	}
	memmove(&n->ids[at + 1], &n->ids[at], (n->n - at) * sizeof(n->ids[0]));
	n->ids[at] = id;
	n->n++;
}

static void node_remove(struct registry_node *n, uint64_t id)
{
	for (uint32_t i = 0; i < n->n; i++) {
		if (n->ids[i] == id) {
			n->n--;
			memmove(&n->ids[i], &n->ids[i + 1], (n->n - i) * sizeof(n->ids[0]));
			return;
		}
	}
}

enum err registry_node_change(struct registry *r, uint8_t kind, struct desk_entity e, uint64_t id, bool gone)
{
	struct registry_node *n;
	enum err err;

	if (e.kind == DESK_ENTITY_NONE)
		return ERR_OK;
	err = node_of(r, kind, e, &n);
	if (err != ERR_OK)
		return err;
	if (gone)
		node_remove(n, id);
	else
		node_add(n, id);
	registry_see(&r->cache, kind, e);
	r->cache.n_dirty_nodes += !n->dirty;
	n->dirty = true;
	return ERR_OK;
}

/* ---- what is due ---- */

static bool earlier(struct registry_due_at x, struct registry_due_at y)
{
	return x.due_us < y.due_us || (x.due_us == y.due_us && x.id < y.id);
}

static void heap_up(struct registry_due_at *h, uint32_t i, struct registry_due_at x)
{
	for (; i > 0 && earlier(x, h[(i - 1) / 2]); i = (i - 1) / 2)
		h[i] = h[(i - 1) / 2];
	h[i] = x;
}

static void heap_pop(struct registry_due_at *h, uint32_t *n)
{
	struct registry_due_at x = h[--*n];
	uint32_t i = 0;

	for (uint32_t k; (k = 2 * i + 1) < *n; i = k) {
		if (k + 1 < *n && earlier(h[k + 1], h[k]))
			k++;
		if (!earlier(h[k], x))
			break;
		h[i] = h[k];
	}
	h[i] = x;
}

void registry_due_add(struct registry_cache *c, int64_t due_us, uint64_t id)
{
	struct registry_due_at x = { due_us, id };

	if (!c->due_known || earlier(c->known_to, x))
		return;
	if (c->n_due == REGISTRY_DUE)
		c->due_known = false; /* read again, as much as there is room for */
	else
		heap_up(c->due, c->n_due++, x);
}

static enum err due_fill(struct registry *r)
{
	struct registry_cache *c = &r->cache;
	sqlite3_stmt *q = r->store.statement[W_DUE];
	enum err e = registry_flush(r);

	if (e != ERR_OK)
		return e;
	c->n_due = 0;
	sqlite3_bind_int(q, 1, REGISTRY_DUE_TAKEN);
	for (; (e = store_step(q)) == ERR_OK; c->n_due++) /* ascending: a heap */
		c->due[c->n_due] = (struct registry_due_at){ sqlite3_column_int64(q, 0), (uint64_t)sqlite3_column_int64(q, 1) };
	sqlite3_reset(q);
	if (e != ERR_ABSENT)
		return e;
	c->known_to =
		c->n_due < REGISTRY_DUE_TAKEN ? (struct registry_due_at){ INT64_MAX, UINT64_MAX } : c->due[c->n_due - 1];
	c->due_known = true;
	return ERR_OK;
}

/* The object that is at the head of the queue, if it still is due then. */
static enum err due_timer(struct registry *r, struct registry_due_at x, struct desk_due *out)
{
	struct registry_head h;
	struct registry_slot *s;
	enum err e = registry_slot_of(r, x.id, &s);

	if (e != ERR_OK)
		return e == ERR_ABSENT ? ERR_FORMAT : e; /* a row of an index without its object */
	registry_head_of(&s->object, &h);
	if (h.due != x.due_us)
		return ERR_ABSENT;
	*out = (struct desk_due){ .due_us = x.due_us, .id = x.id };
	while (s->object.due_us[out->timer] != x.due_us)
		out->timer++;
	return ERR_OK;
}

enum err registry_due_first(struct registry *r, int64_t until_us, struct desk_due *out)
{
	struct registry_cache *c = &r->cache;
	enum err e;

	for (;;) {
		if (!c->due_known || (c->n_due == 0 && c->known_to.due_us <= until_us)) {
			e = due_fill(r);
			if (e != ERR_OK)
				return e;
		}
		if (c->n_due == 0 || c->due[0].due_us > until_us)
			return ERR_ABSENT;
		e = due_timer(r, c->due[0], out);
		if (e != ERR_ABSENT)
			return e;
		heap_pop(c->due, &c->n_due);
	}
}
