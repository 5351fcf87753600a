/* fuzz_picture.c - any bytes as an upload: refused with a reason, or cleaned; what was cleaned is of the same type and size, hardly longer, and clean already; a clean PNG is its five chunks to the last byte, a clean JPEG ends with its end. */
#include "store/picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void check_png(struct text t)
{
	static const char known[] = "IHDR PLTE tRNS IDAT IEND";
	size_t at = 8;

	while (at < t.n) {
		const unsigned char *c = (const unsigned char *)t.p + at;

		CHECK(t.n - at >= 12 && text_contains(text_z(known), text_of(t.p + at + 4, 4)));
		at += 12 + ((size_t)c[0] << 24 | (size_t)c[1] << 16 | (size_t)c[2] << 8 | c[3]);
	}
	CHECK(at == t.n && memcmp(t.p + t.n - 8, "IEND", 4) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct picture one, two;
	struct buf clean, again;
	const char *why = NULL;

	buf_init(&clean, PICTURE_BYTES_MAX + 64);
	buf_init(&again, PICTURE_BYTES_MAX + 64);
	if (picture_clean(text_of((const char *)p, n), &one, &clean, &why) == ERR_OK) {
		CHECK(one.type > PICTURE_NONE && one.type < PICTURE_TYPES && clean.n <= n + 64);
		CHECK(one.type == PICTURE_PDF || (one.width > 0 && one.width <= PICTURE_SIDE_MAX && one.height > 0));
		if (one.type == PICTURE_PNG)
			check_png(buf_view(&clean));
		if (one.type == PICTURE_JPEG)
			CHECK(memcmp(clean.p + clean.n - 2, "\xff\xd9", 2) == 0);
		CHECK(picture_clean(buf_view(&clean), &two, &again, &why) == ERR_OK);
		CHECK(two.type == one.type && two.width == one.width && two.height == one.height &&
		      text_eq(buf_view(&clean), buf_view(&again)));
	} else {
		CHECK(why != NULL && why[0] != 0);
	}
	buf_release(&clean);
	buf_release(&again);
	return 0;
}
