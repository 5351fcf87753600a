/* fuzz_match.c - any bytes as a message of private matching, and as the state of a side: refused with a reason, or read; what was read is written again
 * to the same bytes. The checksum is made right first, so that what lies behind it is reached. */
#include <sodium.h>
#include "base/mem.h"
#include "match/match.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void try_message(struct text t)
{
	static const struct match_limits limits = { 1, MATCH_ITEMS_MOST, MATCH_RATIO_MOST };
	struct match_message m;
	const char *why = NULL;
	struct buf b;
	enum err e = match_message_read(&m, t, &limits, &why);

	buf_init(&b, MATCH_MESSAGE_BYTES_MAX);
	if (e == ERR_OK) {
		CHECK(match_message_write(&m, &b) == ERR_OK && text_eq(buf_view(&b), t));
	} else {
		CHECK((e == ERR_FORMAT || e == ERR_RANGE) && why != NULL);
	}
	buf_release(&b);
}

static void try_state(struct text t)
{
	struct match_state *s;
	const char *why = NULL;
	struct buf b;
	enum err e = match_state_read(&s, t, &why);

	buf_init(&b, MATCH_STATE_BYTES_MAX);
	if (e == ERR_OK)
		CHECK(match_state_write(s, &b) == ERR_OK && b.n == t.n);
	else
		CHECK(e == ERR_FORMAT && why != NULL && s == NULL);
	match_state_free(s);
	buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	unsigned char *copy = mem_alloc(n + 1);
	struct text t = text_of((const char *)p, n);

	CHECK(copy != NULL && sodium_init() >= 0);
	try_message(t);
	try_state(t);
	if (n > MATCH_HASH_BYTES) {
		memcpy(copy, p, n);
		crypto_generichash(copy + n - MATCH_HASH_BYTES, MATCH_HASH_BYTES, copy, n - MATCH_HASH_BYTES, NULL, 0);
		t.p = (const char *)copy;
		try_message(t);
		try_state(t);
	}
	mem_free(copy);
	return 0;
}
