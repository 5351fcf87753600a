/* act.h - what a person does, as an ACT record of the journal: {"act":"reveal","who":"bank-1/3fa29c01","why":"...",...}.
 *
 * Begun with who and why, given more members, then journaled on the writer's thread before whatever it tells of is shown or done.
 * Members hold tokens, numbers and reasons, never plain identifiers. */
#ifndef DUANKA_GATEWAY_ACT_H
#define DUANKA_GATEWAY_ACT_H
#include "base/buf.h"
#include "gateway/tenants.h"
#include "shard/shard.h"

enum {
	ACT_BYTES_MAX = 64 << 10,
	ACT_WHY_MAX = 1000 /* bytes of a reason */
};

struct caller {                                                 /* who asks */
	char key_id[KEY_ID_CHARS + 1], tenant[TENANT_NAME_MAX + 1]; /* "" in an installation without keys */
	uint32_t scopes;
	uint64_t user;         /* of the desk, by whose session it is; 0: none */
	uint16_t organisation; /* the tenant's number; 0: none */
};

enum {
	CALLER_NAME_MAX = TENANT_NAME_MAX + 1 + KEY_ID_CHARS
};
/* "bank-1/3fa29c01" into name (CALLER_NAME_MAX + 1 bytes). */
void caller_name(const struct caller *who, char *name);

/* Whether more digits stand in a row than a code of the desk may have. What people write into acts stands in the journal for ever, so an account or phone number must not be in it. */
bool act_number_in(struct text why);

/* Initialises b. why may be empty. The user of a session is among its members. */
void act_begin(struct buf *b, const char *act, const struct caller *who, struct text why);
void act_text(struct buf *b, const char *name, struct text value);
void act_number(struct buf *b, const char *name, int64_t value);
/* Closes the object: for changes that are journaled with their act. out points into b. */
void act_end(struct buf *b, int64_t now_us, const struct caller *who, struct shard_act *out);
/* Closes the object and journals it. On the writer's thread. Releases b. */
enum err act_note(struct buf *b, struct shard *s, int64_t now_us, const struct caller *who) MUST_CHECK;

#endif
