/* score.c - alerts come in; who was alerted first when, by which rule, is kept. See score.h. */
#include "score/score.h"
#include "base/mem.h"
#include "score/score_int.h"

enum {
	MARKS_MAX = 1 << 25,
	DELAYS_MAX = 1 << 25,
	RULE_NAMES = 1001, /* name space of rules' hashes */
};

static const char *const severities[] = { "none", "blue", "yellow", "red", "purple" };

bool score_severity_parse(struct text t, enum score_severity *out)
{
	for (size_t i = 0; i < ARRAY_LEN(severities); i++)
		if (text_eq(t, text_z(severities[i]))) {
			*out = (enum score_severity)i;
			return true;
		}
	return false;
}

const char *score_severity_name(enum score_severity s)
{
	return severities[s];
}

void score_options_default(struct score_options *o)
{
	*o = (struct score_options){ .from_us = TIME_US_MIN, .until_us = TIME_US_MAX, .rule = TEXT("") };
}

static enum err add_group(struct score *s, struct text name, bool shadow)
{
	enum err e =
		map_grow((void **)&s->group, &s->cap_groups, s->n_groups, sizeof(*s->group), GROUP_RULE + SCORE_RULES_MAX);
	struct text copy;

	if (e != ERR_OK)
		return e;
	copy = arena_text(&s->names, name);
	if (copy.p == NULL)
		return ERR_MEMORY;
	s->group[s->n_groups++] = (struct score_state){ .name = copy, .shadow = shadow };
	return ERR_OK;
}

enum err score_new(struct score **out, const struct truth *t, const struct score_options *o)
{
	struct score *s = mem_alloc(sizeof(*s));
	uint64_t seed = (uint64_t)hash_fingerprint(&t->key, TEXT("score"));
	enum err e;

	CHECK(t->finished);
	if (s == NULL)
		return ERR_MEMORY;
	s->truth = t;
	s->o = *o;
	s->from_us = o->from_us > TIME_US_MIN ? o->from_us : t->start_us;
	s->until_us = o->until_us;
	s->newest_us = TIME_US_MIN;
	arena_init(&s->names, (size_t)2 * SCORE_RULES_MAX * (SCORE_RULE_NAME_MAX + 32));
	map_init(&s->rule_map, seed, SCORE_RULES_MAX);
	map_init(&s->pair_map, seed, SCORE_PAIRS_MAX);
	map_init(&s->mark_map, seed, MARKS_MAX);
	map_init(&s->delay_map, seed, DELAYS_MAX);
	e = add_group(s, TEXT("live"), false);
	e = e == ERR_OK ? add_group(s, TEXT("shadow"), true) : e;
	e = e == ERR_OK ? add_group(s, TEXT("strict"), false) : e;
	if (e != ERR_OK) {
		score_free(s);
		return e;
	}
	*out = s;
	return ERR_OK;
}

void score_free(struct score *s)
{
	if (s == NULL)
		return;
	arena_release(&s->names);
	map_release(&s->rule_map);
	map_release(&s->pair_map);
	map_release(&s->mark_map);
	map_release(&s->delay_map);
	mem_free(s->group);
	mem_free(s->pair);
	mem_free(s->mark);
	mem_free(s->delayed);
	mem_free(s);
}

/* ---- one alert ---- */

static enum err find_rule(struct score *s, const struct score_alert *a, uint32_t *out)
{
	struct token h = hash_token(&s->truth->key, RULE_NAMES, a->rule);
	uint32_t *at;
	bool fresh;
	enum err e = map_put(&s->rule_map, (struct map_key){ { h.w[0], h.w[1], 0 } }, &at, &fresh);

	if (e != ERR_OK)
		return e;
	if (*at == 0) { /* new, or its group could not be made before */
		e = add_group(s, a->rule, a->shadow);
		if (e != ERR_OK)
			return e;
		*at = (uint32_t)s->n_groups - 1;
		s->group[*at].severity = a->severity;
	}
	*out = *at;
	return ERR_OK;
}

static bool row_holds(const struct truth *t, const struct truth_row *r, const struct score_alert *a)
{
	if (r->time_us > a->time_us)
		return false;
	if (!a->warns)
		return truth_role_suspect((enum truth_role)r->role);
	return truth_role_protected((enum truth_role)r->role) && a->time_us <= t->crime[r->crime].last_us + US_PER_DAY;
}

static bool is_true(const struct truth *t, uint32_t entity, const struct score_alert *a)
{
	for (uint32_t i = 0; i < t->entity[entity].n_rows; i++)
		if (row_holds(t, &t->row[t->entity[entity].row_at + i], a))
			return true;
	return false;
}

static enum err touch_pair(struct score *s, uint32_t group, uint32_t entity, bool holds, const struct score_alert *a,
                           bool *fresh, uint32_t *out)
{
	enum err e = map_grow((void **)&s->pair, &s->cap_pairs, s->n_pairs, sizeof(*s->pair), SCORE_PAIRS_MAX);
	int64_t key = key_of_alert(a->time_us, a->warns || a->delays);
	struct score_pair *p;
	uint32_t *at;

	if (e == ERR_OK)
		e = map_put(&s->pair_map,
		            (struct map_key){ { a->token.w[0], a->token.w[1], group << 8 | a->kind << 1 | a->warns } }, &at,
		            fresh);
	if (e != ERR_OK)
		return e;
	if (*fresh) {
		*at = (uint32_t)s->n_pairs++;
		s->pair[*at] = (struct score_pair){
			.group = group, .entity = entity, .kind = (uint8_t)a->kind, .warns = a->warns, .first_key = KEY_NEVER
		};
	}
	p = &s->pair[*at];
	p->alerts++;
	p->false_alerts += !holds;
	if (holds && key < p->first_key)
		p->first_key = key;
	*out = *at;
	return ERR_OK;
}

struct map_key score_mark_key(uint32_t group, uint32_t crime)
{
	return (struct map_key){ { group, crime, 0 } };
}

/* A warning to a victim counts for each of its crimes that it falls into. */
static enum err touch_marks(struct score *s, uint32_t group, uint32_t entity, const struct score_alert *a)
{
	const struct truth *t = s->truth;

	for (uint32_t i = 0; i < t->entity[entity].n_rows; i++) {
		const struct truth_row *r = &t->row[t->entity[entity].row_at + i];
		int64_t key = key_of_alert(a->time_us, true);
		uint32_t *at;
		bool fresh;
		enum err e;

		if (r->role != ROLE_VICTIM || !row_holds(t, r, a))
			continue;
		e = map_grow((void **)&s->mark, &s->cap_marks, s->n_marks, sizeof(*s->mark), MARKS_MAX);
		if (e == ERR_OK)
			e = map_put(&s->mark_map, score_mark_key(group, r->crime), &at, &fresh);
		if (e != ERR_OK)
			return e;
		if (fresh) {
			*at = (uint32_t)s->n_marks++;
			s->mark[*at].warn_key = KEY_NEVER;
		}
		if (key < s->mark[*at].warn_key)
			s->mark[*at].warn_key = key;
	}
	return ERR_OK;
}

/* One event delayed several times is delayed once. */
static enum err touch_delay(struct score *s, uint32_t group, const struct score_alert *a)
{
	struct map_key place = truth_place(s->truth, a->source, a->line), key = place;
	const struct truth_event *v = truth_event_find(s->truth, place);
	uint32_t *at;
	bool fresh;
	enum err e = map_grow((void **)&s->delayed, &s->cap_delayed, s->n_delayed, sizeof(*s->delayed), DELAYS_MAX);

	key.w[2] = place.w[2] << (64 - TRUTH_PLACE_LINE_BITS) | group;
	if (e == ERR_OK)
		e = map_put(&s->delay_map, key, &at, &fresh);
	if (e != ERR_OK || !fresh)
		return e;
	s->group[group].delays++;
	if (v == NULL)
		s->group[group].false_transfers++;
	else
		s->delayed[s->n_delayed++] = (struct score_delayed){ group, (uint32_t)(v - s->truth->event) };
	return ERR_OK;
}

static enum err touch(struct score *s, uint32_t group, uint32_t entity, bool holds, const struct score_alert *a,
                      bool *fresh, uint32_t *pair)
{
	enum err e = touch_pair(s, group, entity, holds, a, fresh, pair);

	s->group[group].alerts++;
	if (e == ERR_OK && a->warns)
		e = touch_marks(s, group, entity, a);
	if (e == ERR_OK && a->delays)
		e = touch_delay(s, group, a);
	return e;
}

_Static_assert(GROUP_RULE + SCORE_RULES_MAX < 1 << (64 - TRUTH_PLACE_LINE_BITS),
               "line and group share a word of a key");

enum err score_alert(struct score *s, const struct score_alert *a)
{
	uint32_t rule, entity, pair, rule_pair;
	bool holds, fresh, fresh_all;
	enum err e;

	if (a->kind >= s->truth->kinds.n || a->line >> TRUTH_PLACE_LINE_BITS != 0 || a->time_us < TIME_US_MIN ||
	    a->time_us >= TIME_US_MAX || a->rule.n > SCORE_RULE_NAME_MAX || a->source.n > SCORE_SOURCE_MAX)
		return ERR_RANGE;
	if (a->time_us < s->from_us || a->time_us >= s->until_us || a->severity < s->o.least ||
	    (s->o.rule.n > 0 && !text_eq(s->o.rule, a->rule))) {
		s->alerts_outside++;
		return ERR_OK;
	}
	entity = truth_entity_find(s->truth, a->kind, a->token);
	holds = is_true(s->truth, entity, a);
	e = find_rule(s, a, &rule);
	if (e == ERR_OK)
		e = touch(s, rule, entity, holds, a, &fresh, &rule_pair);
	if (e == ERR_OK)
		e = touch(s, a->shadow ? GROUP_SHADOW : GROUP_LIVE, entity, holds, a, &fresh_all, &pair);
	if (e == ERR_OK && fresh && !a->shadow && !a->warns)
		truth_add_fen(&s->pair[pair].points, a->points > 0 ? a->points : 0);
	if (e == ERR_OK && !a->shadow && a->severity >= SCORE_SEVERITY_YELLOW)
		e = touch(s, GROUP_STRICT, entity, holds, a, &fresh, &rule_pair);
	if (e != ERR_OK)
		return e;
	s->alerts++;
	s->alerts_labelled += entity != 0;
	if (a->time_us > s->newest_us)
		s->newest_us = a->time_us;
	return ERR_OK;
}
