/* ident_int.h - what ident.c and ident_phone.c share. */
#ifndef DUANKA_EVENT_IDENT_INT_H
#define DUANKA_EVENT_IDENT_INT_H
#include "event/ident.h"

static inline bool ident_digit(char c)
{
	return (unsigned char)(c - '0') <= 9;
}

/* Canonical form into out (EVENT_IDENT_MAX bytes) and its length into *n. */
enum err ident_phone(struct text plain, char *out, size_t *n, struct ident_attrs *attrs, const char **why) MUST_CHECK;
/* Region index of a mobile's first seven digits, 0 if unknown; tests use it. */
uint16_t ident_mobile_region(const char *digits);

#endif
