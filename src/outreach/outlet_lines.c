/* outlet_lines.c - see outlet_lines.h. */
#include "outreach/outlet_lines.h"
#include <stdarg.h>
#include <stdio.h>
#include "base/clock.h"

const char *const outlet_column_names[OUTLET_COLUMNS] = {
	[COLUMN_CODE] = "code",
	[COLUMN_AGENT] = "agent",
	[COLUMN_TYPE] = "type",
	[COLUMN_NAME] = "name",
	[COLUMN_ORGANISATION] = "organisation",
	[COLUMN_DISTRICT] = "district",
	[COLUMN_ADDRESS] = "address",
	[COLUMN_FLAGSHIP] = "flagship",
	[COLUMN_CLERK] = "clerk",
	[COLUMN_LICENCE] = "licence",
	[COLUMN_LICENCE_END] = "licence_end",
	[COLUMN_REASON] = "reason",
	[COLUMN_NOTE] = "note",
	[COLUMN_ITEM + ITEM_PAPER_SIGN] = "paper_sign",
	[COLUMN_ITEM + ITEM_ACRYLIC_SIGN] = "acrylic_sign",
	[COLUMN_ITEM + ITEM_POSTER_CARD] = "poster_card",
	[COLUMN_ITEM + ITEM_POSTER_APP] = "poster_app",
	[COLUMN_ITEM + ITEM_POSTER_ACCOUNT] = "poster_account",
	[COLUMN_ITEM + ITEM_POSTER_SCREEN] = "poster_screen",
	[COLUMN_ITEM + ITEM_TV_LOOP] = "tv_loop",
	[COLUMN_ITEM + ITEM_STAND] = "stand",
	[COLUMN_ITEM + ITEM_NOTICE_96110] = "notice_96110",
	[COLUMN_ITEM + ITEM_QUIZ] = "quiz",
};
#define C(column) (1u << (column))
#define ITEMS (((1u << KIT_ITEMS) - 2) << COLUMN_ITEM)
static const uint32_t columns_of[2] = { /* outlets, kits */
	                                    C(COLUMN_CODE) | C(COLUMN_AGENT) | C(COLUMN_TYPE) | C(COLUMN_NAME) |
	                                        C(COLUMN_ORGANISATION) | C(COLUMN_DISTRICT) | C(COLUMN_ADDRESS) |
	                                        C(COLUMN_FLAGSHIP) | C(COLUMN_CLERK) | C(COLUMN_LICENCE) |
	                                        C(COLUMN_LICENCE_END) | C(COLUMN_REASON) | C(COLUMN_NOTE) | ITEMS,
	                                    C(COLUMN_TYPE) | C(COLUMN_FLAGSHIP) | C(COLUMN_NOTE) | ITEMS
};
static const uint32_t needed_of[2] = { C(COLUMN_CODE) | C(COLUMN_TYPE) | C(COLUMN_NAME), C(COLUMN_TYPE) };
_Static_assert(OUTLET_COLUMNS <= 32, "columns are bits of one word");

static PRINTF_LIKE(3, 4) bool fault_at(struct outlet_fault *f, const char *field, const char *why, ...)
{
	va_list ap;

	snprintf(f->field, sizeof(f->field), "%s", field);
	va_start(ap, why);
	vsnprintf(f->why, sizeof(f->why), why, ap);
	va_end(ap);
	return false;
}

/* One record off the rest. False: it is no record; *fault is set but for its place. */
static bool take_row(struct outlet_lines *o, struct csv_row *row, struct text *raw, struct outlet_fault *f)
{
	static const struct csv_dialect dialect = { ',', '"' };
	size_t n = o->rest.n < OUTLET_LINE_MAX ? o->rest.n : OUTLET_LINE_MAX;
	enum csv_status s = csv_row(&dialect, o->rest.p, n, n == o->rest.n, row);
	size_t used = row->bytes;
	bool ok = s == CSV_ROW;

	if (s == CSV_MORE) { /* too long: to the end of its first line */
		const char *nl = memchr(o->rest.p, '\n', o->rest.n);

		used = nl ? (size_t)(nl - o->rest.p) + 1 : o->rest.n;
		row->lines = 1;
		fault_at(f, "", "the line is longer than %d bytes; is a quote missing?", OUTLET_LINE_MAX);
	} else if (s == CSV_QUOTE) {
		fault_at(f, "", "the quotes don't match; double a quote within quotes");
	}
	*raw = text_trim(text_of(o->rest.p, used < OUTLET_LINE_MAX ? used : OUTLET_LINE_MAX));
	o->rest = text_of(o->rest.p + used, o->rest.n - used);
	o->line += row->lines ? row->lines : 1;
	return ok;
}

static uint32_t column_named(struct text name, uint32_t among)
{
	for (uint32_t c = 1; c < OUTLET_COLUMNS; c++)
		if ((among >> c & 1) && text_eq(name, text_z(outlet_column_names[c])))
			return c;
	return COLUMN_NONE;
}

static bool take_header(struct outlet_lines *o, struct text bytes, const struct csv_row *row, struct outlet_fault *f)
{
	uint32_t seen = 0;

	if (row->n_cells > CSV_CELLS_MAX)
		return fault_at(f, "", "there are more than %d columns", CSV_CELLS_MAX);
	for (uint32_t i = 0; i < row->n_cells; i++) {
		struct text name = text_trim(text_of(bytes.p + row->cell[i].at, row->cell[i].n));
		uint32_t c = column_named(name, columns_of[o->kits]);

		if (c == COLUMN_NONE || (seen & C(c)))
			return fault_at(f, "", "\"%.*s\" is %s", (int)(name.n < 40 ? name.n : 40), name.p,
			                c ? "there twice" : "no column; see duanka outlet --help");
		seen |= C(c);
		o->column[i] = (uint8_t)c;
	}
	o->n_columns = row->n_cells;
	for (uint32_t c = 1; c < OUTLET_COLUMNS; c++)
		if ((needed_of[o->kits] >> c & 1) && (seen >> c & 1) == 0)
			return fault_at(f, "", "the column %s is missing; the first line names the columns",
			                outlet_column_names[c]);
	return true;
}

bool outlet_lines_open(struct outlet_lines *o, bool kits, struct text bytes, struct outlet_fault *f)
{
	struct csv_row row;

	if (text_starts(bytes, TEXT("\xef\xbb\xbf"))) /* as spreadsheets write it */
		bytes = text_of(bytes.p + 3, bytes.n - 3);
	*o = (struct outlet_lines){ .kits = kits, .rest = bytes, .line = 1 };
	*f = (struct outlet_fault){ .line = 1 };
	if (bytes.n == 0)
		return fault_at(f, "", "the file is empty; the first line names the columns");
	return take_row(o, &row, &f->raw, f) && take_header(o, bytes, &row, f);
}

static bool number_in(struct outlet_line *l, uint32_t c, int64_t least, int64_t most, struct outlet_fault *f)
{
	l->number[c] = -1;
	if (l->value[c].n == 0)
		return true;
	if (text_to_int(l->value[c], &l->number[c]) == ERR_OK && l->number[c] >= least && l->number[c] <= most)
		return true;
	return fault_at(f, outlet_column_names[c], "\"%.*s\" is not a whole number from %lld to %lld",
	                (int)(l->value[c].n < 40 ? l->value[c].n : 40), l->value[c].p, (long long)least, (long long)most);
}

static bool code_ok(struct text t)
{
	for (size_t i = 0; i < t.n; i++) {
		char c = t.p[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && c != '-' && c != '.' &&
		    c != '_')
			return false;
	}
	return t.n <= OUTLET_CODE_MAX;
}

static bool texts_ok(const struct outlet_line *l, struct outlet_fault *f)
{
	static const uint8_t texts[] = { COLUMN_NAME, COLUMN_ADDRESS, COLUMN_CLERK, COLUMN_REASON, COLUMN_NOTE };

	for (uint32_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct text t = l->value[texts[i]];

		if (t.n > OUTLET_TEXT_MAX || !text_utf8_valid(t) || memchr(t.p ? t.p : "", 0, t.n))
			return fault_at(f, outlet_column_names[texts[i]], "a text is UTF-8 of at most %d bytes", OUTLET_TEXT_MAX);
	}
	if (!code_ok(l->value[COLUMN_CODE]))
		return fault_at(f, "code", "a code is at most %d of A-Z a-z 0-9 . _ -", OUTLET_CODE_MAX);
	if (l->value[COLUMN_LICENCE].n > 0 && !desk_code_ok(l->value[COLUMN_LICENCE]))
		return fault_at(f, "licence",
		                "a licence is at most %d of A-Z a-z 0-9 . _ -, with no more than %d digits in a row",
		                DESK_CODE_MAX, DESK_DIGITS_MAX);
	return true;
}

/* An item's own number needs a reason, and a reason an item. */
static bool items_ok(struct outlet_line *l, bool kits, struct outlet_fault *f)
{
	bool any = false;

	for (uint32_t i = 1; i < KIT_ITEMS; i++) {
		if (!number_in(l, COLUMN_ITEM + i, 0, KIT_PIECES_MAX, f))
			return false;
		any |= l->number[COLUMN_ITEM + i] >= 0;
	}
	if (!kits && any && l->value[COLUMN_REASON].n == 0)
		return fault_at(f, "reason", "a number of its own needs a reason; leave the item empty to follow the kit");
	if (!kits && !any && l->value[COLUMN_REASON].n > 0)
		return fault_at(f, "reason", "there is a reason and no number of its own");
	return true;
}

static bool check(struct outlet_line *l, bool kits, struct outlet_fault *f)
{
	for (uint32_t c = 1; c < OUTLET_COLUMNS; c++)
		if ((needed_of[kits] >> c & 1) && l->value[c].n == 0)
			return fault_at(f, outlet_column_names[c], "it is empty");
	l->type = desk_choice_find(&outlet_types, l->value[COLUMN_TYPE]);
	if (l->type == 0)
		return fault_at(f, "type", "\"%.*s\" is none of bank-outlet, operator-hall, agent, self-service",
		                (int)(l->value[COLUMN_TYPE].n < 40 ? l->value[COLUMN_TYPE].n : 40), l->value[COLUMN_TYPE].p);
	if (!texts_ok(l, f) || !number_in(l, COLUMN_ORGANISATION, 1, 65535, f) ||
	    !number_in(l, COLUMN_DISTRICT, 0, 65535, f) || !number_in(l, COLUMN_FLAGSHIP, 0, 1, f) ||
	    !number_in(l, COLUMN_AGENT, 0, 1, f))
		return false;
	if (l->value[COLUMN_LICENCE_END].n > 0 &&
	    clock_parse(l->value[COLUMN_LICENCE_END], &clock_shanghai, &l->number[COLUMN_LICENCE_END]) != ERR_OK)
		return fault_at(f, "licence_end", "it is no time; write 2027-12-31T00:00:00+08:00");
	return items_ok(l, kits, f);
}

/* The cells by their columns; those with doubled quotes are copied. */
static bool take_cells(const struct outlet_lines *o, const struct csv_row *row, const char *p, struct outlet_line *l,
                       struct outlet_fault *f)
{
	size_t held = 0;

	if (row->n_cells != o->n_columns)
		return fault_at(f, "", "there are %u cells, and the first line has %u", row->n_cells, o->n_columns);
	for (uint32_t i = 0; i < o->n_columns; i++) {
		struct text t = text_of(p + row->cell[i].at, row->cell[i].n);

		if (row->cell[i].doubled) {
			char *to = l->held + held;

			t = text_of(to, csv_undouble('"', t.p, t.n, to));
			held += row->cell[i].n;
		}
		l->value[o->column[i]] = text_trim(t);
	}
	return true;
}

enum outlet_got outlet_lines_next(struct outlet_lines *o, struct outlet_line *l, struct outlet_fault *f)
{
	while (o->rest.n > 0) {
		const char *p = o->rest.p;
		struct csv_row row;

		*f = (struct outlet_fault){ .line = o->line };
		if (!take_row(o, &row, &f->raw, f))
			return OUTLET_FAULT;
		if (f->raw.n == 0)
			continue;
		l->line = f->line;
		l->raw = f->raw;
		memset(l->value, 0, sizeof(l->value));
		memset(l->number, 0, sizeof(l->number));
		return take_cells(o, &row, p, l, f) && check(l, o->kits, f) ? OUTLET_LINE : OUTLET_FAULT;
	}
	return OUTLET_END;
}
