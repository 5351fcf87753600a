/* effect.c - see effect.h. */
#include "outreach/effect.h"
#include <math.h>
#include "base/mem.h"
#include "base/rng.h"

struct chance_share effect_share(enum campaign_outcome outcome, const struct effect_arm *arm)
{
	switch (outcome) {
	case CAMPAIGN_CONVERSION: return (struct chance_share){ arm->contacted_victims, arm->contacted };
	case CAMPAIGN_VICTIMS: return (struct chance_share){ arm->victims, arm->people };
	case CAMPAIGN_REPORTS: return (struct chance_share){ arm->reports, arm->people };
	}
	return (struct chance_share){ 0, 0 };
}

static double rate(struct chance_share s)
{
	return s.n == 0 ? NAN : (double)s.x / (double)s.n;
}

/* Fewer victims are good, more reports are. */
static enum campaign_verdict direction(const struct effect_plan *p, double difference)
{
	return (difference < 0) == (p->outcome != CAMPAIGN_REPORTS) ? CAMPAIGN_HELPED : CAMPAIGN_HARMED;
}

static bool leaves_out_zero(struct chance_interval i)
{
	return i.low > 0 || i.high < 0;
}

/* The share of those counted whom the campaign really reached. */
static double reached(enum campaign_outcome outcome, const struct effect_arm *a)
{
	return outcome == CAMPAIGN_CONVERSION ? rate((struct chance_share){ a->contacted_reached, a->contacted })
	                                      : rate((struct chance_share){ a->reached, a->people });
}

/* The lot moved the share reached by so much, and the outcome only through that (Imbens and Angrist 1994): the quotient. The share's own uncertainty is left out; it is small beside the other. */
static void compliers(const struct effect_plan *p, const struct effect_arm *a, const struct effect_arm *h,
                      struct effect *out)
{
	double moved = reached(p->outcome, a) - reached(p->outcome, h);

	out->compliers = out->compliers_interval.low = out->compliers_interval.high = NAN;
	if (!(moved > 0))
		return;
	out->compliers = out->difference / moved;
	out->compliers_interval = (struct chance_interval){ out->interval.low / moved, out->interval.high / moved };
}

void effect_judge(const struct effect_plan *p, enum effect_timing timing, const struct effect_arm *assigned,
                  const struct effect_arm *held_out, struct effect *out)
{
	struct chance_share a = effect_share(p->outcome, assigned), h = effect_share(p->outcome, held_out);
	double worth;

	*out = (struct effect){ .timing = timing, .verdict = CAMPAIGN_NOT_SHOWN, .assigned = a, .held_out = h };
	out->rate = rate(a);
	out->rate_held = rate(h);
	out->difference = out->rate - out->rate_held;
	out->interval = chance_difference(a, h, p->alpha);
	out->p = chance_exact_p(a, h);
	out->contact_p = chance_exact_p((struct chance_share){ assigned->contacted, assigned->people },
	                                (struct chance_share){ held_out->contacted, held_out->people });
	compliers(p, assigned, held_out, out);
	if (timing != EFFECT_OVER)
		return;
	if (p->outcome == CAMPAIGN_CONVERSION && out->contact_p < EFFECT_CONTACT_P) {
		out->verdict = CAMPAIGN_NOT_COMPARABLE;
		return;
	}
	if (!(chance_exact_least(a.x + h.x, a.n, h.n) <= p->alpha)) {
		out->verdict = CAMPAIGN_TOO_FEW;
		return;
	}
	if (out->p <= p->alpha && leaves_out_zero(out->interval)) {
		out->verdict = direction(p, out->difference);
		return;
	}
	worth = p->effect * out->rate_held;
	out->rules_out_worth = p->outcome == CAMPAIGN_REPORTS ? out->interval.high < worth : out->interval.low > -worth;
}

static double changed(const struct effect_plan *p)
{
	double r = p->outcome == CAMPAIGN_REPORTS ? p->base * (1 + p->effect) : p->base * (1 - p->effect);

	return r < 0 ? 0 : r > 1 ? 1 : r;
}

/* Those that the outcome is counted among. */
static double counted(const struct effect_plan *p)
{
	return p->outcome == CAMPAIGN_CONVERSION ? p->contact : 1;
}

void effect_plan_power(const struct effect_plan *p, uint64_t people, struct effect_power *out)
{
	double share = counted(p);
	uint64_t n = (uint64_t)floor((double)people * share), held = (uint64_t)llround((double)n * p->held), needed;

	out->rate = changed(p);
	out->rate_held = p->base;
	out->power = chance_power(n - held, held, out->rate, p->base, p->alpha);
	needed = chance_size(out->rate, p->base, p->held, p->alpha, p->power, 2000000000);
	out->needed = (uint64_t)ceil((double)needed / share);
}

/* ---- floods ---- */

struct table {
	const struct cluster *c;
	uint32_t n, periods;
};

/* Between districts that have it and those that do not, period by period, weighted as in Mantel and Haenszel's difference. x is what is counted, or, for the shift, who has the campaign in truth. */
static bool compare(const struct table *t, const uint32_t *order, bool shift, double *out)
{
	double sum = 0, weights = 0;

	for (uint32_t s = 0; s < t->periods; s++) {
		double x[2] = { 0, 0 }, n[2] = { 0, 0 };

		for (uint32_t k = 0; k < t->n; k++) {
			const struct cluster *c = &t->c[k];
			int on = t->c[order[k]].starts <= s;

			x[on] += !shift ? (double)c->x[s] : c->starts <= s ? (double)c->n[s] : 0;
			n[on] += (double)c->n[s];
		}
		if (n[0] > 0 && n[1] > 0) {
			double w = n[0] * n[1] / (n[0] + n[1]);

			sum += w * (x[1] / n[1] - x[0] / n[0]);
			weights += w;
		}
	}
	*out = weights > 0 ? sum / weights : NAN;
	return weights > 0;
}

struct deals {
	double effect[CLUSTER_DRAWS + 1], shift[CLUSTER_DRAWS + 1]; /* [0]: as it was */
};

static void deal(const struct table *t, uint64_t seed, struct deals *d)
{
	uint32_t order[CLUSTERS_MAX];
	struct rng r;

	rng_seed(&r, seed);
	for (uint32_t k = 0; k < t->n; k++)
		order[k] = k;
	for (uint32_t i = 0; i <= CLUSTER_DRAWS; i++) {
		(void)compare(t, order, false, &d->effect[i]);
		(void)compare(t, order, true, &d->shift[i]);
		for (uint32_t k = t->n - 1; k > 0; k--) {
			uint32_t j = (uint32_t)rng_below(&r, k + 1), was = order[k];

			order[k] = order[j];
			order[j] = was;
		}
	}
}

/* p of the hypothesis that the campaign adds `delta`: with it taken away, was what we see an unusual deal? What was is one of the deals (Phipson and Smyth 2010). */
static double deal_p(const struct deals *d, double delta)
{
	double seen = fabs(d->effect[0] - delta * d->shift[0]);
	uint32_t n = 0;

	for (uint32_t i = 0; i <= CLUSTER_DRAWS; i++)
		n += !(fabs(d->effect[i] - delta * d->shift[i]) < seen * (1 - 1e-12));
	return (double)n / (CLUSTER_DRAWS + 1);
}

static double deal_end(const struct deals *d, double alpha, double sign)
{
	double in = d->effect[0], step = 1e-6, out;

	do {
		out = d->effect[0] + sign * step;
		step *= 2;
	} while (deal_p(d, out) > alpha && step < 16);
	if (step >= 16)
		return sign * INFINITY;
	for (int i = 0; i < 50; i++) {
		double middle = 0.5 * (in + out);

		*(deal_p(d, middle) > alpha ? &in : &out) = middle;
	}
	return in;
}

/* One over the number of deals that differ, or two: with as many districts on as off, the opposite deal is as unusual. */
static double least(const struct table *t)
{
	double ways = 0, left = 0;
	bool parallel = true;

	for (uint32_t s = 0; s <= t->periods; s++) {
		double here = 0;

		for (uint32_t k = 0; k < t->n; k++)
			here += t->c[k].starts == s;
		parallel = parallel && (here == 0 || 2 * here == (double)t->n);
		left += here;
		ways +=
			lgamma_r(left + 1, &(int){ 0 }) - lgamma_r(here + 1, &(int){ 0 }) - lgamma_r(left - here + 1, &(int){ 0 });
	}
	return (parallel ? 2 : 1) / exp(ways);
}

/* The same test of who was contacted among all. False: no memory. */
static bool contacted_alike(const struct cluster *c, uint32_t n, uint32_t periods, uint64_t seed, struct deals *d,
                            double *p)
{
	struct cluster *all = mem_alloc_array(n, sizeof(*all));
	struct table t = { all, n, periods };

	if (all == NULL)
		return false;
	for (uint32_t k = 0; k < n; k++) {
		all[k].starts = c[k].starts;
		for (uint32_t s = 0; s < periods; s++) {
			all[k].x[s] = c[k].n[s];
			all[k].n[s] = c[k].people;
		}
	}
	deal(&t, seed, d);
	*p = isfinite(d->effect[0]) ? deal_p(d, 0) : NAN;
	mem_free(all);
	return true;
}

static enum campaign_verdict cluster_verdict(const struct effect_plan *p, const struct cluster_effect *e)
{
	if (e->least_p > p->alpha)
		return CAMPAIGN_TOO_FEW;
	if (e->contact_p <= p->alpha)
		return CAMPAIGN_NOT_COMPARABLE;
	return e->p <= p->alpha && leaves_out_zero(e->interval) ? direction(p, e->difference) : CAMPAIGN_NOT_SHOWN;
}

enum err cluster_judge(const struct effect_plan *p, const struct cluster *c, uint32_t n, uint32_t periods,
                       uint64_t seed, struct cluster_effect *out)
{
	struct table t = { c, n, periods };
	struct deals *d;

	CHECK(n >= 1 && n <= CLUSTERS_MAX && periods >= 1 && periods <= CLUSTER_PERIODS_MAX);
	*out = (struct cluster_effect){
		.verdict = CAMPAIGN_TOO_FEW, .difference = NAN, .interval = { -INFINITY, INFINITY }, .p = 1, .contact_p = NAN
	};
	out->least_p = least(&t);
	d = mem_alloc(sizeof(*d));
	if (d == NULL)
		return ERR_MEMORY;
	if (p->outcome == CAMPAIGN_CONVERSION && c[0].people > 0 &&
	    !contacted_alike(c, n, periods, seed, d, &out->contact_p)) {
		mem_free(d);
		return ERR_MEMORY;
	}
	deal(&t, seed, d);
	out->difference = d->effect[0];
	if (isfinite(out->difference)) {
		out->p = deal_p(d, 0);
		out->interval.low = deal_end(d, p->alpha, -1);
		out->interval.high = deal_end(d, p->alpha, 1);
		out->verdict = cluster_verdict(p, out);
	}
	mem_free(d);
	return ERR_OK;
}

double cluster_power(const struct effect_plan *p, uint32_t clusters, uint64_t size, double icc)
{
	double people = (double)clusters * (double)size, design = 1 + ((double)size - 1) * icc;
	double a = people * (1 - p->held) / design, h = people * p->held / design, r = changed(p), b = p->base;
	double df = (double)clusters - 2, se, t;

	if (df < 1 || a < 1 || h < 1)
		return 0;
	se = sqrt(r * (1 - r) / a + b * (1 - b) / h);
	t = chance_student_quantile(1 - p->alpha / 2, df);
	return chance_student(fabs(r - b) / se - t, df);
}
