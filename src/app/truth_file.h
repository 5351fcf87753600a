/* truth_file.h - a truth file from the disk, with messages for people on standard error. */
#ifndef DUANKA_APP_TRUTH_FILE_H
#define DUANKA_APP_TRUTH_FILE_H
#include "score/lines.h"
#include "score/truth.h"

enum {
	COMPLAINTS_MAX = 20 /* bad lines told of a file; the others are counted */
};

struct truth_complaints { /* of one file */
	const char *path;
	uint64_t n;
};
void truth_file_complain(void *complaints, uint64_t line,
                         const char *what);                     /* PATH:LINE: what, as truth_sink wants it */
void truth_file_complain_end(const struct truth_complaints *c); /* says how many more there were */

/* Messages begin with "duanka COMMAND: ". Both say why on standard error and return false. */
bool truth_file_say_errno(const char *command, const char *path);
bool truth_file_say(const char *command, const char *path, enum err e);
/* The next line, NULL if it is too long; *more is false at the end. False after a message. */
bool truth_file_next(struct lines *l, const char *command, const char *path, struct text *line, bool *more);

/* The whole file, ready to be scored against. False after a message; *bad counts the bad lines that were left out and told.
 * *out is for truth_free, whatever happened. */
bool truth_file_read(const char *command, const char *path, const struct truth_kinds *kinds, const struct hash_key *key,
                     struct truth **out, uint64_t *bad);

#endif
