/* guidance.h - an app installed, or an account followed, with somebody's help (推广引导): one for each number and thing, for good, counted when it has lasted.
 *
 * What is reported first waits for a period (limit guidance_check); then it is looked at: whether the number lives, on how many numbers the device was, how fast the clerk was. Who is
 * found doubtful is looked at by a person before it counts. Nobody is pressed to install anything: there are no targets here, only what was done.
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_GUIDANCE_H
#define DUANKA_DESK_GUIDANCE_H
#include "desk/machine.h"

enum guidance_what {
	GUIDANCE_APP = 1,     /* the national anti-fraud centre's */
	GUIDANCE_ACCOUNT = 2, /* the police's service account */
	GUIDANCE_WHATS = 3
};

enum guidance_finding {    /* bits */
	GUIDANCE_DEVICE = 1,   /* many numbers on one device */
	GUIDANCE_RATE = 2,     /* more in an hour than one clerk can explain */
	GUIDANCE_INACTIVE = 4, /* the number has done nothing since */
	GUIDANCE_GONE = 8,     /* taken away again within the period */
	GUIDANCE_FINDINGS = 16
};

enum guidance_state {
	GUIDANCE_REPORTED = 1,
	GUIDANCE_DUE = 2, /* the period is over: to be settled */
	GUIDANCE_CONFIRMED = 3,
	GUIDANCE_HELD = 4, /* doubtful: a person looks */
	GUIDANCE_REJECTED = 5,
	GUIDANCE_UNINSTALLED = 6,
	GUIDANCE_WITHDRAWN = 7, /* a mistake of who reported it */
	GUIDANCE_STATES = 8
};

enum guidance_field {
	GUIDANCE_F_WHAT = 1,
	GUIDANCE_F_PHONE = 2,
	GUIDANCE_F_ON = 3,     /* the device, as reported */
	GUIDANCE_F_DEVICE = 4, /* set by the desk when the period is over: from then on found by it */
	GUIDANCE_F_CLERK = 5,  /* set by the desk: the user, or the number of a key */
	GUIDANCE_F_OUTLET = 6, /* set by the desk: where the user works */
	GUIDANCE_F_ACTIVE =
		7, /* whether the journal knows something of the number since: the service looks, nobody says so */
	GUIDANCE_F_FINDINGS = 8, /* set by the desk: bits of enum guidance_finding */
	GUIDANCE_F_REASON = 9,
	GUIDANCE_F_FIELDS = 10
};

enum guidance_step {
	GUIDANCE_DO_REPORT = 1,
	GUIDANCE_DO_WITHDRAW = 2,
	GUIDANCE_DO_FALL_DUE = 3,
	GUIDANCE_DO_SETTLE = 4,
	GUIDANCE_DO_CONFIRM = 5,
	GUIDANCE_DO_REJECT = 6,
	GUIDANCE_DO_UNINSTALL = 7,
	GUIDANCE_DO_STEPS = 8
};

enum guidance_timer {
	GUIDANCE_T_CHECK = 0,
	GUIDANCE_T_TIMERS = 1
};

extern const struct desk_machine desk_guidance;

#endif
