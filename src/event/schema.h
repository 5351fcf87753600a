/* schema.h - what kinds of thing and what types of event there are.
 *
 * A schema is declared in the policy's text and fixed when the policy is loaded; decoders fill events by it, the engine
 * reads them by it. It is plain data, immutable once made, owned by the arena of the policy. */
#ifndef DUANKA_EVENT_SCHEMA_H
#define DUANKA_EVENT_SCHEMA_H
#include "base/buf.h"
#include "base/value.h"

enum {
	SCHEMA_ENTITIES_MAX = 15, /* one more kind, "pair", is the engine's own */
	SCHEMA_EVENTS_MAX = 64,
	SCHEMA_FIELDS_MAX = 24, /* of an event */
	SCHEMA_IDENTS_MAX = 8,  /* fields of an event that name an entity */
	SCHEMA_TEXTS_MAX = 8,   /* text fields of an event */
	SCHEMA_ATTRS_MAX = 12,  /* settable attributes of an entity */
	SCHEMA_NAME_MAX = 64,   /* bytes */
};

enum dim { /* what a value measures */
	DIM_NUMBER,
	DIM_MONEY,    /* fen */
	DIM_DURATION, /* microseconds */
	DIM_TIME,     /* microseconds since the epoch, UTC */
	DIM_BOOL,
	DIM_TEXT,   /* a fingerprint (hash.h); the bytes are with the event */
	DIM_ENTITY, /* an entity index of kind `entity` */
};

struct type {
	enum dim dim;
	bool real;      /* the value is a double (averages, quotients), else int64_t */
	uint8_t entity; /* for DIM_ENTITY: index into schema.entities */
};

struct schema_attr { /* phone.holder: set by events, read by policies */
	struct text name;
	struct type type;
};

/* How plain identifiers of an entity kind are canonicalised. Chosen by the entity's name in the policy:
 * phone, account, person, device, cell; any other name is IDENT_OPAQUE. */
enum ident_form {
	IDENT_PHONE,
	IDENT_ACCOUNT,
	IDENT_PERSON,
	IDENT_DEVICE,
	IDENT_CELL,
	IDENT_OPAQUE
};
enum ident_form schema_form(struct text entity);

struct schema_entity {
	struct text name;
	enum ident_form form;
	uint32_t n_attrs;
	struct schema_attr attr[SCHEMA_ATTRS_MAX];
};

struct schema_field {
	struct text name;
	struct type type;
	bool optional;
	uint8_t slot; /* DIM_ENTITY: index into event.ident; DIM_TEXT: index into event.str; else unused */
};

struct schema_event {
	struct text name;
	uint32_t n_fields, n_idents, n_texts;
	struct schema_field field[SCHEMA_FIELDS_MAX];
};

struct schema {
	uint32_t n_entities, n_events;
	struct schema_entity entity[SCHEMA_ENTITIES_MAX];
	struct schema_event event[SCHEMA_EVENTS_MAX];
};

int schema_entity_find(const struct schema *s, struct text name);      /* -1: none */
int schema_event_find(const struct schema *s, struct text name);       /* -1: none */
int schema_field_find(const struct schema_event *e, struct text name); /* -1: none */
int schema_attr_find(const struct schema_entity *e, struct text name); /* -1: none */

/* Whether events filled by `old` mean the same under `now`: kinds of entities and types of events keep their places and names, fields keep place,
 * name, type and whether they may lack; what is new comes behind, and a new field of a known type may lack. Attributes are nobody's business but the engine's. Else
 * why (appended to) says what stands in the way, in one line. */
bool schema_extends(const struct schema *old, const struct schema *now, struct buf *why);

#endif
