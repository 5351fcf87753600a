/* backtest_score.h - how many alerts a policy would make a day, whom it would hit, and how right that would be by what was found out about people since.
 *
 * Somebody is found if an alert about them reaches the threshold. What was found out is known of those only whom a policy in force had alerted; about the others nothing is said, so a recall here
 * is one among the known, and a precision leaves out whom nobody looked at. */
#ifndef DUANKA_SHOW_BACKTEST_SCORE_H
#define DUANKA_SHOW_BACKTEST_SCORE_H
#include "show/backtest.h"

enum {
	BACKTEST_LABELS_MAX = 1 << 22,
	BACKTEST_STEP = 10,        /* between thresholds of the curve */
	BACKTEST_SCORE_MAX = 1000, /* of a threshold: more counts as this */
	BACKTEST_HITS_MAX = 50
};

struct backtest_label {
	struct token about;
	uint64_t number; /* in order of the journal */
	bool right;
};
struct backtest_labels {
	struct backtest_label *p;
	uint64_t n, cap;
	enum err err; /* sticky: ERR_MEMORY, ERR_CAP */
};

/* Of several about one the last counts. */
void backtest_label(struct backtest_labels *l, struct token about, bool right);
void backtest_labels_release(struct backtest_labels *l);
/* ,"days":[{"day","old","new"}],"labels":{"right","wrong"},"curve":{"old":[...],"new":[{"threshold","alerts","entities","true","false","precision","recall"}]},"hits":[...] appended. Puts labels in order.
 * days: those with an alert. precision and recall: 0 to 1, null where nobody is known. hits: whom the new side would hit, those with the highest scores. */
enum err backtest_scores_json(struct buf *b, const struct backtest_side *old, struct backtest_side *new,
                              struct backtest_labels *l) MUST_CHECK;

#endif
