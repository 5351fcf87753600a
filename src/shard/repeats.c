/* repeats.c - the last so many idempotency keys with their answers; each organisation has a room of its own among them (base/rooms.h).
 *
 * Entries lie anywhere in one array; those of an organisation hang together in the order in which they came; a table of places, open addressing by the
 * key's own bits (keys are hashes), finds them. When there are more than are to be kept, the oldest of the organisation with the most
 * goes. That is done between groups, so that nothing that a group speaks of goes while it is at work. Memory is fixed but for the alerts, which few answers have. */
#include "base/mem.h"
#include "base/rooms.h"
#include "shard/shard_int.h"

struct entry {
	struct repeat repeat;
	uint32_t next; /* 1 + index of the organisation's next one, or of the next free one; 0: none */
};

struct repeats {
	struct entry *entry;
	uint32_t *place; /* 1 + index of entry; 0 = empty */
	uint32_t max, cap, used, free,
		mask;           /* used: entries that were ever taken into use; free: 1 + index of one that was given back */
	struct rooms rooms; /* first, last: 1 + index */
};

enum err repeats_new(struct repeats **out, uint32_t max)
{
	struct repeats *r = mem_alloc(sizeof(*r));
	uint32_t places = 4;

	if (r == NULL)
		return ERR_MEMORY;
	r->max = max == 0 ? 1 : max;
	r->cap = r->max + SHARD_ITEMS_MAX;
	while (places < 2 * r->cap)
		places *= 2;
	r->mask = places - 1;
	r->entry = mem_alloc_array(r->cap, sizeof(*r->entry));
	r->place = mem_alloc_array(places, sizeof(*r->place));
	if (r->entry == NULL || r->place == NULL) {
		repeats_free(r);
		return ERR_MEMORY;
	}
	*out = r;
	return ERR_OK;
}

void repeats_clear(struct repeats *r)
{
	for (uint32_t i = 0; i < r->used; i++)
		mem_free(r->entry[i].repeat.alerts);
	memset(r->place, 0, ((size_t)r->mask + 1) * sizeof(*r->place));
	memset(r->entry, 0, r->used * sizeof(*r->entry));
	r->used = r->free = 0;
	rooms_clear(&r->rooms);
}

void repeats_free(struct repeats *r)
{
	if (r == NULL)
		return;
	if (r->entry != NULL && r->place != NULL)
		repeats_clear(r);
	rooms_release(&r->rooms);
	mem_free(r->entry);
	mem_free(r->place);
	mem_free(r);
}

static uint32_t home(const struct repeats *r, const unsigned char *key)
{
	uint64_t h;

	memcpy(&h, key, sizeof(h));
	return (uint32_t)hash_mix(h) & r->mask;
}

static uint32_t find(const struct repeats *r, const unsigned char *key)
{
	uint32_t i = home(r, key);

	while (r->place[i] != 0 && memcmp(r->entry[r->place[i] - 1].repeat.key, key, RECORD_KEY_BYTES) != 0)
		i = (i + 1) & r->mask;
	return i;
}

const struct repeat *repeats_find(const struct repeats *r, const unsigned char *key)
{
	uint32_t at = r->place[find(r, key)];

	return at == 0 ? NULL : &r->entry[at - 1].repeat;
}

/* Takes a place away and moves back what had to pass it. */
static void unplace(struct repeats *r, uint32_t hole)
{
	for (uint32_t i = (hole + 1) & r->mask; r->place[i] != 0; i = (i + 1) & r->mask) {
		uint32_t h = home(r, r->entry[r->place[i] - 1].repeat.key);

		if (((i - h) & r->mask) >= ((i - hole) & r->mask)) {
			r->place[hole] = r->place[i];
			hole = i;
		}
	}
	r->place[hole] = 0;
}

static enum err keep_alerts(struct repeat *to, const struct repeat *from)
{
	char *copy = from->alerts_bytes == 0 ? NULL : mem_copy_text(from->alerts, from->alerts_bytes);

	if (from->alerts_bytes != 0 && copy == NULL)
		return ERR_MEMORY;
	*to = *from;
	to->alerts = copy;
	return ERR_OK;
}

enum err repeats_add(struct repeats *r, const struct repeat *e)
{
	struct repeat kept;
	struct room *room;
	uint32_t at;
	enum err err;

	CHECK(r->rooms.total < r->cap);
	err = rooms_of(&r->rooms, e->organisation, &room);
	if (err == ERR_OK)
		err = keep_alerts(&kept, e);
	if (err != ERR_OK)
		return err;
	at = r->free != 0 ? r->free : ++r->used;
	r->free = r->free != 0 ? r->entry[at - 1].next : 0;
	r->entry[at - 1] = (struct entry){ .repeat = kept };
	r->place[find(r, e->key)] = at;
	if (room->held == 0)
		room->first = at;
	else
		r->entry[room->last - 1].next = at;
	room->last = at;
	rooms_add(&r->rooms, room, 1);
	return ERR_OK;
}

void repeats_trim(struct repeats *r)
{
	while (r->rooms.total > r->max) {
		struct room *room = rooms_fullest(&r->rooms);
		uint32_t at = room->first;
		struct entry *oldest = &r->entry[at - 1];

		unplace(r, find(r, oldest->repeat.key));
		mem_free(oldest->repeat.alerts);
		room->first = oldest->next;
		*oldest = (struct entry){ .next = r->free };
		r->free = at;
		rooms_take(&r->rooms, room, 1);
	}
}

enum err repeats_decide(struct repeats *r, const struct repeat *e)
{
	uint32_t at = r->place[find(r, e->key)];
	struct repeat kept;
	enum err err;

	CHECK(at != 0); /* nothing goes within a group */
	err = keep_alerts(&kept, e);
	if (err != ERR_OK)
		return err;
	mem_free(r->entry[at - 1].repeat.alerts);
	r->entry[at - 1].repeat = kept;
	return ERR_OK;
}

/* ---- in a snapshot: how many, then room by room, the oldest first ---- */

static enum err save_one(const struct engine_stream *s, const struct repeat *from)
{
	struct repeat e = *from;
	enum err err;

	e.alerts = NULL;
	err = s->io(s->ctx, &e, sizeof(e));
	return err == ERR_OK && e.alerts_bytes > 0 ? s->io(s->ctx, from->alerts, e.alerts_bytes) : err;
}

static enum err save(const struct repeats *r, const struct engine_stream *s)
{
	enum err err = ERR_OK;

	for (uint32_t i = 0; i < r->rooms.n; i++)
		for (uint32_t at = r->rooms.room[i].held == 0 ? 0 : r->rooms.room[i].first; err == ERR_OK && at != 0;
		     at = r->entry[at - 1].next)
			err = save_one(s, &r->entry[at - 1].repeat);
	return err;
}

static enum err load_one(struct repeats *r, const struct engine_stream *s, bool roomless)
{
	struct repeat e = { .position = 0 };
	enum err err = s->io(s->ctx, &e, sizeof(e));

	if (err != ERR_OK)
		return err;
	if (e.alerts_bytes > SHARD_REPEAT_BYTES_MAX || e.severity > SEVERITY_PURPLE ||
	    (e.outcome != ERR_OK && e.outcome != ERR_LATE && e.outcome != ERR_CAP) || repeats_find(r, e.key) != NULL)
		return ERR_FORMAT;
	if (roomless)
		e.organisation = 0;
	e.alerts = e.alerts_bytes == 0 ? NULL : mem_alloc(e.alerts_bytes);
	if (e.alerts_bytes > 0) {
		if (e.alerts == NULL)
			return ERR_MEMORY;
		err = s->io(s->ctx, e.alerts, e.alerts_bytes);
	}
	if (err == ERR_OK)
		err = repeats_add(r, &e);
	mem_free(e.alerts);
	repeats_trim(r);
	return err;
}

enum err repeats_state(struct repeats *r, const struct engine_stream *s, bool roomless)
{
	uint32_t n = (uint32_t)r->rooms.total;
	enum err err = s->io(s->ctx, &n, sizeof(n));

	if (err == ERR_OK && !s->loading)
		return save(r, s);
	for (uint32_t i = 0; err == ERR_OK && i < n; i++)
		err = load_one(r, s, roomless);
	return err;
}
