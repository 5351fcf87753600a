/* outlet_lines.h - a table of outlets, or of kits, as members send it: CSV with a header, one outlet a line. Each line is taken whole or refused with the field and what would be right.
 *
 * Columns by name, in any order; those of outlets: code, type and name must be there; agent, organisation, district, address, flagship, clerk, licence, licence_end, reason, and an item's name
 * (paper_sign, ...) for a number that departs from the kit. Those of kits: type must be there; flagship, note, and an item's name. Unknown and double columns are refused: a column that nobody reads is a mistake.
 * Pure: bytes in, lines out. */
#ifndef DUANKA_OUTREACH_OUTLET_LINES_H
#define DUANKA_OUTREACH_OUTLET_LINES_H
#include "base/buf.h"
#include "desk/kit.h"
#include "event/csv.h"

enum outlet_column {
	COLUMN_NONE,
	COLUMN_CODE,
	COLUMN_AGENT, /* yes: the code is an agent's */
	COLUMN_TYPE,
	COLUMN_NAME,
	COLUMN_ORGANISATION,
	COLUMN_DISTRICT,
	COLUMN_ADDRESS,
	COLUMN_FLAGSHIP,
	COLUMN_CLERK,
	COLUMN_LICENCE,
	COLUMN_LICENCE_END,
	COLUMN_REASON,
	COLUMN_NOTE,
	COLUMN_ITEM, /* of item i: COLUMN_ITEM + i */
	OUTLET_COLUMNS = COLUMN_ITEM + KIT_ITEMS
};
extern const char *const outlet_column_names[OUTLET_COLUMNS]; /* NULL: no such column */

enum {
	OUTLET_CODE_MAX = 64,
	OUTLET_TEXT_MAX = 400, /* bytes of a name, an address, a reason */
	OUTLET_LINE_MAX = 8192 /* bytes of a line */
};

struct outlet_lines {
	bool kits;
	struct text rest; /* what was not read yet; borrowed */
	uint64_t line;    /* of what comes next, from 1 */
	uint32_t n_columns;
	uint8_t column[CSV_CELLS_MAX]; /* of each cell: enum outlet_column */
};

struct outlet_line {
	uint64_t line;
	struct text raw;
	struct text value[OUTLET_COLUMNS]; /* trimmed; n = 0: empty or no such column; in the bytes, or in `held` */
	int64_t number[OUTLET_COLUMNS];    /* of columns that are numbers; -1: empty. licence_end: microseconds; 0: empty */
	uint32_t type;                     /* enum outlet_type */
	char held[OUTLET_LINE_MAX];        /* cells whose quotes were doubled */
};

struct outlet_fault {
	uint64_t line;
	struct text raw;
	char field[32]; /* empty: the line as a whole */
	char why[192];  /* what is wrong; what would be right */
};

/* Reads the header. False: *fault says what is wrong with it. bytes must outlive o. */
bool outlet_lines_open(struct outlet_lines *o, bool kits, struct text bytes, struct outlet_fault *fault);
enum outlet_got {
	OUTLET_END,
	OUTLET_LINE,
	OUTLET_FAULT /* of one line; the rest goes on */
};
enum outlet_got outlet_lines_next(struct outlet_lines *o, struct outlet_line *line, struct outlet_fault *fault);

#endif
