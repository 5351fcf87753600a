/* question.h - a question of the bank (题目): one class of fraud, two to six choices of which one is right, and why. What is asked never changes once it is in use: a better one is a new
 * question, and the old one is withdrawn. Only trainers and auditors reach questions; who takes a course is shown what was drawn, without what is right.
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_QUESTION_H
#define DUANKA_DESK_QUESTION_H
#include "desk/machine.h"

enum question_state {
	QUESTION_PROPOSED = 1,
	QUESTION_IN_USE = 2,
	QUESTION_REFUSED = 3,
	QUESTION_WITHDRAWN = 4,
	QUESTION_STATES = 5
};

enum question_field {
	QUESTION_F_CODE = 1,
	QUESTION_F_SCAM = 2,
	QUESTION_F_CLASS = 3, /* set by the desk: number of the class, by which the bank is searched */
	QUESTION_F_ZH = 4,
	QUESTION_F_EN = 5,
	QUESTION_F_CHOICES_ZH = 6, /* a line each */
	QUESTION_F_CHOICES_EN = 7,
	QUESTION_F_N_CHOICES = 8,
	QUESTION_F_RIGHT = 9, /* from 1 */
	QUESTION_F_WHY_ZH = 10,
	QUESTION_F_WHY_EN = 11,
	QUESTION_F_NOTE = 12,
	QUESTION_F_FIELDS = 13
};

enum question_step {
	QUESTION_DO_PROPOSE = 1,
	QUESTION_DO_APPROVE = 2,
	QUESTION_DO_REFUSE = 3,
	QUESTION_DO_WITHDRAW = 4,
	QUESTION_DO_STEPS = 5
};

extern const struct desk_machine desk_question;

#endif
