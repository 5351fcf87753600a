/* totp.c - one-time codes by time: RFC 6238 over RFC 4226 with HMAC-SHA-1, six digits, steps of 30 seconds. See credentials.h.
 *
 * SHA-1 because that is what authenticators do; HMAC does not need a hash without collisions. FIPS 180-4, RFC 2104. */
#include <sodium/utils.h>
#include "store/credentials.h"

enum {
	BLOCK = 64,
	DIGEST = 20
};

static uint32_t turned(uint32_t x, int n)
{
	return x << n | x >> (32 - n);
}

static void sha1_block(uint32_t h[5], const unsigned char *p)
{
	uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];

	for (int i = 0; i < 16; i++)
		w[i] = (uint32_t)p[4 * i] << 24 | (uint32_t)p[4 * i + 1] << 16 | (uint32_t)p[4 * i + 2] << 8 | p[4 * i + 3];
	for (int i = 16; i < 80; i++)
		w[i] = turned(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
	for (int i = 0; i < 80; i++) {
		uint32_t f = i < 20   ? (b & c) | (~b & d)
		             : i < 40 ? b ^ c ^ d
		             : i < 60 ? (b & c) | (b & d) | (c & d)
		                      : b ^ c ^ d;
		uint32_t k = i < 20 ? 0x5a827999 : i < 40 ? 0x6ed9eba1 : i < 60 ? 0x8f1bbcdc : 0xca62c1d6;
		uint32_t t = turned(a, 5) + f + e + k + w[i];

		e = d;
		d = c;
		c = turned(b, 30);
		b = a;
		a = t;
	}
	h[0] += a;
	h[1] += b;
	h[2] += c;
	h[3] += d;
	h[4] += e;
	sodium_memzero(w, sizeof(w));
}

/* A block (the key's pad) and n <= 55 bytes behind it. */
static void sha1_behind(const unsigned char pad[BLOCK], const unsigned char *p, size_t n, unsigned char out[DIGEST])
{
	uint32_t h[5] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 };
	unsigned char last[BLOCK] = { 0 };
	uint64_t bits = (BLOCK + n) * 8;

	CHECK(n <= 55);
	memcpy(last, p, n);
	last[n] = 0x80;
	for (int i = 0; i < 8; i++)
		last[BLOCK - 1 - i] = (unsigned char)(bits >> 8 * i);
	sha1_block(h, pad);
	sha1_block(h, last);
	for (int i = 0; i < DIGEST; i++)
		out[i] = (unsigned char)(h[i / 4] >> (24 - 8 * (i % 4)));
}

uint32_t totp_code(const unsigned char *seed, size_t n, uint64_t step)
{
	unsigned char pad[BLOCK], message[8], inner[DIGEST], mac[DIGEST];
	uint32_t at, code;

	CHECK(n <= BLOCK);
	for (int i = 0; i < 8; i++)
		message[7 - i] = (unsigned char)(step >> 8 * i);
	for (size_t i = 0; i < BLOCK; i++)
		pad[i] = (unsigned char)((i < n ? seed[i] : 0) ^ 0x36);
	sha1_behind(pad, message, sizeof(message), inner);
	for (size_t i = 0; i < BLOCK; i++)
		pad[i] ^= 0x36 ^ 0x5c;
	sha1_behind(pad, inner, sizeof(inner), mac);
	sodium_memzero(pad, sizeof(pad));
	at = mac[DIGEST - 1] & 15;
	code = (uint32_t)(mac[at] & 0x7f) << 24 | (uint32_t)mac[at + 1] << 16 | (uint32_t)mac[at + 2] << 8 | mac[at + 3];
	return code % 1000000;
}

uint64_t totp_step(const unsigned char *seed, size_t n, struct text code, int64_t now_us)
{
	uint64_t now = (uint64_t)(now_us / US_PER_SECOND / TOTP_STEP_S), found = 0;

	if (code.n != TOTP_DIGITS)
		return 0;
	for (uint64_t step = now == 0 ? 0 : now - 1; step <= now + 1; step++) {
		uint32_t right = totp_code(seed, n, step);
		char z[TOTP_DIGITS];

		for (int i = TOTP_DIGITS; i-- > 0; right /= 10)
			z[i] = (char)('0' + right % 10);
		if (sodium_memcmp(z, code.p, TOTP_DIGITS) == 0)
			found = step;
	}
	return found;
}
