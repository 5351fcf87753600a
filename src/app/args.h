/* args.h - options of a command: a table, one loop, one clear line when something is wrong. */
#ifndef DUANKA_APP_ARGS_H
#define DUANKA_APP_ARGS_H
#include "base/text.h"

struct args {
	int argc;
	char **argv;
	int at;
	const char *command; /* for messages */
};

enum {
	ARGS_END = 0,
	ARGS_OPERAND = 1,
	ARGS_WRONG = 2
}; /* else an option's own number, from 16 */

struct args_option {
	const char *name; /* "--policy" */
	char letter;      /* 'p' for -p; 0 = none */
	bool takes_value;
	int number; /* from 16 */
};

/* The next option or operand; *value is its value. Says on standard error what is wrong before ARGS_WRONG. */
int args_next(struct args *a, const struct args_option *o, size_t n, const char **value);
/* Values: 10min, 4GiB, 17. Say what would be right and return false. */
/* "30s", "2h", "14d" without a most, for what is no option. False: not one. */
bool args_duration_of(const char *z, int64_t *out_us);
bool args_duration(const struct args *a, const char *option, const char *z, int64_t *out_us);
bool args_bytes(const struct args *a, const char *option, const char *z, size_t *out);
/* A date, from its beginning or (last) to its end, or an ISO 8601 time; without an offset in Asia/Shanghai. */
bool args_time(const struct args *a, const char *option, const char *z, bool last, int64_t *out_us);
bool args_number(const struct args *a, const char *option, const char *z, int64_t least, int64_t most, int64_t *out);

#endif
