/* buf.c - appending with one error at the end. The memory doubles, so n appends cost O(n). */
#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8_int.h"
#include <stdio.h>

enum {
	BUF_FIRST = 64
};

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max < MEM_ONE_MAX - 1 ? max : MEM_ONE_MAX - 1 };
}

void buf_release(struct buf *b)
{
	mem_free(b->p);
	*b = (struct buf){ .max = b->max };
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	b->err = ERR_OK;
	if (b->p)
		b->p[0] = 0;
}

/* Room for n more bytes and a NUL. */
static bool buf_room(struct buf *b, size_t n)
{
	if (UNLIKELY(b->err != ERR_OK))
		return false;
	if (LIKELY(n < b->cap - b->n))
		return true;
	if (n > b->max - b->n) {
		b->err = ERR_CAP;
		return false;
	}
	size_t cap = b->cap ? b->cap * 2 : BUF_FIRST;
	if (cap < b->n + n + 1)
		cap = b->n + n + 1;
	if (cap > b->max + 1)
		cap = b->max + 1;
	char *p = mem_resize(b->p, cap);
	if (!p) {
		b->err = ERR_MEMORY;
		return false;
	}
	b->p = p;
	b->cap = cap;
	return true;
}

enum err buf_reserve(struct buf *b, size_t n)
{
	enum err e = b->err;

	if (e != ERR_OK || buf_room(b, n))
		return e;
	e = b->err;
	b->err = ERR_OK;
	return e;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	if (!buf_room(b, n))
		return;
	if (n)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = 0;
}

void buf_text(struct buf *b, struct text t)
{
	buf_add(b, t.p, t.n);
}

void buf_z(struct buf *b, const char *z)
{
	buf_add(b, z, strlen(z));
}

void buf_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_int(struct buf *b, int64_t v)
{
	char digits[20];
	size_t i = sizeof digits;
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	do {
		digits[--i] = (char)('0' + u % 10);
		u /= 10;
	} while (u);
	if (v < 0)
		digits[--i] = '-';
	buf_add(b, digits + i, sizeof digits - i);
}

void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	char small[256];
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(small, sizeof small, fmt, ap);
	if (n < 0) {
		if (b->err == ERR_OK)
			b->err = ERR_FORMAT;
	} else if ((size_t)n < sizeof small) {
		buf_add(b, small, (size_t)n);
	} else if (buf_room(b, (size_t)n)) {
		vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
		b->n += (size_t)n;
	}
	va_end(again);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
}

static void json_escape(struct buf *b, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	static const char letter[] = {
		['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r', ['"'] = '"', ['\\'] = '\\'
	};
	if (c < sizeof letter && letter[c]) {
		char two[2] = { '\\', letter[c] };
		buf_add(b, two, 2);
	} else {
		char six[6] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };
		buf_add(b, six, 6);
	}
}

void buf_json(struct buf *b, struct text t)
{
	const unsigned char *p = (const unsigned char *)t.p;
	size_t start = 0, i = 0;
	buf_char(b, '"');
	while (i < t.n) {
		unsigned char c = p[i];
		if (c < 0x20 || c == '"' || c == '\\') {
			buf_add(b, t.p + start, i - start);
			json_escape(b, c);
			start = ++i;
			continue;
		}
		size_t k = utf8_length(p + i, t.n - i);
		if (k == 0) {
			buf_add(b, t.p + start, i - start);
			buf_add(b, "\xEF\xBF\xBD", 3);
			start = ++i;
			continue;
		}
		i += k;
	}
	if (i > start)
		buf_add(b, t.p + start, i - start);
	buf_char(b, '"');
}
