/* command_json.h - a command to the desk as JSON, by the names of its machine: what `duanka tail` shows of a COMMAND record.
 *
 * {"kind":"stop","step":"approve","object":"S-65536","version":3,"user":"U-131072","roles":["leader"],"organisation":1,"district":0,
 *  "fields":{"basis":"AFL-20","account":{"kind":"account","token":"..."},"note":{"text":"..."}}}
 * Entities are tokens and free texts references, as in the command; there is nothing plain in it. Money is in yuan, durations in seconds. */
#ifndef DUANKA_SHOW_COMMAND_JSON_H
#define DUANKA_SHOW_COMMAND_JSON_H
#include "base/buf.h"

/* Appends an object. payload: desk/command.h's. ERR_FORMAT: it is none; b may have a part of it. */
enum err command_json(struct buf *b, struct text payload) MUST_CHECK;

#endif
