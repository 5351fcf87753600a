/* matter.h - a joint matter of the alliance (要事联商), and everything else that somebody is to do for it: a joint service (服务联抓), a proposal about another matter, a member's part in
 * a joint event, a decision of a meeting.
 *
 * They are one kind because they go one way: raised by a member, put on the list, decided, in the hands of an owner until a day, done, checked. What it is about (another matter, a
 * meeting, an event, an asset) is its subject, so that the proposals about a matter and the parts of an event are found by that object; the meeting on whose agenda it stands is its second key.
 * As long as it is only raised it is its organisation's and the secretary's; from the list on all members read it. The owner is who may report on it and finish it.
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_MATTER_H
#define DUANKA_DESK_MATTER_H
#include "desk/machine.h"

enum matter_state {
	MATTER_RAISED = 1,
	MATTER_LISTED = 2,
	MATTER_ASSIGNED = 3,
	MATTER_DONE = 4,
	MATTER_SETTLED = 5,
	MATTER_DECLINED = 6,
	MATTER_WITHDRAWN = 7,
	MATTER_STATES = 8
};

enum matter_sort {
	MATTER_OF_ALL = 1,
	MATTER_SERVICE = 2,
	MATTER_PROPOSAL = 3, /* about another object: these three need one */
	MATTER_PART = 4,
	MATTER_DECISION = 5
};

enum matter_field {
	MATTER_F_SORT = 1,
	MATTER_F_ABOUT = 2,
	MATTER_F_MEETING = 3,
	MATTER_F_TITLE = 4,
	MATTER_F_TEXT = 5,
	MATTER_F_PROPOSAL = 6,
	MATTER_F_OWNER = 7, /* organisation */
	MATTER_F_RAISED_BY = 8,
	MATTER_F_HELPERS = 9,
	MATTER_F_DEADLINE = 10,
	MATTER_F_DECISION = 11,
	MATTER_F_DECIDED = 12,
	MATTER_F_PROGRESS = 13,
	MATTER_F_REPORTS = 14, /* how many there were */
	MATTER_F_RESULT = 15,
	MATTER_F_REASON = 16,
	MATTER_F_DISTRICT = 17,
	MATTER_F_LATE = 18, /* deadlines missed */
	MATTER_F_PAPER = 19,
	MATTER_F_FIELDS = 20
};

enum matter_step {
	MATTER_DO_RAISE = 1,
	MATTER_DO_AMEND = 2,
	MATTER_DO_WITHDRAW = 3,
	MATTER_DO_LIST = 4,
	MATTER_DO_DECLINE = 5,
	MATTER_DO_POSTPONE = 6,
	MATTER_DO_DECIDE = 7,
	MATTER_DO_NOTE = 8,
	MATTER_DO_SET = 9,
	MATTER_DO_REPORT = 10,
	MATTER_DO_FINISH = 11,
	MATTER_DO_ACCEPT = 12,
	MATTER_DO_RETURN = 13,
	MATTER_DO_EXTEND = 14,
	MATTER_DO_REASSIGN = 15,
	MATTER_DO_SOON = 16,
	MATTER_DO_LATE = 17,
	MATTER_DO_LATE_ANSWER = 18,
	MATTER_DO_LATE_CHECK = 19,
	MATTER_DO_STEPS = 20
};

enum matter_timer {
	MATTER_T_ANSWER = 0,
	MATTER_T_SOON = 1,
	MATTER_T_DUE = 2,
	MATTER_T_CHECK = 3,
	MATTER_T_TIMERS = 4
};

extern const struct desk_machine desk_matter;

#endif
