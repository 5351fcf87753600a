/* replay.c - a fuzz target without a fuzzer: replay FOLDER... calls it with each file there, then with changed copies.
 *
 * The changes are few and dumb (flip, cut, repeat, insert); they catch what any small damage to a valid input causes.
 * Coverage-guided search is `make fuzz`. An absent folder counts as empty: the empty input is always tried. */
#include "base/arena.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/rng.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	INPUT_MAX = 1 << 20,
	CHANGED_COPIES = 200
};

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* On the heap at its exact size, so that a sanitizer sees the first byte read past it. */
static void try_input(const char *p, size_t n)
{
	uint8_t *copy = mem_alloc(n);
	if (!copy)
		abort();
	if (n)
		memcpy(copy, p, n);
	LLVMFuzzerTestOneInput(copy, n);
	mem_free(copy);
}

static size_t change(struct rng *r, char *p, size_t n, size_t max)
{
	static const char special[] = "\0\n\r\",;{}[]\\:'#%\xff\x80+-.9";
	size_t at = n ? (size_t)rng_below(r, n) : 0;
	size_t k;
	switch (rng_below(r, 5)) {
	case 0:
		if (n)
			p[at] = (char)(p[at] ^ (1 << rng_below(r, 8)));
		return n;
	case 1:
		if (n)
			p[at] = special[rng_below(r, sizeof special)];
		return n;
	case 2: /* cut out a piece */
		k = n - at < 8 ? n - at : (size_t)rng_below(r, 8);
		memmove(p + at, p + at + k, n - at - k);
		return n - k;
	case 3: /* repeat a piece */
		k = n - at < 16 ? n - at : (size_t)rng_below(r, 16);
		if (k > max - n)
			return n;
		memmove(p + at + k, p + at, n - at);
		return n + k;
	default: return at; /* truncate */
	}
}

static void try_changed(struct rng *r, const char *p, size_t n)
{
	const char *percent = getenv("DUANKA_TEST_PERCENT");
	long copies = percent ? CHANGED_COPIES * strtol(percent, NULL, 10) / 100 : CHANGED_COPIES;
	char *work = mem_alloc(n + 64);
	if (!work)
		abort();
	for (long i = 0; i < copies; i++) {
		size_t k = n;
		if (n)
			memcpy(work, p, n);
		for (uint64_t j = rng_below(r, 4) + 1; j; j--)
			k = change(r, work, k, n + 64);
		try_input(work, k);
	}
	mem_free(work);
}

static int try_folder(struct rng *r, const char *folder)
{
	struct dirent **entry;
	int n = scandir(folder, &entry, NULL, alphasort), tried = 0;
	for (int i = 0; i < n; i++) {
		char path[4096];
		struct buf b;
		buf_init(&b, INPUT_MAX);
		snprintf(path, sizeof path, "%s/%s", folder, entry[i]->d_name);
		if (entry[i]->d_name[0] != '.' && file_read_all(path, INPUT_MAX, &b) == ERR_OK) {
			try_input(buf_view(&b).p, b.n);
			try_changed(r, buf_view(&b).p, b.n);
			tried++;
		}
		buf_release(&b);
		free(entry[i]);
	}
	if (n >= 0)
		free(entry);
	return tried;
}

int main(int argc, char **argv)
{
	struct rng r;
	uint64_t seed = 7;
	int tried = 0;
	rng_seed(&r, seed);
	try_input("", 0);
	try_changed(&r, "", 0);
	for (int i = 1; i < argc; i++)
		tried += try_folder(&r, argv[i]);
	printf("%d files replayed, seed %llu\n", tried, (unsigned long long)seed);
	return 0;
}
