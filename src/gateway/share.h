/* share.h - something bounded, divided among organisations so that none can take it all.
 *
 * Half of it is common, first come, first served; the other half is divided into equal parts, one for each holder, that nobody else can
 * take. So whatever others do, a holder always gets max / 2 / holders; and one that is alone gets all. Counted in whatever unit: waiting
 * events, bytes. Not thread-safe. */
#ifndef DUANKA_GATEWAY_SHARE_H
#define DUANKA_GATEWAY_SHARE_H
#include <stdbool.h>
#include <stdint.h>
#include "base/check.h"

enum {
	SHARE_HOLDERS_MAX = 1024
};

struct share {
	uint64_t max, total, common; /* held: in all, and beyond the holders' own parts */
	uint32_t holders;
	uint64_t held[SHARE_HOLDERS_MAX];
};

/* 1 <= holders <= SHARE_HOLDERS_MAX. */
void share_init(struct share *s, uint64_t max, uint32_t holders);
/* Divides it anew. A holder that has more than its new part keeps it; until it gives it back, the others' parts may not be free yet. */
void share_divide(struct share *s, uint32_t holders);
/* False: this holder may not have n more now; nothing was taken. */
bool share_take(struct share *s, uint32_t holder, uint64_t n);
/* n more, whether there is room or not: what is there and can only be counted. */
void share_add(struct share *s, uint32_t holder, uint64_t n);
void share_give(struct share *s, uint32_t holder, uint64_t n);
uint64_t share_own(const struct share *s); /* what each holder can always have */

#endif
