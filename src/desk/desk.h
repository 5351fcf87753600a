/* desk.h - the interpreter of the desk's machines: (objects, command) -> (objects, messages), without I/O, clock or allocation.
 *
 * One record of the journal after the other is applied in order: a command (desk_apply), an alert (desk_alert), the passing of time (desk_tick). Whether a command is
 * accepted follows from the records before it alone. The path of a command is one function, desk.c's take_step:
 *   machine and step known? object there? version? user active? internal? state? role and scope? fields? four eyes?
 *   -> fields merged, state set, the step's rule: guard and consequences -> head brought up to date
 * Consequences may make or step other objects; all of that is worked out on copies (struct desk's work area) and reaches the world only when everything was accepted. A
 * refused command has written nothing.
 *
 * Time: the desk's clock is the highest time of any record so far and never goes back. Before a record is applied, all timers due up to its time are taken
 * in order of (due, id, timer), each at its own due time. So a limit is exact to the microsecond however rarely ticks come, and a command at the very due time comes after the timer.
 *
 * The world (a function table) is SQLite in the service and arrays in tests. Ownership: struct desk is the caller's memory (large: do not put it on a stack); it borrows the world. */
#ifndef DUANKA_DESK_DESK_H
#define DUANKA_DESK_DESK_H
#include "desk/command.h"

enum {
	DESK_ID_SHIFT = 16,                   /* id = position << 16 | n: the n-th object (from 0) that this record made */
	DESK_PER_RECORD = 1 << DESK_ID_SHIFT, /* objects made, and messages sent, by one record */
	DESK_TOUCHED_MAX = 40,                /* objects that one step and its consequences change */
	DESK_MESSAGES_MAX = 64,               /* messages of one step and its consequences */
	DESK_DEPTH_MAX = 5,                   /* consequence of a consequence of ... */
	DESK_PROPOSALS_MAX = 16, /* cards, and accounts, of a person that one step makes proposals about: the newest */
	DESK_ABOUT_MAX = 64      /* objects about one subject that a rule looks through, newest first */
};
#define DESK_USER_FIRST ((uint64_t)1 << DESK_ID_SHIFT)
enum {                        /* below it are keys of the service, and, never given to a key: */
	DESK_USER_PUBLIC = 65534, /* whoever uses the public's pages */
	DESK_USER_OUTBOX = 65535, /* what institutions answer */
	DESK_USER_KEYS_MAX = DESK_USER_PUBLIC - 1
};

/* due_us: 0 = not set. Grade: 0 blue, 1 yellow, 2 red, 3 purple where the kind has one. */
struct desk_object {
	uint8_t kind, state;
	uint8_t grade;
	uint16_t organisation, district; /* who works on it; 0: nobody in particular */
	uint32_t version; /* from 1; one more with each step that changed it, several steps of one record included */
	uint64_t id;
	struct desk_entity subject; /* never changes once made */
	struct desk_entity also;    /* a second key to find it by: holder, phone of a person warned */
	int64_t made_us, changed_us;
	uint64_t made_by, proposer, approver; /* users; 0: system or nobody */
	int64_t due_us[DESK_TIMERS_MAX];
	uint64_t has;                            /* bits of fields that have a value */
	union desk_value value[DESK_FIELDS_MAX]; /* zero where not */
};

/* How an object came to be as it is: one row of history for each object saved. */
struct desk_trace {
	uint64_t position;
	int64_t time_us;
	uint8_t step;   /* the last one */
	uint8_t before; /* state before the record; 0: made */
	uint64_t user;
	uint32_t roles;
	uint16_t organisation;
	uint64_t cause; /* object whose step had this as a consequence; 0: the command itself, an alert, or a timer */
};

/* What leaves the desk. X(NAME, number, name, to whom / what) Numbers are on disk. */
#define DESK_MESSAGES(X)                                                                         \
	X(BANK_STOP, 1, "bank-stop", "100101: stop the account")                                     \
	X(BANK_STOP_RELEASE, 2, "bank-stop-release", "100103: release the stop")                     \
	X(BANK_STOP_EXTEND, 3, "bank-stop-extend", "100105: extend the stop")                        \
	X(BANK_FREEZE, 4, "bank-freeze", "100201: freeze")                                           \
	X(BANK_FREEZE_RELEASE, 5, "bank-freeze-release", "100203: release the freeze")               \
	X(BANK_FREEZE_RENEW, 6, "bank-freeze-renew", "100205: renew the freeze")                     \
	X(BANK_LIMIT, 7, "bank-limit", "limit non-counter business")                                 \
	X(BANK_COUNTER_ONLY, 8, "bank-counter-only", "suspend non-counter outflow")                  \
	X(BANK_VERIFY, 9, "bank-verify", "verify the holder's identity again")                       \
	X(BANK_RESTORE, 10, "bank-restore", "lift the limits at once")                               \
	X(OPERATOR_VERIFY, 11, "operator-verify", "verify the holder of the card again")             \
	X(OPERATOR_BAR, 12, "operator-bar-outgoing", "no outgoing calls and messages")               \
	X(OPERATOR_SUSPEND, 13, "operator-suspend", "suspend the card")                              \
	X(OPERATOR_RESTORE, 14, "operator-restore", "lift bar and suspension at once")               \
	X(OPERATOR_HELP, 15, "operator-help", "hold a victim's line for a short while")              \
	X(SMS, 16, "sms", "warning message to the person")                                           \
	X(AI_CALL, 17, "ai-call", "automatic warning call")                                          \
	X(DISPATCH, 18, "dispatch", "a visit is due: station and grid of the district")              \
	X(NOTICE, 19, "notice", "to the person: measure, basis, reason, end, how to object")         \
	X(ALARM, 20, "alarm", "to the seats and their leader: something is late or about to end")    \
	X(PROPOSAL, 21, "proposal", "to the seats: a measure is proposed about this object")         \
	X(LABEL, 22, "label", "to the engine: rule and entity were right or wrong")                  \
	X(RECEIPT, 23, "receipt", "to who reported or objected: received, and its number")           \
	X(FEEDBACK, 24, "feedback", "to who reported, gave a clue or objected: what became of it")   \
	X(DISCIPLINE, 25, "discipline", "to banks, operators and the credit database: listed")       \
	X(DISCIPLINE_END, 26, "discipline-end", "to the same: no longer listed")                     \
	X(INTERNET_CHECK, 27, "internet-check", "to internet services: check accounts on this card") \
	X(BANK_HOLDER, 28, "bank-holder", "100303: who holds the account")                           \
	X(BANK_MOVEMENTS, 29, "bank-movements", "100301: its movements")                             \
	X(BANK_FOLLOW, 30, "bank-follow", "100305: its movements from now on")                       \
	X(BANK_FOLLOW_END, 31, "bank-follow-end", "100307: no more of them")                         \
	X(BANK_ACCOUNTS, 32, "bank-accounts", "100309: all accounts of the customer")                \
	X(BANK_LIST, 33, "bank-list", "100501: to all banks: involved, as a hash")                   \
	X(PUBLISH, 40, "publish", "to a channel: show a material, or take it down")                  \
	X(BULLETIN, 41, "bulletin", "to all outlets and seats: a new method")

enum desk_list { /* which list of the case platform: detail of BANK_LIST */
	DESK_LIST_WHITE = 0,
	DESK_LIST_BLACK = 1,
	DESK_LIST_GREY = 2
};

enum desk_message_kind {
#define X(name, number, text, what) DESK_MESSAGE_##name = number,
	DESK_MESSAGES(X)
#undef X
	DESK_MESSAGE_KINDS
};

struct desk_message {
	uint64_t id; /* position << 16 | n: the idempotent key of the outbox row */
	uint8_t kind;
	uint8_t
		detail; /* ALARM: number of the timer + 1, 0 another reason; LABEL: 1 right, 2 wrong; BANK_STOP, BANK_FREEZE: attempt from 0; PROPOSAL: enum desk_measure; BANK_LIST: enum desk_list */
	uint16_t organisation, district; /* addressee; 0: not one of these */
	uint64_t object;                 /* whose fields, as of version, are the content */
	uint32_t version;
	struct desk_entity about; /* LABEL: who was alerted; SMS, AI_CALL: the phone if known */
	struct desk_code rule;    /* LABEL */
	int64_t time_us;
};

struct desk_due {
	int64_t due_us;
	uint64_t id;
	uint8_t timer;
};

/* Functions return ERR_OK, ERR_ABSENT where said, or what the storage failed with; the latter ends the record's application, and the caller rolls its transaction back. */
struct desk_world {
	void *ctx;
	enum err (*load)(void *ctx, uint64_t id, struct desk_object *out); /* ERR_ABSENT */
	/* The object of the kind with the highest id below `before` whose subject or also is e. ERR_ABSENT: none. */
	enum err (*about)(void *ctx, uint8_t kind, struct desk_entity e, uint64_t before, uint64_t *id);
	/* The first in order of (due, id, timer) with 0 < due <= until. ERR_ABSENT: none. */
	enum err (*due)(void *ctx, int64_t until_us, struct desk_due *out);
	/* Inserts or replaces, timers and keys with it, and adds the row of history. */
	enum err (*save)(void *ctx, const struct desk_object *o, const struct desk_trace *t);
	enum err (*send)(void *ctx, const struct desk_message *m);
};

struct desk_outcome {
	enum desk_refusal refusal;
	uint8_t field;   /* FIELD_*: which */
	uint8_t state;   /* after the step (an end that had passed already comes later); as it is, when refused */
	uint64_t object; /* the one made or stepped; 0 if there is none */
	uint32_t version;
	uint32_t touched, messages; /* written by this step and its consequences, timers before it not counted */
};

struct desk_touched {
	bool dirty;
	uint64_t cause;
	uint8_t before, step;
	struct desk_object object;
};

struct desk { /* all fields are desk*.c's own; others read limits and now_us */
	const struct desk_world *world;
	struct desk_limits limits;
	int64_t now_us;
	uint64_t position;
	uint32_t n_made, n_sent; /* of this record */
	/* the work area of one step with its consequences */
	enum err err;
	bool overdue; /* something was written whose time had passed already */
	bool deep;    /* a maximum of the work area was met */
	uint8_t bad_field;
	uint32_t n_touched, n_messages, n_made_before;
	struct desk_touched touched[DESK_TOUCHED_MAX];
	struct desk_message message[DESK_MESSAGES_MAX];
	struct desk_object peeked;
	struct desk_command timer_command;
	/* counted */
	uint64_t refused, accepted, fired, postponed;
	uint64_t unfit; /* timers whose step was refused: a mistake of a machine; the seats get an alarm */
};

/* An alert as the desk needs it; made by the projector from the engine's alert. */
struct desk_alert {
	uint64_t position; /* of the event */
	int64_t time_us;
	uint8_t measure;                 /* enum desk_measure (measure.h) that the rule proposes */
	uint8_t basis;                   /* enum desk_basis (measure.h); 0: the rule names one that the desk doesn't know */
	uint8_t grade;                   /* 0 blue .. 3 purple */
	bool fund;                       /* money is moving: a fund warning; else a contact warning */
	struct desk_entity about;        /* whom the measure is about */
	struct desk_entity person;       /* who holds it, if known */
	struct desk_entity phone;        /* how to reach them, if known */
	uint16_t organisation, district; /* 0: not known */
	struct desk_code rule;
	uint8_t scam; /* enum in incident.h; 0: not known */
	struct desk_positions evidence;
};

/* Sets up an empty desk under the usual limits. now_us: the time stored with the registry's position; 0 for a new one. */
void desk_init(struct desk *d, const struct desk_world *w, int64_t now_us);
/* Loads the changed limits from the world. Call once after desk_init. */
enum err desk_start(struct desk *d) MUST_CHECK;

/* Positions never go back; several calls at one position number their objects on. A transaction of the caller ends only between positions.
 * ERR_OK: applied, or refused as the outcome says. Anything else: the world failed, roll back; d must be set up anew. */
enum err desk_apply(struct desk *d, uint64_t position, int64_t time_us, const struct desk_command *c,
                    struct desk_outcome *out) MUST_CHECK;
enum err desk_alert(struct desk *d, const struct desk_alert *a, struct desk_outcome *out) MUST_CHECK;
/* Takes all timers due up to time_us. When one record makes DESK_PER_RECORD objects, what is still due waits for the next record (counted: postponed). */
enum err desk_tick(struct desk *d, uint64_t position, int64_t time_us) MUST_CHECK;

/* Whether one of the roles reaches the object: everything, or what is of the organisation, of the district, or made by the user. Who takes
 * steps and who reads are held to it alike. */
bool desk_in_scope(uint32_t roles, const struct desk_object *o, uint64_t user, uint16_t organisation,
                   uint16_t district);
/* The same of a step: some take all objects, whosever they are. */
bool desk_step_reaches(const struct desk_step *s, uint32_t roles, const struct desk_object *o, uint64_t user,
                       uint16_t organisation, uint16_t district);
/* Order of work for a seat: ascending. Grade first, then what is due first (to 1.05 s), then the older one (to 8.4 s); never negative. Ties: by id. */
int64_t desk_next(const struct desk_object *o);
/* The same local time (UTC+8) n calendar months later; the last day of the month where the day doesn't exist. */
int64_t desk_months_after(int64_t us, int64_t n);
/* Midnight at which the local day (UTC+8) of that instant began. */
int64_t desk_day(int64_t us);
/* "W-8192" */
void desk_id_print(struct buf *b, uint32_t kind, uint64_t id);
enum err desk_id_parse(struct text t, uint32_t *kind, uint64_t *id) MUST_CHECK; /* ERR_FORMAT */

/* An object as what another one is about: found by it like by a phone. */
static inline struct desk_entity desk_thing(uint64_t id)
{
	return (struct desk_entity){ DESK_THING, { { 0, id } } };
}
static inline bool desk_has(const struct desk_object *o, uint32_t field)
{
	return o->has >> field & 1;
}
static inline int64_t desk_i(const struct desk_object *o, uint32_t field) /* 0 where missing */
{
	return o->value[field].i;
}
static inline uint64_t desk_id(const struct desk_object *o, uint32_t field) /* 0 where missing */
{
	return o->value[field].id;
}

#endif
