/* contacts_ahead.c - what a search will read, asked for in rounds: all heads; then all places in the directories; then all buckets; then
 * the batches. Each round is one wait instead of one for each segment. It only warms: errors and misfits are left to the search itself. */
#include "base/mem.h"
#include "journal/contacts_int.h"

enum {
	FRONT_BYTES = 16 << 10, /* of an index: head and most of the directory; of a segment: head and schema */
	BATCH_BYTES = 16 << 10  /* most batches, and never far too much */
};

struct ahead {
	int index, segment; /* descriptors; -1: closed */
	struct index_head h;
	uint64_t from, n; /* of the bucket */
};

static int open_and_ask(struct disk *d, const char *name)
{
	int fd;

	if (d->open(d->ctx, name, DISK_READ, &fd) != ERR_OK)
		return -1;
	d->will_read(d->ctx, fd, 0, FRONT_BYTES);
	return fd;
}

static void give_up(struct disk *d, int *fd)
{
	if (*fd >= 0)
		d->close(d->ctx, *fd);
	*fd = -1;
}

static bool take_head(struct disk *d, struct ahead *a, uint64_t first, int64_t from_us, int64_t to_us)
{
	unsigned char raw[INDEX_HEAD_BYTES];
	size_t got;

	return a->index >= 0 && a->segment >= 0 && d->read_at(d->ctx, a->index, 0, raw, sizeof(raw), &got) == ERR_OK &&
	       got == sizeof(raw) && index_head_take(raw, &a->h) && a->h.first == first && a->h.least_us <= to_us &&
	       a->h.greatest_us >= from_us;
}

static void ask_for_batches(struct disk *d, const struct ahead *a, uint64_t bucket, uint64_t word)
{
	struct places places = { .n = 0 };
	struct buf scratch;
	uint64_t asked = UINT64_MAX;

	buf_init(&scratch, INDEX_BUCKET_MAX);
	if (index_find(d, a->index, &a->h, bucket, word, &scratch, &places) == ERR_OK)
		for (size_t i = places.n; i-- > 0 && places.n - i <= AHEAD_PLACES;) {
			if (place_batch(places.at[i]) != asked)
				d->will_read(d->ctx, a->segment, place_batch(places.at[i]), BATCH_BYTES);
			asked = place_batch(places.at[i]);
		}
	places_release(&places);
	buf_release(&scratch);
}

void contacts_ahead(struct disk *d, const uint64_t *first, size_t n, uint64_t word, int64_t from_us, int64_t to_us)
{
	struct ahead a[AHEAD_SEGMENTS_MAX];
	char name[JOURNAL_NAME_BYTES];

	CHECK(n <= AHEAD_SEGMENTS_MAX);
	if (d->will_read == NULL)
		return;
	for (size_t i = 0; i < n; i++) {
		index_name(first[i], name);
		a[i].index = open_and_ask(d, name);
		segment_name(first[i], name);
		a[i].segment = open_and_ask(d, name);
	}
	for (size_t i = 0; i < n; i++)
		if (take_head(d, &a[i], first[i], from_us, to_us))
			d->will_read(d->ctx, a[i].index, INDEX_HEAD_BYTES + 8 * index_bucket(&a[i].h, word), 16);
		else
			give_up(d, &a[i].index);
	for (size_t i = 0; i < n; i++)
		if (a[i].index >= 0 &&
		    index_bucket_find(d, a[i].index, index_bucket(&a[i].h, word), &a[i].from, &a[i].n) == ERR_OK)
			d->will_read(d->ctx, a[i].index, a[i].from, a[i].n);
		else
			give_up(d, &a[i].index);
	for (size_t i = n; i-- > 0;) { /* the newest first, as they will be read */
		if (a[i].index >= 0)
			ask_for_batches(d, &a[i], index_bucket(&a[i].h, word), word);
		give_up(d, &a[i].index);
		give_up(d, &a[i].segment);
	}
}
