/* source_decode.c - from the window to the batch: one record after the other, good, bad or skipped.
 *
 * Whatever the bytes are, each record moves the window on by at least one byte and ends as one of the three; that is what
 * makes the counts add up and hostile files finite. */
#include "base/mem.h"
#include "event/source_int.h"

enum line_state {
	LINE_WHOLE,
	LINE_MORE,
	LINE_TOO_LONG
};

void source_count_lines(struct source *s, size_t bytes, uint64_t lines)
{
	s->at += bytes;
	s->offset += bytes;
	s->line += lines;
}

void source_add_bad(struct source *s, struct bad bad)
{
	struct batch *b = s->batch;
	struct bad *out = &b->bad[b->n_bads++];
	*out = bad;
	out->path = text_z(s->path);
	b->item[b->n_items++] = (struct source_item){ .bad = out };
	if (bad.line)
		b->read++;
}

static struct text keep(struct batch *b, const char *p, size_t n)
{
	char *out = b->bytes + b->used;
	if (n)
		memcpy(out, p, n);
	b->used += n;
	return text_of(out, n);
}

static void append_event(struct source *s)
{
	struct batch *b = s->batch;
	b->item[b->n_items++] = (struct source_item){ .event = &b->event[b->n_events++] };
}

/* The event with all bytes that it points to. */
static void copy_event(struct event *to, const struct event *from, const struct schema *schema, char *bytes,
                       size_t *used)
{
	const struct schema_event *t = &schema->event[from->type];
	struct batch area = { .bytes = bytes, .used = *used };
	*to = *from;
	to->raw = keep(&area, from->raw.p, from->raw.n);
	for (uint32_t i = 0; i < t->n_texts; i++)
		to->str[i] = keep(&area, from->str[i].p, from->str[i].n);
	for (uint32_t i = 0; i < t->n_idents; i++)
		to->ident[i].plain = keep(&area, from->ident[i].plain.p, from->ident[i].plain.n);
	*used = area.used;
}

void source_release_held(struct source *s)
{
	struct batch *b = s->batch;
	if (!s->held.active)
		return;
	copy_event(&b->event[b->n_events], &s->held.event, s->options->schema, b->bytes, &b->used);
	append_event(s);
	b->read++;
	s->held.active = false;
}

static void drop_held(struct source *s, int64_t jump_us)
{
	const struct event *e = &s->held.event;
	struct text raw = keep(s->batch, e->raw.p, e->raw.n);
	s->held.active = false;
	source_add_bad(s, (struct bad){ .reason = BAD_TIME_JUMP,
	                                .line = e->line,
	                                .offset = e->offset,
	                                .field = TEXT("time"),
	                                .raw = raw,
	                                .n = jump_us / US_PER_DAY });
}

/* ev is the batch's next free slot. A record far ahead of the one before is held back until the next one is there. */
enum err source_take_event(struct source *s, struct event *ev)
{
	struct held *h = &s->held;
	struct batch *b = s->batch;
	if (UNLIKELY(h->active)) {
		int64_t since = s->last_time == VALUE_MISSING ? ev->time : s->last_time;
		int64_t back = h->event.time - ev->time;
		if (back > s->options->lateness_us && back > (s->last_time == VALUE_MISSING ? US_PER_DAY : 0)) {
			drop_held(s, h->event.time - since);
		} else {
			ev[1] = ev[0]; /* a batch has room for one more */
			s->last_time = h->event.time;
			source_release_held(s);
			ev++;
		}
	}
	bool first = s->last_time == VALUE_MISSING;
	if (UNLIKELY(first || ev->time - s->last_time > US_PER_DAY)) {
		size_t used = 0;
		if (!h->bytes)
			h->bytes = mem_alloc(SOURCE_BATCH_BYTES / 2);
		if (!h->bytes)
			return ERR_MEMORY;
		copy_event(&h->event, ev, s->options->schema, h->bytes, &used);
		h->active = true;
		return ERR_OK;
	}
	s->last_time = ev->time;
	append_event(s);
	b->read++;
	return ERR_OK;
}

static void bad_record(struct source *s, enum bad_reason reason, struct text raw, struct text field, const char *why)
{
	source_add_bad(s, (struct bad){ .reason = reason,
	                                .line = s->line,
	                                .offset = s->offset,
	                                .raw = raw,
	                                .field = field,
	                                .why = why,
	                                .n = s->row.n_cells,
	                                .wanted = s->binding.width });
}

static enum err finish_record(struct source *s, enum mapping_result r, struct text raw, struct event *ev,
                              enum bad_reason reason, struct text field, const char *why)
{
	if (r == MAPPING_BAD) {
		bad_record(s, reason, raw, field, why);
	} else if (r == MAPPING_SKIPPED) {
		s->batch->read++;
		s->batch->skipped++;
	} else {
		ev->raw = raw;
		ev->line = s->line;
		ev->offset = s->offset;
		ev->source = s->index;
		return source_take_event(s, ev);
	}
	return ERR_OK;
}

static struct event_builder builder_of(struct source *s)
{
	struct batch *b = s->batch;
	return (struct event_builder){ .schema = s->options->schema,
		                           .key = s->options->key,
		                           .bytes = b->bytes + b->used,
		                           .cap = SOURCE_BATCH_BYTES - b->used };
}

/* BAD_NONE if the bytes can be looked at as text. */
static enum bad_reason check_bytes(struct text t)
{
	if (memchr(t.p, 0, t.n))
		return BAD_NUL;
	return text_utf8_valid(t) ? BAD_NONE : BAD_ENCODING;
}

static void cut_cells(struct source *s, const char *p, size_t n)
{
	struct batch *b = s->batch;
	for (size_t i = 0; i < n; i++) {
		const struct csv_cell *c = &s->row.cell[i];
		if (UNLIKELY(c->doubled)) {
			size_t k = csv_undouble(s->mapping->dialect.quote, p + c->at, c->n, b->bytes + b->used);
			s->cell[i] = text_of(b->bytes + b->used, k);
			b->used += k;
		} else {
			s->cell[i] = text_of(p + c->at, c->n);
		}
	}
}

/* A row that has been scanned at `from`, whose copy for the batch is text (and raw as it came). */
static enum err csv_record(struct source *s, struct text raw, const char *text, size_t n, bool check)
{
	enum bad_reason reason = check ? check_bytes(text_of(text, n)) : BAD_NONE;
	struct text field = TEXT("");
	if (UNLIKELY(reason != BAD_NONE)) {
		bad_record(s, reason, raw, field, NULL);
		return ERR_OK;
	}
	if (UNLIKELY(s->row.n_cells > CSV_CELLS_MAX)) {
		bad_record(s, BAD_COLUMNS, raw, field, "more than 256 columns");
		return ERR_OK;
	}
	cut_cells(s, text, s->row.n_cells);
	struct event_builder b = builder_of(s);
	struct event *ev = &s->batch->event[s->batch->n_events];
	enum mapping_result r = mapping_apply(s->mapping, &s->binding, s->cell, s->row.n_cells, &b, ev, &reason, &field);
	s->batch->used += b.used;
	return finish_record(s, r, raw, ev, reason, field, b.why);
}

static enum err json_record(struct source *s, struct text raw)
{
	enum bad_reason reason = BAD_NONE;
	struct text field = TEXT("");
	struct event_builder b = builder_of(s);
	b.used = raw.n; /* room for strings with escapes */
	struct event *ev = &s->batch->event[s->batch->n_events];
	enum mapping_result r = source_json(s, raw, &b, ev, &reason, &field);
	s->batch->used += b.used;
	return finish_record(s, r, raw, ev, reason, field, b.why);
}

/* The bytes up to the next LF within what a record may have. */
static enum line_state find_line(const struct source *s, size_t *n, size_t *raw_n)
{
	size_t have = s->end - s->at, cap = have < EVENT_RAW_MAX + 2 ? have : EVENT_RAW_MAX + 2;
	const char *p = s->window + s->at, *nl = memchr(p, '\n', cap);
	if (!nl && cap < have)
		return LINE_TOO_LONG;
	if (!nl && !s->eof)
		return cap == EVENT_RAW_MAX + 2 ? LINE_TOO_LONG : LINE_MORE;
	*n = nl ? (size_t)(nl - p) + 1 : cap;
	*raw_n = nl ? *n - 1 : cap;
	if (*raw_n && p[*raw_n - 1] == '\r')
		--*raw_n;
	return *raw_n > EVENT_RAW_MAX ? LINE_TOO_LONG : LINE_WHOLE;
}

/* The beginning of the line is kept, the rest passes by. */
static void too_long(struct source *s)
{
	struct text raw = keep(s->batch, s->window + s->at, SOURCE_RAW_KEPT);
	bad_record(s, BAD_TOO_LONG, raw, TEXT(""), NULL);
	s->skipping = true;
}

static enum decode_state skip_line(struct source *s)
{
	const char *p = s->window + s->at, *nl = memchr(p, '\n', s->end - s->at);
	if (nl) {
		source_count_lines(s, (size_t)(nl - p) + 1, 1);
		s->skipping = false;
		return DECODE_FULL; /* look again */
	}
	source_count_lines(s, s->end - s->at, 0);
	return DECODE_MORE;
}

static enum err json_step(struct source *s, bool *more)
{
	size_t n, raw_n;
	enum line_state l = find_line(s, &n, &raw_n);
	*more = l == LINE_MORE;
	if (l == LINE_TOO_LONG)
		too_long(s);
	if (l != LINE_WHOLE)
		return ERR_OK;
	enum err e = ERR_OK;
	if (text_trim(text_of(s->window + s->at, raw_n)).n)
		e = json_record(s, keep(s->batch, s->window + s->at, raw_n));
	source_count_lines(s, n, 1);
	return e;
}

/* GB18030: one line, converted, then cut. */
static enum err gb_step(struct source *s, bool *more)
{
	size_t n, raw_n;
	enum line_state l = find_line(s, &n, &raw_n);
	*more = l == LINE_MORE;
	if (l == LINE_TOO_LONG)
		too_long(s);
	if (l != LINE_WHOLE)
		return ERR_OK;
	enum err e = ERR_OK;
	if (raw_n) {
		struct text raw = keep(s->batch, s->window + s->at, raw_n);
		char *in = (char *)(uintptr_t)raw.p, *from = s->batch->bytes + s->batch->used, *out = from;
		size_t in_n = raw_n, out_n = 2 * raw_n;
		(void)iconv(s->iconv, NULL, NULL, NULL, NULL);
		bool ok = iconv(s->iconv, &in, &in_n, &out, &out_n) != (size_t)-1 && in_n == 0;
		size_t k = (size_t)(out - from);
		s->batch->used += k;
		if (!ok)
			bad_record(s, BAD_ENCODING, raw, TEXT(""), NULL);
		else if (csv_row(&s->mapping->dialect, from, k, true, &s->row) == CSV_QUOTE || s->row.bytes != k)
			bad_record(s, BAD_QUOTE, raw, TEXT(""), NULL);
		else
			e = csv_record(s, raw, from, k, true);
	}
	source_count_lines(s, n, 1);
	return e;
}

static enum err csv_step(struct source *s, bool *more)
{
	const char *p = s->window + s->at;
	size_t have = s->end - s->at, n = have < EVENT_RAW_MAX + 2 ? have : EVENT_RAW_MAX + 2;
	bool last = s->eof && n == have;
	enum csv_status st = csv_row(&s->mapping->dialect, p, n, last, &s->row);
	*more = false;
	if (UNLIKELY(st == CSV_MORE)) {
		if (n < EVENT_RAW_MAX + 2 && !s->eof) {
			*more = true;
			return ERR_OK;
		}
		const char *nl = memchr(p, '\n', n); /* then it is a quote that does not end */
		if (!nl) {
			too_long(s);
			return ERR_OK;
		}
		s->row.bytes = (uint32_t)(nl - p) + 1;
		s->row.raw_bytes = (uint32_t)(nl - p);
		s->row.lines = 1;
		st = CSV_QUOTE;
	}
	enum err e = ERR_OK;
	if (UNLIKELY(s->row.raw_bytes > EVENT_RAW_MAX)) {
		bad_record(s, BAD_TOO_LONG, keep(s->batch, p, SOURCE_RAW_KEPT), TEXT(""), NULL);
	} else if (UNLIKELY(st == CSV_QUOTE)) {
		s->row.n_cells = 0;
		bad_record(s, BAD_QUOTE, keep(s->batch, p, s->row.raw_bytes), TEXT(""), NULL);
	} else if (LIKELY(s->row.raw_bytes)) {
		struct text raw = keep(s->batch, p, s->row.raw_bytes);
		e = csv_record(s, raw, raw.p, raw.n, s->row.unusual);
	}
	source_count_lines(s, s->row.bytes, s->row.lines);
	return e;
}

static bool batch_full(const struct source *s)
{
	const struct batch *b = s->batch;
	uint32_t max = s->options->batch_events ? s->options->batch_events : SOURCE_BATCH_EVENTS;
	return b->n_items >= max || b->used >= SOURCE_BATCH_FULL_BYTES;
}

/* The byte-order mark, then the first line that tells the format. */
static enum decode_state begin(struct source *s)
{
	if (!s->started) {
		if (s->end - s->at < 3 && !s->eof)
			return DECODE_MORE;
		if (s->end - s->at >= 3 && memcmp(s->window + s->at, "\xef\xbb\xbf", 3) == 0)
			source_count_lines(s, 3, 0);
		s->started = true;
	}
	while (s->format == FORMAT_UNKNOWN) {
		size_t n, raw_n;
		if (s->at == s->end)
			return s->eof ? DECODE_ENDED : DECODE_MORE;
		enum line_state l = find_line(s, &n, &raw_n);
		if (l == LINE_MORE)
			return DECODE_MORE;
		if (l == LINE_WHOLE && raw_n == 0) {
			source_count_lines(s, n, 1);
			continue;
		}
		enum err e = source_detect(s, l == LINE_WHOLE ? n : EVENT_RAW_MAX);
		if (e != ERR_OK)
			return e == ERR_MEMORY ? DECODE_NO_MEMORY : DECODE_ENDED;
	}
	return DECODE_FULL;
}

enum decode_state source_decode(struct source *s)
{
	if (s->format == FORMAT_UNKNOWN) {
		enum decode_state d = begin(s);
		if (d != DECODE_FULL)
			return d;
	}
	for (;;) {
		if (batch_full(s))
			return DECODE_FULL;
		if (s->at == s->end)
			return s->eof ? DECODE_ENDED : DECODE_MORE;
		if (s->skipping) {
			if (skip_line(s) == DECODE_MORE)
				return s->eof ? DECODE_ENDED : DECODE_MORE;
			continue;
		}
		bool more;
		enum err e;
		if (s->format != FORMAT_CSV)
			e = json_step(s, &more);
		else if (s->mapping->encoding == ENCODING_GB18030)
			e = gb_step(s, &more);
		else
			e = csv_step(s, &more);
		if (e != ERR_OK)
			return DECODE_NO_MEMORY;
		if (more)
			return DECODE_MORE;
	}
}
