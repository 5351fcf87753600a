/* picture_png.c - see picture.h: a PNG is written anew from the five chunks that pixels need.
 *
 * How many bytes the pixels have follows from the head, so the stream in IDAT is unpacked once, into nothing, to see that it gives just these and where it ends: bytes behind its end are left out, and
 * a stream that would give more is refused as soon as it does. Colours are taken as sRGB: gamma, profile and the like are words about the picture, not the picture. */
#include <zlib.h>
#include "base/mem.h"
#include "store/picture_int.h"

enum {
	HEAD_BYTES = 13,
	PALETTE_BYTES_MAX = 768,
	UNPACK_BYTES = 64 << 10
};

enum colour {
	C_GREY = 0,
	C_RGB = 2,
	C_PALETTE = 3,
	C_GREY_ALPHA = 4,
	C_RGB_ALPHA = 6
};

struct head {
	uint32_t width, height, depth, colour, interlaced;
};

/* The pairs of W3C PNG, table 11.1. */
static bool head_ok(const struct head *h)
{
	static const uint32_t depths[] = { 1 | 2 | 4 | 8 | 16, 0, 8 | 16, 1 | 2 | 4 | 8, 8 | 16, 0, 8 | 16 };

	return h->colour <= C_RGB_ALPHA && h->depth <= 16 && (h->depth & (h->depth - 1)) == 0 &&
	       (depths[h->colour] & h->depth) != 0 && h->interlaced <= 1;
}

/* Rows have a byte for their filter; one without a pixel has none. */
static uint64_t rows_bytes(const struct head *h, uint32_t width, uint32_t height)
{
	static const uint32_t samples[] = { 1, 0, 3, 1, 2, 0, 4 };
	uint64_t bits = (uint64_t)width * samples[h->colour] * h->depth;

	return width == 0 ? 0 : (1 + (bits + 7) / 8) * height;
}

/* Of the unpacked stream: of seven passes if it is interlaced. */
static uint64_t pixel_bytes(const struct head *h)
{
	static const uint32_t pass[7][4] = { { 0, 0, 8, 8 }, { 4, 0, 8, 8 }, { 0, 4, 4, 8 }, { 2, 0, 4, 4 },
		                                 { 0, 2, 2, 4 }, { 1, 0, 2, 2 }, { 0, 1, 1, 2 } }; /* first x, y; steps */
	uint64_t n = 0;

	if (!h->interlaced)
		return rows_bytes(h, h->width, h->height);
	for (size_t i = 0; i < ARRAY_LEN(pass); i++) {
		uint32_t left = h->width > pass[i][0] ? h->width - pass[i][0] : 0;
		uint32_t down = h->height > pass[i][1] ? h->height - pass[i][1] : 0;

		n += rows_bytes(h, (left + pass[i][2] - 1) / pass[i][2], (down + pass[i][3] - 1) / pass[i][3]);
	}
	return n;
}

/* Whether the stream at the beginning of packed gives `bytes` and ends; *used: its length. */
static bool unpacks(struct text packed, uint64_t bytes, size_t *used, enum err *e)
{
	unsigned char *scratch = mem_alloc(UNPACK_BYTES);
	z_stream z = { .next_in = (Bytef *)(uintptr_t)packed.p, .avail_in = (uInt)packed.n };
	uint64_t got = 0;
	int r = Z_OK;

	*e = scratch == NULL || inflateInit(&z) != Z_OK ? ERR_MEMORY : ERR_OK;
	while (*e == ERR_OK && r == Z_OK && got <= bytes) {
		z.next_out = scratch;
		z.avail_out = UNPACK_BYTES;
		r = inflate(&z, Z_NO_FLUSH);
		got += UNPACK_BYTES - z.avail_out;
	}
	*used = z.total_in;
	if (scratch != NULL && *e == ERR_OK)
		(void)inflateEnd(&z);
	*e = r == Z_MEM_ERROR ? ERR_MEMORY : *e;
	mem_free(scratch);
	return *e == ERR_OK && r == Z_STREAM_END && got == bytes;
}

static void put_chunk(struct buf *out, const char *name, struct text body)
{
	uLong sum = crc32(crc32(0, (const Bytef *)name, 4), (const Bytef *)body.p, (uInt)body.n);

	for (int shift = 24; shift >= 0; shift -= 8)
		buf_char(out, (char)(body.n >> shift));
	buf_add(out, name, 4);
	buf_text(out, body);
	for (int shift = 24; shift >= 0; shift -= 8)
		buf_char(out, (char)(sum >> shift));
}

struct chunks {
	struct head head;
	struct text head_bytes, palette, clear;
	struct buf data; /* all of IDAT */
	bool ended, data_began, data_ended;
};

static const char out_of_place[] = "the PNG is damaged: a chunk is out of place, or of the wrong length";

static const char *take_head(struct chunks *c, struct text body, struct picture *p)
{
	struct head *h = &c->head;

	if (c->head_bytes.n > 0 || body.n != HEAD_BYTES)
		return "the PNG is damaged: its head is wrong";
	*h = (struct head){ picture_big(body, 0, 4), picture_big(body, 4, 4), picture_big(body, 8, 1),
		                picture_big(body, 9, 1), picture_big(body, 12, 1) };
	if (!head_ok(h) || picture_big(body, 10, 2) != 0)
		return "the PNG is damaged: its head is wrong";
	c->head_bytes = body;
	return picture_size_ok(p, h->width, h->height) ? NULL : picture_too_large;
}

/* Transparency: a colour, or the palette's. */
static bool clear_ok(const struct chunks *c, struct text body)
{
	return c->head.colour == C_GREY  ? body.n == 2
	       : c->head.colour == C_RGB ? body.n == 6
	                                 : c->head.colour == C_PALETTE && body.n > 0 && body.n <= c->palette.n / 3;
}

static const char *take_chunk(struct chunks *c, struct text name, struct text body, struct picture *p)
{
	bool early = !c->data_began;

	if (text_eq(name, TEXT("IHDR")))
		return take_head(c, body, p);
	if (c->head_bytes.n == 0)
		return "the PNG is damaged: its head is wrong";
	c->ended = text_eq(name, TEXT("IEND"));
	if (text_eq(name, TEXT("IDAT"))) {
		if (c->data_ended)
			return out_of_place;
		c->data_began = true;
		buf_text(&c->data, body);
		return NULL;
	}
	c->data_ended = c->data_began;
	if (text_eq(name, TEXT("PLTE")) && c->head.colour == C_PALETTE) {
		if (!early || c->palette.n > 0 || body.n == 0 || body.n % 3 != 0 || body.n > PALETTE_BYTES_MAX)
			return out_of_place;
		c->palette = body;
	} else if (text_eq(name, TEXT("tRNS"))) {
		if (!early || c->clear.n > 0 || !clear_ok(c, body))
			return out_of_place;
		c->clear = body;
	}
	return NULL;
}

static const char *take_all(struct chunks *c, struct text t, struct picture *p)
{
	for (size_t at = 8; at + 12 <= t.n && !c->ended;) {
		uint32_t n = picture_big(t, at, 4);
		const char *why;

		if (n > t.n - at - 12)
			return "the PNG is damaged: a chunk is longer than the file";
		if (crc32(0, (const Bytef *)t.p + at + 4, n + 4) != picture_big(t, at + 8 + n, 4))
			return "the PNG is damaged: a checksum is wrong";
		why = take_chunk(c, text_of(t.p + at + 4, 4), text_of(t.p + at + 8, n), p);
		if (why != NULL)
			return why;
		at += 12 + (size_t)n;
	}
	return c->ended ? NULL : "the PNG ends too early";
}

const char *picture_clean_png(struct text t, struct picture *p, struct buf *out)
{
	struct chunks c = { .ended = false };
	enum err e = ERR_OK;
	const char *why;
	size_t used = 0;

	buf_init(&c.data, PICTURE_BYTES_MAX);
	why = take_all(&c, t, p);
	if (why == NULL && (!c.data_began || (c.head.colour == C_PALETTE && c.palette.n == 0)))
		why = "the PNG has no picture";
	if (why == NULL && c.data.err == ERR_OK && !unpacks(buf_view(&c.data), pixel_bytes(&c.head), &used, &e) &&
	    e == ERR_OK)
		why = "the PNG is damaged: its pixels are not as many as its head says";
	if (c.data.err != ERR_OK || e != ERR_OK)
		out->err = ERR_MEMORY;
	if (why == NULL && out->err == ERR_OK) {
		buf_add(out, t.p, 8);
		put_chunk(out, "IHDR", c.head_bytes);
		if (c.palette.n > 0)
			put_chunk(out, "PLTE", c.palette);
		if (c.clear.n > 0)
			put_chunk(out, "tRNS", c.clear);
		put_chunk(out, "IDAT", text_of(c.data.p, used));
		put_chunk(out, "IEND", TEXT(""));
	}
	buf_release(&c.data);
	return why;
}
