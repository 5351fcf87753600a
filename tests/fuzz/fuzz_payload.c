/* fuzz_payload.c - bytes that claim to be the payload of a POLICY record: files, then LIST records. Whatever they are: no read outside; and what is taken as a policy
 * can be carried into the next one, which has the same files and whose lists are the same. */
#include "base/mem.h"
#include "shard/shard_int.h"
#include "tests/unit/schema_default.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static enum err no_zone(void *ctx, struct arena *a, struct text name, struct text *out)
{
	(void)ctx;
	(void)a;
	(void)name;
	(void)out;
	return ERR_ABSENT;
}

static void carry(const struct generation *g, struct buf *out)
{
	uint32_t list = 0;
	uint64_t after = 0;

	buf_init(out, RECORD_PAYLOAD_MAX);
	buf_text(out, edition_files(g->edition));
	while (list < g->policy->n_lists)
		CHECK(lists_put_some(g, &list, &after, 3, out) == ERR_OK);
	CHECK(lists_put_others(g->edition, edition_lists(g->edition), out) == ERR_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct generation_options o = { .key = &test_key,
		                            .read_zone = no_zone,
		                            .engine = { .state_bytes_max = 1 << 16, .entities_max = 1024 } };
	struct generation *g, *next;
	struct buf errors, payload;

	buf_init(&errors, 1 << 20);
	if (n < 1 << 16 && generation_new(&g, text_of((const char *)p, n), &o, &errors) == ERR_OK) {
		carry(g, &payload);
		CHECK(generation_new(&next, buf_view(&payload), &o, &errors) == ERR_OK);
		CHECK(text_eq(edition_files(g->edition), edition_files(next->edition)));
		for (uint32_t i = 0; i < g->policy->n_lists; i++)
			CHECK(engine_list_count(g->engine, i) == engine_list_count(next->engine, i));
		generation_free(next);
		generation_free(g);
		buf_release(&payload);
	}
	buf_release(&errors);
	return 0;
}
