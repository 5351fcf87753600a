/* builtins.c - names. */
#include "policy/builtins.h"

static const char *const names[] = {
#define X(id, name, sig, doc) name,
	BUILTINS(X)
#undef X
};

const char *builtin_name(enum builtin f)
{
	return names[f];
}

int builtin_find(struct text name)
{
	for (int i = 0; i < BUILTIN_COUNT; i++)
		if (text_eq(name, text_z(names[i])))
			return i;
	return -1;
}
