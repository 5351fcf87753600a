/* bad.h - why a record was not taken, in words for both kinds of reader. One list; quarantine files, summaries and
 * tests all speak from it. */
#ifndef DUANKA_EVENT_BAD_H
#define DUANKA_EVENT_BAD_H
#include "base/buf.h"

enum bad_reason {
	BAD_NONE,
	BAD_COLUMNS,  /* another number of columns than the header or the mapping says */
	BAD_TOO_LONG, /* a record beyond EVENT_RAW_MAX; raw is its beginning */
	BAD_NUL,
	BAD_ENCODING,
	BAD_QUOTE, /* a quoted field that does not end, or goes on after its quote */
	BAD_JSON,
	BAD_EVENT_TYPE,
	BAD_MISSING,
	BAD_UNKNOWN_FIELD,
	BAD_TIME,       /* not a time, or a date that does not exist */
	BAD_TIME_RANGE, /* outside 2000 to 2100 */
	BAD_TIME_AHEAD, /* further ahead of the service's clock than its skew allows */
	BAD_TIME_JUMP,  /* one record far ahead of its neighbours */
	BAD_LATE,       /* later than the lateness; said by the engine */
	BAD_NUMBER,
	BAD_NEGATIVE,
	BAD_RANGE,
	BAD_AMOUNT,
	BAD_IDENT,
	BAD_BOOL,
	BAD_TEXT,
	BAD_HEADER,    /* the file can't be read at all: its columns fit no event type */
	BAD_TRUNCATED, /* compressed data that ends early or is damaged */
	BAD_READ,      /* the system refused to read on */
	BAD_REASONS
};

struct bad {
	enum bad_reason reason;
	bool ends_source; /* nothing more comes from this source */
	struct text path;
	uint64_t line;     /* from 1; 0: not about a record */
	uint64_t offset;   /* bytes, in the decompressed source */
	struct text field; /* empty: not about one field */
	struct text raw;
	const char *why; /* static English phrase that says more, or NULL */
	int64_t n;       /* BAD_TIME_JUMP: days; BAD_READ: errno; BAD_COLUMNS: what was found */
	int64_t wanted;  /* BAD_COLUMNS: what was expected */
};

const char *bad_reason_name(enum bad_reason r); /* "too_long", for machines */
void bad_message_en(struct buf *b, const struct bad *bad);
void bad_message_zh(struct buf *b, const struct bad *bad);

#endif
