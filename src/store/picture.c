/* picture.c - see picture.h: the types, and JPEG. Marker by marker, what is known to be needed is copied, if it has the length that it must have; PNG and PDF have files of their own. */
#include "store/picture_int.h"

const char *const picture_media[PICTURE_TYPES] = { "application/octet-stream", "image/jpeg", "image/png",
	                                               "application/pdf" };

const char picture_too_large[] = "the picture has more than 16,384 pixels a side, or 64 million in all, or none";

bool picture_begins(struct text t, const char *z, size_t n)
{
	return t.n >= n && memcmp(t.p, z, n) == 0;
}

static uint32_t byte_at(struct text t, size_t i)
{
	return (unsigned char)t.p[i];
}

uint32_t picture_big(struct text t, size_t i, uint32_t n)
{
	uint32_t v = 0;

	while (n-- > 0)
		v = v << 8 | byte_at(t, i++);
	return v;
}

bool picture_size_ok(struct picture *p, uint32_t width, uint32_t height)
{
	p->width = width;
	p->height = height;
	return width > 0 && height > 0 && width <= PICTURE_SIDE_MAX && height <= PICTURE_SIDE_MAX &&
	       (uint64_t)width * height <= PICTURE_PIXELS_MAX;
}

/* ---- JPEG ---- */

enum {
	M_SOF0 = 0xc0, /* baseline, extended, progressive: what everybody shows */
	M_SOF2 = 0xc2,
	M_SOF15 = 0xcf,
	M_DHT = 0xc4,
	M_JPG = 0xc8,
	M_DAC = 0xcc,
	M_RST0 = 0xd0,
	M_RST7 = 0xd7,
	M_SOI = 0xd8,
	M_EOI = 0xd9,
	M_SOS = 0xda,
	M_DQT = 0xdb,
	M_DNL = 0xdc,
	M_DRI = 0xdd,
	M_APP0 = 0xe0,
	M_APP1 = 0xe1,
	M_APP14 = 0xee,
	EXIF_ENTRIES_MAX = 512
};

/* Number i of n bytes in a camera's notes, in their order of bytes. */
static uint32_t exif_at(struct text t, size_t i, uint32_t n, bool little)
{
	uint32_t v = 0;

	for (uint32_t k = 0; k < n; k++)
		v |= byte_at(t, i + k) << 8 * (little ? k : n - 1 - k);
	return v;
}

/* 1 to 8; 0: not said. */
static uint32_t orientation(struct text segment)
{
	struct text t;
	bool little;
	size_t at;
	uint32_t n;

	if (!picture_begins(segment, "Exif\0\0", 6) || segment.n < 6 + 8)
		return 0;
	t = text_of(segment.p + 6, segment.n - 6);
	little = picture_begins(t, "II*\0", 4);
	if (!little && !picture_begins(t, "MM\0*", 4))
		return 0;
	at = exif_at(t, 4, 4, little);
	if (at > t.n - 2)
		return 0;
	n = exif_at(t, at, 2, little);
	for (uint32_t i = 0; i < n && i < EXIF_ENTRIES_MAX && at + 2 + 12 * (i + 1) <= t.n; i++) {
		size_t entry = at + 2 + 12 * (size_t)i;

		if (exif_at(t, entry, 2, little) == 0x0112 && exif_at(t, entry + 2, 2, little) == 3)
			return exif_at(t, entry + 8, 2, little);
	}
	return 0;
}

static void put_orientation(struct buf *out, uint32_t value)
{
	static const char head[] = "\xff\xe1\0\x22"
							   "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0";

	buf_add(out, head, sizeof(head) - 1);
	buf_char(out, (char)value);
	buf_add(out, "\0\0\0\0\0\0\0", 7);
}

static bool is_frame(uint32_t m)
{
	return m >= M_SOF0 && m <= M_SOF15 && m != M_DHT && m != M_JPG && m != M_DAC;
}

static bool quantisation_ok(struct text body)
{
	size_t at = 0;

	while (at < body.n)
		at += byte_at(body, at) >> 4 == 0 ? 1 + 64 : 1 + 128;
	return body.n > 0 && at == body.n;
}

static bool huffman_ok(struct text body)
{
	size_t at = 0;

	while (at + 17 <= body.n) {
		size_t codes = 0;

		for (size_t i = 1; i <= 16; i++)
			codes += byte_at(body, at + i);
		at += 17 + codes;
	}
	return body.n > 0 && at == body.n;
}

/* A segment that pixels need holds what belongs there and nothing behind it (T.81, B.2). */
static bool shape_ok(uint32_t m, struct text body)
{
	if (is_frame(m))
		return body.n >= 6 && byte_at(body, 5) <= 4 && body.n == 6 + 3 * (size_t)byte_at(body, 5);
	switch (m) {
	case M_DQT: return quantisation_ok(body);
	case M_DHT: return huffman_ok(body);
	case M_DRI:
	case M_DNL: return body.n == 2;
	case M_SOS: return body.n > 0 && byte_at(body, 0) <= 4 && body.n == 4 + 2 * (size_t)byte_at(body, 0);
	default: return true;
	}
}

/* What a program says of itself, but for what changes the pixels: that it is JFIF, and how Adobe's colours are meant. */
static void put_application(struct buf *out, uint32_t m, struct text body)
{
	if (m == M_APP0 && picture_begins(body, "JFIF\0", 5) && body.n >= 14) {
		buf_add(out,
		        "\xff\xe0\0\x10"
		        "JFIF\0\x01\x01\0\0\x01\0\x01\0\0",
		        18);
	} else if (m == M_APP14 && picture_begins(body, "Adobe", 5) && body.n == 12 && byte_at(body, 11) <= 2) {
		buf_add(out,
		        "\xff\xee\0\x0e"
		        "Adobe\0\x64\0\0\0\0",
		        15);
		buf_char(out, body.p[11]);
	}
}

static bool is_kept(uint32_t m)
{
	return (is_frame(m) && m <= M_SOF2) || m == M_DHT || m == M_DQT || m == M_DRI || m == M_DNL || m == M_SOS;
}

/* Where the coded data that begins at i ends: at the next marker that is no restart. */
static size_t scan_end(struct text t, size_t i)
{
	for (; i + 1 < t.n; i++)
		if (byte_at(t, i) == 0xff && byte_at(t, i + 1) != 0 && byte_at(t, i + 1) != 0xff &&
		    (byte_at(t, i + 1) < M_RST0 || byte_at(t, i + 1) > M_RST7))
			return i;
	return t.n;
}

static const char *clean_jpeg(struct text t, struct picture *p, struct buf *out)
{
	uint32_t turned = 0;
	bool scanned = false;
	size_t at = 2;

	buf_add(out, t.p, 2);
	while (at + 4 <= t.n || (at + 2 <= t.n && byte_at(t, at + 1) == M_EOI)) {
		uint32_t m = byte_at(t, at + 1), n;
		struct text body;
		size_t end;

		if (byte_at(t, at) != 0xff || m < M_SOF0 || (m >= M_RST0 && m <= M_SOI))
			return "the JPEG is damaged: a marker is missing";
		if (m == M_EOI) {
			buf_add(out, t.p + at, 2);
			return scanned && p->width > 0 ? NULL : "the JPEG has no picture";
		}
		n = picture_big(t, at + 2, 2);
		if (n < 2 || at + 2 + n > t.n)
			return "the JPEG is damaged: a segment is longer than the file";
		body = text_of(t.p + at + 4, n - 2);
		if (!shape_ok(m, body))
			return "the JPEG is damaged: a segment is of the wrong length";
		if (is_frame(m) && m > M_SOF2)
			return "the JPEG is of a kind that browsers don't show; save it anew";
		if (is_frame(m) && !picture_size_ok(p, picture_big(body, 3, 2), picture_big(body, 1, 2)))
			return picture_too_large;
		if (m == M_APP1 && turned == 0) {
			turned = orientation(body);
			if (turned >= 2 && turned <= 8)
				put_orientation(out, turned);
		}
		put_application(out, m, body);
		scanned |= m == M_SOS;
		end = m == M_SOS ? scan_end(t, at + 2 + n) : at + 2 + n;
		if (is_kept(m))
			buf_add(out, t.p + at, end - at);
		at = end;
		while (at + 2 < t.n && byte_at(t, at) == 0xff && byte_at(t, at + 1) == 0xff)
			at++; /* fill */
	}
	return "the JPEG ends too early";
}

enum err picture_clean(struct text bytes, struct picture *p, struct buf *out, const char **why)
{
	*p = (struct picture){ PICTURE_NONE, 0, 0 };
	*why = "neither JPEG nor PNG nor PDF";
	if (bytes.n > PICTURE_BYTES_MAX) {
		*why = "more than 8 MiB";
	} else if (picture_begins(bytes, "\xff\xd8\xff", 3)) {
		p->type = PICTURE_JPEG;
		*why = clean_jpeg(bytes, p, out);
	} else if (picture_begins(bytes, "\x89PNG\r\n\x1a\n", 8)) {
		p->type = PICTURE_PNG;
		*why = picture_clean_png(bytes, p, out);
	} else if (picture_begins(bytes, "%PDF-1.", 7) || picture_begins(bytes, "%PDF-2.", 7)) {
		p->type = PICTURE_PDF;
		*why = picture_clean_pdf(bytes, out);
	}
	if (*why != NULL)
		return ERR_FORMAT;
	return out->err;
}
