/* credentials_int.h - shared by credentials.c (logins) and credentials_session.c (sessions). */
#ifndef DUANKA_STORE_CREDENTIALS_INT_H
#define DUANKA_STORE_CREDENTIALS_INT_H
#include <sodium.h>
#include <stdatomic.h>
#include "store/credentials.h"
#include "store/store_int.h"

enum {
	SESSION_HASH_BYTES = 32
};

enum credentials_statement {
	C_BY_LOGIN,
	C_BY_USER,
	C_INVITE,
	C_ACCEPT,
	C_FAILED,
	C_LOGGED_IN,
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

/* Reads those that are there. */
enum err sessions_load(struct credentials *c) MUST_CHECK;
/* Notes when each was used last. */
void sessions_save(struct credentials *c);
/* Of the user, but for the one with this token (NULL: none is spared). */
enum err sessions_end(struct credentials *c, uint64_t user, const char *keep) MUST_CHECK;

#endif
