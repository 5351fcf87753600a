/* report_show.c - see report_show.h. A row is a figure, one of its parts, or one of its choices; it is looked up by name in each span. */
#include "app/report_show.h"
#include <inttypes.h>
#include <stdio.h>
#include "app/sheet.h"
#include "base/clock.h"
#include "base/money.h"
#include "gateway/figures.h"

enum {
	SPANS_MAX = 1 + FIGURES_COMPARED,
	CELL_BYTES = 96,
	LABEL_COLUMNS = 40
};

struct report {
	struct buf *b;
	enum lang l;
	bool markdown;
	uint32_t n; /* spans: the first is the one asked for */
	const char *name[SPANS_MAX];
	const json_t *span[SPANS_MAX];
};

static const char *in(const struct report *r, const char *en, const char *zh)
{
	return r->l == LANG_ZH ? zh : en;
}

static int64_t number(const json_t *j, const char *name)
{
	return json_integer_value(json_object_get(j, name));
}

/* ---- a value ---- */

static const json_t *value_of(const json_t *span, const struct desk_figure_info *f, const char *part)
{
	return json_object_get(json_object_get(json_object_get(span, "figures"), f->name), part);
}

static void yuan(int64_t fen, char out[CELL_BYTES])
{
	struct buf b;

	buf_init(&b, CELL_BYTES);
	buf_printf(&b, "¥%" PRId64 ".%02d", fen / 100, (int)(fen % 100));
	snprintf(out, CELL_BYTES, "%s", b.p);
	buf_release(&b);
}

static void lasts(int64_t s, char out[CELL_BYTES])
{
	struct buf b;

	buf_init(&b, CELL_BYTES);
	clock_format_duration(&b, s * US_PER_SECOND);
	snprintf(out, CELL_BYTES, "%s", b.p == NULL ? "" : b.p);
	buf_release(&b);
}

static void put_value(const struct report *r, const struct desk_figure_info *f, const json_t *v, const char *choice,
                      char out[CELL_BYTES])
{
	int64_t all = number(v, "all"), hit = number(v, "hit");
	char median[CELL_BYTES], p90[CELL_BYTES];

	snprintf(out, CELL_BYTES, "-");
	switch (f->unit) {
	case FIGURE_COUNT: snprintf(out, CELL_BYTES, "%" JSON_INTEGER_FORMAT, json_integer_value(v)); break;
	case FIGURE_MONEY: yuan(json_integer_value(v), out); break;
	case FIGURE_CHOICE: snprintf(out, CELL_BYTES, "%" PRId64, number(v, choice)); break;
	case FIGURE_RATE:
		if (all > 0)
			snprintf(out, CELL_BYTES, "%" PRId64 "/%" PRId64 " %" PRId64 "%%", hit, all, hit * 100 / all);
		break;
	case FIGURE_TIME:
		if (number(v, "n") <= 0)
			break;
		lasts(number(v, "median_s"), median);
		lasts(number(v, "p90_s"), p90);
		snprintf(out, CELL_BYTES, "%.40s, p90 %.40s", median, p90);
		break;
	}
	(void)r;
}

/* What a change is measured by: a rate in per cent, a time by its median. False: there is nothing to compare. */
static bool measure(const struct desk_figure_info *f, const json_t *v, const char *choice, double *out)
{
	int64_t all = number(v, "all");

	switch (f->unit) {
	case FIGURE_CHOICE: *out = (double)number(v, choice); return true;
	case FIGURE_RATE: *out = all > 0 ? 100.0 * (double)number(v, "hit") / (double)all : 0; return all > 0;
	case FIGURE_TIME: *out = (double)number(v, "median_s"); return number(v, "n") > 0;
	default: *out = (double)json_integer_value(v); return true;
	}
}

static void put_change(const struct desk_figure_info *f, const json_t *is, const json_t *was, const char *choice,
                       char out[CELL_BYTES])
{
	double x, y;

	snprintf(out, CELL_BYTES, "-");
	if (!measure(f, is, choice, &x) || !measure(f, was, choice, &y))
		return;
	if (f->unit == FIGURE_RATE)
		snprintf(out, CELL_BYTES, "%+.1fpp", x - y);
	else if (y > 0)
		snprintf(out, CELL_BYTES, "%+.1f%%", (x - y) * 100 / y);
}

static bool is_something(const struct desk_figure_info *f, const json_t *v, const char *choice)
{
	switch (f->unit) {
	case FIGURE_RATE: return number(v, "all") != 0;
	case FIGURE_TIME: return number(v, "n") != 0;
	case FIGURE_CHOICE: return number(v, choice) != 0;
	default: return json_integer_value(v) != 0;
	}
}

/* ---- rows ---- */

static void row(const struct report *r, struct sheet *s, const struct desk_figure_info *f, const char *label,
                const char *part, const char *choice)
{
	const json_t *is = value_of(r->span[0], f, part);
	bool something = false;
	char z[CELL_BYTES];

	for (uint32_t i = 0; i < r->n; i++)
		something |= is_something(f, value_of(r->span[i], f, part), choice);
	if (!something)
		return;
	sheet_cell(s, label);
	put_value(r, f, is, choice, z);
	sheet_cell(s, z);
	for (uint32_t i = 1; i < r->n; i++) {
		const json_t *was = value_of(r->span[i], f, part);

		put_value(r, f, was, choice, z);
		sheet_cell(s, z);
		put_change(f, is, was, choice, z);
		sheet_cell(s, z);
	}
}

static void choices(const struct report *r, struct sheet *s, const struct desk_figure_info *f, const char *label,
                    const char *part)
{
	const char *name, *zh = "";
	char z[SHEET_CELL_MAX];

	if (f->unit != FIGURE_CHOICE) {
		row(r, s, f, label, part, NULL);
		return;
	}
	for (int64_t at = 0; at < DESK_CHOICES_MAX; at++) {
		name = desk_figure_choice(f, at, &zh);
		if (name == NULL)
			continue;
		snprintf(z, sizeof(z), "%s: %s", label, in(r, name, zh));
		row(r, s, f, z, part, name);
	}
}

static void figure(const struct report *r, struct sheet *s, const struct desk_figure_info *f)
{
	const char *name, *zh = "";
	char z[SHEET_CELL_MAX];

	choices(r, s, f, in(r, f->en, f->zh), "all");
	for (uint32_t part = 0; part < FIGURE_PARTS_MAX; part++) {
		name = desk_figure_part(f, part, &zh);
		if (name == NULL)
			continue;
		snprintf(z, sizeof(z), r->markdown ? "%s, %s" : "  %s, %s", in(r, f->en, f->zh), in(r, name, zh));
		choices(r, s, f, z, name);
	}
}

static void table(const struct report *r)
{
	static const char *const en[] = { "span before", "day before", "week before", "month before", "year before" };
	static const char *const zh[] = { "上期", "前一日", "上周同期", "上月同期", "去年同期" };
	struct sheet_column c[2 + 2 * FIGURES_COMPARED] = { { in(r, "figure", "指标"), LABEL_COLUMNS, true },
		                                                { in(r, "value", "本期"), 26, false } };
	struct sheet s;
	uint32_t n = 2;

	for (uint32_t i = 1; i < r->n; i++) {
		uint32_t with = 0;

		while (with < FIGURES_COMPARED - 1 && strcmp(figures_compared_names[with], r->name[i]) != 0)
			with++;
		c[n++] = (struct sheet_column){ in(r, en[with], zh[with]), 26, false };
		c[n++] = (struct sheet_column){ in(r, "change", "变化"), 9, false };
	}
	sheet_begin(&s, r->b, r->markdown, c, n);
	for (uint32_t i = 1; i < DESK_FIGURES; i++)
		figure(r, &s, &desk_figures[i]);
}

/* ---- groups ---- */

static void group_name(const json_t *answer, const json_t *group, char out[CELL_BYTES])
{
	const char *by = json_string_value(json_object_get(answer, "by")), *from;

	from = json_string_value(json_object_get(group, "from"));
	if (from != NULL)
		snprintf(out, CELL_BYTES, "%.*s", strcmp(by, "day") == 0 ? 10 : 16, from);
	else
		snprintf(out, CELL_BYTES, "%" PRId64, number(group, by == NULL ? "" : by));
}

static void groups(const struct report *r, const json_t *answer)
{
	static const uint8_t shown[] = { FIGURE_WARNINGS,       FIGURE_REACHED,        FIGURE_MET,
		                             FIGURE_CHEATED_AFTER,  FIGURE_FALSE_ALARMS,   FIGURE_INCIDENTS,
		                             FIGURE_STOPS_IN_FORCE, FIGURE_STOPPED_AMOUNT, FIGURE_APPEALS };
	struct sheet_column c[1 + ARRAY_LEN(shown)] = { { in(r, "group", "分组"), 18, true } };
	const json_t *all = json_object_get(answer, "groups");
	struct sheet s;
	char z[CELL_BYTES];

	if (json_array_size(all) == 0)
		return;
	for (size_t k = 0; k < ARRAY_LEN(shown); k++)
		c[1 + k] = (struct sheet_column){ in(r, desk_figures[shown[k]].en, desk_figures[shown[k]].zh), 14, false };
	buf_char(r->b, '\n');
	sheet_begin(&s, r->b, r->markdown, c, ARRAY_LEN(c));
	for (size_t i = 0; i < json_array_size(all); i++) {
		const json_t *group = json_array_get(all, i);

		group_name(answer, group, z);
		sheet_cell(&s, z);
		for (size_t k = 0; k < ARRAY_LEN(shown); k++) {
			put_value(r, &desk_figures[shown[k]], value_of(group, &desk_figures[shown[k]], "all"), NULL, z);
			sheet_cell(&s, z);
		}
	}
}

static uint32_t spans(const json_t *answer, const char *name[SPANS_MAX], const json_t *span[SPANS_MAX])
{
	uint32_t n = 1;

	name[0] = "this";
	span[0] = answer;
	for (uint32_t i = 0; i < FIGURES_COMPARED; i++) {
		const json_t *x = json_object_get(json_object_get(answer, "compared"), figures_compared_names[i]);

		if (x != NULL) {
			name[n] = figures_compared_names[i];
			span[n++] = x;
		}
	}
	return n;
}

static const char *text(const json_t *j, const char *name)
{
	const char *z = json_string_value(json_object_get(j, name));

	return z == NULL ? "" : z;
}

void report_show(struct buf *b, const json_t *answer, enum report_of of, enum lang l, bool markdown)
{
	static const char *const en[] = { "Daily report of the desk", "Weekly report of the desk",
		                              "Monthly report of the desk" };
	static const char *const zh[] = { "反诈工作日报", "反诈工作周报", "反诈工作月报" };
	const char *from = text(answer, "from"), *to = text(answer, "to");
	struct report r = { .b = b, .l = l, .markdown = markdown };

	if (strlen(from) < 16 || strlen(to) < 16)
		from = to = "0000-00-00T00:00"; /* no answer of ours */
	r.n = spans(answer, r.name, r.span);
	buf_printf(b, "%s%s  %.10s %.5s - %.10s %.5s\n\n", markdown ? "# " : "", in(&r, en[of], zh[of]), from, from + 11,
	           to, to + 11);
	if (json_is_integer(json_object_get(answer, "organisation")))
		buf_printf(b, "%s %" PRId64 "\n", in(&r, "organisation", "单位"), number(answer, "organisation"));
	if (json_is_integer(json_object_get(answer, "district")))
		buf_printf(b, "%s %" PRId64 "\n", in(&r, "district", "辖区"), number(answer, "district"));
	buf_printf(b, in(&r, "As of %.19s, position %" PRId64 ".\n\n", "数据截至 %.19s，流水位置 %" PRId64 "。\n\n"),
	           text(answer, "time"), number(answer, "position"));
	table(&r);
	groups(&r, answer);
}

/* ---- CSV ---- */

struct csv_at {
	const char *span, *from, *to, *group, *figure, *part;
};

static void csv_row(struct buf *b, const struct csv_at *at, const char *item, int64_t v)
{
	buf_printf(b, "%s,%s,%s,%s,%s,%s,%s,%" PRId64 "\n", at->span, at->from, at->to, at->group, at->figure, at->part,
	           item, v);
}

static void csv_value(struct buf *b, const struct csv_at *at, json_t *v)
{
	const char *key, *target;
	json_t *x, *y;

	if (json_is_integer(v))
		csv_row(b, at, "n", json_integer_value(v));
	json_object_foreach(v, key, x)
	{
		if (json_is_integer(x))
			csv_row(b, at, key, json_integer_value(x));
		json_object_foreach(x, target, y)
		{
			char item[CELL_BYTES];

			snprintf(item, sizeof(item), "within_%.40s_s", target);
			csv_row(b, at, item, json_integer_value(y));
		}
	}
}

static void csv_figures(struct buf *b, struct csv_at at, const json_t *span)
{
	json_t *f, *v;

	json_object_foreach(json_object_get(span, "figures"), at.figure, f) json_object_foreach(f, at.part, v)
		csv_value(b, &at, v);
}

void report_csv(struct buf *b, const json_t *answer)
{
	const json_t *groups_of = json_object_get(answer, "groups"), *span[SPANS_MAX];
	const char *name[SPANS_MAX];
	uint32_t n = spans(answer, name, span);
	char z[CELL_BYTES];

	buf_z(b, "span,from,to,group,figure,part,item,value\n");
	for (uint32_t i = 0; i < n; i++)
		csv_figures(b, (struct csv_at){ name[i], text(span[i], "from"), text(span[i], "to"), "", NULL, NULL }, span[i]);
	for (size_t i = 0; i < json_array_size(groups_of); i++) {
		const json_t *group = json_array_get(groups_of, i);
		bool time = json_object_get(group, "from") != NULL;

		group_name(answer, group, z);
		csv_figures(b,
		            (struct csv_at){ "this", text(time ? group : answer, "from"), text(time ? group : answer, "to"), z,
		                             NULL, NULL },
		            group);
	}
}
