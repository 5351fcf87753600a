/* alerts_file.h - DIRECTORY/alerts.ndjson read from front to back beside whoever writes it, as projecting.h wants alerts. */
#ifndef DUANKA_APP_ALERTS_FILE_H
#define DUANKA_APP_ALERTS_FILE_H
#include "gateway/projecting.h"

struct alerts_file {
	int fd;
	uint64_t at; /* bytes read */
	struct buf bytes;
	size_t taken; /* of bytes */
	bool held;    /* the line at `taken` was read and is yet to be given */
	uint64_t position;
	size_t line;
};

enum err alerts_file_open(struct alerts_file *f, const char *path) MUST_CHECK; /* ERR_ABSENT, ERR_IO with errno */
void alerts_file_close(struct alerts_file *f);
struct alert_source alerts_file_source(struct alerts_file *f);
/* Position of the last whole line; 0: there is none. */
enum err alerts_file_last(const char *path, uint64_t *position) MUST_CHECK;

#endif
