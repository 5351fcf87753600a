/* page.c - escaping by place; see page.h. */
#include "gateway/page.h"

uint32_t page_next(struct text t, size_t *i)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char c = (unsigned char)t.p[(*i)++];
	uint32_t n = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;
	uint32_t u = n == 1 ? c : c & (0x7fu >> n);

	if (n == 0 || t.n - *i < n - 1)
		return 0xfffd;
	for (uint32_t k = 0; k + 1 < n; k++) {
		unsigned char d = (unsigned char)t.p[*i + k];

		if ((d & 0xc0) != 0x80)
			return 0xfffd;
		u = u << 6 | (d & 0x3f);
	}
	if (u < least[n] || u > 0x10ffff || (u >= 0xd800 && u < 0xe000))
		return 0xfffd;
	*i += n - 1;
	return u;
}

/* Controls but tab and new line, marks and overrides of direction, and what XML has no place for. */
static bool vanishes(uint32_t u)
{
	return (u < 0x20 && u != '\t' && u != '\n') || (u >= 0x7f && u < 0xa0) || u == 0x200e || u == 0x200f ||
	       u == 0x061c || (u >= 0x202a && u <= 0x202e) || (u >= 0x2066 && u <= 0x2069) || u == 0x2028 || u == 0x2029 ||
	       u == 0xfeff || u == 0xfffe || u == 0xffff;
}

/* Also what joins or parts letters without being seen: it could hide within a number or a name. */
static bool unseen(uint32_t u)
{
	return vanishes(u) || u == 0xad || (u >= 0x200b && u <= 0x200d) || (u >= 0x2060 && u <= 0x2064);
}

void page_seen(struct buf *b, struct text t)
{
	for (size_t i = 0; i < t.n;) {
		size_t from = i;

		if (!unseen(page_next(t, &i)))
			buf_add(b, t.p + from, i - from);
	}
}

bool page_all_seen(struct text t)
{
	for (size_t i = 0; i < t.n;)
		if (unseen(page_next(t, &i)))
			return false;
	return true;
}

void page_text(struct buf *b, struct text t)
{
	for (size_t i = 0; i < t.n;) {
		size_t from = i;
		uint32_t u = page_next(t, &i);

		switch (u) {
		case '&': buf_z(b, "&amp;"); break;
		case '<': buf_z(b, "&lt;"); break;
		case '>': buf_z(b, "&gt;"); break;
		case '"': buf_z(b, "&quot;"); break;
		case '\'': buf_z(b, "&#39;"); break;
		case '`': buf_z(b, "&#96;"); break;
		case 0xfffd: buf_z(b, "\xef\xbf\xbd"); break;
		default:
			if (!vanishes(u))
				buf_add(b, t.p + from, i - from);
		}
	}
}

void page_json(struct buf *b, struct text t)
{
	struct buf kept;

	buf_init(&kept, 3 * t.n + 1);
	for (size_t i = 0; i < t.n;) {
		size_t from = i;
		uint32_t u = page_next(t, &i);

		if (u == 0xfffd)
			buf_z(&kept, "\xef\xbf\xbd");
		else if (!vanishes(u))
			buf_add(&kept, t.p + from, i - from);
	}
	buf_json(b, buf_view(&kept));
	b->err = b->err == ERR_OK ? kept.err : b->err;
	buf_release(&kept);
}

void page_member(struct buf *b, const char *name, struct text t)
{
	buf_printf(b, ",\"%s\":", name);
	page_json(b, t);
}

void page_z(struct buf *b, const char *z)
{
	page_text(b, text_z(z));
}

void page_int(struct buf *b, int64_t v)
{
	buf_int(b, v);
}

void page_paragraphs(struct buf *b, struct text t)
{
	bool open = false, line = false;

	for (size_t i = 0; i < t.n;) {
		const char *end = memchr(t.p + i, '\n', t.n - i);
		size_t n = end == NULL ? t.n - i : (size_t)(end - (t.p + i));
		struct text one = text_trim(text_of(t.p + i, n));

		if (one.n == 0 && open) {
			HTML(b, "</p>\n");
			open = line = false;
		} else if (one.n > 0) {
			buf_z(b, open ? "" : "<p>");
			buf_z(b, line ? "<br>\n" : "");
			page_text(b, one);
			open = line = true;
		}
		i += n + 1;
	}
	if (open)
		HTML(b, "</p>\n");
}

/* ---- attributes ---- */

static bool plain_name(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz-");

	return n > 0 && name[n] == 0;
}

static bool address(const char *name)
{
	return strcmp(name, "href") == 0 || strcmp(name, "src") == 0 || strcmp(name, "action") == 0;
}

void page_attr(struct buf *b, const char *name, struct text value)
{
	CHECK(plain_name(name) && !address(name) && strncmp(name, "on", 2) != 0 && strcmp(name, "style") != 0 &&
	      strcmp(name, "srcset") != 0 && strcmp(name, "formaction") != 0 && strcmp(name, "srcdoc") != 0);
	buf_printf(b, " %s=\"", name);
	page_text(b, value);
	buf_char(b, '"');
}

static void encode(struct buf *b, struct text t)
{
	bool dots = text_eq(t, TEXT(".")) || text_eq(t, TEXT(".."));

	for (size_t i = 0; i < t.n; i++) {
		char c = t.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
		    c == '~' || (c == '.' && !dots))
			buf_char(b, c);
		else
			buf_printf(b, "%%%02X", (unsigned char)c);
	}
}

void page_path(struct buf *b, const char *form, const struct text *value, size_t n)
{
	size_t i = 1; /* the first is there so that a list of none is one of C */

	CHECK(form[0] == '/' && form[1] != '/' && strchr(form, '\\') == NULL);
	for (; *form != 0; form++) {
		if (*form == '%') {
			CHECK(i < n);
			encode(b, value[i++]);
		} else {
			buf_char(b, *form);
		}
	}
	CHECK(i == n);
}

void page_url(struct buf *b, const char *name, const char *form, const struct text *value, size_t n)
{
	struct buf path;

	CHECK(address(name));
	buf_init(&path, 8192);
	page_path(&path, form, value, n);
	buf_printf(b, " %s=\"", name);
	page_text(b, buf_view(&path));
	buf_char(b, '"');
	b->err = path.err != ERR_OK ? path.err : b->err;
	buf_release(&path);
}
