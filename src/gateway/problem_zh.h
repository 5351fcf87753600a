/* problem_zh.h - what is wrong, in Chinese: RFC 9457 knows one title, and people here read two languages. */
#ifndef DUANKA_GATEWAY_PROBLEM_ZH_H
#define DUANKA_GATEWAY_PROBLEM_ZH_H
#include "base/buf.h"

/* The Chinese of an English title; NULL: it has none, or both already. */
const char *problem_title_zh(const char *en);
/* "title":.., and "title_zh":.. behind it, where there is one. */
void problem_title(struct buf *b, const char *title);

#endif
