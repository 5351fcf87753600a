/* peer.h - institutions to test against: a bank and an operator as processes of their own, which answer like good, slow, wrong, double-answering, unreachable and lying ones.
 *
 * A peer is an HTTP server with a lock, a few hundred orders in memory, and a file of facts that survives kill -9: a line is appended and synced before anybody is answered, and a torn last
 * line is cut off at the start. What took effect, on which account or card and how often each order arrived can be printed (--report) and compared with what the service believes.
 * How it behaves follows from its seed, its manner and the order alone, not from the clock. A thread of its own brings feedback to the service, until it was taken.
 *
 * This is not the service's code and shares with it only the wire's codecs: a mistake in how orders are carried out can't hide on both sides. */
#ifndef DUANKA_PEER_PEER_H
#define DUANKA_PEER_PEER_H
#include <pthread.h>
#include "base/buf.h"
#include "gateway/wire_sign.h"

enum peer_manner {
	PEER_GOOD,
	PEER_SLOW,        /* answers after it was asked several times */
	PEER_WRONG,       /* mismatches, broken messages, return codes that say no */
	PEER_DOUBLE,      /* every answer twice, and before the order was acknowledged */
	PEER_UNREACHABLE, /* closes, refuses or hangs, in stretches */
	PEER_LYING,       /* says that it did what it did not, and the other way round; answers for others */
	PEER_MIX,         /* one of these for each order */
	PEER_MANNERS
};
extern const char *const peer_manner_names[]; /* NULL at the end */

enum {
	PEER_ORDERS_MAX = 100000,
	PEER_ID_MAX = 40,
	PEER_WORD_MAX = 24,
	PEER_SUBJECT_MAX = 64,
	PEER_BODY_MAX = 256 << 10,
	PEER_STRETCH = 4 /* requests in a stretch of being unreachable */
};

struct peer_order {
	char id[PEER_ID_MAX + 1];           /* application, or id of a command */
	char what[PEER_WORD_MAX + 1];       /* 100101, suspend */
	char subject[PEER_SUBJECT_MAX + 1]; /* account or phone */
	char original[PEER_ID_MAX + 1];     /* the order that this one is about; "" none */
	uint32_t arrivals, effects, polls;
	uint32_t to_tell; /* feedbacks still to be brought */
	int64_t at_us;    /* when it first came */
	bool told;        /* the service has taken one */
	uint64_t draw;    /* what its fate is drawn from */
};

struct peer_options {
	const char *listen, *state; /* ADDRESS:PORT; file of facts */
	const char *ready;          /* file that gets the address once it listens; NULL: none */
	const char *service, *key;  /* URL and API key for feedback; NULL: none is brought */
	const char *secret;         /* file */
	enum peer_manner manner;
	uint64_t seed;
	bool operator; /* else a bank */
};

struct peer {
	struct peer_options o;
	struct sign_secret secret;
	pthread_mutex_t lock;
	pthread_cond_t change; /* something to tell, or the end */
	int fd;
	uint32_t n, cap;
	struct peer_order *order;
	uint64_t requests;
	bool stop;
};

struct peer_answer {
	unsigned status; /* 0: the connection is closed without a word */
	const char *type;
	bool hang; /* for a while, and then close */
	struct buf body;
};

/* peer_state.c. Under p->lock; false: the file can't be written, which ends the process. */
bool peer_open(struct peer *p);
void peer_close(struct peer *p);
struct peer_order *peer_find(struct peer *p, struct text id); /* NULL */
/* An order that arrives. A new one has no arrivals yet, and the caller must accept it before it lets go of the lock. NULL: it can't be one. */
struct peer_order *peer_arrive(struct peer *p, struct text id, struct text what, struct text subject,
                               struct text original);
/* The order and what was done to its subject (NULL: nothing) become one fact. */
void peer_accept(struct peer *p, struct peer_order *o, const char *effect);
void peer_told(struct peer *p, struct peer_order *o);
void peer_report(const struct peer *p, struct buf *out);
/* How this order is treated: its manner, or one drawn for it. */
enum peer_manner peer_manner_of(const struct peer *p, const struct peer_order *o);
int64_t peer_now_us(void);

/* peer_http.c: runs until a signal. False after a message. */
bool peer_serve(struct peer *p);

/* What came in; signature and place were looked at. poll: a GET with these arguments. */
struct peer_request {
	bool poll;
	struct text body, id, code;
};
void bank_answer(struct peer *p, const struct peer_request *r, struct peer_answer *a);
/* The feedback to bring for the order; body is XML or JSON. False: nothing. */
bool bank_feedback(struct peer *p, const struct peer_order *o, struct buf *body);
/* peer_told.c: what it tells about an account or a customer (1003xx), from the order's draw alone. lie: 0 none, 1 it knows nothing, 2 another account, 3 movements of tomorrow. Allocates
 * m->row, which the caller frees. */
struct case_message;
void bank_tell(struct case_message *m, const struct peer_order *o, uint32_t lie);
void operator_answer(struct peer *p, const struct peer_request *r, struct peer_answer *a);
bool operator_feedback(struct peer *p, const struct peer_order *o, struct buf *body);

/* peer_caller.c: the thread that brings feedback. */
void *peer_caller(void *peer);

#endif
