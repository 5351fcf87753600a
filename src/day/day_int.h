/* day_int.h - what the files of the simulated day share.
 *
 * day_run.c has the course of time: an agenda of what will happen, run up to each event of the city before the event does. day_world.c keeps the desk's objects
 * and tells who could work on each; day_seats.c gives seats their work; day_police.c, day_houses.c and day_people.c are the scripts of the police, of
 * banks and operators, and of citizens; day_city.c stands between the city and the engine; day_record.c is the journal and the way from it to the desk;
 * day_figures.c counts. */
#ifndef DUANKA_DAY_DAY_INT_H
#define DUANKA_DAY_DAY_INT_H
#include "day/day.h"
#include "desk/account.h"
#include "desk/appeal.h"
#include "desk/card.h"
#include "desk/device_report.h"
#include "desk/freeze.h"
#include "desk/incident.h"
#include "desk/measure.h"
#include "desk/stop.h"
#include "desk/warning.h"
#include "gateway/decode.h"
#include "gateway/projection.h"
#include "score/map.h"
#include "journal/journal.h"
#include "shard/shard.h"
#include "store/registry.h"

enum {
	OPERATORS = 3,
	BANK_HOUSES = 8,
	ORG_OPERATOR = 101, /* numbers of organisations */
	ORG_BANK = 201,
	USER_SEAT = 1000, /* a seat's user is this and its index */
	USER_DISPATCHER = 900,
	USER_CONNECTOR = 901,
	USER_CITIZEN = 902,
	NONE = 0 /* index of nobody */
};

/* What is done to somebody's card, account or line. */
enum block {
	BLOCK_STOP = 1,
	BLOCK_FREEZE = 2,
	BLOCK_COUNTER = 4,
	BLOCK_LIMIT = 8,
	BLOCK_SUSPEND = 16,
	BLOCK_BAR = 32,
	BLOCK_LINE = 64 /* a victim's own line */
};

/* A card, an account or a person of the city. Index 0 is nobody. */
struct who {
	struct token token;
	uint64_t number; /* the city's */
	uint8_t kind;    /* enum desk_entity_kind */
	uint8_t block;   /* bits */
	bool persuaded;  /* a victim who has understood */
	bool drafted;    /* an order about the account was drafted because of an alert */
	uint16_t organisation;
	uint32_t holder, phone; /* of cards and accounts: who; of a person: the card that is called */
	uint32_t roles;         /* bits of enum role, as known by the end */
	uint32_t cs;            /* of a person: the newest case; index */
	int32_t busy_until_s;   /* of a card: on the line with a gang */
	int64_t warned_us,
		spoken_us; /* of a person: the first warning was issued; somebody has spoken to them; 0: not yet */
	/* of accounts, fen */
	int64_t missing; /* victims' money that never came, and that the account will not have to pass on */
	int64_t tainted, held;
	int64_t spent, spent_day; /* under a limit */
};

/* A crime by its number: a scam against one victim, or a network or an operation of phones, of which only the contacts count. Index 0 is none. */
struct cs {
	uint32_t victim; /* who; 0: not a scam */
	uint32_t payee;  /* who was paid last */
	uint32_t contacts, contacts_stopped;
	int64_t without_fen, with_fen; /* the victim's loss */
	int64_t last_fen, last_us;
	int64_t due_us, paid_us; /* first payment: was about to be made; was made */
	bool reported;
};

enum agenda_kind {
	AGENDA_SEAT,    /* a seat has finished: a = seat */
	AGENDA_GROUP,   /* somebody of the group may find work now: a = group */
	AGENDA_MESSAGE, /* a message takes effect: a = its index */
	AGENDA_REPORT,  /* a victim calls: a = case */
	AGENDA_VERIFY,  /* a holder verifies: a = card or account */
	AGENDA_OBJECT,  /* a holder objects: a = measure */
	AGENDA_AI,      /* the dispatcher has a machine call: a = warning */
	AGENDA_AI_HEARD /* what came of it: a = warning */
};

struct agenda_item {
	int64_t at_us;
	uint64_t seq;
	enum agenda_kind kind;
	uint64_t a;
};

struct line { /* an object that somebody could work on */
	uint64_t id;
	int64_t key, ready_us;
	int64_t not_before_us[2]; /* for seats; for those who go to the door, who need not wait for a line to be free */
	uint32_t groups, in_hand; /* bits */
	uint16_t organisation, district;
	uint8_t kind;
};

struct seat {
	enum day_group group;
	uint16_t organisation, district;
	bool by_night; /* works at night, too */
	bool busy;
	int64_t until_us;
	/* the act in hand */
	uint64_t object; /* 0: a report */
	uint32_t cs;     /* of the report */
	uint32_t user;   /* number of the seat */
	uint8_t what;    /* the script's own */
	bool good;       /* how it will turn out, the script's own */
};

struct ringing { /* a call that has begun: a record of it exists when it is over */
	uint64_t seq;
	struct city_deed deed;
	char *line;
	size_t n;
};

struct durations {
	int64_t *p;
	size_t n, cap;
};

#define DAY_LIST(type) \
	struct {           \
		type *p;       \
		size_t n, cap; \
	}

struct memory { /* day_world.c */
	DAY_LIST(struct desk_object) object;
	DAY_LIST(struct desk_message) message;
	struct map by_id;
	bool due_known;
	int64_t due_us; /* the next time limit; INT64_MAX: none */
};
struct told { /* an alert's line */
	uint64_t position;
	size_t at, n; /* in lines */
};

struct day {
	const struct day_options *o;
	struct day_report *r;
	struct buf *why;
	enum err err; /* sticky */
	bool stopped; /* interrupted */
	int64_t from_us, until_us, now_us;
	uint64_t salt;
	struct city *city;
	struct shard *shard;
	uint64_t position; /* of the last record */
	struct projection *projection;
	struct journal_reader *reader; /* from the day's first record on */
	struct registry *registry;
	bool begun;                     /* a transaction of it */
	uint64_t committed;             /* position */
	const struct desk_world *inner; /* the registry's */
	struct desk_world world;
	struct memory memory;
	struct desk_outcome outcome; /* of the last command */
	/* events on their way */
	struct decoder decoder;
	struct pending {
		struct taken taken;
		char line[2048];
	} * pending;
	uint32_t n_pending;
	int32_t pending_s;
	DAY_LIST(struct ringing) ringing; /* a heap, by end */
	DAY_LIST(struct told) told;       /* alerts that the desk has not heard of */
	struct buf lines;
	size_t n_told;        /* of them heard */
	struct buf listed[3]; /* identifiers, one a line, with the list's name first */
	/* who is who */
	DAY_LIST(struct who) who;
	DAY_LIST(struct cs) cs;
	struct map by_token, by_number, by_crime;
	uint8_t entity_kind[DESK_ENTITY_KINDS]; /* the policy's index of each */
	/* work */
	DAY_LIST(struct agenda_item) agenda;
	uint64_t seq;
	DAY_LIST(struct line) line;
	struct map line_of; /* index + 1 */
	DAY_LIST(struct seat) seat;
	DAY_LIST(struct call_in) calling; /* reports that wait for a seat */
	struct durations waited[DAY_GROUPS_COUNT];
	uint32_t woken; /* bits of groups to look at */
	size_t n_heard; /* messages that are on the agenda */
	uint64_t refs;
	uint64_t telling;  /* events until progress is told */
	int64_t ticked_us; /* the last tick */
	bool opened;       /* the desk is */
};
struct call_in {
	uint32_t cs;
	int64_t at_us;
};

/* ---- day_run.c ---- */
void day_fail(struct day *d, enum err e);
bool day_room(struct day *d, void **p, size_t *cap, size_t n, size_t size);
#define day_add(d, list, value)                                                  \
	(day_room((d), (void **)&(list).p, &(list).cap, (list).n, sizeof(*(list).p)) \
	     ? ((list).p[(list).n++] = (value), true)                                \
	     : false)
void day_later(struct day *d, int64_t at_us, enum agenda_kind kind, uint64_t a);
void day_flush(struct day *d);                    /* events on their way are decided, and their alerts reach the desk */
void day_run_until(struct day *d, int64_t at_us); /* everything on the agenda that is due by then */
/* Begins a command, by a seat or one of the users above. */
struct desk_command day_command(uint32_t kind, uint32_t step, uint64_t object, const struct seat *by);
struct desk_command day_command_by(uint32_t kind, uint32_t step, uint64_t object, uint64_t user, enum desk_role role,
                                   const struct desk_object *of);
/* Journals and applies it at the present time. */
enum desk_refusal day_do(struct day *d, const struct desk_command *c);
void day_ref(struct day *d, struct desk_command *c, uint32_t field); /* a reference to a text that nobody reads */
/* Dice without a state: the same for the same question, whatever else happened. */
uint64_t day_dice(const struct day *d, uint32_t purpose, uint64_t a, uint64_t b);
bool day_chance(const struct day *d, enum day_habit permille, uint64_t a, uint64_t b);
int64_t day_span(const struct day *d, enum day_habit seconds, uint64_t a, uint64_t b); /* microseconds */
int32_t day_second(const struct day *d, int64_t us);                                   /* of the city */

/* ---- day_world.c ---- */
void world_init(struct day *d);
void world_release(struct day *d);
const struct desk_object *world_object(const struct day *d, uint64_t id); /* NULL: none; until the next change */
bool world_due(struct day *d, int64_t *at_us);                            /* the next time limit */

/* ---- day_names.c ---- */
struct who *day_who(struct day *d, uint32_t i);
uint32_t who_of_token(const struct day *d, struct token t, uint32_t kind); /* 0: nobody we know */
uint32_t who_of_number(const struct day *d, uint32_t kind, uint64_t number);
uint32_t who_put(struct day *d, uint32_t kind, uint64_t number, const struct ident *ident); /* 0 after a failure */
struct cs *day_case(struct day *d, uint32_t i);
uint32_t case_of(struct day *d, uint32_t crime); /* made if new; 0 after a failure */
uint16_t house_of_carrier(uint32_t carrier);     /* organisations */
uint16_t house_of_bank(uint32_t bank);
bool who_criminal(const struct day *d, uint32_t i);
uint32_t who_person(const struct day *d, const struct desk_object *o); /* whom an object is about in the end */
uint16_t who_area(const struct day *d, const struct desk_object *o);   /* whose station, from 1 */

/* ---- day_city.c ---- */
extern const struct city_watcher day_watcher;      /* ctx is to be filled in */
void city_hang_up(struct day *d, int32_t until_s); /* calls that are over by then are on their way */
void city_release(struct day *d);
void city_blocked(struct day *d, const struct desk_object *o, uint8_t before); /* a stop or freeze began or ended */

/* ---- day_record.c: the journal, and from it to the desk ---- */
enum err record_open(struct day *d);
enum err record_begin(struct day *d);                              /* the desk opens */
void record_alert(void *day, uint64_t position, struct text line); /* a shard's */
enum err record_note(struct day *d, enum record_kind kind, struct text payload);
enum err record_pump(struct day *d); /* what was journaled reaches the desk */
enum err record_label(struct day *d, const struct desk_message *m,
                      const struct desk_object *o); /* a finding, back into the engine */
enum err record_settle(struct day *d);              /* what was done is in the registry */
enum err record_close(struct day *d);

/* ---- day_seats.c ---- */
void seats_init(struct day *d);
void seats_saved(struct day *d, const struct desk_object *o);
void seats_dispatch(struct day *d);
void seat_done(struct day *d, struct seat *s);
void seats_later(struct day *d, const struct seat *s,
                 int64_t at_us); /* what it has in hand is not worked on by its like before then */
bool seats_open(const struct day *d, const struct seat *s, int64_t at_us);

/* ---- scripts: begin takes an object in hand and returns how long it takes (0: nothing to be done); finish does it ---- */
struct script {
	int64_t (*begin)(struct day *d, struct seat *s, const struct desk_object *o);
	void (*finish)(struct day *d, struct seat *s, const struct desk_object *o);
};
extern const struct script intake_script, stop_script, leader_script, quality_script, appeals_script; /* day_police.c */
extern const struct script dissuasion_script, station_script; /* day_dissuade.c */
extern const struct script operator_script, bank_script;      /* day_houses.c */
int64_t intake_begin_call(struct day *d, struct seat *s);
void intake_finish_call(struct day *d, struct seat *s);
void message_heard(struct day *d, size_t i);   /* a message has left the desk */
void message_done(struct day *d, size_t i);    /* it takes effect */
void ai_call(struct day *d, uint64_t warning); /* day_dissuade.c */
void ai_heard(struct day *d, uint64_t warning);
void feed_back(struct day *d, const struct seat *s, uint64_t warning, uint32_t person, bool believed);

/* ---- day_people.c ---- */
bool people_believe(struct day *d, uint32_t person, enum day_habit how, uint64_t id, uint64_t n); /* and stop paying */
void people_spoken(struct day *d, uint32_t person);
void people_noticed(struct day *d, const struct desk_object *measure);
void people_verify(struct day *d, uint64_t id);
void people_object(struct day *d, uint64_t measure);
void people_call(struct day *d, uint32_t cs, int64_t at_us); /* a victim reports */

/* ---- day_figures.c ---- */
enum err figures(struct day *d);
void durations_spread(struct durations *x, struct day_spread *out);
bool durations_add(struct durations *x, int64_t s);
#endif
