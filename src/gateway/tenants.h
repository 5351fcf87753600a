/* tenants.h - who may ask: keys, the organisation (tenant) each belongs to, and what it may do.
 *
 * A key is "dk_" + 8 hexadecimal digits of key id + "_" + 43 characters (32 random bytes, base64url). The keys file holds BLAKE2b-256 of the
 * 43 characters only; such keys cannot be guessed, so a slow hash would protect nothing. Hashes are compared in constant time, also
 * when the key id is not known. The keys file is NDJSON, one key a line:
 * {"id","tenant","scopes":[..],"hash","made_us","until_us","note","revoked"}; it is replaced as a whole when it changes. */
#ifndef DUANKA_GATEWAY_TENANTS_H
#define DUANKA_GATEWAY_TENANTS_H
#include "base/buf.h"

enum {
	TENANT_NAME_MAX = 32,
	TENANT_KEYS_MAX = 4096,
	KEY_ID_CHARS = 8,
	KEY_SECRET_CHARS = 43,
	KEY_CHARS = 3 + KEY_ID_CHARS + 1 + KEY_SECRET_CHARS,
	KEY_HASH_BYTES = 32,
	KEY_RANDOM_BYTES = 36 /* 4 for the id, 32 for the secret */
};

enum scope { /* bits */
	SCOPE_DECIDE = 1,
	SCOPE_EVENTS = 2,
	SCOPE_ALERTS = 4,
	SCOPE_POLICIES = 8,
	SCOPE_METRICS = 16,
	SCOPES = 31
};

struct key_entry {
	char id[KEY_ID_CHARS + 1];
	char tenant[TENANT_NAME_MAX + 1];
	uint32_t scopes;
	unsigned char hash[KEY_HASH_BYTES];
	int64_t made_us, until_us; /* INT64_MAX: for good */
	bool revoked;
	char note[128];
};

struct keys {
	uint32_t n;
	struct key_entry *key;
};

/* Parses a keys file. ERR_FORMAT: why says line and what is wrong. Owned by the caller: keys_release. */
enum err keys_parse(struct keys *out, struct text file, struct buf *why) MUST_CHECK;
void keys_print(const struct keys *k, struct buf *out);
void keys_release(struct keys *k);
/* Adds an entry like `as` under a new id, and writes the key itself to z (KEY_CHARS + 1 bytes): shown once, never stored. ERR_RANGE: this id is taken, try
 * with other random bytes. */
enum err keys_make(struct keys *k, const struct key_entry *as, const unsigned char random[KEY_RANDOM_BYTES],
                   char *z) MUST_CHECK;
enum err keys_revoke(struct keys *k, const char *id) MUST_CHECK; /* ERR_ABSENT */
/* NULL: unknown, wrong, revoked or over. */
const struct key_entry *keys_check(const struct keys *k, struct text presented, int64_t now_us);
/* "decide,events" */
bool scopes_parse(struct text list, uint32_t *bits);
const char *scope_name(uint32_t bit);

#endif
