/* tenants.h - who may ask: keys, the organisation (tenant) each belongs to, and what it may do.
 *
 * A key is "dk_" + 8 hexadecimal digits of key id + "_" + 43 characters (32 random bytes, base64url). The keys file holds BLAKE2b-256 of the
 * 43 characters only; such keys cannot be guessed, so a slow hash would protect nothing. Hashes are compared in constant time, also
 * when the key id is not known. The keys file is NDJSON, one key a line:
 * {"id","tenant","scopes":[..],"hash","made_us","until_us","note","revoked"}, and "user","roles":[..],"district" of a key with a place at the desk; it is replaced as a whole when it changes. Organisations with more
 * than a name stand in the settings (config.h).
 *
 * keys.c has the keys, tenants.c what an organisation may see and how much it may send. Both are arithmetic: no clock, no lock, no allocation
 * but for the keys themselves. */
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
	KEY_RANDOM_BYTES = 36, /* 4 for the id, 32 for the secret */
	TENANTS_MAX = 256,
	TENANT_SEES_MAX = 64
};

enum scope { /* bits */
	SCOPE_DECIDE = 1,
	SCOPE_EVENTS = 2,
	SCOPE_ALERTS = 4,
	SCOPE_POLICIES = 8,
	SCOPE_METRICS = 16,
	SCOPE_ENTITIES = 32, /* state of entities, contacts */
	SCOPE_LISTS = 64,
	SCOPE_QUARANTINE = 128,
	SCOPE_REVEAL = 256,     /* tokens back into identifiers, erasure */
	SCOPE_ADMIN = 512,      /* reload, snapshot */
	SCOPE_DESK = 1024,      /* the desk, with the key's roles */
	SCOPE_CONNECTOR = 2048, /* answers and receipts of an institution */
	SCOPE_MATCH = 4096,     /* private matching with other organisations */
	SCOPES = 8191
};

enum connector {        /* how messages of the desk reach an organisation */
	CONNECTOR_NONE,     /* its people read them at their seats */
	CONNECTOR_CASE,     /* the case platform's XML, and commands (wire_command.h) for what it has no message for */
	CONNECTOR_COMMANDS, /* signed commands as JSON */
	CONNECTOR_SENDER,   /* the same, of short messages and automatic calls to people */
	CONNECTOR_SPOOL,    /* the same as files in a directory */
	CONNECTOR_MAIL      /* publications as e-mail to a list */
};

enum {
	CONNECTOR_URL_MAX = 256
};

enum exception_policy {    /* what an asker is told when the answer is not there within its budget, or load is shed */
	EXCEPTION_FAIL_OPEN,   /* let it pass */
	EXCEPTION_FAIL_CLOSED, /* hold it */
	EXCEPTION_LAST_KNOWN   /* as the newest live alert about one of its entities says; none: let it pass */
};

/* An organisation: [tenant.NAME] in the settings. One without such a table has the number 0 and no limits. Events are journaled with the number,
 * so those of all organisations without a table can't be told apart: as soon as one organisation has a table, those without see no alerts. In an installation without
 * any table every key sees everything. */
struct tenant {
	char name[TENANT_NAME_MAX + 1];
	char title
		[97]; /* title: what people who read the public pages know it by, at most 96 bytes; "" (default): its name */
	uint16_t number;                 /* number: as journaled, 1..65535; never reuse one */
	uint32_t rate;                   /* rate: events a second, 0..10000000; 0 (default): no limit */
	uint32_t burst;                  /* burst: events at once, 0..10000000; 0 (default): as rate */
	int64_t budget_us;               /* budget: of /v1/decide, "1ms".."1min"; "0ms" (default): none */
	enum exception_policy exception; /* exception: "fail-open" (default), "fail-closed", "last-known" */
	bool simulate; /* simulate: answer each /v1/decide as if the budget had been missed: to rehearse it */
	char client_cn
		[65]; /* client_cn: common name of the TLS client certificate that must go with its keys; "" (default): none */
	enum connector connector; /* connector: "none" (default), "case-platform", "commands", "sender", "spool", "mail" */
	/* connector_url: where orders go; of a spool its directory. commands_url: where commands of a case-platform bank go; "" (default): nowhere. connector_secret: file
	 * with the secret of signatures (wire_sign.h). connector_ca: file of certificates instead of the system's. */
	char connector_url[CONNECTOR_URL_MAX], commands_url[CONNECTOR_URL_MAX], connector_secret[CONNECTOR_URL_MAX],
		connector_ca[CONNECTOR_URL_MAX];
	char mail_from[256], mail_to[256]; /* mail_from, mail_to: of a mail connector: who sends, and its list */
	int64_t connector_timeout_us;      /* connector_timeout: of one request, "100ms".."5min"; default "10s" */
	char carriers
		[128]; /* carriers: names of carriers (phone.carrier in policies) whose cards are its own, with commas between; "" (default): none */
	/* takes: kinds of message that go to it as commands beside those about its own cards and accounts, with commas between: "internet-check", "discipline" (lists and their
	 * ends), "dispatch"; "" (default): none. districts: numbers of those whose dispatches it takes, likewise; "": all. */
	char takes[128], districts[512];
	char banks[512]; /* banks: names of banks (account.bank) whose accounts are its own, likewise */
	/* sees: which fields of whose events it may see: "ORGANISATION:EVENT.FIELD", * for any of the three, "self" for its own; default
	 * ["self:*.*"]. FIELD is also "time"; "*:alert.score" are risk scores, "*:list.NAME" who stands in a list. */
	uint32_t n_sees;
	char sees[TENANT_SEES_MAX][128];
};

struct key_entry {
	char id[KEY_ID_CHARS + 1];
	char tenant[TENANT_NAME_MAX + 1];
	uint32_t scopes;
	unsigned char hash[KEY_HASH_BYTES];
	int64_t made_us, until_us; /* INT64_MAX: for good */
	bool revoked;
	/* At the desk: its number there, from 1, never reused; 0: none. Roles are bits (desk/machine.h); the organisation is the tenant's. */
	uint16_t user, district;
	uint32_t roles;
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
/* Adds an entry like `as` under a new id, with a new number at the desk if it has roles, and writes the key itself to z (KEY_CHARS + 1 bytes): shown once, never stored. ERR_RANGE: this id is taken, try
 * with other random bytes. */
enum err keys_make(struct keys *k, const struct key_entry *as, const unsigned char random[KEY_RANDOM_BYTES],
                   char *z) MUST_CHECK;
enum err keys_revoke(struct keys *k, const char *id) MUST_CHECK; /* ERR_ABSENT */
/* NULL: unknown, wrong, revoked or over. */
const struct key_entry *keys_check(const struct keys *k, struct text presented, int64_t now_us);
/* A key that was checked once, as it stands in other keys now. NULL: gone, changed, revoked or over. */
const struct key_entry *keys_again(const struct keys *k, const struct key_entry *was, int64_t now_us);

/* The organisation of this name, or with this number: NULL if there is none. */
const struct tenant *tenant_find(const struct tenant *tenants, uint32_t n, const char *name);
const struct tenant *tenant_numbered(const struct tenant *tenants, uint32_t n, uint16_t number);
/* May `who` see this field of an event that `organisation` brought? "" : unknown, or duanka itself; NULL: whoever brought it, not known which, so that only
 * patterns for all organisations (*) count. An empty field: is there any field of such an event that it may see? who NULL: an installation without
 * keys or organisations, sees all. */
bool tenant_sees(const struct tenant *who, const char *organisation, struct text event, struct text field);
/* What the public knows it by. */
const char *tenant_title(const struct tenant *t);
bool tenant_sees_all(const struct tenant *who); /* has the pattern *:*.*, or is NULL */
/* Whether the word stands in a list with commas. */
bool tenant_names(const char *list, struct text word);
bool tenant_pattern_valid(struct text pattern); /* three parts, none empty */
extern const char *const connector_names[];     /* by enum connector, NULL at the end */
extern const char *const exception_names[];     /* "fail-open"; by enum exception_policy, NULL at the end */

/* A token bucket; time comes from the caller. Zeroed it is full. Whole numbers: a million to an event, so that nothing is lost by rounding. Not
 * thread-safe. False: n more are too many now, nothing was taken; *wait_us says when they would fit, INT64_MAX: never, n is more than the burst. A clock that
 * goes back costs nothing and gives nothing. */
struct rate {
	int64_t used; /* millionths of events */
	int64_t at_us;
};
bool rate_take(struct rate *r, const struct tenant *t, uint32_t n, int64_t now_us, int64_t *wait_us);

/* "decide,events"; "intake,leader" */
bool scopes_parse(struct text list, uint32_t *bits);
bool roles_parse(struct text list, uint32_t *bits);
const char *scope_name(uint32_t bit);
void scopes_print(struct buf *out, const char *between); /* the names of all there are */

#endif
