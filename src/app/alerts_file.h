/* alerts_file.h - the alerts of a data directory (gateway/alertlog.h) read from front to back beside whoever writes them, as projecting.h wants them. */
#ifndef DUANKA_APP_ALERTS_FILE_H
#define DUANKA_APP_ALERTS_FILE_H
#include "gateway/projecting.h"

struct alerts_file {
	struct disk *data;
	uint64_t *number; /* of the files, ascending */
	size_t n, file;   /* file: that is read now */
	enum err err;     /* while listing */
	int fd;           /* -1: to be opened */
	uint64_t at;      /* bytes read of it */
	struct buf bytes;
	char *chunk;
	size_t taken; /* of bytes */
	bool held;    /* the line at `taken` was read and is yet to be given */
	uint64_t position;
	size_t line;
};

/* data is borrowed. ERR_ABSENT: there are none. */
enum err alerts_file_open(struct alerts_file *f, struct disk *data) MUST_CHECK;
void alerts_file_close(struct alerts_file *f); /* in any case */
struct alert_source alerts_file_source(struct alerts_file *f);
/* Position of the last whole line; 0: there is none. */
enum err alerts_file_last(struct disk *data, uint64_t *position) MUST_CHECK;

#endif
