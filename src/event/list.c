/* list.c - the decoder of list files. */
#include "event/list.h"
#include "event/csv.h"

enum {
	NO_COLUMN = -1,
	VALUE_BYTES_MAX = 4096
};

struct list {
	const struct list_reader *r;
	struct csv_row row;
	int value, until;
	uint32_t line;
	struct list_counts counts;
};

static void fail(struct list *l, uint32_t col, const char *message)
{
	l->counts.bad++;
	l->r->error(l->r->context, l->line, col, message);
}

static struct text cell(const struct list *l, const char *p, int i, char *scratch)
{
	const struct csv_cell *c = &l->row.cell[i];
	if (c->doubled && c->n <= VALUE_BYTES_MAX)
		return text_trim(text_of(scratch, csv_undouble('"', p + c->at, c->n, scratch)));
	return text_trim(text_of(p + c->at, c->n));
}

static bool read_header(struct list *l, const char *p)
{
	l->value = l->until = NO_COLUMN;
	for (uint32_t i = 0; i < l->row.n_cells && i < CSV_CELLS_MAX; i++) {
		struct text name = text_trim(text_of(p + l->row.cell[i].at, l->row.cell[i].n));
		if (text_eq(name, TEXT("value")) && l->value < 0)
			l->value = (int)i;
		else if (text_eq(name, TEXT("until")) && l->until < 0)
			l->until = (int)i;
		else if (!text_eq(name, TEXT("note"))) {
			fail(l, l->row.cell[i].at + 1, "the header knows value, until and note, each once");
			return false;
		}
	}
	if (l->value < 0)
		fail(l, 1, "the header needs a column \"value\"");
	return l->value >= 0;
}

bool list_until(struct text t, const struct zone *zone, int64_t *out)
{
	const struct zone *z = zone ? zone : &clock_shanghai;
	*out = INT64_MAX;
	if (t.n == 0)
		return true;
	if (t.n == 10) {
		static const struct text day = { "%Y-%m-%d", 8 };
		struct field_format f = { .time_form = TIME_PATTERN, .pattern = day, .zone = z };
		const char *why;
		if (value_time(t, &f, out, &why) != BAD_NONE)
			return false;
		*out += US_PER_DAY - 1;
		return true;
	}
	return clock_parse(t, z, out) == ERR_OK;
}

bool list_value_make(const struct list_reader *r, struct text t, char *plain, struct ident *id, struct list_value *out,
                     const char **why)
{
	*out = (struct list_value){ .until_us = INT64_MAX };
	*why = "not an identifier";
	t = text_trim(t);
	if (t.n == 0 || t.n > VALUE_BYTES_MAX || memchr(t.p, 0, t.n) || !text_utf8_valid(t)) {
		*why = "the value is empty, too long or not UTF-8";
		return false;
	}
	if (r->text) {
		out->fingerprint = hash_fingerprint(r->key, t);
		return true;
	}
	out->ident = id;
	return ident_make(r->key, r->form, r->kind, IDENT_STRICT, t, plain, id, why) == ERR_OK;
}

static void one(struct list *l, const char *p)
{
	char scratch[VALUE_BYTES_MAX], plain[EVENT_IDENT_MAX];
	if (l->row.n_cells > CSV_CELLS_MAX || (int)l->row.n_cells <= l->value || (int)l->row.n_cells <= l->until) {
		fail(l, 1, "this line has fewer columns than the header");
		return;
	}
	struct ident id;
	struct list_value v;
	int64_t until_us = INT64_MAX;
	const char *why;
	if (l->until >= 0 && !list_until(cell(l, p, l->until, scratch), l->r->zone, &until_us)) {
		fail(l, l->row.cell[l->until].at + 1, "not a date: 2026-12-31 or an ISO 8601 time is");
		return;
	}
	if (!list_value_make(l->r, cell(l, p, l->value, scratch), plain, &id, &v, &why)) {
		fail(l, l->row.cell[l->value].at + 1, why);
		return;
	}
	v.line = l->line;
	v.until_us = until_us;
	l->counts.values++;
	l->r->value(l->r->context, &v);
}

enum err list_read(const struct list_reader *r, struct text bytes, struct list_counts *counts)
{
	enum {
		RECORD_MAX = EVENT_RAW_MAX
	};
	static const struct csv_dialect dialect = { ',', '"' };
	struct list l = { .r = r, .line = 1 };
	size_t at = text_starts(bytes, TEXT("\xef\xbb\xbf")) ? 3 : 0;
	bool header = false;
	enum err e = ERR_OK;
	while (at < bytes.n && e == ERR_OK) {
		const char *p = bytes.p + at;
		size_t rest = bytes.n - at, n = rest < RECORD_MAX ? rest : RECORD_MAX;
		enum csv_status s = csv_row(&dialect, p, n, n == rest, &l.row);
		if (s != CSV_ROW) {
			const char *nl = memchr(p, '\n', rest);
			fail(&l, 1,
			     s == CSV_QUOTE ? "a quoted value does not end, or goes on after its quote" : "the line is too long");
			at += nl ? (size_t)(nl - p) + 1 : rest;
			l.line++;
			e = header ? ERR_OK : ERR_FORMAT;
			continue;
		}
		if (l.row.raw_bytes) {
			if (header)
				one(&l, p);
			else if (!read_header(&l, p))
				e = ERR_FORMAT;
			header = true;
		}
		at += l.row.bytes;
		l.line += l.row.lines;
	}
	if (!header && e == ERR_OK) {
		fail(&l, 1, "the header needs a column \"value\"");
		e = ERR_FORMAT;
	}
	*counts = l.counts;
	return e;
}
