/* outbox_report.c - reports of banks (1004xx): a clue each, its words sealed, the account or phone as tokens. A report with the feature code 0000 takes an earlier one back. */
#include <stdio.h>
#include "desk/clue.h"
#include "desk/stop.h"
#include "gateway/outbox_int.h"

enum {
	WORDS_MAX = 256,
	LOOKED_MOST = 64 /* reports about one account or phone that are looked through */
};

static const struct {
	uint32_t field;
	uint8_t kind;
	enum case_field from;
} about[] = { { CLUE_F_ACCOUNT, DESK_BANK_ACCOUNT, CASE_F_ACCOUNT },
	          { CLUE_F_PHONE, DESK_PHONE, CASE_F_HOLDER_PHONE } };

static bool cancels(const struct case_message *m)
{
	return case_number(m, CASE_F_FEATURE) == 0;
}

/* ---- feature codes ---- */

/* 100401 needs none. The platform's list; 9999 is what it does not list. */
static bool feature_known(const struct case_message *m)
{
	static const int16_t known[] = { 0, 1001, 1002, 2001, 3001, 3002, 3003, 3004, 3005, 3006, 3007, 3008, 9999 };
	int64_t code = case_number(m, CASE_F_FEATURE);

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (known[i] == code)
			return true;
	return code < 0;
}

/* What a clue calls it: a person behind many openings, an account, or other things. */
static int64_t what_of(const struct case_message *m)
{
	return m->code == CASE_OPENING && case_has(m, CASE_F_HOLDER_ID) ? 6
	       : case_has(m, CASE_F_ACCOUNT)                            ? 3
	       : case_has(m, CASE_F_HOLDER_ID)                          ? 6
	                                                                : 9;
}

/* ---- one that is new ---- */

static enum err give_words(struct outbox *o, uint32_t field, struct text words)
{
	unsigned char ref[DESK_REF_BYTES];
	enum err e;

	if (words.n == 0)
		return ERR_OK;
	e = o->o.world.keep(o->o.world.ctx, words, ref);
	if (e == ERR_OK)
		desk_give_ref(&o->order.command, field, ref);
	return e;
}

static void begin(struct outbox *o, uint16_t organisation, uint32_t step, uint64_t object)
{
	struct desk_command *c = &o->order.command;

	o->order = (struct desk_order){ .keyed = true };
	desk_command_init(c, DESK_CLUE, step, object);
	c->user = OUTBOX_USER;
	c->roles = 1u << ROLE_CONNECTOR;
	c->organisation = organisation;
}

static enum err tell(struct outbox *o, uint16_t organisation, const struct case_message *m)
{
	struct buf what;
	enum err e;

	buf_init(&what, 256);
	buf_printf(&what, "report %u %u %.*s %.*s", organisation, m->code, (int)m->serial.n, m->serial.p,
	           (int)m->application.n, m->application.p);
	e = what.err == ERR_OK ? outbox_tell(o, 0, buf_view(&what)) : what.err;
	buf_release(&what);
	return e;
}

static enum err report(struct outbox *o, uint16_t organisation, const struct case_message *m, const char **wrong)
{
	struct desk_command *c = &o->order.command;
	struct token t;
	bool who = false;
	enum err e;

	begin(o, organisation, CLUE_DO_REPORT, 0);
	desk_give_i(c, CLUE_F_WHAT, what_of(m));
	desk_give_i(c, CLUE_F_FORM, m->code);
	if (case_has(m, CASE_F_FEATURE))
		desk_give_i(c, CLUE_F_FEATURE, case_number(m, CASE_F_FEATURE));
	for (size_t i = 0; i < ARRAY_LEN(about); i++)
		if (case_has(m, about[i].from) &&
		    o->o.world.token(o->o.world.ctx, about[i].kind, m->value[about[i].from], &t) == ERR_OK) {
			desk_give_token(c, about[i].field, t);
			who = true;
		}
	if (case_has(m, CASE_F_HOLDER_ID) &&
	    o->o.world.token(o->o.world.ctx, DESK_PERSON, m->value[CASE_F_HOLDER_ID], &t) == ERR_OK)
		desk_give_token(c, CLUE_F_PERSON, t);
	if (!who) {
		*wrong = "a report names an account or a phone";
		return ERR_FORMAT;
	}
	e = give_words(o, CLUE_F_NOTE, m->value[CASE_F_NOTE]);
	if (e == ERR_OK)
		e = give_words(o, CLUE_F_APPLICATION, m->application);
	return e == ERR_OK ? tell(o, organisation, m) : e;
}

/* ---- one that is taken back ---- */

struct looking {
	struct outbox *o;
	uint16_t organisation;
	const struct case_message *m;
	uint64_t found;
	uint16_t its; /* who works on it */
	uint32_t n;
	uint64_t id[LOOKED_MOST];
};

static bool note_one(void *ctx, const struct registry_hit *h)
{
	struct looking *l = ctx;

	if (desk_i(h->object, CLUE_F_INSTITUTION) == l->organisation && desk_has(h->object, CLUE_F_FORM))
		l->id[l->n++] = h->object->id;
	return l->n < LOOKED_MOST;
}

/* Whether the clue is the report that is meant: by its application, or, if none is named, any about the same. */
static enum err is_meant(struct looking *l, uint64_t id, bool *yes)
{
	struct outbox *o = l->o;
	struct buf plain;
	enum err e = registry_load(o->o.registry, id, &o->answered);

	*yes = !case_has(l->m, CASE_F_ORIGINAL);
	if (e != ERR_OK || *yes || !desk_has(&o->answered, CLUE_F_APPLICATION))
		return e;
	buf_init(&plain, WORDS_MAX);
	e = o->o.world.text(o->o.world.ctx, o->answered.value[CLUE_F_APPLICATION].ref, &plain);
	*yes = e == ERR_OK && text_eq(buf_view(&plain), l->m->value[CASE_F_ORIGINAL]);
	buf_release(&plain);
	return e == ERR_ABSENT ? ERR_OK : e;
}

static enum err find(struct looking *l)
{
	struct registry_query q = { .kind = DESK_CLUE, .open = true, .order = REGISTRY_BY_CHANGE };
	struct outbox *o = l->o;
	bool yes = false;
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(about) && l->n == 0; i++) {
		q.entity.kind = about[i].kind;
		if (case_has(l->m, about[i].from) &&
		    o->o.world.token(o->o.world.ctx, about[i].kind, l->m->value[about[i].from], &q.entity.token) == ERR_OK)
			e = registry_list(o->o.registry, &q, LOOKED_MOST, note_one, l);
	}
	for (uint32_t i = 0; e == ERR_OK && !yes && i < l->n; i++) {
		e = is_meant(l, l->id[i], &yes);
		l->found = yes ? l->id[i] : 0;
		l->its = o->answered.organisation;
	}
	return e;
}

/* The outbox has made sure whose report it is; the desk sees it as done in the name of who works on it. */
static enum err withdraw(struct outbox *o, uint16_t organisation, const struct case_message *m, int64_t *code,
                         const char **remark)
{
	struct looking l = { .o = o, .organisation = organisation, .m = m };
	enum err e = find(&l);

	if (e != ERR_OK)
		return e;
	if (l.found == 0) {
		*code = RETURN_NOT_FOUND;
		*remark = "there is no open report of yours that this takes back";
		return ERR_OK;
	}
	begin(o, l.its, CLUE_DO_WITHDRAW, l.found);
	e = give_words(o, CLUE_F_NOTE, m->value[CASE_F_NOTE]);
	if (e == ERR_OK)
		e = tell(o, organisation, m);
	*code = o->order.repeated ? RETURN_DUPLICATE : RETURN_OK;
	return e;
}

enum err outbox_take_report(struct outbox *o, uint16_t organisation, const struct case_message *m, int64_t *code,
                            const char **remark)
{
	enum err e;

	*code = RETURN_FORMAT;
	if (!feature_known(m)) {
		*remark = "feature codes are 1001, 1002, 2001, 3001 to 3008, 9999, and 0000 takes a report back";
		return ERR_OK;
	}
	if (cancels(m))
		return withdraw(o, organisation, m, code, remark);
	e = report(o, organisation, m, remark);
	if (e == ERR_OK)
		*code = o->order.repeated ? RETURN_DUPLICATE : RETURN_OK;
	return e == ERR_FORMAT ? ERR_OK : e;
}
