/* problem_zh.h - what is wrong, in Chinese: RFC 9457 knows one title and one detail, and people here read two
 * languages. */
#ifndef DUANKA_GATEWAY_PROBLEM_ZH_H
#define DUANKA_GATEWAY_PROBLEM_ZH_H
#include "base/buf.h"

/* The Chinese of an English title; NULL: it has none, or both languages already. Lives as long as the program. */
const char *problem_title_zh(struct text en);
/* The Chinese of an English detail, behind what is in zh; what stood in its places stays as it is, whatever it is. False:
 * it has none, and nothing was added. */
bool problem_detail_zh(struct text en, struct buf *zh);
/* "title":.., and "title_zh":.. behind it, where there is one. */
void problem_title(struct buf *b, const char *title);
/* "detail":.., and "detail_zh":.. behind it, where there is one. */
void problem_detail(struct buf *b, struct text detail);

#endif
