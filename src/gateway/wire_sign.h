/* wire_sign.h - signatures of what is sent and received without TLS client certificates: HMAC-SHA256 over method, path, time and body under a secret that both sides hold.
 *
 *   Duanka-Timestamp: 1772323200
 *   Duanka-Signature: v2=64 hexadecimal digits      of "v2\nPOST\n/v1/case-platform\n1772323200\nBODY"
 *
 * So what was signed for one place is worth nothing at another. The version stands in the header and in what is signed: a later one can't be taken for this, and an older one
 * (v1 covered neither method nor path) is refused by name. The time must lie within SIGN_WINDOW_S of the receiver's clock. What is sent again within the window is recognised by its id. */
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
/* What is signed but for the time. target: path and, if there is one, ? and query, as in the request's first line. */
struct sign_request {
	struct text method, target, body;
};
/* The target of a URL: a part of it, or "/". */
struct text sign_target(struct text url);
void sign_make(const struct sign_secret *s, int64_t now_us, const struct sign_request *r, char time[SIGN_TIME_BYTES],
               char signature[SIGN_TEXT_BYTES]);

enum sign_verdict {
	SIGN_OK,
	SIGN_NO_TIME, /* the header of the time is not there, or is none */
	SIGN_NONE,    /* that of the signature */
	SIGN_VERSION, /* another version */
	SIGN_LATE,    /* rightly signed, outside the window */
	SIGN_DIFFERS  /* another secret, or another request */
};
/* In constant time. */
enum sign_verdict sign_check(const struct sign_secret *s, int64_t now_us, struct text time, struct text signature,
                             const struct sign_request *r) MUST_CHECK;
/* What is wrong, for the sender: of a digest, all that it was made over here but the secret, so that both sides can compare. */
void sign_explain(enum sign_verdict v, struct text time, const struct sign_request *r, struct buf *out);

#endif
