/* outlet_cmd.h - shared by duanka outlet's files: cmd_outlet.c (options, lists, approvals), outlet_import.c (tables into commands), outlet_plan.c (the kit and print order). */
#ifndef DUANKA_APP_OUTLET_CMD_H
#define DUANKA_APP_OUTLET_CMD_H
#include <jansson.h>
#include "app/client.h"

enum {
	OUTLET_IDS_MAX = 200,
	OUTLET_BATCH = 200, /* commands in one request */
	OUTLET_BODY_MAX = 4 << 20
};

enum outlet_format {
	OUTLET_TEXT,
	OUTLET_CSV,
	OUTLET_JSON
};

struct outlet_asked {
	struct client client;
	const char *operand[OUTLET_IDS_MAX];
	uint32_t n;
	const char *type, *quarantine;
	int64_t organisation, district; /* 0: any */
	enum outlet_format format;
};

/* The answer as JSON, to be released with json_decref; NULL: told why not. */
json_t *outlet_ask(const struct outlet_asked *k, const char *path);
/* Each object of a list, page by page; path has what follows ? and no cursor. False: told why not, or visit did not want to go on. */
bool outlet_each(const struct outlet_asked *k, const char *path, bool (*visit)(void *ctx, const json_t *object),
                 void *ctx);
struct outlet_result {
	char id[32]; /* of the object; empty: refused */
	char refused[48], field[32], why[160];
};
/* n commands, a JSON object in each line, carried out in order, many in a request; what came of each. False: they could not be carried out, which is told; then those of requests before are done. */
bool outlet_commands(const struct outlet_asked *k, const struct buf *lines, struct outlet_result *result, uint32_t n);
const char *outlet_string(const json_t *j, const char *name); /* "" where there is none */
int64_t outlet_number(const json_t *j, const char *name);     /* 0 where there is none */
const json_t *outlet_fields(const json_t *object);
bool outlet_wrong(const char *what); /* tells it; false */

int outlet_import(const struct outlet_asked *k, bool kits); /* an exit status */
int outlet_plan(const struct outlet_asked *k);

#endif
