/* command_json.c - see command_json.h. */
#include "show/command_json.h"
#include <inttypes.h>
#include "base/mem.h"
#include "desk/command.h"
#include "desk/desk.h"
#include "show/event_json.h"

static const char *const entity_name[DESK_ENTITY_KINDS] = { "none", "person", "phone",  "account", "device", "cell",
	                                                        "net",  "number", "outlet", "agent",   "object" };

static void put_token(struct buf *b, uint32_t kind, struct token t)
{
	char hex[TOKEN_HEX + 1];

	token_show(t, hex);
	buf_printf(b, "{\"kind\":\"%s\",\"token\":\"%s\"}", entity_name[kind], hex);
}

static void put_ref(struct buf *b, const unsigned char *ref)
{
	buf_z(b, "{\"text\":\"");
	for (uint32_t i = 0; i < DESK_REF_BYTES; i++)
		buf_printf(b, "%02x", ref[i]);
	buf_z(b, "\"}");
}

/* An object of a kind by its letter; of any kind by its number. */
static void put_object(struct buf *b, uint32_t kind, uint64_t id)
{
	buf_char(b, '"');
	if (desk_machine(kind) != NULL)
		desk_id_print(b, kind, id);
	else
		buf_printf(b, "%" PRIu64, id);
	buf_char(b, '"');
}

static void put_positions(struct buf *b, const struct desk_positions *p)
{
	buf_char(b, '[');
	for (uint64_t i = 0; i < p->n; i++)
		buf_printf(b, "%s%" PRIu64, i > 0 ? "," : "", p->p[i]);
	buf_char(b, ']');
}

static void put_value(struct buf *b, const struct desk_field *f, const union desk_value *v)
{
	switch (f->type) {
	case DESK_MONEY: event_json_yuan(b, v->i); break;
	case DESK_TIME: event_json_time(b, v->i); break;
	case DESK_DURATION: event_json_seconds(b, v->i); break;
	case DESK_CHOICE: buf_json(b, text_z(f->choices->choice[v->i].name)); break;
	case DESK_ENTITY: put_token(b, f->entity, v->token); break;
	case DESK_OBJECT: put_object(b, f->entity, v->id); break;
	case DESK_REF:
	case DESK_TEXT:
	case DESK_FILE: put_ref(b, v->ref); break;
	case DESK_CODE: buf_json(b, text_of(v->code.p, v->code.n)); break;
	case DESK_POSITIONS: put_positions(b, &v->positions); break;
	case DESK_INTEGER:
	case DESK_NO_TYPE: buf_int(b, v->i); break;
	}
}

static void put_roles(struct buf *b, uint32_t roles)
{
	bool first = true;

	buf_z(b, ",\"roles\":[");
	for (uint32_t i = 0; i < DESK_ROLES; i++) {
		if ((roles >> i & 1) == 0)
			continue;
		buf_z(b, first ? "" : ",");
		buf_json(b, text_z(desk_roles[i].name));
		first = false;
	}
	buf_char(b, ']');
}

static void put_fields(struct buf *b, const struct desk_machine *m, const struct desk_command *c)
{
	bool first = true;

	buf_z(b, ",\"fields\":{");
	for (uint32_t i = 1; i < m->n_fields; i++) {
		if ((c->given >> i & 1) == 0)
			continue;
		buf_z(b, first ? "" : ",");
		buf_json(b, text_z(m->field[i].name));
		buf_char(b, ':');
		put_value(b, &m->field[i], &c->value[i]);
		first = false;
	}
	buf_char(b, '}');
}

enum err command_json(struct buf *b, struct text payload)
{
	struct desk_command *c = mem_alloc(sizeof(*c));
	const struct desk_machine *m;
	enum err e = c == NULL ? ERR_MEMORY : desk_command_take(payload, c, NULL);

	if (e == ERR_OK) {
		m = desk_machine(c->kind);
		buf_printf(b, "{\"kind\":\"%s\",\"step\":\"%s\"", m->name, m->step[c->step].name);
		if (c->object != 0) {
			buf_z(b, ",\"object\":");
			put_object(b, c->kind, c->object);
			buf_printf(b, ",\"version\":%" PRIu32, c->version);
		}
		buf_z(b, ",\"user\":");
		put_object(b, c->user >= DESK_USER_FIRST ? DESK_USER : DESK_NONE, c->user);
		put_roles(b, c->roles);
		buf_printf(b, ",\"organisation\":%u,\"district\":%u", c->organisation, c->district);
		put_fields(b, m, c);
		buf_char(b, '}');
		e = b->err;
	}
	mem_free(c);
	return e;
}
