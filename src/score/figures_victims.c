/* figures_victims.c - who was found in time, case by case: what a victim, not a suspect, has of an alert.
 *
 * A case is found when the victim is warned, when a suspect of the case is accused, when somebody who acted in it is (a card
 * that rang the victim, an account that took the money), or when any suspect of the operation behind those is: a SIM box or a
 * network of mules is a crime of its own without a victim, and one of its cards leads to the others. */
#include "base/mem.h"
#include "score/score_int.h"

enum {
	LINKS_MAX = 1 << 26
};

bool bench_victim(const struct bench *b, uint32_t crime)
{
	const struct truth_crime *c = &b->t->crime[crime];

	return crime != 0 && c->victim && c->transfer_first_us >= b->s->from_us && c->transfer_first_us < b->f->until_us;
}

int64_t bench_warned(const struct bench *b, uint32_t group, uint32_t crime)
{
	const uint32_t *at = map_find(&b->s->mark_map, score_mark_key(group, crime));

	return at != NULL ? b->s->mark[*at].warn_key : KEY_NEVER;
}

/* ---- the operations behind a case ---- */

static enum err link_entity(struct bench *b, uint32_t crime, uint32_t entity, uint32_t *seen)
{
	const struct truth *t = b->t;

	for (uint32_t i = 0; i < t->entity[entity].n_rows; i++) {
		const struct truth_row *r = &t->row[t->entity[entity].row_at + i];
		enum err e;

		if (!truth_role_suspect((enum truth_role)r->role) || r->crime == crime || r->crime == 0 ||
		    t->crime[r->crime].victim || seen[r->crime] == crime)
			continue;
		seen[r->crime] = crime;
		e = map_grow((void **)&b->link, &b->cap_links, b->n_links, sizeof(*b->link), LINKS_MAX);
		if (e != ERR_OK)
			return e;
		b->link[b->n_links++] = r->crime;
	}
	return ERR_OK;
}

enum err figures_links(struct bench *b)
{
	const struct truth *t = b->t;
	uint32_t *seen = mem_alloc_array(t->n_crimes, sizeof(*seen));
	enum err e = seen != NULL ? ERR_OK : ERR_MEMORY;

	for (uint32_t c = 1; c < t->n_crimes && e == ERR_OK; c++) {
		const struct truth_crime *k = &t->crime[c];

		b->link_at[c] = (uint32_t)b->n_links;
		for (uint32_t i = 0; i < k->n_rows && e == ERR_OK && k->victim; i++)
			e = link_entity(b, c, t->row[t->by_crime[k->row_at + i]].entity, seen);
		for (uint32_t i = 0; i < k->n_events && e == ERR_OK && k->victim; i++) {
			uint32_t entity = t->event[k->event_at + i].entity;

			if (b->stamp[entity] != c)
				e = link_entity(b, c, entity, seen);
			b->stamp[entity] = c;
		}
	}
	b->link_at[t->n_crimes] = (uint32_t)b->n_links;
	mem_free(seen);
	return e;
}

/* ---- one case ---- */

/* The first alert that could have led to the victim. */
static int64_t case_key(const struct bench *b, uint32_t group, uint32_t crime)
{
	const struct truth_crime *c = &b->t->crime[crime];
	int64_t key = bench_warned(b, group, crime);

	if (b->crime_key[crime] < key)
		key = b->crime_key[crime];
	for (uint32_t i = 0; i < c->n_events; i++) {
		uint32_t entity = b->t->event[c->event_at + i].entity;

		if (b->found_key[entity] < key)
			key = b->found_key[entity];
	}
	for (uint32_t i = b->link_at[crime]; i < b->link_at[crime + 1]; i++)
		if (b->crime_key[b->link[i]] < key)
			key = b->crime_key[b->link[i]];
	return key;
}

/* Had the measure stopped who acted: the first contact, grooming or transfer would not have happened. A victim acts in its own
 * transfers; then any suspect of the case counts. */
static bool spared(const struct bench *b, uint32_t crime)
{
	const struct truth_crime *c = &b->t->crime[crime];

	for (uint32_t i = 0; i < c->n_events; i++) {
		const struct truth_event *v = &b->t->event[c->event_at + i];

		if (v->stage != STAGE_CONTACT && v->stage != STAGE_GROOM && v->stage != STAGE_TRANSFER)
			continue;
		if (v->entity != 0 && b->act_us[v->entity] != INT64_MAX)
			return key_before(b->found_key[v->entity], v->time_us);
		return key_before(b->crime_key[crime], v->time_us);
	}
	return false;
}

static void count_money(const struct bench *b, uint32_t crime, int64_t key, struct score_victims *out)
{
	const struct truth_crime *c = &b->t->crime[crime];

	for (uint32_t i = 0; i < c->n_events; i++) {
		const struct truth_event *v = &b->t->event[c->event_at + i];

		if (v->stage != STAGE_TRANSFER || v->time_us >= b->f->until_us)
			continue;
		truth_add_fen(key == KEY_NEVER              ? &out->lost_fen
		              : key_before(key, v->time_us) ? &out->spared_fen
		                                            : &out->gone_fen,
		              v->amount_fen);
	}
}

void figures_victims(struct bench *b, uint32_t group, int64_t scenario, struct score_victims *out)
{
	uint64_t all = 0, ever = 0, before = 0;

	*out = (struct score_victims){ 0 };
	for (uint32_t c = 1; c < b->t->n_crimes; c++) {
		int64_t key;

		if (!bench_victim(b, c) || (scenario >= 0 && b->t->crime[c].scenario != (uint32_t)scenario))
			continue;
		key = case_key(b, group, c);
		all++;
		ever += key != KEY_NEVER;
		before += key_before(key, b->t->crime[c].transfer_first_us);
		out->spared += spared(b, c);
		count_money(b, c, key, out);
	}
	out->before = score_rate_of(before, all);
	out->ever = score_rate_of(ever, all);
}

/* ---- delays ---- */

static void mark_delayed(struct bench *b, uint32_t event, struct score_delays *out)
{
	const struct truth_event *v = &b->t->event[event];

	for (;; v = &b->t->event[v->same - 1]) { /* one transfer may belong to several crimes */
		if (v->stage == STAGE_TRANSFER && v->time_us < b->f->until_us && bench_victim(b, v->crime)) {
			b->crime_delayed[v->crime] = 1;
			truth_add_fen(&out->delayed_fen, v->amount_fen);
		}
		if (v->same == 0)
			return;
	}
}

/* Leaves on the bench which crimes were delayed. */
void figures_delays(struct bench *b, uint32_t group, struct score_delays *out)
{
	const struct score *s = b->s;
	uint64_t hit = 0, all = 0;
	struct score_victims money = { 0 };

	*out = (struct score_delays){ .any = s->group[group].delays > 0 };
	memset(b->crime_delayed, 0, b->t->n_crimes);
	for (size_t i = 0; i < s->n_delayed; i++)
		if (s->delayed[i].group == group)
			mark_delayed(b, s->delayed[i].event, out);
	for (uint32_t c = 1; c < b->t->n_crimes; c++) {
		if (!bench_victim(b, c))
			continue;
		all++;
		hit += b->crime_delayed[c];
		count_money(b, c, KEY_NEVER, &money);
	}
	out->crimes = score_rate_of(hit, all);
	out->all_fen = money.lost_fen;
	out->false_transfers = s->group[group].false_transfers;
	out->false_permillion = rate_permillion(out->false_transfers, b->t->type_population[TYPE_TRANSFER]);
}
