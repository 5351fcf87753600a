/* page_world.c - see page_world.h. */
#include "tests/test.h"
#include "tests/gateway/page_world.h"

struct visitor li, mei, nobody;

int begin(void **state)
{
	static struct served_options with;

	(void)state;
	enabled = true;
	requests = filings = proofs = all = 100000;
	with = options;
	with.key[MODERATOR] = (struct served_key){ "police", SCOPE_DESK, 1u << ROLE_MODERATOR, 0 };
	served_start(&s, &with);
	heard_init(&h);
	memset(&li, 0, sizeof(li));
	memset(&mei, 0, sizeof(mei));
	memset(&nobody, 0, sizeof(nobody));
	return 0;
}

static void keep_cookie(const char *name, char *out, size_t max)
{
	char start[64];
	const char *z;

	snprintf(start, sizeof(start), "Set-Cookie: %s=", name);
	z = strstr(h.head.p, start);
	if (z == NULL)
		return;
	z += strlen(start);
	snprintf(out, max, "%.*s", (int)strcspn(z, ";\r"), z);
	assert_non_null(strstr(z, "HttpOnly; SameSite="));
}

static void hear(struct visitor *v)
{
	const char *z = h.body.n > 0 ? strstr(h.body.p, "name=\"csrf\" value=\"") : NULL;

	keep_cookie("duanka_form", v->form, sizeof(v->form));
	keep_cookie("duanka_member", v->member, sizeof(v->member));
	if (z != NULL)
		snprintf(v->csrf, sizeof(v->csrf), "%.32s", z + strlen("name=\"csrf\" value=\""));
}

void headers_of(const struct visitor *v, const char *more, char z[512])
{
	snprintf(z, 512, "Cookie: duanka_form=%s; duanka_member=%s\r\n%s", v->form, v->member, more);
}

void get(struct visitor *v, const char *path)
{
	char z[512];

	headers_of(v, "", z);
	served_ask(&s, path, NULL, z, NULL, &h);
	hear(v);
}

void encode(struct buf *b, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%%%02X", (unsigned char)p[i]);
}

void send_form(struct visitor *v, const char *path, const char *const *pair)
{
	char z[512];
	struct buf b;

	buf_init(&b, 1 << 20);
	buf_printf(&b, "csrf=%s", v->csrf);
	for (; pair[0] != NULL; pair += 2) {
		buf_printf(&b, "&%s=", pair[0]);
		encode(&b, pair[1], strlen(pair[1]));
	}
	headers_of(v, "Content-Type: application/x-www-form-urlencoded\r\n", z);
	served_ask(&s, path, NULL, z, b.p, &h);
	buf_release(&b);
	hear(v);
}

void is_harmless(void)
{
	static const char *const never[] = { "<script",     "<style",    "<iframe",  "<svg",  "<b>",
		                                 "javascript:", " onerror=", " onload=", "<base", "<object" };

	assert_non_null(strstr(h.head.p, "Content-Security-Policy: default-src 'none'"));
	assert_non_null(strstr(h.head.p, "X-Frame-Options: DENY"));
	assert_non_null(strstr(h.head.p, "X-Content-Type-Options: nosniff"));
	if (h.body.n == 0)
		return;
	for (size_t i = 0; i < ARRAY_LEN(never); i++)
		if (i != 5 && i != 6 && i != 7) /* these may stand in a text; tags that could hold them may not */
			assert_null(strstr(h.body.p, never[i]));
	for (const char *z = h.body.p; (z = strstr(z, "=\"")) != NULL; z += 2) {
		static const char *const address[] = { "href", "src", "action" };

		for (size_t i = 0; i < ARRAY_LEN(address); i++) {
			size_t n = strlen(address[i]);

			if ((size_t)(z - h.body.p) <= n || memcmp(z - n, address[i], n) != 0 || z[-(ptrdiff_t)n - 1] != ' ')
				continue;
			assert_true(strncmp(z + 2, "/zh/", 4) == 0 || strncmp(z + 2, "/en/", 4) == 0 ||
			            strncmp(z + 2, "#main", 5) == 0 || strncmp(z + 2, "/public.css\"", 12) == 0);
		}
	}
	for (const char *z = h.body.p; (z = strchr(z, '<')) != NULL; z++) /* no attribute of a tag is a handler */
		for (bool quoted = false; *z != 0 && (quoted || *z != '>'); z++) {
			quoted ^= *z == '"';
			assert_true(quoted || strncmp(z, " on", 3) != 0);
		}
}

void joins(struct visitor *v, const char *login, const char *name)
{
	get(v, "/zh/register");
	heard_status(&h, 200);
	is_harmless();
	SEND(v, "/zh/register", "login", login, "name", name, "password", "long-enough-1");
	heard_status(&h, 303);
	get(v, "/zh/me");
	heard_status(&h, 200);
	is_harmless();
}

void moderate(const char *kind, const char *step, const char *body)
{
	char path[128];
	const char *id;

	snprintf(path, sizeof(path), "/v1/%s?state=%s", kind, strcmp(step, "approve") == 0 ? "waiting" : "shown");
	served_ask(&s, path, s.key[MODERATOR], "", NULL, &h);
	heard_status(&h, 200);
	id = strstr(h.body.p, "\"objects\":[{\"id\":\"");
	assert_non_null(id);
	snprintf(path, sizeof(path), "/v1/%s/%.*s/%s", kind, (int)strcspn(id + 18, "\""), id + 18, step);
	served_ask(&s, path, s.key[MODERATOR], "If-Match: *\r\n", body, &h);
	heard_status(&h, 200);
}

void first_topic(char path[80], const char *more)
{
	const char *z;

	get(&nobody, "/en/board");
	heard_status(&h, 200);
	is_harmless();
	z = strstr(h.body.p, "/en/board/TO-");
	assert_non_null(z);
	snprintf(path, 80, "%.*s%s", (int)strcspn(z, "\""), z, more);
}
