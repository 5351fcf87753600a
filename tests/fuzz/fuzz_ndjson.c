/* fuzz_ndjson.c - one line of JSON: json.c and jansson agree on what is an object and what is in it. */
#include <stdlib.h>
#include "tests/unit/json_jansson.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *scratch = malloc(n + 1);
	bool accepted;
	CHECK(scratch != NULL);
	CHECK(json_compare((const char *)p, n, scratch, &accepted) == NULL);
	free(scratch);
	return 0;
}
