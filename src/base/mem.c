/* mem.c - malloc behind a counter, so that a test can make the nth allocation fail.
 *
 * The counters are the one piece of mutable state that duanka shares between all threads: they are atomic, and nothing but a planted
 * failure and a figure in /metrics depends on them. */
#include "base/mem.h"
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static _Atomic uint64_t mem_counter;
static _Atomic int64_t mem_blocks;
static _Atomic uint64_t mem_failing; /* 0: none */

static bool mem_refused(size_t n)
{
	uint64_t nth = atomic_fetch_add_explicit(&mem_counter, 1, memory_order_relaxed) + 1;
	uint64_t fail = atomic_load_explicit(&mem_failing, memory_order_relaxed);
	return n > MEM_ONE_MAX || (fail != 0 && nth == fail);
}

void *mem_alloc(size_t n)
{
	void *p = mem_refused(n) ? NULL : calloc(1, n ? n : 1);

	if (p != NULL)
		atomic_fetch_add_explicit(&mem_blocks, 1, memory_order_relaxed);
	return p;
}

void *mem_alloc_array(size_t n, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(n, size, &bytes))
		bytes = SIZE_MAX;
	return mem_alloc(bytes);
}

void *mem_resize(void *p, size_t n)
{
	void *q = mem_refused(n) ? NULL : realloc(p, n ? n : 1);

	if (q != NULL && p == NULL)
		atomic_fetch_add_explicit(&mem_blocks, 1, memory_order_relaxed);
	return q;
}

char *mem_copy_text(const char *p, size_t n)
{
	if (n >= MEM_ONE_MAX)
		return NULL;
	char *copy = mem_alloc(n + 1);
	if (copy && n)
		memcpy(copy, p, n);
	return copy;
}

void mem_free(void *p)
{
	if (p != NULL)
		atomic_fetch_sub_explicit(&mem_blocks, 1, memory_order_relaxed);
	free(p);
}

void *mem_area(size_t n)
{
	if (n == 0)
		n = 1;
	if (mem_refused(n))
		return NULL;
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	if (n >= MEM_AREA_HUGE) /* advice: where the system has no huge pages, it is only slower */
		(void)madvise(p, n, MADV_HUGEPAGE);
	return p;
}

void mem_area_free(void *p, size_t n)
{
	if (p) { /* only a wrong size can fail */
		int e = munmap(p, n ? n : 1);
		CHECK(e == 0);
	}
}

void mem_fail_at(uint64_t nth)
{
	atomic_store(&mem_failing, nth);
	atomic_store(&mem_counter, 0);
}

int64_t mem_live(void)
{
	return atomic_load(&mem_blocks);
}

uint64_t mem_count(void)
{
	return atomic_load(&mem_counter);
}
