/* course.h - a course (培训课程): for whom it is, which classes of fraud it is about, what to read, and what a pass takes. One person proposes it, another one puts it in force.
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_COURSE_H
#define DUANKA_DESK_COURSE_H
#include "desk/machine.h"

enum course_audience {
	COURSE_FOR_BANKS = 1,
	COURSE_FOR_OPERATORS = 2, /* halls and agents */
	COURSE_FOR_OUTLETS = 3,   /* both */
	COURSE_FOR_GRID = 4,      /* grid workers and volunteers */
	COURSE_FOR_SEATS = 5,
	COURSE_FOR_ALL = 6,
	COURSE_AUDIENCES = 7
};

enum course_state {
	COURSE_DRAFT = 1,
	COURSE_PROPOSED = 2,
	COURSE_IN_FORCE = 3,
	COURSE_WITHDRAWN = 4,
	COURSE_STATES = 5
};

enum course_field {
	COURSE_F_TITLE = 1,
	COURSE_F_TITLE_EN = 2,
	COURSE_F_AUDIENCE = 3,
	COURSE_F_SCAMS = 4, /* bits of enum desk_scam: 1 << SCAM_TASKS ... */
	COURSE_F_TEXT = 5,  /* to be read */
	COURSE_F_PAPER = 6,
	COURSE_F_QUESTIONS = 7, /* drawn for an attempt */
	COURSE_F_PASS = 8,      /* per cent */
	COURSE_F_MONTHS = 9,    /* that a pass is valid */
	COURSE_F_MINUTES = 10,  /* for an attempt */
	COURSE_F_NOTE = 11,
	COURSE_F_FIELDS = 12
};

enum course_step {
	COURSE_DO_DRAFT = 1,
	COURSE_DO_EDIT = 2,
	COURSE_DO_PROPOSE = 3,
	COURSE_DO_APPROVE = 4,
	COURSE_DO_REFUSE = 5,
	COURSE_DO_WITHDRAW = 6,
	COURSE_DO_STEPS = 7
};

extern const struct desk_machine desk_course;

/* The roles of those whom a course is for. */
uint32_t course_roles(enum course_audience a);

#endif
