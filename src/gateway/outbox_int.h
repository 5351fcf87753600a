/* outbox_int.h - shared by the outbox's files: outbox.c (turns, circuits, what a request led to), outbox_route.c (which message goes where), outbox_case.c (orders and feedback of the case
 * platform), outbox_command.c (commands, texts and receipts), outbox_answer.c (answers as commands of the desk). */
#ifndef DUANKA_GATEWAY_OUTBOX_INT_H
#define DUANKA_GATEWAY_OUTBOX_INT_H
#include <pthread.h>
#include "base/rng.h"
#include "gateway/outbox.h"

struct circuit { /* one receiver's */
	uint32_t receiver, failures, n_under_way;
	int64_t open_until_us; /* 0: closed */
	struct {
		uint64_t id, object; /* of a message; what it is about */
		uint8_t kind;
	} under_way[OUTBOX_AT_ONCE];
};

struct outbox_tally { /* counted by any thread, looked at by HTTP's, which must not wait */
	_Atomic uint64_t taken, sent, polls, answered, failures, dead, commands, refused, repeated, unknown;
};

struct outbox {
	struct outbox_options o;
	pthread_mutex_t lock; /* of rows that are read, changed and saved, and of the generator */
	struct rng rng;
	struct outbox_tally counts;
	_Atomic uint32_t n_circuits, n_under_way;
	struct circuit circuit[OUTBOX_RECEIVERS_MAX];
	int64_t expired_us;
	/* room of the turn's thread */
	struct desk_object object;
	struct desk_message message;
	struct case_message draft;
	struct buf plain;
	/* room of whoever answers, by answer_lock */
	pthread_mutex_t answer_lock;
	struct desk_object answered;
	struct desk_order order;
};

static inline int64_t outbox_now(struct outbox *o)
{
	return o->o.world.now_us(o->o.world.ctx);
}

/* What to do with a message once something came back. */
struct outbox_verdict {
	enum delivery_state state; /* DELIVERY_WAITING: send again after a wait */
	int64_t next_us;           /* of SENT and RECEIPTED: when to ask; 0: do not */
	const char *why;           /* "" nothing */
	bool told;                 /* a receipt */
	struct text receipt;       /* its number */
	bool attempted, polled, disclosed;
};

enum {
	OUTBOX_COPIES_MAX = TENANTS_MAX + 1
};

/* outbox_route.c */
/* To how many the message goes, and as which copies (see delivery.h): one, but for what several take. */
uint32_t outbox_copies(const struct config *c, const struct desk_message *m, uint16_t copy[OUTBOX_COPIES_MAX]);
/* The institution that reported or gave the clue; 0: none. And where the sealed words are by which a person who did can be reached; 0: nowhere. */
uint32_t outbox_reporter(const struct desk_object *object);
uint32_t outbox_contact(const struct desk_object *object);
/* Which row the message becomes as row->copy; object as of the message. receiver, state, application and next_us are set. */
void outbox_route(struct outbox *o, const struct config *c, const struct desk_message *m,
                  const struct desk_object *object, struct delivery_row *row);
const struct tenant *outbox_tenant(const struct config *c, uint32_t receiver); /* NULL: none, or without a connector */
uint32_t outbox_case_code(const struct delivery_row *row); /* 0: it is no message of the case platform */
bool outbox_is_question(uint8_t message_kind);             /* to a bank, about an account or a customer */
bool outbox_is_order(uint8_t message_kind);                /* a stop or a freeze: the desk itself tries again */
/* The phone of whom the message is about: its own, the object's, or that of a card of the person. kind 0: not known. */
struct desk_entity outbox_phone(struct outbox *o, const struct desk_message *m, const struct desk_object *object);

/* outbox_case.c, outbox_command.c: make the request's body. ERR_ABSENT: an identifier or text is gone; ERR_FORMAT: it can't be written; ERR_RANGE: only people can do it. */
enum err outbox_make_case(struct outbox *o, const struct config *c, const struct tenant *t,
                          const struct delivery_row *row, struct outbox_request *r) MUST_CHECK;
enum err outbox_make_command(struct outbox *o, const struct tenant *t, const struct delivery_row *row,
                             struct outbox_request *r) MUST_CHECK;
/* outbox_publish.c: the same of a publication. */
enum err outbox_make_publication(struct outbox *o, const struct config *c, const struct tenant *t,
                                 const struct delivery_row *row, struct outbox_request *r) MUST_CHECK;
/* Adds the name of a field that was revealed. */
void outbox_revealed(struct outbox_request *r, const char *field);
/* Reveals into o->plain (cleared) and notes the field. */
enum err outbox_reveal(struct outbox *o, struct outbox_request *r, const char *field, struct desk_entity e) MUST_CHECK;
enum err outbox_reveal_text(struct outbox *o, struct outbox_request *r, const char *field, uint32_t number) MUST_CHECK;

/* outbox_answer.c */
/* What the case platform's message means for the row's order; commands are told. ERR_FORMAT: it can't be an answer to it. */
enum err outbox_take_case(struct outbox *o, struct delivery_row *row, const struct case_message *m,
                          struct outbox_verdict *v) MUST_CHECK;
/* The order could not be brought to the bank: the desk tries again, or gives up. */
enum err outbox_tell_failed(struct outbox *o, const struct delivery_row *row) MUST_CHECK;
/* Whether the desk still wants it. An order, extension or renewal of what is over must not take effect at the bank any more: it could be an account's third stop, and no measure would stand in
 * the ledger. All else stands. */
enum err outbox_stands(struct outbox *o, uint8_t message_kind, uint64_t object, bool *stands) MUST_CHECK;
/* outbox_command.c: whether a message that is to be sent may be, by what else there is about its object. */
enum outbox_place {
	PLACE_NOW,
	PLACE_BEHIND,  /* an earlier lifting has not reached the receiver yet: behind it */
	PLACE_UNASKED, /* a text of publicity while nobody knows who refuses those */
	PLACE_OVER /* the desk does not want it any more: an order that is over, a restriction behind which another command came */
};
enum err outbox_place(struct outbox *o, const struct delivery_row *row, enum outbox_place *out) MUST_CHECK;
/* outbox_publish.c: the part of it about publications; *out stays as it is where nothing is in the way. */
enum err outbox_place_of_publication(struct outbox *o, const struct delivery_row *row,
                                     enum outbox_place *out) MUST_CHECK;
/* outbox_quiet.c: whether a message of this kind to this receiver is a short message to a person who reported; and until when one must wait for the hours and the number of a day that the desk's
 * warnings keep: 0: it need not. */
bool outbox_answers_person(const struct tenant *t, uint8_t kind);
enum err outbox_quiet_until(struct outbox *o, const struct delivery_row *row, int64_t *until_us) MUST_CHECK;
/* outbox_query.c: the answer to a question, or to its end; *code: what it comes to. Under answer_lock. */
enum err outbox_take_answer(struct outbox *o, const struct delivery_row *row, const struct case_message *m,
                            int64_t *code) MUST_CHECK;
/* outbox_report.c: a report (1004xx). *code and *remark: the reply. */
enum err outbox_take_report(struct outbox *o, uint16_t organisation, const struct case_message *m, int64_t *code,
                            const char **remark) MUST_CHECK;
/* outbox_receipt.c; ERR_RANGE: it does not fit. */
enum err outbox_take_receipt(struct outbox *o, struct delivery_row *row, const struct command_receipt *r,
                             struct outbox_verdict *v) MUST_CHECK;
/* Under o->answer_lock: tells o->order's command, under a key of the message and of what is told. */
enum err outbox_tell(struct outbox *o, uint64_t message, struct text what) MUST_CHECK;
void outbox_order(struct outbox *o, const struct desk_object *object, uint32_t step); /* begins o->order */

/* outbox.c */
/* NULL: more receivers than there may be organisations. */
struct circuit *outbox_circuit(struct outbox *o, uint32_t receiver);
/* Waits double with each failure, spread by a quarter, up to the most. */
int64_t outbox_wait(struct outbox *o, int64_t first_us, int64_t most_us, uint32_t failures);
/* Changes the row to what the verdict says, unless it is done already. */
enum err outbox_settle(struct outbox *o, uint64_t id, uint16_t copy, const struct outbox_verdict *v) MUST_CHECK;

#endif
