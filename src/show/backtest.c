/* backtest.c - see backtest.h. Both sides are sorted by identity and joined; what differs is put back in order of time. */
#include "show/backtest.h"
#include <inttypes.h>
#include <stdlib.h>
#include "base/clock.h"
#include "show/alert_json.h"
#include "base/mem.h"

enum {
	TEXT_MAX = 1 << 20,
	ID_MAX = 4096 + 512
};

enum err backtest_open(struct backtest_side *s)
{
	*s = (struct backtest_side){ .texts = tmpfile() };
	return s->texts != NULL ? ERR_OK : ERR_IO;
}

void backtest_release(struct backtest_side *s)
{
	if (s->texts != NULL)
		fclose(s->texts);
	for (uint32_t i = 0; i < s->n_rules; i++)
		mem_free(s->rule[i]);
	mem_free(s->p);
	*s = (struct backtest_side){ .texts = NULL };
}

static uint32_t rule_of(struct backtest_side *s, struct text name)
{
	for (uint32_t i = 0; i < s->n_rules; i++)
		if (text_eq(text_z(s->rule[i]), name))
			return i;
	if (s->n_rules == BACKTEST_RULES_MAX) {
		s->err = ERR_CAP;
		return 0;
	}
	s->rule[s->n_rules] = mem_copy_text(name.p, name.n);
	if (s->rule[s->n_rules] == NULL) {
		s->err = ERR_MEMORY;
		return 0;
	}
	return s->n_rules++;
}

static struct token identity(const struct hash_key *key, const struct shower *shower, const struct alert *a,
                             const char *where, uint64_t line)
{
	const struct policy *p = shower->policy;
	struct entity_view v;
	char t[ID_MAX];
	int n;

	engine_entity(a->engine, a->about, &v);
	n = snprintf(t, sizeof(t), "%.4000s\n%" PRIu64 "\n%.*s\n%.*s\n%016" PRIx64 "%016" PRIx64, where, line,
	             (int)p->rule[a->rule].name.n, p->rule[a->rule].name.p, (int)p->schema.entity[a->about.kind].name.n,
	             p->schema.entity[a->about.kind].name.p, v.token.w[0], v.token.w[1]);
	return hash_token(key, UINT32_MAX, text_of(t, n < (int)sizeof(t) ? (size_t)n : sizeof(t) - 1));
}

static uint64_t mixed(uint64_t h, uint64_t x)
{
	return hash_mix(h + 0x9e3779b97f4a7c15ULL + x);
}

/* What is decided: severity, score, mode, and each measure with its target, duration. */
static uint64_t substance(const struct shower *shower, const struct alert *a)
{
	const struct rule *r = &shower->policy->rule[a->rule];
	uint64_t h = mixed(mixed(mixed(0, (uint64_t)r->severity), (uint64_t)r->score), (uint64_t)a->mode);

	for (uint32_t i = 0; i < r->n_measures; i++) {
		h = mixed(mixed(h, (uint64_t)r->measure[i].measure), (uint64_t)r->measure[i].duration_us);
		if (a->target[i].index != 0) {
			struct entity_view v;
			engine_entity(a->engine, a->target[i], &v);
			h = mixed(h, v.token.w[0]);
		}
	}
	return h;
}

static void note_whom(struct backtest_record *r, const struct shower *shower, const struct alert *a)
{
	int64_t score = shower->policy->rule[a->rule].score;
	struct entity_view v;

	engine_entity(a->engine, a->about, &v);
	score = a->decision_score > score ? a->decision_score : score;
	r->about = v.token;
	r->score = score < 0 ? 0 : (uint32_t)(score < UINT32_MAX ? score : UINT32_MAX);
	r->day = (int32_t)((a->event->time + clock_offset(&clock_shanghai, a->event->time) * US_PER_SECOND) / US_PER_DAY);
}

void backtest_note(struct backtest_side *s, const struct hash_key *key, const struct shower *shower,
                   const struct alert *a, const char *where, uint64_t line)
{
	struct backtest_record r = { .order = a->event->position, .text_at = s->text_bytes };
	struct buf b;

	if (s->err != ERR_OK)
		return;
	if (s->n == s->cap) {
		uint64_t cap = s->cap ? 2 * s->cap : 4096;
		void *p = cap > BACKTEST_ALERTS_MAX ? NULL : mem_resize(s->p, cap * sizeof(*s->p));
		if (p == NULL) {
			s->err = cap > BACKTEST_ALERTS_MAX ? ERR_CAP : ERR_MEMORY;
			return;
		}
		s->p = p;
		s->cap = cap;
	}
	r.id = identity(key, shower, a, where, line);
	r.what = substance(shower, a);
	r.rule = rule_of(s, shower->policy->rule[a->rule].name);
	note_whom(&r, shower, a);
	buf_init(&b, TEXT_MAX);
	alert_json_brief(&b, shower, a, where);
	r.text_n = (uint32_t)b.n;
	if (b.err != ERR_OK)
		s->err = b.err;
	else if (fwrite(b.p, 1, b.n, s->texts) != b.n)
		s->err = ERR_IO;
	s->text_bytes += b.n;
	buf_release(&b);
	if (s->err == ERR_OK)
		s->p[s->n++] = r;
}

static int token_cmp(struct token x, struct token y)
{
	if (x.w[0] != y.w[0])
		return x.w[0] < y.w[0] ? -1 : 1;
	return x.w[1] < y.w[1] ? -1 : x.w[1] > y.w[1];
}

static int by_id(const void *pa, const void *pb)
{
	const struct backtest_record *a = pa, *b = pb;
	return token_cmp(a->id, b->id);
}

static int by_order(const void *pa, const void *pb)
{
	const struct backtest_pair *a = pa, *b = pb;
	const struct backtest_record *x = a->a ? a->a : a->b, *y = b->a ? b->a : b->b;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return token_cmp(x->id, y->id);
}

enum err backtest_compare(struct backtest_side *a, struct backtest_side *b, struct backtest_pair **out, uint64_t *n,
                          uint64_t counts[4])
{
	uint64_t i = 0, j = 0;
	struct backtest_pair *pair = mem_alloc_array(a->n + b->n + 1, sizeof(*pair));

	*out = pair;
	*n = 0;
	memset(counts, 0, 4 * sizeof(*counts));
	if (pair == NULL)
		return ERR_MEMORY;
	if (a->n)
		qsort(a->p, a->n, sizeof(*a->p), by_id);
	if (b->n)
		qsort(b->p, b->n, sizeof(*b->p), by_id);
	while (i < a->n || j < b->n) {
		int order = i == a->n ? 1 : j == b->n ? -1 : token_cmp(a->p[i].id, b->p[j].id);
		struct backtest_pair p = { order <= 0 ? &a->p[i] : NULL, order >= 0 ? &b->p[j] : NULL, BACKTEST_SAME };
		if (order != 0)
			p.change = order < 0 ? BACKTEST_LOST : BACKTEST_GAINED;
		else if (p.a->what != p.b->what)
			p.change = BACKTEST_CHANGED;
		counts[p.change]++;
		if (p.change != BACKTEST_SAME)
			pair[(*n)++] = p;
		i += order <= 0;
		j += order >= 0;
	}
	if (*n)
		qsort(pair, *n, sizeof(*pair), by_order);
	return ERR_OK;
}

enum err backtest_text(struct backtest_side *s, const struct backtest_record *r, struct buf *out)
{
	char *t = mem_alloc(r->text_n + 1U);

	if (t == NULL)
		return ERR_MEMORY;
	bool ok = fseeko(s->texts, (off_t)r->text_at, SEEK_SET) == 0 && fread(t, 1, r->text_n, s->texts) == r->text_n;
	if (ok)
		buf_add(out, t, r->text_n);
	mem_free(t);
	return ok ? out->err : ERR_IO;
}
