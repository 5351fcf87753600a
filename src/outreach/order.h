/* order.h - the kit and print order of all outlets: of each item what is needed, where the pieces are, and how many have to be ordered.
 *
 * What one outlet has too many of is no use to another, so an order is summed over outlets, each at least 0:
 *   have = placed + in store + on the way;  to order = max(0, needed - have);  spare = max(0, have - needed)
 * so that for each outlet, each row and all together  needed + spare = have + to order.  Pure: no I/O, no clock; the same supplies in any order give the same rows. */
#ifndef DUANKA_OUTREACH_ORDER_H
#define DUANKA_OUTREACH_ORDER_H
#include "desk/supply.h"

enum {
	ORDER_SUPPLIES_MAX = 1 << 20
};

struct order_supply { /* one item at one outlet */
	uint64_t outlet;
	uint16_t organisation, district;
	uint8_t item; /* enum kit_item */
	int64_t needed, ordered, received, placed, lost;
};

struct order_sums {
	uint64_t outlets; /* that need the item, or have some of it */
	int64_t needed, placed, in_store, on_the_way, to_order, spare;
};

struct order_row { /* of an organisation, a district and an item */
	uint16_t organisation, district;
	uint8_t item;
	struct order_sums sums;
};

/* Whether the counts can be of one supply: none negative or beyond what the desk can hold, received within ordered, placed and lost within received. */
bool order_supply_ok(const struct order_supply *s);
/* Sorts the n supplies by (organisation, district, item, outlet) and writes a row for each organisation, district and item; row has room for n. All are order_supply_ok. Returns the number of rows. */
uint32_t order_rows(struct order_supply *s, uint32_t n, struct order_row *row);
/* Adds the row to the sums of its item. */
void order_add(struct order_sums *to, const struct order_sums *s);
struct order_sums order_of(const struct order_supply *s);

#endif
