/* frame.c - see frame.h; RFC 9112 sections 3.2 and 6.3, RFC 3986 section 2. */
#include "gateway/frame.h"
#include <string.h>
#include <strings.h>

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

static const char *escape(const char *z, bool in_path)
{
	int high = digit(z[1]), low = high < 0 ? -1 : digit(z[2]), c = high * 16 + low;

	if (low < 0)
		return "a % in it is not followed by two hexadecimal digits";
	if (c == 0)
		return "it has a NUL (%00)";
	if (in_path && (c == '/' || c == '\\'))
		return "its path has a slash or a backslash as an escape";
	return NULL;
}

const char *frame_target(const char *target, bool *too_long)
{
	const char *query = strchr(target, '?');

	*too_long = (query != NULL ? (size_t)(query - target) : strlen(target)) > FRAME_PATH_MAX;
	if (*too_long)
		return "its path is over 511 bytes";
	if (target[0] != '/')
		return "it does not begin with /";
	for (const char *z = target; *z != 0; z++) {
		const char *wrong = *z == '%' ? escape(z, query == NULL || z < query) : NULL;

		if ((unsigned char)*z <= ' ' || *z == 127)
			return "it has a blank or a control character";
		if (wrong != NULL)
			return wrong;
	}
	return NULL;
}

static bool is(struct text t, const char *lower)
{
	return t.n == strlen(lower) && strncasecmp(t.p, lower, t.n) == 0;
}

static bool is_token(struct text t)
{
	for (size_t i = 0; i < t.n; i++) {
		char c = t.p[i];
		bool letter = (c | 32) >= 'a' && (c | 32) <= 'z', number = c >= '0' && c <= '9';

		if (!letter && !number && (c == 0 || strchr("!#$%&'*+-.^_`|~", c) == NULL))
			return false;
	}
	return t.n > 0;
}

void frame_header(struct frame *f, struct text name, struct text value)
{
	f->odd |= !is_token(name);
	f->content_length += is(name, "content-length");
	f->host += is(name, "host");
	f->authorization += is(name, "authorization");
	f->idempotency_key += is(name, "idempotency-key");
	if (is(name, "transfer-encoding")) {
		f->transfer_encoding++;
		f->chunked = is(value, "chunked");
	}
}

const char *frame_headers(const struct frame *f, const char *version)
{
	if (f->odd)
		return "a header's name has a character that names don't have";
	if (f->content_length > 1)
		return "it has more than one Content-Length";
	if (f->transfer_encoding > 0 && f->content_length > 0)
		return "it has both Content-Length and Transfer-Encoding";
	if (f->transfer_encoding > 1 || (f->transfer_encoding == 1 && !f->chunked))
		return "its Transfer-Encoding is not chunked alone";
	if (f->transfer_encoding > 0 && strcmp(version, "HTTP/1.1") != 0)
		return "Transfer-Encoding came with HTTP/1.0";
	if (f->host > 1 || f->authorization > 1 || f->idempotency_key > 1)
		return "Host, Authorization or Idempotency-Key came more than once";
	return NULL;
}
