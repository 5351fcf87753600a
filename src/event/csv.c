/* csv.c - the record scanner. It asks 32 bytes at once where the next delimiter, quote or line end is (SSE2, which every
 * x86-64 has; other machines take the bytes one by one) and otherwise walks from one such place to the next. */
#include "event/csv.h"
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum {
	BLOCK = 32
};

struct cursor {
	const char *p;
	size_t n;
	char delimiter, quote;
	size_t base;   /* of the block in mask */
	uint32_t mask; /* places in the block not yet visited */
	uint32_t unusual;
};

static bool is_special(const struct cursor *c, char b)
{
	return b == c->delimiter || b == '\n' || (b == c->quote && b);
}

static void load_bytewise(struct cursor *c)
{
	size_t end = c->n - c->base < BLOCK ? c->n - c->base : BLOCK;
	c->mask = 0;
	for (size_t i = 0; i < end; i++) {
		char b = c->p[c->base + i];
		c->mask |= (uint32_t)is_special(c, b) << i;
		c->unusual |= b <= 0;
	}
}

#ifdef __SSE2__
static uint32_t marks(__m128i v, __m128i a, __m128i b, __m128i nl)
{
	__m128i m = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, a), _mm_cmpeq_epi8(v, b)), _mm_cmpeq_epi8(v, nl));
	return (uint32_t)_mm_movemask_epi8(m);
}

static void load(struct cursor *c)
{
	if (c->n - c->base < BLOCK) {
		load_bytewise(c);
		return;
	}
	__m128i a = _mm_set1_epi8(c->delimiter), b = _mm_set1_epi8(c->quote ? c->quote : '\n'), nl = _mm_set1_epi8('\n');
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(c->p + c->base));
	__m128i w = _mm_loadu_si128((const __m128i *)(const void *)(c->p + c->base + 16));
	c->mask = marks(v, a, b, nl) | marks(w, a, b, nl) << 16;
	__m128i zero = _mm_setzero_si128(); /* bytes <= 0, signed: NUL and everything beyond ASCII */
	__m128i positive = _mm_and_si128(_mm_cmpgt_epi8(v, zero), _mm_cmpgt_epi8(w, zero));
	c->unusual |= _mm_movemask_epi8(positive) != 0xffff;
}
#else
static void load(struct cursor *c)
{
	load_bytewise(c);
}
#endif

/* The next special place, or n. */
static inline size_t next(struct cursor *c)
{
	while (c->mask == 0) {
		if (c->n - c->base <= BLOCK) {
			c->base = c->n;
			return c->n;
		}
		c->base += BLOCK;
		load(c);
	}
	size_t at = c->base + (size_t)__builtin_ctz(c->mask);
	c->mask &= c->mask - 1;
	return at;
}

static void add_cell(struct csv_row *row, struct csv_cell cell)
{
	if (LIKELY(row->n_cells < CSV_CELLS_MAX))
		row->cell[row->n_cells] = cell;
	row->n_cells++;
}

static enum csv_status broken(const char *p, size_t n, bool last, struct csv_row *row)
{
	const char *nl = memchr(p, '\n', n);
	if (!nl && !last)
		return CSV_MORE;
	size_t end = nl ? (size_t)(nl - p) : n;
	row->bytes = (uint32_t)(end + (nl != NULL));
	row->raw_bytes = (uint32_t)(end && nl && p[end - 1] == '\r' ? end - 1 : end);
	row->lines = 1;
	row->unusual = true;
	row->n_cells = 0;
	return CSV_QUOTE;
}

/* From the opening quote at `at`: *after becomes the place after the closing one. */
static bool quoted_end(struct cursor *c, size_t at, struct csv_row *row, struct csv_cell *cell, size_t *after)
{
	for (;;) {
		size_t q = next(c);
		if (q >= c->n)
			return false;
		if (c->p[q] == '\n' && ++row->lines > CSV_QUOTED_LINES_MAX)
			return false;
		if (c->p[q] != c->quote || q == at)
			continue;
		if (q + 1 < c->n && c->p[q + 1] == c->quote) {
			cell->doubled = true;
			(void)next(c);
			continue;
		}
		*after = q + 1;
		return true;
	}
}

/* A quoted cell; *end becomes the place of the delimiter or LF behind it, or n. */
static enum csv_status quoted_cell(struct cursor *c, size_t start, bool last, struct csv_row *row,
                                   struct csv_cell *cell, size_t *end)
{
	size_t after = 0, n = c->n;
	cell->quoted = true;
	if (!quoted_end(c, start, row, cell, &after))
		return last || row->lines > CSV_QUOTED_LINES_MAX ? CSV_QUOTE : CSV_MORE;
	cell->at = (uint32_t)start + 1;
	cell->n = (uint32_t)(after - 1 - cell->at);
	*end = n;
	if (after == n) /* without more bytes this may be the first half of a doubled quote */
		return last ? CSV_ROW : CSV_MORE;
	if (c->p[after] == '\r' && after + 1 == n)
		return last ? CSV_QUOTE : CSV_MORE;
	if (c->p[after] != c->delimiter && c->p[after] != '\n' && (c->p[after] != '\r' || c->p[after + 1] != '\n'))
		return CSV_QUOTE;
	*end = next(c);
	return CSV_ROW;
}

static size_t bare_cell(struct cursor *c, size_t start, struct csv_cell *cell)
{
	size_t end = next(c);
	while (end < c->n && c->quote && c->p[end] == c->quote) /* in the middle of a bare cell it is text */
		end = next(c);
	cell->at = (uint32_t)start;
	cell->n = (uint32_t)(end - start);
	return end;
}

enum csv_status csv_row(const struct csv_dialect *d, const char *p, size_t n, bool last, struct csv_row *row)
{
	struct cursor c = { .p = p, .n = n, .delimiter = d->delimiter, .quote = d->quote };
	row->n_cells = 0;
	row->lines = 1;
	load(&c);
	for (size_t start = 0;;) {
		struct csv_cell cell = { 0 };
		size_t end;
		if (UNLIKELY(d->quote && start < n && p[start] == d->quote)) {
			enum csv_status s = quoted_cell(&c, start, last, row, &cell, &end);
			if (s == CSV_QUOTE)
				return broken(p, n, last, row);
			if (s == CSV_MORE)
				return CSV_MORE;
		} else {
			end = bare_cell(&c, start, &cell);
		}
		bool more = end < n && p[end] == d->delimiter;
		if (LIKELY(more)) {
			add_cell(row, cell);
			start = end + 1;
			continue;
		}
		if (end >= n && !last)
			return CSV_MORE;
		bool cr = end < n && end > 0 && p[end - 1] == '\r';
		if (cr && !cell.quoted && cell.n)
			cell.n--;
		add_cell(row, cell);
		row->bytes = (uint32_t)(end < n ? end + 1 : n);
		row->raw_bytes = (uint32_t)(end - cr);
		row->unusual = c.unusual;
		return CSV_ROW;
	}
}

size_t csv_undouble(char quote, const char *p, size_t n, char *out)
{
	size_t k = 0;
	for (size_t i = 0; i < n; i++) {
		out[k++] = p[i];
		if (p[i] == quote && i + 1 < n && p[i + 1] == quote)
			i++;
	}
	return k;
}
