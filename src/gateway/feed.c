/* feed.c - see feed.h. */
#include "gateway/feed.h"
#include "base/clock.h"
#include "gateway/page.h"

const char *const feed_media[FEED_FORMS] = {
	[FEED_RSS] = "application/rss+xml; charset=utf-8",
	[FEED_ATOM] = "application/atom+xml; charset=utf-8",
	[FEED_JSON] = "application/feed+json; charset=utf-8",
};

void feed_cut(struct buf *out, struct text t, size_t n)
{
	if (t.n <= n) {
		buf_text(out, t);
		return;
	}
	while (n > 0 && ((unsigned char)t.p[n] & 0xc0) == 0x80)
		n--;
	buf_add(out, t.p, n);
	buf_z(out, "…");
}

/* ---- XML ---- */

static void element(struct buf *b, const char *name, struct text t)
{
	buf_printf(b, "<%s>", name);
	page_text(b, t);
	buf_printf(b, "</%s>\n", name);
}

static void moment(struct buf *b, const char *name, int64_t us)
{
	struct buf z;

	buf_init(&z, 64);
	clock_format(&z, us, &clock_shanghai);
	element(b, name, buf_view(&z));
	buf_release(&z);
}

/* RFC 822, as RSS has it: Thu, 26 Nov 2026 03:10:34 GMT */
static void mail_moment(struct buf *b, const char *name, int64_t us)
{
	static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
		                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct civil c;

	clock_to_civil(us, 0, &c);
	buf_printf(b, "<%s>%s, %02d %s %04d %02d:%02d:%02d GMT</%s>\n", name, days[c.weekday - 1], (int)c.day,
	           months[c.month - 1], (int)c.year, (int)c.hour, (int)c.minute, (int)c.second, name);
}

/* Readers of RSS take a description for HTML: the text is escaped as HTML, and that as XML. */
static void html_in_xml(struct buf *b, const char *name, struct text t, struct text more)
{
	struct buf html;

	buf_init(&html, FEED_BYTES_MAX);
	page_paragraphs(&html, t);
	page_paragraphs(&html, more);
	b->err = html.err != ERR_OK && b->err == ERR_OK ? html.err : b->err;
	element(b, name, buf_view(&html));
	buf_release(&html);
}

static void rss_item(struct buf *b, const struct feed_item *i, struct text body)
{
	HTML(b, "<item>\n");
	element(b, "title", i->title);
	element(b, "link", text_z(i->url));
	HTML(b, "<guid isPermaLink=\"false\">");
	page_z(b, i->id);
	HTML(b, "</guid>\n");
	mail_moment(b, "pubDate", i->out_us);
	if (i->category != NULL)
		element(b, "category", text_z(i->category));
	html_in_xml(b, "description", i->summary, body);
	HTML(b, "</item>\n");
}

static void rss_head(struct buf *b, const struct feed *f)
{
	HTML(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" "
	        "xmlns:atom=\"http://www.w3.org/2005/Atom\">\n<channel>\n");
	element(b, "title", text_z(f->title));
	element(b, "link", text_z(f->home_url));
	element(b, "description", text_z(f->description));
	element(b, "language", text_z(f->language));
	mail_moment(b, "lastBuildDate", f->changed_us);
	HTML(b, "<atom:link rel=\"self\" type=\"application/rss+xml\" href=\"");
	page_z(b, f->self_url);
	HTML(b, "\"/>\n");
}

static void rss(struct buf *b, const struct feed *f)
{
	rss_head(b, f);
	for (uint32_t i = 0; i < f->n; i++) {
		struct buf body;

		buf_init(&body, FEED_BODY_MAX + 8);
		feed_cut(&body, f->item[i].body, FEED_BODY_MAX);
		rss_item(b, &f->item[i], buf_view(&body));
		buf_release(&body);
	}
	HTML(b, "</channel>\n</rss>\n");
}

static void put_link(struct buf *b, const char *rel, const char *url)
{
	buf_printf(b, "<link rel=\"%s\" href=\"", rel);
	page_z(b, url);
	HTML(b, "\"/>\n");
}

static void atom_item(struct buf *b, const struct feed_item *i, struct text body)
{
	HTML(b, "<entry>\n");
	element(b, "title", i->title);
	element(b, "id", text_z(i->id));
	put_link(b, "alternate", i->url);
	if (i->picture_url != NULL)
		put_link(b, "enclosure", i->picture_url);
	moment(b, "published", i->out_us);
	moment(b, "updated", i->changed_us);
	if (i->category != NULL) {
		HTML(b, "<category");
		page_attr(b, "term", text_z(i->category));
		HTML(b, "/>\n");
	}
	HTML(b, "<summary type=\"text\">");
	page_text(b, i->summary);
	HTML(b, "</summary>\n");
	if (body.n > 0) {
		HTML(b, "<content type=\"text\">");
		page_text(b, body);
		HTML(b, "</content>\n");
	}
	HTML(b, "</entry>\n");
}

static void atom(struct buf *b, const struct feed *f)
{
	HTML(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" "
	        "xml:lang=\"");
	page_z(b, f->language);
	HTML(b, "\">\n");
	element(b, "title", text_z(f->title));
	element(b, "subtitle", text_z(f->description));
	element(b, "id", text_z(f->self_url));
	put_link(b, "self", f->self_url);
	put_link(b, "alternate", f->home_url);
	moment(b, "updated", f->changed_us);
	HTML(b, "<author><name>反诈中心</name></author>\n");
	for (uint32_t i = 0; i < f->n; i++) {
		struct buf body;

		buf_init(&body, FEED_BODY_MAX + 8);
		feed_cut(&body, f->item[i].body, FEED_BODY_MAX);
		atom_item(b, &f->item[i], buf_view(&body));
		buf_release(&body);
	}
	HTML(b, "</feed>\n");
}

/* ---- JSON ---- */

static void member(struct buf *b, const char *name, struct text t)
{
	buf_printf(b, "\"%s\":", name);
	page_json(b, t);
}

static void json_moment(struct buf *b, const char *name, int64_t us)
{
	buf_printf(b, ",\"%s\":\"", name);
	clock_format(b, us, &clock_shanghai);
	buf_char(b, '"');
}

static void json(struct buf *b, const struct feed *f)
{
	buf_z(b, "{\"version\":\"https://jsonfeed.org/version/1.1\",");
	member(b, "title", text_z(f->title));
	buf_char(b, ',');
	member(b, "description", text_z(f->description));
	buf_char(b, ',');
	member(b, "home_page_url", text_z(f->home_url));
	buf_char(b, ',');
	member(b, "feed_url", text_z(f->self_url));
	buf_char(b, ',');
	member(b, "language", text_z(f->language));
	buf_z(b, ",\"items\":[");
	for (uint32_t i = 0; i < f->n; i++) {
		const struct feed_item *x = &f->item[i];
		struct buf body;

		buf_init(&body, FEED_BODY_MAX + 8);
		feed_cut(&body, x->body.n > 0 ? x->body : x->summary, FEED_BODY_MAX);
		buf_z(b, i > 0 ? ",{" : "{");
		member(b, "id", text_z(x->id));
		buf_char(b, ',');
		member(b, "url", text_z(x->url));
		buf_char(b, ',');
		member(b, "title", x->title);
		buf_char(b, ',');
		member(b, "summary", x->summary);
		buf_char(b, ',');
		member(b, "content_text", buf_view(&body));
		if (x->picture_url != NULL) {
			buf_char(b, ',');
			member(b, "image", text_z(x->picture_url));
		}
		json_moment(b, "date_published", x->out_us);
		json_moment(b, "date_modified", x->changed_us);
		if (x->category != NULL) {
			buf_z(b, ",\"tags\":[");
			buf_json(b, text_z(x->category));
			buf_char(b, ']');
		}
		buf_char(b, '}');
		buf_release(&body);
	}
	buf_z(b, "]}\n");
}

void feed_put(struct buf *out, enum feed_form form, const struct feed *f)
{
	switch (form) {
	case FEED_RSS: rss(out, f); break;
	case FEED_ATOM: atom(out, f); break;
	default: json(out, f); break;
	}
}
