/* hash.c - SipHash-2-4 (Aumasson and Bernstein 2012) by libsodium, over a frame that keeps name spaces apart. */
#include "base/hash.h"
#include "base/value.h"
#include <endian.h>
#include <sodium/crypto_shorthash_siphash24.h>

_Static_assert(HASH_KEY_BYTES == crypto_shorthash_siphashx24_KEYBYTES, "the key is SipHash's");

enum {
	FRAME_BYTES = 5,
	FRAME_TEXT_MAX = 251
}; /* kind, little endian, then how the text follows */

struct token hash_token(const struct hash_key *key, uint32_t kind, struct text canonical)
{
	unsigned char frame[FRAME_BYTES + FRAME_TEXT_MAX];
	unsigned char out[crypto_shorthash_siphashx24_BYTES];
	uint32_t kind_le = htole32(kind);
	size_t n = canonical.n;
	memcpy(frame, &kind_le, 4);
	frame[4] = n > FRAME_TEXT_MAX; /* 0: the text itself, 1: its hash */
	if (LIKELY(n <= FRAME_TEXT_MAX)) {
		if (n)
			memcpy(frame + FRAME_BYTES, canonical.p, n);
	} else {
		n = crypto_shorthash_siphashx24_BYTES;
		crypto_shorthash_siphashx24(frame + FRAME_BYTES, (const unsigned char *)canonical.p, canonical.n, key->k);
	}
	crypto_shorthash_siphashx24(out, frame, FRAME_BYTES + n, key->k);
	struct token token;
	memcpy(&token, out, sizeof token);
	token.w[0] = le64toh(token.w[0]);
	token.w[1] = le64toh(token.w[1]);
	return token;
}

int64_t hash_fingerprint(const struct hash_key *key, struct text t)
{
	unsigned char out[crypto_shorthash_siphash24_BYTES];
	static const unsigned char nothing[1];
	uint64_t w;
	crypto_shorthash_siphash24(out, t.n ? (const unsigned char *)t.p : nothing, t.n, key->k);
	memcpy(&w, out, sizeof w);
	int64_t v = (int64_t)le64toh(w);
	return v == VALUE_MISSING ? VALUE_MISSING + 1 : v;
}

void token_show(struct token t, char out[TOKEN_HEX + 1])
{
	static const char digit[] = "0123456789abcdef";

	for (int i = 0; i < TOKEN_HEX; i++)
		out[i] = digit[t.w[i / 16] >> (60 - 4 * (i % 16)) & 15];
	out[TOKEN_HEX] = 0;
}

bool token_parse(struct text hex, struct token *out)
{
	struct token t = { { 0, 0 } };

	for (size_t i = 0; i < hex.n; i++) {
		char c = hex.p[i];
		unsigned v = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
		             : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
		             : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10
		                                    : 16;

		if (hex.n != TOKEN_HEX || v > 15)
			return false;
		t.w[i / 16] = t.w[i / 16] << 4 | v;
	}
	*out = t;
	return hex.n == TOKEN_HEX;
}
