/* alertlog.c - see alertlog.h. Lines are heard, written with their index, and then shown; only the appending thread changes what the lock guards. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include "base/mem.h"
#include "gateway/alertlog_int.h"

enum {
	HEARD_MAX = 16 << 20, /* bytes: a long replay is written piece by piece */
	SEGMENT_BYTES = 64 << 20,
	SEGMENT_POSITIONS = 1 << 20 /* as many as a segment of the journal has: both go at about the same time */
};

/* ---- segments ---- */

static uint64_t next_number(const struct alertlog *l)
{
	const struct alert_segment *s = &l->segment[l->n - 1];

	return s->number + s->n;
}

/* Under the lock, or on the only thread. */
enum err alertlog_room(struct alertlog *l)
{
	struct alert_segment *more;
	uint32_t cap = l->cap == 0 ? 16 : 2 * l->cap;

	if (l->n < l->cap)
		return ERR_OK;
	more = mem_resize(l->segment, cap * sizeof(*more));
	if (more == NULL)
		return ERR_MEMORY;
	l->segment = more;
	l->cap = cap;
	return ERR_OK;
}

enum err alertlog_begin(struct alertlog *l, uint64_t number)
{
	struct disk *d = l->disk;
	enum err e;
	struct alert_files *f = alert_files_open(d, number, DISK_WRITE, &e), *before;

	if (f == NULL)
		return e;
	e = d->truncate(d->ctx, f->lines, 0);
	if (e == ERR_OK)
		e = d->truncate(d->ctx, f->index, 0);
	if (e == ERR_OK)
		e = d->sync_folder(d->ctx, ALERTS_FOLDER);
	pthread_mutex_lock(&l->lock);
	if (e == ERR_OK)
		e = alertlog_room(l);
	before = e == ERR_OK ? l->now : f;
	if (e == ERR_OK) {
		l->segment[l->n++] = (struct alert_segment){ .number = number };
		l->now = f;
	}
	pthread_mutex_unlock(&l->lock);
	alert_files_drop(before);
	return e;
}

static enum err note(struct alertlog *l, const struct alert_note *n)
{
	enum err e;

	if (alert_note_same(n, &l->noted))
		return ERR_OK;
	e = alert_note_write(l->disk, n);
	if (e == ERR_OK)
		l->noted = *n;
	return e;
}

/* All alerts of a position stand in one file. */
static bool is_full(const struct alertlog *l)
{
	const struct alert_segment *s = &l->segment[l->n - 1];

	return s->n > 0 && l->n < ALERT_SEGMENTS_MAX && l->heard_from > l->told &&
	       (s->bytes >= l->segment_bytes || l->heard_from >= s->position + SEGMENT_POSITIONS);
}

/* The next file begins when this one is safe, and noted to be. */
static enum err seal(struct alertlog *l)
{
	struct disk *d = l->disk;
	struct alert_note n = l->noted;
	enum err e = d->sync(d->ctx, l->now->lines);

	n.safe = next_number(l);
	n.needed = n.needed > n.safe ? n.needed : n.safe;
	if (e == ERR_OK)
		e = d->sync(d->ctx, l->now->index);
	if (e == ERR_OK)
		e = note(l, &n);
	return e == ERR_OK ? alertlog_begin(l, n.safe) : e;
}

/* ---- opening ---- */

enum err alertlog_open(struct alertlog **out, struct disk *disk, uint64_t segment_bytes, struct buf *why)
{
	struct alertlog *l = mem_alloc(sizeof(*l));
	enum err e;

	if (l == NULL)
		return ERR_MEMORY;
	l->disk = disk;
	l->segment_bytes = segment_bytes == 0 ? SEGMENT_BYTES : segment_bytes;
	buf_init(&l->heard, (size_t)1 << 30);
	buf_init(&l->places, (size_t)1 << 30);
	CHECK(pthread_mutex_init(&l->lock, NULL) == 0 && pthread_mutex_init(&l->waking, NULL) == 0);
	e = lastknown_new(&l->last);
	if (e == ERR_OK)
		e = alertlog_recover(l);
	if (e == ERR_OK) {
		*out = l;
		return ERR_OK;
	}
	buf_printf(why, ALERTS_FOLDER ": %s",
	           e == ERR_FORMAT ? "what is in it are no alerts; move it away, a replay makes it anew"
	           : e == ERR_IO   ? strerror(errno)
	                           : err_name(e));
	alertlog_close(l);
	return e;
}

void alertlog_close(struct alertlog *l)
{
	if (l == NULL)
		return;
	alert_files_drop(l->now);
	alert_files_drop(l->old);
	lastknown_free(l->last);
	buf_release(&l->heard);
	buf_release(&l->places);
	mem_free(l->segment);
	pthread_mutex_destroy(&l->lock);
	pthread_mutex_destroy(&l->waking);
	mem_free(l);
}

bool alertlog_lacks(const struct alertlog *l)
{
	return l->lacks;
}

struct lastknown *alertlog_last_known(struct alertlog *l)
{
	return l->last;
}

/* ---- telling ---- */

void alertlog_hear(void *ctx, uint64_t position, struct text line)
{
	struct alertlog *l = ctx;
	struct alert_place p = { .position = position, .at = l->heard.n };

	if (position < l->known || (position == l->known && l->again > 0)) {
		l->again -= position == l->known;
		return;
	}
	if (l->heard.n > HEARD_MAX && l->err == ERR_OK) {
		l->err = alertlog_flush(l);
		p.at = l->heard.n;
	}
	if (l->n_heard++ == 0)
		l->heard_from = position;
	buf_add(&l->places, &p, sizeof(p));
	buf_text(&l->heard, line);
	lastknown_note(l->last, line);
}

void alertlog_wake(struct alertlog *l)
{
	struct alertlog_waiter *w, *next;

	pthread_mutex_lock(&l->waking);
	pthread_mutex_lock(&l->lock);
	w = l->waiters;
	l->waiters = NULL;
	pthread_mutex_unlock(&l->lock);
	for (; w != NULL; w = next) {
		next = w->next;
		w->wake(w);
	}
	pthread_mutex_unlock(&l->waking);
}

static enum err write_heard(struct alertlog *l)
{
	const struct alert_segment *s = &l->segment[l->n - 1];
	struct disk *d = l->disk;
	enum err e = d->write_at(d->ctx, l->now->lines, s->bytes, l->heard.p, l->heard.n);

	for (uint64_t i = 0; i < l->n_heard; i++) {
		struct alert_place p;

		memcpy(&p, l->places.p + i * sizeof(p), sizeof(p));
		p.at += s->bytes;
		memcpy(l->places.p + i * sizeof(p), &p, sizeof(p));
	}
	return e != ERR_OK ? e : d->write_at(d->ctx, l->now->index, s->n * ALERT_PLACE_BYTES, l->places.p, l->places.n);
}

static void show_heard(struct alertlog *l)
{
	struct alert_segment *s = &l->segment[l->n - 1];
	struct alert_place last;

	memcpy(&last, l->places.p + l->places.n - sizeof(last), sizeof(last));
	pthread_mutex_lock(&l->lock);
	if (s->n == 0)
		s->position = l->heard_from;
	s->n += l->n_heard;
	s->bytes += l->heard.n;
	pthread_mutex_unlock(&l->lock);
	l->told = last.position;
}

enum err alertlog_flush(struct alertlog *l)
{
	enum err e = l->err != ERR_OK ? l->err : l->heard.err != ERR_OK ? l->heard.err : l->places.err;

	if (l->n_heard == 0 && e == ERR_OK)
		return ERR_OK;
	if (e == ERR_OK && is_full(l))
		e = seal(l);
	if (e == ERR_OK)
		e = write_heard(l);
	if (e == ERR_OK)
		show_heard(l);
	buf_clear(&l->heard);
	buf_clear(&l->places);
	l->n_heard = 0;
	l->err = e;
	if (e == ERR_OK)
		alertlog_wake(l);
	return e;
}

enum err alertlog_sync(struct alertlog *l)
{
	enum err e = alertlog_flush(l);
	struct alert_note n = l->noted;

	n.safe = n.needed = next_number(l);
	if (e == ERR_OK && n.safe != l->noted.safe)
		e = l->err = l->disk->sync(l->disk->ctx, l->now->lines); /* a later one would not make up for it */
	return e == ERR_OK ? note(l, &n) : e;
}

/* ---- letting go ---- */

static enum err remove_oldest(struct alertlog *l)
{
	struct alert_files *old = NULL;
	enum err e = alert_remove(l->disk, l->segment[0].number);

	if (e != ERR_OK)
		return e;
	pthread_mutex_lock(&l->lock);
	if (l->old != NULL && l->old->number == l->segment[0].number) {
		old = l->old;
		l->old = NULL;
	}
	memmove(l->segment, l->segment + 1, --l->n * sizeof(*l->segment));
	pthread_mutex_unlock(&l->lock);
	alert_files_drop(old);
	return ERR_OK;
}

enum err alertlog_expire(struct alertlog *l)
{
	struct alert_note n = l->noted;
	uint64_t kept_from, first = 0;
	enum err e = alertlog_kept_from(l, &kept_from);

	if (e != ERR_OK || kept_from <= 1)
		return e;
	e = alertlog_find(l, kept_from, &first);
	if (e != ERR_OK)
		return e;
	pthread_mutex_lock(&l->lock);
	l->first = first;
	pthread_mutex_unlock(&l->lock);
	n.first = first < n.safe ? first : n.safe;
	e = note(l, &n);
	while (e == ERR_OK && l->n > 1 && l->segment[0].number + l->segment[0].n <= n.first)
		e = remove_oldest(l);
	return e;
}

/* ---- reading ---- */

uint64_t alertlog_first(struct alertlog *l)
{
	uint64_t n;

	pthread_mutex_lock(&l->lock);
	n = l->first;
	pthread_mutex_unlock(&l->lock);
	return n;
}

uint64_t alertlog_count(struct alertlog *l)
{
	uint64_t n;

	pthread_mutex_lock(&l->lock);
	n = next_number(l);
	pthread_mutex_unlock(&l->lock);
	return n;
}

/* With the lock held: the last segment for which `behind` says no, or 0. */
static uint32_t segment_before(const struct alertlog *l, bool (*behind)(const struct alert_segment *s, uint64_t x),
                               uint64_t x)
{
	uint32_t lo = 0, hi = l->n;

	while (lo + 1 < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (behind(&l->segment[mid], x))
			hi = mid;
		else
			lo = mid;
	}
	return lo;
}

static bool number_behind(const struct alert_segment *s, uint64_t number)
{
	return s->number > number;
}

static bool position_behind(const struct alert_segment *s, uint64_t position)
{
	return s->n == 0 || s->position > position;
}

/* With the lock held: the files of this segment if they are at hand, for one more holder. */
static struct alert_files *at_hand(struct alertlog *l, const struct alert_segment *s)
{
	struct alert_files *f = l->now->number == s->number                     ? l->now
	                        : l->old != NULL && l->old->number == s->number ? l->old
	                                                                        : NULL;

	if (f != NULL)
		atomic_fetch_add(&f->holders, 1);
	return f;
}

/* One holder more. They stay at hand for whoever reads on. */
static enum err open_sealed(struct alertlog *l, const struct alert_segment *s, struct alert_files **out)
{
	struct alert_files *before;
	enum err e;

	*out = alert_files_open(l->disk, s->number, DISK_READ, &e);
	if (*out == NULL)
		return e;
	atomic_fetch_add(&(*out)->holders, 1);
	pthread_mutex_lock(&l->lock);
	before = l->old;
	l->old = *out;
	pthread_mutex_unlock(&l->lock);
	alert_files_drop(before);
	return ERR_OK;
}

/* Where *number is, or the next that is there. ERR_ABSENT: nowhere; ERR_LATE: its file has gone meanwhile. */
static enum err locate(struct alertlog *l, uint64_t *number, struct alert_segment *s, struct alert_files **f)
{
	uint64_t at = *number;
	uint32_t i;
	bool there;
	enum err e;

	pthread_mutex_lock(&l->lock);
	at = at < l->first ? l->first : at;
	i = segment_before(l, number_behind, at);
	if (at >= l->segment[i].number + l->segment[i].n && i + 1 < l->n)
		i++;
	*s = l->segment[i];
	at = at < s->number ? s->number : at;
	there = at < s->number + s->n;
	*f = there ? at_hand(l, s) : NULL;
	pthread_mutex_unlock(&l->lock);
	if (!there)
		return ERR_ABSENT;
	*number = at;
	e = *f != NULL ? ERR_OK : open_sealed(l, s, f);
	return e == ERR_ABSENT ? ERR_LATE : e;
}

static enum err read_line(const struct alert_files *f, const struct alert_segment *s, uint64_t i, struct buf *b,
                          uint64_t *position)
{
	struct alert_place here, next = { .at = s->bytes };
	enum err e = alert_place_read(f, i, &here);
	size_t n, got;
	char *p;

	if (e == ERR_OK && i + 1 < s->n)
		e = alert_place_read(f, i + 1, &next);
	if (e != ERR_OK)
		return e;
	if (here.at >= next.at || next.at > s->bytes || next.at - here.at > ALERTLOG_LINE_MAX)
		return ERR_FORMAT;
	n = next.at - here.at;
	p = mem_alloc(n);
	if (p == NULL)
		return ERR_MEMORY;
	e = f->d->read_at(f->d->ctx, f->lines, here.at, p, n, &got);
	if (e == ERR_OK && got < n)
		e = ERR_FORMAT;
	if (e == ERR_OK)
		buf_add(b, p, n);
	mem_free(p);
	*position = here.position;
	return e == ERR_OK ? b->err : e;
}

enum err alertlog_read(struct alertlog *l, uint64_t *number, struct buf *b, uint64_t *position)
{
	struct alert_segment s;
	struct alert_files *f;
	uint64_t at;
	enum err e;

	buf_clear(b);
	do {
		at = *number;
		e = locate(l, &at, &s, &f);
	} while (e == ERR_LATE && at < alertlog_first(l));
	if (e != ERR_OK)
		return e == ERR_LATE ? ERR_IO : e;
	e = read_line(f, &s, at - s.number, b, position);
	alert_files_drop(f);
	if (e == ERR_OK)
		*number = at;
	return e;
}

static enum err find_in(const struct alert_files *f, const struct alert_segment *s, uint64_t position, uint64_t *number)
{
	uint64_t lo = 0, hi = s->n;
	enum err e = ERR_OK;

	while (lo < hi && e == ERR_OK) {
		uint64_t mid = lo + (hi - lo) / 2;
		struct alert_place p;

		e = alert_place_read(f, mid, &p);
		if (e == ERR_OK && p.position < position)
			lo = mid + 1;
		else
			hi = mid;
	}
	*number = s->number + lo;
	return e;
}

enum err alertlog_find(struct alertlog *l, uint64_t position, uint64_t *number)
{
	struct alert_segment s;
	struct alert_files *f;
	uint64_t first;
	enum err e = ERR_OK;

	pthread_mutex_lock(&l->lock);
	first = l->first;
	s = l->segment[segment_before(l, position_behind, position)];
	f = at_hand(l, &s);
	pthread_mutex_unlock(&l->lock);
	*number = s.number;
	if (f == NULL)
		e = open_sealed(l, &s, &f);
	if (e == ERR_OK)
		e = find_in(f, &s, position, number);
	alert_files_drop(f);
	*number = *number < first ? first : *number;
	return e == ERR_ABSENT ? ERR_IO : e;
}

bool alertlog_wait(struct alertlog *l, uint64_t number, struct alertlog_waiter *w,
                   void (*before_sleep)(struct alertlog_waiter *w))
{
	bool wait;

	pthread_mutex_lock(&l->lock);
	wait = next_number(l) <= number;
	if (wait) {
		before_sleep(w);
		w->next = l->waiters;
		l->waiters = w;
	}
	pthread_mutex_unlock(&l->lock);
	return wait;
}
