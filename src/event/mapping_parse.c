/* mapping_parse.c - mapping files: directives about the file, then one block an event type. */
#include "event/mapping_parse.h"

enum {
	MAPPING_EVENTS_MAX = 32,
	SAID_MAX = 60 /* bytes of a word that an error repeats */
};

struct parser {
	struct map_lexer l;
	struct mapping *m;
	const struct zone_loader *loader;
	const struct zone *zone;
	struct mapping_event *event; /* the block we are in, or NULL */
	struct word event_word[MAPPING_EVENTS_MAX];
	struct mapping_field shared_time; /* said before the first block */
	bool has_shared_time, has_list;
};

#define SAID(t) (int)((t).n < SAID_MAX ? (t).n : SAID_MAX), (t).p

static bool end_of_line(struct parser *p)
{
	if (p->l.err != ERR_OK)
		return false;
	if (p->l.word.kind != WORD_END)
		return map_fail(&p->l, "\"%.*s\" is not expected here; end the line before it", SAID(p->l.word.text));
	return true;
}

static bool no_memory(struct parser *p)
{
	if (p->l.err == ERR_OK)
		p->l.err = ERR_MEMORY;
	return false;
}

static bool copy(struct parser *p, struct text t, struct text *out)
{
	*out = arena_text(p->l.arena, t);
	return out->p || no_memory(p);
}

/* One of the words, which are separated by blanks in `words`; its index, or -1 with an error. */
static int choice(struct parser *p, const char *what, const char *words)
{
	const char *w = words;
	for (int i = 0; *w; i++) {
		size_t n = strcspn(w, " ");
		if (p->l.word.kind == WORD_BARE && text_eq(p->l.word.text, text_of(w, n))) {
			map_next(&p->l);
			return i;
		}
		w += n + (w[n] != 0);
	}
	map_fail(&p->l, "%s is one of: %s", what, words);
	return -1;
}

static bool quoted_text(struct parser *p, const char *what, struct text *out)
{
	if (p->l.word.kind != WORD_QUOTED)
		return map_fail(&p->l, "%s is a text in double quotes", what);
	*out = p->l.word.text;
	map_next(&p->l);
	return true;
}

static bool add_column(struct parser *p, struct text name, uint16_t number, uint16_t *out)
{
	struct mapping *m = p->m;
	if (m->n_columns == MAPPING_COLUMNS_MAX)
		return map_fail(&p->l, "a mapping knows at most %d columns", MAPPING_COLUMNS_MAX);
	if (!copy(p, name, &m->column[m->n_columns]))
		return false;
	m->number[m->n_columns] = number;
	*out = (uint16_t)m->n_columns++;
	return true;
}

static bool column_by_number(struct parser *p, uint16_t *out)
{
	int64_t n;
	if (text_to_int(p->l.word.text, &n) != ERR_OK || n < 1 || n > MAPPING_COLUMNS_MAX)
		return map_fail(&p->l, "columns are numbered from 1 to %d", MAPPING_COLUMNS_MAX);
	if (p->m->json)
		return map_fail(&p->l, "the columns of NDJSON are keys: give a name");
	if (p->m->width && n > p->m->width)
		return map_fail(&p->l, "there are only %u columns in the list", p->m->width);
	for (uint32_t i = 0; i < p->m->n_columns; i++) {
		if (p->m->number[i] == n - 1) {
			*out = (uint16_t)i;
			map_next(&p->l);
			return true;
		}
	}
	return add_column(p, p->l.word.text, (uint16_t)(n - 1), out) && (map_next(&p->l), true);
}

/* NAME, column NAME, column "any name" or column 3. */
static bool column(struct parser *p, uint16_t *out)
{
	if (map_accept(&p->l, "column")) {
		if (p->l.word.kind == WORD_BARE && p->l.word.text.p[0] >= '0' && p->l.word.text.p[0] <= '9')
			return column_by_number(p, out);
		if (p->l.word.kind == WORD_QUOTED)
			p->l.word.kind = WORD_BARE;
	}
	if (p->l.word.kind != WORD_BARE)
		return map_fail(&p->l, "a column is expected: its name, or \"column\" and its number");
	for (uint32_t i = 0; i < p->m->n_columns; i++) {
		if (text_eq(p->m->column[i], p->l.word.text)) {
			*out = (uint16_t)i;
			map_next(&p->l);
			return true;
		}
	}
	if (p->has_list)
		return map_fail(&p->l, "there is no column \"%.*s\" in the list of columns", SAID(p->l.word.text));
	if (!p->m->header && !p->m->json)
		return map_fail(&p->l, "without a header a column needs a number (column 3) or a list (columns a, b, c)");
	return add_column(p, p->l.word.text, MAPPING_NO_COLUMN, out) && (map_next(&p->l), true);
}

static bool zone_offset(struct text t, int32_t *off_s)
{
	int d[4] = { 0 };
	if (t.n != 6 || (t.p[0] != '+' && t.p[0] != '-') || t.p[3] != ':')
		return false;
	for (int i = 0; i < 4; i++) {
		d[i] = t.p[i < 2 ? i + 1 : i + 2] - '0';
		if (d[i] < 0 || d[i] > 9)
			return false;
	}
	*off_s = ((d[0] * 10 + d[1]) * 60 + d[2] * 10 + d[3]) * 60;
	if (*off_s > 18 * 3600 || d[2] > 5)
		return false;
	*off_s = t.p[0] == '-' ? -*off_s : *off_s;
	return true;
}

static bool zone(struct parser *p, const struct zone **out)
{
	struct text name = p->l.word.text;
	int32_t off_s;
	if (p->l.word.kind != WORD_BARE && p->l.word.kind != WORD_QUOTED)
		return map_fail(&p->l, "a zone is expected, such as Asia/Shanghai, UTC or +08:00");
	if (text_eq(name, TEXT("UTC")) || text_eq(name, TEXT("Asia/Shanghai"))) {
		*out = text_eq(name, TEXT("UTC")) ? &clock_utc : &clock_shanghai;
		map_next(&p->l);
		return true;
	}
	struct zone *z = arena_alloc(p->l.arena, sizeof *z);
	if (!z)
		return no_memory(p);
	if (zone_offset(name, &off_s)) {
		z->first_off_s = off_s;
		if (!copy(p, name, &z->name))
			return false;
	} else {
		enum err e = p->loader ? p->loader->load(p->loader->context, name, p->l.arena, z) : ERR_ABSENT;
		if (e == ERR_MEMORY)
			return no_memory(p);
		if (e != ERR_OK)
			return map_fail(&p->l, "there is no zone \"%.*s\"; write for example Asia/Shanghai, UTC or +08:00",
			                SAID(name));
	}
	*out = z;
	map_next(&p->l);
	return true;
}

/* iso | "pattern" | epoch s|ms|us|auto | seconds since INSTANT */
static bool time_form(struct parser *p, struct field_format *f)
{
	if (p->l.word.kind == WORD_QUOTED) {
		const char *why = value_pattern_check(p->l.word.text);
		if (why)
			return map_fail(&p->l, "%s", why);
		f->time_form = TIME_PATTERN;
		return quoted_text(p, "a pattern", &f->pattern);
	}
	if (map_accept(&p->l, "iso")) {
		f->time_form = TIME_ISO;
		return true;
	}
	if (map_accept(&p->l, "epoch")) {
		static const enum time_form form[] = { TIME_EPOCH_S, TIME_EPOCH_MS, TIME_EPOCH_US, TIME_EPOCH_AUTO };
		int i = choice(p, "an epoch's unit", "s ms us auto");
		if (i >= 0)
			f->time_form = form[i];
		return i >= 0;
	}
	if (map_accept(&p->l, "seconds")) {
		if (!map_accept(&p->l, "since"))
			return map_fail(&p->l, "seconds since an instant, such as 2020-01-01T00:00:00Z");
		f->time_form = TIME_SINCE;
		if (clock_parse(p->l.word.text, p->zone, &f->since_us) != ERR_OK)
			return map_fail(&p->l, "an instant such as 2020-01-01T00:00:00Z is expected");
		map_next(&p->l);
		return true;
	}
	return map_fail(&p->l, "a time is read as: iso, \"%%Y-%%m-%%d %%H:%%M:%%S\", epoch s, or seconds since an instant");
}

static bool unit(struct parser *p, enum dim dim, struct field_format *f)
{
	static const enum unit money[] = { UNIT_YUAN, UNIT_FEN, UNIT_WAN };
	static const enum unit duration[] = { UNIT_S, UNIT_MS, UNIT_US, UNIT_MIN };
	if (dim != DIM_MONEY && dim != DIM_DURATION)
		return map_fail(&p->l, "only amounts and durations have a unit");
	int i = dim == DIM_MONEY ? choice(p, "an amount's unit", "yuan fen wan")
	                         : choice(p, "a duration's unit", "s ms us min");
	if (i >= 0)
		f->unit = dim == DIM_MONEY ? money[i] : duration[i];
	return i >= 0;
}

static bool value_map(struct parser *p, struct field_format *f)
{
	struct field_map *map = arena_alloc(p->l.arena, MAPPING_VALUES_MAX * sizeof *map);
	if (!map)
		return no_memory(p);
	f->map = map;
	do {
		if (f->n_map == MAPPING_VALUES_MAX)
			return map_fail(&p->l, "a value map has at most %d values", MAPPING_VALUES_MAX);
		struct field_map *one = &map[f->n_map];
		if (!quoted_text(p, "a mapped value", &one->from))
			return false;
		if (!map_accept(&p->l, "->"))
			return map_fail(&p->l, "a value map is written \"0\" -> \"no\", \"1\" -> \"yes\"");
		if (!quoted_text(p, "a mapped value", &one->to))
			return false;
		f->n_map++;
	} while (map_accept(&p->l, ","));
	return true;
}

static bool modifiers(struct parser *p, enum dim dim, struct field_format *f)
{
	while (p->l.err == ERR_OK && p->l.word.kind != WORD_END) {
		bool ok;
		struct word at = p->l.word;
		if (map_accept(&p->l, "in")) {
			ok = unit(p, dim, f);
		} else if (map_accept(&p->l, "as")) {
			ok = dim == DIM_TIME ? time_form(p, f) : map_fail_at(&p->l, &at, "\"as\" belongs to times only");
		} else if (map_accept(&p->l, "zone")) {
			ok = dim == DIM_TIME ? zone(p, &f->zone) : map_fail_at(&p->l, &at, "\"zone\" belongs to times only");
		} else if (map_accept(&p->l, "opaque")) {
			f->mode = IDENT_ANY;
			ok = dim == DIM_ENTITY || map_fail_at(&p->l, &at, "\"opaque\" belongs to identifiers only");
		} else if (map_accept(&p->l, "prefix")) {
			ok = quoted_text(p, "a prefix", &f->prefix) &&
			     (dim == DIM_ENTITY || map_fail_at(&p->l, &at, "\"prefix\" belongs to identifiers only"));
		} else if (map_accept(&p->l, "map")) {
			ok = value_map(p, f);
		} else {
			ok = map_fail(&p->l,
			              "after a column come: in UNIT, as TIME, zone ZONE, opaque, prefix \"x\", map \"a\" -> \"b\"");
		}
		if (!ok)
			return false;
	}
	return true;
}

/* FIELD = COLUMN ... | "constant" ... ; the field's name has been read into `name`. */
static bool field_line(struct parser *p, struct word name)
{
	struct mapping_field f = { .field = -1, .column = MAPPING_NO_COLUMN, .format = { .zone = p->zone } };
	bool time = text_eq(name.text, TEXT("time"));
	enum dim dim = DIM_TIME;
	if (!p->event && !time)
		return map_fail_at(&p->l, &name, "\"%.*s\" is not known here; fields come after a line \"event NAME\"",
		                   SAID(name.text));
	if (!time) {
		const struct schema_event *e = &p->m->schema->event[p->event->type];
		f.field = schema_field_find(e, name.text);
		if (f.field < 0)
			return map_fail_at(&p->l, &name, "event %.*s has no field \"%.*s\"", SAID(e->name), SAID(name.text));
		dim = e->field[f.field].type.dim;
	}
	if (p->l.word.kind == WORD_QUOTED) {
		if (!quoted_text(p, "a constant", &f.constant))
			return false;
	} else if (!column(p, &f.column)) {
		return false;
	}
	if (!modifiers(p, dim, &f.format))
		return false;
	if (!p->event) {
		p->shared_time = f;
		p->has_shared_time = true;
		return true;
	}
	for (uint32_t i = 0; i < p->event->n_fields; i++)
		if (p->event->field[i].field == f.field)
			return map_fail_at(&p->l, &name, "\"%.*s\" is there twice in this event", SAID(name.text));
	p->event->field[p->event->n_fields++] = f;
	return true;
}

/* COLUMN = "text", or != where differs is not NULL. */
static bool condition(struct parser *p, uint16_t *col, struct text *text, bool *differs)
{
	if (!column(p, col))
		return false;
	if (differs && map_accept(&p->l, "!="))
		*differs = true;
	else if (!map_accept(&p->l, "="))
		return map_fail(&p->l, differs ? "= or != is expected after the column" : "= is expected after the column");
	return quoted_text(p, "what a column is compared with", text);
}

static bool event_line(struct parser *p)
{
	struct mapping *m = p->m;
	struct word at = p->l.word;
	int type = p->l.word.kind == WORD_BARE ? schema_event_find(m->schema, p->l.word.text) : -1;
	if (type < 0)
		return map_fail(&p->l, "the policy declares no event \"%.*s\"", SAID(at.text));
	if (m->n_events == MAPPING_EVENTS_MAX)
		return map_fail(&p->l, "a mapping has at most %d events", MAPPING_EVENTS_MAX);
	if (m->n_events && p->event->when == MAPPING_NO_COLUMN)
		return map_fail(&p->l, "the event before takes all records; give it a \"when\" first");
	map_next(&p->l);
	p->event_word[m->n_events] = at;
	p->event = &m->event[m->n_events++];
	*p->event = (struct mapping_event){ .type = (uint32_t)type, .when = MAPPING_NO_COLUMN };
	return !map_accept(&p->l, "when") || condition(p, &p->event->when, &p->event->equals, NULL);
}

static bool skip_line(struct parser *p)
{
	struct mapping_filter *f = &p->m->filter[p->m->n_filters];
	if (!map_accept(&p->l, "when"))
		return map_fail(&p->l, "a filter is written: skip when COLUMN = \"text\"");
	if (p->m->n_filters == MAPPING_FILTERS_MAX)
		return map_fail(&p->l, "a mapping has at most %d filters", MAPPING_FILTERS_MAX);
	p->m->n_filters++;
	return condition(p, &f->column, &f->text, &f->differs);
}

static bool single_byte(struct parser *p, const char *what, char *out)
{
	struct text t = TEXT("");
	struct word at = p->l.word;
	if (!quoted_text(p, what, &t))
		return false;
	if (t.n != 1 || (unsigned char)t.p[0] >= 0x80 || strchr("\r\n", t.p[0]))
		return map_fail_at(&p->l, &at, "%s is one ASCII character", what);
	*out = t.p[0];
	return true;
}

static bool columns_line(struct parser *p)
{
	if (p->m->n_columns)
		return map_fail(&p->l, "the list of columns comes before their use, and once");
	p->has_list = true;
	for (;;) {
		uint16_t k;
		if (p->l.word.kind != WORD_BARE && p->l.word.kind != WORD_QUOTED)
			return map_fail(&p->l, "a column's name is expected");
		for (uint32_t i = 0; i < p->m->n_columns; i++)
			if (text_eq(p->m->column[i], p->l.word.text))
				return map_fail(&p->l, "two columns are called \"%.*s\"", SAID(p->l.word.text));
		if (!add_column(p, p->l.word.text, (uint16_t)p->m->n_columns, &k))
			return false;
		map_next(&p->l);
		if (!map_accept(&p->l, ","))
			break;
		if (p->l.word.kind == WORD_END && !map_next_line(&p->l))
			return map_fail(&p->l, "the list of columns ends with a comma");
	}
	p->m->width = p->m->json ? 0 : p->m->n_columns;
	return true;
}

/* A line about the file as a whole; *known is false if it is none. */
static bool file_line(struct parser *p, struct word name, bool *known)
{
	struct mapping *m = p->m;
	int i;
	*known = true;
	if (text_eq(name.text, TEXT("format"))) {
		i = choice(p, "a format", "csv ndjson");
		m->json = i == 1;
		return i >= 0;
	}
	if (text_eq(name.text, TEXT("header"))) {
		i = choice(p, "header", "yes no");
		m->header = i == 0;
		return i >= 0;
	}
	if (text_eq(name.text, TEXT("strict"))) {
		i = choice(p, "strict", "yes no");
		m->strict = i == 0;
		return i >= 0;
	}
	if (text_eq(name.text, TEXT("encoding"))) {
		i = choice(p, "an encoding", "utf-8 gb18030");
		m->encoding = i == 1 ? ENCODING_GB18030 : ENCODING_UTF8;
		return i >= 0;
	}
	if (text_eq(name.text, TEXT("delimiter"))) {
		m->dialect.delimiter = '\t';
		return map_accept(&p->l, "tab") || single_byte(p, "a delimiter", &m->dialect.delimiter);
	}
	if (text_eq(name.text, TEXT("quote"))) {
		m->dialect.quote = 0;
		return map_accept(&p->l, "none") || single_byte(p, "a quote", &m->dialect.quote);
	}
	if (text_eq(name.text, TEXT("zone")))
		return zone(p, &p->zone);
	if (text_eq(name.text, TEXT("columns")))
		return columns_line(p);
	*known = false;
	return true;
}

static bool one_line(struct parser *p)
{
	struct word name = p->l.word;
	bool known = false;
	if (name.kind != WORD_BARE)
		return map_fail(&p->l, "a line begins with a word such as event, skip, header, or a field's name");
	map_next(&p->l);
	if (map_accept(&p->l, "="))
		return field_line(p, name) && end_of_line(p);
	if (text_eq(name.text, TEXT("event")))
		return event_line(p) && end_of_line(p);
	if (text_eq(name.text, TEXT("skip")))
		return skip_line(p) && end_of_line(p);
	if (!file_line(p, name, &known))
		return false;
	if (!known)
		return map_fail_at(&p->l, &name, "\"%.*s\" is neither a setting nor followed by =", SAID(name.text));
	if (p->event)
		return map_fail_at(&p->l, &name, "\"%.*s\" belongs before the first event", SAID(name.text));
	return end_of_line(p);
}

/* Time first: a file is recognised by it. Then everything that is required has to be there. */
static bool check_event(struct parser *p, struct mapping_event *e, const struct word *at)
{
	const struct schema_event *t = &p->m->schema->event[e->type];
	uint32_t set = 0, i = 0;
	while (i < e->n_fields && e->field[i].field >= 0)
		i++;
	if (i == e->n_fields) {
		if (!p->has_shared_time)
			return map_fail_at(&p->l, at, "event %.*s needs a line \"time = COLUMN\"", SAID(t->name));
		e->field[e->n_fields++] = p->shared_time;
	}
	struct mapping_field first = e->field[0];
	e->field[0] = e->field[i];
	e->field[i] = first;
	for (i = 1; i < e->n_fields; i++)
		set |= (uint32_t)1 << e->field[i].field;
	for (i = 0; i < t->n_fields; i++)
		if (!t->field[i].optional && !(set >> i & 1))
			return map_fail_at(&p->l, at, "event %.*s needs a line \"%.*s = COLUMN\"", SAID(t->name),
			                   SAID(t->field[i].name));
	return true;
}

enum err mapping_parse(struct text bytes, struct text name, const struct schema *s, const struct zone_loader *loader,
                       struct arena *a, struct mapping **out, struct mapping_error *error)
{
	struct parser p = { .loader = loader, .zone = &clock_shanghai };
	*error = (struct mapping_error){ 1, 1, "" };
	p.m = arena_alloc(a, sizeof *p.m);
	struct mapping_event *events = p.m ? arena_alloc(a, MAPPING_EVENTS_MAX * sizeof *events) : NULL;
	if (!events)
		return ERR_MEMORY;
	p.m->header = true;
	p.m->schema = s;
	p.m->dialect = (struct csv_dialect){ ',', '"' };
	p.m->event = events;
	map_start(&p.l, bytes, a, error);
	if (!copy(&p, name, &p.m->name))
		return p.l.err;
	if (bytes.n > MAPPING_BYTES_MAX || !text_utf8_valid(bytes) || memchr(bytes.p, 0, bytes.n)) {
		map_fail(&p.l, "a mapping file is UTF-8 text of at most 256 KiB");
		return ERR_FORMAT;
	}
	while (p.l.err == ERR_OK && map_next_line(&p.l))
		(void)one_line(&p);
	if (p.l.err == ERR_OK && p.m->n_events == 0)
		map_fail(&p.l, "there is no line \"event NAME\"");
	for (uint32_t i = 0; i < p.m->n_events && p.l.err == ERR_OK; i++)
		(void)check_event(&p, &p.m->event[i], &p.event_word[i]);
	if (p.l.err == ERR_OK && p.m->json && p.m->encoding != ENCODING_UTF8)
		map_fail(&p.l, "NDJSON is always UTF-8: leave out the encoding");
	if (p.l.err == ERR_OK && p.m->dialect.delimiter == p.m->dialect.quote)
		map_fail(&p.l, "delimiter and quote are the same character");
	if (p.l.err == ERR_OK)
		*out = p.m;
	return p.l.err;
}
