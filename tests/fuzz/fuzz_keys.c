/* fuzz_keys.c - any bytes as a keys file: refused with a line that says why, or read; and what was read is written and read the same. */
#include "gateway/tenants.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct keys k, again;
	struct buf why, one, two;
	enum err e;

	buf_init(&why, 1 << 16);
	buf_init(&one, 64 << 20);
	buf_init(&two, 64 << 20);
	e = keys_parse(&k, text_of((const char *)p, n), &why);
	if (e == ERR_OK) {
		keys_print(&k, &one);
		CHECK(keys_parse(&again, buf_view(&one), &why) == ERR_OK && again.n == k.n);
		keys_print(&again, &two);
		CHECK(one.err == ERR_OK && text_eq(buf_view(&one), buf_view(&two)));
		keys_release(&again);
		keys_release(&k);
	} else {
		CHECK(k.n == 0 && k.key == NULL && (e != ERR_FORMAT || (why.n > 0 && memchr(why.p, '\n', why.n) == NULL)));
	}
	buf_release(&why);
	buf_release(&one);
	buf_release(&two);
	return 0;
}
