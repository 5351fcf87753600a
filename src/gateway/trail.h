/* trail.h - where money went, level by level, as arithmetic: no journal, no clock.
 *
 * The account that is asked about is level 0. Money is followed out of an account from its `since` on: of level 0
 * that is where the question begins; of any other the first transfer that is followed into it from the level before.
 * Whom the transfers out of level k pay, and who is in no level yet, is level k + 1. For each account, from its
 * `since` on, whoever the other side is: what came in, what went out by transfer, what was taken in cash. What these
 * leave, in - out - cash, is what is left by known transfers: not the balance, of which nobody told. All in fen,
 * exact.
 * Times are compared with "not before": banks tell whole seconds, and which of two in one second came first nobody
 * knows. TRAIL_EDGES_MAX transfers are followed: when a level has more, its largest. Then, and when a sum would not
 * fit into 64 bits, `truncated` is set. */
#ifndef DUANKA_GATEWAY_TRAIL_H
#define DUANKA_GATEWAY_TRAIL_H
#include "base/err.h"
#include "event/event.h"

enum {
	TRAIL_EDGES_MAX = 2000,
	TRAIL_ACCOUNTS_MAX = TRAIL_EDGES_MAX + 1,
	TRAIL_LEVELS_MAX = 5, /* behind level 0 */
	TRAIL_SLOTS = 8192,   /* a power of two above twice the accounts */
	TRAIL_HELD_MAX = 2 * TRAIL_EDGES_MAX
};

struct trail_account {
	struct token token;
	char shown[IDENT_SHOWN_BYTES];
	uint8_t level;
	int64_t since_us;
	int64_t in_fen, out_fen, cash_fen, left_fen;
	int64_t followed_fen; /* of in: by transfers of this trail */
};
struct trail_move { /* a transfer, or cash out of payer */
	struct token payer, payee;
	char payer_shown[IDENT_SHOWN_BYTES], payee_shown[IDENT_SHOWN_BYTES];
	bool cash;
	int64_t amount_fen; /* what is not above 0 moves nothing */
	int64_t time_us;
	uint64_t position;
};
struct trail_edge {
	uint32_t from, to; /* numbers of accounts */
	int64_t amount_fen, time_us;
	uint64_t position;
};

struct trail {              /* large: not for the stack */
	uint32_t levels, level; /* to be followed; at hand */
	bool truncated;
	uint32_t n_accounts, first; /* accounts from `first` on are the level at hand */
	struct trail_account account[TRAIL_ACCOUNTS_MAX];
	uint32_t n_edges;
	struct trail_edge edge[TRAIL_EDGES_MAX];
	uint32_t n_held; /* transfers out of the level at hand */
	struct trail_move held[TRAIL_HELD_MAX];
	uint16_t slot[TRAIL_SLOTS];                            /* number of an account + 1 */
	const struct trail_account *order[TRAIL_ACCOUNTS_MAX]; /* settled: by level, and by what is left, the most first */
};

void trail_init(struct trail *t, struct token root, int64_t from_us, uint32_t levels);
/* The level at hand: its accounts' tokens, ascending, into out (TRAIL_ACCOUNTS_MAX), and the least `since`. 0: there
 * is no level any more. */
uint32_t trail_level(const struct trail *t, struct token *out, int64_t *since_us);
/* Each move that names an account of the level at hand, once a level, in any order. */
void trail_take(struct trail *t, const struct trail_move *m);
/* All were taken: goes on to the next level. */
void trail_next(struct trail *t);
/* When trail_level has said 0, or where it is enough: order, left and followed are set, edges are in order of time. */
void trail_settle(struct trail *t);

#endif
