/* mapping.c - binding a mapping to a file's columns and applying it to records. */
#include "event/mapping.h"

static int find(const struct text *names, size_t n, struct text name)
{
	for (size_t i = 0; i < n; i++)
		if (text_eq(names[i], name))
			return (int)i;
	return -1;
}

enum err mapping_bind(const struct mapping *m, const struct text *header, size_t n, struct mapping_binding *out,
                      struct text *missing)
{
	struct mapping_binding b = { .width = m->width };
	if (header && b.width == 0)
		b.width = (uint32_t)n;
	for (uint32_t i = 0; i < m->n_columns; i++) {
		if (m->json) {
			b.at[i] = (uint16_t)i;
		} else if (m->number[i] != MAPPING_NO_COLUMN) {
			b.at[i] = m->number[i];
		} else {
			int k = header ? find(header, n, m->column[i]) : -1;
			if (k < 0) {
				*missing = m->column[i];
				return ERR_ABSENT;
			}
			b.at[i] = (uint16_t)k;
		}
	}
	*out = b;
	return ERR_OK;
}

static struct text cell_at(const struct mapping_binding *at, const struct text *cells, size_t n, uint16_t column)
{
	size_t k = at->at[column];
	return k < n ? cells[k] : (struct text){ NULL, 0 };
}

static bool filtered(const struct mapping *m, const struct mapping_binding *at, const struct text *cells, size_t n)
{
	for (uint32_t i = 0; i < m->n_filters; i++) {
		const struct mapping_filter *f = &m->filter[i];
		if (text_eq(cell_at(at, cells, n, f->column), f->text) != f->differs)
			return true;
	}
	return false;
}

static const struct mapping_event *event_of(const struct mapping *m, const struct mapping_binding *at,
                                            const struct text *cells, size_t n, struct text *column)
{
	for (uint32_t i = 0; i < m->n_events; i++) {
		const struct mapping_event *e = &m->event[i];
		if (e->when == MAPPING_NO_COLUMN)
			return e;
		*column = m->column[e->when];
		if (text_eq(cell_at(at, cells, n, e->when), e->equals))
			return e;
	}
	return NULL;
}

static enum bad_reason set_field(const struct mapping *m, const struct mapping_event *e, const struct mapping_field *f,
                                 struct text v, struct event_builder *b, struct event *ev, struct text *field)
{
	enum bad_reason r;
	if (f->field < 0) {
		b->why = NULL;
		r = v.n ? value_time(v, &f->format, &ev->time, &b->why) : BAD_MISSING;
		if (UNLIKELY(r != BAD_NONE))
			*field = TEXT("time");
		return r;
	}
	r = event_set(b, ev, (uint32_t)f->field, v, &f->format);
	if (UNLIKELY(r != BAD_NONE))
		*field = m->schema->event[e->type].field[f->field].name;
	return r;
}

enum mapping_result mapping_apply(const struct mapping *m, const struct mapping_binding *at, const struct text *cells,
                                  size_t n, struct event_builder *b, struct event *ev, enum bad_reason *reason,
                                  struct text *field)
{
	*field = TEXT("");
	b->why = NULL;
	bool spare = n == (size_t)at->width + 1 && cells[n - 1].n == 0; /* a delimiter at the end of the line */
	if (UNLIKELY(at->width && n != at->width && !spare)) {
		*reason = BAD_COLUMNS;
		return MAPPING_BAD;
	}
	if (m->n_filters && filtered(m, at, cells, n))
		return MAPPING_SKIPPED;
	const struct mapping_event *e = event_of(m, at, cells, n, field);
	if (UNLIKELY(!e)) {
		*reason = BAD_EVENT_TYPE;
		return MAPPING_BAD;
	}
	event_begin(m->schema, e->type, ev);
	for (uint32_t i = 0; i < e->n_fields; i++) {
		const struct mapping_field *f = &e->field[i];
		struct text v = f->column == MAPPING_NO_COLUMN ? f->constant : cell_at(at, cells, n, f->column);
		if (v.p == NULL && f->field >= 0)
			continue;
		*reason = set_field(m, e, f, v, b, ev, field);
		if (UNLIKELY(*reason != BAD_NONE))
			return MAPPING_BAD;
	}
	uint32_t missing = 0;
	*reason = event_finish(m->schema, ev, &missing);
	*field = *reason == BAD_NONE ? TEXT("") : m->schema->event[e->type].field[missing].name;
	return *reason == BAD_NONE ? MAPPING_EVENT : MAPPING_BAD;
}

static void own_event(struct mapping *m, uint32_t type, const struct text *names, size_t n, int when)
{
	struct mapping_event *e = &m->event[m->n_events];
	e->type = type;
	e->when = when < 0 ? MAPPING_NO_COLUMN : (uint16_t)when;
	e->equals = m->schema->event[type].name;
	for (size_t i = 0; i < n; i++) {
		bool time = text_eq(names[i], TEXT("time"));
		int f = time ? -1 : schema_field_find(&m->schema->event[type], names[i]);
		if ((f < 0 && !time) || e->n_fields == ARRAY_LEN(e->field))
			continue;
		e->field[e->n_fields++] =
			(struct mapping_field){ .field = f, .column = (uint16_t)i, .format = field_format_own };
	}
	m->n_events++;
}

static bool known_somewhere(const struct schema *s, struct text name)
{
	for (uint32_t i = 0; i < s->n_events; i++)
		if (schema_field_find(&s->event[i], name) >= 0)
			return true;
	return text_eq(name, TEXT("time")) || text_eq(name, TEXT("event"));
}

static const char *own_complaint(const struct text *names, size_t n, const struct schema *s, struct text *which)
{
	if (find(names, n, TEXT("time")) < 0)
		return "the header has no column \"time\"; without one a mapping file is needed";
	for (size_t i = 0; i < n; i++) {
		*which = names[i];
		if (find(names, i, names[i]) >= 0)
			return "two columns of the header have the same name";
		if (!known_somewhere(s, names[i]))
			return "a column of the header is no field of any event type; a mapping file is needed";
	}
	*which = TEXT("");
	return NULL;
}

enum err mapping_of_header(const struct text *names, size_t n, char delimiter, const struct schema *s, struct arena *a,
                           struct mapping **out, const char **why, struct text *which)
{
	*which = TEXT("");
	*why = n > MAPPING_COLUMNS_MAX ? "the header has more than 256 columns" : own_complaint(names, n, s, which);
	if (*why)
		return ERR_ABSENT;
	int when = find(names, n, TEXT("event"));
	int type = when < 0 ? event_infer(s, names, n) : 0;
	if (type < 0) {
		*why = type == -2 ? "the header fits several event types; a column \"event\" would tell which"
		                  : "the header has not all required fields of any event type";
		return ERR_ABSENT;
	}
	struct mapping *m = arena_alloc(a, sizeof *m);
	if (!m)
		return ERR_MEMORY;
	size_t events = when < 0 ? 1 : s->n_events;
	m->event = arena_alloc(a, events * sizeof *m->event);
	if (!m->event)
		return ERR_MEMORY;
	*m = (struct mapping){ .name = TEXT("csv"),
		                   .header = true,
		                   .dialect = { delimiter, '"' },
		                   .width = (uint32_t)n,
		                   .n_columns = (uint32_t)n,
		                   .event = m->event,
		                   .schema = s };
	for (size_t i = 0; i < n; i++) {
		m->column[i] = arena_text(a, names[i]);
		m->number[i] = (uint16_t)i;
		if (!m->column[i].p)
			return ERR_MEMORY;
	}
	for (uint32_t i = 0; i < events; i++)
		own_event(m, when < 0 ? (uint32_t)type : i, names, n, when);
	*out = m;
	return ERR_OK;
}
