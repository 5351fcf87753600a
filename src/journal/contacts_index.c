/* contacts_index.c - making the index of a sealed segment.
 *
 * The segment is read once to count: how many places each bucket will have. So the places can be dropped where they belong when it is
 * read again, as many buckets at a time as the memory has room for, and only buckets have to be sorted. The file is written in small
 * steps, each synced, so that the writer of the journal never waits behind a large one. Its name is not made durable: an index that a crash takes
 * away is made again. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>
#include "base/mem.h"
#include "journal/contacts_int.h"

enum {
	PLACES_AT_ONCE = 4 << 20,
	STEP_BYTES = 1 << 20
};

struct slot {
	uint64_t word, place;
};

struct bucket {
	uint64_t n;            /* places in all */
	uint64_t start, taken; /* in `slot`, while it is at hand */
	uint64_t offset;       /* in the file */
};

struct making {
	struct disk *d;
	const atomic_bool *stop;
	struct buf *why;
	struct index_head head;
	struct bucket *bucket;
	struct places schemas; /* of SCHEMA records behind the preamble */
	struct slot *slot;     /* of the buckets [from, to); NULL: only count */
	uint64_t from, to;     /* buckets at hand */
	uint64_t places_at_once;
	struct buf out, places; /* bytes not yet written; places of one entry */
	uint64_t out_at;
	int fd;
};

/* ---- reading the segment ---- */

static enum err take_tokens(struct making *m, const struct written *w, const struct record *r, uint64_t place)
{
	struct token token[SCHEMA_IDENTS_MAX];
	uint8_t kind[SCHEMA_IDENTS_MAX];
	uint32_t n;
	enum err e = w == NULL ? ERR_FORMAT : record_event_tokens(w->recast, r, kind, token, &n);

	for (uint32_t i = 0; e == ERR_OK && i < n; i++) {
		uint64_t b = index_bucket(&m->head, token[i].w[0]);
		bool again = false;

		for (uint32_t k = 0; k < i; k++) /* it called itself */
			again |= token[k].w[0] == token[i].w[0];
		if (again || b < m->from || b >= m->to)
			continue;
		if (m->slot == NULL)
			m->bucket[b].n++;
		else if (m->bucket[b].taken < m->bucket[b].n)
			m->slot[m->bucket[b].start + m->bucket[b].taken++] = (struct slot){ token[i].w[0], place };
		else
			e = ERR_FORMAT; /* it is not what it was a moment ago */
	}
	if (m->slot == NULL) {
		m->head.events++;
		m->head.least_us = r->time < m->head.least_us ? r->time : m->head.least_us;
		m->head.greatest_us = r->time > m->head.greatest_us ? r->time : m->head.greatest_us;
	}
	return e;
}

static enum err take_record(struct making *m, struct written **w, const struct record *r,
                            const struct journal_place *at)
{
	uint64_t place = place_make(at->batch_at, at->index);

	if (at->segment != m->head.first)
		return ERR_FORMAT;
	if (r->kind == RECORD_SCHEMA) {
		enum err e = written_follow(w, r->payload);

		return e != ERR_OK || at->preamble || m->slot != NULL ? e : places_add(&m->schemas, place);
	}
	return r->kind == RECORD_EVENT ? take_tokens(m, *w, r, place) : ERR_OK;
}

/* Each place of the segment, counted or taken. */
static enum err read_segment(struct making *m)
{
	struct journal_reader *r;
	struct written *w = NULL;
	struct record record;
	const struct journal_place *at;
	enum err e = journal_reader_open(&r, m->d, m->head.first, m->head.next);

	if (e != ERR_OK)
		return e;
	at = journal_reader_place(r);
	while ((e = journal_read(r, &record, m->why)) == ERR_OK) {
		if (m->stop != NULL && atomic_load_explicit(m->stop, memory_order_relaxed))
			e = ERR_STOPPED;
		if (e == ERR_OK)
			e = take_record(m, &w, &record, at);
		if (e == ERR_FORMAT && m->why != NULL)
			buf_printf(m->why, "journal: the record at position %" PRIu64 " can't be read", record.position);
		if (e != ERR_OK)
			break;
	}
	if (e == ERR_ABSENT && memcmp(at->chain, m->head.chain, sizeof(m->head.chain)) != 0) {
		if (m->why != NULL)
			buf_printf(m->why, "journal: the segment behind position %" PRIu64 " does not continue the chain",
			           m->head.next - 1);
		e = ERR_FORMAT;
	}
	journal_reader_close(r);
	written_free(w);
	return e == ERR_ABSENT ? ERR_OK : e;
}

/* ---- writing the index ---- */

static enum err write_step(struct making *m, size_t least)
{
	enum err e = m->out.err != ERR_OK ? m->out.err : m->places.err;

	if (e != ERR_OK || m->out.n < least || m->out.n == 0)
		return e;
	e = m->d->write_at(m->d->ctx, m->fd, m->out_at, m->out.p, m->out.n);
	if (e == ERR_OK)
		e = m->d->sync(m->d->ctx, m->fd);
	m->out_at += m->out.n;
	buf_clear(&m->out);
	return e;
}

static int by_word(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;

	if (x->word != y->word)
		return x->word < y->word ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

static void put64(struct buf *b, size_t at, uint64_t v)
{
	for (size_t i = 0; b->err == ERR_OK && i < 8; i++)
		b->p[at + i] = (char)(v >> 8 * i);
}

static enum err put_bucket(struct making *m, uint64_t bucket, struct slot *s, size_t n)
{
	static const unsigned char zeros[8];
	size_t at = m->out.n;

	m->bucket[bucket].offset = m->out_at + at;
	qsort(s, n, sizeof(*s), by_word);
	buf_add(&m->out, zeros, sizeof(zeros));
	for (size_t i = 0, k; i < n; i = k) {
		uint64_t before = 0;

		buf_clear(&m->places);
		for (k = i; k < n && s[k].word == s[i].word; k++) {
			index_place_put(&m->places, before, s[k].place);
			before = s[k].place;
		}
		if (m->places.err != ERR_OK)
			return m->places.err;
		buf_add(&m->out, zeros, sizeof(zeros));
		put64(&m->out, m->out.n - 8, s[i].word);
		index_varint(&m->out, m->places.n);
		buf_text(&m->out, buf_view(&m->places));
	}
	if (m->out.err != ERR_OK || m->out.n - at > INDEX_BUCKET_MAX)
		return m->out.err != ERR_OK ? m->out.err : ERR_CAP;
	put64(&m->out, at, index_bucket_checksum(&m->head, bucket, text_of(m->out.p + at + 8, m->out.n - at - 8)));
	return write_step(m, STEP_BYTES);
}

/* The buckets from `from` on that there is room for, at least one. */
static enum err put_range(struct making *m, uint64_t from, uint64_t *to)
{
	uint64_t places = 0, n = index_buckets(&m->head);
	enum err e;

	for (*to = from; *to < n && (*to == from || places + m->bucket[*to].n <= m->places_at_once); ++*to) {
		m->bucket[*to].start = places;
		places += m->bucket[*to].n;
	}
	m->slot = mem_alloc_array(places + 1, sizeof(*m->slot));
	if (m->slot == NULL)
		return ERR_MEMORY;
	m->from = from;
	m->to = *to;
	e = read_segment(m);
	for (uint64_t b = from; e == ERR_OK && b < *to; b++)
		e = m->bucket[b].taken == m->bucket[b].n ? put_bucket(m, b, m->slot + m->bucket[b].start, m->bucket[b].n)
		                                         : ERR_FORMAT;
	mem_free(m->slot);
	m->slot = NULL;
	return e;
}

static enum err put_schemas(struct making *m)
{
	struct slot *s = mem_alloc_array(m->schemas.n + 1, sizeof(*s));
	enum err e;

	if (s == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < m->schemas.n; i++)
		s[i].place = m->schemas.at[i];
	e = put_bucket(m, index_buckets(&m->head), s, m->schemas.n);
	mem_free(s);
	return e;
}

/* Last of all: until it is there the file is no index. */
static enum err put_front(struct making *m)
{
	unsigned char head[INDEX_HEAD_BYTES];
	uint64_t n = index_buckets(&m->head);
	enum err e = write_step(m, 0);

	if (e != ERR_OK)
		return e;
	m->bucket[n + 1].offset = m->out_at;
	m->out_at = 0;
	index_head_put(head, &m->head);
	buf_add(&m->out, head, sizeof(head));
	for (uint64_t b = 0; b < n + 2; b++) {
		buf_add(&m->out, "\0\0\0\0\0\0\0\0", 8);
		put64(&m->out, m->out.n - 8, m->bucket[b].offset);
	}
	return write_step(m, 0);
}

static enum err put_all(struct making *m)
{
	unsigned char head[INDEX_HEAD_BYTES];
	uint64_t n = index_buckets(&m->head);
	enum err e = ERR_OK;

	index_head_put(head, &m->head); /* buckets are seeded with its checksum */
	m->out_at = INDEX_HEAD_BYTES + 8 * (n + 2);
	for (uint64_t from = 0, to; e == ERR_OK && from < n; from = to)
		e = put_range(m, from, &to);
	if (e == ERR_OK)
		e = put_schemas(m);
	return e == ERR_OK ? put_front(m) : e;
}

static enum err write_file(struct making *m)
{
	char temporary[JOURNAL_NAME_BYTES], name[JOURNAL_NAME_BYTES];
	struct disk *d = m->d;
	enum err e;

	index_name(m->head.first, name);
	snprintf(temporary, sizeof(temporary), JOURNAL_FOLDER "/%020" PRIu64 INDEX_TEMPORARY, m->head.first);
	e = d->open(d->ctx, temporary, DISK_WRITE, &m->fd);
	if (e != ERR_OK)
		return e;
	e = d->truncate(d->ctx, m->fd, 0);
	if (e == ERR_OK)
		e = put_all(m);
	d->close(d->ctx, m->fd);
	if (e == ERR_OK)
		e = d->rename(d->ctx, temporary, name);
	if (e != ERR_OK && d->remove(d->ctx, temporary) != ERR_OK) { /* then contacts_index_all will */
	}
	return e;
}

/* ---- which segment ---- */

static enum err read_head(struct disk *d, uint64_t first, struct segment_head *h, uint64_t *bytes, struct buf *why)
{
	char name[JOURNAL_NAME_BYTES];
	int fd;
	enum err e;

	segment_name(first, name);
	e = d->open(d->ctx, name, DISK_READ, &fd);
	if (e != ERR_OK)
		return e;
	e = segment_head_read(d, fd, h);
	if (e == ERR_OK && h->first != first)
		e = ERR_FORMAT;
	if (e == ERR_OK)
		e = d->size(d->ctx, fd, bytes);
	else if (e == ERR_FORMAT && why != NULL)
		buf_printf(why, "%s: the head of the segment is damaged", name);
	d->close(d->ctx, fd);
	return e;
}

enum err index_make(struct disk *d, uint64_t first, const struct segment_head *after, uint64_t places_at_once,
                    const atomic_bool *stop, struct buf *why)
{
	struct making m = { .d = d,
		                .stop = stop,
		                .why = why,
		                .places_at_once = places_at_once,
		                .head = {
							.first = first, .next = after->first, .least_us = INT64_MAX, .greatest_us = INT64_MIN } };
	struct segment_head own;
	uint64_t n;
	enum err e = read_head(d, first, &own, &m.head.bytes, why);

	if (e != ERR_OK || m.head.bytes > PLACE_OFFSET_MAX)
		return e == ERR_OK ? ERR_CAP : e;
	memcpy(m.head.chain, after->chain, sizeof(m.head.chain));
	n = index_buckets(&m.head);
	m.to = n;
	buf_init(&m.out, (size_t)2 * INDEX_BUCKET_MAX);
	buf_init(&m.places, INDEX_BUCKET_MAX);
	m.bucket = mem_alloc_array(n + 2, sizeof(*m.bucket));
	e = m.bucket == NULL ? ERR_MEMORY : read_segment(&m);
	m.head.schemas = m.schemas.n;
	if (e == ERR_OK)
		e = write_file(&m);
	buf_release(&m.out);
	buf_release(&m.places);
	places_release(&m.schemas);
	mem_free(m.bucket);
	return e;
}

enum err contacts_index(struct disk *d, uint64_t first, const atomic_bool *stop, struct buf *why)
{
	struct segment_head after;
	uint64_t *all = NULL, bytes;
	size_t n = 0, i = 0;
	enum err e = journal_segments(d, &all, &n);

	while (e == ERR_OK && i < n && all[i] != first)
		i++;
	if (e == ERR_OK)
		e = i + 1 < n ? read_head(d, all[i + 1], &after, &bytes, why) : ERR_ABSENT;
	if (e == ERR_OK)
		e = index_make(d, first, &after, PLACES_AT_ONCE, stop, why);
	mem_free(all);
	return e;
}

/* ---- all of them ---- */

struct leftovers {
	const char *ending;
	const uint64_t *first; /* segments, ascending as the names come */
	size_t n, at;
	struct places found; /* their first positions */
	enum err err;
};

static void see_name(void *ctx, const char *name)
{
	struct leftovers *l = ctx;
	uint64_t first;

	if (l->err != ERR_OK || !segment_name_take(name, l->ending, &first))
		return;
	while (l->at < l->n && l->first[l->at] < first)
		l->at++;
	if (l->at == l->n || l->first[l->at] != first)
		l->err = places_add(&l->found, first);
}

/* Removes files of this ending that belong to none of the segments. */
static enum err remove_leftovers(struct disk *d, const char *ending, const uint64_t *first, size_t n)
{
	struct leftovers l = { .ending = ending, .first = first, .n = n };
	enum err e = d->list(d->ctx, JOURNAL_FOLDER, see_name, &l);

	e = e == ERR_OK ? l.err : e;
	for (size_t i = 0; e == ERR_OK && i < l.found.n; i++) {
		char name[JOURNAL_NAME_BYTES];

		snprintf(name, sizeof(name), JOURNAL_FOLDER "/%020" PRIu64 "%s", l.found.at[i], ending);
		e = d->remove(d->ctx, name);
		e = e == ERR_ABSENT ? ERR_OK : e;
	}
	places_release(&l.found);
	return e;
}

static enum err index_if_none(struct disk *d, uint64_t first, const struct segment_head *after, const atomic_bool *stop,
                              uint32_t *made, struct buf *why)
{
	struct index_head h;
	bool fits, absent;
	int fd;
	enum err e = index_open(d, first, after, &h, &fd, &fits, &absent);

	if (e == ERR_OK && fits)
		d->close(d->ctx, fd);
	if (e != ERR_OK || fits)
		return e;
	e = index_make(d, first, after, PLACES_AT_ONCE, stop, why);
	*made += e == ERR_OK;
	return e == ERR_ABSENT ? ERR_OK : e; /* it expired meanwhile */
}

enum err contacts_index_all(struct disk *d, const atomic_bool *stop, uint32_t *made, struct buf *why)
{
	uint64_t *first = NULL, bytes;
	size_t n = 0;
	uint32_t count = 0;
	bool damaged = false;
	enum err e = journal_segments(d, &first, &n);

	if (e == ERR_OK)
		e = remove_leftovers(d, ".idx", first, n);
	if (e == ERR_OK)
		e = remove_leftovers(d, INDEX_TEMPORARY, NULL, 0);
	for (size_t i = n; e == ERR_OK && i-- > 1;) {
		struct segment_head after;

		struct buf *first_why = why == NULL || why->n > 0 ? NULL : why;

		e = stop != NULL && atomic_load(stop) ? ERR_STOPPED : read_head(d, first[i], &after, &bytes, first_why);
		if (e == ERR_OK)
			e = index_if_none(d, first[i - 1], &after, stop, &count, first_why);
		damaged |= e == ERR_FORMAT;
		if (e == ERR_FORMAT || e == ERR_ABSENT)
			e = ERR_OK;
	}
	mem_free(first);
	if (made != NULL)
		*made = count;
	return e == ERR_OK && damaged ? ERR_FORMAT : e;
}
