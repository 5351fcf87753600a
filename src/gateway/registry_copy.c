/* registry_copy.c - see registry_copy.h. */
#include "gateway/registry_copy.h"
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "base/mem.h"

enum {
	PATH_BYTES = 4096
};
#define EVERY_US (10 * US_PER_MINUTE)

struct registry_copies {
	struct registry *registry;
	struct disk *data;
	char directory[PATH_BYTES];
	_Atomic uint64_t wanted; /* the journal would like to begin here */
	_Atomic uint64_t from;   /* and may: a copy has all that lies before */
};

void registry_copy_name(uint64_t position, char name[REGISTRY_COPY_NAME_BYTES])
{
	snprintf(name, REGISTRY_COPY_NAME_BYTES, "registry-%020" PRIu64 ".sqlite", position);
}

struct search {
	uint64_t newest;
	uint64_t but; /* while removing: all but this one */
	struct disk *data;
	enum err err;
};

/* Position 0: it is no copy. */
static uint64_t position_in(const char *name)
{
	char again[REGISTRY_COPY_NAME_BYTES];
	uint64_t position = 0;

	if (sscanf(name, "registry-%20" SCNu64, &position) != 1)
		return 0;
	registry_copy_name(position, again);
	return strcmp(name, again) == 0 ? position : 0;
}

static void see(void *ctx, const char *name)
{
	struct search *s = ctx;
	uint64_t position = position_in(name);

	s->newest = position > s->newest ? position : s->newest;
}

enum err registry_copy_find(struct disk *data, uint64_t *position)
{
	struct search s = { .newest = 0 };
	enum err e = data->list(data->ctx, "", see, &s);

	*position = s.newest;
	return e;
}

enum err registry_copies_new(struct registry_copies **out, struct registry *r, struct disk *data, const char *directory)
{
	struct registry_copies *c = mem_alloc(sizeof(*c));
	uint64_t newest = 0;
	enum err e;

	if (c == NULL)
		return ERR_MEMORY;
	c->registry = r;
	c->data = data;
	snprintf(c->directory, sizeof(c->directory), "%s", directory);
	e = registry_copy_find(data, &newest);
	if (e != ERR_OK) {
		mem_free(c);
		return e;
	}
	c->from = newest + 1;
	*out = c;
	return ERR_OK;
}

void registry_copies_free(struct registry_copies *c)
{
	mem_free(c);
}

uint64_t registry_copies_kept(struct registry_copies *c, uint64_t stays)
{
	c->wanted = stays;
	return c->from;
}

static void remove_older(void *ctx, const char *name)
{
	struct search *s = ctx;
	uint64_t position = position_in(name);

	if (position != 0 && position < s->but && s->err == ERR_OK)
		s->err = s->data->remove(s->data->ctx, name);
}

/* What the registry's place is now may have moved on in the copy, never back: so the name promises no more than is in it. */
static enum err copy(struct registry_copies *c)
{
	char name[REGISTRY_COPY_NAME_BYTES], path[PATH_BYTES + REGISTRY_COPY_NAME_BYTES];
	struct search s = { .data = c->data };
	uint64_t position;
	int64_t now_us;
	enum err e = registry_place(c->registry, &position, &now_us);

	if (e != ERR_OK || position + 1 < c->wanted || position + 1 <= c->from)
		return e; /* it is not so far yet */
	registry_copy_name(position, name);
	snprintf(path, sizeof(path), "%s/%s", c->directory, name);
	e = registry_copy(c->registry, path);
	if (e == ERR_OK)
		e = c->data->sync_folder(c->data->ctx, "");
	if (e != ERR_OK)
		return e;
	c->from = position + 1;
	s.but = position;
	e = c->data->list(c->data->ctx, "", remove_older, &s);
	return e == ERR_OK ? s.err : e;
}

static enum err duty(void *ctx, const atomic_bool *stop, struct buf *why)
{
	struct registry_copies *c = ctx;
	enum err e = c->wanted > c->from && !*stop ? copy(c) : ERR_OK;

	if (e != ERR_OK)
		buf_printf(why, "the registry could not be copied (%s); old segments of the journal stay until it can",
		           err_name(e));
	return e;
}

struct tender_duty registry_copies_duty(struct registry_copies *c)
{
	return (struct tender_duty){ .name = "copying the registry", .run = duty, .ctx = c, .every_us = EVERY_US };
}
