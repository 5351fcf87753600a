/* peer_bank.c - a simulated bank's front end for the case platform; see peer.h. */
#include <inttypes.h>
#include <stdio.h>
#include "base/clock.h"
#include "base/mem.h"
#include "gateway/wire_case.h"
#include "peer/peer.h"

enum { /* return codes */
	OK = 100000,
	FORMAT = 200001,
	TIMEOUT = 200002,
	DUPLICATE = 200003,
	NOT_FOUND = 200010
};

struct fate {        /* of one order */
	int64_t code;    /* return code of its feedback */
	int64_t result;  /* of its feedback */
	bool effect;     /* something happens to the account */
	bool start;      /* the feedback states when */
	int64_t back_us; /* how far that is backdated */
	uint32_t polls;  /* so often it must be asked */
};

static struct fate fate_of(const struct peer *p, const struct peer_order *o)
{
	struct fate f = { .code = OK, .effect = true, .start = true };
	uint64_t d = o->draw;

	switch (peer_manner_of(p, o)) {
	case PEER_SLOW: f.polls = 2 + (uint32_t)(d % 3); break;
	case PEER_WRONG:
		f.result = 1 + (int64_t)(d % 5); /* name, number, amount, time differ, or no such account */
		f.effect = f.start = false;
		if (d / 8 % 4 == 0)
			f.code = d / 32 % 2 == 0 ? TIMEOUT : FORMAT;
		break;
	case PEER_LYING:
		switch (d % 3) {
		case 0: f.effect = false; break; /* "stopped" */
		case 1: f.result = 1; break;     /* stopped in spite of a mismatch, and says so */
		default: f.back_us = 3 * US_PER_DAY; break;
		}
		break;
	default: break;
	}
	return f;
}

static const char *effect_of(uint32_t code)
{
	switch (code) {
	case CASE_STOP: return "stop";
	case CASE_STOP_RELEASE: return "release";
	case CASE_STOP_EXTEND: return "extend";
	case CASE_FREEZE: return "freeze";
	case CASE_FREEZE_RELEASE: return "unfreeze";
	case CASE_FREEZE_RENEW: return "renew";
	case CASE_PUSH: return "list";
	default: return "answer";
	}
}

static void head(struct case_message *m, const struct peer_order *o, uint32_t code, bool response)
{
	case_start(m, code, response);
	m->mode = TEXT("01");
	m->to = TEXT("duanka");
	m->serial = m->application = text_z(o->id);
}

static uint32_t code_of(const struct peer_order *o)
{
	int64_t v = 0;

	return text_to_int(text_z(o->what), &v) == ERR_OK ? (uint32_t)v : 0;
}

static void write_out(const struct case_message *m, struct buf *body)
{
	const char *why;

	if (case_write(m, body, &why) != ERR_OK)
		fprintf(stderr, "duanka simulate bank: %s can't be written\n", why);
}

/* What a lying bank's questions come to: nothing but the truth, somebody else's account, or movements of tomorrow. */
static uint32_t lie_of(const struct peer *p, const struct peer_order *o)
{
	return peer_manner_of(p, o) == PEER_LYING ? 1 + (uint32_t)(o->draw % 3) : 0;
}

bool bank_feedback(struct peer *p, const struct peer_order *o, struct buf *body)
{
	const struct case_form *form = case_form(code_of(o));
	struct fate f = fate_of(p, o);
	struct case_message *m = form == NULL || form->answer == 0 ? NULL : mem_alloc(sizeof(*m));
	bool releases = form != NULL && (form->code == CASE_STOP_RELEASE || form->code == CASE_FREEZE_RELEASE ||
	                                 form->code == CASE_FOLLOW_END);
	bool question = form != NULL && form->code >= CASE_MOVEMENTS && form->code <= CASE_ACCOUNTS && !releases;

	if (m == NULL)
		return false;
	head(m, o, form->answer, false);
	if (releases) /* whoever else is told wrong things: a release is never refused */
		f = (struct fate){ .code = OK, .start = false };
	case_put_number(m, CASE_F_RETURN, f.code);
	case_put_number(m, CASE_F_STATE, f.code == OK ? 42 : 41);
	if (f.code == OK)
		case_put_number(m, CASE_F_RESULT, f.result);
	if (f.code == OK && f.start && (case_form(form->answer)->allowed >> CASE_F_START & 1))
		case_put_time(m, CASE_F_START, o->at_us - f.back_us);
	if (form->code == CASE_STOP && f.code == OK)
		case_put_yuan(m, CASE_F_BALANCE, (int64_t)(o->draw % 10000000));
	case_put(m, CASE_F_REMARK, TEXT("仿真银行反馈"));
	if (question && f.code == OK && f.result == 0)
		bank_tell(m, o, lie_of(p, o));
	write_out(m, body);
	mem_free(m->row);
	mem_free(m);
	return true;
}

static void respond(const struct peer_order *o, int64_t code, int64_t state, struct peer_answer *a)
{
	struct case_message *m = mem_alloc(sizeof(*m));

	if (m == NULL)
		return;
	head(m, o, code_of(o), true);
	case_put_number(m, CASE_F_RETURN, code);
	if (state >= 0)
		case_put_number(m, CASE_F_STATE, state);
	write_out(m, &a->body);
	a->status = 200;
	a->type = "application/xml; charset=utf-8";
	mem_free(m);
}

static void answer_poll(struct peer *p, const struct peer_request *r, struct peer_answer *a)
{
	struct peer_order *o = peer_find(p, r->id);
	struct peer_order stranger = { .to_tell = 0 };

	if (o == NULL) {
		snprintf(stranger.id, sizeof(stranger.id), "%.*s", (int)(r->id.n < PEER_ID_MAX ? r->id.n : PEER_ID_MAX),
		         r->id.p);
		snprintf(stranger.what, sizeof(stranger.what), "%.*s", (int)(r->code.n < 6 ? r->code.n : 6), r->code.p);
		respond(&stranger, NOT_FOUND, -1, a);
		return;
	}
	if (o->polls++ < fate_of(p, o).polls) {
		respond(o, OK, 29, a); /* submitted to the core, in progress */
		return;
	}
	if (bank_feedback(p, o, &a->body)) {
		a->status = 200;
		a->type = "application/xml; charset=utf-8";
	}
}

/* Closes, refuses or hangs. */
static void be_away(const struct peer *p, struct peer_answer *a)
{
	switch (p->requests % 3) {
	case 0: a->status = 503; break;
	case 1: break; /* closed */
	default: a->hang = true; break;
	}
	a->type = "text/plain";
}

static void answer_first(struct peer *p, struct peer_order *o, struct peer_answer *a)
{
	enum peer_manner manner = peer_manner_of(p, o);
	uint64_t d = o->draw >> 8;

	if (manner == PEER_WRONG && d % 3 == 0 && o->arrivals == 1) {
		buf_z(&a->body, d % 2 == 0 ? "<Response><Head>" : "{\"code\":0}");
		a->status = 200;
		a->type = "application/xml";
	} else if (manner == PEER_GOOD && d % 2 == 0 && bank_feedback(p, o, &a->body)) {
		a->status = 200; /* at once */
		a->type = "application/xml; charset=utf-8";
		peer_told(p, o);
	} else {
		respond(o, OK, 12, a);
	}
}

static void answer_order(struct peer *p, const struct case_message *m, struct peer_answer *a)
{
	struct text original = m->value[CASE_F_ORIGINAL];
	struct text subject = case_has(m, CASE_F_ACCOUNT)     ? m->value[CASE_F_ACCOUNT]
	                      : case_has(m, CASE_F_HOLDER_ID) ? m->value[CASE_F_HOLDER_ID]
	                      : case_has(m, CASE_F_HASH)      ? m->value[CASE_F_HASH]
	                                                      : TEXT("none");
	struct peer_order *o;
	char what[8];

	snprintf(what, sizeof(what), "%06u", m->code);
	o = peer_arrive(p, m->application, text_z(what), subject, original.p == NULL ? TEXT("") : original);
	if (o == NULL) {
		a->status = 503;
		return;
	}
	if (o->arrivals > 0) {
		respond(o, DUPLICATE, 12, a);
		return;
	}
	if (case_form(m->code)->answer == 0) { /* taken, and no more to be said */
		peer_accept(p, o, effect_of(m->code));
		peer_told(p, o);
		respond(o, OK, 42, a);
		return;
	}
	peer_accept(p, o,
	            fate_of(p, o).effect || m->code == CASE_STOP_RELEASE || m->code == CASE_FREEZE_RELEASE
	                ? effect_of(m->code)
	                : NULL);
	if (peer_manner_of(p, o) == PEER_DOUBLE)
		o->to_tell = 2;
	answer_first(p, o, a);
	pthread_cond_signal(&p->change);
}

void bank_answer(struct peer *p, const struct peer_request *r, struct peer_answer *a)
{
	struct case_message *m;
	char *scratch;
	const char *why;

	if (p->o.manner == PEER_UNREACHABLE && p->requests / PEER_STRETCH % 2 == 0) {
		be_away(p, a);
		return;
	}
	if (r->poll) {
		answer_poll(p, r, a);
		return;
	}
	m = mem_alloc(sizeof(*m));
	scratch = mem_alloc(r->body.n + 1);
	if (m != NULL && scratch != NULL) {
		if (case_read(r->body, scratch, m, &why) == ERR_OK && !m->response && case_form(m->code)->to_bank)
			answer_order(p, m, a);
		else
			a->status = 400;
	}
	mem_free(m);
	mem_free(scratch);
}
