/* entity_json.h - an entity as it stands, for people and machines: the members of the answer of GET /v1/entities (doc/http-api.md). */
#ifndef DUANKA_SHOW_ENTITY_JSON_H
#define DUANKA_SHOW_ENTITY_JSON_H
#include "show/show.h"

/* Members of an object, without its brackets: what it is, what was set, its windows, its lists. e was found. ERR_MEMORY: b is in part. */
enum err entity_json(struct buf *b, const struct shower *s, const struct engine *g, struct entity_ref e) MUST_CHECK;

#endif
