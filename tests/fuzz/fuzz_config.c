/* fuzz_config.c - a settings file, or (behind a first byte '=') one setting as the command line gives it. What is refused says why in whole
 * lines of text; what is taken keeps to its range, and shown again reads back as the same. */
#include "gateway/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void check_errors(struct text t, const char *start)
{
	size_t lines = 0;

	CHECK(t.n > 0 && t.p[t.n - 1] == '\n' && text_utf8_valid(t));
	for (size_t i = 0, from = 0; i < t.n; i++) {
		struct text line = text_of(t.p + from, i - from);

		CHECK((unsigned char)t.p[i] >= 0x20 || t.p[i] == '\n');
		if (t.p[i] != '\n')
			continue;
		CHECK(text_starts(line, text_z(start)) && text_contains(line, text_z(": error: ")));
		CHECK(text_contains(line, text_z("; ")));
		from = i + 1;
		lines++;
	}
	CHECK(lines <= CONFIG_ERRORS_MAX);
}

static void check_read_back(const struct config *c, struct config *again)
{
	struct buf shown, why;

	buf_init(&shown, (size_t)16 << 20);
	buf_init(&why, CONFIG_MESSAGES_MAX);
	config_print(c, &shown);
	CHECK(shown.err == ERR_OK);
	config_default(again);
	if (shown.n <= CONFIG_FILE_MAX) {
		CHECK(config_read(again, "f", buf_view(&shown), &why) == ERR_OK && why.n == 0);
		config_fixed_changes(c, again, &why);
		CHECK(why.n == 0);
		config_live_changes(c, again, &why);
		CHECK(why.n == 0);
	}
	buf_release(&shown);
	buf_release(&why);
}

static void check_tenants(const struct config *c)
{
	CHECK(c->n_tenants <= TENANTS_MAX);
	for (uint32_t i = 0; i < c->n_tenants; i++) {
		CHECK(c->tenant[i].number >= 1 && c->tenant[i].n_sees <= TENANT_SEES_MAX);
		CHECK(config_tenant(c, c->tenant[i].name) == &c->tenant[i]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct config first, second; /* large, and filled anew each time */
	struct config *c = &first, *again = &second;
	struct text in = text_of((const char *)p, n);
	struct buf why;
	const char *start = "f:";
	enum err e;

	buf_init(&why, CONFIG_MESSAGES_MAX);
	config_default(c);
	if (n >= 2 && p[0] == '=') {
		uint32_t settings = 0;

		while (config_settings[settings].name != NULL)
			settings++;
		start = "--set";
		e = config_set(c, start, config_settings[p[1] % settings].name, text_of(in.p + 2, n - 2), &why);
	} else {
		e = config_read(c, "f", in, &why);
	}
	if (e == ERR_OK) {
		CHECK(why.n == 0);
		check_tenants(c);
		check_read_back(c, again);
		if (config_check(c, &why) != ERR_OK)
			CHECK(why.n > 0 && text_utf8_valid(buf_view(&why)));
	} else {
		CHECK(e == ERR_FORMAT);
		check_errors(buf_view(&why), start);
	}
	buf_release(&why);
	return 0;
}
