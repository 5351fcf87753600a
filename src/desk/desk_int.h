/* desk_int.h - what the rules of the machines are written with: the turn, that is one step being taken, and what it may do.
 *
 * Everything here works on the desk's work area. When a rule returns anything but DESK_OK the whole command is refused and nothing of this was written; a rule need not tidy up.
 * Pointers to working copies stay valid until the command ends; a peeked object only until the next peek. */
#ifndef DUANKA_DESK_DESK_INT_H
#define DUANKA_DESK_DESK_INT_H
#include "base/clock.h"
#include "desk/desk.h"
#include "desk/measure.h"

#define F(field) ((uint64_t)1 << (field))
#define S(state) (1u << (state))
#define R(role) (1u << (ROLE_##role))
#define S_NEW 1u /* state 0: not made yet */
/* Everybody who works on the desk in the centre. */
#define R_CENTRE (R(INTAKE) | R(STOP_SEAT) | R(DISSUASION) | R(ANALYST) | R(LEADER) | R(DISPATCHER))

struct desk_turn {
	struct desk *d;
	const struct desk_machine *m;
	const struct desk_step *s;
	const struct desk_command *c;  /* who, and what was given */
	struct desk_object *o;         /* fields given are in it, and the new state where the table names one */
	const struct desk_object *was; /* the object before the step; all zero when it is being made */
	int64_t now;
	uint8_t before; /* state before the step; 0: it is being made */
	uint32_t depth;
};

static inline bool turn_given(const struct desk_turn *t, uint32_t field)
{
	return t->c->given >> field & 1;
}
static inline int64_t turn_limit(const struct desk_turn *t, uint32_t limit)
{
	return t->d->limits.value[limit];
}
/* No person did this: a timer, or an alert. */
static inline bool turn_automatic(const struct desk_turn *t)
{
	return (t->c->roles & R(SYSTEM)) != 0;
}

void desk_set_i(struct desk_object *o, uint32_t field, int64_t v);
void desk_set_id(struct desk_object *o, uint32_t field, uint64_t id);
void desk_copy(struct desk_object *to, uint32_t to_field, const struct desk_object *from, uint32_t field);
void desk_unset(struct desk_object *o, uint32_t field);
struct desk_entity desk_entity_of(const struct desk_object *o, uint32_t field); /* kind 0: not there */

/* The object as it stands in this turn. NULL: there is none, or the world failed (d->err). Valid until the next peek. */
const struct desk_object *turn_peek(struct desk_turn *t, uint64_t id);
/* The newest object of the kind about e with an id below `before`; 0: none. */
uint64_t turn_about(struct desk_turn *t, uint32_t kind, struct desk_entity e, uint64_t before);
/* The newest one that is not in a final state, and is not the turn's own; 0: none among the newest DESK_ABOUT_MAX. */
uint64_t turn_open_about(struct desk_turn *t, uint32_t kind, struct desk_entity e);

/* A consequence: fill in c with desk_give_*, then take the step. made: id of the object (made or stepped); may be NULL. */
void turn_command(struct desk_turn *t, struct desk_command *c, uint32_t kind, uint32_t step, uint64_t object);
enum desk_refusal turn_do(struct desk_turn *t, const struct desk_command *c, uint64_t *made) MUST_CHECK;
/* A step without fields. */
enum desk_refusal turn_step(struct desk_turn *t, uint32_t kind, uint32_t step, uint64_t object) MUST_CHECK;
/* Copies a field of the turn's object into c, if it has a value. */
void turn_give(const struct desk_turn *t, struct desk_command *c, uint32_t field, uint32_t from);

void turn_timer(struct desk_turn *t, uint32_t timer, int64_t at_us); /* 0 clears it */
/* at - ahead, unless that has passed. */
void turn_ahead(struct desk_turn *t, uint32_t timer, int64_t at_us, int64_t ahead_us);
/* A message whose content is the turn's object. If there are too many the command will be refused. */
struct desk_message *turn_send(struct desk_turn *t, enum desk_message_kind kind, uint32_t detail);

/* Texts to people (texting.c): `at`, or the first moment after it at which the hours allow one. */
int64_t turn_text_hour(const struct desk_turn *t, int64_t at);
/* Whether the number has had its texts on the day of `at`: a warning asks for warnings, everything else for both. */
bool turn_texted(struct desk_turn *t, struct desk_entity phone, int64_t at);

/* Refuses for want of a field. */
enum desk_refusal turn_missing(struct desk_turn *t, uint32_t field) MUST_CHECK;
/* A rule: nothing but a message to the seats, naming the timer whose step this is. */
enum desk_refusal turn_alarm(struct desk_turn *t);

/* A rule for steps that make: refuses a second open object about the subject, and one without a subject. */
enum desk_refusal desk_only_one(struct desk_turn *t);

/* The ledger (measure.c). */
struct imposed {
	uint32_t measure;
	int64_t end_us;
	uint32_t basis, evidence, reason; /* fields of the turn's object: CHOICE, POSITIONS, REF (0: none) */
	int64_t start_us;                 /* 0: now */
	int64_t notice_us;                /* 0: the notice goes out now */
	bool ordered;     /* actor and approver are the object's proposer and approver; else the actor is the user */
	bool automatic;   /* a time limit, nobody in particular */
	bool late_papers; /* carried out first, the approver is still to come */
};
/* Enters a measure about the turn's object; its id goes into `field`. subject and holder come from the object's keys. */
enum desk_refusal turn_impose(struct desk_turn *t, uint32_t field, const struct imposed *i) MUST_CHECK;
/* Ends the measure in `field`, if it is in force, and empties the field. */
enum desk_refusal turn_end_measure(struct desk_turn *t, uint32_t field, enum measure_cause cause) MUST_CHECK;

/* The object that stands for an account or a card, registered if there is none yet (account.c, card.c). 0: refused or failed. */
enum desk_refusal turn_account(struct desk_turn *t, struct desk_entity account, uint32_t bank, uint64_t *id) MUST_CHECK;
/* Proposals about the other open cards and accounts of a person, never more than that (card.c). */
enum desk_refusal turn_propose_others(struct desk_turn *t, struct desk_entity person) MUST_CHECK;

/* The path of one step (desk.c). depth 0: a command from outside, more: a consequence, or a timer's or an alert's step. *out: the object, once it is known. */
enum desk_refusal desk_take_step(struct desk *d, const struct desk_command *c, int64_t now, uint32_t depth,
                                 uint64_t cause, struct desk_object **out) MUST_CHECK;

/* For alerts (alert.c): the same, outside of a turn. */
const struct desk_object *desk_peek(struct desk *d, uint64_t id);
uint64_t desk_about(struct desk *d, uint32_t kind, struct desk_entity e, uint64_t before);
uint64_t desk_open_about(struct desk *d, uint32_t kind, struct desk_entity e, uint64_t but);
enum err desk_pass_time(struct desk *d, uint64_t position, int64_t time_us) MUST_CHECK;
/* What the system does by itself, at the present position and time. */
enum err desk_apply_system(struct desk *d, const struct desk_command *c, struct desk_outcome *out) MUST_CHECK;

void desk_table_check(const struct desk_machine *m); /* CHECKs what every table must fulfil */

#endif
