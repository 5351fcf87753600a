/* day_figures.c - the day counted: what a live desk counts as well, out of the registry by the same piece; the rest against the truth of the city. */
#include <stdlib.h>
#include "base/clock.h"
#include "base/mem.h"
#include "day/day_int.h"
#include "desk/sound.h"
#include "show/figures.h"

bool durations_add(struct durations *x, int64_t s)
{
	if (map_grow((void **)&x->p, &x->cap, x->n, sizeof(*x->p), (size_t)1 << 28) != ERR_OK)
		return false;
	x->p[x->n++] = s;
	return true;
}

static int ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

void durations_spread(struct durations *x, struct day_spread *out)
{
	*out = (struct day_spread){ .n = x->n };
	if (x->n == 0)
		return;
	qsort(x->p, x->n, sizeof(*x->p), ascending);
	out->median_s = x->p[(x->n - 1) / 2];
	out->p90_s = x->p[(x->n - 1) * 9 / 10];
	out->most_s = x->p[x->n - 1];
}

/* ---- what a registry knows as well: the same figures as of a live desk (desk/figure.h) ---- */

static void counted(void *ctx, const struct desk_entry *x)
{
	figures_add(ctx, 0, x->figure, x->part, x->at, x->n);
}

static uint64_t sum(const struct figures *f, enum desk_figure figure, int part)
{
	return (uint64_t)figures_sum(f, 0, figure, part);
}

static uint64_t whole(const struct figures *f, enum desk_figure figure)
{
	return sum(f, figure, FIGURES_ALL_PARTS);
}

static uint64_t state(const struct figures *f, enum desk_figure figure, uint32_t number)
{
	return (uint64_t)figures_at(f, 0, figure, FIGURES_ALL_PARTS, number);
}

static struct day_rate rate_of(const struct figures *f, enum desk_figure figure, int part)
{
	return (struct day_rate){ (uint64_t)figures_at(f, 0, figure, part, 1), sum(f, figure, part) };
}

static struct day_spread spread_of(const struct figures *f, enum desk_figure figure, int part)
{
	struct figures_spread x;

	figures_spread(f, 0, figure, part, &x);
	return (struct day_spread){ (uint64_t)x.n, x.median_s, x.p90_s, x.most_s };
}

static void take_warnings(struct day_report *r, const struct figures *f)
{
	for (int g = 0; g < DAY_GRADES; g++) {
		r->warnings[g] = sum(f, FIGURE_WARNINGS, g);
		r->messages_only[g] = sum(f, FIGURE_MESSAGE_ONLY, g);
		r->open[g] = sum(f, FIGURE_WARNINGS_OPEN, g);
		for (uint32_t k = 0; k < DAY_OUTCOMES; k++)
			r->outcome[g][k] = (uint64_t)figures_at(f, 0, FIGURE_WARNING_OUTCOMES, g, k);
		r->sign[g] = rate_of(f, FIGURE_SIGNED_IN_TIME, g);
		r->contact[g] = rate_of(f, FIGURE_CONTACTED_IN_TIME, g);
		r->settle[g] = rate_of(f, FIGURE_SETTLED_IN_TIME, g);
		r->to_contact[g] = spread_of(f, FIGURE_TIME_TO_CONTACT, g);
	}
	r->hits = whole(f, FIGURE_HITS);
	r->reached = rate_of(f, FIGURE_REACHED, FIGURES_ALL_PARTS);
	r->met = rate_of(f, FIGURE_MET, FIGURES_ALL_PARTS);
}

static uint64_t open_ones(const struct figures *f, enum desk_figure states, enum desk_kind kind)
{
	const struct desk_machine *m = desk_machine(kind);
	uint64_t n = 0;

	for (uint32_t k = 1; k < m->n_states; k++)
		n += m->state[k].final ? 0 : state(f, states, k);
	return n;
}

static void take_orders(struct day_report *r, const struct figures *f)
{
	r->incidents = whole(f, FIGURE_INCIDENTS);
	r->incidents_filed = state(f, FIGURE_INCIDENTS_FILED, 1);
	r->incidents_late = state(f, FIGURE_FIRST_STOP_IN_TIME, 0);
	r->stops = whole(f, FIGURE_STOPS);
	r->stop_sent = whole(f, FIGURE_STOPS_SENT);
	r->stop_stopped = whole(f, FIGURE_STOPS_IN_FORCE);
	r->stop_retried = whole(f, FIGURE_STOPS_REPEATED);
	r->stop_extended = whole(f, FIGURE_STOPS_EXTENDED);
	r->stop_mismatch = state(f, FIGURE_STOP_STATES, STOP_MISMATCH);
	r->stop_not_found = state(f, FIGURE_STOP_STATES, STOP_NOT_FOUND);
	r->stop_failed = state(f, FIGURE_STOP_STATES, STOP_FAILED);
	r->stop_converted = state(f, FIGURE_STOP_STATES, STOP_CONVERTED);
	r->stop_released = state(f, FIGURE_STOP_STATES, STOP_RELEASED);
	r->stop_expired = state(f, FIGURE_STOP_STATES, STOP_EXPIRED);
	r->stop_cancelled = state(f, FIGURE_STOP_STATES, STOP_CANCELLED);
	r->stop_open = open_ones(f, FIGURE_STOP_STATES, DESK_STOP);
	r->stopped_fen = (int64_t)whole(f, FIGURE_STOPPED_AMOUNT);
	r->report_to_stop = spread_of(f, FIGURE_REPORT_TO_STOP, FIGURES_ALL_PARTS);
	r->transfer_to_stop = spread_of(f, FIGURE_PAYMENT_TO_STOP, FIGURES_ALL_PARTS);
	r->freezes = whole(f, FIGURE_FREEZES);
	r->frozen = whole(f, FIGURE_FREEZES_IN_FORCE);
}

static void take_measures(struct day_report *r, const struct figures *f)
{
	for (int m = 0; m < DAY_KINDS_OF_MEASURE; m++)
		r->measures[m] = sum(f, FIGURE_MEASURES, m);
	r->cards = whole(f, FIGURE_CARDS);
	r->cards_cleared = whole(f, FIGURE_CARDS_CLEARED);
	r->cards_verified = whole(f, FIGURE_CARDS_VERIFIED);
	r->accounts = whole(f, FIGURE_ACCOUNTS);
	r->accounts_cleared = whole(f, FIGURE_ACCOUNTS_CLEARED);
	r->accounts_verified = whole(f, FIGURE_ACCOUNTS_VERIFIED);
	r->device_reports = whole(f, FIGURE_DEVICE_REPORTS);
	r->devices_found = state(f, FIGURE_DEVICE_STATES, DEVICE_FOUND);
	r->devices_not_found = state(f, FIGURE_DEVICE_STATES, DEVICE_NOT_FOUND);
	r->appeals = whole(f, FIGURE_APPEALS);
	r->appeals_granted = state(f, FIGURE_APPEAL_STATES, APPEAL_GRANTED);
	r->appeals_denied = state(f, FIGURE_APPEAL_STATES, APPEAL_DENIED) + state(f, FIGURE_APPEAL_STATES, APPEAL_UPHELD);
	r->appeals_open = open_ones(f, FIGURE_APPEAL_STATES, DESK_APPEAL) - state(f, FIGURE_APPEAL_STATES, APPEAL_DENIED);
	r->to_release = spread_of(f, FIGURE_TIME_TO_RELEASE, FIGURES_ALL_PARTS);
}

static enum err take_registry(struct day *d)
{
	const struct registry_span always = { .from_us = 0, .to_us = TIME_US_MAX / US_PER_DAY * US_PER_DAY };
	struct figures f;
	enum err e, settled;

	figures_init(&f);
	e = registry_figures(d->registry, &always, counted, &f);
	settled = figures_settle(&f);
	e = e != ERR_OK ? e : settled;
	if (e == ERR_OK) {
		take_warnings(d->r, &f);
		take_orders(d->r, &f);
		take_measures(d->r, &f);
	}
	figures_release(&f);
	return e;
}

/* ---- what only the truth of the city knows ---- */

struct tally { /* durations of which spreads are wanted */
	struct durations lasted[DAY_KINDS_OF_MEASURE];
};

static void add(struct day *d, struct durations *x, int64_t us)
{
	if (!durations_add(x, us / US_PER_SECOND))
		day_fail(d, ERR_MEMORY);
}

static void rate(struct day_rate *r, bool counts, bool hit)
{
	r->all += counts;
	r->hit += counts && hit;
}

/* Of nobody criminal. */
static bool innocent(struct day *d, const struct desk_object *o)
{
	uint32_t i = who_of_token(d, o->subject.token, o->subject.kind);

	return i == NONE || !who_criminal(d, i);
}

static void count_measure(struct day *d, struct tally *t, const struct desk_object *o)
{
	struct day_report *r = d->r;
	int64_t measure = desk_i(o, MEASURE_F_MEASURE);
	int64_t until = o->state == MEASURE_IN_FORCE ? r->until_us : desk_i(o, MEASURE_F_ENDED);

	if (measure == MEASURE_OF_HOLD_LINE || !innocent(d, o))
		return; /* a victim's line is held for their own sake */
	r->measures_false[measure]++;
	add(d, &t->lasted[measure], until - desk_i(o, MEASURE_F_START));
}

static void count_appeal(struct day *d, const struct desk_object *o)
{
	uint32_t i = who_of_token(d, o->subject.token, o->subject.kind);
	bool guilty = i != NONE && who_criminal(d, i), granted = o->state == APPEAL_GRANTED,
		 denied = o->state == APPEAL_DENIED || o->state == APPEAL_UPHELD;

	d->r->appeals_right += (granted && !guilty) || (denied && guilty);
}

static void count_cases(struct day *d)
{
	struct day_report *r = d->r;

	for (size_t i = 1; i < d->cs.n; i++) {
		const struct cs *c = &d->cs.p[i];
		const struct who *v = &d->who.p[c->victim];

		if (c->victim == NONE || c->without_fen == 0)
			continue;
		r->cases++;
		r->spared += c->with_fen == 0;
		r->never_reached += c->with_fen == 0 && c->contacts == 0 && c->contacts_stopped > 0;
		r->partly += c->with_fen > 0 && c->with_fen < c->without_fen;
		r->warned_victims += v->warned_us > 0 && v->warned_us < c->due_us;
	}
	for (size_t i = 1; i < d->who.n; i++) {
		const struct who *w = &d->who.p[i];
		int64_t paid_us = w->cs != NONE ? d->cs.p[w->cs].last_us : 0;

		rate(&r->post_warning, w->kind == DESK_PERSON && w->warned_us > 0, paid_us > w->warned_us);
		rate(&r->post_contact, w->kind == DESK_PERSON && w->spoken_us > 0, paid_us > w->spoken_us);
		if (w->block & (BLOCK_STOP | BLOCK_FREEZE | BLOCK_COUNTER | BLOCK_LIMIT))
			r->held_fen += w->held;
	}
}

/* How many innocent people had a measure on a card or account of theirs. */
static void count_people(struct day *d)
{
	struct map people;
	uint32_t *at;
	bool fresh;

	map_init(&people, d->salt, 1 << 24);
	for (size_t i = 0; i < d->memory.object.n && d->err == ERR_OK; i++) {
		const struct desk_object *o = &d->memory.object.p[i];
		uint32_t of = who_of_token(d, o->subject.token, o->subject.kind), person = who_person(d, o);

		if (o->kind != DESK_MEASURE || desk_i(o, MEASURE_F_MEASURE) == MEASURE_OF_HOLD_LINE ||
		    (of != NONE && who_criminal(d, of)))
			continue;
		day_fail(d, map_put(&people, (struct map_key){ { person != NONE ? person : of } }, &at, &fresh));
	}
	d->r->false_people = people.n;
	map_release(&people);
}

/* On duty: the seats' hours up to where the day was played. */
static int64_t duty_s(const struct day *d, enum day_group g)
{
	int64_t n = 0;

	for (size_t i = 0; i < d->seat.n; i++)
		for (int64_t t = d->from_us; t < d->r->until_us && d->seat.p[i].group == g; t += 15 * US_PER_MINUTE)
			n += seats_open(d, &d->seat.p[i], t) ? 15 * 60 : 0;
	return n;
}

static void count_seats(struct day *d)
{
	for (uint32_t g = 0; g < DAY_GROUPS_COUNT; g++) {
		for (size_t i = 0; i < d->seat.n; i++) {
			const struct seat *s = &d->seat.p[i];

			d->r->group[g].by_night += s->group == g && s->by_night;
			d->r->group[g].by_day += s->group == g && d->o->by_day[g] > 0;
			if (s->group == g && s->busy && s->until_us > d->r->until_us) /* not done yet */
				d->r->group[g].busy_s -= (s->until_us - d->r->until_us) / US_PER_SECOND;
		}
		d->r->group[g].duty_s = duty_s(d, (enum day_group)g);
		durations_spread(&d->waited[g], &d->r->group[g].waited);
	}
}

/* Everything that the law wants of the objects, asked of the registry. */
static enum err check(struct day *d)
{
	enum err e = ERR_OK;

	for (size_t i = 0; i < d->memory.object.n && (e == ERR_OK || e == ERR_FORMAT); i++) {
		struct buf why;

		buf_init(&why, 4096);
		e = desk_sound(d->inner, &d->memory.object.p[i], d->projection->desk.now_us, &why);
		d->r->unsound += e == ERR_FORMAT;
		if (e == ERR_FORMAT && d->r->unsound <= 10)
			buf_printf(d->why, "%s\n", why.p);
		buf_release(&why);
	}
	return e == ERR_FORMAT ? ERR_OK : e;
}

enum err figures(struct day *d)
{
	struct day_report *r = d->r;
	struct tally *t = mem_alloc(sizeof(*t));
	enum err e;

	if (t == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < d->memory.object.n; i++) {
		const struct desk_object *o = &d->memory.object.p[i];

		if (o->kind == DESK_MEASURE)
			count_measure(d, t, o);
		else if (o->kind == DESK_APPEAL)
			count_appeal(d, o);
		else if (o->kind == DESK_CARD)
			r->cards_false += innocent(d, o);
		else if (o->kind == DESK_ACCOUNT)
			r->accounts_false += innocent(d, o);
	}
	count_cases(d);
	count_people(d);
	count_seats(d);
	for (int m = 0; m < DAY_KINDS_OF_MEASURE; m++)
		durations_spread(&t->lasted[m], &r->false_lasted[m]);
	r->objects = d->memory.object.n;
	r->messages = d->memory.message.n;
	r->unfit = d->projection->desk.unfit;
	r->proposals = d->projection->counts.proposals;
	r->unknown = d->projection->counts.unknown;
	e = check(d);
	if (e == ERR_OK)
		e = record_settle(d);
	if (e == ERR_OK)
		e = take_registry(d);
	for (int m = 0; m < DAY_KINDS_OF_MEASURE; m++)
		mem_free(t->lasted[m].p);
	mem_free(t);
	return d->err != ERR_OK ? d->err : e;
}
