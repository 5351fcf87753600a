/* http_messages.c - the desk's messages and how each fares: lists, one, sent again, read.
 *
 * Whoever reaches an object sees the messages about it. A message for the seats is read by somebody who reaches it; sending one again is for leaders and admins, and an act with a reason that stands in the
 * journal first. No message is shown with what was revealed for it: only with its object. */
#include <inttypes.h>
#include <stdio.h>
#include "base/mem.h"
#include "desk/measure.h"
#include "gateway/http_desk_int.h"
#include "gateway/outbox.h"

enum {
	PAGE_USUAL = 100,
	PAGE_MOST = 500,
	LOOKED_MOST = 5000 /* rows looked at for one page; what is out of reach is passed over */
};

static const char *const kind_names[DESK_MESSAGE_KINDS] = {
#define X(name, number, text, what) [number] = text,
	DESK_MESSAGES(X)
#undef X
};

static bool is_there(struct request *r)
{
	if (r->h->o.delivery != NULL && r->h->o.registry != NULL)
		return true;
	answer_problem(r, 503, "desk", "There is no desk here", "this service was started without it");
	return false;
}

/* ---- showing ---- */

/* "X-65536", and "X-65536.17" for what went to several. */
static void message_id_print(char out[32], uint64_t id, uint16_t copy)
{
	char z[24];

	command_id_print(z, id);
	if (copy != 0)
		snprintf(out, 32, "%s.%u", z, copy);
	else
		snprintf(out, 32, "%s", z);
}

static bool message_id_parse(struct text t, uint64_t *id, uint16_t *copy)
{
	const char *dot = t.n == 0 ? NULL : memchr(t.p, '.', t.n);
	int64_t v = 0;

	*copy = 0;
	if (dot == NULL)
		return command_id_parse(t, id);
	if (text_to_int(text_of(dot + 1, (size_t)(t.p + t.n - dot - 1)), &v) != ERR_OK || v < 1 || v > UINT16_MAX)
		return false;
	*copy = (uint16_t)v;
	return command_id_parse(text_of(t.p, (size_t)(dot - t.p)), id);
}

static void put_detail(struct buf *b, const struct desk_message *m, const struct desk_object *o)
{
	const struct desk_machine *machine = desk_machine(o->kind);
	const char *name = NULL;

	if (m->kind == DESK_MESSAGE_ALARM && m->detail > 0 && m->detail <= machine->n_timers)
		name = machine->timer[m->detail - 1].name;
	else if (m->kind == DESK_MESSAGE_PROPOSAL && m->detail < desk_measures.n)
		name = desk_measures.choice[m->detail].name;
	else if (m->kind == DESK_MESSAGE_BANK_STOP || m->kind == DESK_MESSAGE_BANK_FREEZE)
		buf_printf(b, ",\"attempt\":%u", m->detail);
	if (name != NULL)
		buf_printf(b, ",\"about\":\"%s\"", name);
}

static void put_when(struct buf *b, const char *name, int64_t us)
{
	buf_printf(b, ",\"%s\":", name);
	desk_put_time(b, us);
}

static void put_row(struct buf *b, const struct delivery_row *row, const struct desk_message *m,
                    const struct desk_object *o)
{
	char id[32], to[16];

	message_id_print(id, row->id, row->copy);
	delivery_receiver_name(row->receiver, to);
	buf_printf(
		b,
		"{\"id\":\"%s\",\"kind\":\"%s\",\"state\":\"%s\",\"receiver\":\"%s\",\"organisation\":%u,\"district\":%u,\"object\":",
		id, row->kind < DESK_MESSAGE_KINDS && kind_names[row->kind] != NULL ? kind_names[row->kind] : "",
		delivery_state_name(row->state), to, row->organisation, row->district);
	desk_put_id(b, o->kind, o->id);
	buf_printf(b, ",\"version\":%" PRIu32, m->version);
	put_detail(b, m, o);
	buf_printf(b, ",\"attempts\":%" PRIu32 ",\"polls\":%" PRIu32 ",\"receipts\":%" PRIu32, row->attempts, row->polls,
	           row->receipts);
	put_when(b, "time", m->time_us);
	put_when(b, "changed", row->changed_us);
	put_when(b, "sent", row->sent_us);
	put_when(b, "next", row->next_us);
	buf_z(b, ",\"receipt\":");
	buf_json(b, text_z(row->receipt));
	buf_z(b, ",\"why\":");
	buf_json(b, text_z(row->why));
	buf_char(b, '}');
}

/* ---- lists ---- */

struct listing {
	struct request *r;
	struct desk_asker *asker;
	struct desk_message message;
	struct desk_object object;
	uint32_t n, most, looked;
	uint64_t last;
	uint16_t last_copy;
	enum err err;
};

/* A message and its object as it is now: who reaches that sees the message, not who reached it when it was sent. */
static enum err load_message(struct request *r, uint64_t id, struct desk_message *m, struct desk_object *o)
{
	enum err e = registry_message(r->h->o.registry, id, m, o);

	return e == ERR_OK ? registry_load(r->h->o.registry, o->id, o) : e;
}

static bool list_one(void *ctx, const struct delivery_row *row)
{
	struct listing *l = ctx;
	enum err e = load_message(l->r, row->id, &l->message, &l->object);

	l->looked++;
	l->last = row->id;
	l->last_copy = row->copy;
	if (e != ERR_OK && e != ERR_ABSENT) {
		l->err = e;
		return false;
	}
	if (e == ERR_OK && desk_reaches(l->asker, &l->object)) {
		if (l->n++ > 0)
			buf_char(&l->r->out, ',');
		put_row(&l->r->out, row, &l->message, &l->object);
	}
	return l->n < l->most;
}

static uint32_t message_kind(const char *z)
{
	for (uint32_t k = 1; k < DESK_MESSAGE_KINDS; k++)
		if (kind_names[k] != NULL && strcmp(z, kind_names[k]) == 0)
			return k;
	return 0;
}

/* False: the answer is set. */
static bool take_query(struct request *r, struct delivery_query *q)
{
	const char *state = request_query(r, "state"), *kind = request_query(r, "kind"),
			   *object = request_query(r, "object");
	const char *before = request_query(r, "before");
	enum delivery_state s;
	uint32_t unused;

	*q = (struct delivery_query){ 0 };
	if (state != NULL && !delivery_state_find(text_z(state), &s)) {
		answer_problem(r, 400, "state", "There is no such state",
		               "there are waiting, sent, receipted, done, dead and seat");
		return false;
	}
	if (kind != NULL && message_kind(kind) == 0) {
		answer_problem(r, 400, "kind", "There is no such kind of message", "doc/connectors.md lists them");
		return false;
	}
	if (object != NULL && desk_id_parse(text_z(object), &unused, &q->object) != ERR_OK) {
		answer_problem(r, 400, "object", "This is no object's id", "it looks like S-65536");
		return false;
	}
	if (before != NULL && !message_id_parse(text_z(before), &q->before, &q->before_copy)) {
		answer_problem(r, 400, "before", "This is no message's id", "it looks like X-65536");
		return false;
	}
	q->states = state == NULL ? 0 : 1u << s;
	q->kinds = kind == NULL ? 0 : (uint64_t)1 << message_kind(kind);
	return true;
}

static enum err list_all(struct listing *l, struct delivery_query *q)
{
	enum err e = ERR_OK;
	uint32_t looked;

	do {
		looked = l->looked;
		if (l->last != 0) {
			q->before = l->last;
			q->before_copy = l->last_copy;
		}
		e = delivery_list(l->r->h->o.delivery, q, DELIVERY_PAGE_MAX, list_one, l);
	} while (e == ERR_OK && l->err == ERR_OK && l->n < l->most && l->looked != looked && l->looked < LOOKED_MOST);
	return e != ERR_OK ? e : l->err;
}

static void run_list(struct request *r)
{
	struct delivery_query q;
	struct desk_asker asker;
	struct listing *l;
	uint64_t most;
	char id[32];
	enum err e;

	if (!is_there(r) || !desk_asker(r, &asker) || !take_query(r, &q) || !request_limit(r, PAGE_USUAL, PAGE_MOST, &most))
		return;
	l = mem_alloc(sizeof(*l));
	if (l == NULL) {
		answer_problem(r, 503, "memory", "Out of memory", "try again");
		return;
	}
	l->r = r;
	l->asker = &asker;
	l->most = (uint32_t)most;
	buf_z(&r->out, "{\"messages\":[");
	e = l->most == 0 ? ERR_OK : list_all(l, &q);
	if (e == ERR_OK) {
		message_id_print(id, l->last, l->last_copy);
		buf_z(&r->out, "],\"before\":");
		if (l->last != 0 && (l->n == l->most || l->looked >= LOOKED_MOST))
			buf_json(&r->out, text_z(id));
		else
			buf_z(&r->out, "null");
		buf_z(&r->out, "}\n");
		r->status = 200;
	} else {
		buf_clear(&r->out);
		desk_answer_store(r, e);
	}
	mem_free(l);
}

/* ---- one ---- */

struct one {
	struct desk_asker asker;
	struct delivery_row row;
	struct desk_message message;
	struct desk_object object;
};

/* False: the answer is set. What is out of reach reads like what is not there. */
static bool fetch(struct request *r, struct one *o)
{
	uint64_t id;
	uint16_t copy;
	enum err e;

	if (!is_there(r) || !desk_asker(r, &o->asker))
		return false;
	e = message_id_parse(r->arg[0], &id, &copy) ? delivery_load(r->h->o.delivery, id, copy, &o->row) : ERR_ABSENT;
	if (e == ERR_OK)
		e = load_message(r, id, &o->message, &o->object);
	if (e == ERR_OK && desk_reaches(&o->asker, &o->object))
		return true;
	if (e == ERR_OK || e == ERR_ABSENT)
		answer_problem(r, 404, "unknown", "No such message", "it was never there, or has aged out");
	else
		desk_answer_store(r, e);
	return false;
}

static void with_one(struct request *r, void (*run)(struct request *r, struct one *o))
{
	struct one *o = mem_alloc(sizeof(*o));

	if (o == NULL)
		answer_problem(r, 503, "memory", "Out of memory", "try again");
	else if (fetch(r, o))
		run(r, o);
	mem_free(o);
}

static void show(struct request *r, struct one *o)
{
	put_row(&r->out, &o->row, &o->message, &o->object);
	buf_char(&r->out, '\n');
	r->status = 200;
}

/* The row as it is now. */
static void show_again(struct request *r, struct one *o, enum err e, const char *not_so)
{
	if (e == ERR_OK)
		e = delivery_load(r->h->o.delivery, o->row.id, o->row.copy, &o->row);
	if (e == ERR_OK)
		show(r, o);
	else if (e == ERR_RANGE)
		answer_problem(r, 409, "state", "The message is not in a state for this", not_so);
	else
		desk_answer_store(r, e);
}

static void run_one(struct request *r)
{
	with_one(r, show);
}

static void mark_read(struct request *r, struct one *o)
{
	show_again(r, o, outbox_read(outbox_thread_outbox(r->h->o.outbox), o->row.id, o->row.copy),
	           "only messages for the seats are read; others are answered by their receivers");
}

static void run_read(struct request *r)
{
	with_one(r, mark_read);
}

static void resend(struct request *r, struct one *o)
{
	struct body_member reason = { .name = "reason", .max = ACT_WHY_MAX, .needed = true, .reason = true };
	struct buf act;
	uint64_t position;
	char id[32];
	enum err e;

	if ((o->asker.roles & (1u << ROLE_ADMIN | 1u << ROLE_LEADER | 1u << ROLE_CITY_LEADER)) == 0) {
		answer_problem(r, 403, "role", "Your roles do not send messages again", "leaders and admins do");
		return;
	}
	if (!request_body(r, &reason, 1))
		return;
	message_id_print(id, o->row.id, o->row.copy);
	desk_act_begin(&act, "resend", r, o->asker.user, reason.value);
	act_text(&act, "message", text_z(id));
	if (!http_act(r, &act, NULL, NULL, &position))
		return;
	e = outbox_resend(outbox_thread_outbox(r->h->o.outbox), o->row.id, o->row.copy);
	if (e == ERR_OK)
		outbox_thread_wake(r->h->o.outbox);
	show_again(r, o, e, "it is under way, done, its order is over, or there is no connector to send it by");
}

static void run_resend(struct request *r)
{
	with_one(r, resend);
}

const struct route http_messages_routes[] = {
	{ "GET", "/v1/desk/messages", SCOPE_DESK, ROUTE_SLOW, run_list },
	{ "GET", "/v1/desk/messages/*", SCOPE_DESK, ROUTE_SLOW, run_one },
	{ "POST", "/v1/desk/messages/*/read", SCOPE_DESK, ROUTE_SLOW, run_read },
	{ "POST", "/v1/desk/messages/*/resend", SCOPE_DESK, ROUTE_SLOW, run_resend },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
