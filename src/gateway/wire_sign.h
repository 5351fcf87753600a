/* wire_sign.h - signatures of what is sent and received without TLS client certificates: HMAC-SHA256 over "SECONDS.BODY" under a secret that both sides hold.
 *
 *   Duanka-Timestamp: 1772323200
 *   Duanka-Signature: v1=64 hexadecimal digits
 *
 * The time is signed too, and must lie within SIGN_WINDOW_S of the receiver's clock. What is sent again within the window is recognised by its id. */
#ifndef DUANKA_GATEWAY_WIRE_SIGN_H
#define DUANKA_GATEWAY_WIRE_SIGN_H
#include "base/buf.h"

#define SIGN_TIME_HEADER "Duanka-Timestamp"
#define SIGN_HEADER "Duanka-Signature"

enum {
	SIGN_SECRET_MIN = 16,
	SIGN_SECRET_MAX = 256, /* bytes */
	SIGN_TEXT_BYTES = 3 + 64 + 1,
	SIGN_TIME_BYTES = 24,
	SIGN_WINDOW_S = 300
};

struct sign_secret {
	size_t n;
	unsigned char p[SIGN_SECRET_MAX];
};

/* One line of SIGN_SECRET_MIN to SIGN_SECRET_MAX printable characters in a file that only its owner may read (no bits of group or others). ERR_FORMAT, ERR_IO, ERR_ABSENT; why (may be NULL) has one line. */
enum err sign_secret_read(struct sign_secret *out, const char *path, struct buf *why) MUST_CHECK;
void sign_make(const struct sign_secret *s, int64_t now_us, struct text body, char time[SIGN_TIME_BYTES],
               char signature[SIGN_TEXT_BYTES]);
/* ERR_FORMAT: not such headers; ERR_LATE: outside the window; ERR_RANGE: signed by somebody else. In constant time. */
enum err sign_check(const struct sign_secret *s, int64_t now_us, struct text time, struct text signature,
                    struct text body) MUST_CHECK;

#endif
