/* money.c - yuan as people and files write them, fen as the machine counts them. No floating point anywhere. */
#include "base/money.h"
#include "base/value.h"

enum err money_parse_yuan(struct text t, int64_t *out_fen)
{
	if (t.n == 0) /* t.p may be NULL then */
		return ERR_FORMAT;
	const char *p = t.p, *end = t.p + t.n;
	bool negative = false;
	if (p < end && *p == '-') {
		negative = true;
		p++;
	}
	const char *digits = p;
	int64_t v = 0;
	for (; p < end && (unsigned char)(*p - '0') <= 9; p++)
		v = v > MONEY_FEN_MAX ? v : v * 10 + (*p - '0'); /* stays just above the maximum once it is there */
	if (p == digits)
		return ERR_FORMAT;
	int64_t fen = 0;
	if (p < end) {
		size_t decimals = (size_t)(end - p) - 1;
		if (*p != '.' || decimals < 1 || decimals > 2 || (unsigned char)(p[1] - '0') > 9)
			return ERR_FORMAT;
		fen = (p[1] - '0') * 10;
		if (decimals == 2) {
			if ((unsigned char)(p[2] - '0') > 9)
				return ERR_FORMAT;
			fen += p[2] - '0';
		}
	}
	if (v > MONEY_FEN_MAX / 100)
		return ERR_RANGE;
	v = v * 100 + fen;
	if (v > MONEY_FEN_MAX)
		return ERR_RANGE;
	*out_fen = negative ? -v : v;
	return ERR_OK;
}

void money_format(struct buf *b, int64_t fen)
{
	uint64_t u = fen < 0 ? 0 - (uint64_t)fen : (uint64_t)fen;
	uint64_t yuan = u / 100, rest = u % 100;
	char out[40]; /* 17 digits of yuan, 5 commas, point and fen fit */
	size_t i = sizeof out;
	out[--i] = (char)('0' + rest % 10);
	out[--i] = (char)('0' + rest / 10);
	out[--i] = '.';
	for (int n = 0; n == 0 || yuan; n++) {
		if (n && n % 3 == 0)
			out[--i] = ',';
		out[--i] = (char)('0' + yuan % 10);
		yuan /= 10;
	}
	buf_z(b, fen < 0 ? "-¥" : "¥");
	buf_add(b, out + i, sizeof out - i);
}
