/* registry_life.h - random lives of a desk whose world is a registry: the records that a life in memory was made of, applied to a registry in transactions cut at random. */
#ifndef DUANKA_TESTS_REGISTRY_LIFE_H
#define DUANKA_TESTS_REGISTRY_LIFE_H
#include "base/rng.h"
#include "store/registry_int.h"
#include "tests/unit/desk_world.h"

enum {
	RECORDS_MAX = 400
};

struct deed { /* a record of the journal */
	uint64_t position;
	int64_t time_us;
	enum {
		TICK,
		COMMAND,
		ALERT
	} what;
	struct desk_command command;
	struct desk_alert alert;
	struct desk_outcome outcome;
};

/* The life in memory, its records, and the desk that works on the registry. */
struct life {
	struct bench b;
	struct deed deed[RECORDS_MAX];
	uint32_t n_deeds;
	struct desk desk;
	uint32_t slots; /* objects that the next registry has in memory */
	char folder[40], path[64];
	unsigned char right[REGISTRY_DIGEST_BYTES];
};
extern struct life life;

int life_setup(void **state); /* a folder, and SQLite that can be made to fail */
int life_teardown(void **state);
void life_clean(void); /* no file */
void life_live(struct rng *r, uint32_t n);
struct registry *life_open(void);
/* Applies deeds from..to as one transaction. */
enum err life_transact(struct registry *r, uint32_t from, uint32_t to);
/* The desk as it goes on from what is committed. Returns how many deeds are in. */
uint32_t life_go_on(struct registry *r);
/* The rest of the deeds, in transactions of up to `longest`; reopen: chance in a million that the file is opened again behind one. */
struct registry *life_relive(struct registry *r, struct rng *rng, uint32_t longest, uint32_t reopen);
/* A new file with the whole life; its digest is right. */
void life_whole(void);
void life_same_digest(struct registry *r);
void life_same_world(struct registry *r); /* objects, history, messages, outcomes */

#endif
