/* clock.h - calendar arithmetic on int64_t microseconds since the epoch, UTC. Nothing here reads a clock.
 *
 * Zones are tables of UTC offsets made once, when a policy or a mapping is loaded, from the bytes of a TZif file
 * (RFC 8536); after its last transition a zone keeps its last offset. */
#ifndef DUANKA_BASE_CLOCK_H
#define DUANKA_BASE_CLOCK_H
#include "base/buf.h"
#include "base/arena.h"

#define US_PER_SECOND ((int64_t)1000000)
#define US_PER_MINUTE (60 * US_PER_SECOND)
#define US_PER_HOUR (60 * US_PER_MINUTE)
#define US_PER_DAY (24 * US_PER_HOUR)

struct zone {
	struct text name;
	size_t n;             /* transitions, ascending */
	const int64_t *at_s;  /* seconds since the epoch */
	const int32_t *off_s; /* offset east of UTC in seconds, from at_s[i] on */
	int32_t first_off_s;  /* before the first transition */
};

struct civil {
	int32_t year, month, day, hour, minute, second, us; /* month and day from 1 */
	int32_t weekday;                                    /* 1 = Monday ... 7 = Sunday (ISO 8601) */
};

int64_t clock_days_from_civil(int32_t y, int32_t m, int32_t d);
/* ERR_RANGE for an impossible date (30 February, hour 24, second 60). weekday is ignored. */
enum err clock_from_civil(const struct civil *c, int32_t off_s, int64_t *out_us) MUST_CHECK;
void clock_to_civil(int64_t us, int32_t off_s, struct civil *out);
int32_t clock_offset(const struct zone *z, int64_t us); /* seconds east of UTC at that instant */
/* The instant of a local time; in a gap or overlap the offset before the transition counts. */
enum err clock_from_local(const struct zone *z, const struct civil *c, int64_t *out_us) MUST_CHECK;
/* ISO 8601 / RFC 3339: date, 'T' or blank, time with up to 6 decimals, optional Z or +hh[:]mm; without an offset, in z. */
enum err clock_parse(struct text t, const struct zone *z, int64_t *out_us) MUST_CHECK;
void clock_format(struct buf *b, int64_t us,
                  const struct zone *z); /* 2026-03-01T08:00:00+08:00, with .uuuuuu if not 0 */
void clock_format_short(struct buf *b, int64_t us, const struct zone *z); /* 2026-03-01 08:00:00 */
/* Bytes of a TZif file into a zone whose arrays live in the arena. */
enum err clock_zone_parse(struct zone *z, struct arena *a, struct text name, struct text tzif) MUST_CHECK;
extern const struct zone clock_utc;
extern const struct zone clock_shanghai; /* +08:00, no transitions since 1991 */

/* Durations for people: 1d 2h, 5min 3s, 250ms. */
void clock_format_duration(struct buf *b, int64_t us);

#endif
