/* http_page_post.h - what members file at the desk, for the pages: texts cleaned and sealed, a command of the public that names the member. */
#ifndef DUANKA_GATEWAY_HTTP_PAGE_POST_H
#define DUANKA_GATEWAY_HTTP_PAGE_POST_H
#include "gateway/http_page.h"
#include "gateway/public_int.h"

/* A text as it may be public: numbers that may name somebody are masked (post_signs.h). Its bits of enum board_holds say what it holds. False: no memory. */
bool post_clean(struct text t, struct buf *out, int64_t *holds);
/* A name that may stand beside what somebody writes: not one that an office could have. */
bool post_name_ok(struct text t);
/* Carries it out and releases it. */
enum public_verdict post_do(struct public_asking *a, struct public_filing *f, uint64_t *made, uint8_t *state);

/* In http_page_member_routes. */
void page_run_new(struct request *r);
void page_run_post(struct request *r);
void page_run_reply(struct request *r);
void page_run_withdraw(struct request *r);

#endif
