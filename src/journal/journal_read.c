/* journal_read.c - reading records in order, across segments, and the audit of the whole chain.
 *
 * A reader runs beside the writer without a lock: what it can't make sense of at the very end is a write on its way, and it says
 * "nothing more yet". Anywhere else it is damage: behind it there is a whole batch, or another segment. */
#include <errno.h>
#include <inttypes.h>
#include "base/mem.h"
#include "journal/segment_int.h"

enum {
	WINDOW_BYTES = 256 << 10
};

struct journal_reader {
	struct disk *d;
	uint64_t from, end, next; /* next: position of the next record to be taken */
	int fd;
	uint64_t at;                /* of the batch behind the one at hand */
	struct journal_place place; /* of the record handed out last */
	struct buf batch;
	struct text rest;
	uint32_t left; /* records left in the batch */
	/* Bytes of the segment read ahead, so that many small batches do not cost many calls. Only a hint: what is not whole in it is read
	 * from the disk, which knows what is there by now. */
	char *window;
	uint64_t window_at;
	size_t window_n;
};

/* last: no later one is known. Its head may be on its way then (ERR_ABSENT). On failure the reader stays where it was. */
static enum err open_segment(struct journal_reader *r, uint64_t first, bool last)
{
	char name[JOURNAL_NAME_BYTES];
	struct segment_head h;
	bool batches = false;
	int fd;
	enum err e;

	segment_name(first, name);
	e = r->d->open(r->d->ctx, name, DISK_READ, &fd);
	if (e != ERR_OK)
		return e;
	e = segment_head_read(r->d, fd, &h);
	if (e == ERR_OK && h.first != first)
		e = ERR_FORMAT;
	if (e == ERR_FORMAT && last) {
		e = batch_follows(r->d, fd, 0, &r->batch, &batches);
		e = e == ERR_OK ? (batches ? ERR_FORMAT : ERR_ABSENT) : e;
	}
	if (e != ERR_OK) {
		r->d->close(r->d->ctx, fd);
		return e;
	}
	if (r->fd >= 0)
		r->d->close(r->d->ctx, r->fd);
	r->fd = fd;
	r->place.segment = r->next = first;
	r->at = JOURNAL_SEGMENT_HEAD_BYTES;
	r->left = 0;
	r->window_n = 0;
	return ERR_OK;
}

/* The last segment that begins at or before `from`. */
static enum err find_segment(struct journal_reader *r, uint64_t from)
{
	uint64_t *first = NULL, found = 0;
	size_t n = 0, i = 0;
	enum err e = journal_segments(r->d, &first, &n);

	for (; e == ERR_OK && i < n && (first[i] <= from || (from == 0 && i == 0)); i++)
		found = first[i];
	mem_free(first);
	if (e != ERR_OK)
		return e;
	return found == 0 ? ERR_ABSENT : open_segment(r, found, i == n);
}

enum err journal_reader_open(struct journal_reader **out, struct disk *d, uint64_t from, uint64_t end)
{
	struct journal_reader *r = mem_alloc(sizeof(*r));
	enum err e;

	if (r == NULL)
		return ERR_MEMORY;
	*r = (struct journal_reader){ .d = d, .from = from, .end = end, .fd = -1 };
	buf_init(&r->batch, JOURNAL_BATCH_MAX + 1);
	r->window = mem_alloc(WINDOW_BYTES);
	e = r->window == NULL ? ERR_MEMORY : find_segment(r, from);
	if (e != ERR_OK) {
		journal_reader_close(r);
		return e;
	}
	*out = r;
	return ERR_OK;
}

void journal_reader_close(struct journal_reader *r)
{
	if (r == NULL)
		return;
	if (r->fd >= 0)
		r->d->close(r->d->ctx, r->fd);
	buf_release(&r->batch);
	mem_free(r->window);
	mem_free(r);
}

void journal_reader_end(struct journal_reader *r, uint64_t end)
{
	r->end = end;
}

uint64_t journal_reader_next(const struct journal_reader *r)
{
	return r->next > r->from ? r->next : r->from;
}

static enum err damaged(const struct journal_reader *r, struct buf *why, const char *what)
{
	char name[JOURNAL_NAME_BYTES];

	segment_name(r->place.segment, name);
	if (why != NULL)
		buf_printf(why, "%s: byte %" PRIu64 " (position %" PRIu64 "): %s", name, r->place.batch_at, r->next, what);
	return ERR_FORMAT;
}

/* The batch at r->at, if it is whole in the window. */
static bool in_window(struct journal_reader *r, struct batch_head *h)
{
	uint64_t from = r->at - r->window_at; /* huge if it lies before */
	const unsigned char *head;

	if (from > r->window_n || r->window_n - from < JOURNAL_BATCH_HEAD_BYTES)
		return false;
	head = (const unsigned char *)r->window + from;
	if (!batch_head_take(head, h) || h->payload_bytes > r->window_n - from - JOURNAL_BATCH_HEAD_BYTES)
		return false;
	r->rest = text_of((const char *)head + JOURNAL_BATCH_HEAD_BYTES, h->payload_bytes);
	return batch_checksum_ok(head, h, r->rest);
}

static bool window_batch(struct journal_reader *r, struct batch_head *h)
{
	if (in_window(r, h))
		return true;
	if (r->window_n > 0 && r->window_at == r->at)
		return false; /* larger than the window, or not whole */
	r->window_at = r->at;
	if (r->d->read_at(r->d->ctx, r->fd, r->at, r->window, WINDOW_BYTES, &r->window_n) != ERR_OK)
		r->window_n = 0;
	return in_window(r, h);
}

static enum err read_batch(struct journal_reader *r, struct batch_head *h)
{
	unsigned char head[JOURNAL_BATCH_HEAD_BYTES];
	enum err e;

	r->place.batch_at = r->at;
	if (window_batch(r, h))
		return ERR_OK;
	e = batch_read(r->d, r->fd, r->at, &r->batch, h, head);
	r->rest = buf_view(&r->batch);
	return e;
}

static enum err segments_behind(struct journal_reader *r, bool *any, bool *next, bool *next_is_last)
{
	uint64_t *first = NULL;
	size_t n = 0;
	enum err e = journal_segments(r->d, &first, &n);

	*any = *next = *next_is_last = false;
	for (size_t i = 0; e == ERR_OK && i < n; i++) {
		*any |= first[i] > r->place.segment;
		*next |= first[i] > r->place.segment && first[i] == r->next;
		*next_is_last |= first[i] == r->next && i + 1 == n;
	}
	mem_free(first);
	return e;
}

/* No batch is at r->at (was: ERR_ABSENT or ERR_FORMAT). ERR_ABSENT: the journal ends here for now; a write that is on its way looks like
 * that too. ERR_OK: here is one now (h), or the next segment was opened (h->records is 0). */
static enum err look_behind(struct journal_reader *r, enum err was, struct batch_head *h, struct buf *why)
{
	bool any, next, next_is_last, follows = false;
	enum err e = segments_behind(r, &any, &next, &next_is_last);

	if (e == ERR_OK && !any && was == ERR_FORMAT)
		e = batch_follows(r->d, r->fd, r->at + 1, &r->batch, &follows);
	if (e != ERR_OK || (!any && !follows))
		return e == ERR_OK ? ERR_ABSENT : e;
	e = read_batch(r, h); /* the writer may have finished it since it was looked at */
	if (e == ERR_FORMAT)
		return damaged(r, why, "no whole batch is here");
	if (e != ERR_ABSENT)
		return e;
	h->records = 0;
	return next ? open_segment(r, r->next, next_is_last)
	            : damaged(r, why, "the segment that goes on from here is missing");
}

/* The next batch, in this segment or in the one that begins where this one ends. */
static enum err next_batch(struct journal_reader *r, struct buf *why)
{
	struct batch_head h;
	enum err e;

	if (r->next >= r->end)
		return ERR_ABSENT;
	do {
		e = read_batch(r, &h);
		if (e == ERR_ABSENT || e == ERR_FORMAT)
			e = look_behind(r, e, &h, why);
	} while (e == ERR_OK && h.records == 0);
	if (e != ERR_OK)
		return e;
	if (h.first != r->next)
		return damaged(r, why, "this batch belongs to another position");
	r->at += JOURNAL_BATCH_HEAD_BYTES + h.payload_bytes;
	r->left = h.records;
	r->place.index = UINT32_MAX;
	r->place.preamble = (h.flags & BATCH_PREAMBLE) != 0;
	memcpy(r->place.chain, h.chain, sizeof(h.chain));
	return ERR_OK;
}

enum err journal_read(struct journal_reader *r, struct record *out, struct buf *why)
{
	for (;;) {
		if (r->left == 0) {
			enum err e = next_batch(r, why);

			if (e != ERR_OK)
				return e;
			continue;
		}
		if (!r->place.preamble && r->next >= r->end)
			return ERR_ABSENT;
		if (record_take(&r->rest, out) != ERR_OK || (r->left == 1 && r->rest.n != 0))
			return damaged(r, why, "a record in this batch has an impossible length or kind");
		r->left--;
		r->place.index++;
		if (r->place.preamble)
			return ERR_OK;
		out->position = r->next++;
		if (out->position >= r->from || out->kind == RECORD_SCHEMA)
			return ERR_OK;
	}
}

const struct journal_place *journal_reader_place(const struct journal_reader *r)
{
	return &r->place;
}

struct text journal_reader_rest(const struct journal_reader *r)
{
	return r->left > 0 ? r->rest : TEXT("");
}

void journal_reader_pass(struct journal_reader *r)
{
	r->next += r->place.preamble ? 0 : r->left;
	r->left = 0;
}

/* ---- audit ---- */

enum {
	AUDIT_BATCHES = 256 /* between two questions whether to go on */
};

struct audit {
	struct disk *d;
	struct journal_audit *out;
	const struct journal_verify_options *o;
	uint64_t next;
	bool begun;
	struct buf batch;
};

static void complain(struct audit *a, const char *name, uint64_t at, const char *what)
{
	struct buf b;

	a->out->wrong++;
	buf_init(&b, 1024);
	buf_printf(&b, "%s: byte %" PRIu64 " (position %" PRIu64 "): %s", name, at, a->next, what);
	if (b.err == ERR_OK && a->o->bad != NULL)
		a->o->bad(a->o->ctx, b.p);
	buf_release(&b);
}

static void look_for_head(struct audit *a)
{
	if (a->o->head != NULL && memcmp(a->o->head, a->out->chain, JOURNAL_CHAIN_BYTES) == 0)
		a->out->head_seen = true;
}

static bool goes_on(struct audit *a)
{
	return a->o->go_on == NULL || a->out->batches % AUDIT_BATCHES != 0 || a->o->go_on(a->o->ctx, a->out);
}

static bool audit_head(struct audit *a, int fd, const char *name, uint64_t first)
{
	struct segment_head h;

	if (segment_head_read(a->d, fd, &h) != ERR_OK || h.first != first) {
		complain(a, name, 0, "the head of the segment is damaged");
		return false;
	}
	if (a->begun && (memcmp(h.chain, a->out->chain, sizeof(h.chain)) != 0 || h.first != a->next))
		complain(a, name, 0, "this segment does not continue the one before: one is missing, or was changed");
	memcpy(a->out->chain, h.chain, sizeof(h.chain));
	if (!a->begun)
		a->out->first = first;
	a->begun = true;
	a->next = first;
	look_for_head(a);
	return true;
}

static enum err audit_segment(struct audit *a, uint64_t first)
{
	unsigned char raw[JOURNAL_BATCH_HEAD_BYTES], chain[JOURNAL_CHAIN_BYTES];
	char name[JOURNAL_NAME_BYTES];
	struct batch_head h;
	uint64_t at = JOURNAL_SEGMENT_HEAD_BYTES;
	int fd;
	enum err e;

	segment_name(first, name);
	e = a->d->open(a->d->ctx, name, DISK_READ, &fd);
	if (e != ERR_OK)
		return e;
	a->out->segments++;
	if (!audit_head(a, fd, name, first)) {
		a->d->close(a->d->ctx, fd);
		return ERR_OK;
	}
	e = ERR_ABSENT; /* the end asked for may be where the segment begins */
	while (a->next < a->o->end &&
	       (e = goes_on(a) ? batch_read(a->d, fd, at, &a->batch, &h, raw) : ERR_STOPPED) == ERR_OK) {
		batch_chain(a->out->chain, raw, buf_view(&a->batch), chain);
		if (h.first != a->next || memcmp(chain, h.chain, sizeof(chain)) != 0)
			complain(a, name, at, "the hash chain breaks here: records were changed, removed or put in");
		memcpy(a->out->chain, h.chain, sizeof(h.chain));
		look_for_head(a);
		if ((h.flags & BATCH_PREAMBLE) == 0) {
			a->next = h.first + h.records;
			a->out->records += h.records;
		}
		a->out->batches++;
		at += JOURNAL_BATCH_HEAD_BYTES + h.payload_bytes;
	}
	if (e == ERR_FORMAT)
		complain(a, name, at, "no whole batch is here: a torn tail, or damage");
	a->out->bytes += at;
	a->out->last = a->next - 1;
	a->d->close(a->d->ctx, fd);
	return e == ERR_ABSENT || e == ERR_FORMAT ? ERR_OK : e;
}

enum err journal_verify(struct disk *d, const unsigned char *head, struct journal_audit *out,
                        void (*bad)(void *ctx, const char *line), void *ctx)
{
	return journal_verify_to(
		d, &(struct journal_verify_options){ .head = head, .end = UINT64_MAX, .bad = bad, .ctx = ctx }, out);
}

enum err journal_verify_to(struct disk *d, const struct journal_verify_options *o, struct journal_audit *out)
{
	struct audit a = { .d = d, .out = out, .o = o };
	uint64_t *first = NULL;
	size_t n = 0;
	enum err e;

	*out = (struct journal_audit){ 0 };
	buf_init(&a.batch, JOURNAL_BATCH_MAX + 1);
	e = journal_segments(d, &first, &n);
	for (size_t i = 0; e == ERR_OK && i < n && first[i] < o->end; i++)
		e = audit_segment(&a, first[i]);
	if (e == ERR_OK && o->head != NULL && !out->head_seen)
		complain(&a, JOURNAL_FOLDER, 0, "the noted head was not met: the journal was made anew, or its end cut off");
	buf_release(&a.batch);
	mem_free(first);
	return e;
}
