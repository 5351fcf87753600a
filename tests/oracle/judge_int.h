/* judge_int.h - one case under judgement; shared by judge*.c. */
#ifndef DUANKA_TESTS_ORACLE_JUDGE_INT_H
#define DUANKA_TESTS_ORACLE_JUDGE_INT_H
#include <sqlite3.h>
#include "tests/oracle/oracle.h"
#include "tests/test.h"

enum {
	FEATURES_MAX = 8,
	ALERTS_MAX = 4 * EVENTS_MAX
};

struct got_alert {
	uint64_t position;
	uint32_t rule;
	int64_t time_us, score;
	enum rule_mode mode;
	char about[WORLD_PLAIN_BYTES];
};

struct judged {                                      /* what an engine told */
	union value value[EVENTS_MAX + 1][FEATURES_MAX]; /* by position and feature */
	struct got_alert alert[ALERTS_MAX];
	uint32_t n_alerts;
	uint64_t accepted;
};

struct judging {
	const struct world *w;
	const struct oracle_case *c;
	struct policy *policy;
	struct plan *plan;
	struct engine *engine;
	sqlite3 *db;
	struct judged *out;
	uint64_t *seen;
	struct buf *why;
	struct plain_event *at[EVENTS_MAX + 1]; /* the accepted event of each position */
};

sqlite3_stmt *judge_prepare(struct judging *j, const char *sql);
void judge_see(struct judging *j, enum seen s);
bool judge_rules(struct judging *j); /* false: says the difference in why */
#endif
