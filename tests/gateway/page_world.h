/* page_world.h - visitors of the public pages, each with cookies and the token of the form that they saw last, and what tests of pages do again and again. */
#ifndef DUANKA_TESTS_GATEWAY_PAGE_WORLD_H
#define DUANKA_TESTS_GATEWAY_PAGE_WORLD_H
#include "tests/gateway/public_world.h"

enum {
	MODERATOR = 7 /* a key beside those of public_world.h */
};

struct visitor {
	char form[40], member[64], csrf[40];
};
extern struct visitor li, mei, nobody;

int begin(void **state);
void headers_of(const struct visitor *v, const char *more, char z[512]);
void get(struct visitor *v, const char *path);
void encode(struct buf *b, const char *p, size_t n); /* %XX */
/* name, value, ... NULL; with the token that was seen last. */
void send_form(struct visitor *v, const char *path, const char *const *pair);
#define SEND(v, path, ...) send_form(v, path, (const char *const[]){ __VA_ARGS__, NULL })
/* What was heard has no script, no style, no frame, no handler; addresses on this site only; the headers that say so. */
void is_harmless(void);
void joins(struct visitor *v, const char *login, const char *name);
/* The step for the first one that waits ("approve"), or is shown. */
void moderate(const char *kind, const char *step, const char *body);
/* The first topic that the list shows. */
void first_topic(char path[80], const char *more);

#endif
