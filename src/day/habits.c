/* habits.c - the lists of habits.h as tables. */
#include "day/habits.h"

const struct day_habit_info day_habits[DAY_HABITS_COUNT] = {
#define X(NAME, name, unit, usual, least, most, what, origin) { name, unit, usual, least, most, what, origin },
	DAY_HABITS(X)
#undef X
};

const struct day_group_info day_groups[DAY_GROUPS_COUNT] = {
#define X(NAME, name, en, zh, by_day, by_night, who) { name, en, zh, by_day, by_night, who },
	DAY_GROUPS(X)
#undef X
};
