/* contacts_batch.c - records by their places: a batch is read with one call, since on a cold disk the call is what costs; where a busy
 * entity's batches lie close together, many are read with one. */
#include "base/mem.h"
#include "journal/contacts_int.h"

enum {
	WINDOW_BYTES = 256 << 10,
	USUAL_BYTES = 4096, /* until one was seen */
	MANY = 8 /* places in three quarters of a window: then one large read costs less than theirs on a cold disk */
};

enum err batches_init(struct batches *b, struct disk *d)
{
	*b = (struct batches){ .d = d, .fd = -1, .usual = USUAL_BYTES };
	buf_init(&b->batch, JOURNAL_BATCH_MAX + 1);
	b->window = mem_alloc(WINDOW_BYTES);
	return b->window == NULL ? ERR_MEMORY : ERR_OK;
}

void batches_release(struct batches *b)
{
	buf_release(&b->batch);
	mem_free(b->offset);
	mem_free(b->window);
}

void batches_begin(struct batches *b, int fd)
{
	b->fd = fd;
	b->batch_at = 0;
	b->window_n = 0;
}

bool batches_many(const struct places *p, size_t n)
{
	return n >= MANY && place_batch(p->at[n]) - place_batch(p->at[n - MANY]) <= WINDOW_BYTES / 4 * 3;
}

static bool in_window(struct batches *b, uint64_t at)
{
	uint64_t from = at - b->window_at; /* huge if it lies before */
	const unsigned char *head;

	if (from > b->window_n || b->window_n - from < JOURNAL_BATCH_HEAD_BYTES)
		return false;
	head = (const unsigned char *)b->window + from;
	if (!batch_head_take(head, &b->h) || b->h.payload_bytes > b->window_n - from - JOURNAL_BATCH_HEAD_BYTES)
		return false;
	b->payload = text_of((const char *)head + JOURNAL_BATCH_HEAD_BYTES, b->h.payload_bytes);
	return batch_checksum_ok(head, &b->h, b->payload);
}

static enum err read_batch(struct batches *b, uint64_t at, bool many)
{
	unsigned char head[JOURNAL_BATCH_HEAD_BYTES];
	size_t n = many ? WINDOW_BYTES : b->usual, back = n - b->usual;
	enum err e;

	if (in_window(b, at))
		return ERR_OK;
	b->window_at = at > back ? at - back : 0;
	e = b->d->read_at(b->d->ctx, b->fd, b->window_at, b->window, n, &b->window_n);
	if (e != ERR_OK)
		b->window_n = 0;
	if (e == ERR_OK && !in_window(b, at)) {
		e = batch_read(b->d, b->fd, at, &b->batch, &b->h, head);
		b->payload = buf_view(&b->batch);
	}
	if (e == ERR_OK && (b->h.flags & BATCH_PREAMBLE) == 0) {
		b->usual = JOURNAL_BATCH_HEAD_BYTES + b->h.payload_bytes;
		b->usual = b->usual < WINDOW_BYTES / 2 ? b->usual : WINDOW_BYTES / 2;
	}
	return e == ERR_ABSENT ? ERR_FORMAT : e;
}

static enum err note_records(struct batches *b)
{
	struct text rest = b->payload;
	struct record r;

	if (b->offset_cap < b->h.records) {
		uint32_t *more = mem_resize(b->offset, b->h.records * sizeof(*more));

		if (more == NULL)
			return ERR_MEMORY;
		b->offset = more;
		b->offset_cap = b->h.records;
	}
	for (uint32_t i = 0; i < b->h.records; i++) {
		b->offset[i] = (uint32_t)(b->payload.n - rest.n);
		if (record_take(&rest, &r) != ERR_OK)
			return ERR_FORMAT;
	}
	return rest.n == 0 ? ERR_OK : ERR_FORMAT;
}

enum err batches_record(struct batches *b, uint64_t place, bool many, struct record *r)
{
	uint32_t i = place_index(place);
	struct text rest;

	if (b->batch_at != place_batch(place)) {
		enum err e;

		b->batch_at = 0;
		e = read_batch(b, place_batch(place), many);
		if (e == ERR_OK)
			e = note_records(b);
		if (e != ERR_OK)
			return e;
		b->batch_at = place_batch(place);
	}
	if (i >= b->h.records)
		return ERR_FORMAT;
	rest = text_of(b->payload.p + b->offset[i], b->payload.n - b->offset[i]);
	if (record_take(&rest, r) != ERR_OK)
		return ERR_FORMAT;
	r->position = (b->h.flags & BATCH_PREAMBLE) != 0 ? 0 : b->h.first + i;
	return ERR_OK;
}
