/* test_hash.c - SipHash's published vectors underneath, name spaces apart on top. */
#include "tests/test.h"
#include "base/hash.h"
#include "base/value.h"
#include <sodium/crypto_shorthash_siphash24.h>

static const struct hash_key key = { { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 } };

/* The reference implementation's vectors for the empty message and for 00 01 .. 0e. */
static void test_reference(void **state)
{
	(void)state;
	static const unsigned char empty_128[16] = { 0xa3, 0x81, 0x7f, 0x04, 0xba, 0x25, 0xa8, 0xe6,
		                                         0x6d, 0xf6, 0x72, 0x14, 0xc7, 0x55, 0x02, 0x93 };
	static const unsigned char fifteen_64[8] = { 0xe5, 0x45, 0xbe, 0x49, 0x61, 0xca, 0x29, 0xa1 };
	unsigned char out[16], in[16];
	for (int i = 0; i < 16; i++)
		in[i] = (unsigned char)i;
	crypto_shorthash_siphashx24(out, in, 0, key.k);
	assert_memory_equal(out, empty_128, 16);
	crypto_shorthash_siphash24(out, in, 15, key.k);
	assert_memory_equal(out, fifteen_64, 8);
	assert_true(hash_fingerprint(&key, text_of((const char *)in, 15)) == (int64_t)0xa129ca6149be45e5ULL);
}

static void test_tokens(void **state)
{
	(void)state;
	struct token a = hash_token(&key, 0, TEXT("13800001234"));
	assert_true(token_eq(a, hash_token(&key, 0, TEXT("13800001234"))));
	assert_false(token_eq(a, hash_token(&key, 1, TEXT("13800001234"))));
	assert_false(token_eq(a, hash_token(&key, 0, TEXT("13800001235"))));
	struct hash_key other = key;
	other.k[15] ^= 1;
	assert_false(token_eq(a, hash_token(&other, 0, TEXT("13800001234"))));
	/* The frame is part of the stored data: kind, little endian, 0, then the text. */
	unsigned char out[16];
	crypto_shorthash_siphashx24(out, (const unsigned char *)"\x02\x01\0\0\0abc", 8, key.k);
	struct token t = hash_token(&key, 0x102, TEXT("abc"));
	for (int i = 0; i < 16; i++)
		assert_int_equal(out[i], (unsigned char)(t.w[i / 8] >> (i % 8 * 8)));
	/* Any length works, each different from its neighbours. */
	char x[600];
	memset(x, 'x', sizeof x);
	struct token before = hash_token(&key, 0, text_of(x, 0));
	for (size_t n = 1; n <= sizeof x; n++) {
		struct token now = hash_token(&key, 0, text_of(x, n));
		assert_false(token_eq(before, now));
		before = now;
	}
	assert_true(hash_fingerprint(&key, text_of(NULL, 0)) == hash_fingerprint(&key, TEXT("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_reference), cmocka_unit_test(test_tokens) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
