/* scene_builtin.h - scenario files that are built in: a generated table of names and texts. */
#ifndef DUANKA_SIM_SCENE_BUILTIN_H
#define DUANKA_SIM_SCENE_BUILTIN_H
#include <stddef.h>

struct scene_builtin {
	const char *name, *text;
	size_t n;
};
extern const struct scene_builtin scene_builtin[];
extern const size_t scene_builtins;

#endif
