/* alertlog_open.c - what is found at the start, and what is made of it.
 *
 * What counts is what the note calls safe; the rest was never promised, and is told again. From a first hole on, everything is dropped if the journal can tell
 * it again with the numbers that it had: from its beginning. Else each file keeps its numbers, and so do those that are missing. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "base/mem.h"
#include "gateway/alertlog_int.h"
#include "journal/journal.h"

#define OLD_FILE "alerts.ndjson"
#define LAST_KNOWN_US (31 * US_PER_DAY) /* no older alert is asked for, nor a day later */

struct found {
	struct alertlog *l;
	bool whole;        /* the journal can tell everything again */
	uint64_t end;      /* of those that were kept so far; before the first: where they should begin */
	uint64_t bytes;    /* that may still count */
	uint64_t segments; /* listed */
	bool hole;
};

enum err alertlog_kept_from(struct alertlog *l, uint64_t *position)
{
	uint64_t *first = NULL;
	size_t n = 0;
	enum err e = journal_segments(l->disk, &first, &n);

	*position = e == ERR_OK && n > 0 ? first[0] : 0;
	mem_free(first);
	return e == ERR_ABSENT ? ERR_OK : e;
}

static void see(void *ctx, const char *name)
{
	struct alertlog *l = ctx;
	uint64_t number = 0;

	if (strlen(name) != 27 || strspn(name, "0123456789") != 20 || strcmp(name + 20, ".ndjson") != 0)
		return;
	for (int i = 0; i < 20; i++)
		number = number * 10 + (uint64_t)(name[i] - '0');
	if (l->err == ERR_OK)
		l->err = alertlog_room(l);
	if (l->err == ERR_OK)
		l->segment[l->n++] = (struct alert_segment){ .number = number };
}

static enum err list(struct alertlog *l)
{
	enum err e = l->disk->make_folder(l->disk->ctx, ALERTS_FOLDER);

	if (e == ERR_OK)
		e = l->disk->list(l->disk->ctx, ALERTS_FOLDER, see, l);
	return e == ERR_OK ? l->err : e;
}

/* The one file of an older version becomes the first. */
static enum err take_over(struct alertlog *l)
{
	char name[ALERT_NAME_BYTES];
	enum err e;

	if (l->n > 0 || (l->noted.there && !l->noted.older))
		return ERR_OK;
	alert_lines_name(0, name);
	e = l->disk->rename(l->disk->ctx, OLD_FILE, name);
	if (e != ERR_OK)
		return e == ERR_ABSENT ? ERR_OK : e;
	e = l->disk->sync_folder(l->disk->ctx, ALERTS_FOLDER);
	if (e == ERR_OK)
		e = l->disk->sync_folder(l->disk->ctx, "");
	return e == ERR_OK ? list(l) : e;
}

static uint64_t safe(const struct alertlog *l)
{
	return l->noted.there && !l->noted.older ? l->noted.safe : UINT64_MAX;
}

/* Into *keep whether the segment stays. */
static enum err judge(struct found *f, struct alert_segment *s, bool sealed, bool *keep)
{
	struct alertlog *l = f->l;
	bool known = f->whole || f->segments > 0 || (l->noted.there && !l->noted.older); /* where it should begin */
	enum err e;

	*keep = false;
	if ((f->hole && f->whole) || s->number >= safe(l))
		return ERR_OK;
	e = alert_segment_read(l->disk, s, safe(l) - s->number, f->bytes, sealed);
	if (e != ERR_OK || s->n == 0 || s->number + s->n <= l->noted.first)
		return e;
	if (known && s->number < f->end && f->segments > 0)
		return ERR_FORMAT;
	if (known && s->number > f->end) {
		f->hole = true;
		if (f->whole)
			return ERR_OK;
	}
	f->segments++;
	f->end = s->number + s->n;
	f->bytes -= f->bytes == UINT64_MAX ? 0 : s->bytes;
	*keep = true;
	return ERR_OK;
}

static enum err read_segments(struct found *f)
{
	struct alertlog *l = f->l;
	uint32_t n = l->n;
	enum err e = ERR_OK;

	l->n = 0;
	for (uint32_t i = 0; i < n && e == ERR_OK; i++) {
		struct alert_segment s = l->segment[i];
		bool keep;

		e = judge(f, &s, i + 1 < n, &keep);
		if (e == ERR_OK && keep)
			l->segment[l->n++] = s;
		else if (e == ERR_OK)
			e = alert_remove(l->disk, s.number);
	}
	return e;
}

/* The last segment is there and open; what is noted is true. */
static enum err settle(struct found *f)
{
	struct alertlog *l = f->l;
	struct disk *d = l->disk;
	struct alert_note n = l->noted;
	uint64_t next = f->end;
	enum err e = ERR_OK;

	if (n.older && f->bytes > 0)
		n.needed = f->end + 1;
	l->lacks = f->hole || f->end < n.needed;
	if (!f->whole && next < n.needed)
		next = n.needed;
	if (l->n > 0 && n.first < l->segment[0].number)
		n.first = l->segment[0].number; /* what was before it is lost */
	if (l->n == 0 || next != f->end)
		e = alertlog_begin(l, next);
	else
		l->now = alert_files_open(d, l->segment[l->n - 1].number, DISK_WRITE, &e);
	if (e != ERR_OK)
		return e;
	n = (struct alert_note){
		.there = true, .first = n.first, .safe = next, .needed = n.needed > next ? n.needed : next
	};
	l->first = n.first;
	if (alert_note_same(&n, &l->noted))
		return ERR_OK;
	e = d->sync(d->ctx, l->now->lines);
	if (e == ERR_OK)
		e = alert_note_write(d, &n);
	l->noted = n;
	return e;
}

/* ---- what they say ---- */

/* Of the last position some alerts may be missing, if somebody shortened a file there. */
static enum err last_position(struct alertlog *l)
{
	const struct alert_segment *s = &l->segment[l->n - 1];
	struct alert_place p = { .position = 0 };
	struct alert_files *f;
	enum err e;

	s -= s->n == 0 && l->n > 1;
	if (s->n == 0)
		return ERR_OK;
	f = alert_files_open(l->disk, s->number, DISK_READ, &e);
	if (f == NULL)
		return e;
	e = alert_place_read(f, s->n - 1, &p);
	l->known = l->told = p.position;
	for (uint64_t i = s->n; i > 0 && e == ERR_OK && p.position == l->known; i--) {
		l->again++;
		if (i > 1)
			e = alert_place_read(f, i - 2, &p);
	}
	alert_files_drop(f);
	return e;
}

static enum err note_line(void *ctx, uint64_t at, struct text line)
{
	(void)at;
	lastknown_note(ctx, line);
	return ERR_OK;
}

static enum err head_of_first(struct alertlog *l, const struct alert_segment *s, struct buf *line,
                              struct alert_head *out)
{
	uint64_t number = s->number, position;
	enum err e = alertlog_read(l, &number, line, &position);

	*out = (struct alert_head){ .time_us = INT64_MAX };
	if (e == ERR_OK && !alert_head_read(buf_view(line), out))
		out->time_us = INT64_MAX; /* its age is not known: older ones are read, too */
	return e == ERR_ABSENT ? ERR_OK : e;
}

/* The last month's alerts, the oldest first. */
static enum err feed(struct alertlog *l)
{
	struct alert_head head, newest = { .time_us = 0 };
	uint32_t from = l->n;
	struct buf line;
	enum err e = ERR_OK;

	buf_init(&line, ALERTLOG_LINE_MAX);
	while (from > 0 && e == ERR_OK) {
		e = head_of_first(l, &l->segment[--from], &line, &head);
		if (head.time_us != INT64_MAX && newest.time_us == 0)
			newest = head;
		if (e == ERR_OK && head.time_us != INT64_MAX && head.time_us < newest.time_us - LAST_KNOWN_US)
			break;
	}
	for (uint32_t i = from; i < l->n && e == ERR_OK; i++) {
		struct alert_files *f = alert_files_open(l->disk, l->segment[i].number, DISK_READ, &e);

		if (f != NULL)
			e = alert_lines(f, note_line, l->last);
		alert_files_drop(f);
	}
	buf_release(&line);
	return e;
}

enum err alertlog_recover(struct alertlog *l)
{
	struct found f = { .l = l };
	uint64_t kept_from;
	enum err e = alert_note_read(l->disk, &l->noted);

	if (e == ERR_OK)
		e = list(l);
	if (e == ERR_OK)
		e = take_over(l);
	if (e == ERR_OK)
		e = alertlog_kept_from(l, &kept_from);
	if (e != ERR_OK)
		return e;
	f.whole = kept_from <= 1;
	if (f.whole)
		l->noted.first = 0;
	f.bytes = l->noted.older ? l->noted.bytes : UINT64_MAX;
	f.end = l->noted.first;
	e = read_segments(&f);
	if (e == ERR_OK)
		e = settle(&f);
	if (e == ERR_OK)
		e = last_position(l);
	if (e == ERR_OK)
		e = alertlog_expire(l);
	return e == ERR_OK ? feed(l) : e;
}
