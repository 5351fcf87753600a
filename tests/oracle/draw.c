/* draw.c - an expression of a wanted type, by chance: see oracle.h. What is drawn always type-checks. Compound parts stand in
 * brackets: how operators bind is the parser's tests' matter, and both readings share the tree. */
#include <inttypes.h>
#include "tests/oracle/oracle.h"

uint64_t draw_below(struct draw *d, uint64_t n)
{
	return rng_below(&d->rng, n);
}

bool draw_chance(struct draw *d, uint32_t percent)
{
	return draw_below(d, 100) < percent;
}

bool draw_same_type(struct type a, struct type b)
{
	return a.dim == b.dim && a.real == b.real && (a.dim != DIM_ENTITY || a.entity == b.entity);
}

static struct type whole_of(enum dim dim)
{
	return (struct type){ .dim = dim };
}

static struct type entity_of(uint8_t kind)
{
	return (struct type){ .dim = DIM_ENTITY, .entity = kind };
}

/* Shorter paths come up more often. */
const struct path *draw_path(struct draw *d, uint32_t context, struct type t)
{
	static const uint32_t usual[] = { 0, 14, 4, 1 }, near[] = { 0, 60, 0, 0 };
	const uint32_t *weight = d->busy ? near : usual;
	const struct path *found = NULL;
	uint32_t sum = 0;

	for (uint32_t i = 0; i < d->w->n_paths[context]; i++) {
		const struct path *p = &d->w->path[context][i];

		if (!draw_same_type(p->type, t))
			continue;
		sum += weight[p->steps];
		if (found == NULL || draw_below(d, sum + 1) < weight[p->steps])
			found = p;
	}
	return found;
}

static bool path(struct draw *d, uint32_t context, struct type t)
{
	const struct path *p = draw_path(d, context, t);

	if (p == NULL)
		return false;
	d->seen[SEEN_IDENT] += p->ident;
	buf_z(&d->text, p->text);
	return true;
}

static void quoted_tag(struct draw *d)
{
	buf_printf(&d->text, "\"%s\"", world_tags[draw_below(d, WORLD_TAGS)]);
}

static void literal(struct draw *d, struct type t)
{
	int n = (int)draw_below(d, draw_chance(d, 70) ? 8 : 100);
	struct buf *b = &d->text;

	switch (t.dim) {
	case DIM_NUMBER:
		if (t.real)
			draw_chance(d, 50) ? buf_printf(b, "%d%%", n) : buf_printf(b, "%d.%02d", n, (int)draw_below(d, 100));
		else
			draw_chance(d, 15) ? buf_printf(b, "(-%d)", n) : buf_printf(b, "%d", n);
		break;
	case DIM_MONEY: buf_printf(b, "%d.%d yuan", n * (int)draw_below(d, 20), (int)draw_below(d, 10)); break;
	case DIM_DURATION: draw_chance(d, 80) ? buf_printf(b, "%ds", n) : buf_printf(b, "%d min", n); break;
	case DIM_TIME: buf_printf(b, "2026-03-01 08:00:%02d", (int)draw_below(d, 60)); break;
	case DIM_BOOL: buf_z(b, n % 2 ? "true" : "false"); break;
	default: quoted_tag(d); break;
	}
}

static void leaf(struct draw *d, uint32_t context, struct type t)
{
	if (t.dim == DIM_ENTITY) { /* each event leads to every kind */
		path(d, context, t);
		return;
	}
	if (t.real && t.dim != DIM_NUMBER) { /* only numbers have real literals */
		buf_char(&d->text, '(');
		leaf(d, context, whole_of(t.dim));
		buf_z(&d->text, " / ");
		literal(d, whole_of(DIM_NUMBER));
		buf_char(&d->text, ')');
		return;
	}
	if (t.real || t.dim == DIM_BOOL || draw_chance(d, 25) || !path(d, context, t))
		if (t.real || t.dim != DIM_BOOL || draw_chance(d, 5) || !path(d, context, t))
			literal(d, t);
}

static bool let(struct draw *d, uint32_t context, struct type t)
{
	uint32_t start = (uint32_t)draw_below(d, DECLS_MAX);

	for (uint32_t k = 0; k < d->n_lets; k++) {
		uint32_t i = (start + k) % d->n_lets;

		if (d->let[i].context != context || !draw_same_type(d->let[i].type, t) || d->excluding || d->in_value ||
		    d->level + d->let[i].level > 2)
			continue;
		d->seen[SEEN_LET]++;
		buf_printf(&d->text, "l%u", i);
		return true;
	}
	return false;
}

static void two(struct draw *d, const char *before, uint32_t context, struct type a, const char *between, struct type b,
                int depth)
{
	buf_z(&d->text, before);
	draw_expr(d, context, a, depth);
	buf_z(&d->text, between);
	draw_expr(d, context, b, depth);
	buf_char(&d->text, ')');
}

static void either(struct draw *d, uint32_t context, struct type t, int depth)
{
	d->seen[SEEN_ELSE]++;
	two(d, "(", context, t, " else ", t, depth);
}

static void zone_argument(struct draw *d)
{
	if (!draw_chance(d, 30))
		return;
	d->seen[SEEN_ZONE]++;
	buf_z(&d->text, ", \"Europe/Dublin\"");
}

/* hour(time), weekday(due), clock(time): false if the event has no such path. */
static void local(struct draw *d, uint32_t context, const char *function)
{
	d->seen[SEEN_LOCAL]++;
	buf_printf(&d->text, "%s(", function);
	if (draw_chance(d, 50) || !path(d, context, whole_of(DIM_TIME)))
		buf_z(&d->text, "time");
	zone_argument(d);
	buf_char(&d->text, ')');
}

static const struct path *text_field(struct draw *d, uint32_t context)
{
	for (uint32_t i = 0; i < d->w->n_paths[context]; i++)
		if (d->w->path[context][i].steps == 1 && d->w->path[context][i].type.dim == DIM_TEXT)
			return &d->w->path[context][i];
	return NULL;
}

static void number(struct draw *d, uint32_t context, int depth)
{
	const struct path *f = text_field(d, context);
	uint32_t c = (uint32_t)draw_below(d, 4);

	if (c == 0)
		local(d, context, draw_chance(d, 50) ? "hour" : "weekday");
	else if (c == 1 && f != NULL) {
		d->seen[SEEN_TEXT_CALL]++;
		buf_printf(&d->text, "length(%s)", f->text);
	} else if (c == 2) {
		d->seen[SEEN_RISK]++;
		buf_z(&d->text, "risk(");
		path(d, context, entity_of((uint8_t)draw_below(d, 3)));
		buf_char(&d->text, ')');
	} else {
		d->seen[SEEN_ROUND]++;
		buf_z(&d->text, "round(");
		draw_expr(d, context, (struct type){ .dim = DIM_NUMBER, .real = true }, depth - 1);
		buf_char(&d->text, ')');
	}
}

static void duration(struct draw *d, uint32_t context, int depth)
{
	uint32_t c = (uint32_t)draw_below(d, 3);

	if (c == 0) {
		local(d, context, "clock");
	} else if (c == 1) {
		const struct path *p = draw_path(d, context, entity_of((uint8_t)draw_below(d, 2)));

		d->seen[SEEN_AGE]++;
		buf_printf(&d->text, "age(%s)", p->text);
	} else {
		two(d, "(", context, whole_of(DIM_TIME), " - ", whole_of(DIM_TIME), depth - 1);
	}
}

static void arithmetic(struct draw *d, uint32_t context, struct type t, int depth)
{
	static const char *const between[] = { " + ", " - ", ", ", ", " };
	static const char *const before[] = { "(", "(", "least(", "greatest(" };
	uint32_t c = (uint32_t)draw_below(d, 7);

	d->seen[SEEN_ARITHMETIC]++;
	if (c < 4) {
		two(d, before[c], context, t, between[c], t, depth - 1);
	} else if (c == 4 && !d->huge) {
		buf_printf(&d->text, "(%d * ", 2 + (int)draw_below(d, 2));
		draw_expr(d, context, t, depth - 1);
		buf_char(&d->text, ')');
	} else {
		buf_z(&d->text, c == 5 ? "abs(" : "(-");
		draw_expr(d, context, t, depth - 1);
		buf_char(&d->text, ')');
	}
}

static void real(struct draw *d, uint32_t context, struct type t, int depth)
{
	struct type w = whole_of(t.dim), n = whole_of(DIM_NUMBER);
	uint32_t c = (uint32_t)draw_below(d, 10);

	if (c < 4 && draw_agg(d, context, t, depth))
		return;
	if (c < 6 && t.dim == DIM_NUMBER) {
		enum dim dims[] = { DIM_NUMBER, DIM_MONEY, DIM_DURATION };
		enum dim dim = dims[draw_below(d, 3)];

		draw_chance(d, 30) && d->level <= d->level_max
			? draw_share(d, context, depth - 1)
			: two(d, "(", context, whole_of(dim), " / ", whole_of(dim), depth - 1);
	} else if (c < 7) {
		two(d, "(", context, w, " / ", n, depth - 1);
	} else if (c < 8) {
		two(d, "(", context, t, draw_chance(d, 50) ? " + " : " - ", w, depth - 1);
	} else if (c < 9) {
		two(d, "(", context, t, " * ", (struct type){ .dim = DIM_NUMBER, .real = true }, depth - 1);
	} else {
		either(d, context, t, depth - 1);
	}
}

static void whole(struct draw *d, uint32_t context, struct type t, int depth)
{
	uint32_t c = (uint32_t)draw_below(d, 10);

	if (c < 4 && draw_agg(d, context, t, depth))
		return;
	if (c < 5)
		either(d, context, t, depth - 1);
	else if (c < 7 && t.dim == DIM_NUMBER)
		number(d, context, depth);
	else if (c < 7 && t.dim == DIM_DURATION && !d->in_value)
		duration(d, context, depth);
	else if (c < 9)
		arithmetic(d, context, t, depth);
	else
		leaf(d, context, t);
}

static void other(struct draw *d, uint32_t context, struct type t, int depth)
{
	const struct path *f = text_field(d, context);
	uint32_t c = (uint32_t)draw_below(d, 10);

	if (c < 4 && draw_agg(d, context, t, depth))
		return;
	if (c < 6 && t.dim == DIM_TEXT && f != NULL) {
		d->seen[SEEN_TEMPLATE]++;
		buf_printf(&d->text, "template(%s)", f->text);
	} else if (c < 6 && t.dim == DIM_TIME && !d->in_value) {
		two(d, "(", context, t, draw_chance(d, 50) ? " + " : " - ", whole_of(DIM_DURATION), depth - 1);
	} else if (c < 7) {
		either(d, context, t, depth - 1);
	} else {
		leaf(d, context, t);
	}
}

void draw_expr(struct draw *d, uint32_t context, struct type t, int depth)
{
	if (t.dim == DIM_TIME && draw_chance(d, 40))
		buf_z(&d->text, "time");
	else if (depth <= 0)
		leaf(d, context, t);
	else if (draw_chance(d, 15) && let(d, context, t))
		return;
	else if (t.dim == DIM_BOOL)
		draw_bool(d, context, depth);
	else if (t.real)
		real(d, context, t, depth);
	else if (t.dim == DIM_NUMBER || t.dim == DIM_MONEY || t.dim == DIM_DURATION)
		whole(d, context, t, depth);
	else
		other(d, context, t, depth);
}

/* ---- conditions ---- */

static void compare(struct draw *d, uint32_t context, int depth)
{
	static const char *const op[] = { " < ", " <= ", " > ", " >= ", " = ", " != " };
	enum dim dims[] = { DIM_NUMBER, DIM_NUMBER, DIM_MONEY, DIM_DURATION, DIM_TIME };
	struct type a = whole_of(dims[draw_below(d, 5)]), b = a;

	if (a.dim != DIM_TIME) {
		a.real = draw_chance(d, 20);
		b.real = draw_chance(d, 20);
	}
	two(d, "(", context, a, op[draw_below(d, 6)], b, depth - 1);
}

static void same(struct draw *d, uint32_t context, int depth)
{
	uint32_t c = (uint32_t)draw_below(d, 6);
	struct type t = c < 4 ? entity_of((uint8_t)c) : whole_of(c == 4 ? DIM_TEXT : DIM_BOOL);

	two(d, "(", context, t, draw_chance(d, 60) ? " = " : " != ", t, depth - 1);
}

static void among(struct draw *d, uint32_t context, int depth)
{
	struct type t = whole_of(draw_chance(d, 50) ? DIM_TEXT : draw_chance(d, 50) ? DIM_NUMBER : DIM_DURATION);

	d->seen[SEEN_IN]++;
	buf_char(&d->text, '(');
	draw_expr(d, context, t, depth - 1);
	buf_z(&d->text, draw_chance(d, 30) ? " not in (" : " in (");
	for (uint64_t i = draw_below(d, 3); i > 0; i--) {
		literal(d, t);
		buf_z(&d->text, ", ");
	}
	leaf(d, context, t);
	buf_z(&d->text, "))");
}

static void on_list(struct draw *d, uint32_t context, int depth)
{
	uint32_t i = (uint32_t)draw_below(d, WORLD_LISTS);
	struct type t = i == 1 ? whole_of(DIM_TEXT) : entity_of(i == 0 ? 0 : 2);

	d->seen[SEEN_LIST]++;
	buf_char(&d->text, '(');
	draw_expr(d, context, t, depth - 1);
	buf_printf(&d->text, " %sin list \"%s\")", draw_chance(d, 30) ? "not " : "", world_lists[i]);
}

static void is_known(struct draw *d, uint32_t context, int depth)
{
	struct type t = { .dim = (enum dim)draw_below(d, 7) };

	if (t.dim == DIM_ENTITY)
		t.entity = (uint8_t)draw_below(d, 4);
	if (t.dim <= DIM_DURATION)
		t.real = draw_chance(d, 30);
	d->seen[SEEN_KNOWN]++;
	buf_char(&d->text, '(');
	draw_expr(d, context, t, depth - 1);
	buf_printf(&d->text, " is %s%s)", draw_chance(d, 30) ? "not " : "", draw_chance(d, 50) ? "missing" : "known");
}

static void between(struct draw *d, uint32_t context, int depth)
{
	struct type t = whole_of(draw_chance(d, 50) ? DIM_NUMBER : DIM_MONEY), r = t;

	d->seen[SEEN_BETWEEN]++;
	r.real = draw_chance(d, 30);
	buf_char(&d->text, '(');
	draw_expr(d, context, r, depth - 1);
	buf_z(&d->text, draw_chance(d, 30) ? " not between " : " between ");
	if (draw_path(d, context, t) != NULL && draw_chance(d, 30)) { /* two constants must stand in order */
		path(d, context, t);
		buf_z(&d->text, " and ");
		draw_expr(d, context, t, depth - 1);
	} else {
		buf_z(&d->text, t.dim == DIM_NUMBER ? "1 and 5" : "2 yuan and 0.5 wan");
	}
	buf_char(&d->text, ')');
}

static void logic(struct draw *d, uint32_t context, int depth)
{
	d->seen[SEEN_LOGIC]++;
	if (draw_chance(d, 20)) {
		buf_z(&d->text, "(not ");
		draw_bool(d, context, depth - 1);
		buf_char(&d->text, ')');
		return;
	}
	buf_char(&d->text, '(');
	draw_bool(d, context, depth - 1);
	for (uint64_t i = 1 + draw_below(d, 2); i > 0; i--) {
		buf_z(&d->text, draw_chance(d, 60) ? " and " : " or ");
		draw_bool(d, context, depth - 1);
	}
	buf_char(&d->text, ')');
}

static void about_text(struct draw *d, uint32_t context)
{
	static const char *const piece[] = { "a", "12", "度", "'s", "A", "%", "ab 9" };
	const struct path *f = text_field(d, context);

	if (f == NULL) {
		leaf(d, context, whole_of(DIM_BOOL));
		return;
	}
	d->seen[SEEN_TEXT_CALL]++;
	buf_printf(&d->text, "%s(%s, \"%s\")", draw_chance(d, 50) ? "contains" : "starts_with", f->text,
	           piece[draw_below(d, 7)]);
}

static void clock_between(struct draw *d)
{
	int from = (int)draw_below(d, 24), to = (from + 1 + (int)draw_below(d, 22)) % 24;

	d->seen[SEEN_CLOCK]++;
	buf_printf(&d->text, "(clock between %02d:%02d and %02d:30%s)", from, (int)draw_below(d, 2) * 15, to,
	           draw_chance(d, 30) ? " in \"Europe/Dublin\"" : "");
}

void draw_bool(struct draw *d, uint32_t context, int depth)
{
	struct type t = { .dim = DIM_BOOL };

	if (depth <= 0 && draw_chance(d, 60)) {
		leaf(d, context, t);
		return;
	}
	switch (draw_below(d, depth <= 0 ? 5 : 15)) {
	case 0:
	case 1: compare(d, context, depth); break;
	case 2: same(d, context, depth); break;
	case 3: about_text(d, context); break;
	case 4: clock_between(d); break;
	case 5: among(d, context, depth); break;
	case 6: on_list(d, context, depth); break;
	case 7: is_known(d, context, depth); break;
	case 8: between(d, context, depth); break;
	case 9:
	case 10: logic(d, context, depth); break;
	case 11: d->level <= d->level_max ? draw_preceded(d, context, depth) : compare(d, context, depth); break;
	case 12: d->level <= d->level_max ? draw_first_time(d, context) : same(d, context, depth); break;
	case 13: draw_agg(d, context, t, depth) ? (void)0 : logic(d, context, depth); break;
	default: either(d, context, t, depth - 1); break;
	}
}
