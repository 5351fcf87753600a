/* day_world.c - the desk's world is the registry, as in the service; between the two stands this file, which keeps the newest of each object for those who work, and every
 * message in order. */
#include "base/mem.h"
#include "day/day_int.h"

enum {
	OBJECTS_MAX = 1 << 22
};

bool day_room(struct day *d, void **p, size_t *cap, size_t n, size_t size)
{
	enum err e = d->err == ERR_OK ? map_grow(p, cap, n, size, (size_t)1 << 28) : d->err;

	day_fail(d, e);
	return e == ERR_OK;
}

const struct desk_object *world_object(const struct day *d, uint64_t id)
{
	const uint32_t *at = map_find(&d->memory.by_id, (struct map_key){ { id } });

	return at ? &d->memory.object.p[*at] : NULL;
}

static enum err load(void *ctx, uint64_t id, struct desk_object *out)
{
	const struct desk_world *w = ((struct day *)ctx)->inner;

	return w->load(w->ctx, id, out);
}

static enum err about(void *ctx, uint8_t kind, struct desk_entity e, uint64_t before, uint64_t *id)
{
	const struct desk_world *w = ((struct day *)ctx)->inner;

	return w->about(w->ctx, kind, e, before, id);
}

static enum err due(void *ctx, int64_t until_us, struct desk_due *out)
{
	const struct desk_world *w = ((struct day *)ctx)->inner;

	return w->due(w->ctx, until_us, out);
}

bool world_due(struct day *d, int64_t *at_us)
{
	struct desk_due x;
	enum err e = d->memory.due_known ? ERR_OK : due(d, INT64_MAX, &x);

	if (e != ERR_OK && e != ERR_ABSENT)
		day_fail(d, e);
	if (!d->memory.due_known)
		d->memory.due_us = e == ERR_OK ? x.due_us : INT64_MAX;
	d->memory.due_known = d->err == ERR_OK; /* until something is saved */
	*at_us = d->memory.due_us;
	return *at_us != INT64_MAX;
}

static enum err keep(struct day *d, const struct desk_object *o, uint8_t *before)
{
	struct memory *m = &d->memory;
	uint32_t *at;
	bool fresh;
	enum err e = map_put(&m->by_id, (struct map_key){ { o->id } }, &at, &fresh);

	if (e != ERR_OK)
		return e;
	if (fresh) {
		*at = (uint32_t)m->object.n;
		*before = 0;
		return day_add(d, m->object, *o) ? ERR_OK : d->err;
	}
	*before = m->object.p[*at].state;
	m->object.p[*at] = *o;
	return ERR_OK;
}

static enum err save(void *ctx, const struct desk_object *o, const struct desk_trace *t)
{
	struct day *d = ctx;
	uint8_t before = 0;
	enum err e = d->inner->save(d->inner->ctx, o, t);

	d->memory.due_known = false;
	if (e == ERR_OK)
		e = keep(d, o, &before);
	if (e != ERR_OK)
		return e;
	city_blocked(d, o, before);
	seats_saved(d, o);
	return d->err;
}

static enum err send(void *ctx, const struct desk_message *m)
{
	struct day *d = ctx;
	enum err e = d->inner->send(d->inner->ctx, m);

	if (e != ERR_OK)
		return e;
	return day_add(d, d->memory.message, *m) ? ERR_OK : d->err;
}

void world_init(struct day *d)
{
	map_init(&d->memory.by_id, d->salt, OBJECTS_MAX);
	d->world = (struct desk_world){ d, load, about, due, save, send };
}

void world_release(struct day *d)
{
	mem_free(d->memory.object.p);
	mem_free(d->memory.message.p);
	map_release(&d->memory.by_id);
}
