/* http_desk_command.c - steps: one that makes an object, or one on an object; http_desk_batch.c has many at once.
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
	NAME_SPACE_DESK = 0x4445534b
};

/* ---- one command ---- */

/* What the step needs that no client gives. */
static void draw(const struct desk_machine *m, uint32_t step, struct desk_command *c)
{
	for (uint32_t f = 1; f < m->n_fields; f++)
		if ((m->step[step].needed >> f & 1) && m->field[f].drawn) {
			uint64_t x;

			randombytes_buf(&x, sizeof(x));
			desk_give_i(c, f, (int64_t)(x % ((uint64_t)m->field[f].max + 1)));
		}
}

void desk_begin_command(struct desk_command *c, const struct desk_asker *a, const struct desk_machine *m, uint32_t step,
                        uint64_t object)
{
	desk_command_init(c, (enum desk_kind)m->kind, step, object);
	c->user = a->user;
	c->roles = a->roles;
	c->organisation = a->organisation;
	c->district = a->district;
	draw(m, step, c);
}

enum desk_refusal desk_look(const struct desk_machine *m, const struct desk_step *s, const struct desk_command *c,
                            uint32_t *field)
{
	uint64_t missing = s->needed & ~c->given, extra = c->given & ~(s->needed | s->allowed);

	for (uint32_t f = 1; f < m->n_fields; f++)
		if (m->field[f].counted) /* nobody's omission: there was nothing to count, and the machine says why */
			missing &= ~((uint64_t)1 << f);
	*field = 0;
	if (s->flags & DESK_NO_PATH)
		return DESK_REFUSED_INTERNAL;
	if (!desk_may(s, c->roles))
		return DESK_REFUSED_ROLE;
	if ((missing | extra) == 0)
		return DESK_OK;
	*field = (uint32_t)__builtin_ctzll(missing != 0 ? missing : extra);
	CHECK(*field < m->n_fields);
	return missing != 0 ? DESK_REFUSED_FIELD_MISSING : DESK_REFUSED_FIELD_EXTRA;
}

enum err desk_look_at_key(struct request *r, const struct desk_asker *a, const struct desk_step *s,
                          enum desk_refusal *no)
{
	bool must = false;
	enum err e = ERR_OK;

	if (s->flags & (DESK_PROPOSES | DESK_FOUR_EYES | DESK_BY_PERSON))
		e = desk_person_must(r, a, s->roles, 0, &must);
	*no = must ? DESK_REFUSED_LOG_IN : DESK_OK;
	return e;
}

uint32_t desk_making_step(const struct desk_machine *m, uint32_t roles, struct text name, enum desk_refusal *no)
{
	uint32_t only = 0, n = 0, any = 0, named = name.n > 0 ? desk_step_find(m, name) : 0;

	*no = DESK_REFUSED_STEP;
	if (name.n > 0)
		return named != 0 && (m->step[named].from & 1) ? named : 0;
	for (uint32_t i = 1; i < m->n_steps; i++) {
		const struct desk_step *s = &m->step[i];

		if (s->name == NULL || (s->from & 1) == 0 || (s->flags & DESK_NO_PATH))
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
void desk_key_of(const struct request *r, uint64_t line, struct desk_order *o)
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

bool desk_came_to_nothing(const struct desk_order *o)
{
	return o->outcome.refusal != DESK_OK || o->repeated;
}

bool desk_carry_out(struct request *r, struct desk_reading *d, struct desk_order *o, uint32_t n)
{
	enum err e = desk_reading_keep(d);

	if (e != ERR_OK) {
		answer_problem(r, 503, "desk", "Texts and identifiers can't be kept now", err_name(e));
		return false;
	}
	desk_reading_claims(d, true);
	e = desk_gate_do(r->h->o.gate, r->slot, o, n);
	for (uint32_t i = 0; e == ERR_OK && i < n; i++)
		if (desk_came_to_nothing(&o[i]))
			desk_reading_refused(d, &o[i]);
	if (e == ERR_OK)
		return true;
	if (e == ERR_CAP)
		desk_reading_claims(d, false);
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
	e = desk_put_nobody(r, m, &m->step[order->command.step], &object);
	if (e != ERR_OK) {
		desk_answer_store(r, e);
		return;
	}
	buf_z(&r->out, "}\n");
	r->status = status;
}

static struct text text_in(const json_t *j)
{
	return text_of(json_is_string(j) ? json_string_value(j) : "", json_string_length(j));
}

/* A step that has an institution tell somebody's secrets: who wants to know, why, in which case and about whom is an act of the journal, whatever then comes of it. False: the answer is set. */
static bool journal_question(struct request *r, const struct desk_asker *a, const struct desk_machine *m,
                             const struct desk_command *c, const json_t *fields)
{
	struct text purpose = text_trim(text_in(json_object_get(fields, "purpose")));
	char hex[TOKEN_HEX + 1];
	struct buf act, tokens;
	const char *blank = "";
	uint64_t position;

	if (purpose.n > ACT_WHY_MAX || act_number_in(purpose)) {
		answer_problem(r, 422, "purpose", "The purpose can't stand in the journal 查询目的不得出现号码",
		               "at most 200 bytes, and at most six digits in a row");
		return false;
	}
	desk_act_begin(&act, m->name, r, a->user, purpose);
	act_text(&act, "case", text_in(json_object_get(fields, "case_no")));
	act_text(&act, "what", text_in(json_object_get(fields, "what")));
	buf_init(&tokens, 4096);
	for (uint32_t f = 1; f < m->n_fields; f++)
		if ((c->given >> f & 1) && m->field[f].type == DESK_ENTITY) {
			token_show(c->value[f].token, hex);
			buf_printf(&tokens, "%s%s:%s", blank, desk_entity_names[m->field[f].entity], hex);
			blank = " ";
		}
	act_text(&act, "tokens", buf_view(&tokens));
	buf_release(&tokens);
	return http_act(r, &act, NULL, NULL, &position);
}

static void take_one(struct request *r, const struct desk_asker *a, const struct desk_machine *m, uint32_t step,
                     uint64_t object, uint32_t version, const json_t *fields)
{
	struct desk_order *o = mem_alloc(sizeof(*o));
	struct desk_objection x;
	struct desk_reading d;
	enum desk_refusal no;
	uint32_t field;
	enum err e;

	if (o == NULL) {
		answer_problem(r, 503, "memory", "Out of memory", "try again");
		return;
	}
	desk_reading_init(&d, r);
	desk_begin_command(&o->command, a, m, step, object);
	o->command.version = version;
	desk_key_of(r, 0, o);
	if (!desk_may(&m->step[step], a->roles)) {
		desk_answer_refusal(r, DESK_REFUSED_ROLE, m, 0, NULL);
	} else if ((e = desk_look_at_key(r, a, &m->step[step], &no)) != ERR_OK) {
		desk_answer_store(r, e);
	} else if (no != DESK_OK) {
		desk_answer_refusal(r, no, m, 0, NULL);
	} else if (!desk_read_fields(&d, fields, object == 0 ? "step" : NULL, o)) {
		if (d.short_of_memory)
			answer_problem(r, 503, "memory", "Out of memory", "try again");
		else
			desk_answer_refusal(r, d.no, m, d.field, d.why);
	} else if ((no = desk_look(m, &m->step[step], &o->command, &field)) != DESK_OK) {
		desk_answer_refusal(r, no, m, field, NULL);
	} else if ((e = desk_look_at_files(r, &o->command, &x)) != ERR_OK) {
		desk_answer_store(r, e);
	} else if (x.no != DESK_OK) {
		desk_answer_refusal(r, x.no, m, x.field, x.why);
	} else if ((m->step[step].flags & DESK_ASKS) && !journal_question(r, a, m, &o->command, fields)) {
		; /* said why */
	} else if (desk_carry_out(r, &d, o, 1)) {
		if (desk_came_to_nothing(o))
			desk_reading_forget(&d, 0, d.n_texts);
		answer_outcome(r, a, m, o, object == 0 ? 201 : 200);
	}
	desk_reading_release(&d);
	mem_free(o);
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
	step = desk_making_step(m, a.roles, text_in(json_object_get(body, "step")), &no);
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
