/* drill.h - drills (演练剧本): what a swindler says, step by step, and what staff may answer; one for each class of fraud.
 *
 * A drill is a graph of steps that only leads forward; a choice is a move, and moves have points: to ask, to stop, to delay the transfer, to keep the code, to call 96110. Whoever gives the code away
 * or lets the money go has failed, whatever the points. Points follow from the kind of move alone, so that a drill can be read and judged without arithmetic.
 * Grades follow from these tables when a journal is read again: the graph, the moves and their order never change once shipped (words may); a better drill is a new number. */
#ifndef DUANKA_DESK_DRILL_H
#define DUANKA_DESK_DRILL_H
#include "base/text.h"
#include "desk/machine.h"

enum {
	DRILL_STEPS_MAX = 8,
	DRILL_CHOICES_MAX = 4,
	DRILL_NAMES = 13
};

enum drill_move {
	DRILL_NONE = 0,
	DRILL_ASK = 1,
	DRILL_STOP = 2,
	DRILL_DELAY = 3,
	DRILL_KEEP = 4,   /* the code, the screen, the card stay where they are */
	DRILL_CALL = 5,   /* 96110, or 110 when the money is gone */
	DRILL_WEAK = 6,   /* does no harm and helps nobody */
	DRILL_COMPLY = 7, /* goes along: worth nothing */
	DRILL_GIVE = 8,   /* the code is given, the money goes: failed */
	DRILL_MOVES = 9
};
struct drill_move_info {
	const char *name, *zh, *en;
	int64_t points;
	bool fatal;
};
extern const struct drill_move_info drill_moves[DRILL_MOVES];

struct drill_choice {
	const char *zh, *en;
	uint8_t move;
	uint8_t next; /* step, from 1; 0: the talk is over */
};
struct drill_step {
	const char *zh, *en; /* what is said, or seen */
	struct drill_choice choice[DRILL_CHOICES_MAX];
};
struct drill {
	const char *zh, *en; /* where it happens, and who you are */
	struct drill_step step[DRILL_STEPS_MAX];
};

/* Named like the classes of fraud they are about. */
extern const struct desk_choices drill_names;
const struct drill *drill_find(uint32_t number); /* NULL: there is none */
uint32_t drill_steps(const struct drill *d);
uint32_t drill_choices(const struct drill_step *s);
/* The most points that a path through it can have. */
int64_t drill_points(uint32_t number);

struct drill_result {
	int64_t points;
	bool fatal;
	uint32_t n;
	uint8_t step[DRILL_STEPS_MAX]; /* from 0, as they were gone through */
	uint8_t choice[DRILL_STEPS_MAX];
};
/* answers: a letter for each step gone through, A the choice shown first under this seed (quiz_order, place: the number of the step). False: a letter stands for no choice, or the path does not end where
 * the talk does. */
bool drill_grade(uint32_t number, uint64_t seed, struct text answers, struct drill_result *out);
/* Where the talk goes on behind what was gone through, if it does: a step, from 0. */
uint32_t drill_next(const struct drill *d, const struct drill_result *so_far);

#endif
