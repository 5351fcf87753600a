/* figures.c - see figures.h. */
#include "show/figures.h"
#include <inttypes.h>
#include <stdlib.h>
#include "base/hash.h"
#include "base/mem.h"

void figures_init(struct figures *f)
{
	*f = (struct figures){ .err = ERR_OK };
}

void figures_release(struct figures *f)
{
	mem_free(f->cell);
	mem_free(f->slot);
	figures_init(f);
}

/* ---- gathering ---- */

static uint32_t bucket(const struct figures *f, const struct figures_cell *c)
{
	uint64_t h = hash_mix((uint64_t)c->at ^ (uint64_t)c->group << 32);

	return (uint32_t)hash_mix(h ^ (uint64_t)c->figure << 8 ^ c->part) & (f->slots - 1);
}

static bool grow(struct figures *f)
{
	uint32_t cap = f->cap == 0 ? 1024 : f->cap * 2;
	struct figures_cell *cell;
	uint32_t *slot;

	if (cap > FIGURES_CELLS_MAX) {
		f->err = ERR_CAP;
		return false;
	}
	cell = mem_resize(f->cell, cap * sizeof(*cell));
	f->cell = cell != NULL ? cell : f->cell;
	slot = cell != NULL ? mem_alloc_array((size_t)cap * 2, sizeof(*slot)) : NULL;
	if (slot == NULL) {
		f->err = ERR_MEMORY;
		return false;
	}
	mem_free(f->slot);
	f->slot = slot;
	f->cap = cap;
	f->slots = cap * 2;
	for (uint32_t i = 0; i < f->n; i++) {
		uint32_t k = bucket(f, &f->cell[i]);

		while (f->slot[k] != 0)
			k = (k + 1) & (f->slots - 1);
		f->slot[k] = i + 1;
	}
	return true;
}

void figures_add(struct figures *f, uint32_t group, uint32_t figure, uint32_t part, int64_t at, int64_t n)
{
	struct figures_cell c = { group, (uint8_t)figure, (uint8_t)part, at, n };
	uint32_t k;

	CHECK(!f->settled && figure > 0 && figure < DESK_FIGURES && part < FIGURE_PARTS_MAX);
	if (f->err != ERR_OK || (f->n == f->cap && !grow(f)))
		return;
	for (k = bucket(f, &c); f->slot[k] != 0; k = (k + 1) & (f->slots - 1)) {
		struct figures_cell *x = &f->cell[f->slot[k] - 1];

		if (x->group == group && x->figure == figure && x->part == part && x->at == at) {
			x->n += n;
			return;
		}
	}
	f->cell[f->n++] = c;
	f->slot[k] = f->n;
}

static int by_number(int64_t x, int64_t y)
{
	return (x > y) - (x < y);
}

/* The value comes before the part: a spread over all parts is read in order. */
static int by_key(const void *a, const void *b)
{
	const struct figures_cell *x = a, *y = b;
	int by = by_number(x->group, y->group);

	by = by ? by : by_number(x->figure, y->figure);
	by = by ? by : by_number(x->at, y->at);
	return by ? by : by_number(x->part, y->part);
}

enum err figures_settle(struct figures *f)
{
	if (f->err == ERR_OK && !f->settled && f->n > 0)
		qsort(f->cell, f->n, sizeof(*f->cell), by_key);
	f->settled = true;
	return f->err;
}

/* ---- asking ---- */

/* The figure's cells in the group: from the one returned on, n of them. */
static const struct figures_cell *cells(const struct figures *f, uint32_t group, uint32_t figure, uint32_t *n)
{
	struct figures_cell key = { group, (uint8_t)figure, 0, INT64_MIN, 0 };
	uint32_t low = 0, high = f->n, end;

	CHECK(f->settled);
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (by_key(&f->cell[middle], &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < f->n && f->cell[end].group == group && f->cell[end].figure == figure; end++)
		;
	*n = end - low;
	return f->n == 0 ? NULL : f->cell + low;
}

uint32_t figures_group_after(const struct figures *f, uint32_t group)
{
	uint32_t n, end = f->n == 0 || group == UINT32_MAX ? f->n : (uint32_t)(cells(f, group + 1, 0, &n) - f->cell);

	return end < f->n ? f->cell[end].group : 0;
}

static bool of_part(const struct figures_cell *c, int part)
{
	return part == FIGURES_ALL_PARTS || c->part == part;
}

int64_t figures_sum(const struct figures *f, uint32_t group, uint32_t figure, int part)
{
	uint32_t n;
	const struct figures_cell *c = cells(f, group, figure, &n);
	int64_t sum = 0;

	for (uint32_t i = 0; i < n; i++)
		sum += of_part(&c[i], part) ? c[i].n : 0;
	return sum;
}

int64_t figures_at(const struct figures *f, uint32_t group, uint32_t figure, int part, int64_t at)
{
	uint32_t n;
	const struct figures_cell *c = cells(f, group, figure, &n);
	int64_t sum = 0;

	for (uint32_t i = 0; i < n; i++)
		sum += of_part(&c[i], part) && c[i].at == at ? c[i].n : 0;
	return sum;
}

void figures_spread(const struct figures *f, uint32_t group, uint32_t figure, int part, struct figures_spread *out)
{
	const struct desk_figure_info *info = &desk_figures[figure];
	uint32_t n;
	const struct figures_cell *c = cells(f, group, figure, &n);
	int64_t seen = 0;

	*out = (struct figures_spread){ .n = figures_sum(f, group, figure, part) };
	for (uint32_t i = 0; i < n && out->n > 0; i++) {
		int64_t before = seen;

		if (!of_part(&c[i], part) || c[i].n == 0)
			continue;
		seen += c[i].n; /* values number `before` to `seen` - 1 are this one */
		if ((out->n - 1) / 2 >= before && (out->n - 1) / 2 < seen)
			out->median_s = c[i].at;
		if ((out->n - 1) * 9 / 10 >= before && (out->n - 1) * 9 / 10 < seen)
			out->p90_s = c[i].at;
		out->most_s = c[i].at;
		for (uint32_t k = 0; k < FIGURE_WITHIN_MAX; k++)
			out->within[k] += c[i].at <= info->within_s[k] ? c[i].n : 0;
	}
}

/* ---- JSON ---- */

static void put_choices(struct buf *b, const struct figures *f, uint32_t group, uint32_t figure, int part)
{
	const struct desk_figure_info *info = &desk_figures[figure];
	const char *comma = "", *name, *zh;

	buf_char(b, '{');
	for (int64_t at = 0; at < DESK_CHOICES_MAX; at++) {
		int64_t n = figures_at(f, group, figure, part, at);

		name = n == 0 ? NULL : desk_figure_choice(info, at, &zh);
		if (name == NULL)
			continue;
		buf_printf(b, "%s\"%s\":%" PRId64, comma, name, n);
		comma = ",";
	}
	buf_char(b, '}');
}

static void put_spread(struct buf *b, const struct figures *f, uint32_t group, uint32_t figure, int part)
{
	const struct desk_figure_info *info = &desk_figures[figure];
	struct figures_spread s;

	figures_spread(f, group, figure, part, &s);
	buf_printf(b, "{\"n\":%" PRId64, s.n);
	if (s.n > 0) {
		buf_printf(b, ",\"median_s\":%" PRId64 ",\"p90_s\":%" PRId64 ",\"most_s\":%" PRId64, s.median_s, s.p90_s,
		           s.most_s);
		for (uint32_t k = 0; k < FIGURE_WITHIN_MAX && info->within_s[k] != 0; k++)
			buf_printf(b, "%s\"%d\":%" PRId64, k == 0 ? ",\"within\":{" : ",", info->within_s[k], s.within[k]);
		buf_z(b, info->within_s[0] != 0 ? "}" : "");
	}
	buf_char(b, '}');
}

static void put_value(struct buf *b, const struct figures *f, uint32_t group, uint32_t figure, int part)
{
	int64_t sum = figures_sum(f, group, figure, part);

	switch (desk_figures[figure].unit) {
	case FIGURE_COUNT:
	case FIGURE_MONEY: buf_int(b, sum); break;
	case FIGURE_RATE:
		buf_printf(b, "{\"hit\":%" PRId64 ",\"all\":%" PRId64 "}", figures_at(f, group, figure, part, 1), sum);
		break;
	case FIGURE_TIME: put_spread(b, f, group, figure, part); break;
	case FIGURE_CHOICE: put_choices(b, f, group, figure, part); break;
	}
}

/* Grades are always all there; other parts where there is something. */
static void put_parts(struct buf *b, const struct figures *f, uint32_t group, uint32_t figure)
{
	const struct desk_figure_info *info = &desk_figures[figure];
	uint64_t there = 0;
	uint32_t n;
	const struct figures_cell *c = cells(f, group, figure, &n);
	const char *name, *zh;

	for (uint32_t i = 0; i < n; i++)
		there |= c[i].n != 0 ? (uint64_t)1 << c[i].part : 0;
	if (info->parts == FIGURE_BY_GRADE)
		there |= (1u << FIGURE_GRADES) - 1;
	for (uint32_t part = 0; part < FIGURE_PARTS_MAX; part++) {
		name = (there >> part & 1) ? desk_figure_part(info, part, &zh) : NULL;
		if (name == NULL)
			continue;
		buf_printf(b, ",\"%s\":", name);
		put_value(b, f, group, figure, (int)part);
	}
}

static void put_figure(struct buf *b, const struct figures *f, uint32_t group, uint32_t figure, const char *comma)
{
	buf_printf(b, "%s\"%s\":{\"all\":", comma, desk_figures[figure].name);
	put_value(b, f, group, figure, FIGURES_ALL_PARTS);
	put_parts(b, f, group, figure);
	buf_char(b, '}');
}

void figures_json(struct buf *b, const struct figures *f, uint32_t group, bool every)
{
	const char *comma = "";
	uint32_t n;

	buf_char(b, '{');
	for (uint32_t i = 1; i < DESK_FIGURES; i++) {
		(void)cells(f, group, i, &n);
		if (n == 0 && !every)
			continue;
		put_figure(b, f, group, i, comma);
		comma = ",";
	}
	buf_char(b, '}');
}

void figures_json_of(struct buf *b, const struct figures *f, uint32_t group, const uint8_t *figure, size_t n)
{
	buf_char(b, '{');
	for (size_t i = 0; i < n; i++)
		put_figure(b, f, group, figure[i], i == 0 ? "" : ",");
	buf_char(b, '}');
}
