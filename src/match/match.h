/* match.h - private matching: two organisations hold lists of identifiers and learn only what stands in both.
 *
 * Each item is hashed to an element of ristretto255, under the session and the kind, and raised to a secret of its side: x becomes a·H(x). The other
 * side raises that to its own secret; equal items meet as a·b·H(x) = b·a·H(x), and without both secrets nobody can try numbers against a point. The
 * model is the honest but curious side: it follows the steps and looks at all it gets (doc/matching.md has what that leaves open, and why).
 *
 * Three messages of one shape: points of the sender's own list, and the receiver's points raised to the sender's secret.
 *   offer    own: a·H(x)   back: none
 *   answer   own: b·H(y)   back: b·a·H(x), if the offerer learns
 *   finish   own: none     back: a·b·H(y), if the answerer learns; else there is no such message
 * Own points stand in the order of their bytes. That is all the shuffling: the order is a function of the set of points, which is pseudo-random, so
 * no place in a list survives; and a duplicate stands beside itself. Points given back stand in the order in which they came.
 *
 * No file, no clock, no network; random bytes come from libsodium. What belongs to the caller between two steps is a match_state. */
#ifndef DUANKA_MATCH_MATCH_H
#define DUANKA_MATCH_MATCH_H
#include "base/buf.h"
#include "event/event.h"
#include "event/schema.h"

enum {
	MATCH_POINT_BYTES = 32,
	MATCH_SESSION_BYTES = 32,
	MATCH_HASH_BYTES = 32,
	MATCH_SECRET_BYTES = 32,
	MATCH_HEAD_BYTES = 88,
	MATCH_TEXT_MAX = 1000, /* bytes of purpose, of legal basis */
	MATCH_ITEMS_LEAST = 100,
	MATCH_ITEMS_MOST = 1000000,
	MATCH_RATIO_MOST = 100,
	MATCH_THREADS_MAX = 16,
	MATCH_LIST_BYTES_MAX = 256 << 20, /* a list file */
	MATCH_MESSAGE_BYTES_MAX =
		MATCH_HEAD_BYTES + 2 * MATCH_TEXT_MAX + 2 * MATCH_ITEMS_MOST * MATCH_POINT_BYTES + MATCH_HASH_BYTES,
	MATCH_STATE_BYTES_MAX = 4096 + MATCH_ITEMS_MOST * (MATCH_POINT_BYTES + 4)
};

enum match_step {
	MATCH_OFFER = 1,
	MATCH_ANSWER,
	MATCH_FINISH
};

enum match_learns { /* bits: who learns what stands in both lists */
	MATCH_OFFERER = 1,
	MATCH_ANSWERER = 2,
	MATCH_BOTH = 3
};

struct match_terms { /* what both agree to; part of each message */
	unsigned char session[MATCH_SESSION_BYTES];
	enum ident_form form; /* phone, account, person, device */
	enum match_learns learns;
	struct text purpose, basis; /* 1 to MATCH_TEXT_MAX bytes of UTF-8; as long as what they were read from */
};

struct match_limits {
	uint32_t least, most; /* items of a list; MATCH_ITEMS_LEAST .. MATCH_ITEMS_MOST at the widest */
	uint32_t ratio;       /* so many times larger may one list be than the other */
};
extern const struct match_limits match_limits_default;

/* "phone"; NULL: there is no matching by such identifiers. */
const char *match_kind_name(enum ident_form form);
bool match_kind_parse(struct text name, enum ident_form *out);
const char *match_learns_name(enum match_learns l); /* "both", "offerer", "answerer" */
bool match_learns_parse(struct text name, enum match_learns *out);
const char *match_step_name(enum match_step s); /* "offer", "answer", "finish" */

/* ---- lists ---- */

struct match_item {
	uint8_t n;
	char p[EVENT_IDENT_MAX];
};
/* Canonical identifiers, ascending, each once. Owns its items. */
struct match_list {
	uint32_t n;
	struct match_item *item;
	uint64_t lines, repeated, bad; /* values read; those that were there already; lines passed over */
	unsigned char digest[MATCH_HASH_BYTES];
};
struct match_told { /* a line that is passed over */
	void *context;
	void (*bad)(void *context, uint32_t line, uint32_t col, const char *message);
};
/* A list file (event/list.h). ERR_FORMAT: no usable header; ERR_CAP: more values than MATCH_ITEMS_MOST. On failure the list is empty. */
enum err match_list_read(struct match_list *l, enum ident_form form, struct text file,
                         const struct match_told *told) MUST_CHECK;
void match_list_release(struct match_list *l); /* wipes it */

/* ---- messages ---- */

struct match_message {
	struct match_terms terms;
	enum match_step step;
	unsigned char previous[MATCH_HASH_BYTES]; /* hash of the message that it answers; zero in an offer */
	unsigned char hash[MATCH_HASH_BYTES];     /* of this one, its last bytes */
	uint32_t n_own, n_back;
	const unsigned char *own, *back; /* in the bytes it was read from */
};
/* Looks at everything but the points' arithmetic: that is done by who uses them. ERR_FORMAT, ERR_RANGE (sizes outside the limits): *why is a static
 * phrase, what is wrong and what would be right. */
enum err match_message_read(struct match_message *m, struct text bytes, const struct match_limits *limits,
                            const char **why) MUST_CHECK;
/* The exact bytes of a message of these sizes. */
size_t match_message_bytes(size_t texts, uint64_t n_own, uint64_t n_back);
/* Appends the message to out and sets m->hash. */
enum err match_message_write(struct match_message *m, struct buf *out) MUST_CHECK;

/* ---- the steps ---- */

struct match_work {
	uint32_t threads; /* 0 and 1: the caller's alone */
	void *context;
	/* Told every few thousand points, on the caller's thread; false: stop (ERR_STOPPED). NULL: nobody asks. */
	bool (*progress)(void *context, uint64_t done, uint64_t total);
};

/* What a side keeps between two steps. The offerer: its secret. The answerer: b·a·H(x) of the offer, and no secret, which is wiped as soon as its points
 * are made. The secret lives in memory that is locked, guarded (sodium_malloc) and, like the points, wiped at the end. */
struct match_state;
void match_state_free(struct match_state *s); /* NULL is fine */
/* As bytes for a file that nobody else may read. */
enum err match_state_write(const struct match_state *s, struct buf *out) MUST_CHECK;
enum err match_state_read(struct match_state **out, struct text bytes, const char **why) MUST_CHECK;
/* Borrowed: as long as s. */
const struct match_terms *match_state_terms(const struct match_state *s);
enum match_step match_state_step(const struct match_state *s); /* the message it has sent */

/* The offer: a fresh secret; session too, if terms->session is zero. */
enum err match_offer(struct match_state **out, const struct match_terms *terms, const struct match_list *list,
                     const struct match_limits *limits, const struct match_work *w, struct buf *message,
                     const char **why) MUST_CHECK;
/* The answer to an offer. *out is NULL if nothing is to come: only the offerer learns. */
enum err match_answer(struct match_state **out, const struct match_message *offer, const struct match_list *list,
                      const struct match_limits *limits, const struct match_work *w, struct buf *message,
                      const char **why) MUST_CHECK;
struct match_found {
	bool learns; /* whether this side does; else nothing below */
	uint32_t n;
	bool *hit; /* by item of the list; owned */
};
void match_found_release(struct match_found *f);
/* The offerer's end: what it learns, and the message for the answerer (untouched if that learns nothing). list must be the one offered (its digest is
 * compared). */
enum err match_finish(const struct match_state *s, const struct match_message *answer, const struct match_list *list,
                      const struct match_limits *limits, const struct match_work *w, struct buf *message,
                      struct match_found *found, const char **why) MUST_CHECK;
/* The answerer's end. */
enum err match_learn(const struct match_state *s, const struct match_message *finish, const struct match_list *list,
                     struct match_found *found, const char **why) MUST_CHECK;

#endif
