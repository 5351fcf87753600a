/* source_detect.c - which format a file is in, by its first line.
 *
 * A mapping that the user named is taken at its word. Else: an object means our NDJSON; a header of our field names means
 * our CSV; then the built-in mappings are tried, and one counts if the line has just its columns and its time. */
#include "event/source_int.h"

static enum err unreadable(struct source *s, size_t n, const char *why, struct text field)
{
	char *raw = s->batch->bytes + s->batch->used;
	const char *nl = memchr(s->window + s->at, '\n', n);
	n = nl ? (size_t)(nl - (s->window + s->at)) : n;
	n = n < SOURCE_RAW_KEPT ? n : SOURCE_RAW_KEPT;
	memcpy(raw, s->window + s->at, n);
	s->batch->used += n;
	struct text kept = arena_text(&s->arena, field);
	source_add_bad(s, (struct bad){ .reason = BAD_HEADER,
	                                .ends_source = true,
	                                .line = s->line,
	                                .offset = s->offset,
	                                .raw = text_of(raw, n),
	                                .why = why,
	                                .field = kept.p ? kept : TEXT("") });
	return ERR_ABSENT;
}

/* The first line as cells; false if its quoting is broken. Doubled quotes stay doubled: names don't have any. */
static bool first_cells(struct source *s, const struct csv_dialect *d, size_t n, struct text *cells, size_t *n_cells)
{
	const char *p = s->window + s->at;
	if (csv_row(d, p, n, true, &s->row) != CSV_ROW || s->row.n_cells > CSV_CELLS_MAX)
		return false;
	for (size_t i = 0; i < s->row.n_cells; i++)
		cells[i] = text_trim(text_of(p + s->row.cell[i].at, s->row.cell[i].n));
	*n_cells = s->row.n_cells;
	return true;
}

static enum err use(struct source *s, const struct mapping *m, size_t n)
{
	struct text missing = TEXT("");
	size_t k = 0;
	s->mapping = m;
	if (m->encoding == ENCODING_GB18030 && s->iconv == (iconv_t)-1) {
		s->iconv = iconv_open("UTF-8", "GB18030");
		if (s->iconv == (iconv_t)-1)
			return unreadable(s, n, "this system cannot convert GB18030", missing);
	}
	bool whole = memchr(s->window + s->at, '\n', n) || (s->eof && s->end - s->at <= n);
	if (m->header && !m->json && !whole)
		return unreadable(s, n, "the header line is longer than 65,536 bytes", missing);
	if (m->header && !m->json && !first_cells(s, &m->dialect, n, s->cell, &k))
		return unreadable(s, n, "the quoting of the header line is broken", missing);
	if (m->header && !m->json && m->encoding == ENCODING_GB18030) {
		char *out = s->batch->bytes + s->batch->used;
		for (size_t i = 0; i < k; i++) {
			char *in = (char *)(uintptr_t)s->cell[i].p, *from = out;
			size_t in_n = s->cell[i].n, out_n = 2 * in_n;
			if (iconv(s->iconv, &in, &in_n, &out, &out_n) == (size_t)-1)
				return unreadable(s, n, "the header line is not GB18030", missing);
			s->cell[i] = text_of(from, (size_t)(out - from));
		}
	}
	if (mapping_bind(m, m->header && !m->json ? s->cell : NULL, k, &s->binding, &missing) != ERR_OK)
		return unreadable(s, n, "the header lacks a column that the mapping file names", missing);
	s->format = m->json ? FORMAT_JSON_MAPPED : FORMAT_CSV;
	if (m->header && !m->json)
		source_count_lines(s, s->row.bytes, s->row.lines);
	return ERR_OK;
}

static bool looks_like(struct source *s, const struct mapping *m, size_t n)
{
	size_t k;
	struct text missing, field;
	enum bad_reason reason = BAD_NONE;
	if (m->header || m->width == 0 || !first_cells(s, &m->dialect, n, s->cell, &k) ||
	    mapping_bind(m, NULL, 0, &s->binding, &missing) != ERR_OK)
		return false;
	struct batch *b = s->batch;
	struct event_builder eb = { .schema = s->options->schema,
		                        .key = s->options->key,
		                        .bytes = b->bytes + b->used,
		                        .cap = SOURCE_BATCH_BYTES - b->used };
	enum mapping_result r = mapping_apply(m, &s->binding, s->cell, k, &eb, &b->event[b->n_events], &reason, &field);
	/* A withheld number does not make it another format; a time that can't be read does. */
	return r == MAPPING_EVENT || (r == MAPPING_BAD && reason == BAD_IDENT);
}

static enum err try_builtins(struct source *s, size_t n, bool *found)
{
	for (size_t i = 0; i < mapping_builtins; i++) {
		struct mapping *m;
		struct mapping_error error;
		const struct mapping_builtin *b = &mapping_builtin[i];
		enum err e =
			mapping_parse(text_of(b->text, b->n), text_z(b->name), s->options->schema, NULL, &s->arena, &m, &error);
		if (e == ERR_MEMORY)
			return e;
		if (e != ERR_OK || !looks_like(s, m, n)) /* a policy need not know calls */
			continue;
		*found = true;
		return use(s, m, n);
	}
	return ERR_OK;
}

enum err source_detect(struct source *s, size_t n)
{
	static const char delimiters[] = { ',', '\t', ';', '|' };
	if (s->mapping)
		return use(s, s->mapping, n);
	if (text_starts(text_trim(text_of(s->window + s->at, n)), TEXT("{"))) {
		s->format = FORMAT_JSON_OWN;
		return ERR_OK;
	}
	const char *why = NULL, *ignored;
	struct text column, which = TEXT("");
	for (size_t i = 0; i < sizeof delimiters; i++) {
		struct mapping *m;
		size_t k = 0;
		struct csv_dialect d = { delimiters[i], '"' };
		if (!first_cells(s, &d, n, s->cell, &k))
			continue;
		enum err e = mapping_of_header(s->cell, k, d.delimiter, s->options->schema, &s->arena, &m, i ? &ignored : &why,
		                               i ? &column : &which);
		if (e == ERR_MEMORY)
			return e;
		if (e == ERR_OK)
			return use(s, m, n);
	}
	bool found = false;
	enum err e = try_builtins(s, n, &found);
	if (found || e != ERR_OK)
		return e;
	return unreadable(s, n, why, which);
}
