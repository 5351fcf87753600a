/* texts.h - names, notes, addresses and papers of the desk: sealed texts, by 16 random bytes that stand for them in commands, objects and the journal.
 *
 * DIRECTORY/texts.sqlite. A text is durable before the command that refers to it is journaled; one whose command was refused goes with age (texts_expire
 * asks). The sealing is the dictionary's (dictionary_seal), the reference is its context, so that texts cannot be exchanged. Erasing a text leaves the
 * reference behind, which nobody can turn back. Any thread may call. */
#ifndef DUANKA_STORE_TEXTS_H
#define DUANKA_STORE_TEXTS_H
#include "store/dictionary.h"

enum {
	TEXT_BYTES_MAX = 64 << 10,
	TEXT_REF_BYTES = 16
};

struct texts;
/* d is borrowed and must outlive it. */
enum err texts_open(struct texts **out, const char *path, struct dictionary *d, struct buf *why) MUST_CHECK;
void texts_close(struct texts *t); /* NULL is fine */
/* n plain texts (UTF-8, 1 to TEXT_BYTES_MAX bytes) in one durable transaction. ref: chosen by the caller at random, never zero. */
enum err texts_add(struct texts *t, const unsigned char (*ref)[TEXT_REF_BYTES], const struct text *plain, size_t n,
                   int64_t now_us) MUST_CHECK;
/* ERR_ABSENT: never there, or erased; ERR_FORMAT: damaged. Appended to plain. */
enum err texts_read(struct texts *t, const unsigned char ref[TEXT_REF_BYTES], struct buf *plain) MUST_CHECK;
enum err texts_erase(struct texts *t, const unsigned char ref[TEXT_REF_BYTES]) MUST_CHECK; /* ERR_ABSENT */
uint64_t texts_count(const struct texts *t);

#endif
