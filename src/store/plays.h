/* plays.h - what screens have shown, counted: DIRECTORY/plays.sqlite. One row for a screen, a material and an hour; one for each screen with when it was last heard of.
 *
 * Proof of play is a fact of the world outside and does not follow from the journal; a record for each showing would be millions a day, so only sums are kept. A screen numbers its reports upwards, and one
 * that was counted is not counted again. Any thread may call. */
#ifndef DUANKA_STORE_PLAYS_H
#define DUANKA_STORE_PLAYS_H
#include "base/buf.h"

enum {
	PLAYS_REPORT_MAX = 512, /* rows of one report */
	PLAYS_AN_HOUR_MAX =
		3600 / 3, /* of a material on a screen, however many reports say so: nothing is shown for less than 3 s */
	PLAYS_PAGE_MAX = 10000
};

struct plays;
struct play { /* so often in that hour */
	uint64_t material;
	int64_t hour; /* since 1970 */
	uint32_t n;
};
struct play_row {
	uint64_t screen, material;
	int64_t hour;
	uint64_t n;
};
struct screen_seen {
	uint64_t screen;
	int64_t seen_us;
};

enum err plays_open(struct plays **out, const char *path, struct buf *why) MUST_CHECK;
void plays_close(struct plays *p); /* NULL is fine */
/* Report number `number` of the screen: counted once, all of it or nothing. What goes beyond PLAYS_AN_HOUR_MAX is not counted. *counted: false if it had been counted, or a later one. */
enum err plays_add(struct plays *p, uint64_t screen, uint64_t number, int64_t now_us, const struct play *play,
                   uint32_t n, bool *counted) MUST_CHECK;
/* When screens were last heard of. */
enum err plays_seen(struct plays *p, const struct screen_seen *s, uint32_t n) MUST_CHECK;
enum err plays_seen_list(struct plays *p, bool (*visit)(void *ctx, const struct screen_seen *s), void *ctx) MUST_CHECK;
/* Rows with from <= hour < to, of a screen and a material (0: all), in order of hour, screen, material; at most `most`. */
enum err plays_list(struct plays *p, uint64_t screen, uint64_t material, int64_t from, int64_t to, uint32_t most,
                    bool (*visit)(void *ctx, const struct play_row *r), void *ctx) MUST_CHECK;
/* Sums of the hours before go. */
enum err plays_expire(struct plays *p, int64_t before_hour) MUST_CHECK;

#endif
