/* registry.h - the desk's objects in SQLite: what the journal's commands, alerts and ticks came to. Derived, never truth: DIRECTORY/registry.sqlite may be
 * deleted, and `duanka registry rebuild` makes it again with the same content.
 *
 * One thread writes (the projector, projector.h): it begins, lets the desk work on registry_world, and commits together with the journal position up to which
 * everything is in it. So each record is applied exactly once, whatever fails. A transaction may hold thousands of records; objects that it touches stay in a
 * cache that is written at its end.
 * Anybody reads, from any thread, beside the writer: readers see whole transactions only. Lists go by indexes, and a page costs the same wherever it begins.
 *
 * Nothing here names a person: entities are tokens, free text is a reference (texts.h). How a message fares on its way is not here but in delivery.h, because
 * that does not follow from the journal. */
#ifndef DUANKA_STORE_REGISTRY_H
#define DUANKA_STORE_REGISTRY_H
#include "base/buf.h"
#include "desk/desk.h"
#include "desk/figure.h"
#include "desk/opening.h"

enum {
	REGISTRY_PAGE_MAX = 1000,
	REGISTRY_DIGEST_BYTES = 32,
	REGISTRY_NOTE_MAX = 128 << 10
};

struct registry;
/* Made if it is not there. ERR_FORMAT: not a registry, or of another version (rebuild it); why has one line. */
enum err registry_open(struct registry **out, const char *path, struct buf *why) MUST_CHECK;
void registry_close(struct registry *r); /* NULL is fine */

/* ---- writing: one thread ---- */

const struct desk_world *registry_world(struct registry *r); /* good between begin and commit */
enum err registry_begin(struct registry *r) MUST_CHECK;
/* What came of the command at this position: kept for who asks again. */
enum err registry_settle(struct registry *r, uint64_t position, const struct desk_outcome *o) MUST_CHECK;
/* Everything up to and with `position` is in; now_us is the desk's clock then. After an error nothing of it is. */
enum err registry_commit(struct registry *r, uint64_t position, int64_t now_us) MUST_CHECK;
void registry_rollback(struct registry *r);
/* What whoever writes needs to go on, beside the place: at most REGISTRY_NOTE_MAX bytes, in the transaction that is open. Not part of the digest. */
enum err registry_note(struct registry *r, struct text note) MUST_CHECK;

/* ---- who holds what: the writer's thread ---- */

struct registry_holding {
	struct token person;
	struct token phone; /* by which the holder of an account can be reached, as whoever keeps the account has it */
	uint64_t position;  /* of the record that said so */
	uint16_t district;  /* where it was opened; of a person: where they live; of an outlet or a cell: where it is */
};                      /* a token, and a district, that is not known is zero */
/* A phone or an account is held so from now on: in the transaction that is open. One row a thing, the last one counts. A person (with
 * themselves as person), an outlet and a cell have a row for their district. */
enum err registry_hold(struct registry *r, struct desk_entity thing, const struct registry_holding *h) MUST_CHECK;
/* Both also between transactions. ERR_ABSENT: nobody knows. */
enum err registry_holder(struct registry *r, struct desk_entity thing, struct registry_holding *out) MUST_CHECK;
/* Of the phones that the person holds the one that became theirs last. */
enum err registry_phone_of(struct registry *r, struct token person, struct token *phone) MUST_CHECK;

/* A card or an account was opened so: in the transaction that is open. One row an opening. */
enum err registry_open_add(struct registry *r, const struct desk_opening *o) MUST_CHECK;

/* ---- what analysts found of alerts ---- */

enum {
	REGISTRY_RULE_MAX = 256, /* bytes */
	REGISTRY_BY_MAX = 64
};
struct registry_verdict {
	uint64_t alert; /* its position */
	char rule[REGISTRY_RULE_MAX + 1], by[REGISTRY_BY_MAX + 1];
	bool right;
	uint16_t organisation; /* of who found it */
	int64_t time_us;
	uint64_t act; /* position of the record that says so */
};
/* In the transaction that is open. One row an alert, the last one counts. */
enum err registry_judge(struct registry *r, const struct registry_verdict *v) MUST_CHECK;
/* Any thread: of the alerts at this position. visit must not ask the registry. */
enum err registry_verdicts(struct registry *r, uint64_t alert,
                           void (*visit)(void *ctx, const struct registry_verdict *v), void *ctx) MUST_CHECK;

/* ---- reading: any thread ---- */

/* 0, 0 in a new one. */
enum err registry_place(struct registry *r, uint64_t *position, int64_t *now_us) MUST_CHECK;
enum err registry_noted(struct registry *r, struct buf *note) MUST_CHECK; /* appended; nothing in a new one */
enum err registry_outcome(struct registry *r, uint64_t position, struct desk_outcome *out) MUST_CHECK; /* ERR_ABSENT */
enum err registry_load(struct registry *r, uint64_t id, struct desk_object *out) MUST_CHECK;           /* ERR_ABSENT */

enum registry_order {
	REGISTRY_BY_ID,      /* oldest first */
	REGISTRY_BY_URGENCY, /* desk_next; open objects only */
	REGISTRY_BY_CHANGE,  /* last changed first */
	REGISTRY_BY_DUE      /* the next time limit first; only those that have one */
};

/* Zero: everything of the kind. */
struct registry_query {
	uint8_t kind;       /* enum desk_kind; needed */
	uint32_t states;    /* bits; 0: all */
	int16_t grade_from; /* least grade; 0: all */
	bool open;          /* no final states */
	bool of_organisation, of_district, of_maker;
	uint16_t organisation, district; /* if of_... */
	uint64_t maker;
	struct desk_entity entity;              /* subject or also; kind 0: any */
	int64_t changed_from_us, changed_to_us; /* 0: open */
	enum registry_order order;
	/* Where the page before ended: what its last object was ordered by, and its id. first: from the beginning. */
	bool after;
	int64_t after_key;
	uint64_t after_id;
};
struct registry_hit {
	int64_t key; /* what it is ordered by */
	const struct desk_object *object;
};
/* At most `most` <= REGISTRY_PAGE_MAX, in order. visit returns false to end. */
enum err registry_list(struct registry *r, const struct registry_query *q, uint32_t most,
                       bool (*visit)(void *ctx, const struct registry_hit *h), void *ctx) MUST_CHECK;
/* All of them, in order, page by page (REGISTRY_PAGE_MAX) from where q begins; q is not changed. visit returns false to
 * end: that is ERR_OK as well, and what visit itself met with stays in ctx. It may do anything but close the registry,
 * another walk included: nothing is locked while it runs, nor between pages. So a walk is not of one moment: a page is
 * as the registry was when it was read, before the first of it is visited. What stays in its place comes once. What is
 * made meanwhile comes if its place (by id: the end) is behind this page and this page is full. What changes its place
 * may come twice, or not at all. ERR_MEMORY, ERR_IO; ERR_FORMAT: a row is no object; ERR_CAP: a page of more than 64
 * MiB. What came before has been visited. */
enum err registry_each(struct registry *r, const struct registry_query *q,
                       bool (*visit)(void *ctx, const struct registry_hit *h), void *ctx) MUST_CHECK;
/* How many there are; stops counting at `most`. */
enum err registry_count(struct registry *r, const struct registry_query *q, uint64_t most, uint64_t *n) MUST_CHECK;

/* Rows of history of an object, oldest first, from version `from` on. */
struct registry_row {
	struct desk_trace trace;
	uint32_t version;
	uint8_t state; /* behind it */
};
enum err registry_history(struct registry *r, uint64_t id, uint32_t from, uint32_t most,
                          bool (*visit)(void *ctx, const struct registry_row *h), void *ctx) MUST_CHECK;
/* Objects changed by records behind `position`, in the order of the records: for those who follow. */
enum err registry_changes(struct registry *r, uint64_t position, uint32_t most,
                          bool (*visit)(void *ctx, uint64_t position, const struct desk_object *o),
                          void *ctx) MUST_CHECK;

/* Messages with an id above `after`, in order; kinds: bits, 0: all. o: the object as it was when the message was sent. */
enum err registry_messages(struct registry *r, uint64_t after, uint64_t kinds, uint32_t most,
                           bool (*visit)(void *ctx, const struct desk_message *m, const struct desk_object *o),
                           void *ctx) MUST_CHECK;
enum err registry_message(struct registry *r, uint64_t id, struct desk_message *m,
                          struct desk_object *o) MUST_CHECK; /* ERR_ABSENT */

/* Sums of desk/figure.h over whole hours. time_us of an entry is where its day or hour begins; an entry of a day stands for all of it. */
struct registry_span {
	int64_t from_us, to_us; /* to_us is not in it */
	bool hours;             /* hour by hour, even where whole days would do */
	bool of_organisation, of_district;
	uint16_t organisation, district; /* if of_... */
};
enum err registry_figures(struct registry *r, const struct registry_span *s,
                          void (*visit)(void *ctx, const struct desk_entry *x), void *ctx) MUST_CHECK;
/* Entries of the objects made, and messages sent, at since_us or later, newest first, at most `most` of each, with their own times: what the last minutes brought. */
enum err registry_recent(struct registry *r, int64_t since_us, uint32_t most, const struct desk_counter *to) MUST_CHECK;

/* Sums over the events that came and what was decided about them, by the hour of the event. Unlike figures they are the engine's, not the desk's. */
enum registry_traffic_what { /* numbers are on disk */
	TRAFFIC_EVENTS = 1,      /* name: the event's type */
	TRAFFIC_DECISIONS = 2,   /* about which a live rule raised an alert; name: the highest severity */
	TRAFFIC_ALERTS = 3,      /* live ones; name: the severity */
	TRAFFIC_PROPOSED = 4     /* measures in live alerts; name: the measure */
};
struct registry_traffic_row { /* name: until visit returns */
	int64_t start_us, n;
	struct text name;
	uint16_t organisation; /* that brought the event */
	uint8_t what;
};
/* One more, or less, in what is committed with the next place; between transactions as well. name: SCHEMA_NAME_MAX bytes at most. ERR_CAP: there is no room, begin one first. */
enum err registry_traffic_add(struct registry *r, int64_t time_us, uint16_t organisation,
                              enum registry_traffic_what what, struct text name, int64_t n) MUST_CHECK;
/* Whole hours. */
enum err registry_traffic(struct registry *r, int64_t from_us, int64_t to_us,
                          void (*visit)(void *ctx, const struct registry_traffic_row *x), void *ctx) MUST_CHECK;
/* Records behind this position are counted, from this time of the desk on; 0, 0: all. */
enum err registry_traffic_since(struct registry *r, uint64_t *position, int64_t *time_us) MUST_CHECK;

/* Openings from from_us up to before to_us, in order of (time, position). visit returns false to end; it must not ask the registry. */
enum err registry_openings(struct registry *r, int64_t from_us, int64_t to_us,
                           bool (*visit)(void *ctx, const struct desk_opening *o), void *ctx) MUST_CHECK;
/* The last opening of the thing at or before at_us. ERR_ABSENT: none is known. */
enum err registry_opening_of(struct registry *r, struct desk_entity thing, int64_t at_us,
                             struct desk_opening *out) MUST_CHECK;
/* Objects that say before until_us that their subject is involved (desk_found_us), in order of that time. visit as above. */
enum err registry_findings(struct registry *r, int64_t until_us, bool (*visit)(void *ctx, const struct desk_object *o),
                           void *ctx) MUST_CHECK;

/* Of the content alone: the same journal gives the same digest, however it was cut into transactions and however often it was rebuilt. */
enum err registry_digest(struct registry *r, unsigned char out[REGISTRY_DIGEST_BYTES]) MUST_CHECK;
/* A copy of the whole into a new file, beside writing; for a rebuild from where the journal no longer begins at its first record. */
enum err registry_copy(struct registry *r, const char *path) MUST_CHECK;

#endif
