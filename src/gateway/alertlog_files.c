/* alertlog_files.c - a file of alerts with its index, and the note of what is safe; see alertlog_int.h.
 *
 * An index is 16 bytes a line, as this machine writes numbers: where the line's event stands in the journal, and where the line begins. It is derived. That of
 * a sealed file was synced before the next file began, and is believed if its last line ends where the file ends; the last file's is made anew at each start. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include "base/mem.h"
#include "gateway/alertlog_int.h"

#define NOTE "alerts.synced"
#define NOTE_TEMPORARY "alerts.synced.tmp"

enum {
	CHUNK_BYTES = 64 << 10,
	NOTE_BYTES_MAX = 80
};

void alert_lines_name(uint64_t number, char name[ALERT_NAME_BYTES])
{
	snprintf(name, ALERT_NAME_BYTES, ALERTS_FOLDER "/%020" PRIu64 ".ndjson", number);
}

void alert_index_name(uint64_t number, char name[ALERT_NAME_BYTES])
{
	snprintf(name, ALERT_NAME_BYTES, ALERTS_FOLDER "/%020" PRIu64 ".idx", number);
}

/* ---- open files ---- */

struct alert_files *alert_files_open(struct disk *d, uint64_t number, enum disk_mode mode, enum err *e)
{
	struct alert_files *f = mem_alloc(sizeof(*f));
	char name[ALERT_NAME_BYTES];

	if (f == NULL) {
		*e = ERR_MEMORY;
		return NULL;
	}
	*f = (struct alert_files){ .holders = 1, .d = d, .number = number, .lines = -1, .index = -1 };
	alert_lines_name(number, name);
	*e = d->open(d->ctx, name, mode, &f->lines);
	alert_index_name(number, name);
	if (*e == ERR_OK)
		*e = d->open(d->ctx, name, mode, &f->index);
	if (*e == ERR_OK)
		return f;
	alert_files_drop(f);
	return NULL;
}

void alert_files_drop(struct alert_files *f)
{
	if (f == NULL || atomic_fetch_sub(&f->holders, 1) > 1)
		return;
	if (f->lines >= 0)
		f->d->close(f->d->ctx, f->lines);
	if (f->index >= 0)
		f->d->close(f->d->ctx, f->index);
	mem_free(f);
}

/* The index first: without it the lines still are a segment. */
enum err alert_remove(struct disk *d, uint64_t number)
{
	char name[ALERT_NAME_BYTES];
	enum err e;

	alert_index_name(number, name);
	e = d->remove(d->ctx, name);
	alert_lines_name(number, name);
	if (e == ERR_OK || e == ERR_ABSENT)
		e = d->remove(d->ctx, name);
	return e == ERR_ABSENT ? ERR_OK : e;
}

enum err alert_place_read(const struct alert_files *f, uint64_t i, struct alert_place *out)
{
	size_t got;
	enum err e = f->d->read_at(f->d->ctx, f->index, i * ALERT_PLACE_BYTES, out, sizeof(*out), &got);

	return e == ERR_OK && got < sizeof(*out) ? ERR_FORMAT : e;
}

/* ---- lines ---- */

enum err alert_lines(const struct alert_files *f, enum err (*visit)(void *ctx, uint64_t at, struct text line),
                     void *ctx)
{
	const size_t cap = ALERTLOG_LINE_MAX + CHUNK_BYTES;
	char *p = mem_alloc(cap);
	size_t n = 0, got = 1;
	uint64_t at = 0; /* of p in the file */
	enum err e = p == NULL ? ERR_MEMORY : ERR_OK;

	while (e == ERR_OK && got > 0) {
		size_t done = 0;
		const char *nl;

		if (n > ALERTLOG_LINE_MAX)
			e = ERR_FORMAT;
		if (e == ERR_OK)
			e = f->d->read_at(f->d->ctx, f->lines, at + n, p + n, CHUNK_BYTES, &got);
		n += e == ERR_OK ? got : 0;
		while (e == ERR_OK && (nl = memchr(p + done, '\n', n - done)) != NULL) {
			size_t k = (size_t)(nl - p) + 1 - done;

			e = visit(ctx, at + done, text_of(p + done, k));
			done += k;
		}
		memmove(p, p + done, n - done);
		n -= done;
		at += done;
	}
	mem_free(p);
	return e;
}

/* {"id":"POSITION.rule",... */
bool alertlog_position(struct text line, uint64_t *position)
{
	static const char start[] = "{\"id\":\"";
	size_t i = sizeof(start) - 1;

	*position = 0;
	if (line.n <= i || memcmp(line.p, start, i) != 0)
		return false;
	for (; i < line.n && line.p[i] >= '0' && line.p[i] <= '9' && *position < UINT64_MAX / 16; i++)
		*position = *position * 10 + (uint64_t)(line.p[i] - '0');
	return *position > 0;
}

struct scan {
	const struct alert_files *files;
	struct alert_segment *s;
	uint64_t most, bytes_most, last;
	struct buf places;
};

static enum err write_places(struct scan *k)
{
	struct disk *d = k->files->d;
	uint64_t at = k->s->n * ALERT_PLACE_BYTES - k->places.n;
	enum err e = k->places.err;

	if (e == ERR_OK && k->places.n > 0)
		e = d->write_at(d->ctx, k->files->index, at, k->places.p, k->places.n);
	buf_clear(&k->places);
	return e;
}

static enum err scan_line(void *ctx, uint64_t at, struct text line)
{
	struct scan *k = ctx;
	struct alert_place p = { .at = at };

	if (k->s->n == k->most || at + line.n > k->bytes_most)
		return ERR_STOPPED;
	if (!alertlog_position(line, &p.position) || p.position < k->last)
		return ERR_FORMAT;
	k->last = p.position;
	if (k->s->n++ == 0)
		k->s->position = p.position;
	k->s->bytes = at + line.n;
	buf_add(&k->places, &p, sizeof(p));
	return k->places.n >= CHUNK_BYTES ? write_places(k) : k->places.err;
}

/* Reads all lines and writes the index; cuts off what does not count. */
static enum err scan(const struct alert_files *f, struct alert_segment *s, uint64_t most, uint64_t bytes_most)
{
	struct scan k = { .files = f, .s = s, .most = most, .bytes_most = bytes_most };
	struct disk *d = f->d;
	enum err e;

	s->n = s->bytes = s->position = 0;
	buf_init(&k.places, 2 * CHUNK_BYTES);
	e = d->truncate(d->ctx, f->index, 0);
	if (e == ERR_OK)
		e = alert_lines(f, scan_line, &k);
	if (e == ERR_OK || e == ERR_STOPPED)
		e = write_places(&k);
	if (e == ERR_OK)
		e = d->truncate(d->ctx, f->lines, s->bytes);
	if (e == ERR_OK)
		e = d->sync(d->ctx, f->index);
	buf_release(&k.places);
	return e;
}

/* Does the index fit? Then s is filled. */
static bool fits(const struct alert_files *f, struct alert_segment *s, uint64_t most)
{
	struct alert_place first, last;
	uint64_t bytes, size;
	bool whole;
	char *line;
	size_t got;

	if (f->d->size(f->d->ctx, f->lines, &bytes) != ERR_OK || f->d->size(f->d->ctx, f->index, &size) != ERR_OK ||
	    size == 0 || size % ALERT_PLACE_BYTES != 0 || size / ALERT_PLACE_BYTES > most)
		return false;
	*s = (struct alert_segment){ .number = s->number, .n = size / ALERT_PLACE_BYTES, .bytes = bytes };
	if (alert_place_read(f, 0, &first) != ERR_OK || alert_place_read(f, s->n - 1, &last) != ERR_OK || first.at != 0 ||
	    first.position == 0 || last.at >= bytes || bytes - last.at > ALERTLOG_LINE_MAX)
		return false;
	s->position = first.position;
	line = mem_alloc(bytes - last.at);
	whole = line != NULL && f->d->read_at(f->d->ctx, f->lines, last.at, line, bytes - last.at, &got) == ERR_OK &&
	        got == bytes - last.at && memchr(line, '\n', got) == line + got - 1;
	mem_free(line);
	return whole;
}

enum err alert_segment_read(struct disk *d, struct alert_segment *s, uint64_t most, uint64_t bytes_most, bool sealed)
{
	enum err e;
	struct alert_files *f = alert_files_open(d, s->number, DISK_WRITE, &e);

	if (f == NULL)
		return e;
	e = sealed && bytes_most == UINT64_MAX && fits(f, s, most) ? ERR_OK : scan(f, s, most, bytes_most);
	alert_files_drop(f);
	return e;
}

/* ---- the note ---- */

/* What is no note counts as one that nothing fulfils. */
static void parse_note(struct alert_note *n, const char *z)
{
	char end = 0;

	n->there = true;
	if (sscanf(z, "%" SCNu64 " %" SCNu64 " %" SCNu64 "%c", &n->first, &n->safe, &n->needed, &end) == 4 && end == '\n' &&
	    n->first <= n->safe && n->safe <= n->needed)
		return;
	*n = (struct alert_note){ .there = true, .older = true };
	if (sscanf(z, "%" SCNu64 "%c", &n->bytes, &end) != 2 || end != '\n')
		n->bytes = UINT64_MAX;
}

enum err alert_note_read(struct disk *d, struct alert_note *out)
{
	char z[NOTE_BYTES_MAX + 1];
	size_t got;
	int fd;
	enum err e = d->open(d->ctx, NOTE, DISK_READ, &fd);

	*out = (struct alert_note){ .there = false };
	if (e != ERR_OK)
		return e == ERR_ABSENT ? ERR_OK : e;
	e = d->read_at(d->ctx, fd, 0, z, NOTE_BYTES_MAX, &got);
	d->close(d->ctx, fd);
	if (e != ERR_OK)
		return e;
	z[got] = 0;
	parse_note(out, z);
	return ERR_OK;
}

bool alert_note_same(const struct alert_note *a, const struct alert_note *b)
{
	return a->there == b->there && a->older == b->older && a->first == b->first && a->safe == b->safe &&
	       a->needed == b->needed;
}

enum err alert_note_write(struct disk *d, const struct alert_note *n)
{
	char z[NOTE_BYTES_MAX];
	int fd, k;
	enum err e = d->open(d->ctx, NOTE_TEMPORARY, DISK_WRITE, &fd);

	if (e != ERR_OK)
		return e;
	k = snprintf(z, sizeof(z), "%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", n->first, n->safe, n->needed);
	e = d->truncate(d->ctx, fd, 0);
	if (e == ERR_OK)
		e = d->write_at(d->ctx, fd, 0, z, (size_t)k);
	if (e == ERR_OK)
		e = d->sync(d->ctx, fd);
	d->close(d->ctx, fd);
	if (e == ERR_OK)
		e = d->rename(d->ctx, NOTE_TEMPORARY, NOTE);
	return e == ERR_OK ? d->sync_folder(d->ctx, "") : e;
}
