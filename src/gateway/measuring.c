/* measuring.c - the counts; see measuring.h. */
#include "gateway/measuring.h"
#include <math.h>
#include <stdlib.h>
#include "base/clock.h"
#include "base/mem.h"
#include "desk/incident.h"
#include "desk/publication.h"

enum mark {
	MARK_CONTACTED = 1,
	MARK_VICTIM = 2,
	MARK_REPORT = 4,
	MARK_REACHED = 8
};

struct crossing { /* a phone, and where its person stands */
	uint64_t w0;
	uint32_t row;
};

struct counting {
	const struct segment *s;
	struct measured *m;
	uint8_t *mark;
	struct crossing *phone; /* ascending by w0 */
	int64_t from_us, to_us;
	/* of a flood */
	struct cluster *cluster;
	int64_t period_us;
};

static double share_of(const struct desk_object *o, uint32_t field, double of)
{
	return (double)desk_i(o, field) / of;
}

void measuring_plan(const struct desk_object *o, struct effect_plan *out)
{
	*out = (struct effect_plan){ .outcome = (enum campaign_outcome)desk_i(o, CAMPAIGN_F_OUTCOME),
		                         .alpha = share_of(o, CAMPAIGN_F_ALPHA, 1e3),
		                         .power = share_of(o, CAMPAIGN_F_POWER, 1e3),
		                         .effect = share_of(o, CAMPAIGN_F_EFFECT, 1e3),
		                         .base = share_of(o, CAMPAIGN_F_BASE, 1e6),
		                         .contact = share_of(o, CAMPAIGN_F_CONTACT, 1e6),
		                         .held = share_of(o, CAMPAIGN_F_HOLD_OUT, 1e3) };
}

double measuring_power(const struct desk_object *o, const struct segment *s)
{
	struct effect_plan p;
	struct effect_power w;
	double people = 0;

	measuring_plan(o, &p);
	if (desk_i(o, CAMPAIGN_F_MANNER) != CAMPAIGN_FLOOD) {
		effect_plan_power(&p, s->rows, &w);
		return w.power;
	}
	for (uint64_t i = 0; i < s->rows; i++) {
		struct member d;

		member_take(s->row + i * MEMBER_BYTES, &d);
		people += (double)d.phone.w[1];
	}
	people = s->rows > 0 ? people / (double)s->rows : 0;
	return cluster_power(&p, (uint32_t)s->rows,
	                     (uint64_t)(p.outcome == CAMPAIGN_CONVERSION ? people * p.contact : people),
	                     share_of(o, CAMPAIGN_F_ICC, 1e6));
}

enum campaign_verdict measured_verdict(const struct measured *m)
{
	return m->timing != EFFECT_OVER ? CAMPAIGN_NOT_SHOWN : m->flood ? m->cluster.verdict : m->effect.verdict;
}

/* ---- finding a member ---- */

static void member_at(const struct segment *s, uint64_t i, struct member *out)
{
	member_take(s->row + i * MEMBER_BYTES, out);
}

static int order(struct token a, struct token b)
{
	return a.w[0] != b.w[0] ? (a.w[0] < b.w[0] ? -1 : 1) : (a.w[1] > b.w[1]) - (a.w[1] < b.w[1]);
}

static int64_t row_of_person(const struct segment *s, struct token t)
{
	uint64_t low = 0, high = s->rows;
	struct member m;

	while (low < high) {
		uint64_t middle = (low + high) / 2;

		member_at(s, middle, &m);
		if (order(m.person, t) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == s->rows)
		return -1;
	member_at(s, low, &m);
	return token_eq(m.person, t) ? (int64_t)low : -1;
}

static int by_w0(const void *a, const void *b)
{
	const struct crossing *x = a, *y = b;

	return x->w0 != y->w0 ? (x->w0 < y->w0 ? -1 : 1) : (x->row > y->row) - (x->row < y->row);
}

static int64_t row_of_phone(const struct counting *k, struct token t)
{
	uint64_t low = 0, high = k->s->rows;
	struct member m;

	while (low < high) {
		uint64_t middle = (low + high) / 2;
		bool below = k->phone[middle].w0 < t.w[0];

		*(below ? &low : &high) = below ? middle + 1 : middle;
	}
	for (; low < k->s->rows && k->phone[low].w0 == t.w[0]; low++) {
		member_at(k->s, k->phone[low].row, &m);
		if (token_eq(m.phone, t))
			return k->phone[low].row;
	}
	return -1;
}

static int64_t row_of(const struct counting *k, struct desk_entity e)
{
	return e.kind == DESK_PERSON ? row_of_person(k->s, e.token) : e.kind == DESK_PHONE ? row_of_phone(k, e.token) : -1;
}

static enum err cross(struct counting *k)
{
	struct member m;

	k->mark = mem_alloc(k->s->rows + 1);
	k->phone = mem_alloc_array(k->s->rows + 1, sizeof(*k->phone));
	if (k->mark == NULL || k->phone == NULL)
		return ERR_MEMORY;
	for (uint64_t i = 0; i < k->s->rows; i++) {
		member_at(k->s, i, &m);
		k->phone[i] = (struct crossing){ m.phone.w[0], (uint32_t)i };
	}
	qsort(k->phone, k->s->rows, sizeof(*k->phone), by_w0);
	return ERR_OK;
}

/* ---- what an object says ---- */

/* When it happened, and what it means for whom it is about. 0: nothing. */
static uint8_t marks(const struct desk_object *o)
{
	if (o->kind == DESK_WARNING)
		return MARK_CONTACTED;
	if (o->state == INCIDENT_NOT_FRAUD || o->state == INCIDENT_MERGED)
		return 0;
	return desk_i(o, INCIDENT_F_LOSS) > 0 || desk_i(o, INCIDENT_F_AMOUNT) > 0 ? MARK_VICTIM : MARK_REPORT;
}

static void mark_person(struct counting *k, const struct desk_object *o)
{
	int64_t row = row_of(k, o->subject);

	if (row < 0)
		row = row_of(k, o->also);
	if (row < 0 && o->kind == DESK_INCIDENT && desk_has(o, INCIDENT_F_CALLER))
		row = row_of(k, (struct desk_entity){ DESK_PHONE, o->value[INCIDENT_F_CALLER].token });
	if (row >= 0)
		k->mark[row] |= marks(o);
}

/* Of a flood only reports count: by the district that the report has, in the period in which it was made. Contacts are warnings, and conversion is of those who had one. */
static void mark_district(struct counting *k, const struct desk_object *o)
{
	int64_t row = row_of_person(k->s, (struct token){ { 0, o->district } });
	int64_t period = (o->made_us - k->from_us) / k->period_us;
	struct cluster *c;

	if (row < 0)
		return;
	c = &k->cluster[row];
	period = period < k->m->periods ? period : k->m->periods - 1;
	if (k->m->plan.outcome == CAMPAIGN_CONVERSION) {
		c->n[period] += (marks(o) & MARK_CONTACTED) != 0;
		c->x[period] += (marks(o) & MARK_VICTIM) != 0 && desk_has(o, INCIDENT_F_WARNED);
	} else {
		c->x[period] += (marks(o) & (k->m->plan.outcome == CAMPAIGN_REPORTS ? MARK_REPORT : MARK_VICTIM)) != 0;
	}
}

static void see_text(struct counting *k, const struct desk_object *o)
{
	bool receipted = desk_has(o, PUBLICATION_F_RECEIPT);
	int64_t row = k->m->flood ? -1 : row_of(k, o->subject);

	k->m->texts += desk_has(o, PUBLICATION_F_OUT);
	k->m->receipts += receipted;
	if (row >= 0 && receipted)
		k->mark[row] |= MARK_REACHED;
}

static bool see(void *ctx, const struct registry_hit *h)
{
	struct counting *k = ctx;
	const struct desk_object *o = h->object;

	if (o->kind == DESK_PUBLICATION)
		see_text(k, o);
	else if (o->made_us >= k->from_us && o->made_us < k->to_us)
		(k->m->flood ? mark_district : mark_person)(k, o);
	return true;
}

/* ---- sums ---- */

static void sum_arms(const struct counting *k)
{
	struct member m;

	for (uint64_t i = 0; i < k->s->rows; i++) {
		uint8_t x = k->mark[i];
		struct effect_arm *a;
		bool contacted = (x & MARK_CONTACTED) != 0, victim = (x & MARK_VICTIM) != 0, reached = (x & MARK_REACHED) != 0;

		member_at(k->s, i, &m);
		a = &k->m->arm[m.held];
		a->people++;
		a->reached += reached;
		a->contacted += contacted;
		a->contacted_reached += contacted && reached;
		a->contacted_victims += contacted && victim;
		a->victims += victim;
		a->victims_reached += victim && reached;
		a->reports += (x & MARK_REPORT) != 0 && !victim;
	}
}

/* A flood has a period a wave, each as long as waves are apart; the time of observation belongs to the last. */
static enum err lay_out(struct counting *k)
{
	uint32_t waves = (uint32_t)desk_i(&k->m->campaign, CAMPAIGN_F_WAVES);
	int64_t runs = desk_i(&k->m->campaign, CAMPAIGN_F_ENDS) - k->from_us;
	struct member d;

	k->m->periods = waves;
	k->m->n_districts = (uint32_t)k->s->rows;
	k->period_us = runs > waves ? runs / waves : 1;
	if (k->s->rows == 0 || k->s->rows > CLUSTERS_MAX || waves > CLUSTER_PERIODS_MAX)
		return ERR_FORMAT;
	k->cluster = mem_alloc_array(k->s->rows, sizeof(*k->cluster));
	if (k->cluster == NULL)
		return ERR_MEMORY;
	for (uint64_t i = 0; i < k->s->rows; i++) {
		member_at(k->s, i, &d);
		k->cluster[i].starts = d.wave;
		k->cluster[i].people = d.phone.w[1];
		for (uint32_t s = 0; s < waves && k->m->plan.outcome != CAMPAIGN_CONVERSION; s++)
			k->cluster[i].n[s] = d.phone.w[1];
	}
	return ERR_OK;
}

static enum err judge(struct counting *k)
{
	struct measured *m = k->m;

	if (!m->flood) {
		sum_arms(k);
		effect_judge(&m->plan, m->timing, &m->arm[0], &m->arm[1], &m->effect);
		return ERR_OK;
	}
	for (uint32_t i = 0; i < m->n_districts; i++)
		for (uint32_t s = 0; s < m->periods; s++) {
			m->events += k->cluster[i].x[s];
			m->among += k->cluster[i].n[s];
		}
	return cluster_judge(&m->plan, k->cluster, m->n_districts, m->periods,
	                     (uint64_t)desk_i(&m->campaign, CAMPAIGN_F_SEED), &m->cluster);
}

/* ---- the whole ---- */

static void set_time(struct measured *m)
{
	const struct desk_object *o = &m->campaign;

	m->measure_at_us = desk_i(o, CAMPAIGN_F_MEASURE_AT);
	if (o->state == CAMPAIGN_STOPPED)
		m->timing = EFFECT_STOPPED;
	else
		m->timing = (o->state == CAMPAIGN_ENDED || o->state == CAMPAIGN_MEASURED) && m->now_us >= m->measure_at_us
		                ? EFFECT_OVER
		                : EFFECT_TOO_EARLY;
}

static enum err count(struct counting *k, struct registry *r)
{
	struct registry_query texts = { .kind = DESK_PUBLICATION,
		                            .entity = desk_thing(k->m->campaign.id),
		                            .order = REGISTRY_BY_ID };
	struct registry_query warnings = { .kind = DESK_WARNING, .changed_from_us = k->from_us, .order = REGISTRY_BY_ID };
	struct registry_query incidents = { .kind = DESK_INCIDENT, .changed_from_us = k->from_us, .order = REGISTRY_BY_ID };
	bool over = k->m->timing == EFFECT_OVER;
	enum err e = k->m->flood ? lay_out(k) : cross(k);

	if (e == ERR_OK)
		e = registry_each(r, &texts, see, k);
	if (e == ERR_OK && over)
		e = registry_each(r, &warnings, see, k);
	if (e == ERR_OK && over)
		e = registry_each(r, &incidents, see, k);
	return e == ERR_OK && over ? judge(k) : e;
}

enum err measuring_run(struct registry *r, const struct desk_object *campaign, const struct segment *segment,
                       struct measured *out)
{
	struct counting k = { .s = segment, .m = out };
	enum err e;

	memset(out, 0, sizeof(*out));
	out->campaign = *campaign;
	out->flood = desk_i(campaign, CAMPAIGN_F_MANNER) == CAMPAIGN_FLOOD;
	out->size = segment->rows;
	out->held = segment->held;
	measuring_plan(campaign, &out->plan);
	e = registry_place(r, &out->position, &out->now_us);
	if (e != ERR_OK)
		return e;
	set_time(out);
	k.from_us = desk_i(campaign, CAMPAIGN_F_BEGAN);
	k.to_us = out->measure_at_us;
	e = count(&k, r);
	mem_free(k.mark);
	mem_free(k.phone);
	mem_free(k.cluster);
	return e;
}
