/* peer_state.c - what a peer knows, and its file of facts; see peer.h.
 *
 *   order ID WHAT SUBJECT ORIGINAL TIME EFFECT   it came for the first time, and what was done to the subject; - where there is none
 *   arrived ID                                   once more
 *   told ID                                      the service has taken the feedback */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "peer/peer.h"

enum {
	STATE_MAX = 64 << 20,
	LINE_MAX_BYTES = 512,
	WORDS = 7
};

const char *const peer_manner_names[] = { "good", "slow", "wrong", "double", "unreachable", "lying", "mix", NULL };

int64_t peer_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * US_PER_SECOND + t.tv_nsec / 1000;
}

struct peer_order *peer_find(struct peer *p, struct text id)
{
	for (uint32_t i = 0; i < p->n; i++)
		if (text_eq(text_z(p->order[i].id), id))
			return &p->order[i];
	return NULL;
}

static void keep(char *out, size_t cap, struct text t)
{
	size_t n = t.n < cap - 1 ? t.n : cap - 1;

	memcpy(out, t.p, n);
	out[n] = 0;
}

static struct peer_order *add(struct peer *p, struct text id, struct text what, struct text subject,
                              struct text original, int64_t at_us)
{
	struct peer_order *o;

	if (p->n == p->cap) {
		uint32_t cap = p->cap == 0 ? 256 : p->cap * 2;
		struct peer_order *grown = p->n >= PEER_ORDERS_MAX ? NULL : mem_resize(p->order, cap * sizeof(*grown));

		if (grown == NULL)
			return NULL;
		p->order = grown;
		p->cap = cap;
	}
	o = &p->order[p->n++];
	*o = (struct peer_order){ .at_us = at_us };
	keep(o->id, sizeof(o->id), id);
	keep(o->what, sizeof(o->what), what);
	keep(o->subject, sizeof(o->subject), subject);
	keep(o->original, sizeof(o->original), original);
	o->draw = p->o.seed;
	for (const char *z = o->id; *z != 0; z++)
		o->draw = hash_mix(o->draw * 31 + (unsigned char)*z);
	return o;
}

/* ---- the file ---- */

/* Written and synced, or the process ends: whoever answered without it would forget. */
static void note(struct peer *p, const char *line)
{
	size_t n = strlen(line);

	if (write(p->fd, line, n) == (ssize_t)n && fdatasync(p->fd) == 0)
		return;
	fprintf(stderr, "duanka simulate: %s: %s\n", p->o.state, strerror(errno));
	_exit(1);
}

static size_t words(struct text line, struct text w[WORDS])
{
	size_t n = 0, at = 0;

	while (at < line.n && n < WORDS) {
		size_t from = at;

		while (at < line.n && line.p[at] != ' ')
			at++;
		w[n++] = text_of(line.p + from, at - from);
		at++;
	}
	return n;
}

static bool take_line(struct peer *p, struct text line)
{
	struct text w[WORDS];
	size_t n = words(line, w);
	struct peer_order *o = n < 2 ? NULL : peer_find(p, w[1]);
	int64_t at;

	if (n == WORDS && text_eq(w[0], TEXT("order")) && o == NULL && text_to_int(w[5], &at) == ERR_OK) {
		o = add(p, w[1], w[2], w[3], text_eq(w[4], TEXT("-")) ? TEXT("") : w[4], at);
		if (o == NULL)
			return false;
		o->arrivals = o->to_tell = 1;
		o->effects = !text_eq(w[6], TEXT("-"));
		return true;
	}
	if (o == NULL)
		return false;
	if (text_eq(w[0], TEXT("arrived")))
		o->arrivals++;
	else if (text_eq(w[0], TEXT("told"))) {
		o->told = true;
		o->to_tell = 0;
	} else
		return false;
	return true;
}

bool peer_open(struct peer *p)
{
	struct buf b;
	size_t at = 0;
	enum err e;
	bool ok;

	buf_init(&b, STATE_MAX);
	e = file_read_all(p->o.state, STATE_MAX, &b);
	ok = e == ERR_OK || e == ERR_ABSENT;
	while (ok && at < b.n) {
		const char *end = memchr(b.p + at, '\n', b.n - at);

		if (end == NULL)
			break; /* torn: nobody was told of it */
		ok = take_line(p, text_of(b.p + at, (size_t)(end - (b.p + at))));
		at = (size_t)(end - b.p) + 1;
	}
	buf_release(&b);
	p->fd = ok ? open(p->o.state, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
	ok = p->fd >= 0 && ftruncate(p->fd, (off_t)at) == 0;
	if (!ok)
		fprintf(stderr, "duanka simulate: %s: it can't be read as a peer's state\n", p->o.state);
	return ok;
}

void peer_close(struct peer *p)
{
	if (p->fd >= 0)
		close(p->fd);
	mem_free(p->order);
}

struct peer_order *peer_arrive(struct peer *p, struct text id, struct text what, struct text subject,
                               struct text original)
{
	struct peer_order *o = peer_find(p, id);
	char line[LINE_MAX_BYTES];

	if (o == NULL)
		return id.n == 0 || id.n > PEER_ID_MAX || what.n > PEER_WORD_MAX || subject.n == 0 ||
		               subject.n > PEER_SUBJECT_MAX || memchr(subject.p, ' ', subject.n) != NULL
		           ? NULL
		           : add(p, id, what, subject, original, peer_now_us());
	snprintf(line, sizeof(line), "arrived %s\n", o->id);
	o->arrivals++;
	note(p, line);
	return o;
}

void peer_accept(struct peer *p, struct peer_order *o, const char *effect)
{
	char line[LINE_MAX_BYTES];

	o->arrivals = o->to_tell = 1;
	o->effects = effect != NULL;
	snprintf(line, sizeof(line), "order %s %s %s %s %" PRId64 " %s\n", o->id, o->what, o->subject,
	         o->original[0] == 0 ? "-" : o->original, o->at_us, effect == NULL ? "-" : effect);
	note(p, line);
}

void peer_told(struct peer *p, struct peer_order *o)
{
	char line[LINE_MAX_BYTES];

	if (o->to_tell > 0)
		o->to_tell--;
	if (o->told)
		return;
	o->told = true;
	snprintf(line, sizeof(line), "told %s\n", o->id);
	note(p, line);
}

enum peer_manner peer_manner_of(const struct peer *p, const struct peer_order *o)
{
	return p->o.manner == PEER_MIX ? (enum peer_manner)(o->draw >> 40) % PEER_MIX : p->o.manner;
}

void peer_report(const struct peer *p, struct buf *out)
{
	for (uint32_t i = 0; i < p->n; i++) {
		const struct peer_order *o = &p->order[i];

		buf_printf(out, "%s %s %s arrivals %u effects %u told %d\n", o->id, o->what, o->subject, o->arrivals,
		           o->effects, o->told);
	}
}
