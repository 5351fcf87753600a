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

static void digest(const struct sign_secret *s, struct text time, struct text body,
                   unsigned char out[crypto_auth_hmacsha256_BYTES])
{
	crypto_auth_hmacsha256_state st;

	crypto_auth_hmacsha256_init(&st, s->p, s->n);
	crypto_auth_hmacsha256_update(&st, (const unsigned char *)time.p, time.n);
	crypto_auth_hmacsha256_update(&st, (const unsigned char *)".", 1);
	crypto_auth_hmacsha256_update(&st, (const unsigned char *)body.p, body.n);
	crypto_auth_hmacsha256_final(&st, out);
	sodium_memzero(&st, sizeof(st));
}

void sign_make(const struct sign_secret *s, int64_t now_us, struct text body, char time[SIGN_TIME_BYTES],
               char signature[SIGN_TEXT_BYTES])
{
	unsigned char mac[crypto_auth_hmacsha256_BYTES];

	snprintf(time, SIGN_TIME_BYTES, "%" PRId64, now_us / US_PER_SECOND);
	digest(s, text_z(time), body, mac);
	memcpy(signature, "v1=", 3);
	sodium_bin2hex(signature + 3, SIGN_TEXT_BYTES - 3, mac, sizeof(mac));
}

enum err sign_check(const struct sign_secret *s, int64_t now_us, struct text time, struct text signature,
                    struct text body)
{
	unsigned char mac[crypto_auth_hmacsha256_BYTES], told[crypto_auth_hmacsha256_BYTES];
	int64_t at, away;
	size_t n;

	if (text_to_int(time, &at) != ERR_OK || time.n > 12 || at < 0 || !text_starts(signature, TEXT("v1=")) ||
	    signature.n != SIGN_TEXT_BYTES - 1 ||
	    sodium_hex2bin(told, sizeof(told), signature.p + 3, signature.n - 3, NULL, &n, NULL) != 0 || n != sizeof(told))
		return ERR_FORMAT;
	digest(s, time, body, mac);
	if (sodium_memcmp(mac, told, sizeof(mac)) != 0)
		return ERR_RANGE;
	away = at - now_us / US_PER_SECOND;
	return away > SIGN_WINDOW_S || away < -SIGN_WINDOW_S ? ERR_LATE : ERR_OK;
}
