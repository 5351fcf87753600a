/* backtest.h - the alerts of two policies over the same events, compared.
 *
 * An alert of one policy is the same as one of the other if source, line, rule and entity are: positions may differ. It has
 * changed if severity, score, mode or measures differ. Each alert takes 72 bytes here; its text goes to a temporary file.
 * A side borrows nothing after backtest_note returned. */
#ifndef DUANKA_SHOW_BACKTEST_H
#define DUANKA_SHOW_BACKTEST_H
#include <stdio.h>
#include "show/show.h"
#include "base/buf.h"
#include "base/hash.h"

enum {
	BACKTEST_RULES_MAX = 4096, /* of one side */
	BACKTEST_ALERTS_MAX = 1 << 27
};

struct backtest_record {
	struct token id; /* of source, line, rule and entity */
	uint64_t what;   /* of severity, score, mode and measures */
	uint64_t order;  /* position of the event */
	uint64_t text_at;
	uint32_t text_n;
	uint32_t rule; /* of its side */
	struct token about;
	uint32_t score; /* of the decision or of the rule, whichever is more */
	int32_t day;    /* of the event, in China: days since 1970-01-01 */
};

struct backtest_side {
	struct backtest_record *p;
	uint64_t n, cap;
	char *rule[BACKTEST_RULES_MAX]; /* names, owned */
	uint32_t n_rules;
	FILE *texts;
	uint64_t text_bytes;
	enum err err; /* sticky: ERR_MEMORY, ERR_CAP, ERR_IO */
};

enum backtest_change {
	BACKTEST_SAME,
	BACKTEST_CHANGED,
	BACKTEST_GAINED, /* only B has it */
	BACKTEST_LOST    /* only A has it */
};

struct backtest_pair { /* NULL: that side has none */
	const struct backtest_record *a, *b;
	enum backtest_change change;
};

enum err backtest_open(struct backtest_side *s) MUST_CHECK;
void backtest_release(struct backtest_side *s);
/* Keeps an alert; where is the name of its source, line its place there. Failures are sticky in s->err. */
void backtest_note(struct backtest_side *s, const struct hash_key *key, const struct shower *shower,
                   const struct alert *a, const char *where, uint64_t line);
/* Pairs of both sides that are not the same, in order of the events, then of rules; *counts tells how many there are of each
 * change. Puts the sides' records in order. Free *out with mem_free. ERR_MEMORY. */
enum err backtest_compare(struct backtest_side *a, struct backtest_side *b, struct backtest_pair **out, uint64_t *n,
                          uint64_t counts[4]) MUST_CHECK;
/* The text kept of an alert, one JSON object without a line end, appended to out. */
enum err backtest_text(struct backtest_side *s, const struct backtest_record *r, struct buf *out) MUST_CHECK;

#endif
