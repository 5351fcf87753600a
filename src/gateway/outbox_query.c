/* outbox_query.c - what banks answer to questions (1003xx), as commands of the desk.
 *
 * An answer tells somebody's secrets. All of it is sealed as one text that the command refers to; holder and phone are kept as identifiers are; and movements, which are facts
 * like any bank's events, become transfers of the journal. Each transfer has a key made of who paid whom, when and how much, and of how many such there were before it in the answer. So
 * a second answer, or the other bank's about the same movement, adds nothing. */
#include <inttypes.h>
#include <stdio.h>
#include "base/mem.h"
#include "desk/query.h"
#include "desk/stop.h"
#include "gateway/outbox_int.h"
#include "store/texts.h"

enum {
	NAME_SPACE_TRANSFERS = 0x4d4f5645,
	ANSWER_MAX = TEXT_BYTES_MAX,
	ANSWER_END = 64, /* room for how many rows did not fit */
	OUT = 0,         /* directions of a movement */
	IN = 1
};

/* ---- sealed ---- */

static void put_fields(struct buf *b, const struct text *value, int n, const char *(*name)(int i))
{
	const char *comma = "";

	buf_char(b, '{');
	for (int i = 0; i < n; i++)
		if (value[i].p != NULL) {
			buf_printf(b, "%s\"%s\":", comma, name(i));
			buf_json(b, value[i]);
			comma = ",";
		}
	buf_char(b, '}');
}

static void put_answer(struct buf *b, const struct case_message *m)
{
	uint32_t i;

	buf_printf(b, "{\"code\":%u,\"body\":", m->code);
	put_fields(b, m->value, CASE_FIELDS_COUNT, case_field_name);
	buf_z(b, ",\"rows\":[");
	for (i = 0; i < m->n_rows; i++) {
		size_t n = b->n;

		buf_z(b, i > 0 ? "," : "");
		put_fields(b, m->row[i].value, CASE_ROW_FIELDS_COUNT, case_row_field_name);
		if (b->n <= ANSWER_MAX - ANSWER_END)
			continue;
		b->n = n;
		break;
	}
	buf_printf(b, "],\"left_out\":%u}", m->n_rows - i);
}

static enum err seal(struct outbox *o, const struct case_message *m)
{
	unsigned char ref[DESK_REF_BYTES];
	struct buf b;
	enum err e;

	buf_init(&b, 4 * ANSWER_MAX);
	put_answer(&b, m);
	e = b.err == ERR_OK ? o->o.world.keep(o->o.world.ctx, buf_view(&b), ref) : b.err;
	if (e == ERR_OK)
		desk_give_ref(&o->order.command, QUERY_F_ANSWER, ref);
	if (b.p != NULL)
		explicit_bzero(b.p, b.cap);
	buf_release(&b);
	return e;
}

/* ---- movements ---- */

struct moving {
	struct outbox *o;
	struct text account;
	uint32_t n;
	struct outbox_transfer t[CASE_ROWS_MAX];
};

/* False: it says too little to be a transfer, or what can't be. */
static bool understand(struct moving *v, const struct case_row *r, struct outbox_transfer *t)
{
	struct text other = r->value[CASE_R_ACCOUNT];
	int64_t direction, now = outbox_now(v->o);

	*t = (struct outbox_transfer){ .time_us = case_row_time(r, CASE_R_TIME),
		                           .amount_fen = case_row_yuan(r, CASE_R_AMOUNT) };
	if (other.p == NULL || text_eq(other, v->account) || t->time_us <= 0 || t->time_us > now || t->amount_fen <= 0 ||
	    r->value[CASE_R_DIRECTION].p == NULL || text_to_int(r->value[CASE_R_DIRECTION], &direction) != ERR_OK ||
	    (direction != IN && direction != OUT))
		return false;
	t->payer = direction == OUT ? v->account : other;
	t->payee = direction == OUT ? other : v->account;
	return true;
}

static bool same(const struct outbox_transfer *a, const struct outbox_transfer *b)
{
	return a->time_us == b->time_us && a->amount_fen == b->amount_fen && text_eq(a->payer, b->payer) &&
	       text_eq(a->payee, b->payee);
}

static enum err make_key(struct moving *v, struct outbox_transfer *t)
{
	struct token key;
	uint32_t before = 0;
	struct buf b;
	enum err e;

	for (uint32_t i = 0; i < v->n; i++)
		before += same(&v->t[i], t);
	buf_init(&b, 512);
	buf_text(&b, t->payer);
	buf_char(&b, ' ');
	buf_text(&b, t->payee);
	buf_printf(&b, " %" PRId64 " %" PRId64 " %u", t->time_us, t->amount_fen, before);
	e = b.err;
	key = hash_token(v->o->o.key, NAME_SPACE_TRANSFERS, buf_view(&b));
	memcpy(t->key, &key, RECORD_KEY_BYTES);
	if (b.p != NULL)
		explicit_bzero(b.p, b.cap);
	buf_release(&b);
	return e;
}

static enum err pass_on(struct moving *v, uint16_t bank, const struct case_message *m)
{
	uint32_t taken = 0;
	enum err e = ERR_OK;

	for (uint32_t i = 0; e == ERR_OK && i < m->n_rows; i++) {
		if (!understand(v, &m->row[i], &v->t[v->n]))
			continue;
		e = make_key(v, &v->t[v->n]);
		v->n++;
	}
	if (e == ERR_OK && v->n > 0)
		e = v->o->o.world.transfers(v->o->o.world.ctx, bank, v->t, v->n, &taken);
	if (e == ERR_OK)
		desk_give_i(&v->o->order.command, QUERY_F_EVENTS, taken);
	return e;
}

/* Of the account that was asked about, and no other. */
static enum err give_movements(struct outbox *o, uint16_t bank, const struct case_message *m)
{
	struct desk_entity account = { DESK_BANK_ACCOUNT, o->answered.value[QUERY_F_ACCOUNT].token };
	struct moving *v;
	struct buf plain;
	enum err e;

	desk_give_i(&o->order.command, QUERY_F_ROWS, m->n_rows);
	if (m->n_rows == 0 || !desk_has(&o->answered, QUERY_F_ACCOUNT))
		return ERR_OK;
	v = mem_alloc(sizeof(*v));
	if (v == NULL)
		return ERR_MEMORY;
	buf_init(&plain, 1024);
	e = o->o.world.reveal(o->o.world.ctx, account, &plain);
	if (e == ERR_OK) {
		v->o = o;
		v->account = buf_view(&plain);
		e = pass_on(v, bank, m);
	}
	if (plain.p != NULL)
		explicit_bzero(plain.p, plain.cap);
	buf_release(&plain);
	mem_free(v);
	return e == ERR_ABSENT ? ERR_OK : e; /* erased meanwhile: there is nobody whose movements these are */
}

/* ---- fields ---- */

/* The token of what the bank wrote; false: not there, or none of this kind. */
static bool token_of(struct outbox *o, uint8_t kind, struct text plain, struct token *t)
{
	return plain.n > 0 && o->o.world.token(o->o.world.ctx, kind, plain, t) == ERR_OK;
}

static enum err give(struct outbox *o, uint16_t bank, const struct case_message *m)
{
	struct desk_command *c = &o->order.command;
	bool moves = m->code == CASE_MOVEMENTS_TOLD || m->code == CASE_FOLLOW_TOLD;
	struct token t;
	enum err e = seal(o, m);

	if (case_has(m, CASE_F_BALANCE))
		desk_give_i(c, QUERY_F_BALANCE, case_yuan(m, CASE_F_BALANCE));
	if (token_of(o, DESK_PERSON, m->value[CASE_F_HOLDER_ID], &t))
		desk_give_token(c, QUERY_F_HOLDER, t);
	if (token_of(o, DESK_PHONE, m->value[CASE_F_HOLDER_PHONE], &t))
		desk_give_token(c, QUERY_F_PHONE, t);
	if (!moves)
		desk_give_i(c, QUERY_F_ROWS, m->n_rows);
	return e == ERR_OK && moves ? give_movements(o, bank, m) : e;
}

/* ---- the answer ---- */

/* All that was said: the same again is the same. */
static void content(const struct case_message *m, struct buf *b)
{
	buf_printf(b, "%u", m->code);
	for (int i = 0; i < CASE_FIELDS_COUNT; i++) {
		if (i == CASE_F_TOLD || i == CASE_F_STATE)
			continue;
		buf_char(b, '|');
		buf_text(b, m->value[i]);
	}
	for (uint32_t r = 0; r < m->n_rows; r++)
		for (int i = 0; i < CASE_ROW_FIELDS_COUNT; i++) {
			buf_char(b, '|');
			buf_text(b, m->row[r].value[i]);
		}
}

static uint32_t step_for(uint8_t kind, const struct desk_object *x)
{
	if (kind == DESK_MESSAGE_BANK_FOLLOW_END)
		return x->state == QUERY_ENDING ? QUERY_DO_ENDED : 0;
	return x->state == QUERY_SENT || x->state == QUERY_FOLLOWING || x->state == QUERY_ENDING ? QUERY_DO_ANSWER : 0;
}

/* An answer about another account is none. */
static bool about_it(struct outbox *o, const struct case_message *m)
{
	struct token t;

	return !case_has(m, CASE_F_ACCOUNT) || !desk_has(&o->answered, QUERY_F_ACCOUNT) ||
	       (token_of(o, DESK_BANK_ACCOUNT, m->value[CASE_F_ACCOUNT], &t) &&
	        token_eq(t, o->answered.value[QUERY_F_ACCOUNT].token));
}

static enum err tell(struct outbox *o, const struct delivery_row *row, const struct case_message *m)
{
	unsigned char ref[DESK_REF_BYTES];
	struct buf what;
	enum err e = ERR_OK;

	if (case_has(m, CASE_F_REMARK)) {
		e = o->o.world.keep(o->o.world.ctx, m->value[CASE_F_REMARK], ref);
		if (e == ERR_OK)
			desk_give_ref(&o->order.command, QUERY_F_REMARK, ref);
	}
	buf_init(&what, CASE_BYTES_MAX * 2);
	content(m, &what);
	if (e == ERR_OK)
		e = what.err == ERR_OK ? outbox_tell(o, row->id, buf_view(&what)) : what.err;
	if (what.p != NULL)
		explicit_bzero(what.p, what.cap);
	buf_release(&what);
	return e;
}

enum err outbox_take_answer(struct outbox *o, const struct delivery_row *row, const struct case_message *m,
                            int64_t *code)
{
	enum err e = registry_load(o->o.registry, row->object, &o->answered);
	uint32_t step = e == ERR_OK ? step_for(row->kind, &o->answered) : 0;

	*code = case_number(m, CASE_F_RETURN);
	if (*code <= 0)
		return ERR_FORMAT;
	if (*code == RETURN_OK && case_has(m, CASE_F_RESULT) && case_number(m, CASE_F_RESULT) != CASE_DONE)
		*code = RETURN_UNAUTHORISED; /* it was not carried out */
	if (e != ERR_OK || step == 0 || *code == RETURN_TIMEOUT || *code == RETURN_NETWORK)
		return e == ERR_ABSENT ? ERR_OK : e;
	if (!about_it(o, m))
		return ERR_FORMAT;
	outbox_order(o, &o->answered, step);
	desk_give_i(&o->order.command, QUERY_F_RESULT, *code);
	if (step == QUERY_DO_ANSWER && *code == RETURN_OK)
		e = give(o, (uint16_t)row->receiver, m);
	return e == ERR_OK ? tell(o, row, m) : e;
}
