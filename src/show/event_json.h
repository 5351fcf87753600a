/* event_json.h - the fields of one event as JSON, as tools and the HTTP interface show it. Values are written as the project's own NDJSON input
 * takes them (doc/formats.md): money in yuan, durations in seconds, times in ISO 8601 of Asia/Shanghai; an entity is
 * {"kind","token","shown"}, never a plain identifier. Fields that are missing are left out. */
#ifndef DUANKA_SHOW_EVENT_JSON_H
#define DUANKA_SHOW_EVENT_JSON_H
#include "base/buf.h"
#include "event/event.h"

struct event_sight { /* which fields are shown; NULL: all */
	bool (*sees)(void *ctx, const struct schema_event *type, const struct schema_field *field);
	void *ctx;
	bool tells; /* one that is there and not shown is {"hidden":true}; else it is left out */
};

/* {"caller":{...},"talk":12.5}; e is read under s. */
void event_json_fields(struct buf *b, const struct schema *s, const struct event *e, const struct event_sight *sight);
/* ["caller"]: the names of the shown fields that hold this token; kind 0xff: of any kind. */
void event_json_roles(struct buf *b, const struct schema *s, const struct event *e, struct token t, uint8_t kind,
                      const struct event_sight *sight);
void event_json_entity(struct buf *b, struct text kind, const struct ident *id); /* kind empty: without it */
void event_json_time(struct buf *b, int64_t us);                                 /* with its quotes */
/* As a number without an exponent: 12.34 of 1234 fen, 0.25 of 250,000 microseconds. */
void event_json_yuan(struct buf *b, int64_t fen);
void event_json_seconds(struct buf *b, int64_t us);

#endif
