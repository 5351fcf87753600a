/* event_value.h - one field's text into its value, by an optional format. Exact: nothing passes through a double. */
#ifndef DUANKA_EVENT_EVENT_VALUE_H
#define DUANKA_EVENT_EVENT_VALUE_H
#include "base/clock.h"
#include "event/bad.h"
#include "event/ident.h"

enum unit {       /* of the number in the file */
	UNIT_DEFAULT, /* yuan for money, seconds for durations */
	UNIT_YUAN,
	UNIT_FEN,
	UNIT_WAN, /* 万: 10,000 yuan */
	UNIT_S,
	UNIT_MS,
	UNIT_US,
	UNIT_MIN
};

enum time_form {
	TIME_OWN, /* ISO 8601, or whole microseconds since the epoch */
	TIME_ISO,
	TIME_EPOCH_S,
	TIME_EPOCH_MS,
	TIME_EPOCH_US,
	TIME_EPOCH_AUTO, /* by size: below 10^11 seconds, below 10^14 milliseconds, else microseconds */
	TIME_PATTERN,    /* %Y %m %d %H %M %S %f and literal characters */
	TIME_SINCE       /* seconds since format.since_us */
};

struct field_map {
	struct text from, to;
};

struct field_format {
	enum time_form time_form;
	enum unit unit;
	enum ident_mode mode;
	uint32_t n_map;
	const struct field_map *map; /* a text that is in it is replaced before anything else */
	const struct zone *zone;     /* NULL: clock_shanghai */
	struct text pattern;
	struct text prefix; /* put before an identifier */
	int64_t since_us;
};

extern const struct field_format field_format_own;

/* A decimal text times scale, exactly: "1.5" x 100 = 150. ERR_FORMAT: not a decimal number; ERR_CAP: it has more
 * decimals than scale can hold; ERR_RANGE: beyond 2^62. */
enum err value_decimal(struct text t, int64_t scale, int64_t *out) MUST_CHECK;
enum bad_reason value_time(struct text t, const struct field_format *f, int64_t *out_us, const char **why) MUST_CHECK;
/* Money, durations, whole numbers, truth values and times; the dims of one word. */
enum bad_reason value_parse(struct text t, enum dim dim, const struct field_format *f, int64_t *out,
                            const char **why) MUST_CHECK;
/* NULL, or what is wrong with a pattern. */
const char *value_pattern_check(struct text pattern);

#endif
