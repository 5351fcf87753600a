/* feed.h - what is published on the web and in the app, as feeds: RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1.
 *
 * Pure: from items to bytes. What people wrote may hold anything; it is escaped by where it stands (page.h, and once more in RSS descriptions, which readers take for HTML), and what XML has no place for
 * vanishes, so that a feed is always well formed. Ids do not change while an item lives. */
#ifndef DUANKA_GATEWAY_FEED_H
#define DUANKA_GATEWAY_FEED_H
#include "base/buf.h"

enum {
	FEED_ITEMS_MAX = 50,
	FEED_BYTES_MAX = 8 << 20,
	FEED_BODY_MAX = 20000, /* bytes of one body; what is longer is cut at a character, with an ellipsis */
	FEED_ID_MAX = 46       /* "urn:uuid:..." */
};

enum feed_form {
	FEED_RSS,
	FEED_ATOM,
	FEED_JSON,
	FEED_FORMS
};

struct feed_item {
	char id[FEED_ID_MAX];
	const char *url, *picture_url;    /* absolute; NULL: no picture */
	struct text title, summary, body; /* plain; body may be empty */
	const char *category;             /* NULL: none */
	int64_t out_us, changed_us;
};

struct feed {
	const char *title, *description, *language; /* "zh-CN" */
	const char *home_url, *self_url;            /* absolute */
	int64_t changed_us;
	uint32_t n;
	const struct feed_item *item;
};

extern const char *const feed_media[FEED_FORMS];
void feed_put(struct buf *out, enum feed_form form, const struct feed *f);
/* At most n bytes of t, ending with a whole character, and an ellipsis if something was cut. */
void feed_cut(struct buf *out, struct text t, size_t n);

#endif
