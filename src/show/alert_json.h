/* alert_json.h - alerts as NDJSON, complete in themselves: `duanka explain` needs no more than this file.
 *
 * First a header record with the rules as written, then one record an alert. doc/formats.md describes them. */
#ifndef DUANKA_SHOW_ALERT_JSON_H
#define DUANKA_SHOW_ALERT_JSON_H
#include "show/show.h"

void alert_json_header(struct buf *b, const struct policy *p, int64_t lateness_us);
/* where: the source's name. evidence_max: events told of each window. */
void alert_json(struct buf *b, const struct shower *s, const struct alert *a, const char *where, uint32_t evidence_max);
/* The same without its event, values and evidence, and without a line end. */
void alert_json_brief(struct buf *b, const struct shower *s, const struct alert *a, const char *where);

/* What a line of alert_json begins with, read back. False: it is not such a line. */
struct alert_head {
	uint64_t position;
	int64_t time_us;
	bool live;
	int64_t score; /* of the decision */
	enum severity severity;
	struct token about;
};
bool alert_head_read(struct text line, struct alert_head *out);

#endif
