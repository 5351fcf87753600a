/* desk_lives.h - random commands of a whole desk: by anybody about a few people, mostly such as the objects' states allow. */
#ifndef DUANKA_TESTS_DESK_LIVES_H
#define DUANKA_TESTS_DESK_LIVES_H
#include "base/rng.h"
#include "tests/unit/desk_world.h"

/* Into b->c, looking at the objects in b's world. */
void lives_draw(struct bench *b, struct rng *r);

#endif
