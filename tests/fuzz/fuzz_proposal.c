/* fuzz_proposal.c - bodies of POST /v1/policies. Whatever they are: no read outside, and what is taken has a payload from which the very same policy is made. */
#include "gateway/proposal.h"
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

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct fill_options o = { .key = &test_key, .read_zone = no_zone };
	json_t *body = json_loadb((const char *)p, n, JSON_REJECT_DUPLICATES, NULL);
	struct proposal a;
	enum err e = proposal_of_json(&a, json_object_get(body, "files"), &o);

	CHECK(e == ERR_OK || e == ERR_FORMAT || e == ERR_RANGE || e == ERR_CAP);
	CHECK(e != ERR_FORMAT || a.errors.n > 0);
	CHECK(e != ERR_RANGE || a.fault[0] != 0);
	if (e == ERR_OK) {
		struct edition *again;
		struct buf errors;

		buf_init(&errors, 1 << 16);
		CHECK(edition_new(&again, buf_view(&a.payload), no_zone, NULL, &errors) == ERR_OK);
		CHECK(again->policy.n_rules == a.edition->policy.n_rules);
		CHECK(text_eq(edition_files(again), edition_files(a.edition)));
		edition_drop(again);
		buf_release(&errors);
	}
	proposal_release(&a);
	json_decref(body);
	return 0;
}
