/* board.h - the public board as pages read it: every topic and reply in memory, members when a page names one (board_people.h), brought up to date from the registry by whoever looks.
 *
 * What the public is shown of the board is decided here and nowhere else (board_shown): topics in state shown or locked, replies in state shown of such a topic. A member's own page has the member's own
 * posts as well. Titles and names are opened once, texts when somebody reads them (and all forgotten when they take BOARD_TEXT_BYTES). So a page costs no query but one for the registry's position.
 *
 * Between board_enter and board_leave the board is the caller's alone, and what it gave out stays as it is. Views are counted here and folded into store/views.h by board_leave, at most once in
 * BOARD_FOLD_US, and when the board ends. */
#ifndef DUANKA_GATEWAY_BOARD_H
#define DUANKA_GATEWAY_BOARD_H
#include "store/registry.h"
#include "store/texts.h"
#include "store/views.h"

enum {
	BOARD_POSTS_MAX = 1 << 18, /* topics and replies of members; what comes beyond is not shown, and counted */
	BOARD_STAFF_MAX = 1 << 16, /* those of organisations, which have places of their own */
	BOARD_TEXT_BYTES = 64 << 20,
	BOARD_PAGE = 20,   /* topics on a page */
	BOARD_REPLIES = 50 /* replies on a page */
};
#define BOARD_FOLD_US ((int64_t)60 * 1000 * 1000)

struct board;
/* All borrowed. views: NULL: they are not kept. most: places for what members write, BOARD_POSTS_MAX. */
enum err board_new(struct board **out, struct registry *r, struct texts *t, struct views *v, uint32_t most) MUST_CHECK;
void board_free(struct board *b); /* NULL is fine */

/* ERR_OK: it is up to date, and the caller's until board_leave. */
enum err board_enter(struct board *b) MUST_CHECK;
void board_leave(struct board *b, int64_t now_us);

struct board_counts {
	uint64_t posts, beyond; /* beyond: there was no room for them, and nobody is shown them */
};
/* As of the last page; any thread, without waiting for one. */
struct board_counts board_counts(const struct board *b);

struct board_post {
	uint64_t id, topic, member; /* topic: of a reply; member 0: of an organisation */
	uint16_t organisation;
	uint8_t kind, state;
	bool pinned, locked;
	uint8_t pictures;         /* bits */
	uint8_t ground;           /* why it was hidden; 0: it was not */
	int64_t made_us, last_us; /* last: of a topic, when it or a reply came */
	uint64_t views;
	const char *title; /* a member's name is its title; "" if it is not there */
	/* board.c's own */
	unsigned char body[DESK_REF_BYTES], title_ref[DESK_REF_BYTES];
	char *text;
	uint32_t text_n, first, last, next; /* chain of a topic's replies, by index + 1 */
	uint32_t unfolded;                  /* views */
};

bool board_shown(const struct board *b, const struct board_post *p);
/* NULL: there is none, or nothing of this kind. Shown or not. */
const struct board_post *board_find(struct board *b, uint32_t kind, uint64_t id);
/* The same of a topic that is shown. */
const struct board_post *board_topic(struct board *b, uint64_t id);
const char *board_author(struct board *b, const struct board_post *p); /* the member's name; "" of an organisation's */
/* The text; false: it can't be read now. Empty if it was erased. */
bool board_text(struct board *b, const struct board_post *p, struct text *out);
void board_viewed(struct board *b, const struct board_post *topic);

struct board_asked {   /* zero: all that is shown, pinned ones first, then those where something happened last */
	struct text words; /* all of them stand in the title; ASCII letters in either case */
	uint64_t member;
	uint32_t page; /* from 0 */
};
/* At most BOARD_PAGE topics; *total: of all pages. */
uint32_t board_list(struct board *b, const struct board_asked *q, const struct board_post *out[BOARD_PAGE],
                    uint32_t *total);
/* At most BOARD_REPLIES shown replies, oldest first. */
uint32_t board_replies(struct board *b, const struct board_post *topic, uint32_t page,
                       const struct board_post *out[BOARD_REPLIES], uint32_t *total);
uint32_t board_replied(struct board *b, uint64_t member); /* how many replies of the member are shown */
/* The shown topic that was made before it, or after it. NULL: none. */
const struct board_post *board_beside(struct board *b, const struct board_post *topic, bool after);
/* At most `most` topics and replies of the member, newest first, shown or not, but none that was withdrawn. */
uint32_t board_own(struct board *b, uint64_t member, const struct board_post **out, uint32_t most);

#endif
