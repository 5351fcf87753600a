/* clock_zone.c - TZif (RFC 8536) bytes into a table of offsets. Names, daylight flags, leap seconds and the POSIX footer
 * are passed over: a zone here answers "what offset at this instant" and nothing else. The bytes are hostile input. */
#include "base/clock.h"

enum {
	HEADER_BYTES = 44,
	OFFSET_LIMIT_S = 26 * 3600,
	TRANSITIONS_MAX = 4096
};

struct tzif {
	char version;
	uint32_t utc, std, leap, times, types, chars;
};

static uint32_t be32(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;
	return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

static int64_t be64(const char *p)
{
	return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

/* Reads a header and says how long its data block is when times take time_size bytes. */
static enum err read_header(struct text t, size_t time_size, struct tzif *h, size_t *block_bytes)
{
	if (t.n < HEADER_BYTES || memcmp(t.p, "TZif", 4) != 0)
		return ERR_FORMAT;
	h->version = t.p[4];
	h->utc = be32(t.p + 20);
	h->std = be32(t.p + 24);
	h->leap = be32(t.p + 28);
	h->times = be32(t.p + 32);
	h->types = be32(t.p + 36);
	h->chars = be32(t.p + 40);
	if (h->types > 256 || (h->utc && h->utc != h->types) || (h->std && h->std != h->types))
		return ERR_FORMAT;
	if (h->times > TRANSITIONS_MAX || h->leap > TRANSITIONS_MAX || h->chars > TRANSITIONS_MAX)
		return ERR_CAP;
	size_t n = h->times * (time_size + 1) + h->types * 6 + h->chars + h->leap * (time_size + 4) + h->std + h->utc;
	if (n > t.n - HEADER_BYTES)
		return ERR_FORMAT;
	*block_bytes = n;
	return ERR_OK;
}

static enum err read_offset(const char *types, uint32_t n, unsigned type, int32_t *out)
{
	if (type >= n)
		return ERR_FORMAT;
	int32_t off = (int32_t)be32(types + (size_t)type * 6);
	if (off < -OFFSET_LIMIT_S || off > OFFSET_LIMIT_S)
		return ERR_RANGE;
	*out = off;
	return ERR_OK;
}

static enum err read_block(struct zone *z, struct arena *a, const struct tzif *h, const char *p, size_t time_size)
{
	const char *index = p + h->times * time_size;
	const char *types = index + h->times;
	int64_t *at = arena_alloc(a, h->times * sizeof *at);
	int32_t *off = arena_alloc(a, h->times * sizeof *off);
	if (!at || !off)
		return ERR_MEMORY;
	enum err e = read_offset(types, h->types, 0, &z->first_off_s); /* RFC 8536 3.2: type 0 before the first time */
	for (size_t i = 0; e == ERR_OK && i < h->times; i++) {
		at[i] = time_size == 8 ? be64(p + i * 8) : (int32_t)be32(p + i * 4);
		if (i && at[i] <= at[i - 1])
			return ERR_FORMAT;
		if (at[i] < -((int64_t)1 << 59) || at[i] > (int64_t)1 << 59) /* as RFC 8536 advises; sums cannot overflow */
			return ERR_RANGE;
		e = read_offset(types, h->types, (unsigned char)index[i], &off[i]);
	}
	z->n = h->times;
	z->at_s = at;
	z->off_s = off;
	return e;
}

enum err clock_zone_parse(struct zone *z, struct arena *a, struct text name, struct text tzif)
{
	struct tzif h;
	struct zone made = { .n = 0 };
	size_t block_bytes, time_size = 4;
	enum err e = read_header(tzif, 4, &h, &block_bytes);
	if (e != ERR_OK)
		return e;
	if (h.version >= '2') { /* the same again, with 64-bit times */
		tzif = text_of(tzif.p + HEADER_BYTES + block_bytes, tzif.n - HEADER_BYTES - block_bytes);
		time_size = 8;
		e = read_header(tzif, 8, &h, &block_bytes);
		if (e != ERR_OK)
			return e;
	}
	made.name = arena_text(a, name);
	if (!made.name.p)
		return ERR_MEMORY;
	e = read_block(&made, a, &h, tzif.p + HEADER_BYTES, time_size);
	if (e == ERR_OK)
		*z = made;
	return e;
}
