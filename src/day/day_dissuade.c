/* day_dissuade.c - the scripts that talk people out of it: 96110's seats, machines that call, and the stations that go to the door.
 *
 * Whoever is asked knows best whether somebody wants their money: so outcomes follow what is true of the person, and whether they believe follows the habits. */
#include "base/clock.h"
#include "day/day_int.h"

enum {
	HEARD_NOTHING,
	HEARD_REACHED,
	HEARD_REFUSED,
	HEARD_BUSY,
	HEARD_NOTE /* a machine has spoken to them: only the feedback is missing */
};

/* What is true of the person's own case. */
static bool in_danger(struct day *d, uint32_t person)
{
	return person != NONE && day_who(d, person)->cs != NONE;
}

static bool has_paid(struct day *d, uint32_t person)
{
	return in_danger(d, person) && day_case(d, day_who(d, person)->cs)->with_fen > 0;
}

/* Whether a swindler has reached this person at all, though it may have come to nothing yet. */
static bool was_reached(struct day *d, uint32_t person)
{
	uint32_t phone = person != NONE ? day_who(d, person)->phone : NONE, roles;

	roles = person != NONE ? day_who(d, person)->roles : 0;
	roles |= phone != NONE ? day_who(d, phone)->roles : 0;
	return in_danger(d, person) || (roles & (1U << ROLE_TARGET | 1U << ROLE_VICTIM)) != 0;
}

static bool on_the_line(struct day *d, uint32_t person)
{
	uint32_t phone = person != NONE ? day_who(d, person)->phone : NONE;

	return phone != NONE && (day_who(d, phone)->block & BLOCK_LINE) == 0 &&
	       day_who(d, phone)->busy_until_s > day_second(d, d->now_us);
}

/* What was found, into the desk; a victim who has understood too late reports on the spot. */
void feed_back(struct day *d, const struct seat *s, uint64_t warning, uint32_t person, bool believed)
{
	struct desk_command x = day_command(DESK_WARNING, WARNING_DO_FEED_BACK, warning, s);
	bool paid = has_paid(d, person);
	int64_t outcome = !was_reached(d, person) ? OUTCOME_NOT_TRUE
	                  : paid && believed      ? OUTCOME_CHEATED
	                  : believed              ? OUTCOME_PERSUADED
	                                          : OUTCOME_REVISIT;
	const struct desk_object *o = world_object(d, warning);

	x.district = o->district;
	desk_give_i(&x, WARNING_F_OUTCOME, outcome);
	(void)day_do(d, &x);
	if (outcome == OUTCOME_CHEATED)
		people_call(d, day_who(d, person)->cs, d->now_us + US_PER_MINUTE);
}

/* ---- 96110 ---- */

static void sign(struct day *d, const struct seat *s, const struct desk_object *o)
{
	struct desk_command x = day_command(DESK_WARNING, WARNING_DO_SIGN, o->id, s);

	x.district = o->district;
	if (o->state == WARNING_ISSUED)
		(void)day_do(d, &x);
}

static int64_t dissuasion_begin(struct day *d, struct seat *s, const struct desk_object *o)
{
	uint32_t person = who_person(d, o);
	uint64_t id = o->id, n = o->version;

	if (o->state == WARNING_CONTACTED) { /* a machine has; or a call before this grade */
		s->what = HEARD_NOTE;
		return day_span(d, HABIT_NOTE_S, id, n);
	}
	sign(d, s, o);
	if (on_the_line(d, person)) {
		s->what = HEARD_BUSY;
		return day_span(d, HABIT_RING_S, id, n);
	}
	if (!day_chance(d, HABIT_ANSWERS_P, id, n)) {
		s->what = HEARD_NOTHING;
		return day_span(d, HABIT_RING_S, id, n);
	}
	s->what = day_chance(d, HABIT_REFUSES_P, id, n) ? HEARD_REFUSED : HEARD_REACHED;
	return day_span(d, s->what == HEARD_REACHED ? HABIT_TALK_S : HABIT_RING_S, id, n);
}

static void called(struct day *d, struct seat *s, uint64_t id, enum warning_call result)
{
	struct desk_command x = day_command(DESK_WARNING, WARNING_DO_CALL, id, s);

	desk_give_i(&x, WARNING_F_CALL_RESULT, result);
	(void)day_do(d, &x);
	d->r->calls++;
	d->r->calls_reached += result == CALL_REACHED;
}

/* Light grades are done when the person has understood; who has not is one grade up, for the station. */
static void conclude(struct day *d, struct seat *s, uint64_t id, uint32_t person, bool believed)
{
	const struct desk_object *o = world_object(d, id);

	if (o->grade < 2 && (believed || !was_reached(d, person))) {
		feed_back(d, s, id, person, true);
	} else if (o->grade < 2) {
		struct desk_command x = day_command(DESK_WARNING, WARNING_DO_UPGRADE, id, s);
		(void)day_do(d, &x);
	}
}

/* The last resort while the swindler keeps them on the line. */
static void ask_operator(struct day *d, struct seat *s, uint64_t id)
{
	const struct desk_object *o = world_object(d, id);
	struct desk_command x = day_command(DESK_WARNING, WARNING_DO_ASK_OPERATOR, id, s);

	if (o->grade >= 2 && desk_has(o, WARNING_F_PHONE) && !desk_has(o, WARNING_F_MEASURE))
		(void)day_do(d, &x);
}

static void dissuasion_finish(struct day *d, struct seat *s, const struct desk_object *o)
{
	static const uint8_t result[] = { [HEARD_NOTHING] = CALL_NO_ANSWER,
		                              [HEARD_REACHED] = CALL_REACHED,
		                              [HEARD_REFUSED] = CALL_REFUSED,
		                              [HEARD_BUSY] = CALL_BUSY };
	uint64_t id = o->id, n = o->version;
	uint32_t person = who_person(d, o);

	if (s->what == HEARD_NOTE) {
		if (o->state == WARNING_CONTACTED)
			conclude(d, s, id, person, !in_danger(d, person) || day_who(d, person)->persuaded);
		return;
	}
	if (o->state != WARNING_SIGNED && o->state != WARNING_CONTACTED && o->state != WARNING_VISITING)
		return; /* somebody else has settled it */
	called(d, s, id, (enum warning_call)result[s->what]);
	if (s->what == HEARD_BUSY)
		ask_operator(d, s, id);
	if (s->what == HEARD_REACHED) {
		people_spoken(d, person);
		conclude(d, s, id, person, people_believe(d, person, HABIT_BELIEVES_P, id, n));
	} else {
		seats_later(d, s,
		            d->now_us + d->o->habit[s->what == HEARD_BUSY ? HABIT_BUSY_S : HABIT_AGAIN_S] * US_PER_SECOND);
	}
}

const struct script dissuasion_script = { dissuasion_begin, dissuasion_finish };

/* ---- machines: yellow warnings are called by one before a person has time ---- */

void ai_call(struct day *d, uint64_t warning)
{
	const struct desk_object *o = world_object(d, warning);
	struct desk_command x =
		day_command_by(DESK_WARNING, WARNING_DO_AI_CALL, warning, USER_DISPATCHER, ROLE_DISPATCHER, o);

	if (o->state == WARNING_ISSUED && o->grade == 1 && desk_has(o, WARNING_F_PHONE) && !desk_has(o, WARNING_F_AI))
		(void)day_do(d, &x);
}

void ai_heard(struct day *d, uint64_t warning)
{
	const struct desk_object *o = world_object(d, warning);
	struct desk_command x =
		day_command_by(DESK_WARNING, WARNING_DO_AI_RESULT, warning, USER_CONNECTOR, ROLE_CONNECTOR, o);
	uint32_t person = who_person(d, o);
	bool answers = !on_the_line(d, person) && day_chance(d, HABIT_ANSWERS_AI_P, warning, o->version);

	if (o->state < WARNING_ISSUED || o->state > WARNING_VISITING)
		return;
	d->r->ai_calls++;
	d->r->ai_reached += answers;
	desk_give_i(&x, WARNING_F_CALL_RESULT, answers ? CALL_REACHED : CALL_NO_ANSWER);
	if (answers) {
		people_spoken(d, person);
		(void)people_believe(d, person, HABIT_BELIEVES_AI_P, warning, o->version);
	}
	(void)day_do(d, &x);
}

/* ---- stations ---- */

static int64_t station_begin(struct day *d, struct seat *s, const struct desk_object *o)
{
	struct desk_command x;
	uint64_t id = o->id, n = o->version;
	int64_t lasts_us = day_span(d, HABIT_TRAVEL_S, id, n);

	if (o->kind == DESK_DEVICE_REPORT) {
		x = day_command(DESK_DEVICE_REPORT, o->state == DEVICE_REPORTED ? DEVICE_DO_RECEIVE : DEVICE_DO_VISIT, id, s);
		x.district = o->district;
		s->what = o->state == DEVICE_REPORTED;
		if (o->state != DEVICE_VISITING)
			(void)day_do(d, &x);
		return s->what ? day_span(d, HABIT_NOTE_S, id, n) : day_span(d, HABIT_SEARCH_S, id, n);
	}
	sign(d, s, o);
	o = world_object(d, id);
	x = day_command(DESK_WARNING, WARNING_DO_VISIT, id, s);
	x.district = o->district;
	if (o->state != WARNING_VISITING && day_do(d, &x) != DESK_OK)
		return 0;
	d->r->visits++;
	s->good = day_chance(d, HABIT_HOME_P, id, n);
	return lasts_us + (s->good ? day_span(d, HABIT_VISIT_S, id, n) : 0);
}

static void look_for_device(struct day *d, struct seat *s, const struct desk_object *o)
{
	uint32_t i = who_of_token(d, o->subject.token, o->subject.kind);
	bool found = i != NONE && who_criminal(d, i);
	struct desk_command x = day_command(DESK_DEVICE_REPORT, found ? DEVICE_DO_FOUND : DEVICE_DO_NOT_FOUND, o->id, s);

	x.district = o->district;
	if (s->what || o->state != DEVICE_VISITING)
		return;
	if (!found)
		day_ref(d, &x, DEVICE_F_FINDING);
	(void)day_do(d, &x);
}

static void at_the_door(struct day *d, struct seat *s, uint64_t id)
{
	const struct desk_object *o = world_object(d, id);
	uint32_t person = who_person(d, o);
	struct desk_command x = day_command(DESK_WARNING, WARNING_DO_VERIFY_IDENTITY, id, s);
	bool believed;

	x.district = o->district;
	(void)day_do(d, &x);
	x = day_command(DESK_WARNING, WARNING_DO_MEET, id, s);
	x.district = o->district;
	day_ref(d, &x, WARNING_F_PROOF);
	if (day_do(d, &x) != DESK_OK)
		return;
	d->r->visits_found++;
	people_spoken(d, person);
	believed = people_believe(d, person, HABIT_BELIEVES_FACE_P, id, o->version);
	feed_back(d, s, id, person, believed || !in_danger(d, person));
}

static void not_found(struct day *d, struct seat *s, const struct desk_object *o)
{
	struct desk_command x = day_command(DESK_WARNING, WARNING_DO_NOT_FOUND, o->id, s);
	bool for_good = desk_i(o, WARNING_F_UPGRADED) >= 3;

	x.district = o->district;
	desk_give_i(&x, WARNING_F_OUTCOME, for_good ? OUTCOME_NOT_FOUND : OUTCOME_NOT_FOUND_YET);
	(void)day_do(d, &x);
	seats_later(d, s, d->now_us + 2 * day_span(d, HABIT_TRAVEL_S, s->object, d->seq));
}

static void station_finish(struct day *d, struct seat *s, const struct desk_object *o)
{
	struct desk_object copy = *o;

	if (o->kind == DESK_DEVICE_REPORT)
		look_for_device(d, s, &copy);
	else if (o->state == WARNING_VISITING && s->good)
		at_the_door(d, s, o->id);
	else if (o->state == WARNING_VISITING)
		not_found(d, s, &copy);
}

const struct script station_script = { station_begin, station_finish };
