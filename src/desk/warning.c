/* warning.c - what is done about a warning; see warning.h. The table and the names are in warning_table.c. */
#include "desk/warning_int.h"

enum {
	BLUE,
	YELLOW,
	RED,
	PURPLE
};

static int64_t by_grade(const struct desk_turn *t, uint32_t first)
{
	return turn_limit(t, first + (uint32_t)desk_i(t->o, WARNING_F_GRADE));
}

/* A deadline only comes nearer. */
static void due_by(struct desk_turn *t, uint32_t timer, int64_t at)
{
	if (t->o->due_us[timer] == 0 || t->o->due_us[timer] > at)
		turn_timer(t, timer, at);
}

/* Messages of light grades: by day only, and so many to a number. */

static bool light(const struct desk_turn *t)
{
	return desk_i(t->o, WARNING_F_GRADE) <= YELLOW;
}

static int64_t sent_on(const struct desk_object *w, int64_t day)
{
	return desk_has(w, WARNING_F_SMS) && desk_day(desk_i(w, WARNING_F_SMS)) == day ? desk_i(w, WARNING_F_SMS_TODAY) : 0;
}

static enum desk_refusal may_send(struct desk_turn *t)
{
	if (!desk_has(t->o, WARNING_F_PHONE))
		return turn_missing(t, WARNING_F_PHONE);
	if (!light(t))
		return DESK_OK;
	if (turn_text_hour(t, t->now) != t->now)
		return DESK_REFUSED_CURFEW;
	return turn_texted(t, desk_entity_of(t->o, WARNING_F_PHONE), t->now) ? DESK_REFUSED_SENT_TODAY : DESK_OK;
}

static void send_sms(struct desk_turn *t)
{
	int64_t before = sent_on(t->o, desk_day(t->now));
	struct desk_message *m = turn_send(t, DESK_MESSAGE_SMS, 0);

	m->about = desk_entity_of(t->o, WARNING_F_PHONE);
	desk_set_i(t->o, WARNING_F_SMS, t->now);
	desk_set_i(t->o, WARNING_F_SMS_TODAY, before + 1);
	if (desk_i(t->o, WARNING_F_GRADE) == BLUE) { /* nobody has to do more */
		turn_timer(t, WARNING_T_SIGN, 0);
		turn_timer(t, WARNING_T_CALL, 0);
	}
}

/* Blue warnings are a message that goes out by itself: now, or when the curfew is over. */
static void blue(struct desk_turn *t)
{
	enum desk_refusal no = may_send(t);

	t->d->bad_field = 0;
	if (no == DESK_OK)
		send_sms(t);
	else if (no == DESK_REFUSED_CURFEW)
		turn_timer(t, WARNING_T_CALL, turn_text_hour(t, t->now));
}

static void issue_to(struct desk_turn *t)
{
	t->o->state = WARNING_ISSUED;
	turn_timer(t, WARNING_T_ISSUE, 0);
	turn_timer(t, WARNING_T_REVIEW, 0);
	turn_timer(t, WARNING_T_REVISIT, 0);
	turn_timer(t, WARNING_T_SIGN, t->now + by_grade(t, LIMIT_WARNING_SIGN_BLUE));
	turn_timer(t, WARNING_T_CALL, t->now + by_grade(t, LIMIT_WARNING_CALL_BLUE));
	due_by(t, WARNING_T_FACE, t->now + by_grade(t, LIMIT_WARNING_FACE_BLUE));
	if (!desk_has(t->o, WARNING_F_ISSUED))
		desk_set_i(t->o, WARNING_F_ISSUED, t->now);
	desk_unset(t->o, WARNING_F_OWNER);
	if (!light(t))
		turn_send(t, DESK_MESSAGE_DISPATCH, 0);
	if (desk_i(t->o, WARNING_F_GRADE) == BLUE)
		blue(t);
}

/* The grade has risen: what was settled is open again, deadlines come nearer, red and purple go out at once. */
static void risen(struct desk_turn *t)
{
	switch (t->o->state) {
	case WARNING_GRADED:
		if (!light(t))
			issue_to(t);
		return;
	case WARNING_FED_BACK:
	case WARNING_REVIEWED: issue_to(t); return;
	case WARNING_ISSUED: due_by(t, WARNING_T_SIGN, t->now + by_grade(t, LIMIT_WARNING_SIGN_BLUE)); break;
	default: break;
	}
	if (t->o->state == WARNING_ISSUED || t->o->state == WARNING_SIGNED || t->o->state == WARNING_TRANSFERRING)
		due_by(t, WARNING_T_CALL, t->now + by_grade(t, LIMIT_WARNING_CALL_BLUE));
	due_by(t, WARNING_T_FACE, t->now + by_grade(t, LIMIT_WARNING_FACE_BLUE));
	if (!light(t))
		turn_send(t, DESK_MESSAGE_DISPATCH, 0);
}

static void climb(struct desk_turn *t)
{
	int64_t grade = desk_i(t->o, WARNING_F_GRADE);

	desk_set_i(t->o, WARNING_F_UPGRADED, desk_i(t->o, WARNING_F_UPGRADED) + 1);
	desk_set_i(t->o, WARNING_F_CALLS, 0);
	if (grade < PURPLE) {
		desk_set_i(t->o, WARNING_F_GRADE, grade + 1);
		risen(t);
	} else {
		turn_send(t, DESK_MESSAGE_DISPATCH, 0);
	}
}

/* One more alert or contact about this person: the graver one gives the facts, the higher grade counts. Of two equally grave ones the first gives them. What the one that gives
 * them does not know, the other one fills in: so the type of scam is that of the gravest alert that named one when it came, whatever the others say. */
enum desk_refusal warning_fuse(struct desk_turn *t)
{
	static const uint8_t facts[] = { WARNING_F_SCAM,   WARNING_F_RULE, WARNING_F_EVIDENCE, WARNING_F_SUSPECT,
		                             WARNING_F_AMOUNT, WARNING_F_LINK, WARNING_F_DISTRICT };
	static const uint8_t who[] = { WARNING_F_PERSON, WARNING_F_PHONE, WARNING_F_ACCOUNT };
	struct desk_object *o = t->o;
	bool graver = t->before == 0 || desk_i(o, WARNING_F_GRADE) > desk_i(t->was, WARNING_F_GRADE);
	enum desk_refusal no = desk_only_one(t);

	if (no != DESK_OK)
		return no;
	o->state = t->before ? t->before : WARNING_GRADED;
	desk_set_i(o, WARNING_F_HITS, desk_i(o, WARNING_F_HITS) + 1);
	for (uint32_t i = 0; i < ARRAY_LEN(who); i++)
		desk_copy(o, who[i], t->was, who[i]);
	for (uint32_t i = 0; i < ARRAY_LEN(facts) && !graver; i++)
		if (desk_has(t->was, facts[i]))
			desk_copy(o, facts[i], t->was, facts[i]);
	if (desk_has(t->was, WARNING_F_DISTRICT)) /* who works on it goes on */
		desk_copy(o, WARNING_F_DISTRICT, t->was, WARNING_F_DISTRICT);
	if (!graver)
		desk_copy(o, WARNING_F_GRADE, t->was, WARNING_F_GRADE);
	if (desk_i(t->was, WARNING_F_TYPE) == WARNING_FUND)
		desk_set_i(o, WARNING_F_TYPE, WARNING_FUND);
	if (t->before == 0)
		turn_timer(t, WARNING_T_ISSUE, t->now + turn_limit(t, LIMIT_WARNING_FUSE));
	if (graver)
		risen(t);
	return DESK_OK;
}

enum desk_refusal warning_issue(struct desk_turn *t)
{
	issue_to(t);
	return DESK_OK;
}

enum desk_refusal warning_sign(struct desk_turn *t)
{
	turn_timer(t, WARNING_T_SIGN, 0);
	desk_set_i(t->o, WARNING_F_OWNER, (int64_t)t->c->user);
	desk_set_i(t->o, WARNING_F_SIGNED, t->now);
	return DESK_OK;
}

/* What a call, by a person or a machine, came to. Nobody reached so often, or refused: one grade up. */
enum desk_refusal warning_called(struct desk_turn *t)
{
	t->o->state = t->before;
	switch (desk_i(t->o, WARNING_F_CALL_RESULT)) {
	case CALL_REACHED:
		turn_timer(t, WARNING_T_CALL, 0);
		desk_set_i(t->o, WARNING_F_CALLS, 0);
		if (!desk_has(t->o, WARNING_F_CONTACTED))
			desk_set_i(t->o, WARNING_F_CONTACTED, t->now);
		if (t->before == WARNING_SIGNED || t->before == WARNING_ISSUED) {
			turn_timer(t, WARNING_T_SIGN, 0);
			t->o->state = WARNING_CONTACTED;
		}
		return DESK_OK;
	case CALL_REFUSED: climb(t); return DESK_OK;
	default:
		desk_set_i(t->o, WARNING_F_CALLS, desk_i(t->o, WARNING_F_CALLS) + 1);
		if (desk_i(t->o, WARNING_F_CALLS) >= turn_limit(t, LIMIT_WARNING_CALLS))
			climb(t);
		return DESK_OK;
	}
}

enum desk_refusal warning_ai_call(struct desk_turn *t)
{
	struct desk_message *m;

	if (!desk_has(t->o, WARNING_F_PHONE))
		return turn_missing(t, WARNING_F_PHONE);
	m = turn_send(t, DESK_MESSAGE_AI_CALL, 0);
	m->about = desk_entity_of(t->o, WARNING_F_PHONE);
	desk_set_i(t->o, WARNING_F_AI, t->now);
	return DESK_OK;
}

enum desk_refusal warning_sms(struct desk_turn *t)
{
	enum desk_refusal no = may_send(t);

	if (no == DESK_OK)
		send_sms(t);
	return no;
}

enum desk_refusal warning_visit(struct desk_turn *t)
{
	turn_send(t, DESK_MESSAGE_DISPATCH, 0);
	return DESK_OK;
}

enum desk_refusal warning_identity(struct desk_turn *t)
{
	desk_set_i(t->o, WARNING_F_IDENTITY, 1);
	return DESK_OK;
}

/* Face to face, with whom it was meant for. High grades are met by police. */
enum desk_refusal warning_meet(struct desk_turn *t)
{
	if (!light(t) && (t->c->roles & R(STATION)) == 0)
		return DESK_REFUSED_ROLE;
	if (desk_i(t->o, WARNING_F_IDENTITY) == 0)
		return DESK_REFUSED_OUTCOME;
	turn_timer(t, WARNING_T_CALL, 0);
	desk_set_i(t->o, WARNING_F_MET, t->now);
	return DESK_OK;
}

static void fed_back(struct desk_turn *t)
{
	t->o->state = WARNING_FED_BACK;
	turn_timer(t, WARNING_T_SIGN, 0);
	turn_timer(t, WARNING_T_CALL, 0);
	turn_timer(t, WARNING_T_FACE, 0);
	turn_timer(t, WARNING_T_REVIEW, t->now + turn_limit(t, LIMIT_WARNING_REVIEW));
	desk_set_i(t->o, WARNING_F_FED_BACK, t->now);
	t->o->proposer = t->c->user; /* who reviews must be somebody else */
	t->o->approver = 0;
}

enum desk_refusal warning_not_found(struct desk_turn *t)
{
	if (t->before != WARNING_VISITING && desk_i(t->o, WARNING_F_CALLS) == 0 && desk_i(t->o, WARNING_F_UPGRADED) == 0)
		return DESK_REFUSED_OUTCOME; /* nobody has looked yet */
	switch (desk_i(t->o, WARNING_F_OUTCOME)) {
	case OUTCOME_NOT_FOUND_YET:
		t->o->state = WARNING_SIGNED;
		climb(t);
		return DESK_OK;
	case OUTCOME_NOT_FOUND: fed_back(t); return DESK_OK;
	default: return DESK_REFUSED_OUTCOME;
	}
}

enum desk_refusal warning_feed_back(struct desk_turn *t)
{
	bool spoken = desk_has(t->o, WARNING_F_CONTACTED) || t->before == WARNING_MET;

	switch (desk_i(t->o, WARNING_F_OUTCOME)) {
	case OUTCOME_PERSUADED:
	case OUTCOME_REVISIT:
		if (light(t) ? !spoken : t->before != WARNING_MET)
			return DESK_REFUSED_OUTCOME;
		break;
	case OUTCOME_CHEATED: desk_set_i(t->o, WARNING_F_VICTIM, t->now); break;
	case OUTCOME_NOT_TRUE:
	case OUTCOME_REPEATED: break;
	default: return DESK_REFUSED_OUTCOME;
	}
	fed_back(t);
	return DESK_OK;
}

/* What we have learned about the rule: right, or wrong. A repetition and somebody not found say nothing. */
static void label(struct desk_turn *t)
{
	int64_t outcome = desk_i(t->o, WARNING_F_OUTCOME);
	bool right = outcome == OUTCOME_PERSUADED || outcome == OUTCOME_REVISIT || outcome == OUTCOME_CHEATED;
	struct desk_message *m;

	if (!desk_has(t->o, WARNING_F_RULE) || (!right && outcome != OUTCOME_NOT_TRUE))
		return;
	m = turn_send(t, DESK_MESSAGE_LABEL, right ? 1 : 2);
	m->about = t->o->subject;
	m->rule = t->o->value[WARNING_F_RULE].code;
}

/* Reviewed and found good. Whoever was persuaded, or cheated, is seen again; blue ones are not. */
enum desk_refusal warning_review(struct desk_turn *t)
{
	int64_t outcome = desk_i(t->o, WARNING_F_OUTCOME);
	bool again = outcome == OUTCOME_PERSUADED || outcome == OUTCOME_REVISIT || outcome == OUTCOME_CHEATED;

	desk_set_i(t->o, WARNING_F_REVIEWED, t->now);
	turn_timer(t, WARNING_T_REVIEW, 0);
	label(t);
	if (again && desk_i(t->o, WARNING_F_GRADE) != BLUE) {
		t->o->state = WARNING_REVIEWED;
		turn_timer(t, WARNING_T_REVISIT, t->now + turn_limit(t, LIMIT_WARNING_REVISIT));
	} else {
		t->o->state = WARNING_CLOSED;
	}
	return DESK_OK;
}

static void work_again(struct desk_turn *t)
{
	t->o->state = WARNING_SIGNED;
	turn_timer(t, WARNING_T_REVIEW, 0);
	turn_timer(t, WARNING_T_REVISIT, 0);
	turn_timer(t, WARNING_T_CALL, t->now + by_grade(t, LIMIT_WARNING_CALL_BLUE));
	turn_timer(t, WARNING_T_FACE, t->now + by_grade(t, LIMIT_WARNING_FACE_BLUE));
}

enum desk_refusal warning_send_back(struct desk_turn *t)
{
	desk_set_i(t->o, WARNING_F_OUTCOME, OUTCOME_BACK_CHECK);
	work_again(t);
	return DESK_OK;
}

enum desk_refusal warning_revisit(struct desk_turn *t)
{
	switch (desk_i(t->o, WARNING_F_OUTCOME)) {
	case OUTCOME_REVISIT: work_again(t); return DESK_OK;
	case OUTCOME_CHEATED: desk_set_i(t->o, WARNING_F_VICTIM, t->now); /* fall through */
	case OUTCOME_PERSUADED: t->o->state = WARNING_CLOSED; return DESK_OK;
	default: return DESK_REFUSED_OUTCOME;
	}
}

enum desk_refusal warning_close(struct desk_turn *t)
{
	if (t->before == WARNING_REVIEWED) {
		desk_copy(t->o, WARNING_F_OUTCOME, t->was, WARNING_F_OUTCOME);
		return DESK_OK;
	}
	if (desk_i(t->o, WARNING_F_OUTCOME) != OUTCOME_REPEATED && desk_i(t->o, WARNING_F_OUTCOME) != OUTCOME_NOT_TRUE)
		return DESK_REFUSED_OUTCOME;
	label(t);
	return DESK_OK;
}

enum desk_refusal warning_upgrade(struct desk_turn *t)
{
	if (desk_i(t->o, WARNING_F_GRADE) == PURPLE)
		return DESK_REFUSED_SAME;
	climb(t);
	return DESK_OK;
}

enum desk_refusal warning_transfer(struct desk_turn *t)
{
	if (desk_i(t->o, WARNING_F_TO_DISTRICT) == t->o->district)
		return DESK_REFUSED_SAME;
	desk_set_i(t->o, WARNING_F_OUTCOME, OUTCOME_TRANSFER);
	return DESK_OK;
}

/* The other district begins anew, but the time until the person is met goes on. */
enum desk_refusal warning_accept_transfer(struct desk_turn *t)
{
	desk_copy(t->o, WARNING_F_DISTRICT, t->o, WARNING_F_TO_DISTRICT);
	t->o->district = (uint16_t)desk_i(t->o, WARNING_F_DISTRICT);
	desk_unset(t->o, WARNING_F_TO_DISTRICT);
	issue_to(t);
	return DESK_OK;
}

enum desk_refusal warning_refuse_transfer(struct desk_turn *t)
{
	desk_unset(t->o, WARNING_F_TO_DISTRICT);
	t->o->state = desk_has(t->o, WARNING_F_OWNER) ? WARNING_SIGNED : WARNING_ISSUED;
	return DESK_OK;
}

/* The last resort while the swindler keeps the victim on the line. */
enum desk_refusal warning_ask_operator(struct desk_turn *t)
{
	if (light(t) || desk_i(t->o, WARNING_F_CALL_RESULT) != CALL_BUSY)
		return DESK_REFUSED_OUTCOME;
	if (!desk_has(t->o, WARNING_F_PHONE))
		return turn_missing(t, WARNING_F_PHONE);
	desk_set_i(t->o, WARNING_F_OUTCOME, OUTCOME_OPERATOR);
	return DESK_OK;
}

enum desk_refusal warning_operator_help(struct desk_turn *t)
{
	struct imposed i = { .measure = MEASURE_OF_HOLD_LINE,
		                 .end_us = t->now + turn_limit(t, LIMIT_WARNING_HELP),
		                 .basis = WARNING_F_BASIS,
		                 .evidence = WARNING_F_EVIDENCE,
		                 .ordered = true };
	const struct desk_object *m = turn_peek(t, desk_id(t->o, WARNING_F_MEASURE));

	if (desk_i(t->o, WARNING_F_OUTCOME) != OUTCOME_OPERATOR)
		return DESK_REFUSED_STATE;
	if (m && m->state == MEASURE_IN_FORCE)
		return DESK_REFUSED_SAME;
	desk_set_i(t->o, WARNING_F_BASIS, BASIS_AFL_34);
	desk_unset(t->o, WARNING_F_OUTCOME); /* asked for again if needed again */
	turn_send(t, DESK_MESSAGE_OPERATOR_HELP, 0)->about = desk_entity_of(t->o, WARNING_F_PHONE);
	return turn_impose(t, WARNING_F_MEASURE, &i);
}

enum desk_refusal warning_line_free(struct desk_turn *t)
{
	desk_unset(t->o, WARNING_F_MEASURE);
	turn_send(t, DESK_MESSAGE_OPERATOR_RESTORE, 0)->about = desk_entity_of(t->o, WARNING_F_PHONE);
	return DESK_OK;
}

enum desk_refusal warning_victimised(struct desk_turn *t)
{
	desk_set_i(t->o, WARNING_F_VICTIM, t->now);
	return DESK_OK;
}

/* Late: remembered, and the leader hears of it. */
static enum desk_refusal late(struct desk_turn *t, int64_t bit)
{
	desk_set_i(t->o, WARNING_F_LATE, desk_i(t->o, WARNING_F_LATE) | bit);
	desk_set_i(t->o, WARNING_F_ESCALATED, desk_i(t->o, WARNING_F_ESCALATED) + 1);
	return turn_alarm(t);
}

enum desk_refusal warning_late_sign(struct desk_turn *t)
{
	return late(t, 1);
}

enum desk_refusal warning_late_call(struct desk_turn *t)
{
	if (desk_i(t->o, WARNING_F_GRADE) == BLUE) {
		blue(t);
		if (desk_has(t->o, WARNING_F_SMS) || t->o->due_us[WARNING_T_CALL])
			return DESK_OK;
	}
	return late(t, 2);
}

/* A blue warning whose message went out is done by then. */
enum desk_refusal warning_late_face(struct desk_turn *t)
{
	if (desk_i(t->o, WARNING_F_GRADE) == BLUE && desk_has(t->o, WARNING_F_SMS)) {
		t->o->state = WARNING_CLOSED;
		return DESK_OK;
	}
	t->o->state = t->before;
	return late(t, 4);
}

/* Light grades pass by themselves when nobody looked in time; graver ones wait for somebody. */
enum desk_refusal warning_late_review(struct desk_turn *t)
{
	t->o->state = t->before;
	return light(t) ? warning_review(t) : turn_alarm(t);
}

enum desk_refusal warning_late_revisit(struct desk_turn *t)
{
	t->o->state = light(t) ? WARNING_CLOSED : t->before;
	return light(t) ? DESK_OK : turn_alarm(t);
}
