/* roster.c - the roster's file, and what lists and registry know about its people; see roster.h. The pass over the journal is in roster_journal.c. */
#include "gateway/roster.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/mem.h"
#include "desk/publication.h"
#include "desk/warning.h"
#include "gateway/roster_int.h"

_Static_assert(sizeof(crypto_generichash_state) <= sizeof(((struct roster_writer *)0)->state), "its place");

static const char magic[8] = { 'D', 'K', 'R', 'O', 'S', 'T', '0', '1' };

/* ---- the file ---- */

static void head_put(unsigned char out[ROSTER_HEAD_BYTES], uint64_t rows, uint64_t position, uint64_t day)
{
	uint64_t v[3] = { rows, position, day };

	memset(out, 0, ROSTER_HEAD_BYTES);
	memcpy(out, magic, sizeof(magic));
	for (uint32_t i = 0; i < 24; i++)
		out[8 + i] = (unsigned char)(v[i / 8] >> 8 * (i % 8));
}

static bool head_take(const unsigned char in[ROSTER_HEAD_BYTES], struct roster_head *out)
{
	uint64_t v[3] = { 0, 0, 0 };

	for (uint32_t i = 0; i < 24; i++)
		v[i / 8] |= (uint64_t)in[8 + i] << 8 * (i % 8);
	*out = (struct roster_head){ v[0], v[1], (uint16_t)v[2] };
	return memcmp(in, magic, sizeof(magic)) == 0 && v[0] <= ROSTER_PEOPLE_MAX;
}

static crypto_generichash_state *state_of(struct roster_writer *w)
{
	return (crypto_generichash_state *)(((uintptr_t)w->state + 63) & ~(uintptr_t)63);
}

static enum err put_bytes(struct roster_writer *w, const void *p, size_t n)
{
	crypto_generichash_update(state_of(w), p, n);
	return outfile_write(&w->file, p, n);
}

enum err roster_begin(struct roster_writer *w, const char *path, uint64_t rows, uint64_t position, uint16_t day)
{
	unsigned char head[ROSTER_HEAD_BYTES];
	enum err e = outfile_open(&w->file, path);

	w->rows = rows;
	w->n = 0;
	crypto_generichash_init(state_of(w), NULL, 0, ROSTER_DIGEST_BYTES);
	head_put(head, rows, position, day);
	return e == ERR_OK ? put_bytes(w, head, sizeof(head)) : e;
}

enum err roster_row(struct roster_writer *w, const struct recipient *r)
{
	unsigned char row[RECIPIENT_BYTES];

	recipient_put(r, row);
	w->n++;
	return put_bytes(w, row, sizeof(row));
}

enum err roster_end(struct roster_writer *w)
{
	unsigned char digest[ROSTER_DIGEST_BYTES];
	enum err e, closed;

	crypto_generichash_final(state_of(w), digest, sizeof(digest));
	e = outfile_write(&w->file, digest, sizeof(digest));
	CHECK(e != ERR_OK || w->n == w->rows);
	closed = outfile_close(&w->file);
	return e != ERR_OK ? e : closed;
}

/* ---- reading ---- */

enum {
	ROWS_AT_ONCE = 8192
};

static int before(struct token a, struct token b)
{
	return a.w[0] != b.w[0] ? (a.w[0] < b.w[0] ? -1 : 1) : (a.w[1] > b.w[1]) - (a.w[1] < b.w[1]);
}

static enum err read_whole(int fd, void *p, size_t n)
{
	size_t got = 0;

	while (got < n) {
		ssize_t k = read(fd, (char *)p + got, n - got);

		if (k == 0)
			return ERR_FORMAT;
		if (k < 0 && errno != EINTR)
			return ERR_IO;
		got += k > 0 ? (size_t)k : 0;
	}
	return ERR_OK;
}

static enum err rows(int fd, uint64_t n, crypto_generichash_state *h, unsigned char *room,
                     enum err (*visit)(void *ctx, const struct recipient *r), void *ctx)
{
	struct recipient r, last = { .birth_year = 0 };
	enum err e = ERR_OK;

	for (uint64_t at = 0; at < n && e == ERR_OK;) {
		size_t now = n - at < ROWS_AT_ONCE ? (size_t)(n - at) : ROWS_AT_ONCE;

		e = read_whole(fd, room, now * RECIPIENT_BYTES);
		if (e == ERR_OK)
			crypto_generichash_update(h, room, now * RECIPIENT_BYTES);
		for (size_t i = 0; i < now && e == ERR_OK; i++, at++) {
			recipient_take(room + i * RECIPIENT_BYTES, &r);
			if (at > 0 && before(last.person, r.person) >= 0)
				return ERR_FORMAT;
			last = r;
			e = visit(ctx, &r);
		}
	}
	return e;
}

enum err roster_read(const char *path, struct roster_head *head,
                     enum err (*visit)(void *ctx, const struct recipient *r), void *ctx)
{
	unsigned char first[ROSTER_HEAD_BYTES], digest[ROSTER_DIGEST_BYTES], told[ROSTER_DIGEST_BYTES];
	unsigned char *room = mem_alloc((size_t)ROWS_AT_ONCE * RECIPIENT_BYTES);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	crypto_generichash_state h;
	enum err e = room == NULL ? ERR_MEMORY : fd < 0 ? (errno == ENOENT ? ERR_ABSENT : ERR_IO) : ERR_OK;

	if (e == ERR_OK)
		e = read_whole(fd, first, sizeof(first));
	if (e == ERR_OK && !head_take(first, head))
		e = ERR_FORMAT;
	if (e == ERR_OK) {
		crypto_generichash_init(&h, NULL, 0, sizeof(digest));
		crypto_generichash_update(&h, first, sizeof(first));
		e = rows(fd, head->rows, &h, room, visit, ctx);
	}
	if (e == ERR_OK) {
		crypto_generichash_final(&h, digest, sizeof(digest));
		e = read_whole(fd, told, sizeof(told));
		if (e == ERR_OK && (memcmp(told, digest, sizeof(told)) != 0 || read(fd, told, 1) != 0))
			e = ERR_FORMAT;
	}
	if (fd >= 0)
		close(fd);
	mem_free(room);
	return e;
}

/* ---- finding people by person or phone ---- */

struct recipient *crowd_person(struct crowd *c, struct token t)
{
	uint64_t low = 0, high = c->n;

	while (low < high) {
		uint64_t middle = (low + high) / 2;

		*(before(c->row[middle].person, t) < 0 ? &low : &high) =
			before(c->row[middle].person, t) < 0 ? middle + 1 : middle;
	}
	return low < c->n && token_eq(c->row[low].person, t) ? &c->row[low] : NULL;
}

struct recipient *crowd_phone(struct crowd *c, struct token t)
{
	uint64_t low = 0, high = c->n;

	while (low < high) {
		uint64_t middle = (low + high) / 2;
		bool below = before(c->row[c->by_phone[middle]].phone, t) < 0;

		*(below ? &low : &high) = below ? middle + 1 : middle;
	}
	return low < c->n && token_eq(c->row[c->by_phone[low]].phone, t) ? &c->row[c->by_phone[low]] : NULL;
}

static int phones(const void *a, const void *b, void *ctx)
{
	const struct recipient *row = ctx;

	return before(row[*(const uint32_t *)a].phone, row[*(const uint32_t *)b].phone);
}

enum err crowd_index(struct crowd *c)
{
	c->by_phone = mem_alloc_array(c->n + 1, sizeof(*c->by_phone));
	if (c->by_phone == NULL)
		return ERR_MEMORY;
	for (uint64_t i = 0; i < c->n; i++)
		c->by_phone[i] = (uint32_t)i;
	qsort_r(c->by_phone, c->n, sizeof(*c->by_phone), phones, c->row);
	return ERR_OK;
}

/* ---- lists ---- */

/* A line of a list. False: it is none. *counts: the person consents, or refuses. */
static bool line_read(struct text line, bool refusal, struct token *t, bool *counts)
{
	const char *comma = memchr(line.p, ',', line.n);
	struct text hex = text_trim(comma ? text_of(line.p, (size_t)(comma - line.p)) : line);
	struct text says = comma ? text_trim(text_of(comma + 1, line.n - (size_t)(comma + 1 - line.p))) : text_z("");

	*counts = comma ? text_eq(says, TEXT("yes")) : refusal;
	return token_parse(hex, t) && (!comma || *counts || text_eq(says, TEXT("no")));
}

static enum err take_list(struct crowd *c, const struct roster_list *l, struct roster_made *out, struct buf *why)
{
	struct text rest = l->bytes;
	uint64_t at = 1;

	for (; rest.n > 0; at++) {
		const char *end = memchr(rest.p, '\n', rest.n);
		struct text line = text_trim(text_of(rest.p, end ? (size_t)(end - rest.p) : rest.n));
		struct recipient *r;
		struct token t;
		bool counts;

		rest = end ? text_of(end + 1, rest.n - (size_t)(end + 1 - rest.p)) : text_z("");
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (at > ROSTER_LISTED_MAX || !line_read(line, l->bit == 0, &t, &counts)) {
			buf_printf(why, "line %llu of a list is not TOKEN, TOKEN,yes or TOKEN,no with 32 hexadecimal digits",
			           (unsigned long long)at);
			return ERR_FORMAT;
		}
		out->listed++;
		r = crowd_person(c, t);
		r = r ? r : crowd_phone(c, t);
		out->unknown += !r;
		if (r && counts && l->bit == 0)
			r->flags |= RECIPIENT_REFUSED;
		else if (r && counts)
			r->lists |= l->bit;
	}
	return ERR_OK;
}

/* ---- the registry ---- */

uint16_t roster_day(int64_t us)
{
	int64_t day = (us + 8 * US_PER_HOUR) / US_PER_DAY;

	return (uint16_t)(day > 0 && day < UINT16_MAX ? day : 0);
}

static struct recipient *whom(struct crowd *c, struct desk_entity e)
{
	return e.kind == DESK_PERSON ? crowd_person(c, e.token) : e.kind == DESK_PHONE ? crowd_phone(c, e.token) : NULL;
}

static void see_warning(struct crowd *c, const struct desk_object *o)
{
	struct recipient *r = whom(c, o->subject);
	uint16_t day = roster_day(o->made_us);

	r = r ? r : whom(c, o->also);
	if (!r)
		return;
	r->contacted_day = day > r->contacted_day ? day : r->contacted_day;
	if (!desk_machine(DESK_WARNING)->state[o->state].final)
		r->flags |= RECIPIENT_WARNED;
}

/* Ids ascend with time: the newest comes last and stands first. */
static void see_text(struct crowd *c, const struct desk_object *o)
{
	struct recipient *r = o->subject.kind == DESK_PHONE ? crowd_phone(c, o->subject.token) : NULL;

	if (!r || !desk_has(o, PUBLICATION_F_OUT))
		return;
	memmove(r->texted_day + 1, r->texted_day, (RECIPIENT_TEXTS - 1) * sizeof(r->texted_day[0]));
	r->texted_day[0] = roster_day(desk_i(o, PUBLICATION_F_OUT));
}

static bool see(void *ctx, const struct registry_hit *h)
{
	(h->object->kind == DESK_WARNING ? see_warning : see_text)(ctx, h->object);
	return true;
}

static enum err look(struct crowd *c, struct registry *r, uint8_t kind, bool open, int64_t from_us)
{
	struct registry_query q = { .kind = kind, .open = open, .changed_from_us = from_us, .order = REGISTRY_BY_ID };

	return registry_each(r, &q, see, c);
}

enum err roster_know(struct crowd *c, const struct roster_options *o, struct roster_made *out, struct buf *why)
{
	int64_t since = o->now_us - (int64_t)SEGMENT_TEXT_DAYS * US_PER_DAY;
	enum err e = crowd_index(c);

	for (uint32_t i = 0; i < o->n_lists && e == ERR_OK; i++)
		e = take_list(c, &o->list[i], out, why);
	if (e == ERR_OK)
		e = look(c, o->registry, DESK_WARNING, false, since);
	if (e == ERR_OK)
		e = look(c, o->registry, DESK_WARNING, true, 0);
	return e == ERR_OK ? look(c, o->registry, DESK_PUBLICATION, false, since) : e;
}
