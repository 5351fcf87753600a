/* channel.h - how long what is published may be on each channel, and an e-mail of it. Pure.
 *
 * Limits are ours [ours], below what the platforms took when this was written; a text that is longer is cut at a character with an ellipsis, because a platform would refuse it or cut it anywhere. An e-mail's header
 * holds nothing but ASCII that this file writes: what is not is encoded (RFC 2047), so no text can begin a line of a header; its body is base64. */
#ifndef DUANKA_OUTREACH_CHANNEL_H
#define DUANKA_OUTREACH_CHANNEL_H
#include "base/buf.h"

struct channel_limits { /* characters */
	uint32_t title, summary, body;
};

enum {
	CHANNEL_SMS_CHARACTERS = 335 /* five parts of 67 */
};

/* By enum publication_channel; all zero: nothing is sent there. */
struct channel_limits channel_limits(int64_t channel);
/* At most n characters of t, the last one an ellipsis if something was cut. Control characters but new lines vanish. */
void channel_cut(struct buf *out, struct text t, uint32_t n);
/* Whether t can stand between < and > of an envelope: one address, local@domain of [A-Za-z0-9._%+-], at most 254 bytes. */
bool mail_address_ok(struct text t);

struct mail {
	struct text from, to; /* addresses that mail_address_ok accepts: CHECKed */
	struct text subject, body;
	const char *id; /* of [A-Za-z0-9.-]; the Message-ID's left part */
	int64_t time_us;
};
/* A message with lines ended by CR LF, as SMTP sends it. */
void mail_put(struct buf *out, const struct mail *m);

#endif
