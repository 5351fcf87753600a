/* texts.h - names, notes, addresses and papers of the desk: sealed texts, by 16 random bytes that stand for them in commands, objects and the journal.
 *
 * DIRECTORY/texts.sqlite. A text is durable before the command that refers to it is journaled; one whose command was refused is erased by who added it, and if
 * they crashed in between it stays, sealed, and nothing refers to it. The sealing is the dictionary's (dictionary_seal), the reference is its context, so that texts cannot be exchanged. Erasing a text leaves the
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
/* n plain texts (UTF-8, 1 to TEXT_BYTES_MAX bytes) in one durable transaction. ref: chosen by the caller at random, never zero.
 * ERR_RANGE: empty, too long or not UTF-8. After an error none is there. */
enum err texts_add(struct texts *t, const unsigned char (*ref)[TEXT_REF_BYTES], const struct text *plain, size_t n,
                   int64_t now_us) MUST_CHECK;
/* ERR_ABSENT: never there, or erased; ERR_FORMAT: damaged. Appended to plain. */
enum err texts_read(struct texts *t, const unsigned char ref[TEXT_REF_BYTES], struct buf *plain) MUST_CHECK;
/* Another text in the place of one that is there. ERR_ABSENT: none is; else as texts_add, and after an error it is as it was. */
enum err texts_change(struct texts *t, const unsigned char ref[TEXT_REF_BYTES], struct text plain,
                      int64_t now_us) MUST_CHECK;
enum err texts_erase(struct texts *t, const unsigned char ref[TEXT_REF_BYTES]) MUST_CHECK; /* ERR_ABSENT */
/* The dictionary's keys live only as long as what is sealed under them is said to live (dictionary_tend's sealed_before_day), and texts live longer: those sealed
 * before `before_day`, at most `most`, are sealed again as of `day` (days since 1970-01-01), oldest first. before_day must stay ahead of that day. */
enum err texts_renew(struct texts *t, int32_t before_day, int32_t day, uint32_t most, uint32_t *n) MUST_CHECK;
uint64_t texts_count(const struct texts *t);

#endif
