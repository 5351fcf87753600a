/* wire_sign.c - see wire_sign.h. */
#include "gateway/wire_sign.h"
#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include "base/clock.h"
#include "base/file.h"

static enum err say(struct buf *why, const char *path, const char *what, enum err e)
{
	if (why != NULL)
		buf_printf(why, "%s: %s", path, what);
	return e;
}

enum err sign_secret_read(struct sign_secret *out, const char *path, struct buf *why)
{
	struct stat st;
	struct text line;
	struct buf b;
	enum err e;

	*out = (struct sign_secret){ 0 };
	if (stat(path, &st) != 0)
		return say(why, path, strerror(errno), errno == ENOENT || errno == ENOTDIR ? ERR_ABSENT : ERR_IO);
	if (!S_ISREG(st.st_mode) || (st.st_mode & 077) != 0)
		return say(why, path, "a secret is a file that only its owner may read; chmod 600", ERR_FORMAT);
	buf_init(&b, SIGN_SECRET_MAX + 2);
	e = file_read_all(path, SIGN_SECRET_MAX + 2, &b);
	line = text_trim(buf_view(&b));
	for (size_t i = 0; e == ERR_OK && i < line.n; i++)
		if (line.p[i] <= 0x20 || line.p[i] >= 0x7f)
			e = ERR_FORMAT;
	if (e == ERR_OK && (line.n < SIGN_SECRET_MIN || line.n > SIGN_SECRET_MAX))
		e = ERR_FORMAT;
	if (e == ERR_OK) {
		memcpy(out->p, line.p, line.n);
		out->n = line.n;
	}
	if (b.p != NULL)
		sodium_memzero(b.p, b.n);
	buf_release(&b);
	return e == ERR_OK ? e : say(why, path, "a secret is one line of 16 to 256 printable characters", e);
}

/* "v2\nMETHOD\nTARGET\nSECONDS\nBODY": none of the first four holds a line feed, so that no two requests are the same bytes. */
static void digest(const struct sign_secret *s, struct text time, const struct sign_request *r,
                   unsigned char out[crypto_auth_hmacsha256_BYTES])
{
	const struct text parts[] = { TEXT("v2"), r->method, r->target, time };
	crypto_auth_hmacsha256_state st;

	crypto_auth_hmacsha256_init(&st, s->p, s->n);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		crypto_auth_hmacsha256_update(&st, (const unsigned char *)parts[i].p, parts[i].n);
		crypto_auth_hmacsha256_update(&st, (const unsigned char *)"\n", 1);
	}
	crypto_auth_hmacsha256_update(&st, (const unsigned char *)r->body.p, r->body.n);
	crypto_auth_hmacsha256_final(&st, out);
	sodium_memzero(&st, sizeof(st));
}

struct text sign_target(struct text url)
{
	const char *host = memmem(url.p, url.n, "://", 3), *path;

	if (host == NULL)
		return url;
	host += 3;
	path = memchr(host, '/', (size_t)(url.p + url.n - host));
	return path == NULL ? TEXT("/") : text_of(path, (size_t)(url.p + url.n - path));
}

void sign_make(const struct sign_secret *s, int64_t now_us, const struct sign_request *r, char time[SIGN_TIME_BYTES],
               char signature[SIGN_TEXT_BYTES])
{
	unsigned char mac[crypto_auth_hmacsha256_BYTES];

	snprintf(time, SIGN_TIME_BYTES, "%" PRId64, now_us / US_PER_SECOND);
	digest(s, text_z(time), r, mac);
	memcpy(signature, "v2=", 3);
	sodium_bin2hex(signature + 3, SIGN_TEXT_BYTES - 3, mac, sizeof(mac));
}

static bool is_version(struct text t)
{
	return t.n > 2 && t.p[0] == 'v' && t.p[1] >= '0' && t.p[1] <= '9' && memchr(t.p, '=', t.n) != NULL;
}

enum sign_verdict sign_check(const struct sign_secret *s, int64_t now_us, struct text time, struct text signature,
                             const struct sign_request *r)
{
	unsigned char mac[crypto_auth_hmacsha256_BYTES], told[crypto_auth_hmacsha256_BYTES];
	int64_t at, away;
	size_t n;

	if (text_to_int(time, &at) != ERR_OK || time.n > 12 || at < 0)
		return SIGN_NO_TIME;
	if (!text_starts(signature, TEXT("v2=")))
		return is_version(signature) ? SIGN_VERSION : SIGN_NONE;
	if (signature.n != SIGN_TEXT_BYTES - 1 ||
	    sodium_hex2bin(told, sizeof(told), signature.p + 3, signature.n - 3, NULL, &n, NULL) != 0 || n != sizeof(told))
		return SIGN_NONE;
	digest(s, time, r, mac);
	if (sodium_memcmp(mac, told, sizeof(mac)) != 0)
		return SIGN_DIFFERS;
	away = at - now_us / US_PER_SECOND;
	return away > SIGN_WINDOW_S || away < -SIGN_WINDOW_S ? SIGN_LATE : SIGN_OK;
}

void sign_explain(enum sign_verdict v, struct text time, const struct sign_request *r, struct buf *out)
{
	unsigned char sum[crypto_hash_sha256_BYTES];
	char hex[2 * sizeof(sum) + 1];

	switch (v) {
	case SIGN_OK: return;
	case SIGN_NO_TIME: buf_printf(out, "time: %s has whole seconds since 1970", SIGN_TIME_HEADER); return;
	case SIGN_NONE: buf_printf(out, "signature: %s is v2= and 64 hexadecimal digits", SIGN_HEADER); return;
	case SIGN_VERSION: buf_z(out, "version: only v2 is taken, which covers method, path, time and body"); return;
	case SIGN_LATE: buf_z(out, "time: it is more than 5 minutes away"); return;
	case SIGN_DIFFERS: break;
	}
	crypto_hash_sha256(sum, (const unsigned char *)r->body.p, r->body.n);
	sodium_bin2hex(hex, sizeof(hex), sum, sizeof(sum));
	buf_printf(out, "digest: here it is that of v2, %.*s, %.*s, %.*s, and a body of %zu bytes with SHA-256 %s",
	           (int)r->method.n, r->method.p, (int)r->target.n, r->target.p, (int)time.n, time.p, r->body.n, hex);
}
