/* err.c - short names of errors, for logs and tests. What a user reads is written where the place is known. */
#include "base/err.h"

const char *err_name(enum err e)
{
	static const char *const name[ERR_COUNT] = {
		[ERR_OK] = "ok",
		[ERR_MEMORY] = "out of memory",
		[ERR_CAP] = "too large",
		[ERR_IO] = "input/output error",
		[ERR_FORMAT] = "malformed",
		[ERR_RANGE] = "out of range",
		[ERR_LATE] = "too late",
		[ERR_ABSENT] = "no such thing",
		[ERR_STOPPED] = "stopped",
	};
	if ((unsigned)e >= ERR_COUNT)
		return "unknown error";
	return name[e];
}
