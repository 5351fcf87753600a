/* lines.h - a file line by line, in bounded memory.
 *
 * A line that is too long is told and skipped to its end, so that one bad line spares the file. */
#ifndef DUANKA_SCORE_LINES_H
#define DUANKA_SCORE_LINES_H
#include "base/text.h"

struct lines {
	int fd;
	char *p; /* owned */
	size_t n, at, cap, max_bytes;
	bool end;
	uint64_t line; /* of what lines_next gave last, from 1 */
	int err_no;    /* after ERR_IO */
};

/* "-" is standard input. ERR_ABSENT or ERR_IO: errno says why, nothing to close. */
enum err lines_open(struct lines *l, const char *path, size_t max_bytes) MUST_CHECK;
/* The next line without its LF, good until the next call. ERR_ABSENT: there is none; ERR_CAP: this one is too long (out->p is NULL) and was
 * skipped; ERR_IO, ERR_MEMORY: no more can be read. */
enum err lines_next(struct lines *l, struct text *out) MUST_CHECK;
void lines_close(struct lines *l);

#endif
