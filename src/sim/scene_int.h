/* scene_int.h - between the files that read scenarios. */
#ifndef DUANKA_SIM_SCENE_INT_H
#define DUANKA_SIM_SCENE_INT_H
#include "sim/scene.h"

void scene_fill(struct scene_block *b); /* the usual value for each key that was not given */

#endif
