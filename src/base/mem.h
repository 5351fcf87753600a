/* mem.h - the only callers of malloc, realloc and free.
 *
 * Every allocation can be made to fail by number (mem_fail_at), so that tests run each error branch: fail the 1st, the
 * 2nd, ... until the work succeeds. Sizes are bounded by MEM_ONE_MAX, so that hostile input cannot ask for the moon. */
#ifndef DUANKA_BASE_MEM_H
#define DUANKA_BASE_MEM_H
#include <stddef.h>
#include <stdint.h>
#include "base/check.h"

#define MEM_ONE_MAX ((size_t)1 << 40)

/* NULL when there is no memory. The bytes are zero. Free with mem_free. */
void *mem_alloc(size_t n) MUST_CHECK;
/* n elements of size each, zeroed; NULL on overflow too. */
void *mem_alloc_array(size_t n, size_t size) MUST_CHECK;
/* Grows or shrinks; the new tail is not zeroed. On failure NULL, and p is as it was. */
void *mem_resize(void *p, size_t n) MUST_CHECK;
char *mem_copy_text(const char *p, size_t n) MUST_CHECK; /* NUL-terminated copy */
void mem_free(void *p);
#define MEM_AREA_HUGE ((size_t)64 << 20)
/* A large area whose pages cost nothing until touched (mmap, no reserve); released by mem_area_free. From MEM_AREA_HUGE on
 * with huge pages, since state is visited at random and each visit would miss the TLB as well. */
void *mem_area(size_t n) MUST_CHECK;
void mem_area_free(void *p, size_t n);

/* Brings the cache line at p near. A load that nobody waits for instead of a prefetch: processors may drop a prefetch that misses
 * the TLB, and state that is visited at random misses it often (rings, bench_engine: 0.84 M events/s with prefetches, 1.07 M so).
 * p must be readable. */
static inline void mem_touch(const void *p)
{
	(void)*(const volatile char *)p;
}

/* Fault injection, for tests: the nth allocation from now fails, once (0 = never). Threads share the counter. */
void mem_fail_at(uint64_t nth);
uint64_t mem_count(void); /* allocations since the last mem_fail_at */
int64_t mem_live(void);   /* allocations that were not freed yet; areas are not among them */

#endif
