/* figures_targets.c - the three marks that the shipped pack is held to: cards, mules, coached transfers. See score.h. */
#include "base/mem.h"
#include "score/score_int.h"

static const struct score_entities *row_of(const struct score_group *g, enum ident_form form,
                                           const struct truth_kinds *kinds)
{
	for (uint32_t i = 0; i < g->n_rows; i++)
		if (!g->row[i].warns && kinds->kind[g->row[i].kind].form == form)
			return &g->row[i];
	return NULL;
}

static bool has_role(const struct bench *b, uint32_t entity, uint32_t roles, int level)
{
	const struct truth_entity *e = &b->t->entity[entity];

	for (uint32_t i = 0; i < e->n_rows; i++) {
		const struct truth_row *r = &b->t->row[e->row_at + i];

		if ((roles >> r->role & 1) != 0 && (level == 0 || r->level == level))
			return true;
	}
	return false;
}

/* The nth event of an entity that keep() wants; TIME_US_MAX: there is none. */
static int64_t nth_event(const struct bench *b, uint32_t entity, uint32_t n, bool (*keep)(const struct truth_event *v))
{
	const struct truth_entity *e = &b->t->entity[entity];

	for (uint32_t i = 0; i < e->n_events; i++) {
		const struct truth_event *v = &b->t->event[b->t->by_entity[e->event_at + i]];

		if (keep(v) && v->time_us >= b->s->from_us && --n == 0)
			return v->time_us;
	}
	return TIME_US_MAX;
}

static bool is_call(const struct truth_event *v)
{
	return v->type == TYPE_CALL;
}

static bool is_outgoing(const struct truth_event *v)
{
	return v->stage == STAGE_LAYER || v->stage == STAGE_CASHOUT;
}

/* Phones of these roles that were accused within half an hour of their first call. */
static struct score_rate phone_figures(const struct bench *b, uint32_t roles)
{
	uint64_t hit = 0, all = 0;

	for (uint32_t e = 1; e < b->t->n_entities; e++) {
		int64_t first;

		if (b->t->kinds.kind[b->t->entity[e].kind].form != IDENT_PHONE || b->act_us[e] == INT64_MAX ||
		    !has_role(b, e, roles, 0))
			continue;
		first = nth_event(b, e, 1, is_call);
		first = first == TIME_US_MAX ? b->act_us[e] : first;
		all++;
		hit += b->found_key[e] != KEY_NEVER && key_us(b->found_key[e]) <= first + 30 * US_PER_MINUTE;
	}
	return score_rate_of(hit, all);
}

static void mule_figures(const struct bench *b, struct score_targets *out)
{
	uint64_t hit = 0, all = 0;

	for (uint32_t e = 1; e < b->t->n_entities; e++) {
		if (b->t->kinds.kind[b->t->entity[e].kind].form != IDENT_ACCOUNT || b->act_us[e] == INT64_MAX ||
		    !has_role(b, e, 1u << ROLE_MULE, 1))
			continue;
		all++;
		hit += b->found_key[e] != KEY_NEVER && key_before(b->found_key[e], nth_event(b, e, 2, is_outgoing));
	}
	out->mules = score_rate_of(hit, all);
}

/* ---- coached transfers ---- */

static bool coached(const struct bench *b, uint32_t crime)
{
	const struct truth_crime *c = &b->t->crime[crime];

	for (uint32_t i = 0; i < c->n_events; i++) {
		const struct truth_event *v = &b->t->event[c->event_at + i];

		if (v->time_us > c->transfer_first_us)
			return false;
		if (v->type == TYPE_CALL && (v->stage == STAGE_LEAD || v->stage == STAGE_CONTACT || v->stage == STAGE_GROOM))
			return true;
	}
	return false;
}

/* The live rules' first delay of the victim's transfers, by crime, into bench.crime_key. */
static void delay_keys(struct bench *b)
{
	for (size_t c = 0; c < b->t->n_crimes; c++)
		b->crime_key[c] = KEY_NEVER;
	for (size_t i = 0; i < b->s->n_delayed && b->s->delayed[i].group == GROUP_LIVE; i++) { /* by group */
		const struct truth_event *v = &b->t->event[b->s->delayed[i].event];

		for (;; v = &b->t->event[v->same - 1]) {
			int64_t key = key_of_alert(v->time_us, true);

			if (v->stage == STAGE_TRANSFER && key < b->crime_key[v->crime])
				b->crime_key[v->crime] = key;
			if (v->same == 0)
				break;
		}
	}
}

static void coached_figures(struct bench *b, struct score_targets *out)
{
	uint64_t before = 0, any = 0, all = 0;

	delay_keys(b);
	for (uint32_t c = 1; c < b->t->n_crimes; c++) {
		const struct truth_crime *k = &b->t->crime[c];
		int64_t key;

		if (!bench_victim(b, c) || !coached(b, c))
			continue;
		key = bench_warned(b, GROUP_LIVE, c);
		key = b->crime_key[c] < key ? b->crime_key[c] : key;
		all++;
		before += key_before(key, k->transfer_first_us);
		any += key_before(key, k->transfer_last_us);
		for (uint32_t i = 0; i < k->n_events; i++) {
			const struct truth_event *v = &b->t->event[k->event_at + i];

			if (v->stage != STAGE_TRANSFER || v->time_us >= b->f->until_us)
				continue;
			truth_add_fen(&out->coached_all_fen, v->amount_fen);
			truth_add_fen(&out->coached_spared_fen, key_before(key, v->time_us) ? v->amount_fen : 0);
		}
	}
	out->coached = score_rate_of(before, all);
	out->coached_any = score_rate_of(any, all);
	out->coached_false = b->f->live.delays.false_transfers;
	out->coached_false_permillion = b->f->live.delays.false_permillion;
}

void figures_targets(struct bench *b)
{
	struct score_targets *out = &b->f->targets;
	const struct score_entities *row;
	struct score_group strict = { 0 };

	bench_group(b, GROUP_STRICT);
	figures_entities(b, GROUP_STRICT, &strict);
	out->cards = phone_figures(b, 1u << ROLE_SIMBOX | 1u << ROLE_BURST | 1u << ROLE_SLEEPING);
	out->pairs = phone_figures(b, 1u << ROLE_GATEWAY_VOICE);
	mule_figures(b, out);
	row = row_of(&strict, IDENT_PHONE, &b->t->kinds);
	out->cards_false = row ? row->false_entities : 0;
	out->cards_false_permillion = rate_permillion(out->cards_false, figures_innocent(b, IDENT_PHONE));
	row = row_of(&strict, IDENT_ACCOUNT, &b->t->kinds);
	out->mules_false = row ? row->false_entities : 0;
	out->mules_false_permillion = rate_permillion(out->mules_false, figures_innocent(b, IDENT_ACCOUNT));
	coached_figures(b, out);
}
