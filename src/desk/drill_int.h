/* drill_int.h - what the tables of drills tell drill.c. */
#ifndef DUANKA_DESK_DRILL_INT_H
#define DUANKA_DESK_DRILL_INT_H
#include "desk/drill.h"

extern const struct drill *const drill_table[DRILL_NAMES];
extern const struct drill drill_tasks, drill_customer_service, drill_investment, drill_loan, drill_credit_record,
	drill_shopping, drill_police, drill_acquaintance, drill_game, drill_dating, drill_cyber_crime, drill_military;

#endif
