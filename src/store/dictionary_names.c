/* dictionary_names.c - identifiers on their way through the journal.
 *
 * A packed payload is the number of a names key and a box that is tied to that number: day, then for each entry token, kind, length and
 * bytes. Who was packed lately stands in a table of 64-byte lines of eight words, each a hash of token, kind and day; a word that comes in pushes out the
 * oldest of its line. Whom it forgets is packed again, which costs bytes and nothing else. Somebody whose word (63 bits) happened to be another's in
 * the same line would not be packed: with a billion events a day that is one chance in a billion a day. */
#include <stdlib.h>
#include "base/mem.h"
#include "store/dictionary_int.h"

enum {
	WAYS = 8,
	LINES = DICTIONARY_LATELY_BYTES / (WAYS * 8),
	DAY_BYTES = 4,
	ENTRY_BYTES = TOKEN_BYTES + 2 /* and the plain form */
};

_Static_assert((LINES & (LINES - 1)) == 0, "a line is found by a mask");

/* ---- packing ---- */

static uint64_t word_of(struct token t, uint8_t kind, int32_t day)
{
	return (hash_mix(hash_mix(t.w[0] + (uint32_t)day) + t.w[1]) + kind) | 1;
}

static uint64_t *line_of(const struct dictionary *d, uint64_t word)
{
	return d->lately + (hash_mix(word) & (LINES - 1)) * WAYS;
}

/* True: it is in the line. Otherwise it is from now on. */
static bool known(uint64_t *line, uint64_t word)
{
	for (int i = 0; i < WAYS; i++)
		if (line[i] == word)
			return true;
	memmove(line + 1, line, (WAYS - 1) * sizeof(*line));
	line[0] = word;
	return false;
}

void dictionary_forget(struct dictionary *d, struct token t, uint8_t kind, int32_t day)
{
	uint64_t word = word_of(t, kind, day), *line = line_of(d, word);

	for (int i = 0; i < WAYS; i++)
		if (line[i] == word)
			line[i] = 0;
}

static void pack_one(struct buf *out, const struct dictionary_entry *x)
{
	unsigned char head[ENTRY_BYTES];

	CHECK(x->plain.n > 0 && x->plain.n <= DICTIONARY_PLAIN_MAX);
	put_token(head, x->token);
	head[TOKEN_BYTES] = x->kind;
	head[TOKEN_BYTES + 1] = (unsigned char)x->plain.n;
	buf_add(out, head, sizeof(head));
	buf_text(out, x->plain);
}

/* What stands in plain in out behind `at` is sealed where it lies. */
static void seal_packed(struct dictionary *d, struct buf *out, size_t at)
{
	static const char tag[TAG_BYTES];
	size_t head = NUMBER_BYTES + NONCE_BYTES, n = out->n - at - head;
	unsigned char *p;
	struct data_key k;

	buf_add(out, tag, sizeof(tag));
	if (out->err != ERR_OK)
		return;
	p = (unsigned char *)out->p + at;
	pthread_mutex_lock(&d->names_lock);
	k = *key_newest(d, FOR_NAMES);
	pthread_mutex_unlock(&d->names_lock);
	put_number(p, k.number);
	box_put(p + NUMBER_BYTES, k.key, text_of((char *)p, NUMBER_BYTES), text_of((char *)p + head, n));
	sodium_memzero(&k, sizeof(k));
}

enum err dictionary_pack(struct dictionary *d, const struct dictionary_entry *e, size_t n, int32_t day, struct buf *out)
{
	static const char head[NUMBER_BYTES + NONCE_BYTES];
	unsigned char days[DAY_BYTES];
	size_t at = out->n, before = at + sizeof(head) + sizeof(days);
	enum err err;

	for (size_t i = 0; i < n; i++)
		mem_touch(line_of(d, word_of(e[i].token, e[i].kind, day)));
	put_number(days, (uint32_t)day);
	buf_add(out, head, sizeof(head));
	buf_add(out, days, sizeof(days));
	for (size_t i = 0; i < n; i++) {
		uint64_t word = word_of(e[i].token, e[i].kind, day);

		if (!known(line_of(d, word), word))
			pack_one(out, &e[i]);
	}
	if (out->err == ERR_OK && out->n > before)
		seal_packed(d, out, at);
	err = out->err != ERR_OK ? out->err : out->n - at > DICTIONARY_PACKED_MAX ? ERR_CAP : ERR_OK;
	if (err == ERR_OK && out->n > before)
		return ERR_OK;
	if (out->n > at)
		sodium_memzero(out->p + at, out->n - at);
	if (err != ERR_OK)
		memset(d->lately, 0, DICTIONARY_LATELY_BYTES);
	out->n = at;
	return err;
}

/* ---- folding ----
 *
 * Rows lie by token, and tokens come in any order: each new row dirties a page of its own, which is written twice. So payloads are opened first, and their
 * entries go in sorted: those that share a page share its writing, and the larger the batch, the more do. */

struct folding {
	struct dictionary *d;
	char *plain; /* of all payloads, one behind the other */
	struct dictionary_fold_entry {
		struct dictionary_entry e;
		int32_t day;
	} * entry;
	size_t bytes, n;
	uint64_t added, unopened;
};

/* False: not what dictionary_pack made. */
static bool take_entry(struct folding *f, struct text *rest, int32_t day)
{
	const unsigned char *p = (const unsigned char *)rest->p;
	size_t n = rest->n < ENTRY_BYTES ? 0 : p[TOKEN_BYTES + 1];
	struct token t = { { 0, 0 } };

	if (n == 0 || n > DICTIONARY_PLAIN_MAX || rest->n - ENTRY_BYTES < n)
		return false;
	for (int i = 0; i < TOKEN_BYTES; i++)
		t.w[i / 8] = t.w[i / 8] << 8 | p[i];
	f->entry[f->n].e = (struct dictionary_entry){ t, p[TOKEN_BYTES], text_of(rest->p + ENTRY_BYTES, n) };
	f->entry[f->n++].day = day;
	rest->p += ENTRY_BYTES + n;
	rest->n -= ENTRY_BYTES + n;
	return true;
}

static bool open_payload(struct folding *f, struct text packed)
{
	const unsigned char *p = (const unsigned char *)packed.p;
	const struct data_key *k = packed.n < NUMBER_BYTES ? NULL : key_of(f->d, FOR_NAMES, get_number(p));
	struct text rest = { f->plain + f->bytes, 0 };
	int32_t day;

	if (k == NULL || box_take(p + NUMBER_BYTES, packed.n - NUMBER_BYTES, k->key, text_of(packed.p, NUMBER_BYTES),
	                          f->plain + f->bytes, packed.n, &rest.n) != ERR_OK)
		return false;
	f->bytes += rest.n;
	if (rest.n < DAY_BYTES)
		return false;
	day = (int32_t)get_number((const unsigned char *)rest.p);
	rest.p += DAY_BYTES;
	rest.n -= DAY_BYTES;
	while (rest.n > 0)
		if (!take_entry(f, &rest, day))
			return false;
	return true;
}

static int by_row(const void *a, const void *b)
{
	const struct dictionary_fold_entry *x = a, *y = b;

	for (int i = 0; i < 2; i++)
		if (x->e.token.w[i] != y->e.token.w[i])
			return x->e.token.w[i] < y->e.token.w[i] ? -1 : 1;
	return (x->e.kind > y->e.kind) - (x->e.kind < y->e.kind);
}

static enum err add_rows(struct folding *f, uint64_t next)
{
	struct dictionary *d = f->d;
	enum err e = store_run(&d->store, "BEGIN IMMEDIATE");

	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < f->n && e == ERR_OK; i++) {
		bool added = false;

		e = row_add(d, &f->entry[i].e, f->entry[i].day, &added);
		f->added += added;
	}
	if (e == ERR_OK)
		e = state_put(d, next, d->entries + f->added);
	return store_end(&d->store, e);
}

enum err dictionary_fold(struct dictionary *d, const struct text *packed, size_t n, uint64_t next,
                         struct dictionary_folded *out)
{
	struct folding f = { .d = d };
	size_t bytes = 1;
	enum err e;

	*out = (struct dictionary_folded){ .added = 0 };
	for (size_t i = 0; i < n; i++)
		bytes += packed[i].n;
	f.plain = mem_alloc(bytes);
	f.entry = mem_alloc_array(bytes / ENTRY_BYTES + 1, sizeof(*f.entry));
	e = f.plain == NULL || f.entry == NULL ? ERR_MEMORY : ERR_OK;
	pthread_mutex_lock(&d->store.lock);
	if (e == ERR_OK) {
		for (size_t i = 0; i < n; i++)
			f.unopened += !open_payload(&f, packed[i]);
		qsort(f.entry, f.n, sizeof(*f.entry), by_row);
		e = add_rows(&f, next);
	}
	if (e == ERR_OK) {
		d->folded = next;
		d->entries += f.added;
		*out = (struct dictionary_folded){ f.added, f.unopened };
	}
	pthread_mutex_unlock(&d->store.lock);
	if (f.plain != NULL)
		sodium_memzero(f.plain, f.bytes);
	mem_free(f.plain);
	mem_free(f.entry);
	return e;
}

uint64_t dictionary_position(const struct dictionary *d)
{
	return d->folded;
}
