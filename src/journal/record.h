/* record.h - what the journal is made of: records, each with a kind, a time and who brought it, and how an event becomes one.
 *
 * A record is a 16-byte head and a payload. Its position is not written: batches carry the position of their first record and records
 * follow without gaps. Integers are little endian.
 *
 *   head: u32 payload bytes | u8 kind | u8 flags | u16 organisation | i64 time (microseconds, UTC)
 *
 * Payloads:
 *   EVENT     [16 bytes idempotency key, if flags & RECORD_KEYED] u8 type, u32 bits of the fields that are there, then these fields
 *             in the schema's order: entity = 16 bytes token, 8 bytes attributes, u8 n, n bytes as shown to people (masked);
 *             text = u16 n, n bytes UTF-8, or u16 n + 0x8000, i64 fingerprint of it as it came, n bytes of it masked (event/mask.h);
 *             everything else = zigzag varint
 *   SCHEMA    what later EVENT records mean: names and types of entities and event types (record_schema_put); stands at the beginning
 *             of each segment and wherever the policy changed it
 *   TICK      nothing: the head's time is the news
 *   POLICY, LIST   shard.h
 *   ACT       a JSON object: who did what and why
 *   COMMAND   [16 bytes idempotency key, if flags & RECORD_KEYED] then a command to the desk (desk/command.h). The engine passes over it
 *   NAMES     plain identifiers behind tokens of the same batch, sealed (store/dictionary.h): a way to the dictionary, and noise once it is gone
 *
 * Events hold tokens, never plain identifiers. Texts are kept, because rules look into them, with their long numbers hidden; in records of older versions they stand
 * as they came. */
#ifndef DUANKA_JOURNAL_RECORD_H
#define DUANKA_JOURNAL_RECORD_H
#include "base/buf.h"
#include "event/event.h"

enum record_kind { /* numbers are on disk: never change one */
	RECORD_NONE = 0,
	RECORD_EVENT = 1,
	RECORD_SCHEMA = 2,
	RECORD_TICK = 3,
	RECORD_POLICY = 4,  /* a policy takes effect here */
	RECORD_LIST = 6,    /* an entry goes into a list */
	RECORD_ACT = 7,     /* something a person did: a reveal, an erasure, a key, a mended record */
	RECORD_NAMES = 8,   /* sealed identifiers on their way to the dictionary */
	RECORD_COMMAND = 9, /* to the desk, as it came: whether it is accepted follows from the records before it */
	RECORD_KINDS
};

enum record_flag {
	RECORD_KEYED = 1,        /* an idempotency key comes first */
	RECORD_MENDED = 2,       /* an event out of quarantine */
	RECORD_NEWEST = 4,       /* LIST: this validity counts, whatever was known; without it the longer one does */
	RECORD_LEADS = 8,        /* ACT: it tells of what follows it in its batch */
	RECORD_OUTCOME = 16 | 32 /* EVENT: what the asker was told, see record_outcome */
};

/* What came of an event in life, in two bits of its flags. A replay decides for itself and does not look: this is for people who ask, after settings such as
 * the lateness have changed. */
enum record_outcome {
	RECORD_OUTCOME_UNKNOWN, /* by an older version, which did not note it */
	RECORD_OUTCOME_ACCEPTED,
	RECORD_OUTCOME_LATE,   /* later than the lateness allows: not counted */
	RECORD_OUTCOME_REFUSED /* it named an entity there was no room for: not counted */
};
uint8_t record_outcome_flags(enum record_outcome o);
enum record_outcome record_outcome(uint8_t flags);

enum {
	RECORD_HEAD_BYTES = 16,
	RECORD_PAYLOAD_MAX = 60 << 20,
	RECORD_EVENT_MAX = 64 << 10, /* payload of one event: 24 fields, 8 texts of 4 KiB at most */
	RECORD_KEY_BYTES = 16
};

struct record {
	uint64_t position; /* from 1 */
	int64_t time;
	uint8_t kind, flags;
	uint16_t organisation; /* index of the tenant that brought it; 0 = duanka itself */
	struct text payload;   /* the reader's bytes */
};

/* Appends head and payload. payload may be empty. */
void record_put(struct buf *b, const struct record *r);
/* Takes one record from the front of *rest. ERR_FORMAT if it does not fit; position is left 0. */
enum err record_take(struct text *rest, struct record *out) MUST_CHECK;

/* The payload of an EVENT record without the idempotency key. */
void record_event_put(struct buf *b, const struct schema *s, const struct event *e);

/* How events written under one schema are read under another: by names. A field that the new schema lacks, or has with another
 * type, is dropped; an event type that it lacks, or that then misses a required field, is passed over. Entity kinds keep their place in the schema for
 * ever, since it is part of their tokens; attributes of identifiers are named by the tables of the build, so these are recast too. */
struct recast;
/* payload: of a SCHEMA record. Allocates; ERR_FORMAT when it is damaged. key gives texts their fingerprints (NULL: none, their value is 0); both are borrowed. */
enum err recast_new(struct recast **out, struct text payload, const struct schema *to,
                    const struct hash_key *key) MUST_CHECK;
void recast_free(struct recast *r);
void record_schema_put(struct buf *b, const struct schema *s);
/* The other way: names point into the payload; every field is optional, entities have no attributes. ERR_FORMAT when it is damaged. */
enum err record_schema_take(struct text payload, struct schema *out) MUST_CHECK;
/* The index of a kind of entity in the payload of a SCHEMA record; -1: there is none of that name. */
int record_schema_kind(struct text payload, struct text name);
/* ERR_ABSENT: this event type, or a required field, is not known to the schema read under; ERR_FORMAT: damaged. Texts point into the
 * payload, plain identifiers are empty; source is the organisation. r: of kind EVENT. key (16 bytes) is filled if flags & RECORD_KEYED; may be NULL. */
enum err record_event_take(const struct recast *c, const struct record *r, struct event *out,
                           unsigned char *key) MUST_CHECK;
/* The type of an EVENT record: its place in the schema that it was written under. -1: damaged, or no event. */
int record_event_type(const struct record *r);
/* The payload behind the idempotency key, which is copied to key (16 bytes; may be NULL) if there is one. False: there is no room for one. */
bool record_unkeyed(const struct record *r, unsigned char *key, struct text *payload);
/* Kind index in the schema written under and tokens of the entities of an EVENT record, without the rest: for indexes. At most SCHEMA_IDENTS_MAX; *n says
 * how many. */
enum err record_event_tokens(const struct recast *c, const struct record *r, uint8_t *kind, struct token *token,
                             uint32_t *n) MUST_CHECK;

#endif
