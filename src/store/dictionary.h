/* dictionary.h - the only place where a token turns back into the identifier it stands for, encrypted at rest.
 *
 * One SQLite file, DIRECTORY/dictionary.sqlite. A row a token: number of the data key, nonce and ciphertext (XChaCha20-Poly1305 with token and
 * kind as additional data, so that rows cannot be exchanged), day last seen. Data keys are random and stand in the same file wrapped by the
 * master key, which is a file of its own (32 bytes, mode 0600) that may lie on another device. dictionary_rotate makes a new data key
 * for what comes from now on; dictionary_tend moves older rows to it little by little; dictionary_rewrap changes the master key.
 * Erasing a person is erasing the row (SQLite's secure_delete overwrites it, the write-ahead log is cut off after it): the journal then
 * holds a token that nobody can turn back (PIPL Art 47).
 * The caller journals each reveal before it shows the answer: this file does not know who asks.
 * Any thread may call; a lock inside. */
#ifndef DUANKA_STORE_DICTIONARY_H
#define DUANKA_STORE_DICTIONARY_H
#include "base/buf.h"
#include "base/hash.h"

enum {
	DICTIONARY_PLAIN_MAX = 64, /* bytes: EVENT_IDENT_MAX */
	DICTIONARY_MASTER_BYTES = 32,
	DICTIONARY_SEALED_MAX = 1 << 20 /* plain bytes of one dictionary_seal */
};

struct dictionary_entry {
	struct token token;
	uint8_t kind;      /* index in the schema */
	struct text plain; /* 1 to DICTIONARY_PLAIN_MAX bytes */
};

struct dictionary;
/* Made if it is not there. master is copied, and wiped at close. ERR_FORMAT: the master key does not open this dictionary, or the file is
 * not one; why has one line. */
enum err dictionary_open(struct dictionary **out, const char *path, const unsigned char *master,
                         struct buf *why) MUST_CHECK;
void dictionary_close(struct dictionary *d); /* NULL is fine */
/* Adds what is not there yet, and notes the day (since 1970-01-01) for what is, in one durable transaction. Costs nothing for
 * entries that were added on the same day lately: a table of such is kept. On failure none is added. */
enum err dictionary_add(struct dictionary *d, const struct dictionary_entry *e, size_t n, int32_t day) MUST_CHECK;
/* ERR_ABSENT: never seen, or erased; ERR_FORMAT: damaged. plain takes DICTIONARY_PLAIN_MAX bytes. */
enum err dictionary_reveal(struct dictionary *d, struct token t, uint8_t kind, char *plain, size_t *n) MUST_CHECK;
enum err dictionary_erase(struct dictionary *d, struct token t, uint8_t kind) MUST_CHECK; /* ERR_ABSENT */
enum err dictionary_rotate(struct dictionary *d) MUST_CHECK; /* a new data key; ERR_CAP: 1,000 are in use, tend first */
enum err dictionary_rewrap(struct dictionary *d, const unsigned char *new_master) MUST_CHECK;

struct dictionary_tended {
	uint64_t seen, expired, renewed;
	bool round; /* the end was met: the next call begins anew */
};
/* Looks at the next rows_max rows: those last seen before `before_day` go, those under older data keys get the newest. Data keys
 * without rows (of entries or sealed) go at the end of a round. */
enum err dictionary_tend(struct dictionary *d, int32_t before_day, uint32_t rows_max,
                         struct dictionary_tended *out) MUST_CHECK;
enum err dictionary_count(struct dictionary *d, uint64_t *entries) MUST_CHECK;

/* The same data keys for other bytes that must not lie about in plain (quarantined records): out is key number, nonce and ciphertext. context
 * is authenticated, not stored. */
enum err dictionary_seal(struct dictionary *d, struct text context, struct text plain, struct buf *out) MUST_CHECK;
/* ERR_FORMAT: changed, or of another context. */
enum err dictionary_unseal(struct dictionary *d, struct text context, struct text sealed, struct buf *plain) MUST_CHECK;

#endif
