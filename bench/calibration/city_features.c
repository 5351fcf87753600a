/* city_features.c - the features of each subscriber, as the real set's node features define them: a record is one end of
 * an answered call or of a message, as the operator bills it.
 *
 * Figures over all records weigh the two classes as the real set has them (1,962 of 6,106 subscribers were frauds),
 * whatever the share of frauds in the city. */
#include <math.h>
#include <stdlib.h>
#include "base/mem.h"
#include "bench/calibration/city_int.h"

enum {
	TALK_BINS = 86401, /* seconds */
	CARDS_MAX = 5
};

static const double class_share[CLASSES] = { 4144. / 6106, 1962. / 6106 };

struct work {
	struct city *c;
	uint32_t *subscriber; /* indices of numbers */
	uint64_t n;
	uint64_t *first; /* of its ends, n + 1 */
	uint32_t *slot;  /* of a number: subscriber + 1 */
	uint32_t *end;   /* call * 2, + 1 for the callee's end */
	uint32_t *opposite;
	double *talk;
	double *value[FEATURES][CLASSES];
	uint64_t n_values[FEATURES][CLASSES], members[CLASSES];
	uint64_t *bins[CLASSES]; /* of talk */
};

static enum class class_of(const struct number *n) {
	return n->fraud ? CLASS_FRAUD : CLASS_ORDINARY;
}

static void release(struct work *w)
{
	mem_free(w->subscriber);
	mem_free(w->first);
	mem_free(w->slot);
	mem_free(w->end);
	mem_free(w->opposite);
	mem_free(w->talk);
	for (int k = 0; k < CLASSES; k++) {
		mem_free(w->bins[k]);
		for (int i = 0; i < FEATURES; i++)
			mem_free(w->value[i][k]);
	}
}

static enum err choose(struct work *w)
{
	struct city *c = w->c;
	w->subscriber = mem_alloc_array(c->n_numbers, sizeof(*w->subscriber));
	w->slot = mem_alloc_array(c->n_numbers, sizeof(*w->slot));
	if (!w->subscriber || !w->slot)
		return ERR_MEMORY;
	for (uint64_t i = 0; i < c->n_numbers; i++) {
		const struct number *n = &c->number[i];
		c->counts->left_out += n->mobile && n->with_device && n->other_suspect;
		if (!city_subscriber(n))
			continue;
		w->subscriber[w->n++] = (uint32_t)i;
		w->slot[i] = (uint32_t)w->n;
		w->members[class_of(n)]++;
	}
	for (int k = 0; k < CLASSES; k++) {
		c->counts->subscribers[k] = w->members[k];
		w->bins[k] = mem_alloc_array(TALK_BINS, sizeof(*w->bins[k]));
		if (!w->bins[k])
			return ERR_MEMORY;
		for (int i = 0; i < FEATURES; i++) {
			w->value[i][k] = mem_alloc_array(w->members[k], sizeof(double));
			if (!w->value[i][k])
				return ERR_MEMORY;
		}
	}
	return ERR_OK;
}

/* Lists each subscriber's ends of calls, one after the other. */
static enum err list_ends(struct work *w)
{
	struct city *c = w->c;
	uint64_t most = 0;
	w->first = mem_alloc_array(w->n + 2, sizeof(*w->first));
	if (!w->first)
		return ERR_MEMORY;
	for (uint64_t s = 0; s < w->n; s++) {
		uint64_t calls = c->number[w->subscriber[s]].calls;
		w->first[s + 2] = w->first[s + 1] + calls; /* shifted by one: filling moves each start to its end */
		most = calls > most ? calls : most;
	}
	w->end = mem_alloc_array(w->first[w->n + 1], sizeof(*w->end));
	w->opposite = mem_alloc_array(most, sizeof(*w->opposite));
	w->talk = mem_alloc_array(most, sizeof(*w->talk));
	if (!w->end || !w->opposite || !w->talk)
		return ERR_MEMORY;
	for (uint64_t i = 0; i < c->n_calls; i++) {
		uint32_t from = w->slot[c->call[i].from], to = w->slot[c->call[i].to];
		if (from)
			w->end[w->first[from]++] = (uint32_t)(i * 2);
		if (to)
			w->end[w->first[to]++] = (uint32_t)(i * 2 + 1);
	}
	return ERR_OK;
}

static void put(struct work *w, enum class k, enum feature f, double v)
{
	w->value[f][k][w->n_values[f][k]++] = v;
}

static int by_index(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

/* The opposite numbers of n ends: how many different ones, and how often the most frequent came. */
static void count_opposites(uint32_t *opposite, uint64_t n, uint64_t *different, uint64_t *most)
{
	qsort(opposite, n, sizeof(*opposite), by_index);
	uint64_t run = 0;
	*different = *most = 0;
	for (uint64_t i = 0; i < n; i++) {
		run = i > 0 && opposite[i] == opposite[i - 1] ? run + 1 : 1;
		*different += run == 1;
		*most = run > *most ? run : *most;
	}
}

/* pandas: the mean of the two middle values where their number is even. */
static double median(const double *sorted, uint64_t n)
{
	return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

static void call_features(struct work *w, uint64_t s)
{
	struct city *c = w->c;
	const struct number *number = &c->number[w->subscriber[s]];
	enum class k = class_of(number);
	uint64_t from = w->first[s], n = w->first[s + 1] - from, different, most;
	struct summary talk;
	if (n == 0)
		return;
	for (uint64_t i = 0; i < n; i++) {
		uint32_t end = w->end[from + i];
		const struct call *call = &c->call[end / 2];
		w->opposite[i] = end & 1 ? call->from : call->to;
		w->talk[i] = call->talk_s;
		w->bins[k][call->talk_s]++;
	}
	count_opposites(w->opposite, n, &different, &most);
	summary_of(&talk, w->talk, n, 0);
	put(w, k, FEATURE_CALLS, (double)n);
	put(w, k, FEATURE_OPPOSITES, (double)different);
	put(w, k, FEATURE_PER_OPPOSITE, (double)n / (double)different);
	put(w, k, FEATURE_PER_OPPOSITE_MAX, (double)most);
	put(w, k, FEATURE_TALK_MEAN, talk.mean);
	put(w, k, FEATURE_TALK_MEDIAN, median(w->talk, n));
	put(w, k, FEATURE_HOURS, __builtin_popcount(number->hours));
	put(w, k, FEATURE_DAYS, __builtin_popcount(number->days));
	if (number->out) /* the real set leaves both empty otherwise */
		put(w, k, FEATURE_OUTGOING, (double)number->out / (double)n);
	if (number->out && number->devices)
		put(w, k, FEATURE_DEVICES, number->devices);
}

static void other_features(struct work *w, uint64_t s)
{
	const struct number *n = &w->c->number[w->subscriber[s]];
	enum class k = class_of(n);
	double sms = (double)n->sms_in + n->sms_out;
	put(w, k, FEATURE_MONTHS, __builtin_popcountll(n->months));
	if (n->sms_in + n->sms_out == 0)
		return;
	put(w, k, FEATURE_SMS, sms);
	put(w, k, FEATURE_SMS_PEERS, n->sms_peers);
	if (n->sms_in)
		put(w, k, FEATURE_SMS_RECEIVED, n->sms_in / sms);
}

/* What one subscriber of a class stands for. */
static double weight(const struct work *w, enum class k)
{
	return w->members[k] ? class_share[k] / (double)w->members[k] : 0;
}

static void overall_talk(const struct work *w, struct summary *s)
{
	double total = 0, sum = 0, below = 0;
	for (int i = 0; i < TALK_BINS; i++)
		for (int k = 0; k < CLASSES; k++) {
			double x = weight(w, (enum class)k) * (double)w->bins[k][i];
			total += x;
			sum += x * i;
			s->n += w->bins[k][i];
		}
	if (total <= 0)
		return;
	s->mean = sum / total;
	int level = 0;
	for (int i = 0; i < TALK_BINS && level < LEVELS; i++) {
		for (int k = 0; k < CLASSES; k++)
			below += weight(w, (enum class)k) * (double)w->bins[k][i];
		while (level < LEVELS && below >= level_p[level] * total * (1 - 1e-12))
			s->q[level++] = i;
	}
}

static void set_share(struct summary *s, double part, double all, uint64_t n)
{
	s->n = n;
	if (all > 0)
		s->mean = part / all;
}

static void overall_shares(const struct work *w, struct figures *f)
{
	double calls = 0, out = 0, sms = 0, sent = 0, holders = 0, cards[CARDS_MAX + 1] = { 0 };
	uint64_t n_calls = 0, n_sms = 0, n_holders = 0;
	for (uint64_t s = 0; s < w->n; s++) {
		const struct number *n = &w->c->number[w->subscriber[s]];
		double x = weight(w, class_of(n));
		calls += x * n->calls;
		out += x * n->out;
		sms += x * ((double)n->sms_in + n->sms_out);
		sent += x * n->sms_out;
		n_calls += n->calls;
		n_sms += (uint64_t)n->sms_in + n->sms_out;
		if (n->person == 0)
			continue;
		uint32_t held = w->c->cards[n->person - 1];
		holders += x;
		n_holders++;
		if (held <= CARDS_MAX)
			cards[held] += x;
	}
	set_share(&f->overall[OVERALL_OUTGOING], out, calls, n_calls);
	set_share(&f->overall[OVERALL_SMS_SENT], sent, sms, n_sms);
	for (int i = 1; i <= CARDS_MAX; i++)
		set_share(&f->overall[OVERALL_CARDS_1 + i - 1], cards[i], holders, n_holders);
}

enum err city_features(struct city *c, struct figures *f)
{
	struct work w = { .c = c };
	enum err e = choose(&w);
	if (e == ERR_OK)
		e = list_ends(&w);
	for (uint64_t s = 0; e == ERR_OK && s < w.n; s++) {
		call_features(&w, s);
		other_features(&w, s);
	}
	if (e == ERR_OK) {
		figures_init(f);
		for (int i = 0; i < FEATURES; i++)
			for (int k = 0; k < CLASSES; k++)
				summary_of(&f->feature[i][k], w.value[i][k], w.n_values[i][k], w.members[k] - w.n_values[i][k]);
		overall_talk(&w, &f->overall[OVERALL_TALK]);
		overall_shares(&w, f);
	}
	release(&w);
	return e;
}
