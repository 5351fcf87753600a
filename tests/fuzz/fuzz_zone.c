/* fuzz_zone.c - TZif bytes: whatever they are, a zone that was accepted answers for every instant and every wall clock,
 * and the two answers agree. */
#include "base/clock.h"
#include "base/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena a;
	struct zone z;
	arena_init(&a, 1 << 20);
	if (clock_zone_parse(&z, &a, TEXT("fuzz"), text_of((const char *)p, n)) == ERR_OK) {
		for (size_t i = 0; i <= z.n; i++) {
			int64_t us = i < z.n && z.at_s[i] > -62000000000 && z.at_s[i] < 250000000000 ? z.at_s[i] * US_PER_SECOND
			                                                                             : TIME_US_MIN;
			struct civil c;
			int64_t back;
			int32_t off = clock_offset(&z, us);
			clock_to_civil(us, off, &c);
			CHECK(clock_from_civil(&c, off, &back) == ERR_OK && back == us);
			CHECK(clock_from_local(&z, &c, &back) == ERR_OK);
		}
	}
	arena_release(&a);
	return 0;
}
