/* backtest_score.c - see backtest_score.h. Alerts are sorted by whom they are about, so that each is one run. */
#include "show/backtest_score.h"
#include <inttypes.h>
#include <stdlib.h>
#include "base/clock.h"
#include "base/mem.h"

enum {
	STEPS = BACKTEST_SCORE_MAX / BACKTEST_STEP + 1,
	DAYS_MAX = 3700
};

/* ---- what was found out ---- */

void backtest_label(struct backtest_labels *l, struct token about, bool right)
{
	if (l->err != ERR_OK)
		return;
	if (l->n == l->cap) {
		uint64_t cap = l->cap ? 2 * l->cap : 256;
		void *p = cap > BACKTEST_LABELS_MAX ? NULL : mem_resize(l->p, cap * sizeof(*l->p));

		if (p == NULL) {
			l->err = cap > BACKTEST_LABELS_MAX ? ERR_CAP : ERR_MEMORY;
			return;
		}
		l->p = p;
		l->cap = cap;
	}
	l->p[l->n] = (struct backtest_label){ about, l->n, right };
	l->n++;
}

void backtest_labels_release(struct backtest_labels *l)
{
	mem_free(l->p);
	*l = (struct backtest_labels){ .p = NULL };
}

static int token_cmp(struct token x, struct token y)
{
	if (x.w[0] != y.w[0])
		return x.w[0] < y.w[0] ? -1 : 1;
	return x.w[1] < y.w[1] ? -1 : x.w[1] > y.w[1];
}

static int by_token(const void *a, const void *b)
{
	const struct backtest_label *x = a, *y = b;
	int c = token_cmp(x->about, y->about);

	return c != 0 ? c : x->number < y->number ? -1 : x->number > y->number;
}

/* Each once, as last said; how many are right. */
static uint64_t settle(struct backtest_labels *l)
{
	uint64_t n = 0, right = 0;

	if (l->n > 0)
		qsort(l->p, l->n, sizeof(*l->p), by_token);
	for (uint64_t i = 0; i < l->n; i++)
		if (i + 1 == l->n || token_cmp(l->p[i].about, l->p[i + 1].about) != 0)
			l->p[n++] = l->p[i];
	l->n = n;
	for (uint64_t i = 0; i < n; i++)
		right += l->p[i].right;
	return right;
}

static int of_token(const void *key, const void *label)
{
	return token_cmp(*(const struct token *)key, ((const struct backtest_label *)label)->about);
}

static const struct backtest_label *label_of(const struct backtest_labels *l, struct token about)
{
	return l->n == 0 ? NULL : bsearch(&about, l->p, l->n, sizeof(*l->p), of_token);
}

/* ---- who was hit ---- */

struct hit { /* one entity */
	const struct backtest_record *best;
	uint64_t alerts;
};

static int by_whom(const void *a, const void *b)
{
	const struct backtest_record *const *x = a, *const *y = b;
	int c = token_cmp((*x)->about, (*y)->about);

	if (c != 0)
		return c;
	if ((*x)->score != (*y)->score)
		return (*x)->score > (*y)->score ? -1 : 1;
	return (*x)->order < (*y)->order ? -1 : (*x)->order > (*y)->order;
}

/* Each entity of a side once, with its highest alert; *n says how many. NULL: no memory. */
static struct hit *hits_of(const struct backtest_side *s, uint64_t *n)
{
	const struct backtest_record **p = mem_alloc_array(s->n + 1, sizeof(*p));
	struct hit *hit = mem_alloc_array(s->n + 1, sizeof(*hit));

	*n = 0;
	if (p == NULL || hit == NULL) {
		mem_free(p);
		mem_free(hit);
		return NULL;
	}
	for (uint64_t i = 0; i < s->n; i++)
		p[i] = &s->p[i];
	qsort(p, s->n, sizeof(const struct backtest_record *), by_whom);
	for (uint64_t i = 0; i < s->n; i++) {
		if (*n == 0 || token_cmp(hit[*n - 1].best->about, p[i]->about) != 0)
			hit[(*n)++].best = p[i];
		hit[*n - 1].alerts++;
	}
	mem_free(p);
	return hit;
}

static int by_score(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	if (x->best->score != y->best->score)
		return x->best->score > y->best->score ? -1 : 1;
	return x->best->order < y->best->order ? -1 : x->best->order > y->best->order;
}

/* ---- the curve ---- */

struct step {
	uint64_t alerts, entities, good, bad;
};

static uint32_t step_of(uint32_t score)
{
	return (score < BACKTEST_SCORE_MAX ? score : BACKTEST_SCORE_MAX) / BACKTEST_STEP;
}

static void put_share(struct buf *b, const char *name, uint64_t part, uint64_t whole)
{
	if (whole == 0)
		buf_printf(b, ",\"%s\":null", name);
	else
		buf_printf(b, ",\"%s\":%.6f", name, (double)part / (double)whole);
}

/* From the highest threshold down, where something changes; step 0 always. */
static void put_steps(struct buf *b, const struct step *step, uint64_t right)
{
	struct step sum = { 0 };
	const char *comma = "";

	buf_char(b, '[');
	for (uint32_t i = STEPS; i-- > 0;) {
		if (step[i].alerts == 0 && i > 0)
			continue;
		sum.alerts += step[i].alerts;
		sum.entities += step[i].entities;
		sum.good += step[i].good;
		sum.bad += step[i].bad;
		buf_printf(b,
		           "%s{\"threshold\":%u,\"alerts\":%" PRIu64 ",\"entities\":%" PRIu64 ",\"true\":%" PRIu64
		           ",\"false\":%" PRIu64,
		           comma, i * BACKTEST_STEP, sum.alerts, sum.entities, sum.good, sum.bad);
		put_share(b, "precision", sum.good, sum.good + sum.bad);
		put_share(b, "recall", sum.good, right);
		buf_char(b, '}');
		comma = ",";
	}
	buf_char(b, ']');
}

static void put_curve(struct buf *b, const struct backtest_side *s, const struct hit *hit, uint64_t n,
                      const struct backtest_labels *l, uint64_t right)
{
	struct step step[STEPS] = { { 0 } };

	for (uint64_t i = 0; i < s->n; i++)
		step[step_of(s->p[i].score)].alerts++;
	for (uint64_t i = 0; i < n; i++) {
		const struct backtest_label *label = label_of(l, hit[i].best->about);
		struct step *to = &step[step_of(hit[i].best->score)];

		to->entities++;
		to->good += label != NULL && label->right;
		to->bad += label != NULL && !label->right;
	}
	put_steps(b, step, right);
}

/* ---- days ---- */

static void put_days(struct buf *b, const struct backtest_side *old, const struct backtest_side *new, uint64_t *count)
{
	const struct backtest_side *side[] = { old, new };
	int32_t first = INT32_MAX, last = INT32_MIN;
	const char *comma = "";

	for (int k = 0; k < 2; k++)
		for (uint64_t i = 0; i < side[k]->n; i++) {
			last = side[k]->p[i].day > last ? side[k]->p[i].day : last;
			first = side[k]->p[i].day < first ? side[k]->p[i].day : first;
		}
	if (last >= first && last - first >= DAYS_MAX)
		first = last - DAYS_MAX + 1; /* the newest */
	for (int k = 0; k < 2; k++)
		for (uint64_t i = 0; i < side[k]->n; i++)
			if (side[k]->p[i].day >= first)
				count[2 * (side[k]->p[i].day - first) + k]++;
	buf_z(b, ",\"days\":[");
	for (int32_t d = first; d <= last; d++) {
		const uint64_t *c = &count[2 * (d - first)];
		struct civil civil;

		if (c[0] + c[1] == 0)
			continue;
		clock_to_civil((int64_t)d * US_PER_DAY, 0, &civil);
		buf_printf(b, "%s{\"day\":\"%04d-%02d-%02d\",\"old\":%" PRIu64 ",\"new\":%" PRIu64 "}", comma, civil.year,
		           civil.month, civil.day, c[0], c[1]);
		comma = ",";
	}
	buf_char(b, ']');
}

/* ---- all of it ---- */

static enum err put_hits(struct buf *b, struct backtest_side *s, struct hit *hit, uint64_t n,
                         const struct backtest_labels *l)
{
	enum err e = ERR_OK;

	if (n > 0)
		qsort(hit, n, sizeof(*hit), by_score);
	buf_z(b, ",\"hits\":[");
	for (uint64_t i = 0; i < n && i < BACKTEST_HITS_MAX && e == ERR_OK; i++) {
		const struct backtest_label *label = label_of(l, hit[i].best->about);

		buf_printf(b, "%s{\"score\":%u,\"alerts\":%" PRIu64 ",\"found\":%s,\"alert\":", i > 0 ? "," : "",
		           hit[i].best->score, hit[i].alerts,
		           label == NULL  ? "null"
		           : label->right ? "\"right\""
		                          : "\"wrong\"");
		e = backtest_text(s, hit[i].best, b);
		buf_char(b, '}');
	}
	buf_char(b, ']');
	return e;
}

enum err backtest_scores_json(struct buf *b, const struct backtest_side *old, struct backtest_side *new,
                              struct backtest_labels *l)
{
	uint64_t n_old, n_new, right = settle(l), *count = mem_alloc_array(2 * DAYS_MAX, sizeof(*count));
	struct hit *of_old = hits_of(old, &n_old), *of_new = hits_of(new, &n_new);
	enum err e = count == NULL || of_old == NULL || of_new == NULL ? ERR_MEMORY : l->err;

	if (e == ERR_OK) {
		put_days(b, old, new, count);
		buf_printf(b, ",\"labels\":{\"right\":%" PRIu64 ",\"wrong\":%" PRIu64 "},\"curve\":{\"old\":", right,
		           l->n - right);
		put_curve(b, old, of_old, n_old, l, right);
		buf_z(b, ",\"new\":");
		put_curve(b, new, of_new, n_new, l, right);
		buf_char(b, '}');
		e = put_hits(b, new, of_new, n_new, l);
	}
	mem_free(count);
	mem_free(of_old);
	mem_free(of_new);
	return e == ERR_OK ? b->err : e;
}
