/* buf.h - a byte buffer that grows up to a maximum. Failure is sticky: append as often as you like, ask buf_err at the
 * end. The buffer owns its bytes; buf.p is always NUL-terminated once anything was appended. */
#ifndef DUANKA_BASE_BUF_H
#define DUANKA_BASE_BUF_H
#include <stdarg.h>
#include "base/text.h"

struct buf {
	char *p;
	size_t n;
	size_t cap;
	size_t max; /* bytes */
	enum err err;
};

void buf_init(struct buf *b, size_t max);
void buf_release(struct buf *b);
void buf_clear(struct buf *b); /* empties it and its error, keeps the memory */
/* Memory for n more bytes, so that adding them can't fail. ERR_MEMORY, ERR_CAP: nothing has changed, and no error sticks. */
enum err buf_reserve(struct buf *b, size_t n) MUST_CHECK;
void buf_add(struct buf *b, const void *p, size_t n);
void buf_text(struct buf *b, struct text t);
void buf_z(struct buf *b, const char *z);
void buf_char(struct buf *b, char c);
void buf_int(struct buf *b, int64_t v);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_vprintf(struct buf *b, const char *fmt, va_list ap);
/* A JSON string with quotes; bytes that are not UTF-8 become U+FFFD, control characters are escaped. */
void buf_json(struct buf *b, struct text t);
static inline struct text buf_view(const struct buf *b)
{
	return (struct text){ b->p ? b->p : "", b->n };
}

#endif
