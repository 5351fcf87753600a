/* event_json.c - see event_json.h. All numbers are exact: they are written digit by digit from whole fen and microseconds. */
#include "show/event_json.h"
#include <inttypes.h>
#include "base/clock.h"

/* v / 10^decimals; least: decimals that are written even if they are 0. */
static void decimal(struct buf *b, int64_t v, int decimals, int least)
{
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v, scale = 1;

	for (int i = 0; i < decimals; i++)
		scale *= 10;
	buf_printf(b, "%s%" PRIu64, v < 0 ? "-" : "", u / scale);
	u %= scale;
	for (int i = 0; i < decimals && (u > 0 || i < least); i++) {
		scale /= 10;
		if (i == 0)
			buf_char(b, '.');
		buf_char(b, (char)('0' + u / scale));
		u %= scale;
	}
}

void event_json_yuan(struct buf *b, int64_t fen)
{
	decimal(b, fen, 2, 2);
}

void event_json_seconds(struct buf *b, int64_t us)
{
	decimal(b, us, 6, 0);
}

void event_json_time(struct buf *b, int64_t us)
{
	buf_char(b, '"');
	clock_format(b, us, &clock_shanghai);
	buf_char(b, '"');
}

void event_json_entity(struct buf *b, struct text kind, const struct ident *id)
{
	buf_char(b, '{');
	if (kind.n > 0) {
		buf_z(b, "\"kind\":");
		buf_json(b, kind);
		buf_char(b, ',');
	}
	buf_printf(b, "\"token\":\"%016" PRIx64 "%016" PRIx64 "\",\"shown\":", id->token.w[0], id->token.w[1]);
	buf_json(b, text_of(id->shown, strnlen(id->shown, IDENT_SHOWN_BYTES)));
	buf_char(b, '}');
}

static bool shown(const struct event *e, const struct schema_event *t, uint32_t i, const struct event_sight *sight)
{
	return e->value[i] != VALUE_MISSING && (sight == NULL || sight->sees(sight->ctx, t, &t->field[i]));
}

static bool told_hidden(const struct event *e, uint32_t i, const struct event_sight *sight)
{
	return e->value[i] != VALUE_MISSING && sight != NULL && sight->tells;
}

static void put_value(struct buf *b, const struct schema *s, const struct event *e, const struct schema_field *f,
                      int64_t v)
{
	switch (f->type.dim) {
	case DIM_ENTITY: event_json_entity(b, s->entity[f->type.entity].name, &e->ident[f->slot]); break;
	case DIM_TEXT: buf_json(b, e->str[f->slot]); break;
	case DIM_MONEY: event_json_yuan(b, v); break;
	case DIM_DURATION: event_json_seconds(b, v); break;
	case DIM_TIME: event_json_time(b, v); break;
	case DIM_BOOL: buf_z(b, v != 0 ? "true" : "false"); break;
	case DIM_NUMBER: buf_int(b, v); break;
	}
}

void event_json_fields(struct buf *b, const struct schema *s, const struct event *e, const struct event_sight *sight)
{
	const struct schema_event *t = &s->event[e->type];
	bool first = true;

	buf_char(b, '{');
	for (uint32_t i = 0; i < t->n_fields; i++) {
		bool show = shown(e, t, i, sight);

		if (!show && !told_hidden(e, i, sight))
			continue;
		if (!first)
			buf_char(b, ',');
		first = false;
		buf_json(b, t->field[i].name);
		buf_char(b, ':');
		if (show)
			put_value(b, s, e, &t->field[i], e->value[i]);
		else
			buf_z(b, "{\"hidden\":true}");
	}
	buf_char(b, '}');
}

void event_json_roles(struct buf *b, const struct schema *s, const struct event *e, struct token token, uint8_t kind,
                      const struct event_sight *sight)
{
	const struct schema_event *t = &s->event[e->type];
	bool first = true;

	buf_char(b, '[');
	for (uint32_t i = 0; i < t->n_fields; i++) {
		const struct schema_field *f = &t->field[i];

		if (f->type.dim != DIM_ENTITY || (kind != 0xff && f->type.entity != kind) || !shown(e, t, i, sight) ||
		    !token_eq(e->ident[f->slot].token, token))
			continue;
		if (!first)
			buf_char(b, ',');
		first = false;
		buf_json(b, f->name);
	}
	buf_char(b, ']');
}
