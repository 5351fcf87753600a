/* form.h - what a form without scripts sends: application/x-www-form-urlencoded, or multipart/form-data with files.
 *
 * A parser of our own, because a body is read as a whole and within bounds before anybody looks at it, and because what browsers send is a small part of what RFC 7578 allows: everything else is refused
 * with a reason. Names are a-z, 0-9 and _, each comes once; there are at most FORM_FIELDS_MAX. Values other than files are UTF-8 without NUL. What a file was called where it came from, and which type
 * it says it has, is not even kept. */
#ifndef DUANKA_GATEWAY_FORM_H
#define DUANKA_GATEWAY_FORM_H
#include "base/text.h"

enum {
	FORM_FIELDS_MAX = 24,
	FORM_NAME_MAX = 31,
	FORM_BOUNDARY_MAX = 70
};

struct form_field {
	char name[FORM_NAME_MAX + 1];
	struct text value; /* in the body */
	bool file;
};
struct form {
	uint32_t n;
	struct form_field field[FORM_FIELDS_MAX];
};

/* type: of the header Content-Type. The body is changed where it is encoded, and must live as long as f. False: *why says what is wrong, in English; f is empty. */
bool form_parse(struct text type, char *body, size_t n, struct form *f, const char **why);
/* The value of a field that is no file, without blanks at its ends; empty if there is none. Lines end as the browser ended them. */
struct text form_text(const struct form *f, const char *name);
struct text form_file(const struct form *f, const char *name); /* empty: none */

#endif
