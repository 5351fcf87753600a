/* alertlog.c - see alertlog.h. */
#include "gateway/alertlog.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
#include "base/file.h"
#include "base/file_int.h"
#include "base/mem.h"

enum {
	HEARD_MAX = 16 << 20, /* bytes: a long replay is written piece by piece */
	NOTE_PATH_BYTES = 4096
};

struct place {
	uint64_t position, at;
};

struct alertlog {
	pthread_mutex_t lock;
	int fd;
	uint64_t end;    /* bytes */
	uint64_t synced; /* bytes, as noted; UINT64_MAX: what is noted is no number */
	bool lacks;
	char note[NOTE_PATH_BYTES]; /* path of the note */
	uint64_t known, again;      /* the last position that was in the file, and how many of its alerts */
	struct place *place;
	uint64_t n, cap;
	struct buf heard;    /* not written yet */
	struct place *fresh; /* their places, relative to heard */
	uint32_t n_fresh, fresh_cap;
	enum err err;
	struct alertlog_waiter *waiters;
	struct lastknown *last;
};

static enum err add_place(struct alertlog *l, uint64_t position, uint64_t at)
{
	if (l->n == l->cap) {
		uint64_t cap = l->cap == 0 ? 1024 : 2 * l->cap;
		struct place *more = mem_resize(l->place, cap * sizeof(*more));

		if (more == NULL)
			return ERR_MEMORY;
		l->place = more;
		l->cap = cap;
	}
	l->place[l->n++] = (struct place){ position, at };
	return ERR_OK;
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

/* Reads the file once. Of the last position's alerts only some may have been written: those that are there are counted, since a replay tells
 * them again in the same order. */
static enum err scan(struct alertlog *l)
{
	struct buf b;
	enum err e = ERR_OK;
	uint64_t at = 0;

	buf_init(&b, ALERTLOG_LINE_MAX * 2);
	while (e == ERR_OK) {
		char chunk[65536];
		ssize_t k = pread(l->fd, chunk, sizeof(chunk), (off_t)(at + b.n));
		char *nl;

		if (k <= 0) {
			e = k < 0 ? ERR_IO : ERR_ABSENT;
			break;
		}
		buf_add(&b, chunk, (size_t)k);
		e = b.err;
		while (e == ERR_OK && (nl = memchr(b.p, '\n', b.n)) != NULL) {
			uint64_t position;
			size_t n = (size_t)(nl - b.p) + 1;

			e = alertlog_position(text_of(b.p, n), &position) ? add_place(l, position, at) : ERR_FORMAT;
			lastknown_note(l->last, text_of(b.p, n));
			memmove(b.p, b.p + n, b.n - n);
			b.n -= n;
			at += n;
		}
	}
	buf_release(&b);
	l->end = at;
	if (l->n > 0) {
		uint64_t last = l->place[l->n - 1].position;

		for (uint64_t i = l->n; i > 0 && l->place[i - 1].position == last; i--)
			l->again++;
		l->known = last;
	}
	return e == ERR_ABSENT ? ERR_OK : e;
}

/* PATH without .ndjson, with .synced. No note: nothing is known to have been there. */
static enum err read_note(struct alertlog *l, const char *path)
{
	size_t n = strlen(path), suffix = strlen(".ndjson");
	char end = 0;
	struct buf b;
	enum err e;

	n -= n > suffix && strcmp(path + n - suffix, ".ndjson") == 0 ? suffix : 0;
	if (snprintf(l->note, sizeof(l->note), "%.*s.synced", (int)n, path) >= (int)sizeof(l->note)) {
		errno = ENAMETOOLONG;
		return ERR_IO;
	}
	buf_init(&b, 64);
	e = file_read_all(l->note, 32, &b);
	if (e == ERR_CAP ||
	    (e == ERR_OK && (b.n == 0 || sscanf(b.p, "%" SCNu64 "%c", &l->synced, &end) != 2 || end != '\n'))) {
		l->synced = UINT64_MAX;
		e = ERR_OK;
	}
	buf_release(&b);
	return e == ERR_ABSENT ? ERR_OK : e;
}

static enum err write_note(struct alertlog *l)
{
	char text[32];
	enum err e;

	if (l->synced == l->end)
		return ERR_OK;
	snprintf(text, sizeof(text), "%" PRIu64 "\n", l->end);
	e = file_write_all(l->note, text_z(text));
	if (e == ERR_OK)
		l->synced = l->end;
	return e;
}

enum err alertlog_open(struct alertlog **out, const char *path, struct buf *why)
{
	struct alertlog *l = mem_alloc(sizeof(*l));
	enum err e;

	if (l == NULL)
		return ERR_MEMORY;
	buf_init(&l->heard, (size_t)1 << 30);
	CHECK(pthread_mutex_init(&l->lock, NULL) == 0);
	l->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	e = l->fd < 0 ? ERR_IO : lastknown_new(&l->last);
	if (e == ERR_OK)
		e = scan(l);
	if (e == ERR_OK && ftruncate(l->fd, (off_t)l->end) != 0)
		e = ERR_IO;
	if (e == ERR_OK)
		e = read_note(l, path);
	l->lacks = l->end < l->synced;
	if (e == ERR_OK) {
		*out = l;
		return ERR_OK;
	}
	buf_printf(why, "%s: %s", path,
	           e == ERR_FORMAT ? "this is no file of alerts; move it away, a replay makes it anew"
	           : e == ERR_IO   ? strerror(errno)
	                           : err_name(e));
	alertlog_close(l);
	return e;
}

void alertlog_close(struct alertlog *l)
{
	if (l == NULL)
		return;
	if (l->fd >= 0)
		close(l->fd);
	lastknown_free(l->last);
	buf_release(&l->heard);
	mem_free(l->place);
	mem_free(l->fresh);
	pthread_mutex_destroy(&l->lock);
	mem_free(l);
}

void alertlog_hear(void *ctx, uint64_t position, struct text line)
{
	struct alertlog *l = ctx;

	if (position < l->known || (position == l->known && l->again > 0)) {
		l->again -= position == l->known;
		return;
	}
	if (l->n_fresh == l->fresh_cap) {
		uint32_t cap = l->fresh_cap == 0 ? 256 : 2 * l->fresh_cap;
		struct place *more = mem_resize(l->fresh, cap * sizeof(*more));

		if (more == NULL) {
			l->err = ERR_MEMORY;
			return;
		}
		l->fresh = more;
		l->fresh_cap = cap;
	}
	l->fresh[l->n_fresh++] = (struct place){ position, l->heard.n };
	buf_text(&l->heard, line);
	lastknown_note(l->last, line);
	if (l->heard.n > HEARD_MAX)
		l->err = alertlog_flush(l);
}

bool alertlog_lacks(const struct alertlog *l)
{
	return l->lacks;
}

struct lastknown *alertlog_last_known(struct alertlog *l)
{
	return l->last;
}

void alertlog_wake(struct alertlog *l)
{
	struct alertlog_waiter *w, *next;

	pthread_mutex_lock(&l->lock);
	w = l->waiters;
	l->waiters = NULL;
	pthread_mutex_unlock(&l->lock);
	for (; w != NULL; w = next) {
		next = w->next;
		w->wake(w);
	}
}

enum err alertlog_flush(struct alertlog *l)
{
	uint64_t written = 0;
	enum err e = l->err != ERR_OK ? l->err : l->heard.err;

	if (l->n_fresh == 0 && e == ERR_OK)
		return ERR_OK;
	if (e == ERR_OK && lseek(l->fd, (off_t)l->end, SEEK_SET) < 0)
		e = ERR_IO;
	if (e == ERR_OK)
		e = file_write_fd(l->fd, l->heard.p, l->heard.n, &written);
	pthread_mutex_lock(&l->lock);
	for (uint32_t i = 0; e == ERR_OK && i < l->n_fresh; i++)
		e = add_place(l, l->fresh[i].position, l->end + l->fresh[i].at);
	l->end += written;
	pthread_mutex_unlock(&l->lock);
	buf_clear(&l->heard);
	l->n_fresh = 0;
	l->err = e;
	if (e == ERR_OK)
		alertlog_wake(l);
	return e;
}

enum err alertlog_sync(struct alertlog *l)
{
	enum err e = alertlog_flush(l);

	if (e == ERR_OK && fdatasync(l->fd) != 0)
		e = ERR_IO;
	return e == ERR_OK ? write_note(l) : e;
}

uint64_t alertlog_count(struct alertlog *l)
{
	uint64_t n;

	pthread_mutex_lock(&l->lock);
	n = l->n;
	pthread_mutex_unlock(&l->lock);
	return n;
}

enum err alertlog_read(struct alertlog *l, uint64_t number, struct buf *b, uint64_t *position)
{
	uint64_t at = 0, end = 0;
	bool there;
	char *p;

	pthread_mutex_lock(&l->lock);
	there = number < l->n;
	if (there) {
		at = l->place[number].at;
		end = number + 1 < l->n ? l->place[number + 1].at : l->end;
		*position = l->place[number].position;
	}
	pthread_mutex_unlock(&l->lock);
	if (!there)
		return ERR_ABSENT;
	buf_clear(b);
	p = mem_alloc(end - at + 1);
	if (p == NULL)
		return ERR_MEMORY;
	if (pread(l->fd, p, end - at, (off_t)at) == (ssize_t)(end - at))
		buf_add(b, p, end - at);
	else
		b->err = ERR_IO;
	mem_free(p);
	return b->err;
}

uint64_t alertlog_find(struct alertlog *l, uint64_t position)
{
	uint64_t lo = 0, hi;

	pthread_mutex_lock(&l->lock);
	hi = l->n;
	while (lo < hi) {
		uint64_t mid = lo + (hi - lo) / 2;

		if (l->place[mid].position < position)
			lo = mid + 1;
		else
			hi = mid;
	}
	pthread_mutex_unlock(&l->lock);
	return lo;
}

bool alertlog_wait(struct alertlog *l, uint64_t number, struct alertlog_waiter *w,
                   void (*before_sleep)(struct alertlog_waiter *w))
{
	bool wait;

	pthread_mutex_lock(&l->lock);
	wait = l->n <= number;
	if (wait) {
		before_sleep(w);
		w->next = l->waiters;
		l->waiters = w;
	}
	pthread_mutex_unlock(&l->lock);
	return wait;
}
