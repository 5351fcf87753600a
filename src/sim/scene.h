/* scene.h - scenario files: which crimes happen in a simulated city, how often, and how each is done.
 *
 * A file is lines; # starts a comment. A block begins with `scam NAME "title"`, `phones KIND NAME "title"` or
 * `mules NAME "title"`, and goes on to the next. Every value may be written three times, `easy | medium | hard`: the dial
 * of difficulty chooses one. doc/scenarios.md is the reference; scenarios/city.scene the one that is built in. */
#ifndef DUANKA_SIM_SCENE_H
#define DUANKA_SIM_SCENE_H
#include "base/buf.h"

enum {
	SCENE_BYTES_MAX = 1 << 20,
	SCENE_BLOCKS_MAX = 64,
	SCENE_STEPS_MAX = 48,
	SCENE_NAME_MAX = 31,
	SCENE_TITLE_MAX = 95,
	SCENE_NEST_MAX = 4,
};

enum difficulty {
	EASY,
	MEDIUM,
	HARD,
	DIFFICULTIES
};

/* A closed range of integers: seconds, fen, per mille or a plain number, as the key says. */
struct range {
	int64_t lo, hi;
};
struct dial { /* one span a difficulty */
	struct range d[DIFFICULTIES];
};

enum block_kind {
	BLOCK_SCAM,
	BLOCK_PHONES,
	BLOCK_MULES
};
enum phones_kind {
	PHONES_SIMBOX,
	PHONES_NEWCARD,
	PHONES_SLEEPING,
	PHONES_GATEWAY,
	PHONES_BULKSMS,
	PHONES_IOT,
	PHONES_OPENING, /* agents and persons who open cards and accounts in series, for sale */
	PHONES_KINDS
};

/* Keys with a value a block: what they mean and in which unit is the table in scene.c and in doc/scenarios.md. */
enum scene_key {
	KEY_RATE, /* begun a day for every 100,000 people, in thousandths */
	KEY_FROM_DAY,
	KEY_UNTIL_DAY,
	KEY_CHANGE, /* per mille: that the gang goes on as the next harder column half-way */
	KEY_CARDS,
	KEY_CALLS,
	KEY_ACTIVE,  /* hours of the day */
	KEY_SESSION, /* how long a card works at a time, once a day */
	KEY_DAYS,
	KEY_TALK,
	KEY_ANSWERED,
	KEY_BACK,
	KEY_REPEAT,
	KEY_DEVICES,
	KEY_CELLS,
	KEY_FRIENDS,
	KEY_AGE,
	KEY_ROAMING,
	KEY_LEVELS,
	KEY_WIDTH,
	KEY_DWELL,
	KEY_KEEP,
	KEY_SPLIT,
	KEY_TEST,
	KEY_DORMANT,
	KEY_ORDINARY,
	KEY_VICTIMS,
	KEY_CASHOUT,
	KEY_BATCH,
	KEY_LENT,    /* per mille of the cards that are residents' own */
	KEY_CROOKED, /* per mille of the openings that the city's crooked outlet sells */
	KEY_CLERKS,  /* how many of that outlet's clerks do */
	KEY_NIGHT,   /* per mille of what they sell, after hours */
	KEY_REMOTE,  /* and without anybody coming */
	SCENE_KEYS
};
enum group {
	GROUP_MINOR,
	GROUP_STUDENT,
	GROUP_YOUNG,
	GROUP_ADULT,
	GROUP_ELDERLY,
	GROUP_FINANCE,
	GROUP_MERCHANT,
	GROUPS
};
enum typology {
	TYPOLOGY_PASS,
	TYPOLOGY_FAN_OUT,
	TYPOLOGY_FAN_IN,
	TYPOLOGY_SCATTER_GATHER,
	TYPOLOGY_GATHER_SCATTER,
	TYPOLOGY_CYCLE,
	TYPOLOGIES
};
enum outlet_way { /* how money leaves a mule network */
	WAY_ATM,
	WAY_COUNTER,
	WAY_GOLD,
	WAY_OUTSIDE,
	WAYS
};
enum from { /* who calls or texts a victim */
	FROM_OVERSEAS,
	FROM_SPOOFED,
	FROM_BOX,
	FROM_GATEWAY,
	FROM_NEWCARD,
	FROM_MOBILE, /* a phone of the gang's own */
	FROM_PORT,
	FROMS
};

enum step_op {
	STEP_CALL,   /* FROM TALK */
	STEP_SMS,    /* TEXT from FROM */
	STEP_WAIT,   /* DURATION */
	STEP_PAY,    /* AMOUNT to the mule account in use; `to new` takes another one */
	STEP_REFUND, /* per mille of the last payment, from the mule to the victim */
	STEP_REPEAT, /* N times, to END */
	STEP_END,
	STEP_QUIT,   /* per mille: the victim stops here */
	STEP_BORROW, /* AMOUNT: a lender pays the victim */
	STEP_LOGIN,  /* the victim's account is used on a new device */
	STEP_OPEN,   /* the victim opens an own account and moves the money there */
	STEP_CASH,   /* AMOUNT in cash, handed over */
	STEP_REPORT, /* per mille, after DURATION: ends the script for those who report */
	STEP_NIGHT,  /* waits for the next morning's first hour, so that a day's limit begins anew */
	STEP_OPS
};
enum amount {
	AMOUNT_FEN,
	AMOUNT_BALANCE, /* per mille of what the payer has */
	AMOUNT_LAST     /* per mille of the payment before */
};
struct scene_step {
	enum step_op op;
	enum from from;
	enum amount amount;
	bool to_new;
	uint8_t text;  /* of an SMS: index in city_text */
	uint16_t jump; /* REPEAT: its END; END: its REPEAT */
	struct dial a, b;
	uint32_t line;
};

struct scene_block {
	enum block_kind kind;
	enum phones_kind phones;
	char name[SCENE_NAME_MAX + 1];
	char title[SCENE_TITLE_MAX + 1];
	uint32_t line;
	struct dial key[SCENE_KEYS];
	bool given[SCENE_KEYS];
	uint16_t group[GROUPS]; /* weights of victims */
	uint16_t typology[TYPOLOGIES];
	uint16_t way[WAYS];
	uint8_t text; /* of PHONES_BULKSMS */
	struct scene_step step[SCENE_STEPS_MAX];
	uint32_t n_steps;
};

struct scene {
	struct scene_block block[SCENE_BLOCKS_MAX];
	uint32_t n_blocks;
};

/* Parses a file's text. Every mistake becomes a line `path:line:col: error: what is wrong; what would be right` in
 * errors, at most 20; false if there was any. */
bool scene_parse(struct scene *s, const char *path, struct text t, struct buf *errors);
/* The scenarios that are built in: scenarios/city.scene. */
struct text scene_default(void);

#endif
