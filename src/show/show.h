/* show.h - values as people read them: money with its sign, durations in words, entities masked. */
#ifndef DUANKA_SHOW_SHOW_H
#define DUANKA_SHOW_SHOW_H
#include "show/lang.h"
#include "engine/engine.h"

struct shower {
	const struct policy *policy;
	bool reveal;     /* plain identifiers instead of masked ones, where the engine keeps them */
	bool provenance; /* alerts tell who brought the event, and what each part was computed from (reads.h) */
};

void show_entity(struct buf *b, const struct shower *s, const struct engine *g, struct entity_ref e);
/* v of a type; from is the expression it came from (its text, if it is a text field of the event), or NULL. */
void show_value(struct buf *b, const struct shower *s, const struct engine *g, struct type t, union value v,
                const struct expr *from, const struct event *event);
/* A because text with its values. Falls back to the other language when this one is not written. */
void show_because(struct buf *b, const struct shower *s, const struct alert *a, enum lang l);
/* Source text of an expression on one line. */
void show_source(struct buf *b, const struct policy *p, struct span at);
bool show_missing(struct type t, union value v);

#endif
