/* fuzz_picture.c - any bytes as an upload: refused with a reason, or cleaned; what was cleaned is of the same type and size, hardly longer, and clean already. */
#include "store/picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

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
