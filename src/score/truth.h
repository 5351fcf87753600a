/* truth.h - what really happened in a simulated city: truth.csv as `duanka simulate city` writes it, in tokens.
 *
 * Two sorts of things are known: entities (a card was part of SIM box 17 from Monday 9:12; a person was the victim of case
 * 231) and events (line 120 of transfers.csv is the transfer by which the money of case 231 left). A third sort of row says
 * how many entities and events there are in all, so that rates can be stated for the innocent. Rows come in any order. A bad
 * row is told with its line and left out. The truth owns all of its memory; nothing of the input is kept.
 *
 * It isn't a judge: score.h is. */
#ifndef DUANKA_SCORE_TRUTH_H
#define DUANKA_SCORE_TRUTH_H
#include "base/hash.h"
#include "event/schema.h"

enum {
	TRUTH_LINE_MAX = 4096, /* bytes of a row */
	TRUTH_SCENARIOS_MAX = 256,
	TRUTH_CRIMES_MAX = 1 << 22,
	TRUTH_ENTITIES_MAX = 1 << 24, /* different ones, and rows about them */
	TRUTH_EVENTS_MAX = 1 << 25,
};

/* The entity kinds in the order of the schema under which the alerts were made: the order is part of each token. */
struct truth_kinds {
	uint32_t n;
	struct {
		char name[SCHEMA_NAME_MAX + 1];
		enum ident_form form;
	} kind[SCHEMA_ENTITIES_MAX];
};

void truth_kinds_default(struct truth_kinds *k); /* phone, account, person, device, cell, outlet, agent, clerk */
void truth_kinds_of_schema(struct truth_kinds *k, const struct schema *s);
/* Appends one. False: too many, too long, empty, or there already. */
bool truth_kinds_add(struct truth_kinds *k, struct text name);
int truth_kinds_find(const struct truth_kinds *k, struct text name); /* -1: none */

/* Told of each bad row: line from 1, what is wrong and what would be right (valid during the call). */
struct truth_sink {
	void *ctx;
	void (*bad)(void *ctx, uint64_t line, const char *what);
};

struct truth;

/* kinds, key and sink are copied. ERR_MEMORY. */
enum err truth_new(struct truth **out, const struct truth_kinds *kinds, const struct hash_key *key,
                   const struct truth_sink *sink) MUST_CHECK;
void truth_free(struct truth *t);
/* The next line of the file, without its line end; the first one is the header. line.p NULL: one too long to be kept. ERR_FORMAT: the header isn't that of a truth
 * file (told to the sink), nothing more can be read. Bad rows are told, counted and ERR_OK. ERR_MEMORY and ERR_CAP end it. */
enum err truth_line(struct truth *t, struct text line) MUST_CHECK;
/* After the last line, before any score: puts rows in order. ERR_FORMAT: there was no header (told). */
enum err truth_finish(struct truth *t) MUST_CHECK;

uint64_t truth_bad(const struct truth *t);     /* rows left out */
uint64_t truth_rows(const struct truth *t);    /* rows taken */
int64_t truth_start_us(const struct truth *t); /* the city's first midnight; TIME_US_MIN if no row says it */
int64_t truth_newest_us(
	const struct truth *t); /* latest event, or latest row if there are no events; TIME_US_MIN if none */
const struct truth_kinds *truth_kinds_of(const struct truth *t);

#endif
