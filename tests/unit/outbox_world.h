/* outbox_world.h - the outbox between a real desk on a real registry and institutions that are tables here; the clock stands still until the test moves it.
 *
 * The world journals nothing: a command is applied at once, at the next position, and answered again for the same key. So what is looked at is the outbox alone. */
#ifndef DUANKA_TESTS_OUTBOX_WORLD_H
#define DUANKA_TESTS_OUTBOX_WORLD_H
#include "base/clock.h"
#include "base/rng.h"
#include "gateway/outbox.h"
#include "tests/unit/desk_world.h"

enum {
	KEYS_MAX = 512,
	FLYING_MAX = 128,
	MOVED_MAX = 64,
	WORDS_MAX = 64,
	KEPT = 1,    /* second byte of a reference: words that the outbox kept */
	A_PHONE = 2, /* a number in one of two spellings; the first byte tells which number */
	BANK = 7,
	OTHER = 8,
	OPERATOR = 9,
	SENDER = 10
};

struct moved { /* a transfer that the journal would have */
	unsigned char key[RECORD_KEY_BYTES];
	int64_t time_us, amount_fen;
	char payer[64], payee[64];
};

struct outbox_test {
	char folder[64];
	struct registry *registry;
	struct delivery *delivery;
	struct live *live;
	struct outbox *outbox;
	struct desk *desk;
	uint64_t position;
	int64_t now, next;
	struct hash_key key;
	struct {
		unsigned char key[RECORD_KEY_BYTES];
		uint16_t organisation;
		uint64_t position;
		struct desk_outcome outcome;
	} told[KEYS_MAX];
	uint32_t n_told, n_flying, n_acts, n_words;
	struct outbox_request *flying[FLYING_MAX];
	char acts[4096];
	enum err tell_fails, act_fails;
	uint32_t n_moved;
	struct moved moved[MOVED_MAX];
	char words[WORDS_MAX][64];
	bool erased;          /* no identifier can be revealed */
	struct token refused; /* this phone wants no texts */
	bool no_refusals;     /* the policy has no list of who wants none */
	enum err refusals_fail;
};
extern struct outbox_test w;

int set_up(void **state);
int tear_down(void **state);
void restart(void); /* as after kill -9: what is under way is forgotten, the files stay */
struct desk_outcome applied(const struct desk_command *c);
void tick(int64_t us);
/* Begins a command: user 100 + role; of bank and operator desks their organisation. */
struct desk_command *say_to(enum desk_kind kind, uint32_t step, uint64_t object, enum desk_role role);
uint64_t done(const struct desk_command *c);             /* asserts that it is accepted */
uint64_t stop_order_at(uint64_t account, uint16_t bank); /* drafted and approved */
struct desk_object object(uint64_t id);
void turn(void);
struct outbox_request *to(uint32_t receiver);              /* under way to it; NULL: none */
bool holds(const struct outbox_request *r, const char *z); /* its body */
void back(struct outbox_request *r, enum outbox_fate fate, int status, const char *body);
/* A message of the case platform; static. */
const char *message(const char *root, const char *code, uint64_t id, char letter, const char *fields);
#define TAKEN "<ReturnCode>100000</ReturnCode><RequestState>12</RequestState>"
#define STOPPED \
	"<ReturnCode>100000</ReturnCode><RequestState>42</RequestState><Result>0000</Result><StartTime>20260301080000</StartTime>"
#define DIFFERS "<ReturnCode>100000</ReturnCode><RequestState>42</RequestState><Result>0001</Result>"
int64_t told_by_itself(uint16_t bank, const char *xml); /* return code of the reply */
struct delivery_row row_of(uint64_t id, uint8_t kind);  /* the newest message of the kind about the object */

#endif
