/* figures.c - from what a score kept to its figures: the order of the work, and who is in scope.
 *
 * A suspect is in scope when its first criminal act lies before `until` and something criminal of it is left from `from` on
 * (an act, or an event): nobody can be found who stopped before anyone looked. Without `until`, the last criminal event or
 * alert ends the time: nobody can be found either who begins after the files end. */
#include <math.h>
#include <stdlib.h>
#include "base/mem.h"
#include "score/score_int.h"

static int compare_pairs(const void *p, const void *q, void *ctx)
{
	const struct score *s = ctx;
	uint32_t i = *(const uint32_t *)p, k = *(const uint32_t *)q;
	const struct score_pair *a = &s->pair[i], *b = &s->pair[k];
	int c = (a->group > b->group) - (a->group < b->group);

	c = c ? c : (a->kind > b->kind) - (a->kind < b->kind);
	c = c ? c : (a->warns > b->warns) - (a->warns < b->warns);
	return c ? c : (i > k) - (i < k);
}

static int compare_delayed(const void *p, const void *q)
{
	const struct score_delayed *a = p, *b = q;
	int c = (a->group > b->group) - (a->group < b->group);

	return c ? c : (a->event > b->event) - (a->event < b->event);
}

static void order_pairs(struct bench *b)
{
	struct score *s = b->s;
	size_t at = 0;

	for (size_t i = 0; i < s->n_pairs; i++)
		b->order[i] = (uint32_t)i;
	qsort_r(b->order, s->n_pairs, sizeof(*b->order), compare_pairs, s);
	for (uint32_t g = 0; g <= s->n_groups; g++) {
		while (at < s->n_pairs && s->pair[b->order[at]].group < g)
			at++;
		b->group_at[g] = at;
	}
	if (s->n_delayed > 0)
		qsort(s->delayed, s->n_delayed, sizeof(*s->delayed), compare_delayed);
}

static bool active(const struct bench *b, uint32_t entity)
{
	const struct truth_entity *e = &b->t->entity[entity];

	return e->n_events > 0 && b->t->event[b->t->by_entity[e->event_at + e->n_events - 1]].time_us >= b->s->from_us;
}

static void scope_entity(struct bench *b, uint32_t entity)
{
	const struct truth_entity *e = &b->t->entity[entity];
	bool live = active(b, entity);

	b->act_us[entity] = INT64_MAX;
	b->labelled[e->kind]++;
	for (uint32_t i = 0; i < e->n_rows; i++) {
		const struct truth_row *r = &b->t->row[e->row_at + i];

		if (r->time_us >= b->f->until_us || (r->time_us < b->s->from_us && !live))
			continue;
		if (truth_role_protected((enum truth_role)r->role))
			b->guarded[entity] = 1;
		else if (r->time_us < b->act_us[entity])
			b->act_us[entity] = r->time_us;
	}
	b->suspects[e->kind] += b->act_us[entity] != INT64_MAX;
	b->guards[e->kind] += b->guarded[entity];
}

/* The group's first true accusation of each entity, and of each crime's suspects. */
void bench_group(struct bench *b, uint32_t group)
{
	const struct truth *t = b->t;

	for (size_t i = 0; i < t->n_entities; i++)
		b->found_key[i] = KEY_NEVER;
	for (size_t i = b->group_at[group]; i < b->group_at[group + 1]; i++) {
		const struct score_pair *p = &b->s->pair[b->order[i]];

		if (p->entity != 0 && !p->warns)
			b->found_key[p->entity] = p->first_key;
	}
	for (size_t c = 0; c < t->n_crimes; c++) {
		b->crime_key[c] = KEY_NEVER;
		for (uint32_t i = 0; i < t->crime[c].n_rows; i++) {
			const struct truth_row *r = &t->row[t->by_crime[t->crime[c].row_at + i]];

			if (truth_role_suspect((enum truth_role)r->role) && b->found_key[r->entity] < b->crime_key[c])
				b->crime_key[c] = b->found_key[r->entity];
		}
	}
}

static void group_figures(struct bench *b, uint32_t group, struct score_group *out)
{
	const struct score_state *g = &b->s->group[group];

	out->name = g->name;
	out->shadow = g->shadow;
	out->severity = g->severity;
	out->alerts = g->alerts;
	bench_group(b, group);
	figures_entities(b, group, out);
	figures_victims(b, group, -1, &out->victims);
	figures_delays(b, group, &out->delays);
}

/* ---- the bench ---- */

static enum err bench_init(struct bench *b, struct score *s, struct score_figures *f)
{
	const struct truth *t = s->truth;
	size_t most = t->n_entities > t->n_crimes ? t->n_entities : t->n_crimes;

	*b = (struct bench){ .s = s, .t = t, .f = f };
	b->act_us = mem_alloc_array(t->n_entities, sizeof(*b->act_us));
	b->guarded = mem_alloc_array(t->n_entities, 1);
	b->order = mem_alloc_array(s->n_pairs + 1, sizeof(*b->order));
	b->group_at = mem_alloc_array(s->n_groups + 1, sizeof(*b->group_at));
	b->found_key = mem_alloc_array(t->n_entities, sizeof(*b->found_key));
	b->crime_key = mem_alloc_array(t->n_crimes, sizeof(*b->crime_key));
	b->crime_delayed = mem_alloc_array(t->n_crimes, 1);
	b->link_at = mem_alloc_array(t->n_crimes + 1, sizeof(*b->link_at));
	b->stamp = mem_alloc_array(most, sizeof(*b->stamp));
	b->sample = mem_alloc_array(t->n_entities, sizeof(*b->sample));
	if (!b->act_us || !b->guarded || !b->order || !b->group_at || !b->found_key || !b->crime_key || !b->crime_delayed ||
	    !b->link_at || !b->stamp || !b->sample)
		return ERR_MEMORY;
	for (uint32_t i = 1; i < t->n_entities; i++)
		scope_entity(b, i);
	order_pairs(b);
	return figures_links(b);
}

static void bench_release(struct bench *b)
{
	mem_free(b->act_us);
	mem_free(b->guarded);
	mem_free(b->order);
	mem_free(b->group_at);
	mem_free(b->found_key);
	mem_free(b->crime_key);
	mem_free(b->crime_delayed);
	mem_free(b->link_at);
	mem_free(b->link);
	mem_free(b->stamp);
	mem_free(b->sample);
}

static void describe_span(const struct score *s, struct score_figures *f)
{
	int64_t last = s->truth->newest_us > s->newest_us ? s->truth->newest_us : s->newest_us;

	f->from_us = s->from_us;
	f->until_us = s->until_us < TIME_US_MAX ? s->until_us : last + 1;
	f->days = 1;
	if (s->from_us > TIME_US_MIN && f->until_us > s->from_us)
		f->days = (uint64_t)((f->until_us - s->from_us + US_PER_DAY - 1) / US_PER_DAY);
	f->alerts = s->alerts;
	f->alerts_outside = s->alerts_outside;
	f->alerts_labelled = s->alerts_labelled;
	f->base_rate_permillion = s->o.base_rate_permillion;
	f->kinds = &s->truth->kinds;
}

static int compare_numbers_by_name(const void *p, const void *q, void *ctx)
{
	const struct score *s = ctx;

	return text_cmp(s->group[*(const uint32_t *)p].name, s->group[*(const uint32_t *)q].name);
}

static enum err fill(struct bench *b)
{
	struct score_figures *f = b->f;
	uint32_t *by_name = mem_alloc_array(f->n_rules + 1, sizeof(*by_name));

	if (by_name == NULL)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < f->n_rules; i++)
		by_name[i] = GROUP_RULE + i;
	qsort_r(by_name, f->n_rules, sizeof(*by_name), compare_numbers_by_name, b->s);
	for (uint32_t i = 0; i < f->n_rules; i++) {
		group_figures(b, by_name[i], &f->rule[i]);
		figures_found_by(b, by_name[i], i);
	}
	mem_free(by_name);
	group_figures(b, GROUP_SHADOW, &f->shadow);
	group_figures(b, GROUP_LIVE, &f->live);
	figures_scenarios(b);
	figures_targets(b);
	return figures_curves(b);
}

enum err score_finish(struct score *s, struct score_figures **out)
{
	struct score_figures *f = mem_alloc(sizeof(*f));
	uint32_t n_scenarios = s->truth->n_scenarios;
	struct bench b;
	enum err e;

	if (f == NULL)
		return ERR_MEMORY;
	describe_span(s, f);
	f->n_rules = (uint32_t)s->n_groups - GROUP_RULE;
	f->n_scenarios = n_scenarios;
	f->rule = mem_alloc_array(f->n_rules + 1, sizeof(*f->rule));
	f->scenario = mem_alloc_array(n_scenarios + 1, sizeof(*f->scenario));
	f->found_by = mem_alloc_array((size_t)f->n_rules * n_scenarios + 1, sizeof(*f->found_by));
	e = f->rule && f->scenario && f->found_by ? bench_init(&b, s, f) : ERR_MEMORY;
	if (f->rule && f->scenario && f->found_by) {
		e = e == ERR_OK ? fill(&b) : e;
		bench_release(&b);
	}
	if (e != ERR_OK) {
		score_figures_free(f);
		return e;
	}
	*out = f;
	return ERR_OK;
}

void score_figures_free(struct score_figures *f)
{
	if (f == NULL)
		return;
	mem_free(f->rule);
	mem_free(f->scenario);
	mem_free(f->found_by);
	for (uint32_t i = 0; i < f->n_curves; i++)
		mem_free(f->curve[i].point);
	mem_free(f);
}
