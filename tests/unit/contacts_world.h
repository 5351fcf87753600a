/* contacts_world.h - a random journal whose every record is remembered, so that what contacts_find finds is judged by looking at all of
 * them. Tokens come from a small pool; some stand in texts, in idempotency keys and in other kinds, where they must not count. */
#ifndef DUANKA_TESTS_UNIT_CONTACTS_WORLD_H
#define DUANKA_TESTS_UNIT_CONTACTS_WORLD_H
#include "base/rng.h"
#include "journal/contacts.h"

enum {
	WORLD_POOL = 12,
	WORLD_SCHEMAS = 2
};

struct world_record {
	uint64_t position;
	int64_t time;
	uint32_t n_tokens, schema;
	struct token token[SCHEMA_IDENTS_MAX];
	uint8_t kind[SCHEMA_IDENTS_MAX];
	char *payload;
	size_t n;
};

struct world {
	struct rng rng;
	struct disk *d;
	struct journal *journal;
	struct schema schema[WORLD_SCHEMAS];
	uint32_t schema_now;
	struct token pool[WORLD_POOL]; /* the last one is named by no record */
	struct token also[WORLD_POOL]; /* of the query made last */
	struct world_record *record;
	size_t n;
	int64_t now_us;
};

/* Opens a journal on d; segments of so many bytes. */
void world_begin(struct world *w, uint64_t seed, struct disk *d, uint64_t segment_bytes);
/* Commits batches until there are so many more events; ticks, acts and changes of schema among them. */
void world_grow(struct world *w, size_t events);
void world_end(struct world *w);

struct world_found { /* what contacts_find gave */
	const struct world *w;
	uint64_t *position;
	size_t n, stop_after; /* 0: never */
	bool wrong;
};
/* Runs the query and compares with a look at every record. NULL: all is as it should be; else what is not. */
const char *world_check(const struct world *w, const struct contacts_query *q, struct contacts_stats *stats,
                        enum err *e);
void world_query(struct world *w, struct contacts_query *q); /* a random one */

#endif
