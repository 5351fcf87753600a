/* hash.h - keyed identities. A token is SipHash-2-4-128 of a canonical identifier under the installation's key: who
 * lacks the key cannot turn a phone number into its token by trying them all. A fingerprint stands for a text value
 * wherever only equality matters (64 bits: two different texts collide with probability 2^-64 a pair). */
#ifndef DUANKA_BASE_HASH_H
#define DUANKA_BASE_HASH_H
#include "base/text.h"

#define HASH_KEY_BYTES 16

struct hash_key {
	unsigned char k[HASH_KEY_BYTES];
};

struct token {
	uint64_t w[2];
};

/* kind separates the name spaces: the same digits as phone and as account give different tokens. */
struct token hash_token(const struct hash_key *key, uint32_t kind, struct text canonical);
/* Never VALUE_MISSING. */
int64_t hash_fingerprint(const struct hash_key *key, struct text t);
static inline uint64_t hash_mix(uint64_t x) /* splitmix64's finisher, for tables of trusted integers */
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9ULL;
	x ^= x >> 27;
	x *= 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}
enum {
	TOKEN_HEX = 32 /* digits */
};
void token_show(struct token t, char out[TOKEN_HEX + 1]); /* as in alerts: hexadecimal, most significant first */
bool token_parse(struct text hex, struct token *out);
static inline bool token_eq(struct token a, struct token b)
{
	return a.w[0] == b.w[0] && a.w[1] == b.w[1];
}

#endif
