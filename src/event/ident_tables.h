/* ident_tables.h - tables that the build generates (tool/gen_ident_tables.c). Private to ident*.c.
 *
 * A mobile's city is two loads away: its first five digits name a block, the next two an element of it. Card prefixes
 * are an open hash: a key is the prefix, its length and the length of the whole number. */
#ifndef DUANKA_EVENT_IDENT_TABLES_H
#define DUANKA_EVENT_IDENT_TABLES_H
#include <stdint.h>

enum {
	IDENT_CARD_SLOTS = 8192, /* a power of two */
	IDENT_CARD_SHIFT = 64 - 13,
	IDENT_CARD_PREFIX_MAX = 11
};

struct ident_card {
	uint64_t key; /* prefix | prefix digits << 40 | all digits << 48; 0 = free */
	uint16_t bank;
};

extern const uint32_t ident_table_regions, ident_table_banks;
extern const char *const ident_table_region[];
extern const char *const ident_table_bank[];
extern const uint16_t ident_table_block[7000]; /* by the first five digits, from 13000 */
extern const uint16_t ident_table_mobile[][100];
extern const uint16_t ident_table_area[1000];   /* area code without its 0 */
extern const uint8_t ident_table_carrier[1000]; /* by the first four digits, from 1000 */
extern const struct ident_card ident_table_card[IDENT_CARD_SLOTS];

/* Overseas calling codes, ident_country.c. */
struct ident_country {
	uint16_t code;
	const char *name;
};
extern const struct ident_country ident_country[];
extern const uint32_t ident_countries;

#endif
