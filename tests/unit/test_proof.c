/* test_proof.c - codes of notices and receipts: read back as given, whatever way they are typed; any other letter is wrong; nothing of one says anything of another. */
#include "tests/test.h"
#include "base/rng.h"
#include "gateway/proof.h"

static const struct hash_key key = { { 3 } }, other_key = { { 4 } };

/* Behind the object's number. */
static const char *secret_in(const char *z)
{
	return strchr(strchr(z, '-') + 1, '-');
}

static void test_receipt(void **state)
{
	struct rng r;
	uint64_t seed = test_seed(20261126);

	(void)state;
	rng_seed(&r, seed);
	for (int round = 0; round < (int)test_cases(2000); round++) {
		unsigned char secret[PROOF_RECEIPT_BYTES], back[PROOF_RECEIPT_BYTES];
		uint64_t id = rng_next(&r) >> (1 + rng_next(&r) % 62), found;
		uint32_t kind = 1 + (uint32_t)(rng_next(&r) % (DESK_KINDS - 1)), k;
		char z[PROOF_TEXT_MAX], typed[2 * PROOF_TEXT_MAX];
		size_t n = 0;

		while (desk_machine(kind) == NULL) /* a number that is not used */
			kind = 1 + kind % (DESK_KINDS - 1);
		id += id == 0;
		for (size_t i = 0; i < sizeof(secret); i++)
			secret[i] = (unsigned char)rng_next(&r);
		proof_receipt(kind, id, secret, z);
		assert_true(proof_receipt_take(text_z(z), &k, &found, back));
		assert_int_equal(k, kind);
		assert_true(found == id);
		assert_memory_equal(back, secret, sizeof(secret));
		for (const char *p = z; *p != 0; p++) { /* small letters, blanks, letters that look like digits */
			char c = *p;

			c = c == '1' && secret_in(z) < p ? 'l' : c == '0' && secret_in(z) < p ? 'o' : c;
			typed[n++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
			if (p > secret_in(z) && rng_next(&r) % 4 == 0)
				typed[n++] = ' ';
		}
		assert_true(proof_receipt_take(text_of(typed, n), &k, &found, back));
		assert_memory_equal(back, secret, sizeof(secret));
	}
}

static void test_forms(void **state)
{
	static const char *const wrong[] = { "",
		                                 "L",
		                                 "L-",
		                                 "L-65536",
		                                 "L-65536-",
		                                 "L-65536-0000",
		                                 "Z-65536-0000-0000-0000-0000-0000-0000-00",
		                                 "L-0-0000-0000-0000-0000-0000-0000-00",
		                                 "L-065536-0000-0000-0000-0000-0000-0000-00",
		                                 "L-65536-0000-0000-0000-0000-0000-0000-001",
		                                 "L-65536-0000-0000-0000-0000-0000-0000-01", /* bits beyond the last byte */
		                                 "L-65536-0000-0000-0000-0000-0000-0000-0",
		                                 "L-65536-0000-0000-0000-0000-0000-0000-0U",
		                                 "L-99999999999999999999-0000-0000-0000-0000-0000-0000-00" };
	unsigned char secret[PROOF_RECEIPT_BYTES];
	uint32_t kind;
	uint64_t id;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		if (proof_receipt_take(text_z(wrong[i]), &kind, &id, secret))
			fail_msg("%s was taken", wrong[i]);
		assert_true(kind == 0 && id == 0);
	}
	assert_true(proof_receipt_take(TEXT("L-65536-0000-0000-0000-0000-0000-0000-00"), &kind, &id, secret));
}

static void test_notice(void **state)
{
	char z[PROOF_TEXT_MAX], y[PROOF_TEXT_MAX];
	uint32_t kind;
	uint64_t id;

	(void)state;
	proof_notice(&key, DESK_MEASURE, 65536, z);
	assert_int_equal(strlen(z), strlen("M-65536-0000-0000-0000-0000"));
	assert_true(proof_notice_take(&key, text_z(z), &kind, &id));
	assert_true(kind == DESK_MEASURE && id == 65536);
	for (size_t i = 2; z[i] != 0; i++) { /* any other digit of the number, any other letter of the secret */
		memcpy(y, z, sizeof(z));
		if (y[i] == '-')
			continue;
		y[i] = y[i] == '7' ? '8' : '7';
		assert_false(proof_notice_take(&key, text_z(y), &kind, &id));
	}
	assert_false(proof_notice_take(&other_key, text_z(z), &kind, &id));
	proof_notice(&key, DESK_DISCIPLINE, 65536, y); /* the same number, another kind */
	assert_string_not_equal(secret_in(y), secret_in(z));
	proof_notice(&key, DESK_MEASURE, 65537, y);
	assert_string_not_equal(secret_in(y), secret_in(z));
}

/* What an object keeps can stand in a code, and differs by secret, kind and key. */
static void test_hash(void **state)
{
	unsigned char secret[PROOF_RECEIPT_BYTES] = { 0 };
	struct desk_code a, b;

	(void)state;
	proof_receipt_hash(&key, DESK_CLUE, secret, &a);
	assert_true(desk_code_ok(text_of(a.p, a.n)));
	proof_receipt_hash(&key, DESK_APPEAL, secret, &b);
	assert_memory_not_equal(&a, &b, sizeof(a));
	proof_receipt_hash(&other_key, DESK_CLUE, secret, &b);
	assert_memory_not_equal(&a, &b, sizeof(a));
	secret[15] ^= 1;
	proof_receipt_hash(&key, DESK_CLUE, secret, &b);
	assert_memory_not_equal(&a, &b, sizeof(a));
	secret[15] ^= 1;
	proof_receipt_hash(&key, DESK_CLUE, secret, &b);
	assert_memory_equal(&a, &b, sizeof(a));
	assert_true(proof_same(&a, &b, sizeof(a)));
	assert_true(proof_same("", "", 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_receipt),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_notice),
		cmocka_unit_test(test_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
