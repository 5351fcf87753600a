/* device_report.h - a report to the police (涉诈设备报告) of devices that the law forbids: SIM boxes, gateway pairs, number changers, code platforms. Operators must make it (Art 14).
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_DEVICE_REPORT_H
#define DUANKA_DESK_DEVICE_REPORT_H
#include "desk/machine.h"

enum device_report_state {
	DEVICE_REPORTED = 1,
	DEVICE_RECEIVED = 2,
	DEVICE_VISITING = 3,
	DEVICE_FOUND = 4,
	DEVICE_NOT_FOUND = 5,
	DEVICE_CLOSED = 6,
	DEVICE_STATES = 7
};

enum device_report_field {
	DEVICE_F_DEVICE = 1,
	DEVICE_F_CELL = 2,
	DEVICE_F_WHAT = 3,
	DEVICE_F_CARDS = 4, /* seen in it */
	DEVICE_F_OPERATOR = 5,
	DEVICE_F_ADDRESS = 6,
	DEVICE_F_EVIDENCE = 7,
	DEVICE_F_RULE = 8,
	DEVICE_F_DISTRICT = 9,
	DEVICE_F_NOTE = 10,
	DEVICE_F_CASE_NO = 11,
	DEVICE_F_FINDING = 12,
	DEVICE_F_PHONE = 13,
	DEVICE_F_LATE = 14, /* set by the desk: 1 received late, 2 visited late, 3 both */
	DEVICE_F_FIELDS = 15
};

enum device_report_step {
	DEVICE_DO_REPORT = 1,
	DEVICE_DO_RECEIVE = 2,
	DEVICE_DO_VISIT = 3,
	DEVICE_DO_FOUND = 4,
	DEVICE_DO_NOT_FOUND = 5,
	DEVICE_DO_CLOSE = 6,
	DEVICE_DO_LATE_RECEIVE = 7,
	DEVICE_DO_LATE_VISIT = 8,
	DEVICE_DO_STEPS = 9
};

enum device_report_timer {
	DEVICE_T_RECEIVE = 0,
	DEVICE_T_VISIT = 1,
	DEVICE_T_TIMERS = 2
};

extern const struct desk_machine desk_device_report;

#endif
