/* rooms.c - see rooms.h. Holders are organisations, a few hundred at most: a sorted array, and a look through all of it for the fullest. */
#include "base/rooms.h"
#include <string.h>
#include "base/mem.h"

static uint32_t place_of(const struct rooms *r, uint32_t number)
{
	uint32_t low = 0, high = r->n;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (r->room[mid].number < number)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

enum err rooms_of(struct rooms *r, uint32_t number, struct room **out)
{
	uint32_t at = place_of(r, number);

	if (at == r->n || r->room[at].number != number) {
		if (r->n == r->cap) {
			uint32_t cap = r->cap == 0 ? 4 : 2 * r->cap;
			struct room *more = mem_resize(r->room, cap * sizeof(*more));

			if (more == NULL)
				return ERR_MEMORY;
			r->room = more;
			r->cap = cap;
		}
		memmove(&r->room[at + 1], &r->room[at], (r->n++ - at) * sizeof(*r->room));
		r->room[at] = (struct room){ .number = number };
	}
	*out = &r->room[at];
	return ERR_OK;
}

void rooms_add(struct rooms *r, struct room *o, uint64_t n)
{
	o->held += n;
	r->total += n;
}

void rooms_take(struct rooms *r, struct room *o, uint64_t n)
{
	CHECK(n <= o->held);
	o->held -= n;
	r->total -= n;
}

struct room *rooms_fullest(struct rooms *r)
{
	struct room *most = NULL;

	for (uint32_t i = 0; i < r->n; i++)
		if (r->room[i].held > (most == NULL ? 0 : most->held))
			most = &r->room[i];
	return most;
}

void rooms_clear(struct rooms *r)
{
	r->n = 0;
	r->total = 0;
}

void rooms_release(struct rooms *r)
{
	mem_free(r->room);
	*r = (struct rooms){ .room = NULL };
}
