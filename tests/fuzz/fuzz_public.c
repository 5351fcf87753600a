/* fuzz_public.c - what anybody may type: receipts, codes of notices, messages. What is read as a receipt is printed and read again as the same; a code is right only if it is the one that is
 * given out; a message reads like one type of scam or none. */
#include "base/check.h"
#include "desk/script.h"
#include "gateway/proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct hash_key key = { { 7 } };
	struct text t = text_of((const char *)data, n);
	unsigned char secret[PROOF_RECEIPT_BYTES], again[PROOF_RECEIPT_BYTES];
	char z[PROOF_TEXT_MAX];
	uint32_t kind, kind_again;
	uint64_t id, id_again;

	if (proof_receipt_take(t, &kind, &id, secret)) {
		proof_receipt(kind, id, secret, z);
		CHECK(proof_receipt_take(text_z(z), &kind_again, &id_again, again));
		CHECK(kind_again == kind && id_again == id && memcmp(secret, again, sizeof(secret)) == 0);
	} else {
		CHECK(kind == 0 && id == 0);
	}
	if (proof_notice_take(&key, t, &kind, &id)) {
		proof_notice(&key, kind, id, z);
		CHECK(proof_notice_take(&key, text_z(z), &kind_again, &id_again) && kind_again == kind && id_again == id);
	}
	CHECK(script_like(t) < DESK_SCAMS);
	return 0;
}
