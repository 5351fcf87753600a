/* http_desk_command.c - steps: one that makes an object, one on an object, or many in a batch.
 *
 * What can be said by the tables is said before anything is journaled: that there is no such step, that none of the asker's roles may take it, that the object is out of reach, that a
 * field is wrong. All else is decided when the command is applied, and the answer waits for that.
 *
 * A step on an object says which version of it the asker has seen (If-Match), so that nobody decides on what has changed meanwhile; who does not care says so (If-Match: *). */
#include <inttypes.h>
#include <sodium/randombytes.h>
#include <stdlib.h>
#include "base/mem.h"
#include "gateway/http_desk_int.h"

enum {
	LINE_BYTES_MAX = 256 << 10,
	NAME_SPACE_DESK = 0x4445534b
};

/* ---- one command ---- */

static void begin_command(struct desk_command *c, const struct desk_asker *a, const struct desk_machine *m,
                          uint32_t step, uint64_t object)
{
	desk_command_init(c, (enum desk_kind)m->kind, step, object);
	c->user = a->user;
	c->roles = a->roles;
	c->organisation = a->organisation;
	c->district = a->district;
}

/* What the step needs that no client gives. */
static void draw(const struct desk_machine *m, const struct desk_step *s, struct desk_command *c)
{
	for (uint32_t f = 1; f < m->n_fields; f++)
		if ((s->needed >> f & 1) && m->field[f].drawn) {
			uint64_t x;

			randombytes_buf(&x, sizeof(x));
			desk_give_i(c, f, (int64_t)(x % ((uint64_t)m->field[f].max + 1)));
		}
}

/* What the table says of who and of which fields; *field: which. */
static enum desk_refusal look(const struct desk_machine *m, const struct desk_step *s, struct desk_command *c,
                              uint32_t *field)
{
	uint64_t missing, extra;

	draw(m, s, c);
	missing = s->needed & ~c->given;
	extra = c->given & ~(s->needed | s->allowed);
	*field = 0;
	if (s->flags & (DESK_INTERNAL | DESK_BY_TIMER))
		return DESK_REFUSED_INTERNAL;
	if (!desk_may(s, c->roles))
		return DESK_REFUSED_ROLE;
	if ((missing | extra) == 0)
		return DESK_OK;
	*field = (uint32_t)__builtin_ctzll(missing != 0 ? missing : extra);
	CHECK(*field < m->n_fields);
	return missing != 0 ? DESK_REFUSED_FIELD_MISSING : DESK_REFUSED_FIELD_EXTRA;
}

/* What two people do is no key's doing once there are people: see desk_person_must. */
static enum err look_at_key(struct request *r, const struct desk_asker *a, const struct desk_step *s,
                            enum desk_refusal *no)
{
	bool must = false;
	enum err e = ERR_OK;

	if (s->flags & (DESK_PROPOSES | DESK_FOUR_EYES))
		e = desk_person_must(r, a, s->roles, 0, &must);
	*no = must ? DESK_REFUSED_LOG_IN : DESK_OK;
	return e;
}

/* The step that makes an object: the one named, or the only one that the roles have. 0: why is set. */
static uint32_t making_step(const struct desk_machine *m, uint32_t roles, struct text name, enum desk_refusal *no)
{
	uint32_t only = 0, n = 0, any = 0, named = name.n > 0 ? desk_step_find(m, name) : 0;

	*no = DESK_REFUSED_STEP;
	if (name.n > 0)
		return named != 0 && (m->step[named].from & 1) ? named : 0;
	for (uint32_t i = 1; i < m->n_steps; i++) {
		const struct desk_step *s = &m->step[i];

		if (s->name == NULL || (s->from & 1) == 0 || (s->flags & (DESK_INTERNAL | DESK_BY_TIMER)))
			continue;
		any++;
		if (desk_may(s, roles)) {
			only = i;
			n++;
		}
	}
	*no = any > 0 && n == 0 ? DESK_REFUSED_ROLE : DESK_REFUSED_STEP;
	return n == 1 ? only : 0;
}

/* A key counts for one address: with another one it is another key, and so it never stands for an event or for what was done to another object. */
static void key_of(const struct request *r, uint64_t line, struct desk_order *o)
{
	char joined[sizeof(r->key) + sizeof(r->url)];
	size_t n = strlen(r->url);
	struct token t;

	memcpy(joined, r->key, sizeof(r->key));
	memcpy(joined + sizeof(r->key), r->url, n);
	t = hash_token(r->h->o.key, NAME_SPACE_DESK, text_of(joined, sizeof(r->key) + n));
	_Static_assert(sizeof(t) == sizeof(o->key), "a token is a key");
	o->keyed = r->keyed;
	memcpy(o->key, &t, sizeof(o->key));
	for (size_t i = 0; i < 8; i++)
		o->key[8 + i] ^= (unsigned char)(line >> 8 * i);
}

/* Whether the command is not in the journal's history of anything: refused, or there before with other texts. */
static bool came_to_nothing(const struct desk_order *o)
{
	return o->outcome.refusal != DESK_OK || o->repeated;
}

/* Journals and awaits. False: the answer is set. */
static bool carry_out(struct request *r, struct desk_reading *d, struct desk_order *o, uint32_t n)
{
	enum err e = desk_reading_keep(d);

	if (e != ERR_OK) {
		answer_problem(r, 503, "desk", "Texts and identifiers can't be kept now", err_name(e));
		return false;
	}
	e = desk_gate_do(r->h->o.gate, r->slot, o, n);
	if (e == ERR_OK)
		return true;
	if (e == ERR_CAP)
		answer_problem(r, 503, "overload", "The queue is full", "nothing of this was taken; try again after a second");
	else
		answer_problem(r, 503, "journal", "The service stops, or the journal can't be written",
		               "whether the command was taken is not known; send it again with the same Idempotency-Key");
	return false;
}

static void answer_outcome(struct request *r, const struct desk_asker *a, const struct desk_machine *m,
                           const struct desk_order *order, unsigned status)
{
	const struct desk_outcome *o = &order->outcome;
	struct desk_shower s = desk_shower(r, a);
	struct desk_object object;
	enum err e;

	if (o->refusal != DESK_OK) {
		desk_answer_refusal(r, o->refusal, m, o->field, NULL);
		return;
	}
	e = registry_load(r->h->o.registry, o->object, &object);
	if (e != ERR_OK) {
		desk_answer_store(r, e);
		return;
	}
	buf_printf(&r->out, "{\"position\":%" PRIu64 ",\"repeated\":%s,\"object\":", order->position,
	           order->repeated ? "true" : "false");
	if (desk_reaches(a, &object)) {
		desk_put_object(&r->out, &s, &object, true);
		r->etag = object.version;
	} else { /* the step gave it to somebody else */
		buf_z(&r->out, "null");
	}
	buf_z(&r->out, "}\n");
	r->status = status;
}

static void take_one(struct request *r, const struct desk_asker *a, const struct desk_machine *m, uint32_t step,
                     uint64_t object, uint32_t version, const json_t *fields)
{
	struct desk_order *o = mem_alloc(sizeof(*o));
	struct desk_reading d;
	enum desk_refusal no;
	uint32_t field;
	enum err e;

	if (o == NULL) {
		answer_problem(r, 503, "memory", "Out of memory", "try again");
		return;
	}
	desk_reading_init(&d, r);
	begin_command(&o->command, a, m, step, object);
	o->command.version = version;
	key_of(r, 0, o);
	if (!desk_may(&m->step[step], a->roles)) {
		desk_answer_refusal(r, DESK_REFUSED_ROLE, m, 0, NULL);
	} else if ((e = look_at_key(r, a, &m->step[step], &no)) != ERR_OK) {
		desk_answer_store(r, e);
	} else if (no != DESK_OK) {
		desk_answer_refusal(r, no, m, 0, NULL);
	} else if (!desk_read_fields(&d, fields, object == 0 ? "step" : NULL, &o->command)) {
		desk_answer_refusal(r, d.no, m, d.field, d.why);
	} else if ((no = look(m, &m->step[step], &o->command, &field)) != DESK_OK) {
		desk_answer_refusal(r, no, m, field, NULL);
	} else if (carry_out(r, &d, o, 1)) {
		if (came_to_nothing(o))
			desk_reading_forget(&d, 0, d.n_texts);
		answer_outcome(r, a, m, o, object == 0 ? 201 : 200);
	}
	desk_reading_release(&d);
	mem_free(o);
}

static struct text text_in(const json_t *j)
{
	return text_of(json_is_string(j) ? json_string_value(j) : "", json_string_length(j));
}

/* An empty body is one without fields. */
static json_t *fields_in(struct request *r)
{
	return text_trim(buf_view(&r->body)).n == 0 ? json_object() : request_json(r);
}

void desk_run_make(struct request *r)
{
	const struct desk_machine *m = desk_asked_machine(r);
	struct desk_asker a;
	enum desk_refusal no;
	uint32_t step;
	json_t *body;

	if (!desk_asker(r, &a))
		return;
	body = fields_in(r);
	if (body == NULL)
		return;
	step = making_step(m, a.roles, text_in(json_object_get(body, "step")), &no);
	if (step == 0 && no == DESK_REFUSED_STEP)
		answer_problem(r, 422, "desk-no-such-step", "\"step\" names the step that makes the object",
		               "GET /v1/desk/machines lists them");
	else if (step == 0)
		desk_answer_refusal(r, no, m, 0, NULL);
	else
		take_one(r, &a, m, step, 0, 0, body);
	json_decref(body);
}

/* "7" with or without quotes, or *. False: the answer is set. */
static bool take_version(struct request *r, uint32_t *version)
{
	const char *z = request_header(r, "If-Match");
	struct text t = text_trim(text_z(z == NULL ? "" : z));
	int64_t v;

	*version = 0;
	if (z == NULL) {
		answer_problem(r, 428, "if-match", "Say which version of the object you have seen",
		               "If-Match: with the ETag of the object, or * for any");
		return false;
	}
	if (text_eq(t, TEXT("*")))
		return true;
	if (t.n > 2 && t.p[0] == '"' && t.p[t.n - 1] == '"')
		t = text_of(t.p + 1, t.n - 2);
	if (text_to_int(t, &v) != ERR_OK || v < 1 || v > UINT32_MAX) {
		answer_problem(r, 400, "if-match", "If-Match is not usable", "it has the ETag of the object, or *");
		return false;
	}
	*version = (uint32_t)v;
	return true;
}

void desk_run_step(struct request *r)
{
	const struct desk_machine *m = desk_asked_machine(r);
	uint32_t step = desk_step_find(m, r->arg[2]); /* the route found it */
	struct desk_asker a;
	struct desk_object o;
	uint32_t version;
	json_t *body;

	if (!desk_asker(r, &a))
		return;
	if (!desk_may(&m->step[step], a.roles)) {
		desk_answer_refusal(r, DESK_REFUSED_ROLE, m, 0, NULL);
		return;
	}
	if (!desk_asked_object(r, &a, m, r->arg[1], &o) || !take_version(r, &version))
		return;
	body = fields_in(r);
	if (body == NULL)
		return;
	take_one(r, &a, m, step, o.id, version, body);
	json_decref(body);
}

/* ---- a batch ---- */

struct line {
	uint64_t number;
	json_t *json;
	const struct desk_machine *m;
	struct desk_order *order;      /* NULL: refused before it was journaled */
	uint32_t texts_from, texts_to; /* of the reading */
	enum desk_refusal no;
	uint32_t field;
	const char *why; /* also of what is no command at all, with no = DESK_OK */
};

struct batch {
	struct request *r;
	struct desk_asker asker;
	struct line line[DESK_GATE_MAX];
	struct desk_order order[DESK_GATE_MAX];
	uint32_t n, n_orders;
	uint64_t accepted, refused, wrong;
};

static void line_wrong(struct line *l, const char *why)
{
	l->why = why;
}

/* kind and step that make, or object and step. False: it is told. */
static bool read_target(struct batch *b, struct line *l, uint32_t *step, uint64_t *object)
{
	struct text id = text_in(json_object_get(l->json, "object")), name = text_in(json_object_get(l->json, "step"));
	uint32_t kind = desk_kind_find(text_in(json_object_get(l->json, "kind")));

	*object = 0;
	if (id.n > 0 && desk_id_parse(id, &kind, object) != ERR_OK)
		kind = 0;
	l->m = desk_machine(kind);
	if (l->m == NULL) {
		line_wrong(l, "\"object\" is an id, or \"kind\" the name of a kind");
		return false;
	}
	*step = *object == 0 ? making_step(l->m, b->asker.roles, name, &l->no) : desk_step_find(l->m, name);
	if (*step == 0 && *object != 0)
		l->no = DESK_REFUSED_STEP;
	if (*step != 0)
		l->no = DESK_OK;
	return *step != 0;
}

static bool reach_target(struct batch *b, struct line *l, uint64_t object)
{
	struct desk_object o;
	enum err e = object == 0 ? ERR_OK : registry_load(b->r->h->o.registry, object, &o);

	if (e == ERR_OK && (object == 0 || (o.kind == l->m->kind && desk_reaches(&b->asker, &o))))
		return true;
	l->no = DESK_REFUSED_ABSENT;
	return false;
}

static void read_line(struct batch *b, struct desk_reading *d, struct line *l, struct text t)
{
	struct desk_order *o = &b->order[b->n_orders];
	const json_t *fields, *version;
	uint32_t step, names = d->n_names, texts = d->n_texts;
	uint64_t object;
	enum desk_refusal no;

	l->json = t.n > LINE_BYTES_MAX ? NULL : json_loadb(t.p, t.n, JSON_REJECT_DUPLICATES, NULL);
	fields = json_object_get(l->json, "fields");
	version = json_object_get(l->json, "version");
	if (!json_is_object(l->json) || (fields != NULL && !json_is_object(fields)) ||
	    (version != NULL &&
	     (!json_is_integer(version) || json_integer_value(version) < 0 || json_integer_value(version) > UINT32_MAX))) {
		line_wrong(l, "a line is a JSON object with step, object or kind, version and fields");
		return;
	}
	if (!read_target(b, l, &step, &object) || !reach_target(b, l, object))
		return;
	memset(o, 0, sizeof(*o));
	begin_command(&o->command, &b->asker, l->m, step, object);
	o->command.version = (uint32_t)json_integer_value(version);
	key_of(b->r, l->number, o);
	no = DESK_REFUSED_ROLE;
	if (desk_may(&l->m->step[step], b->asker.roles) && look_at_key(b->r, &b->asker, &l->m->step[step], &no) != ERR_OK) {
		line_wrong(l, "the desk's registry can't be read now; try again");
		return;
	}
	if (no == DESK_OK && fields != NULL && !desk_read_fields(d, fields, NULL, &o->command)) {
		no = d->no;
		l->field = d->field;
		l->why = d->why;
	}
	if (no == DESK_OK)
		no = look(l->m, &l->m->step[step], &o->command, &l->field);
	l->no = no;
	if (no == DESK_OK) {
		l->order = o;
		l->texts_from = texts;
		l->texts_to = d->n_texts;
		b->n_orders++;
	} else {
		d->n_names = names;
		d->n_texts = texts;
	}
}

static void put_line(struct batch *b, const struct line *l)
{
	const struct desk_outcome *o = l->order == NULL ? NULL : &l->order->outcome;
	struct buf *out = &b->r->out;
	enum desk_refusal no = o == NULL ? l->no : o->refusal;

	buf_printf(out, "{\"line\":%" PRIu64, l->number);
	if (o == NULL && no == DESK_OK) {
		buf_z(out, ",\"wrong\":");
		buf_json(out, text_z(l->why));
		b->wrong++;
	} else if (no != DESK_OK) {
		buf_char(out, ',');
		desk_put_refusal(out, no, l->m, o == NULL ? l->field : o->field, o == NULL ? l->why : NULL);
		b->refused++;
	} else {
		buf_z(out, ",\"object\":");
		desk_put_id(out, l->m->kind, o->object);
		buf_printf(out, ",\"version\":%" PRIu32 ",\"state\":\"%s\"", o->version, l->m->state[o->state].name);
		b->accepted++;
	}
	if (o != NULL)
		buf_printf(out, ",\"position\":%" PRIu64 ",\"repeated\":%s", l->order->position,
		           l->order->repeated ? "true" : "false");
	buf_z(out, "}\n");
}

static void forget_lines(struct batch *b)
{
	for (uint32_t i = 0; i < b->n; i++)
		json_decref(b->line[i].json);
	memset(b->line, 0, b->n * sizeof(b->line[0]));
	b->n = b->n_orders = 0;
}

/* Up to DESK_GATE_MAX lines together. False: they could not be carried out; the answer is set, or, behind others, its last line says so. */
static bool do_lines(struct batch *b, uint64_t *number, size_t *at)
{
	struct request *r = b->r;
	struct desk_reading d;
	bool ok = true;

	desk_reading_init(&d, r);
	while (b->n < DESK_GATE_MAX && *at < r->body.n) {
		const char *p = r->body.p + *at, *nl = memchr(p, '\n', r->body.n - *at);
		size_t n = nl == NULL ? r->body.n - *at : (size_t)(nl - p);
		struct text t = text_trim(text_of(p, n));

		*at += n + (nl != NULL);
		++*number;
		if (t.n == 0)
			continue;
		b->line[b->n].number = *number;
		read_line(b, &d, &b->line[b->n], t);
		b->n++;
	}
	if (b->n_orders > 0) {
		struct buf before = r->out;

		buf_init(&r->out, ANSWER_BYTES_MAX);
		ok = carry_out(r, &d, b->order, b->n_orders);
		buf_release(&r->out);
		r->out = before;
	}
	for (uint32_t i = 0; ok && i < b->n; i++) {
		const struct line *l = &b->line[i];

		if (l->order != NULL && came_to_nothing(l->order))
			desk_reading_forget(&d, l->texts_from, l->texts_to);
		put_line(b, l);
	}
	desk_reading_release(&d);
	forget_lines(b);
	return ok;
}

/* A line for each line, and one more that counts them. What came of the lines before a failure is told all the same. */
void desk_run_commands(struct request *r)
{
	struct batch *b = mem_alloc(sizeof(*b));
	uint64_t number = 0;
	size_t at = 0;
	bool ok = true;

	if (b == NULL) {
		answer_problem(r, 503, "memory", "Out of memory", "try again");
		return;
	}
	b->r = r;
	if (desk_asker(r, &b->asker)) {
		while (ok && at < r->body.n)
			ok = do_lines(b, &number, &at);
		buf_printf(&r->out,
		           "{\"complete\":%s,\"lines\":%" PRIu64 ",\"accepted\":%" PRIu64 ",\"refused\":%" PRIu64
		           ",\"wrong\":%" PRIu64 "}\n",
		           ok ? "true" : "false", number, b->accepted, b->refused, b->wrong);
		r->status = ok ? 200 : 503;
		r->type = "application/x-ndjson";
	}
	mem_free(b);
}
