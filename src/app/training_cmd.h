/* training_cmd.h - what cmd_training.c and training_import.c share. */
#ifndef DUANKA_APP_TRAINING_CMD_H
#define DUANKA_APP_TRAINING_CMD_H
#include <jansson.h>
#include "app/client.h"

enum {
	TRAINING_BATCH = 200 /* commands sent together */
};

struct training_asked {
	struct client client;
	const char *operand[2]; /* the verb, and what it is about */
	uint32_t n;
	const char *course, *outlet;
};

bool training_wrong(const char *what); /* tells it; false */
/* The answer as JSON; NULL: told why not. */
json_t *training_get(const struct training_asked *k, const char *path);
const char *training_string(const json_t *j, const char *name); /* "" if it is not there */
/* Each object of a list, page by page. False: told why not, or `each` said so. */
bool training_each(const struct training_asked *k, const char *path, bool (*each)(void *ctx, const json_t *object),
                   void *ctx);
/* Sends lines of commands as one batch. told: called for each line's answer with its number from 0. False: told why not. */
bool training_send(const struct training_asked *k, const struct buf *lines, const char *header,
                   void (*told)(void *ctx, uint32_t line, const json_t *answer), void *ctx);

/* training_import.c: exit statuses */
int training_check(const char *path);
int training_import(const struct training_asked *k, const char *path);

#endif
