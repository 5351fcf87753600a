/* day_seats.c - who works on what next. Each object that somebody could work on is a line with the groups it waits for; a free seat takes the line that comes first by desk_next.
 *
 * Seats work by day (08-20) or all round the clock. What a seat does with an object is its group's script. How long lines waited, and how busy seats were, is the load. */
#include "base/clock.h"
#include "day/day_int.h"

#define G(group) (1U << GROUP_##group)
enum {
	GRADE_SHIFT = 61 /* of desk_next */
};
#define AFTER_AI_US (3 * US_PER_MINUTE)

static const struct script *const scripts[DAY_GROUPS_COUNT] = {
	[GROUP_INTAKE] = &intake_script,   [GROUP_STOP] = &stop_script,         [GROUP_DISSUASION] = &dissuasion_script,
	[GROUP_LEADER] = &leader_script,   [GROUP_QUALITY] = &quality_script,   [GROUP_APPEALS] = &appeals_script,
	[GROUP_STATION] = &station_script, [GROUP_OPERATOR] = &operator_script, [GROUP_BANK] = &bank_script
};

/* ---- whom an object waits for ---- */

static uint32_t warning_waits(const struct desk_object *o)
{
	bool light = o->grade < 2, helped = desk_i(o, WARNING_F_OUTCOME) == OUTCOME_OPERATOR;

	if (o->state == WARNING_FED_BACK)
		return G(QUALITY);
	if (o->grade == 0 || o->state < WARNING_ISSUED || o->state > WARNING_VISITING)
		return 0;
	if (light)
		return G(DISSUASION);
	return G(STATION) | (o->state <= WARNING_SIGNED ? G(DISSUASION) : 0) |
	       (helped && o->state != WARNING_ISSUED ? G(LEADER) : 0);
}

static uint32_t card_waits(const struct desk_object *o)
{
	bool asked = o->proposer && !o->approver && desk_has(o, CARD_F_ASKED_BASIS) && o->state != CARD_SUSPENDED;

	return (o->state == CARD_SUSPECT && !asked ? G(OPERATOR) : 0) | (asked ? G(LEADER) : 0);
}

static uint32_t account_waits(const struct day *d, const struct desk_object *o)
{
	uint32_t i = who_of_token(d, o->subject.token, o->subject.kind);
	bool drafted = i != NONE && d->who.p[i].drafted;

	if (o->state != ACCOUNT_WATCHED)
		return 0;
	return desk_i(o, ACCOUNT_F_PROPOSED) == MEASURE_OF_STOP && !drafted && !desk_has(o, ACCOUNT_F_STOP) ? G(STOP)
	                                                                                                    : G(BANK);
}

static uint32_t stop_waits(const struct day *d, const struct desk_object *o)
{
	const struct desk_object *i = world_object(d, desk_id(o, STOP_F_INCIDENT)),
							 *f = world_object(d, desk_id(o, STOP_F_FREEZE));
	bool freezing = f && f->state <= FREEZE_FROZEN;

	if (o->state == STOP_DRAFT || (o->state == STOP_STOPPED && desk_i(o, STOP_F_EXTENSION) == STOP_EXTENSION_ASKED))
		return G(LEADER);
	if (o->state != STOP_STOPPED || freezing || desk_has(o, STOP_F_EXTENSION))
		return 0;
	return (i && i->state == INCIDENT_FILED) || o->due_us[STOP_T_ALARM_1] == 0 ? G(STOP) : 0;
}

static uint32_t waits(const struct day *d, const struct desk_object *o)
{
	switch (o->kind) {
	case DESK_WARNING: return warning_waits(o);
	case DESK_CARD: return card_waits(o);
	case DESK_ACCOUNT: return account_waits(d, o);
	case DESK_STOP: return stop_waits(d, o);
	case DESK_FREEZE: return o->state == FREEZE_DRAFT ? G(LEADER) : 0;
	case DESK_INCIDENT: return o->state >= INCIDENT_RECEIVED && o->state <= INCIDENT_DISPATCHED ? G(INTAKE) : 0;
	case DESK_APPEAL: return o->state <= APPEAL_CHECKING || o->state == APPEAL_RECONSIDERING ? G(APPEALS) : 0;
	case DESK_DEVICE_REPORT: return o->state <= DEVICE_VISITING ? G(STATION) : 0;
	default: return 0;
	}
}

static int64_t *not_before(struct line *l, uint32_t group)
{
	return &l->not_before_us[group == GROUP_STATION];
}

static struct line *line_of(struct day *d, uint64_t id, bool make)
{
	struct line fresh_line = { .id = id };
	uint32_t *at;
	bool fresh;
	const uint32_t *there = map_find(&d->line_of, (struct map_key){ { id } });

	if (there || !make)
		return there ? &d->line.p[*there] : NULL;
	if (map_put(&d->line_of, (struct map_key){ { id } }, &at, &fresh) != ERR_OK) {
		day_fail(d, ERR_MEMORY);
		return NULL;
	}
	*at = (uint32_t)d->line.n;
	return day_add(d, d->line, fresh_line) ? &d->line.p[d->line.n - 1] : NULL;
}

void seats_saved(struct day *d, const struct desk_object *o)
{
	uint32_t groups = d->o->idle ? 0 : waits(d, o), came;
	struct line *l = line_of(d, o->id, groups != 0);

	if (l == NULL)
		return;
	if (o->kind == DESK_WARNING && o->state == WARNING_ISSUED && o->grade == 1 && desk_has(o, WARNING_F_PHONE) &&
	    !desk_has(o, WARNING_F_AI)) {
		day_later(d, d->now_us + 30 * US_PER_SECOND, AGENDA_AI, o->id); /* a machine first, then a person */
		l->not_before_us[0] = d->now_us + AFTER_AI_US;
	} else if (o->kind == DESK_WARNING && l->key >> GRADE_SHIFT != desk_next(o) >> GRADE_SHIFT && !l->in_hand) {
		l->not_before_us[0] = 0; /* another grade: no more waiting */
	}
	came = groups & ~l->groups;
	if (came && l->groups == 0)
		l->ready_us = d->now_us;
	if (came && o->kind == DESK_INCIDENT)
		l->not_before_us[0] = d->now_us + d->o->habit[HABIT_FILE_AFTER_S] * US_PER_SECOND;
	l->kind = o->kind;
	l->groups = groups;
	l->key = desk_next(o);
	l->organisation = o->organisation;
	l->district = who_area(d, o);
	d->woken |= groups;
	for (uint32_t g = 0; came >> g; g++)
		if ((came >> g & 1) && *not_before(l, g) > d->now_us)
			day_later(d, *not_before(l, g), AGENDA_GROUP, g);
	if (o->kind == DESK_INCIDENT && o->state == INCIDENT_FILED) { /* its stop may be converted now */
		const struct desk_object *s = world_object(d, desk_id(o, INCIDENT_F_STOP));

		if (s)
			seats_saved(d, s);
	}
}

void seats_later(struct day *d, const struct seat *s, int64_t at_us)
{
	struct line *l = line_of(d, s->object, true);

	if (l == NULL)
		return;
	*not_before(l, s->group) = at_us;
	day_later(d, at_us, AGENDA_GROUP, s->group);
}

/* ---- seats ---- */

static void add_seats(struct day *d, enum day_group g, uint16_t organisation, uint16_t district)
{
	uint16_t n = d->o->by_day[g] > d->o->by_night[g] ? d->o->by_day[g] : d->o->by_night[g];

	for (uint16_t k = 0; k < n; k++) {
		struct seat s = { .group = g, .organisation = organisation, .district = district, .user = (uint32_t)d->seat.n };

		s.by_night = k < d->o->by_night[g];
		(void)day_add(d, d->seat, s);
	}
}

void seats_init(struct day *d)
{
	for (uint32_t g = 0; g < DAY_GROUPS_COUNT && !d->o->idle; g++) {
		uint16_t places = (uint16_t)(g == GROUP_STATION    ? d->o->habit[HABIT_DISTRICTS]
		                             : g == GROUP_OPERATOR ? OPERATORS
		                             : g == GROUP_BANK     ? BANK_HOUSES
		                                                   : 1);

		for (uint16_t k = 0; k < places; k++)
			add_seats(d, (enum day_group)g,
			          (uint16_t)(g == GROUP_OPERATOR ? ORG_OPERATOR + k
			                     : g == GROUP_BANK   ? ORG_BANK + k
			                                         : 0),
			          (uint16_t)(g == GROUP_STATION ? k + 1 : 0));
	}
	for (int64_t day = 0; day < d->o->city.days; day++) /* the shifts begin */
		for (uint32_t g = 0; g < DAY_GROUPS_COUNT; g++)
			for (int h = DAY_SHIFT_FROM; h <= DAY_SHIFT_TO; h += DAY_SHIFT_TO - DAY_SHIFT_FROM)
				day_later(d, d->from_us + day * US_PER_DAY + h * US_PER_HOUR, AGENDA_GROUP, g);
}

static bool is_day(const struct day *d, int64_t at_us)
{
	int64_t hour = (at_us - d->from_us) / US_PER_HOUR % 24;

	return hour >= DAY_SHIFT_FROM && hour < DAY_SHIFT_TO;
}

bool seats_open(const struct day *d, const struct seat *s, int64_t at_us)
{
	bool by_day = d->o->by_day[s->group] > 0;

	return is_day(d, at_us) ? by_day : s->by_night;
}

/* The line that this seat should take; NULL: none. */
static struct line *next_line(struct day *d, const struct seat *s)
{
	struct line *best = NULL;

	for (size_t i = 0; i < d->line.n; i++) {
		struct line *l = &d->line.p[i];

		if (((l->groups & ~l->in_hand) >> s->group & 1) == 0 || *not_before(l, s->group) > d->now_us ||
		    (s->district && l->district != s->district) ||
		    (s->organisation && l->organisation && l->organisation != s->organisation))
			continue;
		if (best == NULL || l->key < best->key || (l->key == best->key && l->id < best->id))
			best = l;
	}
	return best;
}

static void take(struct day *d, struct seat *s, int64_t lasts_us, int64_t ready_us)
{
	s->busy = true;
	s->until_us = d->now_us + lasts_us;
	d->r->group[s->group].acts++;
	d->r->group[s->group].busy_s += lasts_us / US_PER_SECOND;
	if (!durations_add(&d->waited[s->group], (d->now_us - ready_us) / US_PER_SECOND))
		day_fail(d, ERR_MEMORY);
	day_later(d, s->until_us, AGENDA_SEAT, (uint64_t)(s - d->seat.p));
}

static bool take_call(struct day *d, struct seat *s)
{
	struct call_in c;

	if (s->group != GROUP_INTAKE || d->calling.n == 0)
		return false;
	c = d->calling.p[0];
	memmove(d->calling.p, d->calling.p + 1, --d->calling.n * sizeof(c));
	s->object = 0;
	s->cs = c.cs;
	take(d, s, intake_begin_call(d, s), c.at_us);
	return true;
}

/* True: the seat has something to do. */
static bool give_work(struct day *d, struct seat *s)
{
	struct line *l;

	if (take_call(d, s))
		return true;
	while (d->err == ERR_OK && (l = next_line(d, s)) != NULL) {
		uint64_t id = l->id;
		int64_t from_us = *not_before(l, s->group), ready_us = l->ready_us > from_us ? l->ready_us : from_us, lasts_us;

		l->in_hand |= 1U << s->group;
		s->object = id;
		s->what = 0;
		s->good = false;
		lasts_us = scripts[s->group]->begin(d, s, world_object(d, id));
		if (lasts_us > 0) {
			take(d, s, lasts_us, ready_us);
			return true;
		}
		l = line_of(d, id, false);
		l->in_hand &= ~(1U << s->group);
		l->groups &= ~(1U << s->group); /* until it changes */
	}
	return false;
}

void seats_dispatch(struct day *d)
{
	for (uint32_t round = 0; d->woken && d->err == ERR_OK && !d->stopped && round < 64; round++) {
		uint32_t woken = d->woken;

		d->woken = 0;
		for (size_t i = 0; i < d->seat.n && d->err == ERR_OK; i++) {
			struct seat *s = &d->seat.p[i];

			if ((woken >> s->group & 1) && !s->busy && seats_open(d, s, d->now_us))
				(void)give_work(d, s);
		}
	}
}

void seat_done(struct day *d, struct seat *s)
{
	struct line *l;

	if (s->object == 0)
		intake_finish_call(d, s);
	else
		scripts[s->group]->finish(d, s, world_object(d, s->object));
	s->busy = false;
	d->woken |= 1U << s->group;
	if (s->object == 0)
		return;
	l = line_of(d, s->object, false);
	if (l) {
		const struct desk_object *o = world_object(d, s->object);

		l->in_hand &= ~(1U << s->group);
		l->groups = waits(d, o);
		l->ready_us = d->now_us;
		d->woken |= l->groups;
	}
}
