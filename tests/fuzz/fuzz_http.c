/* fuzz_http.c - the parts of a request that are read before anybody knows who asks: target, method, headers, the key, numbers in the query.
 * Input: lines: method, target, Authorization, a number, then "name: value" lines. */
#include <stdio.h>
#include <stdlib.h>
#include "base/mem.h"
#include "gateway/frame.h"
#include "gateway/http_int.h"

enum {
	LINE_MAX = 4096
};

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static char made[KEY_CHARS + 1];
static const struct keys *keys_of_test(void)
{
	static struct keys k;
	static const unsigned char random[KEY_RANDOM_BYTES] = { 1, 2, 3 };
	struct key_entry as = { .tenant = "t", .scopes = SCOPE_DECIDE, .until_us = INT64_MAX };

	if (k.n == 0)
		CHECK(keys_make(&k, &as, random, made) == ERR_OK);
	return &k;
}

/* The next line as a string of its own size, so that a byte read past it is seen. */
static char *take_line(struct text *rest)
{
	const char *end = rest->n == 0 ? NULL : memchr(rest->p, '\n', rest->n);
	size_t n = end == NULL ? rest->n : (size_t)(end - rest->p), kept = n < LINE_MAX ? n : LINE_MAX;
	char *z = malloc(kept + 1);

	CHECK(z != NULL);
	if (kept > 0)
		memcpy(z, rest->p, kept);
	z[kept] = 0;
	rest->p += n + (end != NULL);
	rest->n -= n + (end != NULL);
	return z;
}

static void look_for_route(const char *method, const char *target)
{
	struct text arg[ROUTE_ARGS_MAX] = { { NULL, 0 } };
	char allow[ROUTE_ALLOW_BYTES], path[FRAME_PATH_MAX + 1];
	bool too_long;
	const struct route *t;

	if (frame_target(target, &too_long) != NULL)
		return;
	CHECK(target[0] == '/' && !too_long);
	snprintf(path, sizeof(path), "%.*s", (int)strcspn(target, "?"), target);
	t = route_find(method, path, allow, arg);
	CHECK(t == NULL || allow[0] == 0 || strcmp(t->method, method) != 0 || strlen(allow) > 0);
	for (uint32_t i = 0, stars = 0; t != NULL && t->path[i] != 0; i++)
		if (t->path[i] == '*') {
			struct text a = arg[stars++];

			CHECK(a.n > 0 && a.p >= path && a.p + a.n <= path + strlen(path) && memchr(a.p, '/', a.n) == NULL);
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct text rest = text_of((const char *)p, n);
	const struct keys *keys = keys_of_test();
	char *method = take_line(&rest), *target = take_line(&rest), *key = take_line(&rest), *number = take_line(&rest);
	const struct key_entry *who = keys_check(keys, text_z(key), 5);
	struct frame f = { 0 };
	uint64_t value;

	CHECK((who != NULL) == (strcmp(key, made) == 0));
	look_for_route(method, target);
	CHECK(query_number(number, 1000, &value) ? value <= 1000 : value == 0 || value == UINT64_MAX);
	while (rest.n > 0) {
		char *line = take_line(&rest), *colon = strchr(line, ':');

		if (colon != NULL)
			frame_header(&f, text_of(line, (size_t)(colon - line)), text_z(colon + 1));
		free(line);
	}
	if (frame_headers(&f, "HTTP/1.1") == NULL)
		CHECK(f.content_length + f.transfer_encoding <= 1);
	free(method);
	free(target);
	free(key);
	free(number);
	return 0;
}
