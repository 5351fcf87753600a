/* send_lines.c - see send_lines.h. */
#include "app/send_lines.h"
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	READ_BYTES = 1 << 16
};

void send_lines_init(struct send_lines *l, int fd, const sigset_t *awake, const volatile sig_atomic_t *stop)
{
	*l = (struct send_lines){ .fd = fd, .awake = awake, .stop = stop };
	buf_init(&l->read, SEND_LINE_MAX + READ_BYTES + 1);
	buf_init(&l->text, SEND_BYTES_MAX + SEND_LINE_MAX + 2);
}

void send_lines_release(struct send_lines *l)
{
	buf_release(&l->read);
	buf_release(&l->text);
}

struct text send_lines_text(const struct send_lines *l, uint32_t from, uint32_t to)
{
	size_t begin = from == l->sent ? 0 : l->end[from - 1];

	return text_of(l->text.p + begin, l->end[to - 1] - begin);
}

static bool enough(const struct send_lines *l)
{
	return l->n == SEND_BLOCK || l->text.n >= SEND_BYTES_MAX;
}

static void put_line(struct send_lines *l, struct text line)
{
	bool whole = !l->skipping && line.n <= SEND_LINE_MAX;

	l->too_long += !whole;
	l->skipping = false;
	if (whole)
		buf_text(&l->text, line);
	buf_char(&l->text, '\n');
	l->end[l->n++] = l->text.n;
}

/* Whole lines of what was read; at the end of the input the last one needs no end. */
static void take_lines(struct send_lines *l)
{
	while (!enough(l) && l->at < l->read.n) {
		const char *p = l->read.p + l->at;
		size_t left = l->read.n - l->at;
		const char *nl = memchr(p, '\n', left);

		if (nl == NULL && !l->ended)
			break;
		put_line(l, text_of(p, nl == NULL ? left : (size_t)(nl - p)));
		l->at += nl == NULL ? left : (size_t)(nl - p) + 1;
	}
	if (l->ended && l->skipping && l->at == l->read.n && !enough(l))
		put_line(l, text_of("", 0));
}

static enum err read_more(struct send_lines *l)
{
	char piece[READ_BYTES];
	size_t left = l->read.n - l->at;
	ssize_t n;

	if (left > 0)
		memmove(l->read.p, l->read.p + l->at, left);
	l->read.n = left;
	l->at = 0;
	if (left > SEND_LINE_MAX) { /* a line that is too long: its rest is looked for only */
		l->skipping = true;
		l->read.n = 0;
	}
	n = read(l->fd, piece, sizeof(piece));
	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? ERR_OK : ERR_IO;
	l->ended = n == 0;
	buf_add(&l->read, piece, (size_t)n);
	return l->read.err;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Until there is something to read, a signal, or `due`; 0: for ever. */
static bool readable(const struct send_lines *l, int64_t due_ms)
{
	struct pollfd p = { .fd = l->fd, .events = POLLIN };
	int64_t left = due_ms - now_ms();
	struct timespec most = { .tv_nsec = left > 0 ? left * 1000000 : 0 };

	return ppoll(&p, 1, due_ms == 0 ? NULL : &most, l->awake) > 0;
}

enum err send_lines_next(struct send_lines *l)
{
	int64_t due_ms = 0;

	CHECK(l->sent == l->n);
	buf_clear(&l->text);
	if (l->n == SEND_BLOCK) {
		l->first += SEND_BLOCK;
		l->n = l->sent = 0;
	}
	for (;;) {
		enum err e;

		take_lines(l);
		if (l->text.err != ERR_OK)
			return l->text.err;
		if (enough(l) || (l->n > l->sent && (l->ended || *l->stop || (due_ms > 0 && now_ms() >= due_ms))))
			return ERR_OK;
		if (l->ended || *l->stop)
			return l->ended ? ERR_ABSENT : ERR_STOPPED;
		if (l->n > l->sent && due_ms == 0)
			due_ms = now_ms() + SEND_WAIT_MS;
		e = readable(l, due_ms) ? read_more(l) : ERR_OK;
		if (e != ERR_OK)
			return e;
	}
}
