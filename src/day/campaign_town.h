/* campaign_town.h - the town's journal and registry, for campaign_year.c: what happens becomes records, and what they mean stands in the registry. The first error is kept, and nothing more is done after it. */
#ifndef DUANKA_DAY_CAMPAIGN_TOWN_H
#define DUANKA_DAY_CAMPAIGN_TOWN_H
#include "base/rng.h"
#include "day/campaign_year.h"
#include "desk/command.h"
#include "event/event_build.h"
#include "shard/shard.h"

enum {
	TOWN_BATCH = 64,
	TOWN_PATH_BYTES = 4096
};

enum happens {
	HAPPENS_CONTACT,
	HAPPENS_LOSS,   /* they report what they lost */
	HAPPENS_ATTEMPT /* they report what nobody saw and they did not fall for */
};
struct happening { /* at this time, to this person */
	int64_t at_us;
	uint32_t person;
	enum happens what;
};
struct told {
	uint64_t position;
	size_t at, n;
};
struct built {
	struct event event;
	char bytes[EVENT_BUILD_BYTES];
};
struct town {
	const struct campaign_year *o;
	enum err err;
	struct buf *why;
	struct shard *shard;
	struct registry *registry;
	struct buf policy, lines;
	struct told *told;
	uint32_t n_told, told_cap, next_told;
	int64_t now_us;
	struct rng rng;
	struct token *phone, *who; /* of people */
	bool *reached;
	uint8_t wave[CAMPAIGN_YEAR_DISTRICTS_MAX]; /* of districts */
	struct happening *agenda;
	uint32_t n_agenda;
	struct desk_object campaign, found;
	char registry_path[TOWN_PATH_BYTES], roster[TOWN_PATH_BYTES], segment[TOWN_PATH_BYTES];
	/* what is to be applied next */
	struct shard_item item[TOWN_BATCH];
	struct built built[TOWN_BATCH];
	struct buf command[TOWN_BATCH];
	uint32_t n;
};

bool town_well(struct town *t, enum err e); /* notes the first error; whether there is none */
void town_open(struct town *t, const struct campaign_year *o, struct buf *why); /* t: zeros */
void town_close(struct town *t);
void town_command(struct town *t, struct desk_command *c, enum desk_role role, uint64_t user);
/* Of pairs, of which the second is the time; the tokens of its first two identifiers go to out, if it is not NULL. */
void town_event(struct town *t, struct event_pair *p, uint32_t n, struct token out[2]);
void town_until(struct town *t, int64_t us);      /* time goes by */
void town_project(struct town *t);                /* what happened so far comes into the registry */
uint64_t town_last(struct town *t, uint8_t kind); /* the last object of the kind, into t->found; its id */

#endif
