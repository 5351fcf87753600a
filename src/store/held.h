/* held.h - records that could not be taken, kept until somebody mends or drops them: the quarantine of the service.
 *
 * DIRECTORY/quarantine.sqlite: number, time, organisation, line, reason, field, messages in plain; the record itself sealed by the
 * dictionary (dictionary.h), because it holds identifiers as they came. A field that the schema does not know is part of the record and not told: whoever
 * wrote it may have put anything there. A record is open, mended (with the position of the event that
 * came of it) or dropped, and then its bytes are gone. Old ones go by age, and by number: each organisation has its room, which others
 * can't fill (base/rooms.h). A record that is sent again with the idempotency key of one that is here is not held a second time; in which
 * state that one is makes no difference. Any thread may call. */
#ifndef DUANKA_STORE_HELD_H
#define DUANKA_STORE_HELD_H
#include "event/bad.h"
#include "store/dictionary.h"

enum held_state {
	HELD_OPEN,
	HELD_MENDED,
	HELD_DROPPED,
	HELD_STATES
};

enum {
	HELD_EXPIRED_MAX = 10000, /* in one call */
	HELD_KEY_BYTES = 16,
	HELD_ALL = -1 /* organisations */
};

struct held {
	uint64_t number; /* from 1 */
	int64_t time_us;
	uint16_t organisation;
	enum held_state state;
	uint64_t line, position;                           /* position: of the event that came of it; 0: none */
	struct text reason, field, message_en, message_zh; /* good during the visit */
	const unsigned char
		*key; /* it was sent with, HELD_KEY_BYTES; NULL: with none, or it was listed. Good during the visit */
};

struct held_box;
/* d is borrowed and must outlive it. */
enum err held_open(struct held_box **out, const char *path, struct dictionary *d, struct buf *why) MUST_CHECK;
void held_close(struct held_box *h); /* NULL is fine */
/* All n, durably, or none. key: of each its idempotency key, or NULL: none has one. *added: how many are new. */
enum err held_add(struct held_box *h, const struct bad *bad, const unsigned char (*key)[HELD_KEY_BYTES], size_t n,
                  int64_t now_us, uint16_t organisation, uint64_t *added) MUST_CHECK;
/* Those of an organisation, or HELD_ALL, with a number above `after` in ascending order, at most `most`; state HELD_STATES: all. */
enum err held_list(struct held_box *h, int32_t organisation, uint64_t after, enum held_state state, uint32_t most,
                   void (*visit)(void *ctx, const struct held *x), void *ctx) MUST_CHECK;
/* The record itself; empty if it was dropped. ERR_ABSENT; ERR_FORMAT: damaged. visit may be NULL. */
enum err held_record(struct held_box *h, uint64_t number, struct buf *raw,
                     void (*visit)(void *ctx, const struct held *x), void *ctx) MUST_CHECK;
/* From open to another state. ERR_ABSENT: no such record, or it is not open. */
enum err held_settle(struct held_box *h, uint64_t number, enum held_state to, uint64_t position) MUST_CHECK;
/* Those before a time go, and what is beyond `most`, the oldest of who has the most first; at most HELD_EXPIRED_MAX of each: call again while *removed is not 0. */
enum err held_expire(struct held_box *h, int64_t before_us, uint64_t most, uint64_t *removed) MUST_CHECK;
uint64_t held_open_count(const struct held_box *h);
const char *held_state_name(enum held_state s);            /* HELD_STATES: "all" */
bool held_state_find(const char *z, enum held_state *out); /* of these names */

#endif
