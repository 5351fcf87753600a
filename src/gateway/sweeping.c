/* sweeping.c - see sweeping.h. */
#include "gateway/sweeping.h"
#include <stdlib.h>
#include "base/clock.h"
#include "base/mem.h"

#define SWEEP_EVERY_US (6 * US_PER_HOUR)
#define LIES_US US_PER_DAY

enum {
	IDS_MAX = 16 << 20 /* 256 MiB of ids; beyond that nothing is swept */
};

struct ids {
	unsigned char (*id)[FILES_ID_BYTES];
	uint32_t n, cap;
	enum err err;
};

static void add(struct ids *x, const unsigned char id[FILES_ID_BYTES])
{
	if (x->n == x->cap) {
		uint32_t cap = x->cap == 0 ? 1024 : 2 * x->cap;
		void *more = cap > IDS_MAX ? NULL : mem_resize(x->id, (size_t)cap * FILES_ID_BYTES);

		if (more == NULL) {
			x->err = ERR_MEMORY;
			return;
		}
		x->id = more;
		x->cap = cap;
	}
	memcpy(x->id[x->n++], id, FILES_ID_BYTES);
}

static bool see_old(void *ctx, const unsigned char id[FILES_ID_BYTES])
{
	struct ids *old = ctx;

	add(old, id);
	return old->err == ERR_OK;
}

struct looking {
	struct ids used;
	const atomic_bool *stop;
};

static bool see_object(void *ctx, const struct registry_hit *h)
{
	struct looking *l = ctx;
	const struct desk_machine *m = desk_machine(h->object->kind);

	if (*l->stop)
		l->used.err = ERR_STOPPED;
	for (uint32_t f = 1; f < m->n_fields; f++)
		if (m->field[f].type == DESK_FILE && desk_has(h->object, f))
			add(&l->used, h->object->value[f].ref);
	return l->used.err == ERR_OK;
}

static bool has_files(const struct desk_machine *m)
{
	for (uint32_t f = 1; f < m->n_fields; f++)
		if (m->field[f].type == DESK_FILE)
			return true;
	return false;
}

static enum err look_through(struct sweeping *s, uint32_t kind, struct looking *l)
{
	struct registry_query q = { .kind = (uint8_t)kind, .order = REGISTRY_BY_ID };
	enum err e = *l->stop ? ERR_STOPPED : registry_each(s->registry, &q, see_object, l);

	return e == ERR_OK ? l->used.err : e;
}

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, FILES_ID_BYTES);
}

static enum err drop(struct sweeping *s, const struct ids *old, const struct ids *used, int64_t before_us,
                     const atomic_bool *stop)
{
	enum err e = ERR_OK;

	for (uint32_t i = 0; i < old->n && (e == ERR_OK || e == ERR_ABSENT); i++) {
		if (used->n > 0 && bsearch(old->id[i], used->id, used->n, FILES_ID_BYTES, by_bytes) != NULL)
			continue;
		e = *stop ? ERR_STOPPED : files_drop(s->files, old->id[i], before_us);
		s->swept += e == ERR_OK;
	}
	return e == ERR_ABSENT ? ERR_OK : e; /* used meanwhile */
}

static enum err sweep(void *ctx, const atomic_bool *stop, struct buf *why)
{
	struct sweeping *s = ctx;
	struct looking l = { .stop = stop };
	struct ids old = { .err = ERR_OK };
	uint64_t position;
	int64_t now_us;
	enum err e = registry_place(s->registry, &position, &now_us);

	(void)why;
	if (e == ERR_OK)
		e = files_old(s->files, now_us - LIES_US, see_old, &old);
	e = e == ERR_OK ? old.err : e;
	for (uint32_t k = desk_kind_after(0); e == ERR_OK && old.n > 0 && k != 0; k = desk_kind_after(k))
		if (has_files(desk_machine(k)))
			e = look_through(s, k, &l);
	if (e == ERR_OK && l.used.n > 1)
		qsort(l.used.id, l.used.n, FILES_ID_BYTES, by_bytes);
	if (e == ERR_OK)
		e = drop(s, &old, &l.used, now_us - LIES_US, stop);
	mem_free(l.used.id);
	mem_free(old.id);
	return e;
}

struct tender_duty sweeping_duty(struct sweeping *s)
{
	return (struct tender_duty){
		.name = "removing files that nobody refers to", .run = sweep, .ctx = s, .every_us = SWEEP_EVERY_US
	};
}
