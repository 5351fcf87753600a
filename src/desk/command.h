/* command.h - a command to the desk, and its bytes as the payload of a RECORD_COMMAND (kind 9) of the journal.
 *
 * Payload, little endian:
 *   u8 version = 1 | u8 kind | u8 step | u64 object (0 = make) | u32 expected version (0 = any) | u64 user | u32 roles at that time |
 *   u16 organisation | u16 district (of the user) | u64 bits of given fields | the fields' values in order of their numbers:
 *     INTEGER, MONEY, TIME, DURATION, CHOICE  zigzag varint
 *     OBJECT                                  varint (no zigzag)
 *     ENTITY, REF                             16 bytes (a token as two u64)
 *     CODE                                    u8 n, n bytes
 *     POSITIONS                               u8 n, the first position and then the distances as varints (no zigzag)
 * Strict: a value that is wrong for its field, a varint longer than needed, an unused number or a byte too many is ERR_FORMAT. So a command has one
 * encoding, and whoever changes a bit is noticed or has made another valid command.
 * An idempotency key stands before the payload if the record is RECORD_KEYED, as for events; it is not the concern of this file. */
#ifndef DUANKA_DESK_COMMAND_H
#define DUANKA_DESK_COMMAND_H
#include "desk/machine.h"

enum {
	DESK_COMMAND_VERSION = 1,
	DESK_COMMAND_BYTES_MAX = 4096 /* the largest there can be is smaller: tested */
};

struct desk_command {
	uint8_t kind, step;
	uint64_t object;  /* 0: make one */
	uint32_t version; /* of the object as the user saw it; 0: any */
	/* Who: 0 the system; below DESK_USER_FIRST a key of the keys file, believed as journaled; else the id of a DESK_USER object, which must be active and
	 * hold the roles when the command is applied. */
	uint64_t user;
	uint32_t roles;
	uint16_t organisation, district;
	uint64_t given;                          /* bits of fields */
	union desk_value value[DESK_FIELDS_MAX]; /* zero where not given */
};

/* Appends the payload. c must hold only values that desk_value_ok accepts: CHECKed. */
void desk_command_put(struct buf *b, const struct desk_command *c);
/* ERR_FORMAT: not a command; *why (may be NULL) says which part. out is then undefined. Role bits, scope and state are not looked at here. */
enum err desk_command_take(struct text payload, struct desk_command *out, const char **why) MUST_CHECK;

/* Building one by hand. field must exist in the kind's machine. */
void desk_command_init(struct desk_command *c, enum desk_kind kind, uint32_t step, uint64_t object);
void desk_give_i(struct desk_command *c, uint32_t field, int64_t v);
void desk_give_id(struct desk_command *c, uint32_t field, uint64_t id);
void desk_give_token(struct desk_command *c, uint32_t field, struct token t);
void desk_give_ref(struct desk_command *c, uint32_t field, const unsigned char ref[DESK_REF_BYTES]);
void desk_give_code(struct desk_command *c, uint32_t field, struct text code);
void desk_give_positions(struct desk_command *c, uint32_t field, const uint64_t *p, uint32_t n);

#endif
