/* mapping.h - how the columns of somebody's file become the fields of our events. doc/mappings.md is the manual.
 *
 * A mapping is parsed from a small text against the schema, lives in the caller's arena and never changes after. The
 * project's own CSV is a mapping too, made from the file's header. Names of columns are bound to places once a file
 * (mapping_bind); after that a record is cells in, event out. */
#ifndef DUANKA_EVENT_MAPPING_H
#define DUANKA_EVENT_MAPPING_H
#include "base/arena.h"
#include "event/csv.h"
#include "event/event_build.h"
#include "event/json.h"

enum {
	MAPPING_COLUMNS_MAX = CSV_CELLS_MAX,
	MAPPING_FILTERS_MAX = 16,
	MAPPING_VALUES_MAX = 64, /* of one value map */
	MAPPING_BYTES_MAX = 256 * 1024,
	MAPPING_NO_COLUMN = 0xffff
};

enum mapping_encoding {
	ENCODING_UTF8,
	ENCODING_GB18030 /* one line a record: no line ends in quotes */
};

struct mapping_field {
	int32_t field;   /* of the schema event; -1: the time */
	uint16_t column; /* into mapping.column; MAPPING_NO_COLUMN: the constant */
	struct text constant;
	struct field_format format;
};

struct mapping_event {
	uint32_t type;
	uint16_t when; /* the column that decides; MAPPING_NO_COLUMN: always */
	struct text equals;
	uint32_t n_fields;
	struct mapping_field field[SCHEMA_FIELDS_MAX + 1];
};

struct mapping_filter { /* skip when column = text, or != text */
	uint16_t column;
	bool differs;
	struct text text;
};

struct mapping {
	struct text name;
	bool json; /* NDJSON: columns are keys */
	bool header;
	bool strict; /* NDJSON: a key that nothing uses is an error */
	struct csv_dialect dialect;
	enum mapping_encoding encoding;
	uint32_t width;     /* columns a record has; 0: by the header, or not checked */
	uint32_t n_columns; /* those that something uses, or all that `columns` lists */
	struct text column[MAPPING_COLUMNS_MAX];
	uint16_t number[MAPPING_COLUMNS_MAX]; /* place from 0; MAPPING_NO_COLUMN: by name, from the header */
	uint32_t n_filters;
	struct mapping_filter filter[MAPPING_FILTERS_MAX];
	uint32_t n_events;
	struct mapping_event *event;
	const struct schema *schema;
};

struct mapping_error {
	uint32_t line, col;
	char text[200]; /* what is wrong and what would be right */
};

/* Loads a zone by name; only names that are not "UTC", "Asia/Shanghai" or "+hh:mm" get here. */
struct zone_loader {
	void *context;
	enum err (*load)(void *context, struct text name, struct arena *a, struct zone *out);
};

/* On ERR_FORMAT *error says where and why; ERR_MEMORY and ERR_CAP are the arena's. Everything the mapping holds is
 * copied into the arena; the schema must outlive it. loader may be NULL. */
enum err mapping_parse(struct text bytes, struct text name, const struct schema *s, const struct zone_loader *loader,
                       struct arena *a, struct mapping **out, struct mapping_error *error) MUST_CHECK;
/* The own CSV format of a header. ERR_ABSENT: the columns fit no event type, *why says what is missing
 * and *which, if it is not empty, the column concerned. */
enum err mapping_of_header(const struct text *names, size_t n, char delimiter, const struct schema *s, struct arena *a,
                           struct mapping **out, const char **why, struct text *which) MUST_CHECK;

struct mapping_binding { /* per file: where the columns are */
	uint32_t width;      /* columns a record must have; 0: not checked */
	uint16_t at[MAPPING_COLUMNS_MAX];
};

/* header is NULL for a file without one. ERR_ABSENT: a column is not in the header; *missing says which. */
enum err mapping_bind(const struct mapping *m, const struct text *header, size_t n, struct mapping_binding *out,
                      struct text *missing) MUST_CHECK;

enum mapping_result {
	MAPPING_EVENT,
	MAPPING_SKIPPED,
	MAPPING_BAD
};

/* cells[i] is column i of the file; fewer than the width are BAD_COLUMNS. On MAPPING_BAD reason, field and b->why say why;
 * for BAD_COLUMNS that is all. Sets the event's time and fields. */
enum mapping_result mapping_apply(const struct mapping *m, const struct mapping_binding *at, const struct text *cells,
                                  size_t n, struct event_builder *b, struct event *ev, enum bad_reason *reason,
                                  struct text *field);

/* The mappings shipped in the program: asterisk, kamailio-acc, freeswitch. */
struct mapping_builtin {
	const char *name;
	const char *text;
	size_t n;
};
extern const struct mapping_builtin mapping_builtin[];
extern const size_t mapping_builtins;

#endif
