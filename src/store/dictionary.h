/* dictionary.h - the only place where a token turns back into the identifier it stands for, encrypted at rest.
 *
 * DIRECTORY/dictionary.sqlite: one row a token: kind, number of the data key, nonce, ciphertext (XChaCha20-Poly1305 with token and kind as additional data, so that
 * rows cannot be exchanged), day last seen. Data keys are random, and stand in the same file wrapped by the master key, which is a file of
 * its own (32 bytes, mode 0600) that may lie on another device. Rotation makes a new data key for what comes from now on, and
 * dictionary_reencrypt moves older rows to it little by little; rotation of the master key wraps the data keys anew.
 * Erasing a person is erasing the row (SQLite's secure_delete overwrites it; the WAL is truncated after an erasure): the journal then holds
 * a token that nobody can turn back.
 * Every reveal must be journaled by the caller before it shows the answer: this file does not know who asks.
 * One writer at a time (a mutex inside), any number of readers. */
#ifndef DUANKA_STORE_DICTIONARY_H
#define DUANKA_STORE_DICTIONARY_H
#include "base/buf.h"
#include "base/hash.h"

enum {
	DICTIONARY_PLAIN_MAX = 64, /* bytes: EVENT_IDENT_MAX */
	DICTIONARY_MASTER_BYTES = 32
};

struct dictionary_entry {
	struct token token;
	uint8_t kind; /* entity kind: index in the schema */
	struct text plain;
};

struct dictionary;
/* Made if it is not there. master: DICTIONARY_MASTER_BYTES, copied and wiped at close. ERR_FORMAT: the master key does not open
 * this dictionary, or the file is not one; why has one line. */
enum err dictionary_open(struct dictionary **out, const char *path, const unsigned char *master,
                         struct buf *why) MUST_CHECK;
void dictionary_close(struct dictionary *d);
/* Adds entries that are not there yet (others are left as they are, their day is updated) in one durable transaction. day: days since 1970-01-01. */
enum err dictionary_add(struct dictionary *d, const struct dictionary_entry *e, size_t n, int32_t day) MUST_CHECK;
/* ERR_ABSENT: never seen, or erased; ERR_FORMAT: damaged. plain holds DICTIONARY_PLAIN_MAX bytes. */
enum err dictionary_reveal(struct dictionary *d, struct token t, uint8_t kind, char *plain, size_t *n) MUST_CHECK;
enum err dictionary_erase(struct dictionary *d, struct token t, uint8_t kind) MUST_CHECK; /* ERR_ABSENT */
/* Erases what was last seen before this day; *removed says how many. */
enum err dictionary_expire(struct dictionary *d, int32_t before_day, uint64_t *removed) MUST_CHECK;
enum err dictionary_rotate(struct dictionary *d) MUST_CHECK; /* a new data key */
enum err dictionary_reencrypt(struct dictionary *d, uint32_t rows_max,
                              uint64_t *left) MUST_CHECK; /* old rows to the newest key; keys without rows go */
enum err dictionary_rewrap(struct dictionary *d, const unsigned char *new_master) MUST_CHECK; /* a new master key */
struct dictionary_counts {
	uint64_t entries, keys, old_rows; /* rows under older data keys */
};
enum err dictionary_counts(struct dictionary *d, struct dictionary_counts *out) MUST_CHECK;

/* The same vault for records that could not be taken and hold plain identifiers (quarantine): seals bytes under the newest data key. out is
 * key number, nonce, ciphertext. context is authenticated, not stored. */
enum err dictionary_seal(struct dictionary *d, struct text context, struct text plain, struct buf *out) MUST_CHECK;
enum err dictionary_unseal(struct dictionary *d, struct text context, struct text sealed, struct buf *plain) MUST_CHECK;

#endif
