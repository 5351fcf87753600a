/* alert.c - what the engine's alerts do at the desk. A warning is fused; a card or an account is put on the list, with the measure as a proposal; a device is reported. No alert restricts anybody. */
#include "desk/account.h"
#include "desk/card.h"
#include "desk/desk_int.h"
#include "desk/device_report.h"
#include "desk/warning.h"

static void give(struct desk_command *c, uint32_t field, struct desk_entity e, enum desk_entity_kind kind)
{
	if (e.kind == kind)
		desk_give_token(c, field, e.token);
}

static void give_rule(struct desk_command *c, uint32_t field, const struct desk_alert *a)
{
	if (a->rule.n)
		desk_give_code(c, field, text_of(a->rule.p, a->rule.n));
}

static void begin(struct desk_command *c, const struct desk_alert *a, enum desk_kind kind, uint32_t step,
                  uint64_t object)
{
	desk_command_init(c, kind, step, object);
	c->roles = R(SYSTEM);
	c->organisation = a->organisation;
	c->district = a->district;
}

/* Whether somebody else is warned there: the same phone, another person. */
static bool other_person(struct desk *d, const struct desk_alert *a, uint64_t id)
{
	const struct desk_object *w = desk_peek(d, id);
	struct desk_entity p = w ? desk_entity_of(w, WARNING_F_PERSON) : (struct desk_entity){ 0 };

	return p.kind == DESK_PERSON && a->person.kind == DESK_PERSON && !token_eq(p.token, a->person.token);
}

/* The open warning about the same person, by whatever is known of them. */
static uint64_t live_warning(struct desk *d, const struct desk_alert *a)
{
	struct desk_entity by[] = { a->person, a->phone, a->about };

	for (uint32_t i = 0; i < ARRAY_LEN(by); i++) {
		uint64_t id = desk_open_about(d, DESK_WARNING, by[i], 0);

		if (id && !other_person(d, a, id))
			return id;
	}
	return 0;
}

static void warn(struct desk *d, const struct desk_alert *a, struct desk_command *c)
{
	static const uint8_t field[DESK_ENTITY_KINDS] = {
		[DESK_PERSON] = WARNING_F_PERSON, [DESK_PHONE] = WARNING_F_PHONE, [DESK_BANK_ACCOUNT] = WARNING_F_ACCOUNT
	};
	struct desk_entity who[] = { a->about, a->person, a->phone };
	uint64_t id = live_warning(d, a);
	const struct desk_object *live = id ? desk_peek(d, id) : NULL;

	begin(c, a, DESK_WARNING, WARNING_DO_ALERT, id);
	desk_give_i(c, WARNING_F_GRADE, a->grade);
	desk_give_i(c, WARNING_F_TYPE, a->fund ? WARNING_FUND : WARNING_CONTACT);
	for (uint32_t i = 0; i < ARRAY_LEN(who); i++) /* what is known already stays */
		if (field[who[i].kind] && !(live && desk_has(live, field[who[i].kind])))
			desk_give_token(c, field[who[i].kind], who[i].token);
	desk_give_positions(c, WARNING_F_EVIDENCE, a->evidence.p, (uint32_t)a->evidence.n);
	give_rule(c, WARNING_F_RULE, a);
	if (a->scam)
		desk_give_i(c, WARNING_F_SCAM, a->scam);
	if (a->district)
		desk_give_i(c, WARNING_F_DISTRICT, a->district);
}

/* A card that is under a measure already only gets the proposal. */
static void list_card(struct desk *d, const struct desk_alert *a, struct desk_command *c)
{
	uint64_t id = desk_open_about(d, DESK_CARD, a->about, 0);

	begin(c, a, DESK_CARD, CARD_DO_LIST, id);
	if (id) {
		const struct desk_object *o = desk_peek(d, id);

		if (o && (desk_card.step[CARD_DO_LIST].from >> o->state & 1) == 0) {
			begin(c, a, DESK_CARD, CARD_DO_PROPOSE, id);
			desk_give_i(c, CARD_F_PROPOSED, a->measure);
			give_rule(c, CARD_F_RULE, a);
			return;
		}
	}
	give(c, CARD_F_PHONE, a->about, DESK_PHONE);
	give(c, CARD_F_PERSON, a->person, DESK_PERSON);
	desk_give_i(c, CARD_F_LEVEL, a->grade);
	desk_give_i(c, CARD_F_BASIS, a->basis ? a->basis : BASIS_AFL_11);
	desk_give_i(c, CARD_F_PROPOSED, a->measure);
	desk_give_positions(c, CARD_F_EVIDENCE, a->evidence.p, (uint32_t)a->evidence.n);
	give_rule(c, CARD_F_RULE, a);
	if (a->organisation)
		desk_give_i(c, CARD_F_OPERATOR, a->organisation);
}

static void watch_account(struct desk *d, const struct desk_alert *a, struct desk_command *c)
{
	uint64_t id = desk_open_about(d, DESK_ACCOUNT, a->about, 0);

	begin(c, a, DESK_ACCOUNT, ACCOUNT_DO_WATCH, id);
	if (id) {
		const struct desk_object *o = desk_peek(d, id);

		if (o && (desk_account.step[ACCOUNT_DO_WATCH].from >> o->state & 1) == 0) {
			begin(c, a, DESK_ACCOUNT, ACCOUNT_DO_PROPOSE, id);
			desk_give_i(c, ACCOUNT_F_PROPOSED, a->measure);
			give_rule(c, ACCOUNT_F_RULE, a);
			return;
		}
	}
	give(c, ACCOUNT_F_ACCOUNT, a->about, DESK_BANK_ACCOUNT);
	give(c, ACCOUNT_F_PERSON, a->person, DESK_PERSON);
	desk_give_i(c, ACCOUNT_F_LEVEL, a->grade);
	desk_give_i(c, ACCOUNT_F_BASIS, a->basis ? a->basis : BASIS_AFL_18);
	desk_give_i(c, ACCOUNT_F_PROPOSED, a->measure);
	desk_give_positions(c, ACCOUNT_F_EVIDENCE, a->evidence.p, (uint32_t)a->evidence.n);
	give_rule(c, ACCOUNT_F_RULE, a);
	if (a->organisation)
		desk_give_i(c, ACCOUNT_F_BANK, a->organisation);
}

static void report_device(const struct desk_alert *a, struct desk_command *c)
{
	begin(c, a, DESK_DEVICE_REPORT, DEVICE_DO_REPORT, 0);
	give(c, DEVICE_F_DEVICE, a->about, DESK_DEVICE);
	give(c, DEVICE_F_CELL, a->about, DESK_CELL);
	desk_give_i(c, DEVICE_F_WHAT, 1);
	desk_give_positions(c, DEVICE_F_EVIDENCE, a->evidence.p, (uint32_t)a->evidence.n);
	give_rule(c, DEVICE_F_RULE, a);
	if (a->organisation)
		desk_give_i(c, DEVICE_F_OPERATOR, a->organisation);
	if (a->district)
		desk_give_i(c, DEVICE_F_DISTRICT, a->district);
}

enum err desk_alert(struct desk *d, const struct desk_alert *a, struct desk_outcome *out)
{
	struct desk_command c;
	enum err err = desk_pass_time(d, a->position, a->time_us);

	*out = (struct desk_outcome){ .refusal = DESK_REFUSED_KIND };
	if (err != ERR_OK)
		return err;
	d->err = ERR_OK;
	d->n_touched = 0;
	if (a->measure == MEASURE_OF_WARN)
		warn(d, a, &c);
	else if (a->about.kind == DESK_PHONE && a->measure > MEASURE_OF_WARN)
		list_card(d, a, &c);
	else if (a->about.kind == DESK_BANK_ACCOUNT && a->measure > MEASURE_OF_WARN)
		watch_account(d, a, &c);
	else if ((a->about.kind == DESK_DEVICE || a->about.kind == DESK_CELL) && a->measure == MEASURE_OF_REPORT)
		report_device(a, &c);
	else
		return ERR_OK; /* a mark for others, or about something that the desk keeps no object of */
	return d->err != ERR_OK ? d->err : desk_apply_system(d, &c, out);
}
