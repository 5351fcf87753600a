/* credentials_int.h - shared by credentials.c (logins), credentials_row.c (how a login stands) and credentials_session.c (sessions). */
#ifndef DUANKA_STORE_CREDENTIALS_INT_H
#define DUANKA_STORE_CREDENTIALS_INT_H
#include <sodium.h>
#include <stdatomic.h>
#include "store/credentials.h"
#include "store/store_int.h"

enum {
	SESSION_HASH_BYTES = 32,
	SEALED_MAX = 256 /* bytes of a sealed seed */
};

enum credentials_statement {
	C_BY_LOGIN,
	C_BY_USER,
	C_INVITE,
	C_ACCEPT,
	C_FAILED,
	C_FAILED_HERE,
	C_FORGET_PLACES,
	C_LOGGED_IN,
	C_KNOWN_HERE,
	C_REMOVE,
	C_REMOVE_PLACES,
	C_RESEAL,
	C_SESSION_ADD,
	C_SESSION_END,
	C_SESSION_USED,
	C_SESSIONS_END,
	C_SESSIONS,
	C_STATEMENTS
};

struct session {
	unsigned char hash[SESSION_HASH_BYTES];
	uint64_t user; /* 0: free */
	uint16_t organisation;
	int64_t made_us, used_us;
};

struct credentials {
	struct store store; /* its lock is never held while a password is hashed */
	struct dictionary *dictionary;
	uint64_t passes;
	size_t bytes;
	_Atomic uint32_t hashing;
	_Atomic int64_t nobody_us;     /* when a wrong attempt of no login was telling */
	pthread_mutex_t sessions_lock; /* of all that follows; taken behind the store's */
	struct session session[SESSIONS_MAX];
};

struct row {
	bool there;
	uint64_t user;
	char login[LOGIN_BYTES_MAX + 1];
	char hash[crypto_pwhash_STRBYTES]; /* "" : no password yet */
	char seed[SEALED_MAX];
	size_t seed_n;
	int64_t seed_day, step, failures, locked_us, code_until_us;
	unsigned char place[sizeof(struct token)]; /* from where it is asked, and how the login fared there */
	int64_t failures_here, locked_here_us, known_us;
	unsigned char code[SESSION_HASH_BYTES];
	bool has_code;
};
/* ERR_OK also if there is none. place: from where it is asked. */
enum err row_by_login(struct credentials *c, struct text login, struct token place, struct row *r) MUST_CHECK;
enum err row_by_user(struct credentials *c, uint64_t user, struct token place, struct row *r) MUST_CHECK;
/* Whether it is locked at its place; strange_ones: or by the count over all strange places, if this is one. out then says so. */
bool row_locked(const struct row *r, bool strange_ones, int64_t now_us, struct credentials_found *out);
/* The verdict is WRONG, and it is counted; as nobody's if there is no such login, so that a write is waited for in any case. */
enum err row_failed(struct credentials *c, const struct row *r, int64_t now_us,
                    struct credentials_found *out) MUST_CHECK;
/* Whoever proved to be the user did so from its place. With the store's lock, in a transaction. */
enum err row_known_here(struct credentials *c, const struct row *r, int64_t now_us) MUST_CHECK;

/* Reads those that are there. */
enum err sessions_load(struct credentials *c) MUST_CHECK;
/* Notes when each was used last. */
void sessions_save(struct credentials *c);
/* Of the user, but for the one with this token (NULL: none is spared). */
enum err sessions_end(struct credentials *c, uint64_t user, const char *keep) MUST_CHECK;

#endif
