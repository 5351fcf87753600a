/* picture.c - see picture.h: marker by marker, chunk by chunk, what is known to be needed is copied. */
#include "store/picture.h"
#include <zlib.h>

const char *const picture_media[PICTURE_TYPES] = { "application/octet-stream", "image/jpeg", "image/png",
	                                               "application/pdf" };

static bool begins(struct text t, const char *z, size_t n)
{
	return t.n >= n && memcmp(t.p, z, n) == 0;
}

static uint32_t byte_at(struct text t, size_t i)
{
	return (unsigned char)t.p[i];
}

static uint32_t big(struct text t, size_t i, uint32_t n) /* n bytes, the highest first */
{
	uint32_t v = 0;

	while (n-- > 0)
		v = v << 8 | byte_at(t, i++);
	return v;
}

static bool size_ok(struct picture *p, uint32_t width, uint32_t height)
{
	p->width = width;
	p->height = height;
	return width > 0 && height > 0 && width <= PICTURE_SIDE_MAX && height <= PICTURE_SIDE_MAX &&
	       (uint64_t)width * height <= PICTURE_PIXELS_MAX;
}

/* ---- JPEG ---- */

enum {
	M_SOF0 = 0xc0,
	M_DHT = 0xc4,
	M_JPG = 0xc8,
	M_DAC = 0xcc,
	M_SOF15 = 0xcf,
	M_RST0 = 0xd0,
	M_RST7 = 0xd7,
	M_SOI = 0xd8,
	M_EOI = 0xd9,
	M_SOS = 0xda,
	M_APP0 = 0xe0,
	M_APP1 = 0xe1,
	M_APP2 = 0xe2,
	M_APP14 = 0xee,
	M_APP15 = 0xef,
	M_COM = 0xfe,
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

	if (!begins(segment, "Exif\0\0", 6) || segment.n < 6 + 8)
		return 0;
	t = text_of(segment.p + 6, segment.n - 6);
	little = begins(t, "II*\0", 4);
	if (!little && !begins(t, "MM\0*", 4))
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

static bool is_kept(uint32_t m, struct text body)
{
	if (m == M_COM)
		return false;
	if (m < M_APP0 || m > M_APP15)
		return true;
	return (m == M_APP0 && begins(body, "JFIF\0", 5) && body.n == 14) || (m == M_APP14 && begins(body, "Adobe", 5)) ||
	       (m == M_APP2 && begins(body, "ICC_PROFILE\0", 12));
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
		n = big(t, at + 2, 2);
		if (n < 2 || at + 2 + n > t.n)
			return "the JPEG is damaged: a segment is longer than the file";
		body = text_of(t.p + at + 4, n - 2);
		if (is_frame(m) && (body.n < 6 || !size_ok(p, big(body, 3, 2), big(body, 1, 2))))
			return "the picture has more than 16,384 pixels a side, or 64 million in all, or none";
		if (m == M_APP1 && turned == 0) {
			turned = orientation(body);
			if (turned >= 2 && turned <= 8)
				put_orientation(out, turned);
		}
		scanned |= m == M_SOS;
		end = m == M_SOS ? scan_end(t, at + 2 + n) : at + 2 + n;
		if (is_kept(m, body))
			buf_add(out, t.p + at, end - at);
		at = end;
		while (at + 2 < t.n && byte_at(t, at) == 0xff && byte_at(t, at + 1) == 0xff)
			at++; /* fill */
	}
	return "the JPEG ends too early";
}

/* ---- PNG ---- */

static const char *clean_png(struct text t, struct picture *p, struct buf *out)
{
	static const char kept[][5] = { "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA",
		                            "cHRM", "sRGB", "sBIT", "bKGD", "pHYs" };
	bool data = false;

	buf_add(out, t.p, 8);
	for (size_t at = 8; at + 12 <= t.n;) {
		uint32_t n = big(t, at, 4);
		const char *name = t.p + at + 4;
		bool first = at == 8;

		if (n > t.n - at - 12)
			return "the PNG is damaged: a chunk is longer than the file";
		if (crc32(0, (const Bytef *)name, n + 4) != big(t, at + 8 + n, 4))
			return "the PNG is damaged: a checksum is wrong";
		if (first != (memcmp(name, "IHDR", 4) == 0) || (first && n != 13))
			return "the PNG is damaged: its head is wrong";
		if (first && !size_ok(p, big(t, at + 8, 4), big(t, at + 12, 4)))
			return "the picture has more than 16,384 pixels a side, or 64 million in all, or none";
		data |= memcmp(name, "IDAT", 4) == 0;
		for (size_t i = 0; i < ARRAY_LEN(kept); i++)
			if (memcmp(name, kept[i], 4) == 0)
				buf_add(out, t.p + at, 12 + (size_t)n);
		if (memcmp(name, "IEND", 4) == 0)
			return data ? NULL : "the PNG has no picture";
		at += 12 + (size_t)n;
	}
	return "the PNG ends too early";
}

/* ---- PDF ---- */

enum {
	PDF_NAME_MAX = 16 /* letters looked at */
};

static int hexadecimal(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* The name that begins at i, behind its slash. A letter may be written as a number: J#61vaScript. */
static struct text pdf_name(struct text t, size_t i, char z[PDF_NAME_MAX])
{
	size_t n = 0;

	while (n < PDF_NAME_MAX && i < t.n) {
		int high = t.p[i] == '#' && i + 2 < t.n ? hexadecimal(t.p[i + 1]) : -1;
		int low = high >= 0 ? hexadecimal(t.p[i + 2]) : -1;

		z[n++] = low >= 0 ? (char)(high << 4 | low) : t.p[i];
		i += low >= 0 ? 3 : 1;
	}
	return text_of(z, n);
}

static bool is_active(struct text t)
{
	static const char *const active[] = {
		"JavaScript", "JS", "Launch", "EmbeddedFile", "OpenAction", "RichMedia", "XFA"
	};
	char z[PDF_NAME_MAX];

	for (const char *p = t.p; (p = memchr(p, '/', (size_t)(t.p + t.n - p))) != NULL; p++) {
		struct text name = pdf_name(t, (size_t)(p + 1 - t.p), z);

		for (size_t i = 0; i < ARRAY_LEN(active); i++)
			if (begins(name, active[i], strlen(active[i])))
				return true;
	}
	return false;
}

static const char *check_pdf(struct text t, struct buf *out)
{
	struct text tail = text_of(t.p + (t.n > 1024 ? t.n - 1024 : 0), t.n > 1024 ? 1024 : t.n);

	if (!text_contains(tail, TEXT("%%EOF")))
		return "the PDF ends too early";
	if (is_active(t))
		return "the PDF holds scripts, forms, attachments or something to start; print it into a new PDF";
	buf_text(out, t);
	return NULL;
}

enum err picture_clean(struct text bytes, struct picture *p, struct buf *out, const char **why)
{
	*p = (struct picture){ PICTURE_NONE, 0, 0 };
	*why = "neither JPEG nor PNG nor PDF";
	if (bytes.n > PICTURE_BYTES_MAX) {
		*why = "more than 8 MiB";
	} else if (begins(bytes, "\xff\xd8\xff", 3)) {
		p->type = PICTURE_JPEG;
		*why = clean_jpeg(bytes, p, out);
	} else if (begins(bytes, "\x89PNG\r\n\x1a\n", 8)) {
		p->type = PICTURE_PNG;
		*why = clean_png(bytes, p, out);
	} else if (begins(bytes, "%PDF-1.", 7) || begins(bytes, "%PDF-2.", 7)) {
		p->type = PICTURE_PDF;
		*why = check_pdf(bytes, out);
	}
	if (*why != NULL)
		return ERR_FORMAT;
	return out->err;
}
