/* day_figures.c - the day counted: from the desk's objects, from what was kept back, and against the truth of the city. */
#include <stdlib.h>
#include "base/clock.h"
#include "base/mem.h"
#include "day/day_int.h"
#include "desk/sound.h"

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

void figures_spread(struct durations *x, struct day_spread *out)
{
	*out = (struct day_spread){ .n = x->n };
	if (x->n == 0)
		return;
	qsort(x->p, x->n, sizeof(*x->p), ascending);
	out->median_s = x->p[(x->n - 1) / 2];
	out->p90_s = x->p[(x->n - 1) * 9 / 10];
	out->most_s = x->p[x->n - 1];
}

struct tally { /* durations of which spreads are wanted */
	struct durations contact[DAY_GRADES], report_to_stop, transfer_to_stop, release, lasted[DAY_KINDS_OF_MEASURE];
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

/* ---- warnings ---- */

static void count_warning(struct day *d, struct tally *t, const struct desk_object *o)
{
	struct day_report *r = d->r;
	uint8_t g = o->grade;
	int64_t late = desk_i(o, WARNING_F_LATE), issued = desk_i(o, WARNING_F_ISSUED);
	bool contacted = desk_has(o, WARNING_F_CONTACTED), met = desk_has(o, WARNING_F_MET),
		 fed_back = desk_has(o, WARNING_F_FED_BACK);
	bool messaged = g == 0 && desk_has(o, WARNING_F_SMS),
		 settled = fed_back || (messaged && o->state == WARNING_CLOSED);

	r->warnings[g]++;
	r->hits += (uint64_t)desk_i(o, WARNING_F_HITS);
	if (fed_back || o->state == WARNING_CLOSED)
		r->outcome[g][desk_i(o, WARNING_F_OUTCOME)]++;
	else if (messaged)
		r->messages_only[g]++;
	else
		r->open[g]++;
	rate(&r->sign[g], g > 0 && (desk_has(o, WARNING_F_SIGNED) || (late & 1)), (late & 1) == 0);
	rate(&r->contact[g], contacted || met || messaged || (late & 2), (late & 2) == 0);
	rate(&r->settle[g], settled || (late & 4), (late & 4) == 0);
	if (g > 0)
		rate(&r->reached, issued > 0, contacted || met);
	if (g > 1)
		rate(&r->met, issued > 0, met);
	if (contacted || met)
		add(d, &t->contact[g], (contacted ? desk_i(o, WARNING_F_CONTACTED) : desk_i(o, WARNING_F_MET)) - issued);
}

/* ---- orders ---- */

static void count_stop(struct day *d, struct tally *t, const struct desk_object *o)
{
	struct day_report *r = d->r;
	const struct desk_object *i = world_object(d, desk_id(o, STOP_F_INCIDENT));
	bool stopped = desk_has(o, STOP_F_END);

	r->stops++;
	r->stop_sent += desk_has(o, STOP_F_SENT);
	r->stop_stopped += stopped;
	r->stop_mismatch += o->state == STOP_MISMATCH;
	r->stop_not_found += o->state == STOP_NOT_FOUND;
	r->stop_failed += o->state == STOP_FAILED;
	r->stop_retried += desk_i(o, STOP_F_TRIES) > 1;
	r->stop_extended += desk_i(o, STOP_F_EXTENSION) == STOP_EXTENSION_GIVEN;
	r->stop_converted += o->state == STOP_CONVERTED;
	r->stop_released += o->state == STOP_RELEASED;
	r->stop_expired += o->state == STOP_EXPIRED;
	r->stop_cancelled += o->state == STOP_CANCELLED;
	r->stop_open += !desk_machine(DESK_STOP)->state[o->state].final;
	if (!stopped)
		return;
	r->stopped_fen += desk_i(o, STOP_F_BALANCE);
	if (i) {
		add(d, &t->report_to_stop, desk_i(o, STOP_F_STOPPED) - i->made_us);
		add(d, &t->transfer_to_stop, desk_i(o, STOP_F_STOPPED) - desk_i(i, INCIDENT_F_PAID));
	}
}

/* ---- the ledger ---- */

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

	r->measures[measure]++;
	if (measure == MEASURE_OF_HOLD_LINE || !innocent(d, o))
		return; /* a victim's line is held for their own sake */
	r->measures_false[measure]++;
	add(d, &t->lasted[measure], until - desk_i(o, MEASURE_F_START));
}

static void count_appeal(struct day *d, struct tally *t, const struct desk_object *o)
{
	struct day_report *r = d->r;
	uint32_t i = who_of_token(d, o->subject.token, o->subject.kind);
	bool guilty = i != NONE && who_criminal(d, i), granted = o->state == APPEAL_GRANTED,
		 denied = o->state == APPEAL_DENIED || o->state == APPEAL_UPHELD;

	r->appeals++;
	r->appeals_granted += granted;
	r->appeals_denied += denied;
	r->appeals_open += !granted && !denied && !desk_machine(DESK_APPEAL)->state[o->state].final;
	r->appeals_right += (granted && !guilty) || (denied && guilty);
	if (granted)
		add(d, &t->release, desk_i(o, APPEAL_F_DECIDED) - o->made_us);
}

static void count_object(struct day *d, struct tally *t, const struct desk_object *o)
{
	struct day_report *r = d->r;

	switch (o->kind) {
	case DESK_WARNING: count_warning(d, t, o); break;
	case DESK_STOP: count_stop(d, t, o); break;
	case DESK_MEASURE: count_measure(d, t, o); break;
	case DESK_APPEAL: count_appeal(d, t, o); break;
	case DESK_CARD:
		r->cards++;
		r->cards_false += innocent(d, o);
		r->cards_cleared +=
			o->state == CARD_NORMAL && !desk_has(o, CARD_F_NOTIFIED) && !desk_has(o, CARD_F_ASKED_BASIS);
		r->cards_verified += desk_has(o, CARD_F_VERIFIED);
		break;
	case DESK_ACCOUNT:
		r->accounts++;
		r->accounts_false += innocent(d, o);
		r->accounts_cleared +=
			o->state == ACCOUNT_NORMAL && !desk_has(o, ACCOUNT_F_VERIFIED) && desk_i(o, ACCOUNT_F_STOPS) == 0;
		r->accounts_verified += desk_has(o, ACCOUNT_F_VERIFIED);
		break;
	case DESK_INCIDENT:
		r->incidents++;
		r->incidents_filed += desk_has(o, INCIDENT_F_CASE_NO);
		r->incidents_late += desk_has(o, INCIDENT_F_LATE);
		break;
	case DESK_FREEZE:
		r->freezes++;
		r->frozen += desk_has(o, FREEZE_F_END);
		break;
	case DESK_DEVICE_REPORT:
		r->device_reports++;
		r->devices_found += o->state == DEVICE_FOUND;
		r->devices_not_found += o->state == DEVICE_NOT_FOUND;
		break;
	default: break;
	}
}

/* ---- against the truth ---- */

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
		figures_spread(&d->waited[g], &d->r->group[g].waited);
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
	for (size_t i = 0; i < d->memory.object.n; i++)
		count_object(d, t, &d->memory.object.p[i]);
	count_cases(d);
	count_people(d);
	count_seats(d);
	for (int g = 0; g < DAY_GRADES; g++)
		figures_spread(&t->contact[g], &r->to_contact[g]);
	for (int m = 0; m < DAY_KINDS_OF_MEASURE; m++)
		figures_spread(&t->lasted[m], &r->false_lasted[m]);
	figures_spread(&t->report_to_stop, &r->report_to_stop);
	figures_spread(&t->transfer_to_stop, &r->transfer_to_stop);
	figures_spread(&t->release, &r->to_release);
	r->objects = d->memory.object.n;
	r->messages = d->memory.message.n;
	r->unfit = d->projection->desk.unfit;
	r->proposals = d->projection->counts.proposals;
	r->unknown = d->projection->counts.unknown;
	e = check(d);
	for (int g = 0; g < DAY_GRADES; g++)
		mem_free(t->contact[g].p);
	for (int m = 0; m < DAY_KINDS_OF_MEASURE; m++)
		mem_free(t->lasted[m].p);
	mem_free(t->report_to_stop.p);
	mem_free(t->transfer_to_stop.p);
	mem_free(t->release.p);
	mem_free(t);
	return d->err != ERR_OK ? d->err : e;
}
