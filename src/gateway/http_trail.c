/* http_trail.c - the money trail of an account: transfers out of it, out of whom they paid, and so on (trail.h), out
 * of the journal by its indexes.
 *
 * A level is one search for all of its accounts (journal/contacts.h); all searches of a request share one bound of
 * work, and `truncated` says that it was met, or that there were more transfers than are followed: then figures may
 * be too small. A transfer counts for those who may see its payer, payee, amount and time. Whether an account is
 * stopped or frozen is told to who sees everything, and to the institution that keeps it. An act with a reason. */
#include <inttypes.h>
#include "base/clock.h"
#include "base/mem.h"
#include "desk/freeze.h"
#include "desk/machine.h"
#include "desk/stop.h"
#include "gateway/http_about.h"
#include "gateway/trail.h"
#include "journal/contacts.h"
#include "show/event_json.h"

enum {
	WORK = 300000, /* contacts_query.work, of all levels together */
	LEVELS_USUAL = 3,
	ORDERS_MAX = 16, /* open orders of one account looked at */
	M_ACCOUNT = 0,
	M_REASON,
	M_CASE,
	M_FROM,
	M_TO,
	M_LEVELS,
	MEMBERS
};

struct following {
	struct request *r;
	struct viewer viewer;
	struct about about;
	uint64_t work;
	struct token token[TRAIL_ACCOUNTS_MAX];
	struct trail trail;
	struct buf why;
	enum err err;
};

/* ---- moves ---- */

static const struct schema_field *visible(const struct schema_event *t, const char *name, const struct view_event *v,
                                          uint32_t *at)
{
	int f = schema_field_find(t, text_z(name));

	*at = (uint32_t)f;
	return f >= 0 && v->sight.sees(v->sight.ctx, t, &t->field[f]) ? &t->field[f] : NULL;
}

static bool take_account(const struct following *f, const struct schema_event *t, const struct event *e,
                         const char *name, const struct view_event *v, struct token *token, char *shown)
{
	uint32_t at;
	const struct schema_field *field = visible(t, name, v, &at);

	if (field == NULL || field->type.dim != DIM_ENTITY || field->type.entity != f->about.kind_index ||
	    e->value[at] == VALUE_MISSING)
		return false;
	*token = e->ident[field->slot].token;
	memcpy(shown, e->ident[field->slot].shown, IDENT_SHOWN_BYTES);
	return true;
}

/* Schemas are the policies', and none says what an event means; so its name does, as in the shipped one. False: it
 * moves no money, or the asker may not see that it does. */
static bool take_move(const struct following *f, const struct schema_event *t, const struct event *e,
                      const struct view_event *v, struct trail_move *m)
{
	const struct schema_field *amount;
	uint32_t at;

	m->cash = text_eq(t->name, TEXT("cash"));
	if (!m->cash && !text_eq(t->name, TEXT("transfer")))
		return false;
	amount = visible(t, "amount", v, &at);
	if (amount == NULL || amount->type.dim != DIM_MONEY || e->value[at] == VALUE_MISSING ||
	    !tenant_sees(v->who, v->organisation, t->name, TEXT("time")))
		return false;
	m->amount_fen = e->value[at];
	m->time_us = e->time;
	return take_account(f, t, e, m->cash ? "account" : "payer", v, &m->payer, m->payer_shown) &&
	       (m->cash || take_account(f, t, e, "payee", v, &m->payee, m->payee_shown));
}

static bool visit(void *ctx, const struct record *record, const struct written *w)
{
	struct following *f = ctx;
	struct trail_move m = { .position = record->position };
	const struct schema_event *t;
	struct view_event view;
	struct event e;

	f->err = record_event_take(w->recast, record, &e, NULL);
	if (f->err != ERR_OK)
		return false;
	t = &w->schema.event[e.type];
	if (view_event(&f->viewer, record->organisation, t->name, &view) && take_move(f, t, &e, &view, &m))
		trail_take(&f->trail, &m);
	return !f->r->h->stopping;
}

static enum err follow(struct following *f)
{
	struct contacts_stats stats;
	struct contacts_query q = {
		.kind = f->about.kind_index, .to_us = f->about.to_us, .end = UINT64_MAX, .most = UINT64_MAX
	};
	uint32_t n;
	enum err e = ERR_OK;

	while (e == ERR_OK && !f->r->h->stopping && (n = trail_level(&f->trail, f->token, &q.from_us)) > 0) {
		if (f->work >= WORK) {
			f->trail.truncated = true;
			break;
		}
		q.token = f->token[0];
		q.also = f->token + 1;
		q.n_also = n - 1;
		q.work = WORK - f->work;
		e = contacts_find(f->r->h->o.fill.disk, &q, &stats, visit, f, &f->why);
		e = e == ERR_OK ? f->err : e;
		f->work += stats.work;
		f->trail.truncated |= stats.more;
		trail_next(&f->trail);
	}
	trail_settle(&f->trail);
	return e;
}

/* ---- what the desk has about an account ---- */

struct orders {
	bool in_force;
	uint8_t in_force_state;
	uint64_t id; /* of the one in force, or of the newest that is on its way */
	uint32_t state;
};

static bool see_order(void *ctx, const struct registry_hit *hit)
{
	struct orders *o = ctx;
	const struct desk_object *x = hit->object;

	if (o->in_force && x->state != o->in_force_state)
		return true;
	o->in_force = x->state == o->in_force_state;
	o->id = x->id;
	o->state = x->state;
	return true;
}

static enum err put_order(struct following *f, const char *name, uint8_t kind, uint8_t in_force, struct token token)
{
	struct request *r = f->r;
	struct orders o = { .in_force_state = in_force };
	struct registry_query q = { .kind = kind,
		                        .open = true,
		                        .entity = { DESK_BANK_ACCOUNT, token },
		                        .of_organisation = !tenant_sees_all(f->viewer.who),
		                        .organisation = r->who.organisation };
	enum err e = ERR_OK;

	if (!q.of_organisation || q.organisation != 0) /* 0 is nobody's */
		e = registry_list(r->h->o.registry, &q, ORDERS_MAX, see_order, &o);

	buf_printf(&r->out, ",\"%s\":", name);
	if (o.id == 0) {
		buf_z(&r->out, "null");
		return e;
	}
	buf_z(&r->out, "{\"object\":\"");
	desk_id_print(&r->out, kind, o.id);
	buf_printf(&r->out, "\",\"state\":\"%s\",\"in_force\":%s}", desk_machine(kind)->state[o.state].name,
	           o.in_force ? "true" : "false");
	return e;
}

/* ---- the answer ---- */

static void put_token(struct buf *b, const char *name, struct token token)
{
	char hex[TOKEN_HEX + 1];

	token_show(token, hex);
	buf_printf(b, "\"%s\":\"%s\"", name, hex);
}

static enum err put_account(struct following *f, const struct trail_account *a)
{
	struct buf *b = &f->r->out;
	enum err e = ERR_OK;

	buf_char(b, '{');
	put_token(b, "token", a->token);
	buf_z(b, ",\"shown\":");
	if (a->shown[0] != 0)
		buf_json(b, text_z(a->shown));
	else
		buf_z(b, "null");
	buf_printf(b, ",\"level\":%u,\"since\":", a->level);
	event_json_time(b, a->since_us);
	buf_printf(b,
	           ",\"in\":%" PRId64 ",\"followed\":%" PRId64 ",\"out\":%" PRId64 ",\"cash\":%" PRId64
	           ",\"left_known\":%" PRId64,
	           a->in_fen, a->followed_fen, a->out_fen, a->cash_fen, a->left_fen);
	if (f->r->h->o.registry != NULL) {
		e = put_order(f, "stop", DESK_STOP, STOP_STOPPED, a->token);
		if (e == ERR_OK)
			e = put_order(f, "freeze", DESK_FREEZE, FREEZE_FROZEN, a->token);
	}
	buf_char(b, '}');
	return e;
}

static enum err put_levels(struct following *f)
{
	const struct trail *t = &f->trail;
	struct buf *b = &f->r->out;
	enum err e = ERR_OK;

	buf_z(b, ",\"levels\":[");
	for (uint32_t i = 0; e == ERR_OK && i < t->n_accounts; i++) {
		bool begins = i == 0 || t->order[i]->level != t->order[i - 1]->level;

		if (begins)
			buf_printf(b, "%s{\"level\":%u,\"accounts\":[", i == 0 ? "" : "]},", t->order[i]->level);
		else
			buf_char(b, ',');
		e = put_account(f, t->order[i]);
	}
	buf_z(b, "]}]");
	return e;
}

static void put_edges(struct following *f)
{
	const struct trail *t = &f->trail;
	struct buf *b = &f->r->out;

	buf_z(b, ",\"edges\":[");
	for (uint32_t i = 0; i < t->n_edges; i++) {
		buf_z(b, i > 0 ? ",{" : "{");
		put_token(b, "from", t->account[t->edge[i].from].token);
		buf_char(b, ',');
		put_token(b, "to", t->account[t->edge[i].to].token);
		buf_printf(b, ",\"amount\":%" PRId64 ",\"time\":", t->edge[i].amount_fen);
		event_json_time(b, t->edge[i].time_us);
		buf_printf(b, ",\"position\":%" PRIu64 "}", t->edge[i].position);
	}
	buf_char(b, ']');
}

static void answer(struct following *f, uint64_t act, uint64_t levels)
{
	struct request *r = f->r;
	enum err e;

	buf_char(&r->out, '{');
	about_put(&r->out, &f->about);
	buf_printf(&r->out, ",\"act\":%" PRIu64 ",\"from\":", act);
	event_json_time(&r->out, f->about.from_us);
	trail_init(&f->trail, f->about.token, f->about.from_us, (uint32_t)levels);
	if (!about_found(r, follow(f), &f->why))
		return;
	buf_printf(&r->out, ",\"truncated\":%s", f->trail.truncated ? "true" : "false");
	e = put_levels(f);
	put_edges(f);
	buf_z(&r->out, "}\n");
	r->status = 200;
	if (e != ERR_OK)
		answer_problem(r, 503, "registry", "The registry can't be read", err_name(e));
}

static void run_trail(struct request *r)
{
	struct body_member m[MEMBERS] = {
		[M_ACCOUNT] = { .name = "account", .max = EVENT_IDENT_MAX, .needed = true },
		[M_REASON] = { .name = "reason", .max = ACT_WHY_MAX, .needed = true, .reason = true },
		[M_CASE] = { .name = "case", .max = ABOUT_CASE_MAX, .reason = true },
		[M_FROM] = { .name = "from", .max = ABOUT_TIME_MAX },
		[M_TO] = { .name = "to", .max = ABOUT_TIME_MAX },
		[M_LEVELS] = { .name = "levels", .max = ABOUT_NUMBER_MAX, .number = true },
	};
	struct following *f;
	struct token token;
	struct buf act;
	uint64_t position, levels;
	bool is_token;

	if (!request_body(r, m, MEMBERS) || !about_number(r, &m[M_LEVELS], 1, LEVELS_USUAL, TRAIL_LEVELS_MAX, &levels))
		return;
	f = mem_alloc(sizeof(*f));
	if (f == NULL) {
		answer_problem(r, 503, "memory", "Out of memory", "try again");
		return;
	}
	f->r = r;
	f->viewer = request_viewer(r);
	buf_init(&f->why, 4096);
	is_token = token_parse(m[M_ACCOUNT].value, &token);
	if (about_kind(r, TEXT("account"), &f->about) &&
	    about_whom(r, is_token ? m[M_ACCOUNT].value : TEXT(""), is_token ? TEXT("") : m[M_ACCOUNT].value, &f->about) &&
	    about_when(r, m[M_FROM].value, m[M_TO].value, &f->about)) {
		about_act(r, &act, "trail", &f->about, m[M_REASON].value, m[M_CASE].value);
		act_number(&act, "levels", (int64_t)levels);
		if (http_act(r, &act, NULL, NULL, &position))
			answer(f, position, levels);
	}
	buf_release(&f->why);
	mem_free(f);
}

const struct route http_trail_routes[] = {
	{ "POST", "/v1/trail", SCOPE_ENTITIES, ROUTE_SLOW, run_trail },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
