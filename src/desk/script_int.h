/* script_int.h - what script_table.c tells script.c. */
#ifndef DUANKA_DESK_SCRIPT_INT_H
#define DUANKA_DESK_SCRIPT_INT_H
#include "desk/script.h"

enum {
	SCRIPT_LINES_MAX = 6 /* of a type in a part; the last is always empty */
};
struct script {
	struct script_line line[SCRIPT_PARTS][SCRIPT_LINES_MAX];
};
extern const struct script script_of_scam[DESK_SCAMS]; /* index 0: of an unknown type */

#endif
