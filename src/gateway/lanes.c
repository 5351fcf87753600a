/* lanes.c - see lanes.h. */
#include "gateway/lanes.h"

void lanes_init(struct lanes *l, uint64_t events_max, uint32_t lanes)
{
	share_init(&l->share, events_max, lanes);
	for (uint32_t i = 0; i < SHARE_HOLDERS_MAX; i++)
		l->lane[i] = (struct lane){ .last = &l->lane[i].first };
	l->turn = NULL;
	l->last_turn = &l->turn;
}

static void line_up(struct lane ***end, struct lane *lane)
{
	lane->next = NULL;
	**end = lane;
	*end = &lane->next;
}

bool lanes_put(struct lanes *l, struct ask *a)
{
	struct lane *lane;

	CHECK(a->n > 0 && a->n <= SHARD_ITEMS_MAX);
	if (!share_take(&l->share, a->lane, a->n))
		return false;
	lane = &l->lane[a->lane];
	if (lane->first == NULL)
		line_up(&l->last_turn, lane);
	a->next = NULL;
	*lane->last = a;
	lane->last = &a->next;
	return true;
}

static struct ask *first_of(struct lanes *l, struct lane *lane)
{
	struct ask *a = lane->first;

	lane->first = a->next;
	if (lane->first == NULL)
		lane->last = &lane->first;
	share_give(&l->share, a->lane, a->n);
	a->next = NULL;
	return a;
}

struct ask *lanes_take(struct lanes *l, uint32_t most, uint32_t *n)
{
	struct ask *group = NULL, **end = &group;
	struct lane *waiting = NULL, **last_waiting = &waiting; /* those whose next ask did not fit */

	CHECK(most >= SHARD_ITEMS_MAX);
	*n = 0;
	while (l->turn != NULL && *n < most) {
		struct lane *lane = l->turn;

		l->turn = lane->next;
		if (l->turn == NULL)
			l->last_turn = &l->turn;
		if (lane->first->n > most - *n) {
			line_up(&last_waiting, lane);
			continue;
		}
		*n += lane->first->n;
		*end = first_of(l, lane);
		end = &(*end)->next;
		if (lane->first != NULL)
			line_up(&l->last_turn, lane);
	}
	if (waiting != NULL) { /* first in the next group */
		*last_waiting = l->turn;
		if (l->turn == NULL)
			l->last_turn = last_waiting;
		l->turn = waiting;
	}
	return group;
}
