/* sound.h - what must hold of every object of the desk, whatever led to it: the law in a few lines, to be asked of any world at any time.
 *
 * It is written against the world alone and shares nothing with the machines, so that a mistake of theirs is found: no third stop, no stop longer than 96 hours with its
 * extension, no measure without basis, evidence, actor, approver, notice and end, none in force after its end or after a granted objection. */
#ifndef DUANKA_DESK_SOUND_H
#define DUANKA_DESK_SOUND_H
#include "desk/desk.h"

/* now_us: the desk's clock, when all that was due has been taken. ERR_FORMAT: it does not hold, and why (appended to) says what, in one line; else what the world failed with. */
enum err desk_sound(const struct desk_world *w, const struct desk_object *o, int64_t now_us,
                    struct buf *why) MUST_CHECK;

#endif
