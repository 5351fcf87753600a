/* score_int.h - what a score remembers between alerts, and the parts of score_finish. */
#ifndef DUANKA_SCORE_SCORE_INT_H
#define DUANKA_SCORE_SCORE_INT_H
#include "score/score.h"
#include "score/truth_int.h"

enum {
	GROUP_LIVE,
	GROUP_SHADOW,
	GROUP_STRICT, /* live, severity from yellow on: what the targets count */
	GROUP_RULE,   /* the first rule's; the others follow */
};

/* The moment of an alert, so that one comparison tells whether money was still there: twice the time, and one more unless the
 * alert holds its event back or warns on it. An event at time t happens at 2t + 1: an alert that holds comes before it, any
 * other one too late. */
#define KEY_NEVER INT64_MAX
static inline int64_t key_of_alert(int64_t time_us, bool holds)
{
	return 2 * time_us + !holds;
}
static inline bool key_before(int64_t key, int64_t event_us)
{
	return key < 2 * event_us + 1;
}
static inline int64_t key_us(int64_t key)
{
	return key >> 1;
}

struct score_state { /* of a group */
	struct text name;
	bool shadow;
	enum score_severity severity;
	uint64_t alerts, delays, false_transfers;
};

struct score_pair {    /* a group and an entity that it alerted about */
	int64_t first_key; /* of its first true alert */
	int64_t points;    /* group live: sum over the rules that accuse it */
	uint64_t alerts, false_alerts;
	uint32_t group, entity; /* entity 0: not labelled */
	uint8_t kind;
	bool warns;
};

struct score_mark { /* a group's first warning to a victim within its crime */
	int64_t warn_key;
};

struct score_delayed { /* a group and a criminal event that it delayed */
	uint32_t group, event;
};

struct score {
	const struct truth *truth;
	struct score_options o;
	int64_t from_us, until_us;
	int64_t newest_us; /* latest alert that was scored */
	uint64_t alerts, alerts_outside, alerts_labelled;
	struct arena names;
	struct map rule_map, pair_map, mark_map, delay_map;
	struct score_state *group;
	struct score_pair *pair;
	struct score_mark *mark;
	struct score_delayed *delayed;
	size_t n_groups, n_pairs, n_marks, n_delayed;
	size_t cap_groups, cap_pairs, cap_marks, cap_delayed;
};

/* score_finish's work bench. Entities' and crimes' arrays are by their index in the truth. */
struct bench {
	struct score *s;
	const struct truth *t;
	struct score_figures *f;
	int64_t *act_us;  /* first criminal act of a suspect; INT64_MAX: no suspect in scope */
	uint8_t *guarded; /* a victim or target in scope */
	uint64_t suspects[SCHEMA_ENTITIES_MAX], guards[SCHEMA_ENTITIES_MAX], labelled[SCHEMA_ENTITIES_MAX];
	uint32_t *order;    /* pairs by group, kind, warns */
	size_t *group_at;   /* first of each group in order; n_groups + 1 of them */
	int64_t *found_key; /* the group's first true accusation of each entity */
	int64_t *crime_key; /* the group's first true accusation of a suspect of each crime */
	uint8_t *crime_delayed;
	uint32_t *link_at, *link; /* of each crime with a victim: crimes without one whose suspects served it */
	size_t n_links, cap_links;
	uint32_t *stamp; /* of each entity or crime: last visitor */
	int64_t *sample; /* room for one number an entity */
};

/* rate.c */
int64_t rate_percentile(int64_t *v, size_t n, uint32_t percent); /* nearest rank; sorts v; -1 if n is 0 */
double rate_permillion(uint64_t hit, int64_t all);
double rate_projected(double recall, double false_rate, uint64_t base_permillion);

/* figures_*.c: each for the group whose keys bench_group put on the bench */
void bench_group(struct bench *b, uint32_t group);
void figures_entities(struct bench *b, uint32_t group, struct score_group *out);
int64_t figures_innocent(const struct bench *b, enum ident_form form);                              /* -1: unknown */
void figures_victims(struct bench *b, uint32_t group, int64_t scenario, struct score_victims *out); /* -1: all */
void figures_delays(struct bench *b, uint32_t group, struct score_delays *out);
enum err figures_links(struct bench *b) MUST_CHECK;
bool bench_victim(const struct bench *b, uint32_t crime); /* lost money in scope */
int64_t bench_warned(const struct bench *b, uint32_t group, uint32_t crime);
void figures_scenarios(struct bench *b);
void figures_found_by(struct bench *b, uint32_t group, uint32_t rule); /* after the rule's own figures */
void figures_targets(struct bench *b);
enum err figures_curves(struct bench *b) MUST_CHECK;
struct map_key score_mark_key(uint32_t group, uint32_t crime);

#endif
