/* alert_read.h - one line of alerts.ndjson into what score.h takes.
 *
 * The first line is the header record; it may name the entity kinds in the order of the policy's schema ("entities":
 * ["phone",...]), else the order of the shipped schema holds. */
#ifndef DUANKA_SCORE_ALERT_READ_H
#define DUANKA_SCORE_ALERT_READ_H
#include "score/score.h"

enum {
	ALERT_READ_LINE_MAX = 64 << 20 /* bytes */
};

struct alert_reader {
	struct truth_kinds kinds; /* as the header says */
	void *record;             /* the JSON that the last alert's texts point into */
};

void alert_reader_init(struct alert_reader *r);
void alert_reader_release(struct alert_reader *r);
/* ERR_FORMAT: not the header of an alerts file; why is a static phrase, what is wrong and what would be right. */
enum err alert_reader_header(struct alert_reader *r, struct text line, const char **why) MUST_CHECK;
/* out's texts live until the next call. ERR_FORMAT as above. */
enum err alert_reader_alert(struct alert_reader *r, struct text line, struct score_alert *out,
                            const char **why) MUST_CHECK;

#endif
