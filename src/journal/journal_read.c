/* journal_read.c - reading records in order, across segments, and the audit of the whole chain. */
#include <errno.h>
#include <inttypes.h>
#include "base/mem.h"
#include "journal/segment_int.h"

struct journal_reader {
	struct disk *d;
	uint64_t from, end, next; /* next: position of the next record to be taken */
	uint64_t segment_first;
	int fd;
	uint64_t at, batch_at;
	struct buf batch;
	struct text rest;
	uint32_t left, index; /* records left in the batch; number of the one handed out last */
	bool preamble;
};

static enum err open_segment(struct journal_reader *r, uint64_t first)
{
	char name[JOURNAL_NAME_BYTES];
	struct segment_head h;
	enum err e;

	if (r->fd >= 0)
		r->d->close(r->d->ctx, r->fd);
	r->fd = -1;
	segment_name(first, name);
	e = r->d->open(r->d->ctx, name, DISK_READ, &r->fd);
	if (e != ERR_OK) {
		r->fd = -1;
		return e;
	}
	e = segment_head_read(r->d, r->fd, &h);
	r->segment_first = r->next = first;
	r->at = JOURNAL_SEGMENT_HEAD_BYTES;
	r->left = 0;
	return e == ERR_OK && h.first != first ? ERR_FORMAT : e;
}

/* The last segment that begins at or before `from`; with exact, only one that begins there. */
static enum err find_segment(struct journal_reader *r, uint64_t from, bool exact)
{
	uint64_t *first = NULL, found = 0;
	size_t n = 0;
	enum err e = segment_list(r->d, &first, &n);

	for (size_t i = 0; e == ERR_OK && i < n && (first[i] <= from || (from == 0 && i == 0)); i++)
		found = first[i];
	mem_free(first);
	if (e != ERR_OK)
		return e;
	return found == 0 || (exact && found != from) ? ERR_ABSENT : open_segment(r, found);
}

enum err journal_reader_open(struct journal_reader **out, struct disk *d, uint64_t from, uint64_t end)
{
	struct journal_reader *r = mem_alloc(sizeof(*r));
	enum err e;

	if (r == NULL)
		return ERR_MEMORY;
	*r = (struct journal_reader){ .d = d, .from = from, .end = end, .fd = -1 };
	buf_init(&r->batch, JOURNAL_BATCH_MAX + 1);
	e = find_segment(r, from, false);
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

	segment_name(r->segment_first, name);
	if (why != NULL)
		buf_printf(why, "%s: byte %" PRIu64 " (position %" PRIu64 "): %s", name, r->batch_at, r->next, what);
	return ERR_FORMAT;
}

/* The next batch, in this segment or in the one that begins where this one ends. */
static enum err next_batch(struct journal_reader *r, struct buf *why)
{
	unsigned char head[JOURNAL_BATCH_HEAD_BYTES];
	struct batch_head h;
	enum err e;

	if (r->next >= r->end)
		return ERR_ABSENT;
	r->batch_at = r->at;
	e = batch_read(r->d, r->fd, r->at, &r->batch, &h, head);
	if (e == ERR_ABSENT && r->next > r->segment_first) {
		e = find_segment(r, r->next, true);
		if (e != ERR_OK)
			return e;
		r->batch_at = r->at;
		e = batch_read(r->d, r->fd, r->at, &r->batch, &h, head);
	}
	if (e == ERR_FORMAT)
		return damaged(r, why, "no whole batch is here");
	if (e != ERR_OK)
		return e;
	if (h.first != r->next)
		return damaged(r, why, "this batch belongs to another position");
	r->at += JOURNAL_BATCH_HEAD_BYTES + h.payload_bytes;
	r->rest = buf_view(&r->batch);
	r->left = h.records;
	r->index = UINT32_MAX;
	r->preamble = (h.flags & BATCH_PREAMBLE) != 0;
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
		if (!r->preamble && r->next >= r->end)
			return ERR_ABSENT;
		if (record_take(&r->rest, out) != ERR_OK || (r->left == 1 && r->rest.n != 0))
			return damaged(r, why, "a record in this batch has an impossible length or kind");
		r->left--;
		r->index++;
		if (r->preamble)
			return ERR_OK;
		out->position = r->next++;
		if (out->position >= r->from || out->kind == RECORD_SCHEMA)
			return ERR_OK;
	}
}

void journal_reader_place(const struct journal_reader *r, char name[JOURNAL_NAME_BYTES], uint64_t *batch_at,
                          uint32_t *index)
{
	segment_name(r->segment_first, name);
	*batch_at = r->batch_at;
	*index = r->index;
}

/* ---- audit ---- */

struct audit {
	struct disk *d;
	struct journal_audit *out;
	const unsigned char *head;
	void (*bad)(void *ctx, const char *line);
	void *ctx;
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
	if (b.err == ERR_OK && a->bad != NULL)
		a->bad(a->ctx, b.p);
	buf_release(&b);
}

static void look_for_head(struct audit *a)
{
	if (a->head != NULL && memcmp(a->head, a->out->chain, JOURNAL_CHAIN_BYTES) == 0)
		a->out->head_seen = true;
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
	while ((e = batch_read(a->d, fd, at, &a->batch, &h, raw)) == ERR_OK) {
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
	a->d->close(a->d->ctx, fd);
	return e == ERR_ABSENT || e == ERR_FORMAT ? ERR_OK : e;
}

enum err journal_verify(struct disk *d, const unsigned char *head, struct journal_audit *out,
                        void (*bad)(void *ctx, const char *line), void *ctx)
{
	struct audit a = { .d = d, .out = out, .head = head, .bad = bad, .ctx = ctx };
	uint64_t *first = NULL;
	size_t n = 0;
	enum err e;

	*out = (struct journal_audit){ 0 };
	buf_init(&a.batch, JOURNAL_BATCH_MAX + 1);
	e = segment_list(d, &first, &n);
	for (size_t i = 0; e == ERR_OK && i < n; i++)
		e = audit_segment(&a, first[i]);
	out->last = a.next == 0 ? 0 : a.next - 1;
	if (e == ERR_OK && head != NULL && !out->head_seen)
		complain(&a, JOURNAL_FOLDER, 0, "the noted head was not met: the journal was made anew, or its end cut off");
	buf_release(&a.batch);
	mem_free(first);
	return e;
}
