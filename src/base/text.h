/* text.h - a view of bytes that somebody else owns, usually UTF-8. */
#ifndef DUANKA_BASE_TEXT_H
#define DUANKA_BASE_TEXT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "base/err.h"
#include "base/check.h"

struct text {
	const char *p;
	size_t n;
};

#define TEXT(lit) ((struct text){ (lit), sizeof(lit) - 1 })

static inline struct text text_of(const char *p, size_t n)
{
	return (struct text){ p, n };
}
static inline struct text text_z(const char *z)
{
	return (struct text){ z, strlen(z) };
}
static inline bool text_eq(struct text a, struct text b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
int text_cmp(struct text a, struct text b); /* byte order, shorter first */
struct text text_trim(struct text t);       /* ASCII blanks at both ends */
bool text_starts(struct text t, struct text prefix);
bool text_contains(struct text t, struct text needle);
bool text_utf8_valid(struct text t); /* RFC 3629: no surrogates, no overlong forms */
/* Decimal digits with an optional sign, nothing else; ERR_FORMAT or ERR_RANGE otherwise. */
enum err text_to_int(struct text t, int64_t *out) MUST_CHECK;

#endif
