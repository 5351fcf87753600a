/* score_json.c - see score_json.h. doc/formats.md describes the object. */
#include "score/score_json.h"
#include <inttypes.h>
#include <math.h>
#include "base/clock.h"

static void key(struct buf *b, const char *name)
{
	char last = b->n > 0 ? b->p[b->n - 1] : 0;

	if (last != '{' && last != 0)
		buf_char(b, ',');
	buf_printf(b, "\"%s\":", name);
}

static void put_count(struct buf *b, const char *name, uint64_t v)
{
	key(b, name);
	buf_printf(b, "%" PRIu64, v);
}

static void put_int(struct buf *b, const char *name, int64_t v) /* -1: null */
{
	key(b, name);
	if (v < 0)
		buf_z(b, "null");
	else
		buf_int(b, v);
}

static void put_real(struct buf *b, const char *name, double v)
{
	key(b, name);
	if (isfinite(v))
		buf_printf(b, "%.9g", v);
	else
		buf_z(b, "null");
}

static void put_text(struct buf *b, const char *name, struct text t)
{
	key(b, name);
	buf_json(b, t);
}

static void put_time(struct buf *b, const char *name, int64_t us)
{
	key(b, name);
	buf_char(b, '"');
	clock_format(b, us, &clock_shanghai);
	buf_char(b, '"');
}

void score_json_rate(struct buf *b, const struct score_rate *r)
{
	buf_char(b, '{');
	put_count(b, "hit", r->hit);
	put_count(b, "all", r->all);
	put_real(b, "value", r->value);
	put_real(b, "low", r->low);
	put_real(b, "high", r->high);
	buf_char(b, '}');
}

static void put_rate(struct buf *b, const char *name, const struct score_rate *r)
{
	key(b, name);
	score_json_rate(b, r);
}

static void put_row(struct buf *b, const struct score_figures *f, const struct score_entities *r)
{
	buf_char(b, '{');
	put_text(b, "kind", text_z(f->kinds->kind[r->kind].name));
	put_text(b, "stance", r->warns ? TEXT("warns") : TEXT("accuses"));
	put_count(b, "alerts", r->alerts);
	put_count(b, "false_alerts", r->false_alerts);
	put_rate(b, "recall", &r->recall);
	put_rate(b, "precision", &r->precision);
	put_real(b, "precision_projected", r->precision_projected);
	put_count(b, "false_entities", r->false_entities);
	put_int(b, "innocent", r->innocent);
	put_real(b, "false_entities_permillion", r->false_entities_permillion);
	put_real(b, "false_entities_permillion_day", r->false_entities_permillion_day);
	put_real(b, "false_alerts_permillion", r->false_alerts_permillion);
	put_real(b, "false_alerts_permillion_day", r->false_alerts_permillion_day);
	put_int(b, "delay_us_median", r->delay_us_median);
	put_int(b, "delay_us_p90", r->delay_us_p90);
	put_rate(b, "within_30min", &r->within_30min);
	put_count(b, "calls_before", r->calls_before);
	put_count(b, "calls_after", r->calls_after);
	buf_char(b, '}');
}

static void put_victims(struct buf *b, const struct score_victims *v)
{
	key(b, "victims");
	buf_char(b, '{');
	put_rate(b, "found_before_money_left", &v->before);
	put_rate(b, "found", &v->ever);
	put_int(b, "gone_fen", v->gone_fen);
	put_int(b, "spared_fen", v->spared_fen);
	put_int(b, "lost_fen", v->lost_fen);
	put_count(b, "spared", v->spared);
	buf_char(b, '}');
}

static void put_delays(struct buf *b, const struct score_delays *d)
{
	key(b, "delays");
	if (!d->any) {
		buf_z(b, "null");
		return;
	}
	buf_char(b, '{');
	put_rate(b, "crimes", &d->crimes);
	put_int(b, "delayed_fen", d->delayed_fen);
	put_int(b, "all_fen", d->all_fen);
	put_count(b, "false_transfers", d->false_transfers);
	put_real(b, "false_permillion", d->false_permillion);
	buf_char(b, '}');
}

static void group_body(struct buf *b, const struct score_figures *f, const struct score_group *g)
{
	put_count(b, "alerts", g->alerts);
	key(b, "entities");
	buf_char(b, '[');
	for (uint32_t i = 0; i < g->n_rows; i++) {
		if (i > 0)
			buf_char(b, ',');
		put_row(b, f, &g->row[i]);
	}
	buf_char(b, ']');
	put_victims(b, &g->victims);
	put_delays(b, &g->delays);
}

void score_json_group(struct buf *b, const struct score_figures *f, const struct score_group *g)
{
	buf_char(b, '{');
	group_body(b, f, g);
	buf_char(b, '}');
}

static void put_rule(struct buf *b, const struct score_figures *f, uint32_t rule)
{
	const struct score_group *g = &f->rule[rule];

	buf_char(b, '{');
	put_text(b, "name", g->name);
	put_text(b, "mode", g->shadow ? TEXT("shadow") : TEXT("live"));
	put_text(b, "severity", text_z(score_severity_name(g->severity)));
	group_body(b, f, g);
	key(b, "scenarios");
	buf_char(b, '{');
	for (uint32_t c = 0; c < f->n_scenarios; c++) {
		const struct score_rate *r = &f->found_by[(size_t)rule * f->n_scenarios + c];

		if (r->hit == 0)
			continue;
		if (b->p != NULL && b->p[b->n - 1] != '{')
			buf_char(b, ',');
		buf_json(b, f->scenario[c].name);
		buf_char(b, ':');
		score_json_rate(b, r);
	}
	buf_z(b, "}}");
}

static void put_scenario(struct buf *b, const struct score_scenario *c)
{
	buf_char(b, '{');
	put_text(b, "name", c->name);
	put_rate(b, "phones", &c->phones);
	put_rate(b, "accounts", &c->accounts);
	put_rate(b, "persons", &c->persons);
	put_rate(b, "within_30min", &c->within_30min);
	put_int(b, "delay_us_median", c->delay_us_median);
	put_int(b, "delay_us_p90", c->delay_us_p90);
	put_victims(b, &c->victims);
	put_rate(b, "delayed", &c->delayed);
	buf_char(b, '}');
}

static void put_targets(struct buf *b, const struct score_targets *t)
{
	key(b, "targets");
	buf_char(b, '{');
	key(b, "cards");
	buf_char(b, '{');
	put_rate(b, "accused_within_30min", &t->cards);
	put_rate(b, "gateway_voices_within_30min", &t->pairs);
	put_count(b, "false_entities", t->cards_false);
	put_real(b, "false_permillion", t->cards_false_permillion);
	buf_char(b, '}');
	key(b, "mules");
	buf_char(b, '{');
	put_rate(b, "accused_before_second_outgoing", &t->mules);
	put_count(b, "false_entities", t->mules_false);
	put_real(b, "false_permillion", t->mules_false_permillion);
	buf_char(b, '}');
	key(b, "coached");
	buf_char(b, '{');
	put_rate(b, "held_before_money_left", &t->coached);
	put_rate(b, "held_before_last_transfer", &t->coached_any);
	put_int(b, "spared_fen", t->coached_spared_fen);
	put_int(b, "all_fen", t->coached_all_fen);
	put_count(b, "false_transfers", t->coached_false);
	put_real(b, "false_permillion", t->coached_false_permillion);
	buf_z(b, "}}");
}

static void put_curves(struct buf *b, const struct score_figures *f)
{
	key(b, "curves");
	buf_char(b, '[');
	for (uint32_t i = 0; i < f->n_curves; i++) {
		if (i > 0)
			buf_char(b, ',');
		buf_char(b, '{');
		put_text(b, "kind", text_z(f->kinds->kind[f->curve[i].kind].name));
		key(b, "points");
		buf_char(b, '[');
		for (uint32_t k = 0; k < f->curve[i].n; k++) {
			const struct score_point *p = &f->curve[i].point[k];

			if (k > 0)
				buf_char(b, ',');
			buf_char(b, '{');
			put_int(b, "threshold", p->threshold);
			put_count(b, "found", p->found);
			put_count(b, "alerted", p->alerted);
			put_count(b, "all", p->all);
			buf_char(b, '}');
		}
		buf_z(b, "]}");
	}
	buf_char(b, ']');
}

void score_json(struct buf *b, const struct score_figures *f)
{
	buf_char(b, '{');
	put_text(b, "duanka", TEXT("score/1"));
	put_time(b, "from", f->from_us);
	put_time(b, "until", f->until_us);
	put_count(b, "days", f->days);
	put_count(b, "alerts", f->alerts);
	put_count(b, "alerts_outside", f->alerts_outside);
	put_count(b, "alerts_labelled", f->alerts_labelled);
	key(b, "base_rate_permillion");
	if (f->base_rate_permillion > 0)
		buf_printf(b, "%" PRIu64, f->base_rate_permillion);
	else
		buf_z(b, "null");
	put_targets(b, &f->targets);
	key(b, "live");
	score_json_group(b, f, &f->live);
	key(b, "shadow");
	score_json_group(b, f, &f->shadow);
	key(b, "rules");
	buf_char(b, '[');
	for (uint32_t i = 0; i < f->n_rules; i++) {
		if (i > 0)
			buf_char(b, ',');
		put_rule(b, f, i);
	}
	buf_char(b, ']');
	key(b, "scenarios");
	buf_char(b, '[');
	for (uint32_t i = 0; i < f->n_scenarios; i++) {
		if (i > 0)
			buf_char(b, ',');
		put_scenario(b, &f->scenario[i]);
	}
	buf_char(b, ']');
	put_curves(b, f);
	buf_z(b, "}\n");
}
