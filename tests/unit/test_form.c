/* test_form.c - what forms of browsers send is understood, and nothing else is. */
#include "tests/test.h"
#include "gateway/form.h"

static char body[4096];
static struct form f;
static const char *why;

static bool parse(const char *type, const char *z, size_t n)
{
	memcpy(body, z, n);
	return form_parse(text_z(type), body, n, &f, &why);
}
#define PARSE(type, literal) parse(type, literal, sizeof(literal) - 1)

static void has(const char *name, const char *value)
{
	struct text t = form_text(&f, name);

	if (!text_eq(t, text_z(value)))
		print_message("%s is %.*s\n", name, (int)t.n, t.p);
	assert_true(text_eq(t, text_z(value)));
}

static const char encoded[] = "application/x-www-form-urlencoded", parts[] = "multipart/form-data; boundary=b";

static void encoded_ones(void **state)
{
	(void)state;
	assert_true(PARSE(encoded, "a=1&b=%E5%8F%8D+%26%3D&c=&d=x%0D%0Ay"));
	has("a", "1");
	has("b", "反 &=");
	has("c", "");
	has("d", "x\r\ny");
	has("e", "");
	assert_true(PARSE("application/x-www-form-urlencoded; charset=UTF-8", "a=1"));
	assert_true(PARSE(encoded, ""));
	assert_false(PARSE(encoded, "a"));
	assert_false(PARSE(encoded, "a=1&a=2"));
	assert_string_equal(why, "a name comes twice");
	assert_false(PARSE(encoded, "A=1"));
	assert_false(PARSE(encoded, "=1"));
	assert_false(PARSE(encoded, "a=%"));
	assert_false(PARSE(encoded, "a=%0"));
	assert_false(PARSE(encoded, "a=%zz"));
	assert_false(PARSE(encoded, "a=%00"));
	assert_false(PARSE(encoded, "a=%C0%AF"));
	assert_false(PARSE(encoded, "a=%ED%A0%80"));
	assert_false(PARSE("text/plain", "a=1"));
	assert_false(PARSE("application/json", "{}"));
	assert_false(PARSE("", "a=1"));
}

static void many(void **state)
{
	char z[512] = "";
	size_t n = 0;

	(void)state;
	for (int i = 0; i < FORM_FIELDS_MAX + 1; i++)
		n += (size_t)snprintf(z + n, sizeof(z) - n, "a%d=1&", i);
	assert_false(parse(encoded, z, n));
	assert_string_equal(why, "there are too many fields");
	assert_int_equal(f.n, 0);
}

static void in_parts(void **state)
{
	struct text t;

	(void)state;
	assert_true(PARSE(parts, "--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\n反诈 \r\n--b\r\n"
	                         "Content-Disposition: form-data; name=\"p_1\"; filename=\"../../<script>.png\"\r\n"
	                         "Content-Type: text/html\r\n\r\n\x89P\0\r\n--c\r\n--b--\r\n"));
	has("title", "反诈");
	has("p_1", "");
	t = form_file(&f, "p_1");
	assert_int_equal(t.n, 8);
	assert_memory_equal(t.p, "\x89P\0\r\n--c", 8);
	assert_int_equal(form_file(&f, "title").n, 0);
	assert_true(PARSE("multipart/form-data; boundary=\"b\"", "--b--"));
	assert_true(
		PARSE(parts, "--b\r\ncontent-disposition: form-data; name=\"a\"; filename=\"x\\\"; name=y\"\r\n\r\n\r\n--b--"));
}

static void wrong_parts(void **state)
{
	static const char *const bad[] = {
		"",
		"--b",
		"--b\r\n",
		"x--b\r\n",
		"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx",
		"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--bb--",
		"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--b--\r\nmore",
		"--b\r\nContent-Disposition: form-data; name=\"a\"\n\nx\r\n--b--",
		"--b\r\nContent-Disposition: form-data; name=\"a\"; name=\"b\"\r\n\r\nx\r\n--b--",
		"--b\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n--b--",
		"--b\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--b--",
		"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--",
		"--b\r\nContent-Disposition: form-data; name*=utf-8''a\r\n\r\nx\r\n--b--",
		"--b\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--b--",
		"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\xff\r\n--b--",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		if (parse(parts, bad[i], strlen(bad[i])))
			print_message("taken: %s\n", bad[i]);
		assert_int_equal(f.n, 0);
		assert_string_not_equal(why, "");
	}
	assert_false(PARSE("multipart/form-data", "--b--"));
	assert_false(PARSE("multipart/form-data; boundary=", "----"));
	assert_false(PARSE("multipart/form-data; boundary=a b", "--a b--"));
	assert_false(PARSE("multipart/form-data; charset=x; boundary=b", "--b--"));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(encoded_ones), cmocka_unit_test(many),
		                                cmocka_unit_test(in_parts), cmocka_unit_test(wrong_parts) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
