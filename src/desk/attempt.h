/* attempt.h - somebody's attempt at a course's questions, or at a drill (测验与演练): started with what was drawn, answered once and in time, graded at once, good until a day.
 *
 * The seed is drawn by the service and shown to nobody; questions, the order of their choices and so the meaning of an answer follow from it (quiz.h). What is right is looked up when the answers
 * are there, so that no answer of the service can tell it before. Who starts an attempt is the only one who can answer it, and besides them only trainers, auditors and the manager of their
 * organisation's outlets can read it.
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_ATTEMPT_H
#define DUANKA_DESK_ATTEMPT_H
#include "desk/desk.h"
#include "desk/drill.h"
#include "desk/quiz.h"

enum attempt_sort {
	ATTEMPT_QUIZ = 1,
	ATTEMPT_DRILL = 2,
	ATTEMPT_SORTS = 3
};

enum attempt_state {
	ATTEMPT_STARTED = 1,
	ATTEMPT_PASSED = 2,
	ATTEMPT_FAILED = 3,
	ATTEMPT_LAPSED = 4,  /* not answered in time */
	ATTEMPT_EXPIRED = 5, /* a pass whose time is over */
	ATTEMPT_STATES = 6
};

enum attempt_field {
	ATTEMPT_F_SORT = 1,
	ATTEMPT_F_COURSE = 2,
	ATTEMPT_F_DRILL = 3,
	ATTEMPT_F_SEED = 4,
	ATTEMPT_F_PERSON = 5,    /* set by the desk: the user, or the number of a key */
	ATTEMPT_F_OUTLET = 6,    /* set by the desk: where the user works */
	ATTEMPT_F_ENDS = 7,      /* set by the desk: to be answered before */
	ATTEMPT_F_ANSWERS = 8,   /* a letter for each question, or move: A the first choice shown; - none */
	ATTEMPT_F_TOOK = 9,      /* as told by the client; proves nothing */
	ATTEMPT_F_GOT = 10,      /* set by the desk, as all that follows: right answers, or points */
	ATTEMPT_F_OF = 11,       /* of so many */
	ATTEMPT_F_PASS = 12,     /* per cent that a pass takes */
	ATTEMPT_F_UNTIL = 13,    /* a pass is good until */
	ATTEMPT_F_MONTHS = 14,   /* and for so many months */
	ATTEMPT_F_FATAL = 15,    /* 1: a drill in which the code was given or the money went */
	ATTEMPT_F_QUESTION = 16, /* the first of QUIZ_QUESTIONS_MAX */
	ATTEMPT_F_FIELDS = ATTEMPT_F_QUESTION + QUIZ_QUESTIONS_MAX
};

enum attempt_step {
	ATTEMPT_DO_START = 1,
	ATTEMPT_DO_REHEARSE = 2,
	ATTEMPT_DO_ANSWER = 3,
	ATTEMPT_DO_LAPSE = 4,
	ATTEMPT_DO_EXPIRE = 5,
	ATTEMPT_DO_STEPS = 6
};

enum attempt_timer {
	ATTEMPT_T_ENDS = 0,
	ATTEMPT_T_UNTIL = 1,
	ATTEMPT_T_TIMERS = 2
};

enum {
	ATTEMPT_DRILL_PASS = 80 /* per cent of the points */
};

extern const struct desk_machine desk_attempt;

struct desk_turn;
/* The questions in use of these classes (bits), as the turn sees them. After an error of the world (d->err) it may lack some. */
void attempt_pool(struct desk_turn *t, uint32_t scams, struct quiz_pool *out);
/* How many questions it has. */
uint32_t attempt_questions(const struct desk_object *o);

#endif
