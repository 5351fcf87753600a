/* contacts.c - finding an entity's records; see contacts.h.
 *
 * Segment by segment, newest first: the places where the token stands, from the index or from a scan; then these places from the last to
 * the first, each checked. So nothing is believed that was not seen in the journal itself, and there is one way out. */
#include "journal/contacts.h"
#include <endian.h>
#include <inttypes.h>
#include <stdlib.h>
#include "base/mem.h"
#include "journal/contacts_int.h"

enum {
	SCAN_PAGE_BYTES = 4096
};

struct finding {
	struct disk *d;
	const struct contacts_query *q;
	struct contacts_stats *stats;
	bool (*visit)(void *ctx, const struct record *r, const struct written *w);
	void *ctx;
	struct buf *why;
	uint64_t *first; /* segments */
	size_t n;
	struct written *written;
	struct segment_head after; /* of the segment behind the one at hand */
	struct places places, schemas;
	struct batches batches;
	uint64_t schema_place; /* whose schema `written` is; 0: none of this segment's yet */
	struct buf bucket;
	size_t asked_from, ahead; /* segments asked of the disk beforehand: the first of them; how many at a time */
	bool done;
};

static enum err damaged(struct finding *f, uint64_t first, uint64_t at, const char *what)
{
	char name[JOURNAL_NAME_BYTES];

	segment_name(first, name);
	if (f->why != NULL && f->why->n == 0)
		buf_printf(f->why, "%s: at byte %" PRIu64 ": %s", name, at, what);
	return ERR_FORMAT;
}

/* ---- what a record is ---- */

/* Whether the token is one of those asked for. *word: one of those begins with its first word. */
static bool asked_for(const struct contacts_query *q, struct token t, bool *word)
{
	size_t lo = 0, hi = q->n_also;

	*word |= t.w[0] == q->token.w[0];
	if (token_eq(t, q->token))
		return true;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (q->also[mid].w[0] < t.w[0])
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < q->n_also && q->also[lo].w[0] == t.w[0]; lo++) {
		*word = true;
		if (token_eq(q->also[lo], t))
			return true;
	}
	return false;
}

/* ERR_ABSENT: the record names no token with these first words, which are all that an index knows. *wanted: it names one of the very tokens, in the
 * kind and at a time that are asked for. */
static enum err look_at(const struct finding *f, const struct written *w, const struct record *r, bool *wanted)
{
	struct token token[SCHEMA_IDENTS_MAX];
	uint8_t kind[SCHEMA_IDENTS_MAX];
	bool named = false;
	uint32_t n;
	enum err e = ERR_ABSENT;

	if (r->kind == RECORD_EVENT && w != NULL)
		e = record_event_tokens(w->recast, r, kind, token, &n);
	*wanted = false;
	if (e != ERR_OK)
		return e;
	for (uint32_t i = 0; i < n; i++) {
		bool is = asked_for(f->q, token[i], &named);

		*wanted |= is && (f->q->kind == CONTACTS_ANY_KIND || f->q->kind == kind[i]);
	}
	*wanted = *wanted && r->time >= f->q->from_us && r->time <= f->q->to_us;
	return named ? ERR_OK : ERR_ABSENT;
}

/* ---- places, newest first ---- */

/* The schema that the record at a place was written under: the last SCHEMA record before it in its segment, which begins with one. */
static enum err schema_at(struct finding *f, uint64_t place)
{
	uint64_t schema = place_make(JOURNAL_SEGMENT_HEAD_BYTES, 0);
	struct record r;
	enum err e;

	for (size_t i = f->schemas.n; i-- > 0;)
		if (f->schemas.at[i] < place) {
			schema = f->schemas.at[i];
			break;
		}
	if (f->schema_place == schema)
		return ERR_OK;
	e = batches_record(&f->batches, schema, false, &r);
	if (e == ERR_OK)
		e = r.kind == RECORD_SCHEMA ? written_follow(&f->written, r.payload) : ERR_FORMAT;
	f->schema_place = e == ERR_OK ? schema : 0;
	return e;
}

/* True: enough was done. A search always gets on, by a place or a segment. */
static bool tired(struct finding *f)
{
	if (f->q->work == 0 || f->stats->work < f->q->work || f->stats->reached == f->q->end)
		return false;
	f->stats->more = f->done = true;
	return true;
}

/* How many of the places lie before a position: they ascend with it. */
static enum err places_before(struct finding *f, uint64_t end, size_t *n)
{
	size_t lo = 0, hi = f->places.n;
	struct record r;
	enum err e = ERR_OK;

	while (e == ERR_OK && lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		e = batches_record(&f->batches, f->places.at[mid], false, &r);
		if (e == ERR_OK && r.position < end)
			lo = mid + 1;
		else
			hi = mid;
	}
	*n = lo;
	return e;
}

static void hand_out(struct finding *f, const struct record *r)
{
	if (f->stats->records == f->q->most) {
		f->stats->more = true;
		f->done = true;
		return;
	}
	f->stats->records++;
	f->stats->last = r->position;
	f->done = !f->visit(f->ctx, r, f->written);
}

/* The batch of a place that comes later, if it was not asked for before and batches are read one by one. */
static void ask_ahead(struct finding *f, size_t n)
{
	struct batches *b = &f->batches;

	if (n >= AHEAD_PLACES && f->d->will_read != NULL && !batches_many(&f->places, n - AHEAD_PLACES))
		f->d->will_read(f->d->ctx, b->fd, place_batch(f->places.at[n - AHEAD_PLACES]), b->usual);
}

/* Places newest first. ERR_FORMAT, ERR_ABSENT: they are not what they should be; *end is then the position down to which all was right. */
static enum err walk_places(struct finding *f, uint64_t *end)
{
	size_t n = f->places.n;
	enum err e = *end < f->after.first ? places_before(f, *end, &n) : ERR_OK;

	while (e == ERR_OK && n-- > 0 && !f->done && !tired(f)) {
		struct record r;
		bool wanted = false;

		f->stats->work++;
		ask_ahead(f, n);
		e = schema_at(f, f->places.at[n]);
		if (e == ERR_OK)
			e = batches_record(&f->batches, f->places.at[n], batches_many(&f->places, n), &r);
		if (e == ERR_OK)
			e = look_at(f, f->written, &r, &wanted);
		if (e == ERR_OK && wanted)
			hand_out(f, &r);
		if (e == ERR_OK)
			*end = r.position;
		if (e == ERR_OK && !f->done)
			f->stats->reached = r.position;
	}
	return e;
}

/* ---- the places of one segment ---- */

static int by_place(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Places of the tokens, each once. */
static enum err find_places(struct finding *f, int fd, const struct index_head *h)
{
	struct places *p = &f->places;
	size_t n = 0;
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i <= f->q->n_also; i++) {
		uint64_t word = i == 0 ? f->q->token.w[0] : f->q->also[i - 1].w[0];

		f->stats->work++;
		if (i < 2 || word != f->q->also[i - 2].w[0])
			e = index_find(f->d, fd, h, index_bucket(h, word), word, &f->bucket, p);
	}
	if (e != ERR_OK || f->q->n_also == 0 || p->n == 0)
		return e;
	qsort(p->at, p->n, sizeof(*p->at), by_place);
	for (size_t i = 0; i < p->n; i++)
		if (n == 0 || p->at[i] != p->at[n - 1])
			p->at[n++] = p->at[i];
	p->n = n;
	return ERR_OK;
}

static enum err by_index(struct finding *f, uint64_t first, bool *fits, bool *absent)
{
	struct index_head h;
	int fd;
	enum err e = index_open(f->d, first, &f->after, &h, &fd, fits, absent);

	if (e != ERR_OK || !*fits)
		return e;
	if (h.least_us <= f->q->to_us && h.greatest_us >= f->q->from_us)
		e = find_places(f, fd, &h);
	if (e == ERR_OK && f->places.n > 0 && h.schemas > 0)
		e = index_find(f->d, fd, &h, index_buckets(&h), 0, &f->bucket, &f->schemas);
	f->d->close(f->d->ctx, fd);
	*fits = e == ERR_OK;
	return e == ERR_MEMORY ? e : ERR_OK;
}

/* Whether the 16 bytes stand anywhere in t. Nearly always not even the first three of them do, which is seen many places at a time. */
static bool holds(struct text t, const unsigned char needle[16])
{
	enum {
		CHUNK = 256
	};
	const unsigned char *p = (const unsigned char *)t.p;
	unsigned char hit = 0;
	size_t at = 0;

	for (; hit == 0 && t.n - at >= CHUNK + 2; at += CHUNK)
		for (size_t i = at; i < at + CHUNK; i++)
			hit |= (p[i] == needle[0]) & (p[i + 1] == needle[1]) & (p[i + 2] == needle[2]);
	for (; hit == 0 && at + 2 < t.n; at++)
		hit |= (p[at] == needle[0]) & (p[at + 1] == needle[1]) & (p[at + 2] == needle[2]);
	return hit != 0 && memmem(p, t.n, needle, 16) != NULL;
}

/* Whether records have anything to tell: the token, another schema, or damage. */
static bool worth_a_look(struct text records, const unsigned char needle[16])
{
	bool look = holds(records, needle);
	struct record r;

	while (!look && records.n > 0)
		look = record_take(&records, &r) != ERR_OK || r.kind == RECORD_SCHEMA;
	return look;
}

static enum err scan_record(struct finding *f, struct written **w, const struct record *r,
                            const struct journal_place *at, const unsigned char *needle, uint64_t end)
{
	uint64_t place = place_make(at->batch_at, at->index);
	bool wanted;
	enum err e;

	if (r->kind == RECORD_SCHEMA) {
		e = written_follow(w, r->payload);
		return e != ERR_OK || at->preamble ? e : places_add(&f->schemas, place);
	}
	if (r->kind != RECORD_EVENT || r->position >= end || (f->q->n_also == 0 && !holds(r->payload, needle)))
		return ERR_OK;
	e = look_at(f, *w, r, &wanted);
	if (e == ERR_ABSENT) /* these bytes stand there, but as something else */
		return ERR_OK;
	return e == ERR_OK && wanted ? places_add(&f->places, place) : e;
}

static enum err scan(struct finding *f, uint64_t first, uint64_t end)
{
	const uint64_t words[2] = { htole64(f->q->token.w[0]), htole64(f->q->token.w[1]) };
	unsigned char needle[sizeof(words)];
	uint64_t next = f->after.first == 0 ? UINT64_MAX : f->after.first;
	struct journal_reader *reader;
	struct written *w = NULL;
	struct record r;
	enum err e = journal_reader_open(&reader, f->d, first, next);

	memcpy(needle, words, sizeof(needle));
	f->places.n = f->schemas.n = 0;
	if (e == ERR_FORMAT)
		return damaged(f, first, 0, "the head of the segment is damaged");
	if (e != ERR_OK)
		return e == ERR_ABSENT ? ERR_OK : e; /* it has just been begun, or has just expired */
	while ((e = journal_read(reader, &r, f->why)) == ERR_OK) {
		const struct journal_place *at = journal_reader_place(reader);

		if (at->segment != first) /* it was the last one, and another was begun meanwhile */
			break;
		if (f->q->n_also == 0 && at->index == 0 && !worth_a_look(journal_reader_rest(reader), needle))
			journal_reader_pass(reader); /* only this record is left to be looked at */
		e = scan_record(f, &w, &r, at, needle, end);
		if (e == ERR_FORMAT)
			damaged(f, first, at->batch_at, "a record in this batch can't be read");
		if (e != ERR_OK)
			break;
	}
	journal_reader_close(reader);
	written_free(w);
	return e == ERR_ABSENT ? ERR_OK : e;
}

/* ---- segments ---- */

static enum err walk_scanned(struct finding *f, uint64_t first, uint64_t end)
{
	uint64_t bytes = 0;
	enum err e = f->d->size(f->d->ctx, f->batches.fd, &bytes);

	if (e == ERR_OK)
		e = scan(f, first, end);
	f->stats->work += 1 + bytes / SCAN_PAGE_BYTES;
	f->stats->scanned++;
	f->schema_place = 0;
	if (e == ERR_OK)
		e = walk_places(f, &end);
	if (e == ERR_FORMAT || e == ERR_ABSENT)
		e = damaged(f, first, 0, "what was here a moment ago is gone");
	return e;
}

static enum err walk_segment(struct finding *f, uint64_t first)
{
	uint64_t end = f->q->end;
	bool fits = false, absent = true;
	enum err e = f->after.first == 0 ? ERR_OK : by_index(f, first, &fits, &absent);

	if (e != ERR_OK)
		return e;
	if (fits) {
		e = walk_places(f, &end);
		if (e != ERR_FORMAT && e != ERR_ABSENT) {
			f->stats->indexed++;
			return e;
		}
	}
	e = walk_scanned(f, first, end);
	if (e == ERR_OK && !absent && f->stats->unfit++ == 0)
		f->stats->unfit_first = first;
	return e;
}

/* The segment at hand, and its head for the one before it. */
static enum err open_segment(struct finding *f, uint64_t first, struct segment_head *head, int *fd)
{
	char name[JOURNAL_NAME_BYTES];
	enum err e;

	segment_name(first, name);
	e = f->d->open(f->d->ctx, name, DISK_READ, fd);
	if (e != ERR_OK)
		return e;
	e = segment_head_read(f->d, *fd, head);
	if (e == ERR_FORMAT || (e == ERR_OK && head->first != first)) {
		*head = (struct segment_head){ .first = first }; /* fits no index: then a scan says what is wrong */
		e = ERR_OK;
	}
	if (e != ERR_OK)
		f->d->close(f->d->ctx, *fd);
	batches_begin(&f->batches, *fd);
	f->places.n = f->schemas.n = 0;
	f->schema_place = 0;
	return e;
}

/* Before segment i: more of them the longer it goes on, since few may be enough. */
static void segments_ahead(struct finding *f, size_t i)
{
	size_t n;

	if (i >= f->asked_from)
		return;
	f->ahead = f->ahead < AHEAD_SEGMENTS_MAX ? 2 * f->ahead + 2 : f->ahead;
	n = f->ahead < AHEAD_SEGMENTS_MAX ? f->ahead : AHEAD_SEGMENTS_MAX;
	n = n < i + 1 ? n : i + 1;
	f->asked_from = i + 1 - n;
	contacts_ahead(f->d, f->first + f->asked_from, n, f->q->token.w[0], f->q->from_us, f->q->to_us);
}

static enum err walk_all(struct finding *f)
{
	enum err e = ERR_OK;

	f->asked_from = f->n;
	for (size_t i = f->n; i-- > 0 && e == ERR_OK && !f->done;) {
		struct segment_head head;
		int fd;

		if (f->first[i] >= f->q->end && i > 0 && f->first[i - 1] >= f->q->end)
			continue;
		if (tired(f))
			break;
		segments_ahead(f, i);
		e = open_segment(f, f->first[i], &head, &fd);
		if (e == ERR_ABSENT) { /* it expired since the folder was listed, and all before it did */
			e = ERR_OK;
			break;
		}
		if (e != ERR_OK)
			break;
		if (f->first[i] < f->q->end) {
			f->stats->segments++;
			e = walk_segment(f, f->first[i]);
			f->stats->reached = f->done ? f->stats->reached : f->first[i];
		}
		f->d->close(f->d->ctx, fd);
		f->after = head;
	}
	return e;
}

enum err contacts_find(struct disk *d, const struct contacts_query *q, struct contacts_stats *stats,
                       bool (*visit)(void *ctx, const struct record *r, const struct written *w), void *ctx,
                       struct buf *why)
{
	struct finding f = { .d = d, .q = q, .stats = stats, .visit = visit, .ctx = ctx, .why = why };
	enum err e;

	*stats = (struct contacts_stats){ .reached = q->end };
	buf_init(&f.bucket, INDEX_BUCKET_MAX);
	e = batches_init(&f.batches, d);
	if (e == ERR_OK)
		e = journal_segments(d, &f.first, &f.n);
	if (e == ERR_OK)
		e = walk_all(&f);
	if (!f.done)
		stats->reached = 0;
	batches_release(&f.batches);
	buf_release(&f.bucket);
	places_release(&f.places);
	places_release(&f.schemas);
	written_free(f.written);
	mem_free(f.first);
	return e;
}
