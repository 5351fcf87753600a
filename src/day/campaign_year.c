/* campaign_year.c - see campaign_year.h. */
#include "day/campaign_year.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/clock.h"
#include "base/mem.h"
#include "day/campaign_town.h"
#include "desk/incident.h"
#include "desk/material.h"
#include "desk/publication.h"
#include "sim/numbers.h"

enum {
	DAYS = 180,
	FOLLOW_DAYS = 14,
	FIRST_DISTRICT = 201,
	/* who commands */
	EDITOR = 101,
	SECOND_EDITOR,
	MEDIA,
	INTAKE,
	LEADER,
	ANALYST
};
static void look_at_campaign(struct town *t)
{
	town_last(t, DESK_CAMPAIGN);
	t->campaign = t->found;
}

/* ---- the town ---- */

static uint32_t district_of_person(const struct town *t, uint32_t i)
{
	return t->o->districts ? FIRST_DISTRICT + i % t->o->districts : 0;
}

static void settle(struct town *t)
{
	for (uint32_t i = 0; i < t->o->people && t->err == ERR_OK; i++) {
		char phone[16], person[24], district[16];
		struct token out[2];

		snprintf(phone, sizeof(phone), "139%08u", i);
		snprintf(district, sizeof(district), "%u", district_of_person(t, i));
		person[ident_person_text(i, person)] = 0;
		struct event_pair p[] = { { TEXT("event"), TEXT("open_card") },
			                      { TEXT("time"), TEXT("") },
			                      { TEXT("phone"), text_z(phone) },
			                      { TEXT("person"), text_z(person) },
			                      { TEXT("district"), text_z(district) } };

		town_event(t, p, t->o->districts ? 5 : 4, out);
		t->phone[i] = out[0];
		t->who[i] = out[1];
	}
}

static uint64_t material(struct town *t)
{
	static const unsigned char ref[DESK_REF_BYTES] = { 1 };
	const struct desk_machine *m = &desk_material;
	struct desk_command c;
	uint64_t id;

	desk_command_init(&c, DESK_MATERIAL, MATERIAL_DO_WRITE, 0);
	for (uint32_t f = 1; f < m->n_fields; f++)
		if (m->step[MATERIAL_DO_WRITE].needed >> f & 1) {
			if (m->field[f].type == DESK_TEXT)
				desk_give_ref(&c, f, ref);
			else
				desk_give_i(&c, f, 1);
		}
	town_command(t, &c, ROLE_EDITOR, EDITOR);
	town_project(t);
	id = town_last(t, DESK_MATERIAL);
	desk_command_init(&c, DESK_MATERIAL, MATERIAL_DO_SUBMIT, id);
	town_command(t, &c, ROLE_EDITOR, EDITOR);
	desk_command_init(&c, DESK_MATERIAL, MATERIAL_DO_APPROVE, id);
	town_command(t, &c, ROLE_EDITOR, SECOND_EDITOR);
	return id;
}

static void plan(struct town *t, uint64_t about)
{
	const struct campaign_year *o = t->o;
	struct desk_command c;

	desk_command_init(&c, DESK_CAMPAIGN, CAMPAIGN_DO_PLAN, 0);
	desk_give_i(&c, CAMPAIGN_F_MANNER, o->districts ? CAMPAIGN_FLOOD : CAMPAIGN_DRIP);
	desk_give_i(&c, CAMPAIGN_F_AUDIENCE, o->districts ? AUDIENCE_EVERYBODY : AUDIENCE_NEW_PHONE);
	desk_give_i(&c, CAMPAIGN_F_OUTCOME, o->districts ? CAMPAIGN_VICTIMS : o->outcome);
	if (o->districts)
		desk_give_i(&c, CAMPAIGN_F_WAVES, o->waves);
	desk_give_i(&c, CAMPAIGN_F_STARTS, t->now_us + US_PER_HOUR);
	desk_give_i(&c, CAMPAIGN_F_ENDS, t->now_us + US_PER_HOUR + DAYS * US_PER_DAY);
	desk_give_i(&c, CAMPAIGN_F_FOLLOW, FOLLOW_DAYS * US_PER_DAY);
	desk_give_i(&c, CAMPAIGN_F_HOLD_OUT, o->hold_out_permille);
	desk_give_i(&c, CAMPAIGN_F_EFFECT, 500);
	desk_give_i(&c, CAMPAIGN_F_BASE, (int64_t)(1e6 * o->base));
	desk_give_i(&c, CAMPAIGN_F_CONTACT, (int64_t)(1e6 * o->contact));
	desk_give_i(&c, CAMPAIGN_F_SEED, (int64_t)o->seed);
	desk_give_i(&c, CAMPAIGN_F_CHANNELS, 1 << CHANNEL_SMS);
	desk_give_id(&c, CAMPAIGN_F_MATERIAL, about);
	town_command(t, &c, ROLE_MEDIA, MEDIA);
	town_project(t);
	look_at_campaign(t);
}

static void draw_segment(struct town *t)
{
	struct roster_options o = { .journal = t->o->disk, .registry = t->registry, .now_us = t->now_us };
	char letters[2 * CAMPAIGN_DIGEST_BYTES + 1];
	struct roster_made made;
	struct segment_made s;
	struct desk_command c;
	int n =
		snprintf(t->segment, sizeof(t->segment), "%s/campaigns/CA-%" PRIu64 ".segment", t->o->folder, t->campaign.id);

	if (n < 0 || (size_t)n >= sizeof(t->segment))
		town_well(t, ERR_CAP);
	if (t->err == ERR_OK)
		town_well(t, roster_make(&o, t->roster, &made, t->why));
	if (t->err != ERR_OK ||
	    !town_well(t, segment_make(&t->campaign, &campaign_year_key, t->now_us, t->roster, t->segment, &s)))
		return;
	campaign_digest_print(s.digest, letters);
	desk_command_init(&c, DESK_CAMPAIGN, CAMPAIGN_DO_SEGMENT, t->campaign.id);
	desk_give_i(&c, CAMPAIGN_F_SIZE, (int64_t)s.rows);
	desk_give_i(&c, CAMPAIGN_F_HELD, (int64_t)s.held);
	desk_give_i(&c, CAMPAIGN_F_POWER_AT, t->o->districts ? 0 : (int64_t)(1000 * campaign_year_power(t->o)));
	desk_give_code(&c, CAMPAIGN_F_DIGEST, text_z(letters));
	town_command(t, &c, ROLE_MEDIA, MEDIA);
	desk_command_init(&c, DESK_CAMPAIGN, CAMPAIGN_DO_APPROVE, t->campaign.id);
	town_command(t, &c, ROLE_EDITOR, SECOND_EDITOR);
	town_until(t, t->now_us + 2 * US_PER_HOUR);
	town_project(t);
	look_at_campaign(t);
	CHECK(t->err != ERR_OK || t->campaign.state == CAMPAIGN_RUNNING);
}

/* ---- texts ---- */

struct whose {
	struct token phone;
	uint32_t person;
};

static int by_phone(const void *a, const void *b)
{
	const struct whose *x = a, *y = b;
	int k = (x->phone.w[0] > y->phone.w[0]) - (x->phone.w[0] < y->phone.w[0]);

	return k ? k : (x->phone.w[1] > y->phone.w[1]) - (x->phone.w[1] < y->phone.w[1]);
}

static void send_texts(struct town *t, const struct segment *s)
{
	struct desk_command c;

	for (uint64_t i = 0; i < s->rows && t->err == ERR_OK; i++) {
		struct member m;

		member_take(s->row + i * MEMBER_BYTES, &m);
		if (m.held)
			continue;
		desk_command_init(&c, DESK_PUBLICATION, PUBLICATION_DO_TEXT, 0);
		desk_give_id(&c, PUBLICATION_F_CAMPAIGN, t->campaign.id);
		desk_give_token(&c, PUBLICATION_F_PHONE, m.phone);
		town_command(t, &c, ROLE_ANALYST, ANALYST);
	}
	town_project(t);
}

struct receipts {
	struct town *t;
	struct whose *whose;
	uint64_t *id;
	uint32_t n;
};

static bool receipt(void *ctx, const struct registry_hit *h)
{
	struct receipts *r = ctx;
	struct town *t = r->t;
	struct whose asked = { .phone = h->object->subject.token };
	const struct whose *w;

	if (h->object->state != PUBLICATION_OUT || !rng_chance(&t->rng, (uint32_t)(1e6 * t->o->reached)))
		return true;
	w = bsearch(&asked, r->whose, t->o->people, sizeof(*w), by_phone);
	CHECK(w != NULL);
	r->id[r->n++] = h->object->id;
	t->reached[w->person] = true;
	return true;
}

static void receipt_texts(struct town *t)
{
	struct registry_query q = { .kind = DESK_PUBLICATION };
	struct receipts r = { .t = t };
	struct desk_command c;

	r.id = mem_alloc_array(t->o->people, sizeof(*r.id));
	r.whose = mem_alloc_array(t->o->people, sizeof(*r.whose));
	if (town_well(t, r.id == NULL || r.whose == NULL ? ERR_MEMORY : ERR_OK)) {
		for (uint32_t i = 0; i < t->o->people; i++)
			r.whose[i] = (struct whose){ t->phone[i], i };
		qsort(r.whose, t->o->people, sizeof(*r.whose), by_phone);
		town_well(t, registry_each(t->registry, &q, receipt, &r));
	}
	for (uint32_t i = 0; i < r.n && t->err == ERR_OK; i++) {
		desk_command_init(&c, DESK_PUBLICATION, PUBLICATION_DO_RECEIPT, r.id[i]);
		desk_give_code(&c, PUBLICATION_F_RECEIPT, TEXT("ok"));
		town_command(t, &c, ROLE_EDITOR, SECOND_EDITOR);
	}
	mem_free(r.id);
	mem_free(r.whose);
}

static void reach(struct town *t)
{
	struct segment s;

	if (t->err != ERR_OK || !town_well(t, segment_open(&s, t->segment, &t->campaign)))
		return;
	if (t->o->districts == 0) {
		send_texts(t, &s);
		receipt_texts(t);
	}
	for (uint64_t i = 0; i < s.rows && t->o->districts; i++) {
		struct member m;

		member_take(s.row + i * MEMBER_BYTES, &m);
		t->wave[m.district - FIRST_DISTRICT] = m.wave;
	}
	segment_close(&s);
}

/* Whether the campaign is where that person lives, at that time. */
static bool flooded(const struct town *t, uint32_t person, int64_t at)
{
	int64_t began = desk_i(&t->campaign, CAMPAIGN_F_BEGAN),
			period = DAYS * US_PER_DAY / (t->o->waves ? t->o->waves : 1);

	return t->o->districts && began + t->wave[person % t->o->districts] * period <= at;
}

/* ---- half a year ---- */

static int by_time(const void *a, const void *b)
{
	const struct happening *x = a, *y = b;

	return x->at_us != y->at_us ? (x->at_us < y->at_us ? -1 : 1) : (x->person > y->person) - (x->person < y->person);
}

static void make_agenda(struct town *t)
{
	const struct campaign_year *o = t->o;

	for (uint32_t i = 0; i < o->people && t->err == ERR_OK; i++) {
		int64_t at = t->now_us + US_PER_DAY + (int64_t)rng_below(&t->rng, (DAYS - 3) * (uint64_t)US_PER_DAY);
		double falls = o->base * (t->reached[i] || flooded(t, i, at) ? 1 - o->effect : 1);

		if (!rng_chance(&t->rng, (uint32_t)(1e6 * o->contact))) {
			if (o->reports > 0 && t->reached[i] && rng_chance(&t->rng, (uint32_t)(1e6 * o->reports)))
				t->agenda[t->n_agenda++] = (struct happening){ at, i, HAPPENS_ATTEMPT };
			continue;
		}
		t->agenda[t->n_agenda++] = (struct happening){ at, i, HAPPENS_CONTACT };
		if (rng_chance(&t->rng, (uint32_t)(1e6 * falls)))
			t->agenda[t->n_agenda++] = (struct happening){ at + 3 * US_PER_HOUR, i, HAPPENS_LOSS };
	}
	qsort(t->agenda, t->n_agenda, sizeof(*t->agenda), by_time);
}

/* Two calls of a number that nobody knows: the rule warns whoever is called. */
static void contact(struct town *t, uint32_t person)
{
	char to[16], from[16];

	snprintf(to, sizeof(to), "139%08u", person);
	snprintf(from, sizeof(from), "138%08u", person);
	for (int i = 0; i < 2; i++) {
		struct event_pair p[] = { { TEXT("event"), TEXT("call") },
			                      { TEXT("time"), TEXT("") },
			                      { TEXT("caller"), text_z(from) },
			                      { TEXT("callee"), text_z(to) } };

		town_event(t, p, ARRAY_LEN(p), NULL);
	}
}

/* With a loss, or of an attempt that they saw through. */
static void report(struct town *t, uint32_t person, bool loss)
{
	struct desk_command c;

	desk_command_init(&c, DESK_INCIDENT, INCIDENT_DO_RECEIVE, 0);
	desk_give_i(&c, INCIDENT_F_CHANNEL, 1);
	desk_give_token(&c, INCIDENT_F_CALLER, t->phone[person]);
	desk_give_token(&c, INCIDENT_F_VICTIM, t->who[person]);
	if (loss)
		desk_give_i(&c, INCIDENT_F_AMOUNT, 500000);
	if (t->o->districts)
		desk_give_i(&c, INCIDENT_F_DISTRICT, district_of_person(t, person));
	town_command(t, &c, ROLE_INTAKE, INTAKE);
}

static void stop(struct town *t)
{
	static const unsigned char ref[DESK_REF_BYTES] = { 2 };
	struct desk_command c;

	desk_command_init(&c, DESK_CAMPAIGN, CAMPAIGN_DO_STOP, t->campaign.id);
	desk_give_ref(&c, CAMPAIGN_F_REASON, ref);
	town_command(t, &c, ROLE_LEADER, LEADER);
}

static void live(struct town *t)
{
	int64_t from = t->now_us;

	for (uint32_t i = 0; i < t->n_agenda && t->err == ERR_OK; i++) {
		if (t->o->early && t->agenda[i].at_us > from + DAYS / 2 * US_PER_DAY)
			return;
		town_until(t, t->agenda[i].at_us);
		if (t->agenda[i].what == HAPPENS_CONTACT)
			contact(t, t->agenda[i].person);
		else
			report(t, t->agenda[i].person, t->agenda[i].what == HAPPENS_LOSS);
	}
	if (t->o->stop)
		stop(t);
	town_until(t, from + (DAYS + FOLLOW_DAYS + 1) * US_PER_DAY);
}

/* ---- the whole ---- */

static bool sense(const struct campaign_year *o)
{
	const double share[] = { o->contact, o->base, o->effect, o->reached, o->reports };

	for (size_t i = 0; i < ARRAY_LEN(share); i++)
		if (!(share[i] >= 0 && share[i] <= 1))
			return false;
	return o->people >= 50 && o->people <= CAMPAIGN_YEAR_PEOPLE_MAX && o->hold_out_permille >= 10 &&
	       o->hold_out_permille <= 900 && o->base > 0 && o->contact > 0 &&
	       o->districts <= CAMPAIGN_YEAR_DISTRICTS_MAX &&
	       (o->districts == 0 || (o->waves >= 1 && o->waves <= o->districts));
}

void campaign_year_defaults(struct campaign_year *y)
{
	*y = (struct campaign_year){ .seed = 1,
		                         .start_us = clock_days_from_civil(2026, 3, 1) * US_PER_DAY,
		                         .people = 1000,
		                         .contact = 0.4,
		                         .base = 0.25,
		                         .effect = 0.5,
		                         .reached = 0.95,
		                         .outcome = CAMPAIGN_CONVERSION,
		                         .hold_out_permille = 500 };
}

enum err campaign_year_run(const struct campaign_year *o, struct measured *out, struct buf *why)
{
	struct town *t = sense(o) ? mem_alloc(sizeof(*t)) : NULL;
	struct segment s;
	enum err e;

	if (t == NULL)
		return sense(o) ? ERR_MEMORY : ERR_RANGE;
	town_open(t, o, why);
	settle(t);
	if (t->err == ERR_OK) {
		plan(t, material(t));
		draw_segment(t);
		reach(t);
		make_agenda(t);
		live(t);
		town_project(t);
		look_at_campaign(t);
	}
	if (t->err == ERR_OK && town_well(t, segment_open(&s, t->segment, &t->campaign))) {
		town_well(t, measuring_run(t->registry, &t->campaign, &s, out));
		segment_close(&s);
	}
	e = t->err;
	town_close(t);
	return e;
}

double campaign_year_power(const struct campaign_year *o)
{
	uint64_t contacted = (uint64_t)(o->people * o->contact), held = contacted * o->hold_out_permille / 1000;

	if (o->outcome == CAMPAIGN_VICTIMS) {
		held = (uint64_t)o->people * o->hold_out_permille / 1000;
		return chance_power(o->people - held, held, o->contact * o->base * (1 - o->effect * o->reached),
		                    o->contact * o->base, 0.05);
	}
	return chance_power(contacted - held, held, o->base * (1 - o->effect * o->reached), o->base, 0.05);
}
