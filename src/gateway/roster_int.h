/* roster_int.h - people while a roster is made: rows in memory, found by person and by phone. */
#ifndef DUANKA_GATEWAY_ROSTER_INT_H
#define DUANKA_GATEWAY_ROSTER_INT_H
#include "gateway/roster.h"

struct crowd {
	struct recipient *row; /* ascending by person */
	uint32_t *by_phone;
	uint64_t n;
};
struct recipient *crowd_person(struct crowd *c, struct token t); /* NULL: nobody */
struct recipient *crowd_phone(struct crowd *c, struct token t);
enum err crowd_index(struct crowd *c) MUST_CHECK;
/* roster.c: what lists and registry say. */
enum err roster_know(struct crowd *c, const struct roster_options *o, struct roster_made *out,
                     struct buf *why) MUST_CHECK;
uint16_t roster_day(int64_t us); /* local day; 0 beyond its range */

#endif
