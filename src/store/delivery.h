/* delivery.h - how each message of the desk fares on its way out: DIRECTORY/delivery.sqlite, synchronous=FULL.
 *
 * This does not follow from the journal: attempts, receipts and dead letters are facts of the world outside. A row a message and receiver: by the message's id, and by a number that is 0 but for what goes to several, where it is the organisation's. And how far the registry's
 * messages were taken over; both in one transaction, so that none is passed over and none is taken twice. When the file is lost, everything is taken over again with the same ids, and
 * receivers recognise what they have.
 *
 * Nothing here names a person: no text of a message, no identifier; what goes wrong is a code (DELIVERY_WHY_MAX). Any thread may call. */
#ifndef DUANKA_STORE_DELIVERY_H
#define DUANKA_STORE_DELIVERY_H
#include "base/buf.h"

enum delivery_state {       /* numbers are on disk */
	DELIVERY_WAITING = 1,   /* to be sent, or to be sent again */
	DELIVERY_SENT = 2,      /* the receiver has it; its answer is awaited */
	DELIVERY_RECEIPTED = 3, /* the receiver has said that it works on it */
	DELIVERY_DONE = 4,      /* carried out, refused, read, or overtaken by a later attempt: nothing more to do */
	DELIVERY_DEAD = 5,      /* given up; somebody may resend it */
	DELIVERY_SEAT = 6,      /* for the people of the desk: waits until it is read */
	DELIVERY_STATES = 7
};

enum { /* receivers that are no organisation (1 to 65535) */
	RECEIVER_NONE = 0,
	RECEIVER_SEATS = 65536
};

enum {
	DELIVERY_WHY_MAX = 64,
	DELIVERY_APPLICATION_MAX = 32,
	DELIVERY_RECEIPT_MAX = 64,
	DELIVERY_PAGE_MAX = 1000,
	DELIVERY_QUEUE_MAX = 100000
};

struct delivery_row {
	uint64_t id;   /* of the message */
	uint16_t copy; /* 0; of what goes to several, the organisation that this one was for */
	uint8_t kind;  /* enum desk_message_kind */
	enum delivery_state state;
	uint16_t organisation, district; /* of the message */
	uint32_t receiver;
	uint64_t object;
	uint32_t attempts; /* sent so often, polls not counted */
	uint32_t polls, receipts;
	int64_t next_us;                      /* when something is to be done; 0: nothing by itself */
	int64_t made_us, changed_us, sent_us; /* sent_us: 0 not yet */
	bool disclosed;                       /* the act that tells what was revealed to whom stands in the journal */
	char why[DELIVERY_WHY_MAX];           /* what went wrong last: "connect", "http-503", "return-200001"; "" nothing */
	char application[DELIVERY_APPLICATION_MAX + 1]; /* under which the receiver knows it; "" none */
	char receipt[DELIVERY_RECEIPT_MAX + 1];         /* the receiver's number for it; "" none */
};

struct delivery;
enum err delivery_open(struct delivery **out, const char *path, struct buf *why) MUST_CHECK;
void delivery_close(struct delivery *d); /* NULL is fine */

/* Takes over n new rows and notes that messages up to `taken` were looked at. Rows that are there already stay as they are. Rows of the same application that are on their way or dead are overtaken: done. */
enum err delivery_take(struct delivery *d, const struct delivery_row *row, size_t n, uint64_t taken) MUST_CHECK;
uint64_t delivery_taken(struct delivery *d); /* 0: nothing yet */
/* Replaces the rows as they are now, all or none, durably. Rows that are not there are passed over. */
enum err delivery_save(struct delivery *d, const struct delivery_row *row, size_t n) MUST_CHECK;
enum err delivery_load(struct delivery *d, uint64_t id, uint16_t copy,
                       struct delivery_row *out) MUST_CHECK; /* ERR_ABSENT */
/* The newest row of the application with this receiver. ERR_ABSENT. */
enum err delivery_of_application(struct delivery *d, struct text application, uint32_t receiver,
                                 struct delivery_row *out) MUST_CHECK;

/* Receivers that have something to be done, ascending, from `from` on. At most `most`. */
enum err delivery_receivers(struct delivery *d, uint32_t from, uint32_t most, uint32_t *receiver,
                            uint32_t *n) MUST_CHECK;
/* What is to be done for the receiver up to until_us, in order of time; at most `most`. */
enum err delivery_due(struct delivery *d, uint32_t receiver, int64_t until_us, uint32_t most, struct delivery_row *row,
                      uint32_t *n) MUST_CHECK;
/* When the next thing behind after_us is to be done for the receiver; INT64_MAX: nothing. */
enum err delivery_next(struct delivery *d, uint32_t receiver, int64_t after_us, int64_t *due_us) MUST_CHECK;
/* Of the messages of these kinds (bits) about the row's object to the row's receiver: whether there is a later one, and whether an earlier one of the kind `first` still waits. */
enum err delivery_neighbours(struct delivery *d, const struct delivery_row *row, uint64_t kinds, uint8_t first,
                             bool *later, bool *earlier) MUST_CHECK;

/* Zero: everything. */
struct delivery_query {
	uint32_t states; /* bits 1 << state; 0: all */
	uint64_t kinds;  /* bits; 0: all */
	uint32_t receiver;
	uint64_t object;
	bool of_organisation;
	uint16_t organisation;
	uint64_t before; /* what is older than this message and copy; 0: the newest */
	uint16_t before_copy;
};
/* Newest first. visit returns false to end. */
enum err delivery_list(struct delivery *d, const struct delivery_query *q, uint32_t most,
                       bool (*visit)(void *ctx, const struct delivery_row *r), void *ctx) MUST_CHECK;

struct delivery_counts {
	uint64_t in_state[DELIVERY_STATES];
};
enum err delivery_counts(struct delivery *d, struct delivery_counts *out) MUST_CHECK;
struct delivery_queue { /* of one receiver */
	uint64_t due,
		dead; /* due: something is to be done by itself, up to DELIVERY_QUEUE_MAX that are counted; dead letters, likewise */
	int64_t next_us; /* when the first; 0: nothing */
};
enum err delivery_queue(struct delivery *d, uint32_t receiver, struct delivery_queue *out) MUST_CHECK;
/* The newest row of the kind about the object. ERR_ABSENT. */
enum err delivery_of_object(struct delivery *d, uint64_t object, uint8_t kind, struct delivery_row *out) MUST_CHECK;
struct delivery_owed {
	uint64_t n, late;  /* late: made before late_us */
	int64_t oldest_us; /* 0: none */
};
/* Of the kind what has reached nobody yet: waiting, dead, or unread at the seats. */
enum err delivery_owed(struct delivery *d, uint8_t kind, int64_t late_us, struct delivery_owed *out) MUST_CHECK;
/* Rows that are done go when they have not changed since before_us; dead letters and seats' messages stay. */
enum err delivery_expire(struct delivery *d, int64_t before_us, uint32_t most, uint64_t *removed) MUST_CHECK;

const char *delivery_state_name(enum delivery_state s);
bool delivery_state_find(struct text name, enum delivery_state *out);
void delivery_receiver_name(uint32_t receiver, char out[16]); /* "17", "seats" */

#endif
