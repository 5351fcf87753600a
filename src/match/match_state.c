/* match_state.c - what a side keeps between two steps, in guarded memory and as the bytes of a file.
 *
 *    0   8  "DKMSTAT1"                    84  32  hash of the message sent
 *    8   1  step that was sent           116  32  digest of the list
 *    9   1  who learns                   148  32  secret
 *   10   1  kind                         180      purpose, basis, order (4 bytes an item), points
 *   11   1  0                             and 32 bytes of BLAKE2b over all of that: it finds damage, nothing else
 *   12   4  items                         20  32  session (52  32 zero)
 *   16   4  points                        (the texts' lengths: 52 2, 54 2)
 * Whoever can read it can try numbers against the offer, so the file has the mode 0600 and goes when the session is over. */
#include <sodium.h>
#include "base/mem.h"
#include "match/match_int.h"

enum {
	HEAD_BYTES = 180
};

static const char magic[8] = "DKMSTAT1";

struct match_state *match_state_new(void)
{
	struct match_state *s = sodium_init() < 0 ? NULL : sodium_malloc(sizeof(*s));

	if (s != NULL)
		sodium_memzero(s, sizeof(*s));
	return s;
}

static void wipe(void *p, size_t n)
{
	if (p != NULL)
		sodium_memzero(p, n);
	mem_free(p);
}

void match_state_free(struct match_state *s)
{
	if (s == NULL)
		return;
	wipe(s->order, (size_t)s->n * sizeof(*s->order));
	wipe(s->points, (size_t)s->n_points * MATCH_POINT_BYTES);
	sodium_free(s); /* wipes it */
}

void match_state_take_terms(struct match_state *s, const struct match_terms *t)
{
	CHECK(t->purpose.n <= MATCH_TEXT_MAX && t->basis.n <= MATCH_TEXT_MAX);
	s->terms = *t;
	memcpy(s->text[0], t->purpose.p, t->purpose.n);
	memcpy(s->text[1], t->basis.p, t->basis.n);
	s->terms.purpose.p = s->text[0];
	s->terms.basis.p = s->text[1];
}

const struct match_terms *match_state_terms(const struct match_state *s)
{
	return &s->terms;
}

enum match_step match_state_step(const struct match_state *s)
{
	return s->step;
}

static size_t size_of(const struct match_state *s)
{
	return HEAD_BYTES + s->terms.purpose.n + s->terms.basis.n + (size_t)s->n * 4 +
	       (size_t)s->n_points * MATCH_POINT_BYTES + MATCH_HASH_BYTES;
}

enum err match_state_write(const struct match_state *s, struct buf *out)
{
	unsigned char head[HEAD_BYTES] = { 0 }, hash[MATCH_HASH_BYTES], number[4];
	size_t at = out->n;
	enum err e = buf_reserve(out, size_of(s)); /* so that no part is left behind where it grew */

	if (e != ERR_OK)
		return e;
	memcpy(head, magic, sizeof(magic));
	head[8] = (unsigned char)s->step;
	head[9] = (unsigned char)s->terms.learns;
	head[10] = (unsigned char)s->terms.form;
	match_put(head + 12, s->n, 4);
	match_put(head + 16, s->n_points, 4);
	memcpy(head + 20, s->terms.session, MATCH_SESSION_BYTES);
	match_put(head + 52, s->terms.purpose.n, 2);
	match_put(head + 54, s->terms.basis.n, 2);
	memcpy(head + 84, s->hash, MATCH_HASH_BYTES);
	memcpy(head + 116, s->digest, MATCH_HASH_BYTES);
	memcpy(head + 148, s->secret, MATCH_SECRET_BYTES);
	buf_add(out, head, sizeof(head));
	sodium_memzero(head, sizeof(head));
	buf_text(out, s->terms.purpose);
	buf_text(out, s->terms.basis);
	for (uint32_t i = 0; i < s->n; i++) {
		match_put(number, s->order[i], 4);
		buf_add(out, number, sizeof(number));
	}
	buf_add(out, s->points, (size_t)s->n_points * MATCH_POINT_BYTES);
	crypto_generichash(hash, sizeof(hash), (const unsigned char *)out->p + at, out->n - at, NULL, 0);
	buf_add(out, hash, sizeof(hash));
	return out->err;
}

/* Each item has one place. False: not so, or no memory (*e). */
static bool take_order(struct match_state *s, const unsigned char *p, enum err *e)
{
	unsigned char *seen = mem_alloc((size_t)s->n + 1);
	bool fine = seen != NULL;

	*e = fine ? ERR_FORMAT : ERR_MEMORY;
	for (uint32_t i = 0; fine && i < s->n; i++) {
		s->order[i] = (uint32_t)match_get(p + (size_t)i * 4, 4);
		fine = s->order[i] < s->n && !seen[s->order[i]];
		if (fine)
			seen[s->order[i]] = 1;
	}
	mem_free(seen);
	return fine;
}

static enum err take(struct match_state *s, const unsigned char *p, size_t n)
{
	struct match_terms t = { .form = (enum ident_form)p[10], .learns = (enum match_learns)p[9] };
	size_t n_purpose = (size_t)match_get(p + 52, 2), n_basis = (size_t)match_get(p + 54, 2);
	uint32_t items = (uint32_t)match_get(p + 12, 4), points = (uint32_t)match_get(p + 16, 4);
	enum err e;

	if (p[8] < MATCH_OFFER || p[8] > MATCH_ANSWER || p[9] < MATCH_OFFERER || p[9] > MATCH_BOTH || p[11] != 0 ||
	    match_kind_name(t.form) == NULL || items > MATCH_ITEMS_MOST || points > MATCH_ITEMS_MOST ||
	    n_purpose > MATCH_TEXT_MAX || n_basis > MATCH_TEXT_MAX)
		return ERR_FORMAT;
	t.purpose = text_of((const char *)p + HEAD_BYTES, n_purpose);
	t.basis = text_of(t.purpose.p + n_purpose, n_basis);
	memcpy(t.session, p + 20, MATCH_SESSION_BYTES);
	match_state_take_terms(s, &t);
	s->step = (enum match_step)p[8];
	memcpy(s->hash, p + 84, MATCH_HASH_BYTES);
	memcpy(s->digest, p + 116, MATCH_HASH_BYTES);
	memcpy(s->secret, p + 148, MATCH_SECRET_BYTES);
	if (n !=
	    HEAD_BYTES + n_purpose + n_basis + (size_t)items * 4 + (size_t)points * MATCH_POINT_BYTES + MATCH_HASH_BYTES)
		return ERR_FORMAT;
	s->order = mem_alloc_array(items, sizeof(*s->order));
	s->points = mem_alloc_array(points, MATCH_POINT_BYTES);
	if (s->order == NULL || s->points == NULL)
		return ERR_MEMORY;
	s->n = items;
	s->n_points = points;
	p += HEAD_BYTES + n_purpose + n_basis;
	if (!take_order(s, p, &e))
		return e;
	memcpy(s->points, p + (size_t)items * 4, (size_t)points * MATCH_POINT_BYTES);
	return match_points_ascend(s->points, points) ? ERR_OK : ERR_FORMAT;
}

enum err match_state_read(struct match_state **out, struct text bytes, const char **why)
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	unsigned char hash[MATCH_HASH_BYTES];
	enum err e = ERR_FORMAT;

	*out = NULL;
	*why = "not the state of a session of private matching, or damaged";
	if (bytes.n < HEAD_BYTES + MATCH_HASH_BYTES || memcmp(p, magic, sizeof(magic)) != 0)
		return ERR_FORMAT;
	crypto_generichash(hash, sizeof(hash), p, bytes.n - MATCH_HASH_BYTES, NULL, 0);
	if (sodium_memcmp(hash, p + bytes.n - MATCH_HASH_BYTES, sizeof(hash)) != 0)
		return ERR_FORMAT;
	*out = match_state_new();
	if (*out != NULL)
		e = take(*out, p, bytes.n);
	else
		e = ERR_MEMORY;
	if (e != ERR_OK) {
		match_state_free(*out);
		*out = NULL;
	}
	if (e == ERR_MEMORY)
		*why = "there is no memory for it";
	return e;
}
