/* completion.h - how far outlets have come with a course (培训完成情况), and what the staff of outlets helped people to install or follow: sums over what the desk holds.
 *
 * An outlet is complete when all of its staff hold a pass that is good now; one without staff is not. The caller brings the members, and room for the answer; installs come one by one into a table of sums. */
#ifndef DUANKA_OUTREACH_COMPLETION_H
#define DUANKA_OUTREACH_COMPLETION_H
#include "base/hash.h"
#include "desk/guidance.h"

struct completion_member { /* somebody who works at an outlet and whom the course is for */
	struct token outlet;
	uint64_t user;
	int64_t until_us; /* their last pass is good until; 0: they have none */
};
struct completion_outlet {
	struct token outlet;
	uint32_t first, staff; /* members of it, in the order that completion_count left them in */
	uint32_t passed;
	int64_t until_us; /* when the first of the passes that are good now ends; 0: there are none */
	bool complete;
};
/* Sorts the members by (outlet, user) and sums them up by outlet; out has room for n. Returns how many outlets there are. */
uint32_t completion_count(struct completion_member *m, uint32_t n, int64_t now_us, struct completion_outlet *out);

struct guided { /* one install or follow */
	struct token outlet;
	uint64_t clerk;
	uint8_t state; /* enum guidance_state */
	uint8_t what;
};
struct guided_sum {
	struct token outlet;
	uint64_t clerk;                     /* 0: of the whole outlet */
	uint32_t n[GUIDANCE_STATES];        /* by state; withdrawn ones are no more than told */
	uint32_t confirmed[GUIDANCE_WHATS]; /* of those confirmed, by what */
};
/* Sums by outlet, or by outlet and clerk: as large as there are outlets or clerks, however many installs there are. */
struct guided_table {
	struct guided_sum *sum; /* owned */
	uint32_t n;
	bool by_clerk;
	uint32_t cap, most; /* the rest is completion.c's own */
	uint32_t *at;
};
void guided_init(struct guided_table *t, bool by_clerk, uint32_t most);
void guided_release(struct guided_table *t);
/* ERR_CAP: `most` outlets or clerks are there already; ERR_MEMORY. The table stays as it is. */
enum err guided_add(struct guided_table *t, const struct guided *g) MUST_CHECK;
/* Puts the sums in order: most confirmed first, then by outlet and clerk. Nothing can be added then. */
void guided_rank(struct guided_table *t);

#endif
