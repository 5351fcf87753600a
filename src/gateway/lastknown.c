/* lastknown.c - see lastknown.h. Tokens are keyed hashes, so their bits are the place. */
#include "gateway/lastknown.h"
#include <pthread.h>
#include "base/clock.h"
#include "base/mem.h"

#define KEEP_US (30 * US_PER_DAY)

struct lastknown {
	pthread_mutex_t lock;
	struct alert_head *entry; /* position 0: empty */
};

enum err lastknown_new(struct lastknown **out)
{
	struct lastknown *l = mem_alloc(sizeof(*l));

	if (l == NULL)
		return ERR_MEMORY;
	l->entry = mem_area(LASTKNOWN_ENTRIES * sizeof(*l->entry));
	if (l->entry == NULL) {
		mem_free(l);
		return ERR_MEMORY;
	}
	CHECK(pthread_mutex_init(&l->lock, NULL) == 0);
	*out = l;
	return ERR_OK;
}

void lastknown_free(struct lastknown *l)
{
	if (l == NULL)
		return;
	pthread_mutex_destroy(&l->lock);
	mem_area_free(l->entry, LASTKNOWN_ENTRIES * sizeof(*l->entry));
	mem_free(l);
}

/* Of one event's decisions about two entities the graver counts. */
static bool newer(const struct alert_head *a, const struct alert_head *b)
{
	return a->position > b->position || (a->position == b->position && a->severity > b->severity);
}

static struct alert_head *set_of(struct lastknown *l, struct token t)
{
	return &l->entry[t.w[1] % LASTKNOWN_SETS * LASTKNOWN_WAYS];
}

void lastknown_note(struct lastknown *l, struct text line)
{
	struct alert_head head, *set, *to;

	if (!alert_head_read(line, &head) || !head.live)
		return;
	pthread_mutex_lock(&l->lock);
	set = to = set_of(l, head.about);
	for (uint32_t i = 0; i < LASTKNOWN_WAYS; i++) {
		if (set[i].position != 0 && token_eq(set[i].about, head.about)) {
			to = &set[i];
			break;
		}
		if (set[i].position < to->position)
			to = &set[i];
	}
	*to = head;
	pthread_mutex_unlock(&l->lock);
}

bool lastknown_find(struct lastknown *l, const struct token *about, uint32_t n, int64_t time_us, struct alert_head *out)
{
	*out = (struct alert_head){ .position = 0 };
	pthread_mutex_lock(&l->lock);
	for (uint32_t k = 0; k < n; k++) {
		const struct alert_head *set = set_of(l, about[k]);

		for (uint32_t i = 0; i < LASTKNOWN_WAYS; i++)
			if (set[i].position != 0 && newer(&set[i], out) && token_eq(set[i].about, about[k]) &&
			    time_us - set[i].time_us <= KEEP_US)
				*out = set[i];
	}
	pthread_mutex_unlock(&l->lock);
	return out->position > 0;
}
