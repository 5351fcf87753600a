/* outbox_list.c - see outbox_list.h. */
#include "gateway/outbox_list.h"
#include <nettle/sm3.h>
#include <stdio.h>

void outbox_list_hash(struct text salt, struct text prefix, struct text number, char out[LIST_HASH_CHARS + 1])
{
	const struct text parts[] = { salt, prefix, number };
	uint8_t digest[SM3_DIGEST_SIZE];
	struct sm3_ctx c;

	sm3_init(&c);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (parts[i].n > 0)
			sm3_update(&c, parts[i].n, (const uint8_t *)parts[i].p);
	sm3_digest(&c, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(out + 2 * i, 3, "%02X", digest[i]);
	explicit_bzero(&c, sizeof(c));
}
