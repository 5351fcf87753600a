/* board_people.h - the members whose names pages of the board need, each loaded when it is first asked for.
 *
 * Anybody may register, and most never write: so who is a member takes no place on the board, and what is kept here is a cache. It is emptied between two pages when it holds BOARD_PEOPLE_MAX.
 * board.c's own; not thread-safe. */
#ifndef DUANKA_GATEWAY_BOARD_PEOPLE_H
#define DUANKA_GATEWAY_BOARD_PEOPLE_H
#include "gateway/board.h"

enum {
	BOARD_PEOPLE_MAX = 1 << 14 /* a page may bring more by as many authors as it has */
};

struct board_people { /* registry and texts are borrowed, the rest is its own; zero is empty */
	struct registry *registry;
	struct texts *texts;
	struct board_person **slot; /* by id, linear; size is a power of two, and at most half are taken */
	uint32_t n, size;
};

/* NULL: there is none, or it can't be read now. Good until it is cleared; a name that changed meanwhile is as it was. */
const struct board_post *board_people_find(struct board_people *p, uint64_t id);
/* Something happened to this member: it is loaded again when it is asked for. What was given out is gone. */
void board_people_changed(struct board_people *p, uint64_t id);
void board_people_clear(struct board_people *p);

/* A text that is held open, "" if it is not there or was erased. field 0: "". */
enum err board_open_text(struct texts *t, const struct desk_object *o, uint32_t field, const char **out) MUST_CHECK;

#endif
