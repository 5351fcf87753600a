/* post_signs.h - what a text of the public board holds though it is written so that nobody may see it: numbers and links in other signs, and names of offices.
 *
 * Whoever wants to lead readers elsewhere writes 1.3.9.0.0, circled or Chinese digits, full-width letters. So each character is folded to what it is read as (a table of our own: digits of any writing, full-width and circled letters, what is read as a point) before anything is looked for.
 * Letters that look like 0 and 1 (O o l I, Greek and Cyrillic ones) are digits where at least 7 of them and digits stand together and no other letter does: 138O013800O.
 * Numbers: 7 digits or more with up to POST_BETWEEN_MAX blanks and signs between two. None are short service numbers, dates, times, amounts and countings, as long as no more than
 * two digits stand beside them, and lines of ten digits that begin with 400 or 800. Here it may be hidden too much: a moderator sees what was held. Texts of events are another matter: rules look into them (event/mask.h, doc/decisions/0012). */
#ifndef DUANKA_GATEWAY_POST_SIGNS_H
#define DUANKA_GATEWAY_POST_SIGNS_H
#include "base/buf.h"

enum {
	POST_BETWEEN_MAX = 8 /* characters between two digits of a number */
};

/* Any text may be asked; bytes that are no UTF-8 are characters of their own. */
bool post_number_in(struct text t);
bool post_link_in(struct text t);
/* t to out, of each number all digits but the first three as asterisks. Failure: out->err. */
void post_mask(struct text t, struct buf *out);
/* How t is read: letters small, other digits as ASCII, without blanks and signs. Failure: out->err. */
void post_read(struct text t, struct buf *out);

#endif
