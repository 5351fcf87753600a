/* campaign_year.c - see campaign_year.h. */
#include "tests/test.h"
#include "tests/unit/campaign_year.h"
#include <unistd.h>
#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "desk/incident.h"
#include "desk/material.h"
#include "desk/publication.h"
#include "sim/numbers.h"
#include "tests/unit/desk_journal.h"

enum {
	BATCH = 64,
	DAYS = 180,
	FOLLOW_DAYS = 14
};
static const struct hash_key lot_key = { { 21 } };

struct happening { /* at this time, to this person; incident: they report what they lost */
	int64_t at_us;
	uint32_t person;
	bool incident;
};
struct year {
	const struct year_options *o;
	struct desk_journal j;
	struct registry *registry;
	struct shard_item item[BATCH];
	uint32_t n;
	struct rng rng;
	struct token *phone, *who; /* of people */
	bool *reached;
	uint8_t wave[256]; /* of districts */
	char district[256][16];
	struct happening *agenda;
	uint32_t n_agenda;
	char folder[64], registry_path[96], roster[96], segment[96];
	struct desk_object found;
};

/* ---- records ---- */

static void flush(struct year *y)
{
	if (y->n > 0)
		desk_journal_apply(&y->j, y->item, y->n);
	desk_journal_items(y->item, y->n);
	y->n = 0;
}

static void put(struct year *y, struct shard_item it)
{
	y->item[y->n++] = it;
	if (y->n == BATCH)
		flush(y);
}

static void command(struct year *y, struct desk_command *c, enum desk_role role, uint64_t user)
{
	c->user = user;
	c->roles = 1U << role;
	put(y, desk_journal_command(&y->j, c));
}

static void until(struct year *y, int64_t us)
{
	flush(y);
	if (us > y->j.now_us)
		desk_journal_tick(&y->j, us - y->j.now_us);
}

static void open_registry(struct year *y)
{
	struct buf why;

	buf_init(&why, 4096);
	if (registry_open(&y->registry, y->registry_path, &why) != ERR_OK)
		fail_msg("%s", why.p);
	buf_release(&why);
}

static void project(struct year *y)
{
	struct projecting_options o = { .journal = &y->j.disk,
		                            .registry = y->registry,
		                            .alerts = desk_journal_alerts(&y->j) };
	struct projecting *p = NULL;
	uint64_t begins;
	bool more = true;

	flush(y);
	assert_int_equal(projecting_open(&p, &o, &begins), ERR_OK);
	while (more)
		assert_int_equal(projecting_batch(p, shard_next(y->j.shard), &more), ERR_OK);
	assert_int_equal(projecting_settle(p), ERR_OK);
	projecting_close(p);
}

static bool keep(void *ctx, const struct registry_hit *h)
{
	*(struct desk_object *)ctx = *h->object;
	return true;
}

/* The last object of the kind. */
static const struct desk_object *last(struct year *y, uint8_t kind)
{
	struct registry_query q = { .kind = kind };

	y->found.kind = 0;
	assert_int_equal(registry_list(y->registry, &q, REGISTRY_PAGE_MAX, keep, &y->found), ERR_OK);
	assert_int_equal(y->found.kind, kind);
	return &y->found;
}

/* ---- the town ---- */

static uint32_t district_of_person(const struct year *y, uint32_t i)
{
	return y->o->districts ? 201 + i % y->o->districts : 0;
}

static void settle(struct year *y)
{
	for (uint32_t i = 0; i < y->o->people; i++) {
		char phone[16], person[24];
		uint32_t d = district_of_person(y, i);
		struct shard_item it;

		snprintf(phone, sizeof(phone), "139%08u", i);
		person[ident_person_text(i, person)] = 0;
		snprintf(y->district[d], sizeof(y->district[d]), "district:%u", d); /* the event points into it */
		it = desk_journal_event(&y->j, "open_card", "phone", phone, "person", person,
		                        y->o->districts ? y->district[d] : NULL);
		y->phone[i] = it.event->ident[0].token;
		y->who[i] = it.event->ident[1].token;
		put(y, it);
	}
	flush(y);
}

static uint64_t material(struct year *y)
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
	command(y, &c, ROLE_EDITOR, 101);
	project(y);
	id = last(y, DESK_MATERIAL)->id;
	desk_command_init(&c, DESK_MATERIAL, MATERIAL_DO_SUBMIT, id);
	command(y, &c, ROLE_EDITOR, 101);
	desk_command_init(&c, DESK_MATERIAL, MATERIAL_DO_APPROVE, id);
	command(y, &c, ROLE_EDITOR, 102);
	return id;
}

static void plan(struct year *y, uint64_t about)
{
	const struct year_options *o = y->o;
	struct desk_command c;

	desk_command_init(&c, DESK_CAMPAIGN, CAMPAIGN_DO_PLAN, 0);
	desk_give_i(&c, CAMPAIGN_F_MANNER, o->districts ? CAMPAIGN_FLOOD : CAMPAIGN_DRIP);
	desk_give_i(&c, CAMPAIGN_F_AUDIENCE, o->districts ? AUDIENCE_EVERYBODY : AUDIENCE_NEW_PHONE);
	if (o->districts) {
		desk_give_i(&c, CAMPAIGN_F_OUTCOME, CAMPAIGN_VICTIMS);
		desk_give_i(&c, CAMPAIGN_F_WAVES, o->waves);
	}
	desk_give_i(&c, CAMPAIGN_F_STARTS, y->j.now_us + US_PER_HOUR);
	desk_give_i(&c, CAMPAIGN_F_ENDS, y->j.now_us + US_PER_HOUR + DAYS * US_PER_DAY);
	desk_give_i(&c, CAMPAIGN_F_FOLLOW, FOLLOW_DAYS * US_PER_DAY);
	desk_give_i(&c, CAMPAIGN_F_HOLD_OUT, o->hold_out_permille);
	desk_give_i(&c, CAMPAIGN_F_EFFECT, 500);
	desk_give_i(&c, CAMPAIGN_F_BASE, (int64_t)(1e6 * o->base));
	desk_give_i(&c, CAMPAIGN_F_CONTACT, (int64_t)(1e6 * o->contact));
	desk_give_i(&c, CAMPAIGN_F_SEED, (int64_t)o->seed);
	desk_give_i(&c, CAMPAIGN_F_CHANNELS, 1 << CHANNEL_SMS);
	desk_give_id(&c, CAMPAIGN_F_MATERIAL, about);
	command(y, &c, ROLE_MEDIA, 103);
	project(y);
}

static void draw_segment(struct year *y)
{
	struct roster_options o = { .journal = &y->j.disk, .registry = y->registry, .now_us = y->j.now_us };
	char letters[2 * CAMPAIGN_DIGEST_BYTES + 1];
	struct roster_made made;
	struct segment_made s;
	struct desk_command c;
	struct buf why;

	buf_init(&why, 4096);
	assert_int_equal(roster_make(&o, y->roster, &made, &why), ERR_OK);
	buf_release(&why);
	assert_int_equal(made.rows, y->o->people);
	assert_int_equal(segment_make(last(y, DESK_CAMPAIGN), &lot_key, y->j.now_us, y->roster, y->segment, &s), ERR_OK);
	assert_int_equal(s.rows, y->o->districts ? y->o->districts : y->o->people);
	campaign_digest_print(s.digest, letters);
	desk_command_init(&c, DESK_CAMPAIGN, CAMPAIGN_DO_SEGMENT, y->found.id);
	desk_give_i(&c, CAMPAIGN_F_SIZE, (int64_t)s.rows);
	desk_give_i(&c, CAMPAIGN_F_HELD, (int64_t)s.held);
	desk_give_i(&c, CAMPAIGN_F_POWER_AT, 800);
	desk_give_code(&c, CAMPAIGN_F_DIGEST, text_z(letters));
	command(y, &c, ROLE_MEDIA, 103);
	desk_command_init(&c, DESK_CAMPAIGN, CAMPAIGN_DO_APPROVE, y->found.id);
	command(y, &c, ROLE_EDITOR, 102);
	until(y, y->j.now_us + 2 * US_PER_HOUR);
	project(y);
	assert_int_equal(last(y, DESK_CAMPAIGN)->state, CAMPAIGN_RUNNING);
}

/* ---- texts ---- */

static uint32_t person_of(const struct year *y, struct token phone)
{
	uint32_t i = 0;

	while (i < y->o->people && !token_eq(y->phone[i], phone))
		i++;
	assert_true(i < y->o->people);
	return i;
}

static void send_texts(struct year *y)
{
	struct desk_object campaign = *last(y, DESK_CAMPAIGN);
	struct segment s;
	struct desk_command c;

	assert_int_equal(segment_open(&s, y->segment, &campaign), ERR_OK);
	for (uint64_t i = 0; i < s.rows; i++) {
		struct member m;

		member_take(s.row + i * MEMBER_BYTES, &m);
		if (m.held)
			continue;
		desk_command_init(&c, DESK_PUBLICATION, PUBLICATION_DO_TEXT, 0);
		desk_give_id(&c, PUBLICATION_F_CAMPAIGN, campaign.id);
		desk_give_token(&c, PUBLICATION_F_PHONE, m.phone);
		command(y, &c, ROLE_ANALYST, 106);
	}
	segment_close(&s);
	project(y);
}

struct receipts {
	struct year *y;
	struct registry_query q;
	uint64_t *id;
	uint32_t n, page;
};

static bool receipt(void *ctx, const struct registry_hit *h)
{
	struct receipts *r = ctx;
	struct year *y = r->y;

	r->q.after = true;
	r->q.after_key = h->key;
	r->q.after_id = h->object->id;
	r->page++;
	assert_int_equal(h->object->state, PUBLICATION_OUT);
	if (rng_chance(&y->rng, (uint32_t)(1e6 * y->o->reached))) {
		r->id[r->n++] = h->object->id;
		y->reached[person_of(y, h->object->subject.token)] = true;
	}
	return true;
}

static void receipt_texts(struct year *y)
{
	struct receipts r = { .y = y, .q = { .kind = DESK_PUBLICATION } };
	struct desk_command c;

	r.id = mem_alloc_array(y->o->people, sizeof(*r.id));
	do {
		r.page = 0;
		assert_int_equal(registry_list(y->registry, &r.q, REGISTRY_PAGE_MAX, receipt, &r), ERR_OK);
	} while (r.page > 0);
	for (uint32_t i = 0; i < r.n; i++) {
		desk_command_init(&c, DESK_PUBLICATION, PUBLICATION_DO_RECEIPT, r.id[i]);
		desk_give_code(&c, PUBLICATION_F_RECEIPT, TEXT("ok"));
		command(y, &c, ROLE_EDITOR, 102);
	}
	mem_free(r.id);
}

/* Who lives where the campaign is at that time. */
static void find_waves(struct year *y)
{
	struct desk_object campaign = *last(y, DESK_CAMPAIGN);
	struct segment s;

	assert_int_equal(segment_open(&s, y->segment, &campaign), ERR_OK);
	for (uint64_t i = 0; i < s.rows; i++) {
		struct member m;

		member_take(s.row + i * MEMBER_BYTES, &m);
		y->wave[m.district] = m.wave;
	}
	segment_close(&s);
}

static bool flooded(const struct year *y, uint32_t person, int64_t at)
{
	int64_t began = y->found.value[CAMPAIGN_F_BEGAN].i;

	return y->o->districts && began + y->wave[district_of_person(y, person)] * (DAYS * US_PER_DAY / y->o->waves) <= at;
}

/* ---- half a year ---- */

static int by_time(const void *a, const void *b)
{
	const struct happening *x = a, *y = b;

	return x->at_us != y->at_us ? (x->at_us < y->at_us ? -1 : 1) : (x->person > y->person) - (x->person < y->person);
}

static void make_agenda(struct year *y)
{
	const struct year_options *o = y->o;

	y->agenda = mem_alloc_array(2 * (size_t)o->people, sizeof(*y->agenda));
	for (uint32_t i = 0; i < o->people; i++) {
		int64_t at = y->j.now_us + US_PER_DAY + (int64_t)rng_below(&y->rng, (DAYS - 3) * (uint64_t)US_PER_DAY);
		double falls = o->base * (y->reached[i] || flooded(y, i, at) ? 1 - o->effect : 1);

		if (!rng_chance(&y->rng, (uint32_t)(1e6 * o->contact)))
			continue;
		y->agenda[y->n_agenda++] = (struct happening){ at, i, false };
		if (rng_chance(&y->rng, (uint32_t)(1e6 * falls)))
			y->agenda[y->n_agenda++] = (struct happening){ at + 3 * US_PER_HOUR, i, true };
	}
	qsort(y->agenda, y->n_agenda, sizeof(*y->agenda), by_time);
}

/* Two calls of a number that nobody knows: the rule warns whoever is called. */
static void contact(struct year *y, uint32_t person)
{
	char to[16], from[16];

	snprintf(to, sizeof(to), "139%08u", person);
	snprintf(from, sizeof(from), "138%08u", person);
	for (int i = 0; i < 2; i++)
		put(y, desk_journal_event(&y->j, "call", "caller", from, "callee", to, NULL));
}

static void lose(struct year *y, uint32_t person)
{
	struct desk_command c;

	desk_command_init(&c, DESK_INCIDENT, INCIDENT_DO_RECEIVE, 0);
	desk_give_i(&c, INCIDENT_F_CHANNEL, 1);
	desk_give_token(&c, INCIDENT_F_CALLER, y->phone[person]);
	desk_give_token(&c, INCIDENT_F_VICTIM, y->who[person]);
	desk_give_i(&c, INCIDENT_F_AMOUNT, 500000);
	if (y->o->districts)
		desk_give_i(&c, INCIDENT_F_DISTRICT, district_of_person(y, person));
	command(y, &c, ROLE_INTAKE, 104);
}

static void stop(struct year *y)
{
	static const unsigned char ref[DESK_REF_BYTES] = { 2 };
	struct desk_command c;

	desk_command_init(&c, DESK_CAMPAIGN, CAMPAIGN_DO_STOP, last(y, DESK_CAMPAIGN)->id);
	desk_give_ref(&c, CAMPAIGN_F_REASON, ref);
	command(y, &c, ROLE_LEADER, 105);
}

static void live(struct year *y)
{
	int64_t from = y->j.now_us;

	for (uint32_t i = 0; i < y->n_agenda; i++) {
		if (y->o->early && y->agenda[i].at_us > from + DAYS / 2 * US_PER_DAY)
			return;
		until(y, y->agenda[i].at_us);
		(y->agenda[i].incident ? lose : contact)(y, y->agenda[i].person);
	}
	if (y->o->stop)
		stop(y);
	until(y, from + (DAYS + FOLLOW_DAYS + 1) * US_PER_DAY);
}

/* ---- the whole ---- */

static void clean(struct year *y)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	char z[128];

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		snprintf(z, sizeof(z), "%s%s", y->registry_path, ends[i]);
		unlink(z);
	}
	unlink(y->roster);
	unlink(y->segment);
}

void year_run(const struct year_options *o, const char *folder, struct measured *out)
{
	struct year *y = mem_alloc(sizeof(*y));
	struct desk_object campaign;
	struct segment s;

	y->o = o;
	rng_seed(&y->rng, o->seed);
	snprintf(y->registry_path, sizeof(y->registry_path), "%s/registry.sqlite", folder);
	snprintf(y->roster, sizeof(y->roster), "%s/roster", folder);
	snprintf(y->segment, sizeof(y->segment), "%s/segment", folder);
	clean(y);
	y->phone = mem_alloc_array(o->people, sizeof(*y->phone));
	y->who = mem_alloc_array(o->people, sizeof(*y->who));
	y->reached = mem_alloc_array(o->people, sizeof(*y->reached));
	desk_journal_open(&y->j, NULL);
	open_registry(y);
	settle(y);
	plan(y, material(y));
	draw_segment(y);
	if (o->districts) {
		find_waves(y);
	} else {
		send_texts(y);
		receipt_texts(y);
	}
	make_agenda(y);
	live(y);
	project(y);
	campaign = *last(y, DESK_CAMPAIGN);
	assert_int_equal(segment_open(&s, y->segment, &campaign), ERR_OK);
	assert_int_equal(measuring_run(y->registry, &campaign, &s, out), ERR_OK);
	segment_close(&s);
	registry_close(y->registry);
	desk_journal_close(&y->j);
	clean(y);
	mem_free(y->phone);
	mem_free(y->who);
	mem_free(y->reached);
	mem_free(y->agenda);
	mem_free(y);
}

double year_power(const struct year_options *o)
{
	uint64_t contacted = (uint64_t)(o->people * o->contact), held = contacted * o->hold_out_permille / 1000;

	return chance_power(contacted - held, held, o->base * (1 - o->effect * o->reached), o->base, 0.05);
}
