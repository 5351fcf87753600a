/* quarantine.h - bad records as NDJSON, so that nothing is lost and everything can be fed again after a repair:
 * {"source","line","offset","reason","field","message_en","message_zh","raw"}, or raw_base64 where raw is not UTF-8. */
#ifndef DUANKA_EVENT_QUARANTINE_H
#define DUANKA_EVENT_QUARANTINE_H
#include "base/file.h"
#include "event/bad.h"
#include "event/event.h"

/* Appends one line to b, which needs room for about eight times the raw bytes. */
void quarantine_line(struct buf *b, const struct bad *bad);
/* line is the caller's buffer, emptied first; its failure is returned. */
enum err quarantine_write(struct outfile *o, struct buf *line, const struct bad *bad) MUST_CHECK;

enum {
	QUARANTINE_LINE_MAX = 8 * EVENT_RAW_MAX + 16 * 1024 /* for buf_init */
};

#endif
