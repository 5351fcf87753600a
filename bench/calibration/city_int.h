/* city_int.h - what the two halves of the city share: the numbers seen and the call records, city_files.c to
 * city_features.c. Owner of all of it is the struct city; city_release gives it back. */
#ifndef DUANKA_BENCH_CALIBRATION_CITY_INT_H
#define DUANKA_BENCH_CALIBRATION_CITY_INT_H
#include "bench/calibration/calibration.h"

struct number {          /* a phone, a landline, a service number */
	uint32_t calls, out; /* answered */
	uint32_t sms_in, sms_out;
	uint32_t sms_peers, devices;
	uint32_t hours, days;     /* bit: hour 0..23, day of the month 1..31 */
	uint64_t months;          /* bit: calendar month modulo 64 */
	uint32_t person;          /* index + 1; 0: unknown */
	bool mobile, with_device; /* called with a device, answered or not */
	bool fraud, other_suspect;
};

struct call { /* answered */
	uint32_t from, to, talk_s;
};

struct city {
	struct map by_key, by_device, by_person;
	struct map pairs; /* number and device, then number and message peer, then person and card */
	struct number *number;
	uint64_t n_numbers, numbers_cap;
	struct call *call;
	uint64_t n_calls, calls_cap;
	uint32_t *cards; /* by person */
	uint64_t cards_cap;
	struct city_counts *counts;
	struct buf *problem;
	bool quiet;
};

/* city_files.c */
enum err city_read_calls(struct city *c, const char *dir) MUST_CHECK;
enum err city_read_truth(struct city *c, const char *dir) MUST_CHECK;
enum err city_read_sms(struct city *c, const char *dir) MUST_CHECK; /* after the calls: it skips who is no subscriber */
enum err city_read_cards(struct city *c, const char *dir) MUST_CHECK;
/* A mobile number of the city. */
static inline bool city_subscriber(const struct number *n)
{
	return n->mobile && n->with_device && !n->other_suspect;
}

/* city_features.c */
enum err city_features(struct city *c, struct figures *f) MUST_CHECK;

#endif
