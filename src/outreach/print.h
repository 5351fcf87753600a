/* print.h - text for a newspaper: set in lines of a width, with counts, as editors of papers want it.
 *
 * A Chinese character is two columns wide, a Latin letter one; what combines with the character before it is none. A line ends between words of Latin letters and between any two others, but no line begins with a closing mark
 * or punctuation, and none ends with an opening one (避头尾): the mark before goes along. Control characters vanish. Pure. */
#ifndef DUANKA_OUTREACH_PRINT_H
#define DUANKA_OUTREACH_PRINT_H
#include "base/buf.h"

enum {
	PRINT_WIDTH_LEAST = 16, /* columns */
	PRINT_WIDTH_MOST = 400
};

struct print_count {
	uint64_t characters; /* all but blanks and new lines, as papers count */
	uint64_t lines;
};

/* Appends t in lines of at most `width` columns (a longer word is cut), each with a new line. Empty lines between paragraphs stay. Adds to count. t is UTF-8; what is not becomes U+FFFD. */
void print_set(struct buf *out, struct text t, uint32_t width, struct print_count *count);
/* One line of Markdown: what would be markup is escaped. */
void print_markdown(struct buf *out, struct text t);
/* Columns of a text, as print_set counts. */
uint64_t print_columns(struct text t);
/* Characters of a text: code points but for control characters and what combines. */
uint64_t print_characters(struct text t);

#endif
