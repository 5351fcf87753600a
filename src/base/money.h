/* money.h - amounts as int64_t fen. */
#ifndef DUANKA_BASE_MONEY_H
#define DUANKA_BASE_MONEY_H
#include "base/buf.h"

/* "1234.5", "-3.00", "12" in yuan, at most two decimals. ERR_FORMAT for anything else (three decimals, blanks,
 * separators, exponents), ERR_RANGE beyond MONEY_FEN_MAX. */
enum err money_parse_yuan(struct text t, int64_t *out_fen) MUST_CHECK;
void money_format(struct buf *b, int64_t fen); /* ¥12,345.67 */

#endif
