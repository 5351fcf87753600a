/* draw_policy.c - what stands around expressions: lets, rules with their repetition, exemptions, features. */
#include <stdio.h>
#include "tests/oracle/oracle.h"
#include "base/mem.h"

enum {
	PHONE,
	ACCOUNT,
	PERSON
};

static void take(struct draw *d, struct oracle_case *c)
{
	c->decl[c->n_decls++] = (struct decl){ .text = mem_copy_text(d->text.p, d->text.n) };
	buf_clear(&d->text);
}

static struct type any_type(struct draw *d)
{
	struct type t = { .dim = (enum dim)draw_below(d, 7) };

	if (draw_chance(d, 40))
		t.dim = DIM_NUMBER;
	if (t.dim == DIM_ENTITY)
		t.entity = (uint8_t)draw_below(d, 4);
	if (t.dim <= DIM_DURATION)
		t.real = draw_chance(d, 30);
	return t;
}

static uint32_t context(struct draw *d, struct oracle_case *c)
{
	uint32_t e = d->busy              ? d->busy_event
	             : draw_chance(d, 85) ? (uint32_t)draw_below(d, 4)
	                                  : (uint32_t)draw_below(d, WORLD_EVENTS);

	(void)c;
	d->used[e] += 2;
	return e;
}

static void event_name(struct draw *d, uint32_t e)
{
	buf_text(&d->text, d->w->policy.schema.event[e].name);
}

static void let(struct draw *d, struct oracle_case *c)
{
	struct let_drawn l = { .context = context(d, c), .type = any_type(d) };
	uint32_t saved = d->deepest, level_max = d->level_max;

	d->deepest = 0;
	d->level_max = 0;
	buf_printf(&d->text, "let l%u = ", d->n_lets);
	draw_expr(d, l.context, l.type, 2);
	l.level = d->deepest;
	d->deepest = saved > d->deepest ? saved : d->deepest;
	d->level_max = level_max;
	buf_char(&d->text, '\n');
	take(d, c);
	d->let[d->n_lets++] = l;
}

static const struct path *about(struct draw *d, uint32_t e)
{
	return draw_path(d, e, (struct type){ .dim = DIM_ENTITY, .entity = (uint8_t)draw_below(d, 3) });
}

/* An exemption is mostly about what the last rule is about. */
struct subject {
	uint32_t event;
	const struct path *about;
};

static struct subject rule(struct draw *d, struct oracle_case *c, uint32_t i)
{
	static const char *const mode[] = { "", " live", " shadow" };
	uint32_t e = context(d, c), m = (uint32_t)draw_below(d, 3);
	struct subject s = { e, about(d, e) };

	d->seen[SEEN_RULE]++;
	d->seen[SEEN_SHADOW] += m == 2;
	buf_printf(&d->text, "rule r%u%s on ", i, mode[m]);
	event_name(d, e);
	buf_printf(&d->text, " about %s when ", s.about->text);
	draw_bool(d, e, 3);
	buf_printf(&d->text, " then alert blue, score %d", (int)draw_below(d, 60));
	if (draw_chance(d, 30)) {
		d->seen[SEEN_EVERY]++;
		buf_printf(&d->text, " every %ds", 1 + (int)draw_below(d, 20));
	}
	buf_z(&d->text, " because \"x\"\n");
	take(d, c);
	return s;
}

/* From rules that are there whatever a shrinking case leaves out: all. */
static void exempt(struct draw *d, struct oracle_case *c, const struct subject *s)
{
	bool same = draw_chance(d, 70);
	uint32_t e = same ? s->event : context(d, c);

	d->seen[SEEN_EXEMPT]++;
	buf_z(&d->text, "exempt x on ");
	event_name(d, e);
	buf_printf(&d->text, " about %s until %s when ", same ? s->about->text : about(d, e)->text,
	           draw_chance(d, 80) ? "2027-01-01" : "2026-03-02");
	draw_bool(d, e, 2);
	buf_z(&d->text, " from all\n");
	take(d, c);
}

static void feature(struct draw *d, struct oracle_case *c, uint32_t i)
{
	uint32_t e = context(d, c);
	struct type t = any_type(d);

	buf_printf(&d->text, "feature f%u on ", i);
	event_name(d, e);
	buf_z(&d->text, " = ");
	if (!draw_chance(d, d->busy ? 90 : 70) || !draw_agg(d, e, t, 1 + (int)draw_below(d, 4)))
		draw_expr(d, e, t, 1 + (int)draw_below(d, 5));
	if (t.dim == DIM_TEXT) /* a constant text is refused */
		buf_z(&d->text, draw_path(d, e, t) ? " else " : "");
	if (t.dim == DIM_TEXT && draw_path(d, e, t))
		buf_z(&d->text, draw_path(d, e, t)->text);
	buf_char(&d->text, '\n');
	take(d, c);
}

void draw_policy(struct draw *d, struct oracle_case *c)
{
	uint32_t how_deep = (uint32_t)draw_below(d, 10);
	uint32_t lets = (uint32_t)draw_below(d, 3), rules = (uint32_t)draw_below(d, 3);
	struct subject s = { 0 };

	c->n_decls = 0;
	d->n_lets = d->n_windows = d->deepest = d->level = 0;
	d->excluding = d->in_value = false;
	d->busy = draw_below(d, 1000) < 15;
	d->busy_event = (uint32_t)draw_below(d, 4);
	d->level_max = d->busy || how_deep < 4 ? 0 : how_deep < 9 ? 1 : 2;
	d->huge = draw_chance(d, 5);
	d->seen[SEEN_HUGE_VALUES] += d->huge;
	memset(d->used, 0, sizeof(d->used));
	for (uint32_t i = 0; i < lets; i++)
		let(d, c);
	for (uint32_t i = 0; i < rules; i++)
		s = rule(d, c, i);
	if (rules > 0 && draw_chance(d, 40))
		exempt(d, c, &s);
	for (uint32_t i = 1 + (uint32_t)draw_below(d, 4); i > 0; i--)
		feature(d, c, i);
}
