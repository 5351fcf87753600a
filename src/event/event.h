/* event.h - one thing that happened, typed and canonical, as the engine takes it.
 *
 * Idea: a fixed-size record without pointers to follow on the hot path. Every field has its number in value[]; fields
 * that name an entity also have the identity in ident[], text fields also have their bytes in str[]. Bytes (str, plain,
 * raw) belong to the batch that the event came in and live until that batch is given back.
 * Not here: dense entity indexes. The engine turns tokens into indexes; a decoder never knows them. */
#ifndef DUANKA_EVENT_EVENT_H
#define DUANKA_EVENT_EVENT_H
#include "base/hash.h"
#include "event/schema.h"

enum {
	IDENT_SHOWN_BYTES = 20,
	EVENT_TEXT_MAX = 4096,
	EVENT_RAW_MAX = 65536,
	EVENT_IDENT_MAX = 64
};

enum number_kind { /* phone.kind; the texts are in ident.c */
	NUMBER_UNKNOWN,
	NUMBER_MOBILE,
	NUMBER_LANDLINE,
	NUMBER_SHORT_CODE, /* 110, 96110, 95xxx, 10086 */
	NUMBER_SERVICE,    /* 400 and 800 numbers, 106 message ports */
	NUMBER_IOT,        /* 13-digit 10640.., 1440.. and the like */
	NUMBER_OVERSEAS,
	NUMBER_SPOOFED, /* an international prefix before a domestic short code, a wrong length: a form no real caller has */
	NUMBER_OPAQUE,  /* an anonymised identifier from a mapping file */
	NUMBER_KINDS
};

struct ident_attrs {     /* derived from the plain form at decode, 0 = unknown */
	uint8_t kind;        /* enum number_kind for phones; 0 otherwise */
	uint8_t carrier;     /* index into ident_carrier_name() */
	uint16_t region;     /* index into ident_region_name(): prefecture-level city, or country for overseas numbers */
	uint16_t bank;       /* index into ident_bank_name(), accounts only */
	uint16_t birth_year; /* persons only */
};

struct ident {
	struct token token;
	struct ident_attrs attrs;
	char shown[IDENT_SHOWN_BYTES]; /* masked for people, NUL-terminated: 138****1234 */
	struct text plain;             /* canonical plain form; lives as long as the batch */
};

struct event {
	int64_t time;      /* microseconds since the epoch, UTC */
	uint64_t position; /* given when the event is accepted: 1, 2, 3, ... */
	uint32_t type;     /* index into schema.event */
	uint32_t source;   /* which input; in a shard the number of the organisation */
	uint32_t masked; /* bits: texts whose numbers are hidden (mask.h); the fingerprint is that of the text as it came */
	uint64_t line;   /* from 1 */
	uint64_t offset; /* byte offset of the record in its decompressed source */
	struct text raw; /* the record as it came, without its line end */
	int64_t value[SCHEMA_FIELDS_MAX]; /* VALUE_MISSING where absent; DIM_TEXT: fingerprint; DIM_ENTITY: 0 if present */
	struct text str[SCHEMA_TEXTS_MAX];
	struct ident ident[SCHEMA_IDENTS_MAX];
};

#endif
