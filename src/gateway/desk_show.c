/* desk_show.c - see desk_show.h: objects and history as JSON, by the tables: fields by name, choices and states with their Chinese names, times of Asia/Shanghai, money in yuan.
 *
 * Nobody is named: an entity is its token and its masked form, which is made anew from the dictionary's entry; a sealed text is told to be there. */
#include <inttypes.h>
#include "desk/script.h"
#include "gateway/desk_show.h"
#include "gateway/desk_notice.h"
#include "show/event_json.h"

const char *const desk_entity_names[DESK_ENTITY_KINDS] = { "none", "person", "phone",  "account", "device", "cell",
	                                                       "net",  "number", "outlet", "agent",   "object" };
const char *const desk_type_names[] = { "none",   "integer", "money", "time", "duration", "choice",   "entity",
	                                    "object", "sealed",  "text",  "file", "code",     "positions" };

bool desk_reaches(const struct desk_asker *a, const struct desk_object *o)
{
	return (desk_machine(o->kind)->shared >> o->state & 1) ||
	       desk_in_scope(a->roles, o, a->user, a->organisation, a->district);
}

bool desk_allows(const struct desk_asker *a, const struct desk_step *s, const struct desk_object *o)
{
	return s->name != NULL && (s->flags & DESK_NO_PATH) == 0 && (s->from >> o->state & 1) && desk_may(s, a->roles) &&
	       desk_step_reaches(s, a->roles, o, a->user, a->organisation, a->district) &&
	       !((s->flags & DESK_FOUR_EYES) && o->proposer == a->user);
}

uint8_t desk_entity_kind(const struct schema *s, uint8_t kind)
{
	int k = schema_entity_find(s, text_z(desk_entity_names[kind]));

	return k < 0 ? (uint8_t)(DESK_OWN_KINDS + kind) : (uint8_t)k;
}

enum ident_form desk_entity_form(uint8_t kind)
{
	return schema_form(text_z(desk_entity_names[kind]));
}

uint32_t desk_entity_find(struct text name)
{
	for (uint32_t k = 1; k < DESK_ENTITY_KINDS; k++)
		if (text_eq(name, text_z(desk_entity_names[k])))
			return k;
	return 0;
}

static void put_zh(struct buf *b, const char *name, const char *zh)
{
	buf_printf(b, "{\"name\":\"%s\",\"zh\":", name);
	buf_json(b, text_z(zh));
}

void desk_put_id(struct buf *b, uint32_t kind, uint64_t id)
{
	if (id == 0) {
		buf_z(b, "null");
		return;
	}
	buf_char(b, '"');
	desk_id_print(b, kind, id);
	buf_char(b, '"');
}

void desk_put_user(struct buf *b, uint64_t user)
{
	if (user == 0 || user >= DESK_USER_FIRST)
		desk_put_id(b, DESK_USER, user);
	else if (user > DESK_USER_KEYS_MAX)
		buf_z(b, user == DESK_USER_PUBLIC ? "\"public\"" : "\"outbox\"");
	else
		buf_printf(b, "\"key-%" PRIu64 "\"", user);
}

void desk_put_actor(struct buf *b, uint64_t user)
{
	if (user == 0)
		buf_z(b, "\"system\"");
	else
		desk_put_user(b, user);
}

void desk_put_time(struct buf *b, int64_t us)
{
	if (us == 0)
		buf_z(b, "null");
	else
		event_json_time(b, us);
}

void desk_put_roles(struct buf *b, uint32_t roles)
{
	const char *comma = "";

	buf_char(b, '[');
	for (uint32_t i = 0; i < DESK_ROLES; i++)
		if (roles >> i & 1) {
			buf_printf(b, "%s\"%s\"", comma, desk_roles[i].name);
			comma = ",";
		}
	buf_char(b, ']');
}

/* ---- values ---- */

/* ERR_ABSENT: nothing is known of it, or not any more. */
static enum err masked(const struct desk_shower *s, struct desk_entity of, struct ident *id)
{
	char plain[DICTIONARY_PLAIN_MAX], scratch[EVENT_IDENT_MAX];
	const char *why;
	uint8_t kind;
	size_t n;
	enum err e;

	if (s->dictionary == NULL)
		return ERR_ABSENT;
	kind = desk_entity_kind(s->schema, of.kind);
	e = dictionary_reveal(s->dictionary, of.token, kind, plain, &n);
	if (e == ERR_OK)
		e = ident_make(s->key, desk_entity_form(of.kind), kind, IDENT_STRICT, text_of(plain, n), scratch, id, &why);
	explicit_bzero(plain, sizeof(plain));
	explicit_bzero(scratch, sizeof(scratch));
	return e == ERR_FORMAT ? ERR_ABSENT : e; /* as it was written, it could not be so under the rules of today */
}

/* An id without its kind: what kind it is of stands in the registry. */
static void put_object(struct buf *b, const struct desk_shower *s, uint32_t kind, uint64_t id)
{
	struct desk_object o;

	if (kind == 0 && registry_load(s->registry, id, &o) == ERR_OK)
		kind = o.kind;
	desk_put_id(b, kind, kind == 0 ? 0 : id);
}

void desk_put_entity(struct buf *b, const struct desk_shower *s, struct desk_entity e)
{
	char hex[TOKEN_HEX + 1];
	struct ident id;
	enum err err;

	if (e.kind == DESK_ENTITY_NONE) {
		buf_z(b, "null");
	} else if (e.kind == DESK_NUMBER) {
		buf_printf(b, "{\"kind\":\"number\",\"number\":%" PRIu64 "}", e.token.w[1]);
	} else if (e.kind == DESK_THING) {
		buf_z(b, "{\"kind\":\"object\",\"id\":");
		put_object(b, s, 0, e.token.w[1]);
		buf_char(b, '}');
	} else {
		token_show(e.token, hex);
		buf_printf(b, "{\"kind\":\"%s\",\"token\":\"%s\",\"shown\":", desk_entity_names[e.kind], hex);
		err = masked(s, e, &id);
		if (err == ERR_OK)
			buf_json(b, text_z(id.shown));
		else if (err == ERR_ABSENT)
			buf_z(b, "null");
		else
			b->err = err; /* null would say that nothing is known */
		buf_char(b, '}');
	}
}

/* An open text as it is; null: it can't be read, or not here. */
static void put_text(struct buf *b, const struct desk_shower *s, const unsigned char ref[DESK_REF_BYTES])
{
	struct buf text;

	buf_init(&text, TEXT_BYTES_MAX);
	if (s->texts != NULL && texts_read(s->texts, ref, &text) == ERR_OK && text.err == ERR_OK)
		buf_json(b, buf_view(&text));
	else
		buf_z(b, "null");
	buf_release(&text);
}

static void put_file(struct buf *b, const unsigned char ref[DESK_REF_BYTES])
{
	char hex[TOKEN_HEX + 1];
	struct token t;

	memcpy(&t, ref, sizeof(t));
	token_show(t, hex);
	buf_printf(b, "{\"file\":\"%s\"}", hex);
}

static void put_positions(struct buf *b, const struct desk_positions *p)
{
	buf_char(b, '[');
	for (uint64_t i = 0; i < p->n; i++)
		buf_printf(b, "%s%" PRIu64, i > 0 ? "," : "", p->p[i]);
	buf_char(b, ']');
}

void desk_put_value(struct buf *b, const struct desk_shower *s, const struct desk_field *f, const union desk_value *v)
{
	switch (f->type) {
	case DESK_NO_TYPE: buf_z(b, "null"); break;
	case DESK_INTEGER:
		if (f->user == DESK_OR_SYSTEM)
			desk_put_actor(b, (uint64_t)v->i);
		else if (f->user == DESK_OR_NOBODY)
			desk_put_user(b, (uint64_t)v->i);
		else
			buf_int(b, v->i);
		break;
	case DESK_MONEY: event_json_yuan(b, v->i); break;
	case DESK_TIME: event_json_time(b, v->i); break;
	case DESK_DURATION: event_json_seconds(b, v->i); break;
	case DESK_CHOICE:
		put_zh(b, f->choices->choice[v->i].name, f->choices->choice[v->i].zh);
		buf_char(b, '}');
		break;
	case DESK_ENTITY: desk_put_entity(b, s, (struct desk_entity){ f->entity, v->token }); break;
	case DESK_OBJECT: put_object(b, s, f->entity, v->id); break;
	case DESK_REF: buf_z(b, "{\"sealed\":true}"); break;
	case DESK_TEXT: put_text(b, s, v->ref); break;
	case DESK_FILE:
		if (f->guarded) /* who reads it says why; so its id is nobody's business */
			buf_z(b, "{\"sealed\":true}");
		else
			put_file(b, v->ref);
		break;
	case DESK_CODE: buf_json(b, text_of(v->code.p, v->code.n)); break;
	case DESK_POSITIONS: put_positions(b, &v->positions); break;
	}
}

/* ---- objects ---- */

static void put_field_names(struct buf *b, const char *name, const struct desk_machine *m, uint64_t fields)
{
	const char *comma = "";

	buf_printf(b, ",\"%s\":[", name);
	for (uint32_t f = 1; f < m->n_fields; f++)
		if ((fields >> f & 1) && desk_field_given(&m->field[f])) {
			buf_printf(b, "%s\"%s\"", comma, m->field[f].name);
			comma = ",";
		}
	buf_char(b, ']');
}

static void put_steps(struct buf *b, const struct desk_shower *s, const struct desk_machine *m,
                      const struct desk_object *o)
{
	const char *comma = "";

	buf_z(b, ",\"steps\":[");
	for (uint32_t i = 1; i < m->n_steps; i++) {
		const struct desk_step *t = &m->step[i];

		if (!desk_allows(s->asker, t, o))
			continue;
		buf_z(b, comma);
		put_zh(b, t->name, t->zh);
		put_field_names(b, "needs", m, t->needed);
		put_field_names(b, "takes", m, t->allowed);
		buf_char(b, '}');
		comma = ",";
	}
	buf_char(b, ']');
}

/* Which script to read: of kinds that have a type of scam. */
static void put_script(struct buf *b, const struct desk_object *o)
{
	uint32_t scam = script_of(o);

	if (scam < DESK_SCAMS)
		buf_printf(b, ",\"script\":\"%s\"", script_name(scam));
}

static void put_due(struct buf *b, const struct desk_machine *m, const struct desk_object *o)
{
	const char *comma = "";

	buf_z(b, ",\"due\":[");
	for (uint32_t t = 0; t < m->n_timers; t++)
		if (o->due_us[t] != 0) {
			buf_z(b, comma);
			put_zh(b, m->timer[t].name, m->timer[t].zh);
			buf_z(b, ",\"at\":");
			event_json_time(b, o->due_us[t]);
			buf_char(b, '}');
			comma = ",";
		}
	buf_char(b, ']');
}

static void put_head(struct buf *b, const struct desk_shower *s, const struct desk_machine *m,
                     const struct desk_object *o)
{
	buf_z(b, "\"id\":");
	desk_put_id(b, o->kind, o->id);
	buf_printf(b, ",\"kind\":\"%s\",\"kind_zh\":", m->name);
	buf_json(b, text_z(m->zh));
	buf_z(b, ",\"state\":");
	put_zh(b, m->state[o->state].name, m->state[o->state].zh);
	buf_printf(b, ",\"final\":%s},\"version\":%" PRIu32, m->state[o->state].final ? "true" : "false", o->version);
	buf_printf(b, ",\"grade\":%u,\"organisation\":%u,\"district\":%u,\"subject\":", o->grade, o->organisation,
	           o->district);
	desk_put_entity(b, s, o->subject);
	buf_z(b, ",\"also\":");
	desk_put_entity(b, s, o->also);
	buf_z(b, ",\"made\":");
	desk_put_time(b, o->made_us);
	buf_z(b, ",\"changed\":");
	desk_put_time(b, o->changed_us);
	buf_z(b, ",\"made_by\":");
	desk_put_user(b, o->made_by);
	buf_z(b, ",\"proposer\":");
	desk_put_user(b, o->proposer);
	buf_z(b, ",\"approver\":");
	desk_put_user(b, o->approver);
}

void desk_put_object(struct buf *b, const struct desk_shower *s, const struct desk_object *o, bool steps)
{
	const struct desk_machine *m = desk_machine(o->kind);
	const char *comma = "";

	buf_char(b, '{');
	put_head(b, s, m, o);
	put_due(b, m, o);
	buf_z(b, ",\"fields\":{");
	for (uint32_t f = 1; f < m->n_fields; f++)
		if (desk_has(o, f) && !m->field[f].drawn) {
			buf_printf(b, "%s\"%s\":", comma, m->field[f].name);
			desk_put_value(b, s, &m->field[f], &o->value[f]);
			comma = ",";
		}
	buf_char(b, '}');
	if (s->delivery != NULL)
		desk_put_notice(b, s->delivery, o, s->now_us);
	if (steps && s->asker != NULL) {
		put_steps(b, s, m, o);
		put_script(b, o);
	}
	buf_char(b, '}');
}

void desk_put_row(struct buf *b, const struct desk_machine *m, const struct registry_row *row)
{
	const struct desk_trace *t = &row->trace;

	buf_printf(b, "{\"version\":%" PRIu32 ",\"position\":%" PRIu64 ",\"time\":", row->version, t->position);
	desk_put_time(b, t->time_us);
	buf_z(b, ",\"step\":");
	put_zh(b, m->step[t->step].name, m->step[t->step].zh);
	buf_z(b, "},\"before\":");
	buf_json(b, text_z(t->before == 0 ? "" : m->state[t->before].name));
	buf_z(b, ",\"state\":");
	put_zh(b, m->state[row->state].name, m->state[row->state].zh);
	buf_z(b, "},\"user\":");
	desk_put_actor(b, t->user);
	buf_z(b, ",\"roles\":");
	desk_put_roles(b, t->roles);
	buf_printf(b, ",\"organisation\":%u}", t->organisation);
}
