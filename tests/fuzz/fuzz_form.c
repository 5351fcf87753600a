/* fuzz_form.c - bodies of forms: whatever comes, what was taken lies within the body, has a name of a form, and is UTF-8 unless it is a file. */
#include "gateway/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const types[] = { "application/x-www-form-urlencoded", "multipart/form-data; boundary=b",
		                                 "multipart/form-data; boundary=\"----x\"" };
	static char body[1 << 16];
	struct form f;
	const char *why;

	if (n == 0 || n > sizeof(body))
		return 0;
	memcpy(body, data + 1, n - 1);
	if (!form_parse(text_z(types[data[0] % 3]), body, n - 1, &f, &why)) {
		CHECK(f.n == 0 && why[0] != 0);
		return 0;
	}
	CHECK(f.n <= FORM_FIELDS_MAX);
	for (uint32_t i = 0; i < f.n; i++) {
		const struct form_field *x = &f.field[i];

		CHECK(x->value.p >= body && x->value.p + x->value.n <= body + n - 1);
		CHECK(strspn(x->name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(x->name) && x->name[0] != 0);
		CHECK(x->file || text_utf8_valid(x->value));
	}
	return 0;
}
