/* page.h - a small writer of HTML (and of XML that looks like it): markup comes from literals of the program, everything else is escaped by where it stands.
 *
 * There are three places where a value may stand, and one function for each: text between tags, the value of an attribute, a part of an address on this site. There is no function
 * that writes a value as it is, and HTML takes nothing but a string literal, so markup can't come from a user by mistake. Script, style, comments and unquoted attributes are no places.
 * What isn't UTF-8 becomes U+FFFD; control characters and those that turn the direction of writing round vanish, because a name must not rearrange the words beside it.
 * Errors stick to the buffer (buf.h). */
#ifndef DUANKA_GATEWAY_PAGE_H
#define DUANKA_GATEWAY_PAGE_H
#include "base/buf.h"

/* Markup of the program itself: a literal, never a variable. */
#define HTML(b, literal) buf_add((b), "" literal "", sizeof("" literal "") - 1)

/* The next character of t from *i on, which moves behind it; U+FFFD for a byte that belongs to none. */
uint32_t page_next(struct text t, size_t *i);
/* Between tags, and within <title> or <textarea>. */
void page_text(struct buf *b, struct text t);
/* Into a JSON string, quotes included, what page_text lets through: for readers that are no browser, which would turn round as well. */
void page_json(struct buf *b, struct text t);
void page_member(struct buf *b, const char *name, struct text t); /* ,"name":"..." */
/* What readers see of t, unescaped: nothing that could hide within a number, an address or a name. For what is looked through before it is kept. */
void page_seen(struct buf *b, struct text t);
bool page_all_seen(struct text t);
void page_z(struct buf *b, const char *z);
void page_int(struct buf *b, int64_t v);
/* What people wrote in several lines: <p> for each paragraph, <br> for each line. */
void page_paragraphs(struct buf *b, struct text t);

/* name="value", with a blank before it: behind the name of a tag that is still open. name: a constant, no address and no handler (CHECKed). */
void page_attr(struct buf *b, const char *name, struct text value);

/* name="/path": href, src or action. form is a literal that begins with / and no second one: so it is an address on this site, whatever the values are. Each % in it stands for one of the values,
 * percent-encoded but for [A-Za-z0-9._~-]; a value that is . or .. as a whole is encoded, too. There are as many values as %: CHECKed. */
#define PAGE_URL(b, name, form, ...)                                                    \
	page_url((b), (name), "" form "", (const struct text[]){ TEXT(""), ##__VA_ARGS__ }, \
	         sizeof((const struct text[]){ TEXT(""), ##__VA_ARGS__ }) / sizeof(struct text))
void page_url(struct buf *b, const char *name, const char *form, const struct text *value, size_t n);
/* The address alone, for Location: of a redirect. */
#define PAGE_PATH(b, form, ...)                                                  \
	page_path((b), "" form "", (const struct text[]){ TEXT(""), ##__VA_ARGS__ }, \
	          sizeof((const struct text[]){ TEXT(""), ##__VA_ARGS__ }) / sizeof(struct text))
void page_path(struct buf *b, const char *form, const struct text *value, size_t n);

#endif
