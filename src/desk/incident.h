/* incident.h - a report of fraud (警情): taken by 110 or 96110 with the caller and the bank on one line. The first stop order is drafted in the same
 * step in which the key facts are complete.
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_INCIDENT_H
#define DUANKA_DESK_INCIDENT_H
#include "desk/machine.h"

enum desk_scam { /* the twelve classes of the police's data platform */
	SCAM_TASKS = 1,
	SCAM_CUSTOMER_SERVICE = 2,
	SCAM_INVESTMENT = 3,
	SCAM_LOAN = 4,
	SCAM_CREDIT_RECORD = 5,
	SCAM_SHOPPING = 6,
	SCAM_POLICE = 7,
	SCAM_ACQUAINTANCE = 8,
	SCAM_GAME = 9,
	SCAM_DATING = 10,
	SCAM_CYBER_CRIME = 11,
	SCAM_MILITARY = 12,
	SCAM_OTHER = 13,
	DESK_SCAMS = 14
};
extern const struct desk_choice desk_scam_names[DESK_SCAMS];
extern const struct desk_choices desk_scams;

enum incident_state {
	INCIDENT_RECEIVED = 1,
	INCIDENT_JOINED = 2,
	INCIDENT_CAPTURED = 3,
	INCIDENT_DISPATCHED = 4,
	INCIDENT_FILED = 5,
	INCIDENT_MERGED = 6,
	INCIDENT_NOT_FRAUD = 7,
	INCIDENT_CLOSED = 8,
	INCIDENT_STATES = 9
};

enum incident_field {
	INCIDENT_F_CHANNEL = 1,
	INCIDENT_F_CALLER = 2,
	INCIDENT_F_VICTIM = 3,
	INCIDENT_F_VICTIM_NAME = 4,
	INCIDENT_F_PAYER = 5,
	INCIDENT_F_PAYEE = 6,
	INCIDENT_F_AMOUNT = 7,
	INCIDENT_F_PAID = 8,
	INCIDENT_F_PAYER_BANK = 9,
	INCIDENT_F_PAYEE_BANK = 10, /* number of the organisation */
	INCIDENT_F_SUSPECT = 11,
	INCIDENT_F_LINK = 12,
	INCIDENT_F_SCAM = 13,
	INCIDENT_F_NOTE = 14,
	INCIDENT_F_EVIDENCE = 15,
	INCIDENT_F_STOP = 16, /* the first; set by the desk */
	INCIDENT_F_CASE_NO = 17,
	INCIDENT_F_MERGED_INTO = 18,
	INCIDENT_F_DISTRICT = 19,
	INCIDENT_F_WARNED = 20, /* set by the desk: the warning that this person had before */
	INCIDENT_F_HARDSHIP = 21,
	INCIDENT_F_PAYEE_NAME = 22,
	INCIDENT_F_STOPS = 23,       /* set by the desk: drafted so far */
	INCIDENT_F_DATA_SOURCE = 24, /* where the victim's data leaked, Art 29 */
	INCIDENT_F_LOSS = 25,
	INCIDENT_F_LATE = 26, /* set by the desk: 1 no stop order in time */
	INCIDENT_F_FIELDS = 27
};

enum incident_step {
	INCIDENT_DO_RECEIVE = 1,
	INCIDENT_DO_JOIN = 2,
	INCIDENT_DO_CAPTURE = 3,
	INCIDENT_DO_STOP_DRAFTED = 4, /* a stop order names this report */
	INCIDENT_DO_FILE = 5,
	INCIDENT_DO_MERGE = 6,
	INCIDENT_DO_NOT_FRAUD = 7,
	INCIDENT_DO_CLOSE = 8,
	INCIDENT_DO_LATE = 9,
	INCIDENT_DO_STEPS = 10
};

enum incident_timer {
	INCIDENT_T_STOP = 0, /* target for the first stop order */
	INCIDENT_T_TIMERS = 1
};

extern const struct desk_machine desk_incident;

#endif
