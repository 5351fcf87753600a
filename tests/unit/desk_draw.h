/* desk_draw.h - random commands that are well formed: values that their fields can hold, from small pools so that they meet; and random times. */
#ifndef DUANKA_TESTS_DESK_DRAW_H
#define DUANKA_TESTS_DESK_DRAW_H
#include "base/clock.h"
#include "base/rng.h"
#include "desk/desk.h"

static inline void draw_code(struct rng *r, struct desk_code *c)
{
	static const char letters[] = "abzAZ09_.-";

	do {
		memset(c, 0, sizeof(*c));
		c->n = (uint8_t)(1 + rng_below(r, rng_chance(r, 100000) ? DESK_CODE_MAX : 8));
		for (uint32_t i = 0; i < c->n; i++)
			c->p[i] = letters[rng_below(r, sizeof(letters) - 1)];
	} while (!desk_code_ok(text_of(c->p, c->n)));
}

/* wide: the whole range of the type; else values that make sense at the time now. */
static inline union desk_value draw_value(struct rng *r, const struct desk_field *f, int64_t now, bool wide)
{
	union desk_value v;

	memset(&v, 0, sizeof(v));
	switch (f->type) {
	case DESK_NO_TYPE: break;
	case DESK_INTEGER:
		v.i = rng_chance(r, 300000) ? rng_between(r, f->min, f->max)
		                            : rng_between(r, f->min, f->max - f->min > 4 ? f->min + 4 : f->max);
		break;
	case DESK_MONEY: v.i = rng_between(r, 0, MONEY_FEN_MAX); break;
	case DESK_TIME:
		v.i = wide ? rng_between(r, TIME_US_MIN, TIME_US_MAX) : now - (int64_t)rng_below(r, 4) * US_PER_HOUR;
		break;
	case DESK_DURATION: v.i = rng_between(r, 0, US_PER_DAY); break;
	case DESK_CHOICE:
		do
			v.i = rng_between(r, 1, f->choices->n - 1);
		while (!f->choices->choice[v.i].name);
		break;
	case DESK_ENTITY:
		v.token.w[0] = f->entity == DESK_NUMBER ? 0 : 0x9e3779b97f4a7c15u;
		v.token.w[1] = 1 + rng_below(r, wide ? UINT64_MAX - 1 : 3);
		break;
	case DESK_OBJECT: v.id = 1 + rng_below(r, wide ? UINT64_MAX - 1 : 100); break;
	case DESK_REF:
	case DESK_TEXT:
	case DESK_FILE: v.ref[rng_below(r, DESK_REF_BYTES)] = (unsigned char)(1 + rng_below(r, 255)); break;
	case DESK_CODE: draw_code(r, &v.code); break;
	case DESK_POSITIONS:
		v.positions.n = 1 + rng_below(r, DESK_POSITIONS_MAX);
		for (uint64_t i = 0; i < v.positions.n; i++)
			v.positions.p[i] = (i ? v.positions.p[i - 1] : 0) + 1 + rng_below(r, wide ? UINT64_MAX / 16 : 1000);
		break;
	}
	return v;
}

static inline uint32_t draw_kind(struct rng *r)
{
	uint32_t kind;

	do
		kind = 1 + (uint32_t)rng_below(r, DESK_KINDS - 1);
	while (!desk_machine(kind));
	return kind;
}

static inline uint32_t draw_step(struct rng *r, const struct desk_machine *m)
{
	uint32_t s;

	do
		s = 1 + (uint32_t)rng_below(r, m->n_steps - 1u);
	while (!m->step[s].name);
	return s;
}

static inline void draw_field(struct rng *r, struct desk_command *c, uint32_t field, int64_t now, bool wide)
{
	c->value[field] = draw_value(r, &desk_machine(c->kind)->field[field], now, wide);
	c->given |= (uint64_t)1 << field;
}

/* Mostly short, often exactly a limit or a microsecond beside it. */
static inline int64_t draw_time(struct rng *r)
{
	static const int64_t minutes[] = { 1, 10, 15, 60, 240, 1440, 2160, 2880, 4320, 10080, 43200, 129600 };
	uint32_t most = rng_chance(r, 50000) ? ARRAY_LEN(minutes) : rng_chance(r, 300000) ? 8 : 3;
	int64_t us = minutes[rng_below(r, most)] * US_PER_MINUTE;

	switch (rng_below(r, 6)) {
	case 0: return us;
	case 1: return us - 1;
	case 2: return us + 1;
	case 3: return rng_between(r, 0, us);
	default: return 0;
	}
}

/* One of the limits, or a microsecond beside it, or anything before it. */
static inline int64_t draw_near(struct rng *r, const int64_t *limit, uint32_t n)
{
	int64_t us = limit[rng_below(r, n)];

	switch (rng_below(r, 5)) {
	case 0: return us;
	case 1: return us - 1;
	case 2: return us + 1;
	default: return rng_between(r, 0, us);
	}
}

#endif
