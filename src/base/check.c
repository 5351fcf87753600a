/* check.c - the end of the line: a bug was found, so say where and stop before it writes anything wrong. */
#include "base/check.h"
#include <stdio.h>
#include <stdlib.h>

void check_failed(const char *file, int line, const char *what)
{
	fprintf(stderr, "duanka: bug at %s:%d: %s does not hold\n", file, line, what);
	abort();
}
