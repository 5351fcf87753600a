/* outbox.h - what the desk decided goes out: to banks, operators, senders of texts, and to the seats; and what they answer comes back as commands.
 *
 * The registry says which messages there are, delivery.h how each fares. outbox_turn takes over what is new, sends what is due, and says when the next thing is due; whatever comes back is
 * given to outbox_heard (the answer to a request) or to outbox_case and outbox_receipt (what an institution sends by itself). Both lead to the same functions: a message of the case
 * platform or a receipt becomes a command of role connector, journaled before the message counts as done, under an idempotency key made of the message's id and of what is told. So
 * an outbox that was killed anywhere sends the same message again under the same id, and hears the same answer again, and nothing happens a second time.
 *
 * Institutions do not wait for each other: each has its own queue by time, at most OUTBOX_AT_ONCE requests under way, and a circuit: after OUTBOX_TRIP failures in a row nothing is sent to it until
 * a pause is over, then one request tries. Waits double up to a maximum and are spread by a seeded generator.
 *
 * Identifiers, names and reasons are revealed while a request is made, after the act that says which fields go to whom stands in the journal; they are wiped with the request and stand nowhere else.
 *
 * This part knows no thread, socket or clock: those are the world's (outbox_thread.h in the service, tables in tests). */
#ifndef DUANKA_GATEWAY_OUTBOX_H
#define DUANKA_GATEWAY_OUTBOX_H
#include "gateway/desk_gate.h"
#include "gateway/refusals.h"
#include "gateway/wire_case.h"
#include "gateway/wire_command.h"
#include "gateway/wire_sign.h"
#include "store/delivery.h"

enum {
	OUTBOX_RECEIVERS_MAX = TENANTS_MAX + 1,
	OUTBOX_AT_ONCE = 8, /* requests to one institution */
	OUTBOX_ALL_AT_ONCE = 64,
	OUTBOX_TRIP = 3,
	OUTBOX_URL_MAX = 2 * CONNECTOR_URL_MAX,
	OUTBOX_ANSWER_MAX = CASE_BYTES_MAX,
	OUTBOX_FIELDS_MAX = 160 /* bytes of the names of revealed fields */
};

enum outbox_fate {
	OUTBOX_ANSWERED, /* status and answer are there */
	OUTBOX_CONNECT,  /* it could not be reached */
	OUTBOX_TIMEOUT,
	OUTBOX_TLS,
	OUTBOX_BROKEN /* the connection ended too early, or the answer was too large */
};

/* One request on its way: POST of a body, or GET if there is none; or a file of a spool. */
struct outbox_request {
	uint64_t id, object; /* of the message; what it is about */
	uint16_t copy;       /* see delivery.h */
	uint32_t receiver;
	uint8_t kind; /* of the message */
	bool poll;
	enum connector connector;
	char application[DELIVERY_APPLICATION_MAX + 1];  /* of the case platform's message: the answer has it too */
	char url[OUTBOX_URL_MAX], ca[CONNECTOR_URL_MAX]; /* of a spool: the file's path */
	char time[SIGN_TIME_BYTES], signature[SIGN_TEXT_BYTES];
	char from[256], to[256];     /* of an e-mail: its envelope */
	struct sign_secret password; /* with it; n 0: none. Wiped */
	const char *type;            /* of the body */
	int64_t timeout_us;
	struct buf body;                  /* holds what is personal: wiped */
	char revealed[OUTBOX_FIELDS_MAX]; /* names of the fields in it that were revealed: "account,account_name" */
	/* what became of it */
	enum outbox_fate fate;
	int status;
	struct buf answer;
};

struct outbox_transfer {
	struct text payer, payee; /* plain, as the bank wrote them */
	int64_t time_us, amount_fen;
	unsigned char key[RECORD_KEY_BYTES];
};

struct outbox_world {
	void *ctx;
	int64_t (*now_us)(void *ctx);
	/* Sends it; outbox_heard is told later, on the thread of outbox_turn, and never from within. ERR_CAP: not now. */
	enum err (*send)(void *ctx, struct outbox_request *r);
	/* Journals commands and waits for what came of them (desk_gate_do). */
	enum err (*tell)(void *ctx, struct desk_order *o, uint32_t n);
	/* The identifier behind a token, appended. ERR_ABSENT: erased, or never known. */
	enum err (*reveal)(void *ctx, struct desk_entity e, struct buf *plain);
	/* A sealed text, appended. ERR_ABSENT as above. */
	enum err (*text)(void *ctx, const unsigned char ref[DESK_REF_BYTES], struct buf *plain);
	/* Seals a text; its reference into ref. */
	enum err (*keep)(void *ctx, struct text plain, unsigned char ref[DESK_REF_BYTES]);
	/* The token of an identifier that an institution told, and its plain form into the dictionary. ERR_FORMAT: not one of this kind. */
	enum err (*token)(void *ctx, uint8_t desk_kind, struct text plain, struct token *out);
	/* Movements that a bank told become transfers of the journal, those that are events by the schema; each at most once by its key. *taken: how many are events now, here or before. */
	enum err (*transfers)(void *ctx, uint16_t organisation, const struct outbox_transfer *t, uint32_t n,
	                      uint32_t *taken);
	/* Journals that the fields of these n requests go to their receivers. */
	enum err (*disclose)(void *ctx, struct outbox_request *const *r, uint32_t n);
	/* The secret of the organisation's signatures. */
	enum err (*secret)(void *ctx, const struct tenant *t, struct sign_secret *out);
	/* Whether this phone wants no texts of publicity now, as far as anybody knows. */
	enum err (*refuses)(void *ctx, struct token phone, enum refusal *out);
};

struct outbox_options {
	struct registry *registry;
	struct delivery *delivery;
	struct live *live;
	const struct hash_key *key; /* for idempotency keys */
	struct outbox_world world;
	uint64_t seed; /* of the spread of waits */
};

struct outbox_counts {
	uint64_t taken, sent, polls, answered, failures, dead, commands, refused, repeated, unknown, open_circuits,
		under_way;
};

struct outbox;
/* registry, delivery, live and world are borrowed. */
enum err outbox_new(struct outbox **out, const struct outbox_options *o) MUST_CHECK;
void outbox_free(struct outbox *o); /* nothing may be under way; NULL is fine */
/* Takes over, sends. *next_us: when to call again at the latest; INT64_MAX: when something is committed. On error what was done stays, and the rest is done by the next call. */
enum err outbox_turn(struct outbox *o, int64_t *next_us) MUST_CHECK;
/* What came of a request; releases it. */
void outbox_heard(struct outbox *o, struct outbox_request *r);
void outbox_request_free(struct outbox_request *r); /* NULL is fine */

/* From other threads: what an institution sends by itself. `organisation` sent it (the caller has made sure). reply is started as the Response to m; its strings point into m or are constants. Reports
 * (1004xx) become clues, by the key of their serial number. ERR_OK: reply says what came of it. Anything else: not now, nothing was noted. */
enum err outbox_case(struct outbox *o, uint16_t organisation, const struct case_message *m,
                     struct case_message *reply) MUST_CHECK;
/* ERR_ABSENT: it has no such message; ERR_RANGE: the result does not fit the message. */
enum err outbox_receipt(struct outbox *o, uint16_t organisation, const struct command_receipt *r) MUST_CHECK;

/* A dead letter, or one that waits, is sent again at once, as its settings now are: the caller has journaled who wants it and why. ERR_ABSENT; ERR_RANGE: it is under way, done, or for the seats. */
enum err outbox_resend(struct outbox *o, uint64_t id, uint16_t copy) MUST_CHECK;
/* A message for the seats was read. ERR_ABSENT; ERR_RANGE: not one for the seats. Reading twice is fine. */
enum err outbox_read(struct outbox *o, uint64_t id, uint16_t copy) MUST_CHECK;
/* The phone of whom an object is about: `about` if that is one, the object's own, or that of the newest card of the person. kind 0: not known. */
struct desk_entity outbox_phone_of(struct registry *r, struct desk_entity about, const struct desk_object *x);
/* How it stands with a receiver; zero: nothing was sent to it yet. Any thread; it may be a moment old. */
struct outbox_circuit_state {
	uint32_t failures, under_way; /* failures: in a row */
	int64_t open_until_us;        /* nothing is sent until then; 0: closed */
};
void outbox_circuit_of(struct outbox *o, uint32_t receiver, struct outbox_circuit_state *out);
void outbox_counts(struct outbox *o, struct outbox_counts *out);
void outbox_metrics(struct outbox *o, struct buf *b);

#endif
