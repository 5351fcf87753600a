/* dictionary_int.h - the parts of the dictionary, shared by its files.
 *
 * dictionary.c        opening, and the keys
 * dictionary_box.c    what is sealed, and how
 * dictionary_names.c  through the journal: packing and folding
 * dictionary_rows.c   entries: looking up, erasing, tending */
#ifndef DUANKA_STORE_DICTIONARY_INT_H
#define DUANKA_STORE_DICTIONARY_INT_H
#include <sodium.h>
#include "store/dictionary.h"
#include "store/store_int.h"

enum {
	KEY_BYTES = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
	NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	KEYS_MAX = 1000,                    /* of each purpose */
	DICTIONARY_LATELY_BYTES = 32 << 20, /* four million */
	NUMBER_BYTES = 4,
	TOKEN_BYTES = 16
};

enum statement {
	Q_KEYS,
	Q_KEY_PUT,
	Q_KEY_DROP,
	Q_STATE,
	Q_STATE_PUT,
	Q_SEEN,
	Q_ADD,
	Q_GET,
	Q_ERASE,
	Q_WALK,
	Q_RENEW,
	Q_SEALED,
	Q_SEALED_DROP,
	Q_STATEMENTS
};

enum purpose { /* numbers are on disk */
	FOR_ROWS,
	FOR_NAMES,
	PURPOSES
};

struct data_key {
	uint32_t number;
	bool going; /* dropped by the transaction at hand */
	unsigned char key[KEY_BYTES];
};

struct keyring {
	struct data_key *key; /* ascending; the last is the newest */
	uint32_t n;
};

struct dictionary {
	struct store store; /* its lock is held whenever SQLite is used */
	unsigned char master[KEY_BYTES];
	/* Read under the store's lock. That of names also under names_lock, which nobody holds for long; changed under both. */
	struct keyring ring[PURPOSES];
	pthread_mutex_t names_lock;
	uint64_t *lately; /* who was packed on which day; of the packing thread */
	_Atomic uint64_t folded, entries;
	/* where tending goes on; the newest data key when the round began, the lowest that a row was left under */
	unsigned char at[TOKEN_BYTES];
	int at_kind;
	uint32_t round_newest, round_left;
	uint32_t sealed_key; /* noted last */
	int32_t sealed_day;
};

/* ---- dictionary.c ---- */

/* NULL: there is none. */
const struct data_key *key_of(const struct dictionary *d, enum purpose p, uint32_t number);
const struct data_key *key_newest(const struct dictionary *d, enum purpose p);
/* Inside a transaction: keys below a number go, but for those that sealed bytes stand under. */
enum err key_drop(struct dictionary *d, enum purpose p, uint32_t below) MUST_CHECK;
/* After it: they are gone, or they stay. */
void key_dropped(struct dictionary *d, enum purpose p, bool committed);
enum err state_put(struct dictionary *d, uint64_t folded, uint64_t entries) MUST_CHECK;

/* ---- dictionary_box.c ---- */

struct bound { /* what a box is tied to */
	unsigned char b[TOKEN_BYTES + 1 + NUMBER_BYTES];
};

void put_number(unsigned char *out, uint32_t number);
uint32_t get_number(const unsigned char *p);
void put_token(unsigned char out[TOKEN_BYTES], struct token t);
struct bound bound_to(const unsigned char token[TOKEN_BYTES], uint8_t kind, uint32_t number);
/* out takes NONCE_BYTES + plain.n + TAG_BYTES, and may hold plain at out + NONCE_BYTES. Returns how many. */
size_t box_put(unsigned char *out, const unsigned char *key, struct text aad, struct text plain);
enum err box_take(const unsigned char *box, size_t box_n, const unsigned char *key, struct text aad, char *plain,
                  size_t cap, size_t *n) MUST_CHECK;

/* ---- dictionary_rows.c ---- */

/* Inside a transaction. *added: it was not there. */
enum err row_add(struct dictionary *d, const struct dictionary_entry *x, int32_t day, bool *added) MUST_CHECK;

#endif
