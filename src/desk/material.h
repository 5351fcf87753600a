/* material.h - what is published: a text, with or without a picture, for a type of scam and an audience; approved by a second pair of eyes.
 *
 * What is public is what is approved: a revision takes a material out until it is approved again, and its expiry takes it out by itself. Texts and picture are open (DESK_TEXT, DESK_FILE) and name nobody.
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_MATERIAL_H
#define DUANKA_DESK_MATERIAL_H
#include "desk/machine.h"

enum material_state {
	MATERIAL_DRAFT = 1,
	MATERIAL_SUBMITTED = 2,
	MATERIAL_APPROVED = 3,
	MATERIAL_EXPIRED = 4,
	MATERIAL_WITHDRAWN = 5,
	MATERIAL_STATES = 6
};

enum material_field {
	MATERIAL_F_SCAM = 1,
	MATERIAL_F_AUDIENCE = 2,
	MATERIAL_F_TITLE = 3, /* Chinese */
	MATERIAL_F_SUMMARY = 4,
	MATERIAL_F_BODY = 5,
	MATERIAL_F_TITLE_EN = 6,
	MATERIAL_F_SUMMARY_EN = 7,
	MATERIAL_F_BODY_EN = 8,
	MATERIAL_F_PICTURE = 9,
	MATERIAL_F_EDITION = 10, /* set by the desk: 1, and one more with each revision */
	MATERIAL_F_UNTIL = 11,
	MATERIAL_F_REASON = 12,
	MATERIAL_F_APPROVED = 13, /* when; set by the desk */
	MATERIAL_F_FIELDS = 14
};

enum material_step {
	MATERIAL_DO_WRITE = 1,
	MATERIAL_DO_EDIT = 2,
	MATERIAL_DO_SUBMIT = 3,
	MATERIAL_DO_APPROVE = 4,
	MATERIAL_DO_SEND_BACK = 5,
	MATERIAL_DO_REVISE = 6,
	MATERIAL_DO_WITHDRAW = 7,
	MATERIAL_DO_EXPIRE = 8,
	MATERIAL_DO_STEPS = 9
};

enum material_timer {
	MATERIAL_T_END = 0,
	MATERIAL_T_TIMERS = 1
};

extern const struct desk_machine desk_material;
extern const struct desk_choices desk_audiences;

#endif
