/* dictionary.h - the only place where a token turns back into the identifier it stands for, encrypted at rest.
 *
 * One SQLite file, DIRECTORY/dictionary.sqlite. A row a token: number of the data key, nonce and ciphertext (XChaCha20-Poly1305 with token,
 * kind and key number as additional data, so that rows cannot be exchanged), day last seen.
 *
 * Entries come through the journal: dictionary_pack seals those that are new as the payload of a NAMES record in the same batch as the
 * events that name them, so that both are durable by one sync or neither is; dictionary_fold moves what was journaled into rows, and
 * notes how far it got in the same transaction. What is packed stands under a names key. Such a key lives short: dictionary_turn
 * begins a new one, and once all that was packed under the old ones is folded, dictionary_retire (or an erasure) destroys them, and what the
 * journal holds of them is noise (doc/decisions/0008).
 *
 * Keys are random and stand in the same file wrapped by the master key, which is a file of its own (32 bytes, mode 0600) that may lie on another device.
 * dictionary_rotate makes a new data key for what comes from now on; dictionary_tend moves older rows to it little by little;
 * dictionary_rewrap changes the master key.
 * Erasing a person is erasing the row (SQLite's secure_delete overwrites it, the write-ahead log is cut off after it): the journal then
 * holds a token that nobody can turn back (PIPL Art 47).
 * The caller journals each reveal before it shows the answer: this file does not know who asks.
 * Any thread may call; locks inside. */
#ifndef DUANKA_STORE_DICTIONARY_H
#define DUANKA_STORE_DICTIONARY_H
#include "base/buf.h"
#include "base/hash.h"

enum {
	DICTIONARY_PLAIN_MAX = 64, /* bytes: EVENT_IDENT_MAX */
	DICTIONARY_MASTER_BYTES = 32,
	DICTIONARY_SEALED_MAX = 1 << 20, /* plain bytes of one dictionary_seal */
	DICTIONARY_PACKED_MAX = 1 << 20  /* bytes of one dictionary_pack */
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

/* ---- through the journal ---- */

/* Appends to out the sealed form of those of n entries that were not packed on the same day (since 1970-01-01) lately; nothing if there are none. Touches
 * no file and waits for nobody. One thread packs and forgets. On failure out is as it was, and all count as new again. */
enum err dictionary_pack(struct dictionary *d, const struct dictionary_entry *e, size_t n, int32_t day,
                         struct buf *out) MUST_CHECK;
/* Has an entry packed again when it comes next, because it is about to be erased. */
void dictionary_forget(struct dictionary *d, struct token t, uint8_t kind, int32_t day);

struct dictionary_folded {
	uint64_t added, unopened; /* unopened: packed payloads whose names key is gone, or that were changed; passed over */
};
/* Takes n packed payloads into rows and notes that everything before position `next` is folded, in one durable transaction. Entries that
 * are there get the later day. On failure nothing is changed. */
enum err dictionary_fold(struct dictionary *d, const struct text *packed, size_t n, uint64_t next,
                         struct dictionary_folded *out) MUST_CHECK;
uint64_t dictionary_position(const struct dictionary *d); /* as noted last; 0: the dictionary is new */
/* A new names key for what is packed from now on. *number is that of the newest in any case. ERR_CAP: 1,000 are in use. */
enum err dictionary_turn(struct dictionary *d, uint32_t *number) MUST_CHECK;
/* Names keys older than `number` are destroyed. All that was packed under them must be folded. */
enum err dictionary_retire(struct dictionary *d, uint32_t number) MUST_CHECK;

/* ---- entries ---- */

/* Adds entries that do not come through the journal, in one durable transaction; those that are there get the later day. On failure nothing is changed. */
enum err dictionary_add(struct dictionary *d, const struct dictionary_entry *e, size_t n, int32_t day) MUST_CHECK;

/* ERR_ABSENT: never folded, or erased; ERR_FORMAT: damaged. plain takes DICTIONARY_PLAIN_MAX bytes. */
enum err dictionary_reveal(struct dictionary *d, struct token t, uint8_t kind, char *plain, size_t *n) MUST_CHECK;
/* Also does what dictionary_retire does. ERR_ABSENT: there is no such entry. */
enum err dictionary_erase(struct dictionary *d, struct token t, uint8_t kind, uint32_t number) MUST_CHECK;
uint64_t dictionary_count(const struct dictionary *d);

/* ---- keys and age ---- */

enum err dictionary_rotate(struct dictionary *d) MUST_CHECK; /* a new data key; ERR_CAP: 1,000 are in use, tend first */
enum err dictionary_rewrap(struct dictionary *d, const unsigned char *new_master) MUST_CHECK;

struct dictionary_tended {
	uint64_t seen, expired, renewed;
	bool round; /* the end was met: the next call begins anew */
};
/* Looks at the next rows_max rows: those last seen before `before_day` go, those under older data keys get the newest. Data keys
 * under which nothing is left go at the end of a round; sealed bytes (dictionary_seal) count as gone if they were sealed before `sealed_before_day`. */
enum err dictionary_tend(struct dictionary *d, int32_t before_day, int32_t sealed_before_day, uint32_t rows_max,
                         struct dictionary_tended *out) MUST_CHECK;

/* ---- other bytes ---- */

/* The same data keys for other bytes that must not lie about in plain (quarantined records): out is key number, nonce and ciphertext. context
 * is authenticated, not stored. */
enum err dictionary_seal(struct dictionary *d, struct text context, struct text plain, int32_t day,
                         struct buf *out) MUST_CHECK;
/* ERR_FORMAT: changed, or of another context. */
enum err dictionary_unseal(struct dictionary *d, struct text context, struct text sealed, struct buf *plain) MUST_CHECK;

#endif
