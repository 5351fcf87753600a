/* simulate.h - what the commands of the simulated city share: options that mean the same for both, with their messages. */
#ifndef DUANKA_APP_SIMULATE_H
#define DUANKA_APP_SIMULATE_H
#include "sim/city.h"

/* False after a message. */
bool simulate_start(const char *z, int64_t *day);
bool simulate_difficulty(const char *z, enum difficulty *out);
bool simulate_load_scene(const char *path, struct scene *scene); /* NULL: the built-in one */

int cmd_simulate_campaign(int argc, char **argv);
int cmd_simulate_desk(int argc, char **argv);

#endif
