/* city_int.h - what the files of the city share: people, events, the agenda of crimes, and how the parts call each other.
 *
 * Two kinds of happening meet in city.c. Ordinary life is arithmetic: what person i does in hour h follows from hashes of
 * (seed, i, h), needs no memory and comes an hour at a time. Crimes are scripts on an agenda: each step happens at its
 * moment, sees what is (balances, who was paid before) and puts the next step on the agenda. Both go through city_emit in
 * order of time: it moves the money, refuses what the payer has not got, and writes. */
#ifndef DUANKA_SIM_CITY_INT_H
#define DUANKA_SIM_CITY_INT_H
#include "base/file.h"
#include "base/hash.h"
#include "base/rng.h"
#include "sim/city.h"
#include "sim/city_text.h"
#include "sim/numbers.h"

enum {
	MINUTE_S = 60,
	HOUR_S = 3600,
	DAY_S = 86400,
	OUT_AT = 500000000, /* accounts elsewhere: lenders, online shops, other cities; nobody counts their money */
	LENDERS = 40,       /* the first of them */
	OUTLET_CLERKS = 6,
	NOBODY = 0
};

enum channel {
	CHANNEL_MOBILE,
	CHANNEL_ONLINE,
	CHANNEL_WALLET,
	CHANNEL_COUNTER,
	CHANNEL_ATM,
	CHANNEL_POS,
	CHANNELS
};

/* ---- events ---- */

struct ev {       /* zero means absent */
	int32_t at_s; /* since the first day's local midnight; negative in the history */
	uint8_t type, channel, text;
	uint8_t flag;    /* roaming, iot */
	uint32_t person; /* index + 1 */
	uint32_t device; /* index + 1 */
	uint64_t a, b;   /* from and to: phones as numbers.h writes them, accounts as indices + 1 */
	int64_t v;       /* seconds, fen, variant of a text */
	uint32_t cell;
	uint16_t outlet, agent;
	uint8_t clerk; /* of the outlet, from 1 */
	bool remote;   /* opened without the person coming */
	uint32_t wave; /* of a text; kind of a report; app of data_use */
};

/* Which crime an event belongs to. about: the entity that acts, of the kind that the event's first field has. */
struct label {
	uint32_t crime;
	const char *scenario;
	enum role role;
	uint8_t level;
	enum stage stage;
	enum what what;
	uint64_t about;
};

struct evs {
	struct ev *p;
	uint64_t n, cap;
};

/* ---- the agenda ---- */

enum todo_kind {
	DO_EVENT,  /* an innocent's event beyond the hour: obj is its place in later */
	DO_OPEN,   /* something is opened: obj in opening */
	DO_CARD,   /* a gang's card calls or texts: obj in card */
	DO_CASE,   /* the next step of a case: obj in cases */
	DO_MULE,   /* an account passes its money on: obj in mule */
	DO_REPORT, /* a victim reports: obj in cases */
};
struct todo {
	int32_t at_s;
	uint32_t seq; /* breaks ties in the order of planning */
	uint32_t kind, obj;
};

struct opening { /* of a card or an account by or for criminals */
	struct ev ev;
	struct label label;
	bool series;  /* so many of them that the agent is told as one of the gang */
	bool crooked; /* outlet and clerk knew what for */
};

/* Where something is opened, and by whom. Nobody sold what was opened remotely, and an agent has no counter: then clerk is 0. */
struct counter {
	uint16_t outlet, agent;
	uint8_t clerk; /* 1 to OUTLET_CLERKS */
	bool remote;
	bool crooked;
};

struct card { /* a phone of a gang, and what it does */
	uint64_t phone;
	uint32_t person; /* index of its holder */
	const struct scene_block *block;
	uint32_t crime, operation;
	enum role role;
	int32_t from_s, until_s; /* in use */
	int32_t opened_s;
	uint32_t device_at, devices; /* it goes round so many devices */
	uint32_t cell_at, cells;
	int32_t session_s; /* how long it works a day */
	int32_t calls_day; /* how many */
	int32_t made;
	uint32_t back; /* per mille of its calls that are called back */
	uint32_t last; /* resident called before */
	uint32_t pair; /* gateway: the other card + 1 */
	bool lent;     /* a resident's own card, with a life of its own */
	bool known;    /* its row in truth.csv is written */
	bool harder;   /* goes on as the next column half-way */
	bool listed;   /* device and cell rows written, by the first card of an operation */
};

struct mule { /* an account of a network */
	uint32_t account, person;
	const struct scene_block *block;
	uint32_t crime, network;
	uint8_t level, index; /* level from 1 */
	int64_t held;         /* tainted money to pass on, fen */
	bool known, passing;
	uint8_t parts; /* payments still to be made of what is held */
	uint32_t device;
};

struct network {
	uint32_t first_mule; /* in mule, level by level, width each */
	uint8_t levels, width;
	enum typology typology;
	int32_t from_s, until_s;
	int32_t serves; /* victims it still takes */
	const struct scene_block *block;
	uint32_t crime;
};

struct victim_case {
	const struct scene_block *block;
	uint32_t crime, victim;
	uint16_t at; /* step */
	uint16_t loop[SCENE_NEST_MAX];
	uint8_t loops;
	uint32_t mule;    /* index + 1 of the level-1 account in use */
	uint32_t network; /* index + 1 */
	uint64_t phone;   /* of the gang, towards this victim */
	uint32_t card;    /* index + 1 if it is a gang's card */
	int64_t last_fen, lost_fen;
	bool victim_known, target_known;
	int32_t first_s; /* first act towards the victim */
	uint64_t own;    /* account that the victim opened, index + 1 */
};

/* Growing arrays: one pattern, kept in city.c. */
#define LIST(type)       \
	struct {             \
		type *p;         \
		uint32_t n, cap; \
	}

struct city {
	struct city_options o;
	const struct scene *scene;
	uint32_t people; /* = o.people */
	uint8_t *rate;   /* of each person: how much they telephone, a level */
	uint8_t *job;
	int64_t *balance; /* residents' accounts (main, second), then those opened later; fen */
	int64_t *opened_with;
	uint32_t balances, balances_cap;
	int64_t *shop, *shop_with, *employer, *employer_with;
	uint32_t shops, employers, works, couriers;
	uint32_t spare; /* persons and phones of no resident are numbered from here on */
	uint32_t crimes, outside;
	struct rng crime; /* drawn in the order of the agenda */
	uint64_t salt;    /* of all hashes: from the seed */
	uint64_t friend_at[96];
	struct evs hour; /* of life, being made */
	int32_t hour_from_s, hour_to_s;
	bool playing; /* the hour is being emitted: what is made now comes later */
	uint32_t *order, *order2;
	uint64_t order_cap;
	LIST(uint32_t) unused; /* accounts of banks that nobody asked for yet */
	LIST(struct todo) agenda;
	LIST(struct ev) later;
	LIST(uint32_t) later_free;
	LIST(struct opening) opening;
	LIST(struct card) card;
	LIST(struct mule) mule;
	LIST(struct network) network;
	LIST(struct victim_case) cases;
	uint32_t seq;
	int64_t hours_done, hours_all;
	struct city_counts counts;
	uint64_t population[WHATS];
	struct city_writer *w;
	enum err err; /* sticky */
};

/* ---- dice: cheap random numbers that follow from what they are for ---- */

struct dice {
	uint64_t x;
};
static inline uint64_t dice_next(struct dice *d)
{
	d->x += 0x9e3779b97f4a7c15ULL;
	return hash_mix(d->x);
}
static inline struct dice dice_for(const struct city *c, uint64_t who, uint64_t when)
{
	return (struct dice){ hash_mix(c->salt ^ who * 0xd1342543de82ef95ULL) + when * 0x2545f4914f6cdd1dULL };
}
static inline uint32_t dice_below(struct dice *d, uint32_t n) /* bias below 2^-32 n: nobody here could see it */
{
	return (uint32_t)((dice_next(d) >> 32) * n >> 32);
}
static inline bool dice_chance(struct dice *d, uint32_t permille)
{
	return dice_below(d, 1000) < permille;
}
static inline int64_t dice_between(struct dice *d, int64_t lo, int64_t hi)
{
	return lo + (int64_t)(((dice_next(d) >> 32) * (uint64_t)(hi - lo + 1)) >> 32);
}

/* ---- city.c ---- */
void city_life(struct city *c, const struct ev *e); /* an innocent's event, in this hour or later */
void city_todo(struct city *c, int32_t at_s, enum todo_kind kind, uint32_t obj);
bool city_grow(struct city *c, void **p, uint32_t *cap, uint32_t n, size_t size); /* notes ERR_MEMORY */
#define city_add(c, list, value)                                                  \
	(city_grow((c), (void **)&(list).p, &(list).cap, (list).n, sizeof(*(list).p)) \
	     ? ((list).p[(list).n++] = (value), true)                                 \
	     : false)
/* Moves the money and writes; false if the payer has too little (then nothing happened). label NULL: innocent. */
bool city_emit(struct city *c, const struct ev *e, const struct label *label);
int64_t *city_balance(struct city *c, uint64_t account_1); /* NULL: elsewhere. account_1: index + 1 */
uint32_t city_new_account(struct city *c);                 /* its index; balance 0 */
uint32_t city_new_account_at(struct city *c,
                             const struct counter *at); /* of the outlet's bank if a crooked one chooses */

/* ---- city_math.c: the same on every machine ---- */
double math_exp(double x);
double math_log(double x);
double math_normal(double p); /* quantile of the logistic distribution of the normal's spread: 0 < p < 1 */
void math_poisson(uint16_t out[8], double mean); /* out[k] = P(N <= k) * 65536, k = 0..7 */

/* ---- city_people.c ---- */
enum job {
	JOB_NONE,
	JOB_STUDENT,
	JOB_OFFICE,
	JOB_COURIER,
	JOB_DRIVER,
	JOB_SELLER,
	JOB_RECRUITER,
	JOB_SHOPKEEPER,
	JOB_LANDLORD,
	JOB_GROUP_BUYER,
	JOB_FINANCE,
	JOB_RETIRED,
	JOB_QUIET, /* a card that is hardly used */
	JOB_TRAVELLER,
	JOBS
};
enum err people_init(struct city *c);
void people_release(struct city *c);
int people_age(const struct city *c, uint32_t i);
bool people_in_group(const struct city *c, uint32_t i, enum group g);
/* When the second one was or will be opened; INT32_MAX: never. */
int32_t people_card_opened(const struct city *c, uint32_t i);
int32_t people_account_opened(const struct city *c, uint32_t i);
uint64_t people_phone(const struct city *c, uint32_t i);                /* of a resident: the main card */
uint32_t people_device(const struct city *c, uint32_t i, int32_t at_s); /* index + 1 */
uint32_t people_home(const struct city *c, uint32_t i);                 /* cells */
uint32_t people_cells(const struct city *c);                            /* they are numbered from 1 */
uint32_t people_district(const struct city *c, uint32_t cell);          /* below CITY_DISTRICTS */
uint32_t people_place(const struct city *c, uint32_t i, int32_t at_s);
uint32_t people_odd_cell(struct city *c); /* where a gang sits */
uint32_t people_contact(const struct city *c, uint32_t i, struct dice *d);
bool people_answers_for(const struct city *c, uint32_t i, struct dice *d); /* else somebody else is called */
uint32_t people_friend(const struct city *c, uint32_t i,
                       uint32_t rank); /* 0 the closest; may be i itself at the edge */
int64_t people_talk(const struct city *c, uint32_t i, struct dice *d);
bool people_weekend(const struct city *c, int32_t at_s);
bool people_festival(const struct city *c, int32_t at_s);
uint32_t people_rhythm(int hour); /* per mille of a day's calls */

/* ---- city_life.c, city_work.c, city_money.c: an hour of it ---- */
struct counter life_counter(uint16_t outlet, uint16_t agent, uint64_t h);
uint16_t life_outlet_of(const struct city *c, uint16_t outlet,
                        uint32_t account);   /* the next one of the account's bank */
uint32_t life_outlets(const struct city *c); /* there are so many of each sort, numbered from 1 */
uint32_t life_agents(const struct city *c);
void life_hour(struct city *c);
void life_openings(struct city *c);
void life_stock(struct city *c);
void work_hour(struct city *c);
void money_hour(struct city *c);
void money_init(struct city *c);
void history_day(struct city *c, int32_t day); /* day < 0 */
void business_hour(struct city *c);

/* ---- crimes ---- */
int64_t crime_pick(struct city *c, struct range s);
struct range crime_span(const struct city *c, const struct scene_block *b, enum scene_key k, bool harder);
bool crime_chance(struct city *c, struct range permille);
uint32_t crime_stranger(struct city *c,
                        struct scene_block const *b); /* a resident, by the block's groups if it has any */
int32_t crime_daytime(struct city *c, int32_t at_s, int from_h, int to_h); /* at_s, or the next time of day in bounds */
void crime_plan(struct city *c);                                           /* all days' operations, on the agenda */
void phones_plan(struct city *c, const struct scene_block *b, int32_t day_s);
void phones_card(struct city *c, uint32_t card, int32_t at_s);
/* A card of that role in use now that calls for others: index + 1, 0: none. */
uint32_t phones_find(struct city *c, enum phones_kind kind, int32_t at_s);
void phones_contact(struct city *c, uint32_t card, uint32_t resident, int32_t at_s, int64_t talk_s, uint32_t crime,
                    const char *scenario, enum stage stage);
void mules_plan(struct city *c, const struct scene_block *b, int32_t day_s);
uint32_t mules_find(struct city *c, int32_t at_s);     /* a level-1 account for one more victim: index + 1, 0: none */
uint32_t mules_another(struct city *c, uint32_t mule); /* of the same network and level */
void mules_received(struct city *c, uint32_t mule, int64_t fen, int32_t at_s);
void mules_pass(struct city *c, uint32_t mule, int32_t at_s);
void cases_plan(struct city *c, const struct scene_block *b, int32_t day_s);
void cases_step(struct city *c, uint32_t cs, int32_t at_s);
void cases_report(struct city *c, uint32_t cs, int32_t at_s);
/* An ordinary counter; agent: chance that there is one, per mille. */
struct counter crime_counter(struct city *c, uint32_t agent);
/* One of those that the city's crooked outlet sells: then where it is and who sells take the place of *at, and after hours *at_s moves into the night, not to until_s or later. False: the block buys nothing there, or this is none of it. */
bool crime_crooked(struct city *c, const struct scene_block *b, struct counter *at, int32_t *at_s, int32_t until_s);
void crime_open_account(struct city *c, uint32_t account, uint32_t person, uint64_t phone, const struct counter *at,
                        int32_t at_s, const struct label *label);
void crime_open_card(struct city *c, uint64_t phone, uint32_t person, const struct counter *at, bool iot, int32_t at_s,
                     const struct label *label);
void crime_opened(struct city *c, const struct opening *o); /* it has happened: who did it is known from now on */

/* ---- city_write.c ---- */
enum err writer_open(struct city *c);
void writer_event(struct city *c, const struct ev *e, const struct label *label);
void writer_entity(struct city *c, enum what what, uint64_t id, int32_t at_s, const char *scenario, uint32_t crime,
                   enum role role, uint8_t level);
void writer_end(struct city *c);
enum err writer_close(struct city *c);
enum err writer_file(struct city *c, struct outfile *o, const char *name); /* in the city's directory */

/* ---- city_lists.c ---- */
enum err lists_write(struct city *c);
enum err lists_tell(struct city *c); /* to the watcher */

#endif
