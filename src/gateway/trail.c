/* trail.c - see trail.h. */
#include "gateway/trail.h"
#include <stdlib.h>
#include <string.h>

static int by_number(int64_t x, int64_t y)
{
	return (x > y) - (x < y);
}

static int by_words(const void *a, const void *b)
{
	const struct token *x = a, *y = b;

	if (x->w[0] != y->w[0])
		return x->w[0] < y->w[0] ? -1 : 1;
	return (x->w[1] > y->w[1]) - (x->w[1] < y->w[1]);
}

/* Where the account is, or where it would go. */
static uint16_t *slot_of(struct trail *t, struct token token)
{
	uint32_t i = (uint32_t)(token.w[0] ^ token.w[0] >> 32) & (TRAIL_SLOTS - 1);

	while (t->slot[i] != 0 && !token_eq(t->account[t->slot[i] - 1].token, token))
		i = (i + 1) & (TRAIL_SLOTS - 1);
	return &t->slot[i];
}

static struct trail_account *add_account(struct trail *t, struct token token, int64_t since_us, uint8_t level)
{
	struct trail_account *a = &t->account[t->n_accounts];

	*a = (struct trail_account){ .token = token, .level = level, .since_us = since_us };
	*slot_of(t, token) = (uint16_t)++t->n_accounts;
	return a;
}

void trail_init(struct trail *t, struct token root, int64_t from_us, uint32_t levels)
{
	memset(t, 0, sizeof(*t));
	t->levels = levels;
	add_account(t, root, from_us, 0);
}

uint32_t trail_level(const struct trail *t, struct token *out, int64_t *since_us)
{
	uint32_t n = 0;

	*since_us = INT64_MAX;
	for (uint32_t i = t->first; i < t->n_accounts; i++) {
		out[n++] = t->account[i].token;
		*since_us = t->account[i].since_us < *since_us ? t->account[i].since_us : *since_us;
	}
	qsort(out, n, sizeof(*out), by_words);
	return n;
}

static void sum(struct trail *t, int64_t *to, int64_t fen)
{
	if (__builtin_add_overflow(*to, fen, to)) {
		*to = INT64_MAX;
		t->truncated = true;
	}
}

/* The largest first, of equal ones the first. */
static int by_amount(const void *a, const void *b)
{
	const struct trail_move *x = a, *y = b;
	int by = by_number(y->amount_fen, x->amount_fen);

	by = by ? by : by_number(x->time_us, y->time_us);
	return by ? by : (x->position > y->position) - (x->position < y->position);
}

static void keep_largest(struct trail *t)
{
	uint32_t room = TRAIL_EDGES_MAX - t->n_edges;

	if (t->n_held <= room)
		return;
	qsort(t->held, t->n_held, sizeof(*t->held), by_amount);
	t->n_held = room;
	t->truncated = true;
}

/* The account of the level at hand; NULL: it is in another, in none, or the move was before it was reached. */
static struct trail_account *at_hand(struct trail *t, struct token token, const char *shown, int64_t time_us)
{
	uint32_t number = *slot_of(t, token);
	struct trail_account *a = number > t->first ? &t->account[number - 1] : NULL;

	if (a == NULL)
		return NULL;
	memcpy(a->shown, shown, sizeof(a->shown));
	return time_us >= a->since_us ? a : NULL;
}

void trail_take(struct trail *t, const struct trail_move *m)
{
	struct trail_account *payer = at_hand(t, m->payer, m->payer_shown, m->time_us), *payee = NULL;

	if (!m->cash)
		payee = at_hand(t, m->payee, m->payee_shown, m->time_us);
	if (m->amount_fen <= 0)
		return;
	if (payee != NULL)
		sum(t, &payee->in_fen, m->amount_fen);
	if (payer != NULL)
		sum(t, m->cash ? &payer->cash_fen : &payer->out_fen, m->amount_fen);
	if (payer == NULL || m->cash || t->level == t->levels)
		return;
	if (t->n_held == TRAIL_HELD_MAX)
		keep_largest(t);
	t->held[t->n_held++] = *m;
}

static int by_time(const void *a, const void *b)
{
	const struct trail_move *x = a, *y = b;
	int by = by_number(x->time_us, y->time_us);

	return by ? by : (x->position > y->position) - (x->position < y->position);
}

void trail_next(struct trail *t)
{
	keep_largest(t);
	qsort(t->held, t->n_held, sizeof(*t->held), by_time);
	t->first = t->n_accounts;
	t->level++;
	for (uint32_t i = 0; i < t->n_held; i++) {
		const struct trail_move *m = &t->held[i];
		struct trail_edge *e = &t->edge[t->n_edges++];

		if (*slot_of(t, m->payee) == 0) {
			struct trail_account *a = add_account(t, m->payee, m->time_us, (uint8_t)t->level);

			memcpy(a->shown, m->payee_shown, sizeof(a->shown));
		}
		*e = (struct trail_edge){ .from = *slot_of(t, m->payer) - 1u,
			                      .to = *slot_of(t, m->payee) - 1u,
			                      .amount_fen = m->amount_fen,
			                      .time_us = m->time_us,
			                      .position = m->position };
	}
	t->n_held = 0;
}

/* ---- in order ---- */

static int by_left(const void *a, const void *b)
{
	const struct trail_account *x = *(const struct trail_account *const *)a,
							   *y = *(const struct trail_account *const *)b;
	int by = by_number(x->level, y->level);

	by = by ? by : by_number(y->left_fen, x->left_fen);
	return by ? by : by_words(&x->token, &y->token);
}

static int by_edge_time(const void *a, const void *b)
{
	const struct trail_edge *x = a, *y = b;
	int by = by_number(x->time_us, y->time_us);

	return by ? by : (x->position > y->position) - (x->position < y->position);
}

static void sum_up(struct trail *t)
{
	for (uint32_t i = 0; i < t->n_edges; i++) {
		struct trail_account *a = &t->account[t->edge[i].to];

		if (t->edge[i].time_us >= a->since_us)
			sum(t, &a->followed_fen, t->edge[i].amount_fen);
	}
	for (uint32_t i = 0; i < t->n_accounts; i++) {
		struct trail_account *a = &t->account[i];

		if (__builtin_sub_overflow(a->in_fen - a->out_fen, a->cash_fen, &a->left_fen)) {
			a->left_fen = INT64_MIN;
			t->truncated = true;
		}
	}
}

void trail_settle(struct trail *t)
{
	sum_up(t);
	for (uint32_t i = 0; i < t->n_accounts; i++)
		t->order[i] = &t->account[i];
	qsort(t->order, t->n_accounts, sizeof(t->order[0]), by_left);
	qsort(t->edge, t->n_edges, sizeof(*t->edge), by_edge_time);
}
