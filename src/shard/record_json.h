/* record_json.h - a record of the journal as one line of JSON: what `duanka tail` and `duanka contacts --json` print, and the HTTP interface
 * sends. doc/formats.md has the keys. It holds what the journal holds: tokens and masked forms. */
#ifndef DUANKA_SHARD_RECORD_JSON_H
#define DUANKA_SHARD_RECORD_JSON_H
#include "journal/written.h"
#include "show/event_json.h"

struct record_json_options {
	const struct token *about; /* of an event also "roles": the fields in which this entity stands; NULL: without */
	uint8_t about_kind;        /* 0xff: whatever its kind */
	const struct event_sight *sight; /* fields of events that are shown; NULL: all */
};

/* Appends an object without a line end. w: the schema in force (NULL before the first one). o may be NULL. ERR_FORMAT: the record can't be
 * read, and b is as it was. */
enum err record_json(struct buf *b, const struct written *w, const struct record *r,
                     const struct record_json_options *o) MUST_CHECK;
/* "event", "schema", "tick", "policy", "list", "act", "names", "command"; RECORD_NONE: there is no such kind. */
const char *record_kind_name(enum record_kind k);
enum record_kind record_kind_find(struct text name);

#endif
