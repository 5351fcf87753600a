/* matches.h - sessions of private matching between two organisations: what they agreed to, how far they are, and the messages on their way.
 *
 * The service is notary and mailbox: it sees points and sizes, never an item, and can compute nothing from them. A session goes proposed -> agreed ->
 * offered -> answered -> finished, or is ended by either side or by time; with its end its messages are removed. What is remembered of an ended one is
 * who, why, and how much, for MATCHES_KEEP_US, for the number of sessions a day.
 *
 * On the disk: matches/ID.json, replaced as a whole with each change, and matches/ID.STEP, appended to in pieces, so that who was cut off goes on where
 * the file ends. Whoever asks waits for the disk, so a worker's thread does; who stores or fetches holds up those alone who want the same session. */
#ifndef DUANKA_GATEWAY_MATCHES_H
#define DUANKA_GATEWAY_MATCHES_H
#include "base/clock.h"
#include "base/disk.h"
#include "gateway/act.h"
#include "gateway/tender.h"
#include "match/match.h"

enum {
	MATCHES_MAX = 1024, /* remembered */
	MATCHES_OPEN_MAX = 16,
	MATCH_ID_CHARS = 16,
	MATCH_PERSON_MAX = TENANT_NAME_MAX + 2 + 16, /* "bank/3fa29c01", "bank/u00000000001b0000" */
	MATCH_PIECE_MAX = 4 << 20
};
#define MATCHES_KEEP_US (7 * US_PER_DAY)

enum match_phase {
	MATCH_PROPOSED,
	MATCH_AGREED,
	MATCH_OFFERED,
	MATCH_ANSWERED,
	MATCH_FINISHED,
	MATCH_ENDED,
	MATCH_PHASES
};
extern const char *const match_phase_names[]; /* NULL at the end */

struct match_session {
	char id[MATCH_ID_CHARS + 1];
	char side[2][TENANT_NAME_MAX + 1]; /* the offerer, who proposes, and the answerer, who consents */
	/* Who proposed and who consented, and of either side the second of two: where an organisation has two people who may, both must. */
	char person[2][MATCH_PERSON_MAX + 1], second[2][MATCH_PERSON_MAX + 1];
	bool two[2];
	struct match_terms terms; /* texts in text */
	char text[2][MATCH_TEXT_MAX];
	uint32_t size; /* items that neither list may exceed */
	int64_t made_us, until_us;
	enum match_phase phase;
	uint32_t items[2];                    /* of the lists, as the messages say; 0: not known yet */
	uint64_t bytes[3];                    /* of the messages, by step - 1, as far as they have come */
	unsigned char last[MATCH_HASH_BYTES]; /* hash of the newest whole message */
};

struct matches;
/* ERR_FORMAT: why says which file. The disk must outlive it. */
enum err matches_open(struct matches **out, struct disk *d, int64_t (*now_us)(void), struct buf *why) MUST_CHECK;
void matches_close(struct matches *m); /* NULL is fine */

/* Ends what is over by time and forgets what is long over. Each call below begins with it; as a duty it is done every minute. */
struct tender_duty matches_tending(struct matches *m);

/* note journals an act: before what it tells of is stored. If storing fails, the act came to nothing. */
typedef enum err (*match_note)(void *ctx, const struct match_session *s);
/* A new one: sides, person[0], two[0], terms (its session is made), size, made_us, until_us are taken from `as`. ERR_CAP: MATCHES_OPEN_MAX are open, or these two have had
 * per_day in the last day (*why). */
enum err matches_propose(struct matches *m, const struct match_session *as, uint64_t per_day, match_note note,
                         void *ctx, char id[MATCH_ID_CHARS + 1], const char **why) MUST_CHECK;
/* A copy, as `who` (an organisation that takes part) sees it. ERR_ABSENT. The copy's texts point into the copy. */
enum err matches_get(struct matches *m, struct text id, const char *who, int64_t now_us,
                     struct match_session *out) MUST_CHECK;
/* Each that `who` takes part in, oldest first. */
void matches_each(struct matches *m, const char *who, int64_t now_us,
                  void (*visit)(void *ctx, const struct match_session *s), void *ctx);
/* A person agrees for their side: the other side's first, or the second of either. two: of a first, whether a second one has to. ERR_RANGE: not theirs to give, or
 * given already (*why). */
enum err matches_consent(struct matches *m, struct text id, const char *who, const char *person, bool two,
                         int64_t now_us, match_note note, void *ctx, const char **why) MUST_CHECK;
enum err matches_end(struct matches *m, struct text id, const char *who, int64_t now_us, match_note note, void *ctx,
                     const char **why) MUST_CHECK;
/* A piece of a message at this byte. ERR_RANGE: not this side's turn; ERR_LATE: `at` is not where the file ends, *have is; ERR_FORMAT: the message is whole
 * and wrong, and has been removed (*why). When it is whole and right note is called and the session goes on. A piece may be empty: a message that is whole, but could
 * not be taken when it became so, is then looked at again. */
enum err matches_put(struct matches *m, struct text id, const char *who, enum match_step step, uint64_t at,
                     struct text piece, const struct match_limits *limits, int64_t now_us, match_note note, void *ctx,
                     uint64_t *have, const char **why) MUST_CHECK;
/* Up to MATCH_PIECE_MAX bytes of the other side's message from this byte on, appended to out; note is called for the first. ERR_RANGE: it is not there yet, or is
 * not for this side. */
enum err matches_fetch(struct matches *m, struct text id, const char *who, enum match_step step, uint64_t from,
                       int64_t now_us, match_note note, void *ctx, struct buf *out, const char **why) MUST_CHECK;

#endif
