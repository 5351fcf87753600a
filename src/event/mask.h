/* mask.h - numbers that may name a person, hidden in texts: 138 0013 8000 becomes 138 **** ****.
 *
 * What may be one: 7 digits or more, ASCII or full-width, with up to three blanks or hyphens between two of them; of 17 or more also an X behind them
 * (identity numbers). Its first three digits stay, each other one becomes an asterisk as wide as itself, so a text keeps its bytes, its length in characters and
 * its template (policy/builtins.h). What stays: shorter numbers (95588, 96110, codes of six digits), numbers of ten digits that begin with 400 or 800 (public
 * service lines, which are not masked elsewhere either), and the name of a host behind :// or www. that ends in letters; its path and query are text
 * like any other. Numbers with dots in them are not found: addresses of machines look like that. doc/decisions/0012 has the reasons. */
#ifndef DUANKA_EVENT_MASK_H
#define DUANKA_EVENT_MASK_H
#include "base/text.h"

/* Is there something to hide? t is valid UTF-8. */
bool mask_finds(struct text t);
/* t as others may see it: t.n bytes to out, valid UTF-8 too. Masking it again changes nothing. */
void mask_put(struct text t, char *out);

#endif
