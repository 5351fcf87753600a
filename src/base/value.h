/* value.h - the one number that flows through the core, and how "missing" looks.
 *
 * Whole quantities (count, money in fen, duration and time in microseconds, entity index, truth value, text
 * fingerprint) are int64_t; averages and quotients are double. Missing is a sentinel in the same word, so that a value
 * stays 8 bytes: VALUE_MISSING for whole ones, any NaN for real ones. Logic with missing values is SQL's. */
#ifndef DUANKA_BASE_VALUE_H
#define DUANKA_BASE_VALUE_H
#include <stdbool.h>
#include <stdint.h>

#define VALUE_MISSING INT64_MIN

union value {
	int64_t i;
	double r;
};

static inline double value_real(int64_t i)
{
	return i == VALUE_MISSING ? __builtin_nan("") : (double)i;
}
static inline bool value_real_missing(double r)
{
	return r != r;
}

/* What an event may carry; outside it the record is quarantined. */
#define MONEY_FEN_MAX ((int64_t)100 * 1000 * 1000 * 1000 * 1000) /* 10^14 fen = 1,000,000,000,000 yuan; fits 48 bits */
#define DURATION_US_MAX (((int64_t)1 << 40) - 2)                 /* 12.7 days; fits 40 bits unsigned */
#define NUMBER_MAX (((int64_t)1 << 47) - 1)                      /* whole numbers in events; fits 48 bits */
#define TIME_US_MIN ((int64_t)946684800 * 1000000)               /* 2000-01-01T00:00:00Z */
#define TIME_US_MAX ((int64_t)4102444800 * 1000000)              /* 2100-01-01T00:00:00Z */
#define WINDOW_US_MIN ((int64_t)1000000)                         /* 1 s */
#define WINDOW_US_MAX ((int64_t)90 * 86400 * 1000000)            /* 90 days */

_Static_assert(MONEY_FEN_MAX < ((int64_t)1 << 47), "money fits 48 bits, signed");
_Static_assert(WINDOW_US_MAX < ((int64_t)1 << 46), "a window's time offset fits 48 bits with room for lateness");

#endif
