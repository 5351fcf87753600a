/* tenants.h - who may ask: organisations, their keys, what each may do and see, and how often.
 *
 * A key is "dk_" + 8 characters of key id + "_" + 43 characters (32 random bytes, base64url). The keys file holds BLAKE2b-256 of the
 * random bytes only; such bytes cannot be guessed, so a slow hash would protect nothing. Keys are compared in constant time, also
 * when the key id is not known. The keys file is NDJSON, one key a line: {"id","tenant","scopes":[..],"hash","made","until","note","revoked"}; it
 * is replaced as a whole when it changes. Organisations (tenants) stand in the configuration. */
#ifndef DUANKA_GATEWAY_TENANTS_H
#define DUANKA_GATEWAY_TENANTS_H
#include "base/buf.h"

enum {
	TENANTS_MAX = 256,
	TENANT_NAME_MAX = 32,
	TENANT_KEYS_MAX = 4096,
	KEY_ID_CHARS = 8,
	KEY_CHARS = 3 + KEY_ID_CHARS + 1 + 43,
	KEY_HASH_BYTES = 32,
	TENANT_FIELDS_MAX = 128
};

enum tenant_kind {
	TENANT_POLICE,
	TENANT_OPERATOR,
	TENANT_BANK,
	TENANT_MEDIA,
	TENANT_KINDS
};

enum scope { /* bits; names in tenants.c: decide, events, alerts, entities, contacts, policies, lists, quarantine, reveal, metrics, admin */
	SCOPE_DECIDE = 1,
	SCOPE_EVENTS = 2,
	SCOPE_ALERTS = 4,
	SCOPE_ENTITIES = 8,
	SCOPE_CONTACTS = 16,
	SCOPE_POLICIES = 32,
	SCOPE_LISTS = 64,
	SCOPE_QUARANTINE = 128,
	SCOPE_REVEAL = 256,
	SCOPE_METRICS = 512,
	SCOPE_ADMIN = 1024
};

enum exception_policy { /* what an asker is told when the answer is not ready within its budget, or the service sheds load */
	EXCEPTION_FAIL_OPEN,   /* pass */
	EXCEPTION_FAIL_CLOSED, /* hold */
	EXCEPTION_LAST_KNOWN   /* what was decided last about the same entity, else pass */
};

struct tenant {
	char name[TENANT_NAME_MAX + 1];
	uint16_t number; /* as journaled: from 1, in the order of the configuration; never reused */
	enum tenant_kind kind;
	uint32_t rate_per_s, burst; /* events; 0: no limit */
	int64_t budget_us;          /* for /v1/decide */
	enum exception_policy exception;
	bool exception_simulate; /* answer every request as if the budget had been missed: to rehearse it */
	char client_cn[65];      /* mTLS: the certificate's common name; "" = none needed */
	uint32_t n_sees;         /* "call.caller", "call.*", "*": which fields it may see; other fields are left out */
	char sees[TENANT_FIELDS_MAX][64];
	bool sees_others; /* events that other tenants brought, too */
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
	struct key_entry *key; /* by id */
};

/* Parses a keys file. why: line and what is wrong. Owned by the caller: keys_release. */
enum err keys_parse(struct keys *out, struct text file, struct buf *why) MUST_CHECK;
void keys_print(const struct keys *k, struct buf *out);
void keys_release(struct keys *k);
/* Makes a key, adds its entry, and writes the key itself to z (KEY_CHARS + 1 bytes): shown once, never stored. random: 32 + 8 bytes from the caller. */
enum err keys_make(struct keys *k, const struct key_entry *as, const unsigned char random[40], char *z) MUST_CHECK;
enum err keys_revoke(struct keys *k, const char *id) MUST_CHECK;
/* NULL: unknown, wrong, revoked or over; takes the same time whatever is wrong. */
const struct key_entry *keys_check(const struct keys *k, struct text presented, int64_t now_us);

bool scope_parse(struct text name, uint32_t *bit);
const char *scope_name(uint32_t bit);
/* "decide,events" */
bool scopes_parse(struct text list, uint32_t *bits);
bool tenant_sees(const struct tenant *t, struct text event, struct text field);

/* A token bucket; time comes from the caller. Not thread-safe. */
struct rate {
	int64_t at_us;
	int64_t tokens_micro;
};
bool rate_take(struct rate *r, const struct tenant *t, uint32_t events, int64_t now_us, int64_t *retry_after_us);

#endif
