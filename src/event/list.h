/* list.h - list files: known numbers, accounts or words, each until some day. CSV with a header of value, until, note (any
 * order; until and note may lack). Bad lines are reported and passed over, so that one typing error spares the list. */
#ifndef DUANKA_EVENT_LIST_H
#define DUANKA_EVENT_LIST_H
#include "event/event_build.h"

struct list_value {
	const struct ident *ident; /* NULL for lists of texts */
	int64_t fingerprint;       /* of a text */
	int64_t until_us;          /* INT64_MAX: for good. A bare date counts to its end */
	uint32_t line;
};

struct list_reader {
	bool text; /* values are texts, not identifiers */
	enum ident_form form;
	uint32_t kind; /* the entity's index in the schema */
	const struct hash_key *key;
	const struct zone *zone; /* of until; NULL: Asia/Shanghai */
	void *context;
	void (*value)(void *context, const struct list_value *v);
	void (*error)(void *context, uint32_t line, uint32_t col, const char *message);
};

struct list_counts {
	uint64_t values, bad;
};

/* One value as a list file may have it, blanks around it dropped, valid for good. False: *why is a static phrase. id and plain (EVENT_IDENT_MAX bytes) are the caller's and keep what
 * out points to. Of r: text, form, kind and key. */
bool list_value_make(const struct list_reader *r, struct text t, char *plain, struct ident *id, struct list_value *out,
                     const char **why) MUST_CHECK;

/* ERR_FORMAT: there is no usable header; nothing was delivered but the error. */
enum err list_read(const struct list_reader *r, struct text bytes, struct list_counts *counts) MUST_CHECK;

/* An end of validity as lists write it: a date counts to its end, an ISO 8601 time exactly, "" for good (INT64_MAX). zone NULL: Asia/Shanghai. */
bool list_until(struct text t, const struct zone *zone, int64_t *out_us);

#endif
