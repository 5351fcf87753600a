/* journal_size.c - how much journal there is, and when its segments were begun: from their heads alone. */
#include "base/mem.h"
#include "journal/segment_int.h"

static enum err look(struct disk *d, uint64_t first, int64_t *begun_us, uint64_t *bytes)
{
	char name[JOURNAL_NAME_BYTES];
	struct segment_head h = { .made_us = 0 };
	int fd;
	enum err e;

	segment_name(first, name);
	e = d->open(d->ctx, name, DISK_READ, &fd);
	if (e != ERR_OK)
		return e;
	e = begun_us == NULL ? ERR_OK : segment_head_read(d, fd, &h);
	if (e == ERR_OK && begun_us != NULL)
		*begun_us = h.made_us;
	if (e == ERR_OK && bytes != NULL)
		e = d->size(d->ctx, fd, bytes);
	d->close(d->ctx, fd);
	return e;
}

enum err journal_begun(struct disk *d, uint64_t first, int64_t *begun_us)
{
	return look(d, first, begun_us, NULL);
}

/* One that is let go meanwhile was old. */
enum err journal_since(struct disk *d, int64_t then_us, uint64_t *first)
{
	uint64_t *all = NULL;
	size_t n = 0, low = 0;
	enum err e = journal_segments(d, &all, &n);

	for (size_t high = n; e == ERR_OK && high - low > 1;) {
		size_t middle = low + (high - low) / 2;
		int64_t begun_us = INT64_MIN;

		e = journal_begun(d, all[middle], &begun_us);
		e = e == ERR_ABSENT ? ERR_OK : e;
		if (begun_us <= then_us)
			low = middle;
		else
			high = middle;
	}
	if (e == ERR_OK && n == 0)
		e = ERR_ABSENT;
	*first = e == ERR_OK ? all[low] : 0;
	mem_free(all);
	return e;
}

/* A segment that is let go meanwhile counts no more. */
enum err journal_size(struct disk *d, struct journal_size *out)
{
	uint64_t *first = NULL;
	size_t n = 0;
	enum err e = journal_segments(d, &first, &n);

	*out = (struct journal_size){ 0 };
	for (size_t i = 0; e == ERR_OK && i < n; i++) {
		uint64_t bytes = 0;

		e = look(d, first[i], out->segments == 0 ? &out->oldest_us : NULL, &bytes);
		if (e == ERR_ABSENT) {
			e = ERR_OK;
			continue;
		}
		if (out->segments++ == 0)
			out->first = first[i];
		out->bytes += bytes;
	}
	mem_free(first);
	return e == ERR_OK && out->segments == 0 ? ERR_ABSENT : e;
}
