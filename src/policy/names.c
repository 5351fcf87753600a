/* names.c - names of things as messages and listings write them, and the nearest name to a misspelt one.
 *
 * Distance: Levenshtein over code points, so that one wrong Chinese character counts one. A suggestion is made up to
 * distance 2, and never when more than half of the name would have to change. */
#include <stdio.h>
#include "policy/lex.h"

const char *policy_op_symbol(enum expr_op op)
{
	static const char *const symbol[] = {
#define X(name, n, text) text,
		EXPR_OPS(X)
#undef X
	};
	return symbol[op];
}

struct text policy_span_text(const struct policy *p, struct span s)
{
	struct text t = p->file[s.file].text;
	if (s.start > t.n || s.end > t.n || s.end < s.start)
		return text_of("", 0);
	return text_of(t.p + s.start, s.end - s.start);
}

void policy_type_name(struct buf *b, const struct policy *p, struct type t)
{
	static const char *const name[] = { "number", "money", "duration", "time", "bool", "text" };
	if (t.dim == DIM_ENTITY)
		buf_text(b, p->schema.entity[t.entity].name);
	else
		buf_z(b, name[t.dim]);
}

/* ---- the nearest ---- */

enum {
	NEAREST_MAX = SCHEMA_NAME_MAX,
	NEAREST_FAR = 3
};

static uint32_t code_points(struct text t, uint32_t *out)
{
	uint32_t n = 0, bytes;
	for (size_t at = 0; at < t.n && n < NEAREST_MAX; at += bytes)
		out[n++] = lex_utf8(t.p + at, t.n - at, &bytes);
	return n;
}

static uint32_t distance(struct text x, struct text y, uint32_t *shorter)
{
	uint32_t a[NEAREST_MAX], b[NEAREST_MAX], row[NEAREST_MAX + 1];
	uint32_t na = code_points(x, a), nb = code_points(y, b);
	*shorter = na < nb ? na : nb;
	for (uint32_t j = 0; j <= nb; j++)
		row[j] = j;
	for (uint32_t i = 1; i <= na; i++) {
		uint32_t diagonal = row[0];
		row[0] = i;
		for (uint32_t j = 1; j <= nb; j++) {
			uint32_t best = diagonal + (a[i - 1] != b[j - 1]);
			diagonal = row[j];
			best = best < row[j] + 1 ? best : row[j] + 1;
			row[j] = best < row[j - 1] + 1 ? best : row[j - 1] + 1;
		}
	}
	return row[nb];
}

void nearest_init(struct nearest *n, struct text want)
{
	*n = (struct nearest){ .want = want, .distance = NEAREST_FAR };
}

void nearest_try(struct nearest *n, struct text candidate)
{
	uint32_t shorter;
	uint32_t d = distance(n->want, candidate, &shorter);
	if (d < n->distance && d * 2 <= shorter) {
		n->distance = d;
		n->best = candidate;
	}
}

const char *nearest_hint(struct front *f, const struct nearest *n)
{
	if (n->best.n == 0)
		return "";
	char *z = front_alloc(f, n->best.n + 32);
	snprintf(z, n->best.n + 32, "; did you mean %.*s?", TX(n->best));
	return z;
}
