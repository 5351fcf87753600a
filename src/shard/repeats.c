/* repeats.c - the last so many idempotency keys with their answers.
 *
 * Entries lie in a ring in the order in which they came; a table of their places, open addressing by the key's own bits (keys are hashes), finds
 * them. The oldest leaves when the ring is full, so memory is fixed but for the alerts, which few answers have. */
#include "base/mem.h"
#include "shard/shard_int.h"

struct repeats {
	struct repeat *entry;
	uint32_t *place; /* 1 + index of entry; 0 = empty */
	uint32_t max, head, n, mask;
};

enum err repeats_new(struct repeats **out, uint32_t max)
{
	struct repeats *r = mem_alloc(sizeof(*r));
	uint32_t places = 4;

	if (r == NULL)
		return ERR_MEMORY;
	r->max = max == 0 ? 1 : max;
	while (places < 2 * r->max)
		places *= 2;
	r->mask = places - 1;
	r->entry = mem_alloc_array(r->max, sizeof(*r->entry));
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
	for (uint32_t i = 0; i < r->n; i++)
		mem_free(r->entry[(r->head + i) % r->max].alerts);
	memset(r->place, 0, ((size_t)r->mask + 1) * sizeof(*r->place));
	r->n = r->head = 0;
}

void repeats_free(struct repeats *r)
{
	if (r == NULL)
		return;
	if (r->entry != NULL && r->place != NULL)
		repeats_clear(r);
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

	while (r->place[i] != 0 && memcmp(r->entry[r->place[i] - 1].key, key, RECORD_KEY_BYTES) != 0)
		i = (i + 1) & r->mask;
	return i;
}

const struct repeat *repeats_find(const struct repeats *r, const unsigned char *key)
{
	uint32_t at = r->place[find(r, key)];

	return at == 0 ? NULL : &r->entry[at - 1];
}

/* Takes a place away and moves back what had to pass it. */
static void unplace(struct repeats *r, uint32_t hole)
{
	for (uint32_t i = (hole + 1) & r->mask; r->place[i] != 0; i = (i + 1) & r->mask) {
		uint32_t h = home(r, r->entry[r->place[i] - 1].key);

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
	uint32_t at;
	enum err err = keep_alerts(&kept, e);

	if (err != ERR_OK)
		return err;
	if (r->n == r->max) {
		struct repeat *oldest = &r->entry[r->head];

		unplace(r, find(r, oldest->key));
		mem_free(oldest->alerts);
		r->head = (r->head + 1) % r->max;
		r->n--;
	}
	at = (r->head + r->n++) % r->max;
	r->entry[at] = kept;
	r->place[find(r, e->key)] = at + 1;
	return ERR_OK;
}

enum err repeats_decide(struct repeats *r, const struct repeat *e)
{
	uint32_t at = r->place[find(r, e->key)];
	struct repeat kept;
	enum err err;

	if (at == 0) /* more keys in one group than are remembered at all */
		return ERR_OK;
	err = keep_alerts(&kept, e);
	if (err != ERR_OK)
		return err;
	mem_free(r->entry[at - 1].alerts);
	r->entry[at - 1] = kept;
	return ERR_OK;
}

static enum err entry_state(struct repeats *r, const struct engine_stream *s, uint32_t i)
{
	struct repeat e = { .position = 0 };
	enum err err;

	if (!s->loading) {
		struct repeat *from = &r->entry[(r->head + i) % r->max];

		e = *from;
		e.alerts = NULL;
		err = s->io(s->ctx, &e, sizeof(e));
		return err == ERR_OK && e.alerts_bytes > 0 ? s->io(s->ctx, from->alerts, e.alerts_bytes) : err;
	}
	err = s->io(s->ctx, &e, sizeof(e));
	if (err != ERR_OK)
		return err;
	if (e.alerts_bytes > SHARD_REPEAT_BYTES_MAX || e.severity > SEVERITY_PURPLE ||
	    (e.outcome != ERR_OK && e.outcome != ERR_LATE && e.outcome != ERR_CAP))
		return ERR_FORMAT;
	e.alerts = e.alerts_bytes == 0 ? NULL : mem_alloc(e.alerts_bytes);
	if (e.alerts_bytes > 0) {
		if (e.alerts == NULL)
			return ERR_MEMORY;
		err = s->io(s->ctx, e.alerts, e.alerts_bytes);
	}
	if (err == ERR_OK)
		err = repeats_add(r, &e);
	mem_free(e.alerts);
	return err;
}

enum err repeats_state(struct repeats *r, const struct engine_stream *s)
{
	uint32_t n = r->n;
	enum err err = s->io(s->ctx, &n, sizeof(n));

	for (uint32_t i = 0; err == ERR_OK && i < n; i++)
		err = entry_state(r, s, i);
	return err;
}
