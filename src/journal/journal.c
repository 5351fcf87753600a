/* journal.c - the writer: opening with recovery, committing, beginning segments, letting old ones go.
 *
 * What makes recovery simple: one batch is written and synced before the next is begun. So at most one batch can be torn, and it is the
 * last; whole bytes behind a damaged batch prove that the disk lies and not that the power went. */
#include "journal/journal.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include "base/mem.h"
#include "journal/segment_int.h"

#define SEGMENT_BYTES_DEFAULT ((uint64_t)128 << 20)

struct journal {
	struct disk *d;
	struct journal_options o;
	int fd; /* of the last segment; -1: none */
	uint64_t at, next, segment_first;
	unsigned char chain[JOURNAL_CHAIN_BYTES];
	struct buf schema; /* payload of the SCHEMA record */
	struct buf out;    /* a batch as it is written */
	struct buf first;  /* the record at the beginning of a segment */
	bool dead;         /* a write or a sync failed */
	bool sealed;
	char sealed_name[JOURNAL_NAME_BYTES];
};

/* ---- writing ---- */

static enum err die(struct journal *j, enum err e)
{
	j->dead = true;
	return e;
}

static enum err write_batch(struct journal *j, struct text records, uint32_t n, uint32_t flags)
{
	struct batch_head h = { .payload_bytes = (uint32_t)records.n, .records = n, .flags = flags, .first = j->next };
	unsigned char head[JOURNAL_BATCH_HEAD_BYTES];
	enum err e;

	memcpy(h.chain, j->chain, sizeof(h.chain));
	batch_head_put(head, &h, records);
	buf_clear(&j->out);
	buf_add(&j->out, head, sizeof(head));
	buf_text(&j->out, records);
	if (j->out.err != ERR_OK)
		return j->out.err; /* nothing was written yet */
	e = j->d->write_at(j->d->ctx, j->fd, j->at, j->out.p, j->out.n);
	if (e == ERR_OK)
		e = j->d->sync(j->d->ctx, j->fd);
	if (e != ERR_OK)
		return die(j, e);
	j->at += j->out.n;
	memcpy(j->chain, h.chain, sizeof(h.chain));
	if ((flags & BATCH_PREAMBLE) == 0)
		j->next += n;
	return ERR_OK;
}

static enum err preamble(struct journal *j)
{
	struct record r = { .kind = RECORD_SCHEMA, .time = j->o.now_us, .payload = buf_view(&j->schema) };

	buf_clear(&j->first);
	record_put(&j->first, &r);
	return j->first.err != ERR_OK ? j->first.err : write_batch(j, buf_view(&j->first), 1, BATCH_PREAMBLE);
}

/* The new file counts only once its preamble and its name are durable; until then recovery takes it for a torn tail. */
static enum err begin_segment(struct journal *j)
{
	struct segment_head h = { .first = j->next, .made_us = j->o.now_us };
	unsigned char raw[JOURNAL_SEGMENT_HEAD_BYTES];
	char name[JOURNAL_NAME_BYTES];
	enum err e;

	memcpy(h.id, j->o.id, sizeof(h.id));
	memcpy(h.chain, j->chain, sizeof(h.chain));
	segment_head_put(raw, &h);
	segment_name(j->next, name);
	if (j->fd >= 0)
		j->d->close(j->d->ctx, j->fd);
	j->fd = -1;
	e = j->d->open(j->d->ctx, name, DISK_NEW, &j->fd);
	if (e != ERR_OK) {
		j->fd = -1;
		return die(j, e);
	}
	e = j->d->write_at(j->d->ctx, j->fd, 0, raw, sizeof(raw));
	j->at = sizeof(raw);
	j->segment_first = j->next;
	if (e == ERR_OK)
		e = preamble(j);
	if (e == ERR_OK)
		e = j->d->sync_folder(j->d->ctx, JOURNAL_FOLDER);
	return e == ERR_OK ? ERR_OK : die(j, e);
}

enum err journal_reserve(struct journal *j, size_t n, size_t schema_n)
{
	size_t first = (schema_n > j->schema.n ? schema_n : j->schema.n) + RECORD_HEAD_BYTES;
	enum err e = n > JOURNAL_BATCH_MAX ? ERR_CAP : ERR_OK;

	buf_clear(&j->first);
	buf_clear(&j->out);
	if (e == ERR_OK && schema_n > j->schema.n)
		e = buf_reserve(&j->schema, schema_n - j->schema.n);
	if (e == ERR_OK)
		e = buf_reserve(&j->first, first);
	return e == ERR_OK ? buf_reserve(&j->out, JOURNAL_BATCH_HEAD_BYTES + (n > first ? n : first)) : e;
}

enum err journal_commit(struct journal *j, struct text records, uint32_t n)
{
	if (j->dead)
		return ERR_STOPPED;
	if (records.n > JOURNAL_BATCH_MAX || n == 0)
		return ERR_CAP;
	if (j->at >= j->o.segment_bytes_max && j->next > j->segment_first) {
		enum err e;

		segment_name(j->segment_first, j->sealed_name);
		e = begin_segment(j);
		if (e != ERR_OK)
			return e;
		j->sealed = true;
	}
	return write_batch(j, records, n, 0);
}

void journal_now(struct journal *j, int64_t now_us)
{
	j->o.now_us = now_us > j->o.now_us ? now_us : j->o.now_us;
}

uint64_t journal_next(const struct journal *j)
{
	return j->next;
}

void journal_chain(const struct journal *j, unsigned char chain[JOURNAL_CHAIN_BYTES])
{
	memcpy(chain, j->chain, JOURNAL_CHAIN_BYTES);
}

enum err journal_schema(struct journal *j, struct text payload)
{
	buf_clear(&j->schema);
	buf_text(&j->schema, payload);
	return j->schema.err;
}

bool journal_sealed(struct journal *j, char name[JOURNAL_NAME_BYTES])
{
	if (!j->sealed)
		return false;
	j->sealed = false;
	memcpy(name, j->sealed_name, JOURNAL_NAME_BYTES);
	return true;
}

/* ---- opening ---- */

static enum err keep_aside(struct journal *j, uint64_t from, uint64_t end, struct journal_found *f)
{
	enum {
		STEP = 1 << 20
	};
	char *p = mem_alloc(STEP);
	int fd = -1;
	enum err e = p == NULL ? ERR_MEMORY : ERR_OK;

	f->torn_bytes = end - from;
	for (int i = 0; e == ERR_OK && i < 1000; i++) { /* an older torn tail may have stood at the same position */
		snprintf(f->torn_name, sizeof(f->torn_name), JOURNAL_FOLDER "/torn-%" PRIu64 "-%d", j->next, i);
		e = j->d->open(j->d->ctx, f->torn_name, DISK_NEW, &fd);
		if (e != ERR_IO || errno != EEXIST)
			break;
		e = ERR_OK;
	}
	for (uint64_t at = from; e == ERR_OK && fd >= 0 && at < end; at += STEP) {
		size_t got;

		e = j->d->read_at(j->d->ctx, j->fd, at, p, end - at < STEP ? end - at : STEP, &got);
		if (e == ERR_OK)
			e = j->d->write_at(j->d->ctx, fd, at - from, p, got);
	}
	if (e == ERR_OK)
		e = fd < 0 ? ERR_IO : j->d->sync(j->d->ctx, fd);
	if (fd >= 0)
		j->d->close(j->d->ctx, fd);
	mem_free(p);
	return e;
}

static enum err cut_tail(struct journal *j, struct buf *scratch, const char *name, struct journal_found *f,
                         struct buf *why)
{
	uint64_t end;
	bool follows;
	enum err e = j->d->size(j->d->ctx, j->fd, &end);

	if (e == ERR_OK)
		e = batch_follows(j->d, j->fd, j->at + 1, scratch, &follows);
	if (e == ERR_OK && follows) {
		buf_printf(
			why,
			"%s: the batch at byte %" PRIu64 " (position %" PRIu64
			") is damaged, and whole batches follow it: this is no torn write; restore the file from a copy, or cut it "
			"off at that byte knowing what is lost",
			name, j->at, j->next);
		return ERR_FORMAT;
	}
	if (e == ERR_OK)
		e = keep_aside(j, j->at, end, f);
	if (e == ERR_OK)
		e = j->d->truncate(j->d->ctx, j->fd, j->at);
	if (e == ERR_OK)
		e = j->d->sync(j->d->ctx, j->fd);
	if (e == ERR_OK)
		e = j->d->sync_folder(j->d->ctx, JOURNAL_FOLDER);
	return e;
}

/* Reads the open segment to its end: checksums, chain, positions. *preamble: it has one. */
static enum err walk(struct journal *j, const char *name, struct journal_found *f, struct buf *why, bool *has_preamble)
{
	unsigned char head[JOURNAL_BATCH_HEAD_BYTES], chain[JOURNAL_CHAIN_BYTES];
	struct batch_head h;
	struct buf b;
	enum err e;

	buf_init(&b, JOURNAL_BATCH_MAX + 1);
	*has_preamble = false;
	while ((e = batch_read(j->d, j->fd, j->at, &b, &h, head)) == ERR_OK) {
		batch_chain(j->chain, head, buf_view(&b), chain);
		if (h.first != j->next || memcmp(chain, h.chain, sizeof(chain)) != 0) {
			buf_printf(why,
			           "%s: the batch at byte %" PRIu64
			           " does not continue the chain: records were changed, removed or put in",
			           name, j->at);
			e = ERR_FORMAT;
			break;
		}
		if ((h.flags & BATCH_PREAMBLE) != 0)
			*has_preamble = true;
		else
			j->next += h.records;
		memcpy(j->chain, chain, sizeof(chain));
		j->at += JOURNAL_BATCH_HEAD_BYTES + h.payload_bytes;
	}
	if (e == ERR_FORMAT && why->n == 0)
		e = *has_preamble ? cut_tail(j, &b, name, f, why) : ERR_RANGE;
	else if (e == ERR_ABSENT)
		e = *has_preamble ? ERR_OK : ERR_RANGE;
	buf_release(&b);
	return e;
}

/* A last segment without its preamble was being made when the power went. Its bytes are kept under another name. */
static enum err discard_last(struct journal *j, const char *name, struct journal_found *f, struct buf *why)
{
	struct buf b;
	bool follows = true;
	enum err e;

	buf_init(&b, JOURNAL_BATCH_MAX + 1);
	e = batch_follows(j->d, j->fd, 0, &b, &follows);
	buf_release(&b);
	if (e == ERR_OK && follows) {
		buf_printf(why, "%s: the head of this segment is damaged, but batches are in it; restore the file from a copy",
		           name);
		return ERR_FORMAT;
	}
	if (e == ERR_OK)
		e = j->d->size(j->d->ctx, j->fd, &f->torn_bytes);
	j->d->close(j->d->ctx, j->fd);
	j->fd = -1;
	if (e != ERR_OK)
		return e;
	snprintf(f->torn_name, sizeof(f->torn_name), JOURNAL_FOLDER "/torn-%.30s", name + sizeof(JOURNAL_FOLDER));
	e = j->d->rename(j->d->ctx, name, f->torn_name);
	return e == ERR_OK ? j->d->sync_folder(j->d->ctx, JOURNAL_FOLDER) : e;
}

static enum err open_last(struct journal *j, uint64_t first, struct journal_found *f, struct buf *why, bool *usable)
{
	char name[JOURNAL_NAME_BYTES];
	struct segment_head h;
	bool has_preamble = false;
	enum err e;

	segment_name(first, name);
	*usable = true;
	e = j->d->open(j->d->ctx, name, DISK_WRITE, &j->fd);
	if (e != ERR_OK) {
		buf_printf(why, "%s: %s", name, strerror(errno));
		j->fd = -1;
		return e;
	}
	e = segment_head_read(j->d, j->fd, &h);
	if (e == ERR_OK && h.first != first)
		e = ERR_FORMAT;
	if (e == ERR_OK) {
		memcpy(j->o.id, h.id, sizeof(h.id));
		memcpy(j->chain, h.chain, sizeof(h.chain));
		j->at = JOURNAL_SEGMENT_HEAD_BYTES;
		j->next = j->segment_first = first;
		e = walk(j, name, f, why, &has_preamble);
	}
	if ((e == ERR_FORMAT && why->n == 0) || e == ERR_RANGE) {
		*usable = false;
		e = discard_last(j, name, f, why);
	}
	if (e == ERR_IO && why->n == 0)
		buf_printf(why, "%s: %s", name, strerror(errno));
	return e;
}

static enum err open_all(struct journal *j, struct journal_found *f, struct buf *why)
{
	uint64_t *first = NULL;
	size_t n = 0;
	bool usable = false;
	enum err e = j->d->make_folder(j->d->ctx, JOURNAL_FOLDER);

	if (e == ERR_OK)
		e = journal_segments(j->d, &first, &n);
	for (; e == ERR_OK && n > 0 && !usable; n -= !usable)
		e = open_last(j, first[n - 1], f, why, &usable);
	if (e == ERR_OK && !usable) {
		f->made = true;
		j->next = 1;
		e = begin_segment(j);
		n = 1;
	}
	if (e != ERR_OK && why->n == 0)
		buf_printf(why, "%s: %s", JOURNAL_FOLDER, e == ERR_IO ? strerror(errno) : err_name(e));
	f->first = f->made ? 1 : n > 0 ? first[0] : 1;
	f->next = j->next;
	f->segments = n;
	mem_free(first);
	return e;
}

enum err journal_open(struct journal **out, struct disk *d, const struct journal_options *o, struct text schema,
                      struct journal_found *found, struct buf *why)
{
	struct journal *j = mem_alloc(sizeof(*j));
	enum err e;

	*found = (struct journal_found){ .made = false };
	if (j == NULL)
		return ERR_MEMORY;
	j->d = d;
	j->o = *o;
	j->fd = -1;
	if (j->o.segment_bytes_max == 0)
		j->o.segment_bytes_max = SEGMENT_BYTES_DEFAULT;
	buf_init(&j->schema, RECORD_PAYLOAD_MAX);
	buf_init(&j->out, JOURNAL_BATCH_MAX + JOURNAL_BATCH_HEAD_BYTES + 1);
	buf_init(&j->first, RECORD_PAYLOAD_MAX + RECORD_HEAD_BYTES);
	e = journal_schema(j, schema);
	if (e == ERR_OK)
		e = open_all(j, found, why);
	if (e != ERR_OK) {
		journal_close(j);
		return e;
	}
	*out = j;
	return ERR_OK;
}

void journal_close(struct journal *j)
{
	if (j == NULL)
		return;
	if (j->fd >= 0)
		j->d->close(j->d->ctx, j->fd);
	buf_release(&j->schema);
	buf_release(&j->out);
	buf_release(&j->first);
	mem_free(j);
}

/* ---- retention ---- */

/* When the segment after this one was made: everything in this one came before. */
static enum err made_at(struct disk *d, uint64_t first, int64_t *us)
{
	char name[JOURNAL_NAME_BYTES];
	struct segment_head h;
	int fd;
	enum err e;

	segment_name(first, name);
	e = d->open(d->ctx, name, DISK_READ, &fd);
	if (e != ERR_OK)
		return e;
	e = segment_head_read(d, fd, &h);
	d->close(d->ctx, fd);
	*us = e == ERR_OK ? h.made_us : 0;
	return e;
}

/* The index goes first: what a crash between the two leaves is a segment without one, and the next expiry takes it. */
static enum err remove_segment(struct disk *d, uint64_t first)
{
	char name[JOURNAL_NAME_BYTES];
	enum err e;

	index_name(first, name);
	e = d->remove(d->ctx, name);
	if (e != ERR_OK && e != ERR_ABSENT)
		return e;
	segment_name(first, name);
	return d->remove(d->ctx, name);
}

enum err journal_expire(struct journal *j, int64_t keep_from_us, uint64_t before, uint32_t *removed)
{
	uint64_t *first = NULL;
	size_t n = 0;
	enum err e = journal_segments(j->d, &first, &n);

	*removed = 0;
	for (size_t i = 0; e == ERR_OK && i + 1 < n && first[i + 1] <= before; i++) {
		int64_t us;

		e = made_at(j->d, first[i + 1], &us);
		if (e != ERR_OK || us >= keep_from_us)
			break;
		e = remove_segment(j->d, first[i]);
		*removed += e == ERR_OK;
	}
	if (e == ERR_OK && *removed > 0)
		e = j->d->sync_folder(j->d->ctx, JOURNAL_FOLDER);
	mem_free(first);
	return e;
}
