/* proof.c - see proof.h. */
#include "gateway/proof.h"
#include <inttypes.h>
#include <sodium/utils.h>
#include <stdio.h>
#include "desk/desk.h"

enum {
	NAME_SPACE_NOTICE = 0x4e4f5443, /* keep these hashes apart from tokens */
	NAME_SPACE_RECEIPT = 0x52435054,
	GROUP = 4,
	TYPED_MAX = 2 * PROOF_TEXT_MAX
};
static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

bool proof_same(const void *a, const void *b, size_t n)
{
	return sodium_memcmp(a, b, n) == 0;
}

/* ---- text ---- */

/* Letter k has the bits from 5 k on; beyond the last byte they are zeros. */
static void put(uint32_t kind, uint64_t id, const unsigned char *secret, size_t n, char out[PROOF_TEXT_MAX])
{
	size_t at = (size_t)snprintf(out, PROOF_TEXT_MAX, "%s-%" PRIu64, desk_machine(kind)->letters, id);

	for (size_t bit = 0; bit < 8 * n; bit += 5) {
		uint32_t v = 0;

		for (size_t i = bit; i < bit + 5; i++)
			v = v << 1 | (i < 8 * n && secret[i / 8] >> (7 - i % 8) & 1);
		if (bit % (5 * GROUP) == 0)
			out[at++] = '-';
		out[at++] = letters[v];
	}
	CHECK(at < PROOF_TEXT_MAX);
	out[at] = 0;
}

static int value_of(char c)
{
	const char *p;

	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	c = c == 'I' || c == 'L' ? '1' : c == 'O' ? '0' : c;
	p = c == 0 ? NULL : strchr(letters, c);
	return p == NULL ? -1 : (int)(p - letters);
}

/* Exactly so many bytes. */
static bool take_secret(struct text t, unsigned char *out, size_t n)
{
	uint32_t bits = 0, held = 0;
	size_t done = 0;

	for (size_t i = 0; i < t.n; i++) {
		int v = value_of(t.p[i]);

		if (t.p[i] == '-' || t.p[i] == ' ')
			continue;
		if (v < 0 || done == n)
			return false;
		bits = bits << 5 | (uint32_t)v;
		held += 5;
		if (held >= 8) {
			held -= 8;
			out[done++] = (unsigned char)(bits >> held);
			bits &= (1u << held) - 1;
		}
	}
	return done == n && bits == 0;
}

static bool take(struct text t, uint32_t *kind, uint64_t *id, unsigned char *secret, size_t n)
{
	const char *dash, *end;
	char head[32];
	size_t k;

	*kind = 0;
	*id = 0;
	memset(secret, 0, n);
	t = text_trim(t);
	end = t.p + t.n;
	dash = t.n > TYPED_MAX ? NULL : memchr(t.p, '-', t.n);                        /* the first one is the id's own, */
	dash = dash == NULL ? NULL : memchr(dash + 1, '-', (size_t)(end - dash - 1)); /* the second one ends it */
	k = dash == NULL ? 0 : (size_t)(dash - t.p);
	if (k == 0 || k >= sizeof(head))
		return false;
	for (size_t i = 0; i < k; i++)
		head[i] = (char)(t.p[i] >= 'a' && t.p[i] <= 'z' ? t.p[i] - 'a' + 'A' : t.p[i]);
	if (desk_id_parse(text_of(head, k), kind, id) != ERR_OK || !take_secret(text_of(dash, t.n - k), secret, n)) {
		*kind = 0;
		*id = 0;
		memset(secret, 0, n);
		return false;
	}
	return true;
}

/* ---- notices ---- */

static void notice_secret(const struct hash_key *key, uint32_t kind, uint64_t id, unsigned char out[PROOF_NOTICE_BYTES])
{
	uint64_t said[2] = { kind, id };
	struct token t = hash_token(key, NAME_SPACE_NOTICE, text_of((const char *)said, sizeof(said)));

	memcpy(out, &t, PROOF_NOTICE_BYTES);
}

void proof_notice(const struct hash_key *key, uint32_t kind, uint64_t id, char out[PROOF_TEXT_MAX])
{
	unsigned char secret[PROOF_NOTICE_BYTES];

	notice_secret(key, kind, id, secret);
	put(kind, id, secret, sizeof(secret), out);
	sodium_memzero(secret, sizeof(secret));
}

bool proof_notice_take(const struct hash_key *key, struct text typed, uint32_t *kind, uint64_t *id)
{
	unsigned char secret[PROOF_NOTICE_BYTES], right[PROOF_NOTICE_BYTES];
	bool form = take(typed, kind, id, secret, sizeof(secret)), same;

	notice_secret(key, *kind, *id, right);
	same = proof_same(secret, right, sizeof(right));
	sodium_memzero(right, sizeof(right));
	return form && same;
}

/* ---- receipts ---- */

void proof_receipt_hash(const struct hash_key *key, uint32_t kind, const unsigned char secret[PROOF_RECEIPT_BYTES],
                        struct desk_code *out)
{
	unsigned char said[PROOF_RECEIPT_BYTES + 1], hash[sizeof(struct token)];
	struct token t;

	memcpy(said, secret, PROOF_RECEIPT_BYTES);
	said[PROOF_RECEIPT_BYTES] = (unsigned char)kind;
	t = hash_token(key, NAME_SPACE_RECEIPT, text_of((const char *)said, sizeof(said)));
	sodium_memzero(said, sizeof(said));
	memcpy(hash, &t, sizeof(hash));
	*out = (struct desk_code){ .n = 2 * sizeof(hash) };
	for (size_t i = 0; i < sizeof(hash); i++) {
		out->p[2 * i] = (char)('a' + (hash[i] >> 4));
		out->p[2 * i + 1] = (char)('a' + (hash[i] & 15));
	}
}

void proof_receipt(uint32_t kind, uint64_t id, const unsigned char secret[PROOF_RECEIPT_BYTES],
                   char out[PROOF_TEXT_MAX])
{
	put(kind, id, secret, PROOF_RECEIPT_BYTES, out);
}

bool proof_receipt_take(struct text typed, uint32_t *kind, uint64_t *id, unsigned char secret[PROOF_RECEIPT_BYTES])
{
	return take(typed, kind, id, secret, PROOF_RECEIPT_BYTES);
}
