/* score.h - how well alerts meet the truth of a simulated city, with the uncertainty that small numbers leave.
 *
 * Feed it alerts one by one, in any order, then ask once for the figures. Memory grows with different (rule, entity) pairs
 * only, up to SCORE_PAIRS_MAX. Counts are whole numbers; a double appears only where something was divided.
 *
 * A rule WARNS when one of an alert's measures is `warn`: the alert is meant for a possible victim. Else it ACCUSES. An
 * accusing alert is true when its entity is a suspect and the suspect's first criminal act has happened; a warning one when
 * its entity is a victim or target, from the first act towards it until a day after the crime's last event. An entity is found
 * when a true alert is about it; a false entity is one with alerts of which none is true (a labelled one, too).
 *
 * A score borrows its truth, which must outlive it and the figures. It reads no clock and writes nothing. */
#ifndef DUANKA_SCORE_SCORE_H
#define DUANKA_SCORE_SCORE_H
#include "base/buf.h"
#include "score/truth.h"

enum {
	SCORE_RULES_MAX = 4096,
	SCORE_RULE_NAME_MAX = 256, /* bytes */
	SCORE_SOURCE_MAX = 4096,   /* bytes of a path */
	SCORE_PAIRS_MAX = 1 << 25,
	SCORE_CURVE_POINTS_MAX = 1024,
};

enum score_severity { /* as in a policy */
	SCORE_SEVERITY_NONE,
	SCORE_SEVERITY_BLUE,
	SCORE_SEVERITY_YELLOW,
	SCORE_SEVERITY_RED,
	SCORE_SEVERITY_PURPLE,
};
#define SCORE_LINE_MAX (((uint64_t)1 << 48) - 1)

bool score_severity_parse(struct text t, enum score_severity *out); /* "yellow" */
const char *score_severity_name(enum score_severity s);

struct score_alert {
	int64_t time_us;    /* of its event */
	uint64_t position;  /* of its event */
	uint32_t kind;      /* of the entity it is about: index into truth_kinds */
	struct token token; /* of the entity it is about */
	struct text rule;   /* its name; borrowed for the call, as source */
	bool shadow;        /* made by a shadow rule */
	bool warns;         /* one of its measures is warn */
	bool delays;        /* one of its measures is delay, and its event is a transfer */
	int64_t points;     /* score of the rule */
	enum score_severity severity;
	struct text source; /* file of its event; only the name after the last / counts, without .gz and .zst */
	uint64_t line;      /* of its event in that file */
};

struct score_options {
	int64_t from_us;  /* alerts before it are not scored; TIME_US_MIN: truth_start_us */
	int64_t until_us; /* alerts, entities and crimes from it on are not scored; TIME_US_MAX: no limit */
	struct text rule; /* only this one; empty: all */
	enum score_severity least;
	uint64_t base_rate_permillion; /* of each kind; 0: don't project */
};
void score_options_default(struct score_options *o);

struct score;

enum err score_new(struct score **out, const struct truth *t, const struct score_options *o) MUST_CHECK;
void score_free(struct score *s);
/* ERR_CAP: too many rules or pairs. ERR_RANGE: no such kind. An alert outside the options is counted and passed over. */
enum err score_alert(struct score *s, const struct score_alert *a) MUST_CHECK;

/* hit of all, with the Wilson interval at 95 %. */
struct score_rate {
	uint64_t hit, all;
	double value, low, high; /* NaN when all is 0 */
};
struct score_rate score_rate_of(uint64_t hit, uint64_t all);

/* Alerts about entities of one kind, all accusing or all warning. NaN and -1 where nothing can be said. */
struct score_entities {
	uint32_t kind;
	bool warns;
	uint64_t alerts, false_alerts;
	struct score_rate recall;    /* entities found; of suspects, or of victims and targets where it warns */
	struct score_rate precision; /* true ones among the entities with alerts */
	uint64_t false_entities;
	int64_t innocent; /* entities of the kind without a label; -1: the truth doesn't say how many there are */
	double false_entities_permillion, false_alerts_permillion; /* of innocent entities, over the whole time */
	double false_entities_permillion_day, false_alerts_permillion_day;
	double precision_projected;            /* to the base rate */
	int64_t delay_us_median, delay_us_p90; /* first criminal act to first true alert, of those found; -1: none found */
	struct score_rate within_30min;        /* found within 30 min of the first criminal act, of all */
	uint64_t calls_before,
		calls_after; /* criminal calls and messages by the entities found, and when their first true alert came */
};

/* Victims and their money, by crime; a crime with a transfer has one victim. */
struct score_victims {
	struct score_rate before; /* found before the first transfer */
	struct score_rate ever;
	int64_t gone_fen,
		spared_fen; /* left at the first alert and not yet; of the victims found. Those not found: lost_fen */
	int64_t lost_fen;
	uint64_t spared; /* victims whose first contact, grooming or transfer came after the first alert on who acted */
};

/* Delays of transfers. */
struct score_delays {
	bool any;                 /* there were delaying alerts */
	struct score_rate crimes; /* with a transfer of the victim delayed, of all crimes with one */
	int64_t delayed_fen, all_fen;
	uint64_t false_transfers; /* delayed ones that belong to no crime */
	double false_permillion;  /* of all transfers; NaN: the truth doesn't say how many there are */
};

enum {
	SCORE_ROWS_MAX = 2 * SCHEMA_ENTITIES_MAX
};

/* A rule, or all rules of a mode together. */
struct score_group {
	struct text name; /* of the rule; "live" or "shadow" for all */
	bool shadow;
	enum score_severity severity;
	uint64_t alerts;
	uint32_t n_rows;
	struct score_entities row[SCORE_ROWS_MAX];
	struct score_victims victims;
	struct score_delays delays;
};

/* What the live rules did about one scenario. */
struct score_scenario {
	struct text name;
	struct score_rate phones, accounts, persons; /* suspects found */
	struct score_rate within_30min;              /* of these three kinds, as the delays */
	int64_t delay_us_median, delay_us_p90;
	struct score_victims victims;
	struct score_rate delayed; /* crimes with a transfer of the victim delayed */
};

/* The three marks that the shipped pack is held to. Of live alerts; those that accuse count from yellow on (blue is
 * information). */
struct score_targets {
	struct score_rate cards; /* roles simbox, burst, sleeping: accused within 30 min of the first call */
	struct score_rate pairs; /* the voice of a gateway pair, role gateway_voice: likewise */
	uint64_t cards_false;
	double cards_false_permillion; /* falsely accused phones a million innocent ones */
	struct score_rate mules;       /* accounts of level 1 accused before their second outgoing transfer */
	uint64_t mules_false;
	double mules_false_permillion; /* falsely accused accounts a million innocent ones */
	struct score_rate coached;     /* victims called before the transfer: warned or delayed before any money left */
	struct score_rate coached_any; /* ... or at least before the last of it */
	int64_t coached_spared_fen, coached_all_fen;
	uint64_t coached_false;
	double coached_false_permillion; /* falsely delayed transfers a million */
};

struct score_point {
	int64_t threshold; /* entities whose live accusing rules add up to at least this */
	uint64_t found, alerted, all;
};

struct score_curve {
	uint32_t kind;
	uint32_t n;
	struct score_point *point; /* threshold falling, at most SCORE_CURVE_POINTS_MAX */
};

struct score_figures {
	int64_t from_us, until_us;       /* what was scored: [from, until) */
	uint64_t days;                   /* begun ones in it, at least 1 */
	uint64_t alerts, alerts_outside; /* scored; passed over by time, rule or severity */
	uint64_t alerts_labelled;        /* scored ones about an entity that the truth names */
	uint64_t base_rate_permillion;
	struct score_group live, shadow;
	uint32_t n_rules;
	struct score_group *rule; /* by name */
	uint32_t n_scenarios;
	struct score_scenario *scenario; /* by name */
	struct score_rate *found_by;     /* [rule * n_scenarios + scenario]: entities found by the rule, of its kinds */
	struct score_targets targets;
	uint32_t n_curves;
	struct score_curve curve[SCHEMA_ENTITIES_MAX];
	const struct truth_kinds *kinds;
};

/* The figures so far. Ask once or often. score_figures_free releases them; texts in them live as long as the score. */
enum err score_finish(struct score *s, struct score_figures **out) MUST_CHECK;
void score_figures_free(struct score_figures *f);

#endif
