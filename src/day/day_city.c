/* day_city.c - between the city and the engine: what a measure or a persuaded victim prevents is kept back, the rest is decided.
 *
 * The city goes on as it would have, so what is kept back has to be followed: money that a victim kept never reaches the account that was to pass it on, so
 * that account's payments become smaller by as much (missing); what a stopped account could not pay lies there (held), and is missing further on.
 * Only the ways of criminal money are followed; an innocent payment that fails is counted as harm and no more. */
#include "base/clock.h"
#include "base/mem.h"
#include "day/day_int.h"

/* ---- money ---- */

static void miss(struct day *d, uint64_t account, int64_t fen)
{
	uint32_t to = who_of_number(d, DESK_BANK_ACCOUNT, account);

	if (to != NONE)
		day_who(d, to)->missing += fen;
}

/* How much of it a blocked account may not pay. */
static int64_t refused(struct day *d, struct who *w, const struct city_deed *x)
{
	int64_t day = x->at_s / 86400, left;

	if (w->block & (BLOCK_STOP | BLOCK_FREEZE | BLOCK_COUNTER))
		return x->fen;
	if ((w->block & BLOCK_LIMIT) == 0)
		return 0;
	if (w->spent_day != day)
		w->spent = 0;
	w->spent_day = day;
	left = d->o->habit[HABIT_LIMIT_YUAN] * (int64_t)100 - w->spent;
	if (x->fen > left && x->crime == 0)
		return x->fen;
	w->spent += x->fen < left ? x->fen : left;
	return x->fen > left ? x->fen - (left > 0 ? left : 0) : 0;
}

/* A victim is about to pay. False: not any more. */
static bool victim_pays(struct day *d, const struct city_deed *x)
{
	struct cs *c = day_case(d, case_of(d, x->crime));
	struct who *v = day_who(d, c->victim);

	if (c->due_us == 0)
		c->due_us = d->now_us;
	c->without_fen += x->fen;
	return !v->persuaded && (c->contacts > 0 || c->contacts_stopped == 0);
}

static void victim_paid(struct day *d, const struct city_deed *x)
{
	struct cs *c = day_case(d, case_of(d, x->crime));

	if (c->paid_us == 0)
		c->paid_us = d->now_us;
	c->with_fen += x->fen;
	c->last_us = d->now_us;
	c->last_fen = x->fen;
	if (x->type == EV_TRANSFER)
		c->payee = who_of_number(d, DESK_BANK_ACCOUNT, x->to);
}

static bool money(struct day *d, struct city_deed *x)
{
	uint32_t i = who_of_number(d, DESK_BANK_ACCOUNT, x->from), to = who_of_number(d, DESK_BANK_ACCOUNT, x->to);
	struct who *from = day_who(d, i);
	bool pays = x->crime && x->stage == STAGE_TRANSFER, out = x->crime && x->stage == STAGE_CASHOUT;
	int64_t whole = x->fen, no;

	if (x->at_s < 0 || i == NONE)
		return true;
	if (out)
		d->r->cash_without_fen += whole;
	if (pays)
		d->r->loss_without_fen += whole;
	if (pays && !victim_pays(d, x)) {
		miss(d, x->to, whole);
		return false;
	}
	if (x->crime && from->missing > 0) { /* it never had that much */
		no = from->missing < x->fen ? from->missing : x->fen;
		from->missing -= no;
		x->fen -= no;
		miss(d, x->to, no);
	}
	no = x->fen > 0 ? refused(d, from, x) : 0;
	x->fen -= no;
	if (no > 0 && x->crime) {
		from->held += no;
		miss(d, x->to, no);
	} else if (no > 0 && !who_criminal(d, i)) {
		d->r->failed_payments++;
		d->r->failed_fen += no;
	}
	if (x->fen > 0 && pays)
		victim_paid(d, x);
	if (pays)
		d->r->loss_with_fen += x->fen;
	if (out)
		d->r->cash_with_fen += x->fen;
	if (x->crime && x->stage != STAGE_BAIT) {
		if (!pays) /* what a victim pays is their own */
			from->tainted -= from->tainted < x->fen ? from->tainted : x->fen;
		if (to != NONE)
			day_who(d, to)->tainted += x->fen;
	}
	return x->fen > 0;
}

/* ---- calls and messages ---- */

static bool talks(struct day *d, const struct city_deed *x)
{
	uint32_t i = who_of_number(d, DESK_PHONE, x->from), to = who_of_number(d, DESK_PHONE, x->to);
	bool barred = (day_who(d, i)->block & (BLOCK_SUSPEND | BLOCK_BAR)) != 0;
	bool blocked = barred || (day_who(d, to)->block & (BLOCK_LINE | BLOCK_SUSPEND)) != 0;
	struct cs *c = x->crime ? day_case(d, case_of(d, x->crime)) : NULL;

	if (x->at_s < 0)
		return true;
	if (c) {
		d->r->criminal_calls_without++;
		d->r->criminal_calls_stopped += blocked;
		*(blocked ? &c->contacts_stopped : &c->contacts) += 1;
	} else if (blocked && !who_criminal(d, barred ? i : to)) {
		d->r->failed_calls++; /* of or to somebody innocent; that a gang's card can't be called back harms nobody */
	}
	if (!blocked && c && x->type == EV_CALL && to != NONE)
		day_who(d, to)->busy_until_s = x->at_s + (int32_t)x->talk_s;
	return !blocked;
}

static bool allow(void *ctx, struct city_deed *x)
{
	struct day *d = ctx;
	int64_t at_us = d->from_us + x->at_s * US_PER_SECOND;
	struct cs *c;

	if (d->err != ERR_OK || d->stopped)
		return false;
	if (x->at_s >= 0)
		day_run_until(d, at_us);
	else if (at_us > d->now_us)
		d->now_us = at_us;
	switch (x->type) {
	case EV_CALL:
	case EV_SMS: return talks(d, x);
	case EV_TRANSFER:
	case EV_CASH: return money(d, x);
	case EV_REPORT: /* who lost nothing has nothing to report; who has reported already does not do it twice */
		c = day_case(d, case_of(d, x->crime));
		if (c->with_fen == 0 || c->reported)
			return false;
		people_call(d, case_of(d, x->crime), at_us);
		return true;
	default: return true;
	}
}

/* ---- what is known of whom ---- */

static const struct ident *ident_of(const struct day *d, const struct event *e, const char *field)
{
	const struct schema_event *s = &d->decoder.schema->event[e->type];
	int f = schema_field_find(s, text_z(field));

	return f >= 0 && s->field[f].type.dim == DIM_ENTITY && e->value[f] != VALUE_MISSING ? &e->ident[s->field[f].slot]
	                                                                                    : NULL;
}

static uint32_t meet(struct day *d, const struct event *e, const char *field, uint32_t kind, uint64_t number)
{
	const struct ident *ident = number ? ident_of(d, e, field) : NULL;

	return ident ? who_put(d, kind, number, ident) : NONE;
}

/* Who holds what, from openings and bindings. */
static void bound(struct day *d, const struct city_deed *x, const struct event *e)
{
	uint32_t person = meet(d, e, "person", DESK_PERSON, x->person), phone = meet(d, e, "phone", DESK_PHONE, x->from),
			 account = meet(d, e, "account", DESK_BANK_ACCOUNT, x->to);

	if (d->err != ERR_OK)
		return;
	if (phone != NONE && person != NONE && x->type != EV_OPEN_ACCOUNT) {
		day_who(d, phone)->holder = person;
		if (day_who(d, person)->phone == NONE)
			day_who(d, person)->phone = phone;
	}
	if (account != NONE && person != NONE) {
		day_who(d, account)->holder = person;
		if (phone != NONE)
			day_who(d, account)->phone = phone;
	}
}

static void learn(struct day *d, const struct city_deed *x, const struct event *e)
{
	switch (x->type) {
	case EV_CALL:
		meet(d, e, "caller", DESK_PHONE, x->from);
		meet(d, e, "callee", DESK_PHONE, x->to);
		break;
	case EV_SMS:
		meet(d, e, "sender", DESK_PHONE, x->from);
		meet(d, e, "receiver", DESK_PHONE, x->to);
		break;
	case EV_TRANSFER:
		meet(d, e, "payer", DESK_BANK_ACCOUNT, x->from);
		meet(d, e, "payee", DESK_BANK_ACCOUNT, x->to);
		break;
	case EV_CASH: meet(d, e, "account", DESK_BANK_ACCOUNT, x->from); break;
	case EV_OPEN_CARD:
	case EV_OPEN_ACCOUNT:
	case EV_BIND: bound(d, x, e); break;
	default: break;
	}
}

static int32_t over(const struct city_deed *x)
{
	return x->at_s + (int32_t)x->talk_s;
}

/* An event on its way. Its time is when it is over: then it can be known. */
static enum err push(struct day *d, const struct city_deed *x, struct text line)
{
	int32_t at_s = x->at_s >= 0 ? over(x) : x->at_s;
	struct pending *p;
	struct bad bad;

	if (d->n_pending > 0 && at_s != d->pending_s && at_s >= 0)
		day_flush(d);
	p = &d->pending[d->n_pending];
	CHECK(line.n < sizeof(p->line));
	memcpy(p->line, line.p, line.n);
	p->taken.scratch = NULL;
	p->taken.line = 0;
	if (!decode_event(&d->decoder, text_of(p->line, line.n), &p->taken, &bad)) {
		mem_free(p->taken.scratch);
		buf_printf(d->why, "the policy's schema does not take an event of the city: %s: %.*s\n", bad.why ? bad.why : "",
		           (int)line.n, line.p);
		return ERR_FORMAT;
	}
	p->taken.event.time += (at_s - x->at_s) * US_PER_SECOND;
	learn(d, x, &p->taken.event);
	d->pending_s = at_s;
	d->r->events += at_s >= 0;
	if (++d->n_pending == SHARD_ITEMS_MAX)
		day_flush(d);
	return d->err;
}

/* ---- calls: whoever bills them tells of them when they are over ---- */

static bool sooner(const struct ringing *a, const struct ringing *b)
{
	int32_t x = over(&a->deed), y = over(&b->deed);

	return x != y ? x < y : a->seq < b->seq;
}

static enum err ring(struct day *d, const struct city_deed *x, struct text line)
{
	struct ringing r = { .seq = d->seq++, .deed = *x, .n = line.n }, *h;
	size_t i = d->ringing.n;

	r.line = mem_copy_text(line.p, line.n);
	if (r.line == NULL)
		return ERR_MEMORY;
	if (!day_add(d, d->ringing, r)) {
		mem_free(r.line);
		return d->err;
	}
	h = d->ringing.p;
	for (; i > 0 && sooner(&r, &h[(i - 1) / 2]); i = (i - 1) / 2)
		h[i] = h[(i - 1) / 2];
	h[i] = r;
	return ERR_OK;
}

static struct ringing hang_up(struct day *d)
{
	struct ringing *h = d->ringing.p, first = h[0], last = h[--d->ringing.n];
	size_t i = 0, n = d->ringing.n;

	for (size_t k = 1; k < n; k = 2 * i + 1) {
		k += k + 1 < n && sooner(&h[k + 1], &h[k]);
		if (!sooner(&h[k], &last))
			break;
		h[i] = h[k];
		i = k;
	}
	if (n)
		h[i] = last;
	return first;
}

void city_hang_up(struct day *d, int32_t until_s)
{
	while (d->ringing.n > 0 && over(&d->ringing.p[0].deed) <= until_s && d->err == ERR_OK) {
		struct ringing r = hang_up(d);
		int64_t at_us = d->from_us + over(&r.deed) * US_PER_SECOND;

		d->now_us = at_us > d->now_us ? at_us : d->now_us;
		day_fail(d, push(d, &r.deed, text_of(r.line, r.n)));
		mem_free(r.line);
	}
}

void city_release(struct day *d)
{
	for (size_t i = 0; i < d->ringing.n; i++)
		mem_free(d->ringing.p[i].line);
	mem_free(d->ringing.p);
}

static enum err happened(void *ctx, const struct city_deed *x, struct text line)
{
	struct day *d = ctx;

	if (x->type == EV_CALL && x->talk_s > 0 && x->at_s >= 0)
		return ring(d, x, line);
	return push(d, x, line);
}

static void known(void *ctx, enum what what, struct text identifier, int32_t at_s, uint32_t crime, enum role role)
{
	static const uint8_t kind_of[WHATS] = { [WHAT_PHONE] = DESK_PHONE,
		                                    [WHAT_ACCOUNT] = DESK_BANK_ACCOUNT,
		                                    [WHAT_PERSON] = DESK_PERSON,
		                                    [WHAT_DEVICE] = DESK_DEVICE,
		                                    [WHAT_CELL] = DESK_CELL };
	struct day *d = ctx;
	char bytes[EVENT_IDENT_MAX];
	struct ident ident;
	const char *why;
	uint32_t kind = kind_of[what], of = kind ? d->entity_kind[kind] : 0, i;

	(void)at_s;
	if (kind == 0 || d->err != ERR_OK ||
	    ident_make(d->o->key, d->decoder.schema->entity[of].form, of, IDENT_STRICT, identifier, bytes, &ident, &why) !=
	        ERR_OK)
		return;
	i = who_put(d, kind, 0, &ident);
	day_who(d, i)->roles |= 1U << role;
	if (i == NONE || what != WHAT_PERSON || (role != ROLE_TARGET && role != ROLE_VICTIM))
		return;
	day_who(d, i)->cs = case_of(d, crime);
	day_case(d, day_who(d, i)->cs)->victim = i;
}

static enum err listed(void *ctx, const char *list, struct text identifier)
{
	struct day *d = ctx;

	for (size_t k = 0; k < ARRAY_LEN(d->listed); k++) {
		struct buf *b = &d->listed[k];

		if (b->n > 0 && strncmp(b->p, list, strlen(list)) != 0)
			continue;
		if (b->n == 0) {
			buf_z(b, list);
			buf_char(b, '\n');
		}
		buf_text(b, identifier);
		buf_char(b, '\n');
		return b->err;
	}
	return ERR_CAP;
}

const struct city_watcher day_watcher = { .allow = allow, .happened = happened, .known = known, .listed = listed };

/* ---- what the desk does to an account at once; what institutions do later is in day_houses.c ---- */

static void set_block(struct day *d, struct desk_entity e, enum block bit, bool on)
{
	uint32_t i = who_of_token(d, e.token, e.kind);

	if (i == NONE)
		return;
	if (on)
		day_who(d, i)->block |= (uint8_t)bit;
	else
		day_who(d, i)->block &= (uint8_t)~bit;
}

void city_blocked(struct day *d, const struct desk_object *o, uint8_t before)
{
	if (o->kind == DESK_STOP && (o->state == STOP_STOPPED) != (before == STOP_STOPPED))
		set_block(d, o->subject, BLOCK_STOP, o->state == STOP_STOPPED);
	if (o->kind == DESK_FREEZE && (o->state == FREEZE_FROZEN) != (before == FREEZE_FROZEN))
		set_block(d, o->subject, BLOCK_FREEZE, o->state == FREEZE_FROZEN);
	if (o->kind == DESK_MEASURE && desk_i(o, MEASURE_F_MEASURE) == MEASURE_OF_HOLD_LINE && o->state != MEASURE_IN_FORCE)
		set_block(d, o->subject.kind == DESK_PHONE ? o->subject : o->also, BLOCK_LINE, false);
	if (o->kind == DESK_WARNING && desk_has(o, WARNING_F_ISSUED)) {
		struct who *w = day_who(d, who_person(d, o));

		w->warned_us = w->warned_us ? w->warned_us : desk_i(o, WARNING_F_ISSUED);
	}
}
