/* state.c - everything an engine knows, in one walk that saves and loads alike.
 *
 * State lies in areas addressed by indexes and handles, never by pointers, so that an area's used part is its own image. What is
 * scratch of the event at hand is not walked: it is named by a serial number that no later event has. */
#include "base/mem.h"
#include "engine/engine_int.h"

enum {
	STATE_VERSION = 2
};

struct walk {
	const struct engine_stream *s;
	enum err err;
};

static void piece(struct walk *w, void *p, size_t n)
{
	if (w->err == ERR_OK && n > 0)
		w->err = w->s->io(w->s->ctx, p, n);
}

#define PIECE(w, x) piece(w, &(x), sizeof(x))

/* False after an impossible size, which only a loaded one can be. */
static bool sane(struct walk *w, bool ok)
{
	if (w->err == ERR_OK && !ok)
		w->err = ERR_FORMAT;
	return w->err == ERR_OK;
}

static void walk_table(struct walk *w, struct table *t)
{
	PIECE(w, t->used);
	PIECE(w, t->live);
	PIECE(w, t->free_row);
	PIECE(w, t->n_buckets);
	PIECE(w, t->level_mask);
	PIECE(w, t->overflow_used);
	PIECE(w, t->free_overflow);
	if (!sane(w, t->used <= t->rows_max && t->live <= t->used && t->n_buckets >= 1 &&
	                 t->n_buckets <= t->rows_max / 4 + 2 && t->overflow_used <= t->rows_max / TABLE_SLOTS + 1))
		return;
	piece(w, t->rows, ((size_t)t->used + 1) * t->row_bytes);
	piece(w, t->bucket, (size_t)t->n_buckets * sizeof(*t->bucket));
	piece(w, t->overflow, ((size_t)t->overflow_used + 1) * sizeof(*t->overflow));
}

static void walk_slab(struct walk *w, struct slab *s)
{
	PIECE(w, s->used);
	PIECE(w, s->live);
	PIECE(w, s->free_head);
	if (sane(w, s->used >= 64 && s->used % 64 == 0 && s->used <= s->cap))
		piece(w, s->base, s->used);
}

static void walk_list(struct walk *w, struct list_set *l)
{
	uint32_t cap = l->cap;

	PIECE(w, l->n);
	PIECE(w, cap);
	if (!sane(w, (cap & (cap - 1)) == 0 && l->n <= cap && cap <= 1u << 27))
		return;
	if (cap != l->cap) { /* loading: the lists of the policy may have grown it already */
		uint64_t *key = mem_alloc_array(cap, sizeof(*key));
		int64_t *until_us = mem_alloc_array(cap, sizeof(*until_us));

		mem_free(l->key);
		mem_free(l->until_us);
		l->key = key;
		l->until_us = until_us;
		l->cap = cap;
		if (key == NULL || until_us == NULL) {
			w->err = ERR_MEMORY;
			return;
		}
	}
	piece(w, l->key, cap * sizeof(*l->key));
	piece(w, l->until_us, cap * sizeof(*l->until_us));
}

enum err engine_state(struct engine *g, const struct engine_stream *s)
{
	struct walk w = { .s = s };
	uint32_t version = STATE_VERSION, spaces = g->plan->n_spaces, rules = g->policy->n_rules;

	PIECE(&w, version);
	PIECE(&w, spaces);
	PIECE(&w, rules);
	if (!sane(&w, version == STATE_VERSION && spaces == g->plan->n_spaces && rules == g->policy->n_rules))
		return w.err;
	PIECE(&w, g->newest_us);
	PIECE(&w, g->position);
	PIECE(&w, g->serial);
	PIECE(&w, g->stats);
	PIECE(&w, g->store.counts);
	piece(&w, g->sweep, spaces * sizeof(g->sweep[0]));
	piece(&w, g->rule_stats, rules * sizeof(g->rule_stats[0]));
	walk_slab(&w, &g->slab);
	for (uint32_t i = 0; i < spaces && w.err == ERR_OK; i++) {
		walk_table(&w, &g->table[i]);
		g->rows_met[i] = g->table[i].used;
		if (g->plan->space[i].entity && w.err == ERR_OK)
			piece(&w, g->cold[i], ((size_t)g->table[i].used + 1) * sizeof(struct cold));
	}
	for (uint32_t i = 0; i < g->policy->n_lists && w.err == ERR_OK; i++)
		walk_list(&w, &g->list[i]);
	PIECE(&w, g->plain_used);
	if (sane(&w, g->plain_used <= g->plain_cap))
		piece(&w, g->plain, g->plain_used);
	if (s->loading && w.err == ERR_OK)
		w.err = state_check(g);
	return w.err;
}
