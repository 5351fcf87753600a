/* quarantine.h - bad records as NDJSON, so that nothing is lost and everything can be fed again after a repair:
 * {"source","line","offset","reason","field","message_en","message_zh","raw"}, or raw_base64 where raw is not UTF-8 or holds NUL. */
#ifndef DUANKA_EVENT_QUARANTINE_H
#define DUANKA_EVENT_QUARANTINE_H
#include "base/buf.h"
#include "event/bad.h"
#include "event/event.h"

/* Appends one line to b. For files see source_quarantine (source.h). */
void quarantine_line(struct buf *b, const struct bad *bad);
/* Appends a record as the member ,"NAME": of an object, or as ,"NAME_base64": as above. */
void quarantine_raw(struct buf *b, const char *name, struct text raw);

enum {
	QUARANTINE_LINE_MAX = 8 * EVENT_RAW_MAX + 16 * 1024 /* for buf_init */
};

#endif
