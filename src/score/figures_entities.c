/* figures_entities.c - recall, precision, false alarms and delay by entity: of groups, scenarios, and rules in scenarios; and the
 * curve of precision against recall. */
#include <math.h>
#include <stdlib.h>
#include "base/mem.h"
#include "score/score_int.h"

enum {
	HALF_HOUR_MIN = 30
};

static int64_t innocent_of(const struct bench *b, uint32_t kind)
{
	int64_t all = b->t->population[kind];

	return all < 0 ? -1 : all > (int64_t)b->labelled[kind] ? all - (int64_t)b->labelled[kind] : 0;
}

int64_t figures_innocent(const struct bench *b, enum ident_form form)
{
	int kind = truth_kind_of_form(&b->t->kinds, form);

	return kind >= 0 ? innocent_of(b, (uint32_t)kind) : -1;
}

static int64_t delay_of(const struct bench *b, uint32_t entity, int64_t act_us)
{
	int64_t since = act_us > b->s->from_us ? act_us : b->s->from_us, at = key_us(b->found_key[entity]);

	return at > since ? at - since : 0;
}

static void count_calls(const struct bench *b, uint32_t entity, int64_t key, struct score_entities *row)
{
	const struct truth_entity *e = &b->t->entity[entity];

	for (uint32_t i = 0; i < e->n_events; i++) {
		const struct truth_event *v = &b->t->event[b->t->by_entity[e->event_at + i]];

		if ((v->type != TYPE_CALL && v->type != TYPE_SMS) || v->time_us >= b->f->until_us)
			continue;
		if (key_before(key, v->time_us))
			row->calls_after++;
		else
			row->calls_before++;
	}
}

struct tally {
	uint64_t found, alerted, within;
	size_t n; /* in bench.sample */
};

static void count_pair(struct bench *b, const struct score_pair *p, struct score_entities *row, struct tally *y)
{
	bool real = p->first_key != KEY_NEVER;

	y->alerted++;
	row->alerts += p->alerts;
	row->false_alerts += p->false_alerts;
	row->false_entities += !real;
	if (!real || p->entity == 0)
		return;
	if (p->warns) {
		y->found += b->guarded[p->entity];
		return;
	}
	if (b->act_us[p->entity] == INT64_MAX)
		return;
	y->found++;
	b->sample[y->n] = delay_of(b, p->entity, b->act_us[p->entity]);
	y->within += b->sample[y->n++] <= HALF_HOUR_MIN * US_PER_MINUTE;
	count_calls(b, p->entity, p->first_key, row);
}

static void close_row(struct bench *b, struct score_entities *row, const struct tally *y)
{
	uint64_t all = row->warns ? b->guards[row->kind] : b->suspects[row->kind];
	double days = (double)b->f->days;

	row->recall = score_rate_of(y->found, all);
	row->precision = score_rate_of(y->alerted - row->false_entities, y->alerted);
	row->innocent = innocent_of(b, row->kind);
	row->false_entities_permillion = rate_permillion(row->false_entities, row->innocent);
	row->false_alerts_permillion = rate_permillion(row->false_alerts, row->innocent);
	row->false_entities_permillion_day = row->false_entities_permillion / days;
	row->false_alerts_permillion_day = row->false_alerts_permillion / days;
	row->precision_projected =
		rate_projected(row->recall.value, row->false_entities_permillion / 1e6, b->s->o.base_rate_permillion);
	row->within_30min = score_rate_of(y->within, row->warns ? 0 : all);
	row->delay_us_median = rate_percentile(b->sample, y->n, 50);
	row->delay_us_p90 = rate_percentile(b->sample, y->n, 90);
}

/* All alerts of a mode also have a row for the kinds of suspects that they never spoke about: those were missed. */
static void add_missed(struct bench *b, uint32_t group, struct score_group *out)
{
	for (uint32_t kind = 0; kind < b->t->kinds.n && group == GROUP_LIVE; kind++) {
		bool there = b->suspects[kind] == 0 || out->n_rows == SCORE_ROWS_MAX;

		for (uint32_t i = 0; i < out->n_rows; i++)
			there |= out->row[i].kind == kind && !out->row[i].warns;
		if (there)
			continue;
		out->row[out->n_rows] = (struct score_entities){ .kind = kind };
		close_row(b, &out->row[out->n_rows++], &(struct tally){ 0 });
	}
}

void figures_entities(struct bench *b, uint32_t group, struct score_group *out)
{
	struct score_entities *row = NULL;
	struct tally y = { 0 };

	for (size_t i = b->group_at[group]; i < b->group_at[group + 1]; i++) {
		const struct score_pair *p = &b->s->pair[b->order[i]];

		if (row == NULL || row->kind != p->kind || row->warns != p->warns) {
			if (row != NULL)
				close_row(b, row, &y);
			y = (struct tally){ 0 };
			row = &out->row[out->n_rows++];
			*row = (struct score_entities){ .kind = p->kind, .warns = p->warns };
		}
		count_pair(b, p, row, &y);
	}
	if (row != NULL)
		close_row(b, row, &y);
	add_missed(b, group, out);
}

/* ---- scenarios ---- */

/* Visits each scenario in which the entity has a row of that sort in scope, with the time of its first one there. */
static void each_scenario(struct bench *b, uint32_t entity, bool guard, int64_t *first_us,
                          void (*visit)(struct bench *b, uint32_t entity, uint32_t scenario, int64_t first, void *ctx),
                          void *ctx)
{
	const struct truth_entity *e = &b->t->entity[entity];

	if (guard ? !b->guarded[entity] : b->act_us[entity] == INT64_MAX)
		return;
	for (uint32_t i = 0; i < e->n_rows; i++) { /* rows are ordered by time */
		const struct truth_row *r = &b->t->row[e->row_at + i];

		if (truth_role_protected((enum truth_role)r->role) != guard || r->time_us >= b->f->until_us ||
		    first_us[r->scenario] != INT64_MAX)
			continue;
		first_us[r->scenario] = r->time_us;
		visit(b, entity, r->scenario, r->time_us, ctx);
	}
	for (uint32_t i = 0; i < e->n_rows; i++)
		first_us[b->t->row[e->row_at + i].scenario] = INT64_MAX;
}

static void clear_times(int64_t *first_us)
{
	for (size_t i = 0; i < TRUTH_SCENARIOS_MAX; i++)
		first_us[i] = INT64_MAX;
}

struct scenario_tally {
	uint32_t only; /* this scenario */
	uint64_t hit[3], all[3], within, entities;
	size_t n;
};

static void count_scenario(struct bench *b, uint32_t entity, uint32_t scenario, int64_t first, void *ctx)
{
	struct scenario_tally *y = ctx;
	enum ident_form form = b->t->kinds.kind[b->t->entity[entity].kind].form;
	bool found = b->found_key[entity] != KEY_NEVER;

	if (scenario != y->only || form > IDENT_PERSON)
		return;
	y->all[form]++;
	y->hit[form] += found;
	y->entities++;
	if (!found)
		return;
	b->sample[y->n] = delay_of(b, entity, first);
	y->within += b->sample[y->n++] <= HALF_HOUR_MIN * US_PER_MINUTE;
}

static void scenario_delayed(const struct bench *b, uint32_t scenario, struct score_rate *out)
{
	uint64_t hit = 0, all = 0;

	for (uint32_t c = 1; c < b->t->n_crimes; c++) {
		if (b->t->crime[c].scenario != scenario || !bench_victim(b, c))
			continue;
		all++;
		hit += b->crime_delayed[c];
	}
	*out = score_rate_of(hit, all);
}

_Static_assert(IDENT_PHONE == 0 && IDENT_ACCOUNT == 1 && IDENT_PERSON == 2, "the order of scenario_tally's counts");

/* For the live rules, whose keys are on the bench. */
void figures_scenarios(struct bench *b)
{
	int64_t first_us[TRUTH_SCENARIOS_MAX];

	clear_times(first_us);
	for (uint32_t c = 0; c < b->t->n_scenarios; c++) {
		struct score_scenario *out = &b->f->scenario[c];
		struct scenario_tally y = { .only = c };

		for (uint32_t e = 1; e < b->t->n_entities; e++)
			each_scenario(b, e, false, first_us, count_scenario, &y);
		out->name = b->t->scenario[c];
		out->phones = score_rate_of(y.hit[IDENT_PHONE], y.all[IDENT_PHONE]);
		out->accounts = score_rate_of(y.hit[IDENT_ACCOUNT], y.all[IDENT_ACCOUNT]);
		out->persons = score_rate_of(y.hit[IDENT_PERSON], y.all[IDENT_PERSON]);
		out->within_30min = score_rate_of(y.within, y.entities);
		out->delay_us_median = rate_percentile(b->sample, y.n, 50);
		out->delay_us_p90 = rate_percentile(b->sample, y.n, 90);
		figures_victims(b, GROUP_LIVE, c, &out->victims);
		scenario_delayed(b, c, &out->delayed);
	}
}

static void count_up(struct bench *b, uint32_t entity, uint32_t scenario, int64_t first, void *ctx)
{
	uint64_t *n = ctx;

	(void)b, (void)entity, (void)first;
	n[scenario]++;
}

/* One rule in each scenario: of the entities of the kinds that it speaks about. */
void figures_found_by(struct bench *b, uint32_t group, uint32_t rule)
{
	const struct score_group *g = &b->f->rule[rule];
	uint64_t hit[TRUTH_SCENARIOS_MAX] = { 0 }, all[TRUTH_SCENARIOS_MAX] = { 0 };
	int64_t first_us[TRUTH_SCENARIOS_MAX];

	clear_times(first_us);
	for (size_t i = b->group_at[group]; i < b->group_at[group + 1]; i++) {
		const struct score_pair *p = &b->s->pair[b->order[i]];

		if (p->entity != 0 && p->first_key != KEY_NEVER)
			each_scenario(b, p->entity, p->warns, first_us, count_up, hit);
	}
	for (uint32_t e = 1; e < b->t->n_entities; e++)
		for (uint32_t i = 0; i < g->n_rows; i++)
			if (g->row[i].kind == b->t->entity[e].kind)
				each_scenario(b, e, g->row[i].warns, first_us, count_up, all);
	for (uint32_t c = 0; c < b->t->n_scenarios; c++)
		b->f->found_by[(size_t)rule * b->t->n_scenarios + c] = score_rate_of(hit[c], all[c]);
}

/* ---- curves ---- */

struct scored {
	int64_t points;
	bool real;
};

static int compare_scored(const void *p, const void *q)
{
	const struct scored *a = p, *b = q;

	return (a->points < b->points) -
	       (a->points > b->points); /* equal ones are one point, so their order means nothing */
}

/* Every threshold at which something changes; thinned to every nth when there are too many, the last always kept. */
static enum err make_curve(struct bench *b, const struct scored *v, size_t n, uint32_t kind)
{
	struct score_curve *c = &b->f->curve[b->f->n_curves];
	uint64_t found = 0;
	size_t steps = 0, step = 0, every;

	for (size_t i = 0; i < n; i++)
		steps += i + 1 == n || v[i].points != v[i + 1].points;
	every = (steps + SCORE_CURVE_POINTS_MAX - 2) / (SCORE_CURVE_POINTS_MAX - 1);
	c->point = mem_alloc_array(SCORE_CURVE_POINTS_MAX, sizeof(*c->point));
	if (c->point == NULL)
		return ERR_MEMORY;
	c->kind = kind;
	b->f->n_curves++;
	for (size_t i = 0; i < n; i++) {
		found += v[i].real;
		if (i + 1 < n && v[i].points == v[i + 1].points)
			continue;
		if (++step % every == 0 || i + 1 == n)
			c->point[c->n++] = (struct score_point){ v[i].points, found, i + 1, b->suspects[kind] };
	}
	return ERR_OK;
}

enum err figures_curves(struct bench *b)
{
	struct scored *v = mem_alloc_array(b->s->n_pairs + 1, sizeof(*v));
	size_t i = b->group_at[GROUP_LIVE], end = b->group_at[GROUP_LIVE + 1];
	enum err e = v != NULL ? ERR_OK : ERR_MEMORY;

	while (i < end && e == ERR_OK) {
		const struct score_pair *first = &b->s->pair[b->order[i]];
		size_t n = 0;

		for (; i < end; i++) {
			const struct score_pair *p = &b->s->pair[b->order[i]];

			if (p->kind != first->kind || p->warns != first->warns)
				break;
			v[n++] = (struct scored){ p->points, p->entity != 0 && b->act_us[p->entity] != INT64_MAX &&
				                                     p->first_key != KEY_NEVER };
		}
		if (first->warns || b->suspects[first->kind] == 0)
			continue;
		qsort(v, n, sizeof(*v), compare_scored);
		e = make_curve(b, v, n, first->kind);
	}
	mem_free(v);
	return e;
}
