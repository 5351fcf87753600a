/* utf8_int.h - one UTF-8 character at a time, shared by text.c (is it valid?) and buf.c (write it out). */
#ifndef DUANKA_BASE_UTF8_INT_H
#define DUANKA_BASE_UTF8_INT_H
#include <stddef.h>

/* The length of the well-formed character (RFC 3629, table in section 4) at p, 0 if there is none. n > 0. */
static inline size_t utf8_length(const unsigned char *p, size_t n)
{
	unsigned c = p[0];
	if (c < 0x80)
		return 1;
	if (c < 0xC2 || c > 0xF4)
		return 0;
	if (c < 0xE0)
		return n >= 2 && (p[1] & 0xC0) == 0x80 ? 2 : 0;
	if (c < 0xF0) {
		unsigned lo = c == 0xE0 ? 0xA0 : 0x80; /* no overlong forms */
		unsigned hi = c == 0xED ? 0x9F : 0xBF; /* no surrogates */
		return n >= 3 && p[1] >= lo && p[1] <= hi && (p[2] & 0xC0) == 0x80 ? 3 : 0;
	}
	unsigned lo = c == 0xF0 ? 0x90 : 0x80;
	unsigned hi = c == 0xF4 ? 0x8F : 0xBF; /* up to U+10FFFF */
	return n >= 4 && p[1] >= lo && p[1] <= hi && (p[2] & 0xC0) == 0x80 && (p[3] & 0xC0) == 0x80 ? 4 : 0;
}

#endif
