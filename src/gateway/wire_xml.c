/* wire_xml.c - see wire_xml.h. */
#include "gateway/wire_xml.h"

void xml_start(struct xml *x, struct text in, char *scratch)
{
	*x = (struct xml){ .in = in, .scratch = scratch };
}

static enum xml_event wrong(struct xml *x, const char *why)
{
	x->why = why;
	return XML_WRONG;
}

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_blanks(struct xml *x)
{
	while (x->at < x->in.n && blank(x->in.p[x->at]))
		x->at++;
}

static struct text rest(const struct xml *x)
{
	return text_of(x->in.p + x->at, x->in.n - x->at);
}

static bool take(struct xml *x, const char *z)
{
	if (!text_starts(rest(x), text_z(z)))
		return false;
	x->at += strlen(z);
	return true;
}

static bool take_name(struct xml *x)
{
	size_t from = x->at;

	while (x->at < x->in.n) {
		char c = x->in.p[x->at];
		bool first = x->at == from;

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
		      (!first && ((c >= '0' && c <= '9') || c == '.' || c == '-'))))
			break;
		x->at++;
	}
	x->name = text_of(x->in.p + from, x->at - from);
	return x->name.n > 0 && x->name.n <= XML_NAME_MAX;
}

/* A character that XML 1.0 allows. */
static bool allowed(uint32_t c)
{
	return c == 9 || c == 10 || c == 13 || (c >= 0x20 && c <= 0xd7ff) || (c >= 0xe000 && c <= 0xfffd) ||
	       (c >= 0x10000 && c <= 0x10ffff);
}

static void put_utf8(struct xml *x, uint32_t c)
{
	char *p = x->scratch + x->scratch_n;

	if (c < 0x80) {
		*p++ = (char)c;
	} else if (c < 0x800) {
		*p++ = (char)(0xc0 | c >> 6);
		*p++ = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		*p++ = (char)(0xe0 | c >> 12);
		*p++ = (char)(0x80 | (c >> 6 & 0x3f));
		*p++ = (char)(0x80 | (c & 0x3f));
	} else {
		*p++ = (char)(0xf0 | c >> 18);
		*p++ = (char)(0x80 | (c >> 12 & 0x3f));
		*p++ = (char)(0x80 | (c >> 6 & 0x3f));
		*p++ = (char)(0x80 | (c & 0x3f));
	}
	x->scratch_n = (size_t)(p - x->scratch);
}

static bool number(struct text digits, uint32_t *out)
{
	bool hex = digits.n > 0 && digits.p[0] == 'x';
	uint32_t c = 0;

	if (digits.n < 1u + hex || digits.n > 7u + hex)
		return false;
	for (size_t i = hex; i < digits.n; i++) {
		char d = digits.p[i];
		uint32_t v = d >= '0' && d <= '9'          ? (uint32_t)(d - '0')
		             : hex && d >= 'a' && d <= 'f' ? (uint32_t)(d - 'a' + 10)
		             : hex && d >= 'A' && d <= 'F' ? (uint32_t)(d - 'A' + 10)
		                                           : 99;
		if (v == 99)
			return false;
		c = c * (hex ? 16 : 10) + v;
	}
	*out = c;
	return allowed(c);
}

/* Behind an &, up to and with the ; */
static bool reference(struct xml *x)
{
	static const struct {
		const char *name;
		char c;
	} known[] = { { "amp;", '&' }, { "lt;", '<' }, { "gt;", '>' }, { "quot;", '"' }, { "apos;", '\'' } };
	uint32_t c;
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (take(x, known[i].name)) {
			put_utf8(x, (uint32_t)(unsigned char)known[i].c);
			return true;
		}
	if (!take(x, "#"))
		return false;
	while (x->at + n < x->in.n && n < 9 && x->in.p[x->at + n] != ';')
		n++;
	if (x->at + n >= x->in.n || x->in.p[x->at + n] != ';' || !number(text_of(x->in.p + x->at, n), &c))
		return false;
	x->at += n + 1;
	put_utf8(x, c);
	return true;
}

/* The text up to the next tag: in the input as it stands, or in the scratch if it holds references. A reference is never shorter than what it stands for, so the
 * scratch has room. */
static enum xml_event content(struct xml *x)
{
	size_t from = x->at, kept = x->scratch_n;
	bool plain = true, only_blanks = true;

	while (x->at < x->in.n && x->in.p[x->at] != '<') {
		unsigned char c = (unsigned char)x->in.p[x->at++];

		only_blanks &= blank((char)c);
		if (c == '&') {
			if (plain) {
				memcpy(x->scratch + x->scratch_n, x->in.p + from, x->at - 1 - from);
				x->scratch_n += x->at - 1 - from;
				plain = false;
			}
			if (!reference(x))
				return wrong(x, "a reference that is none of amp, lt, gt, quot, apos and characters by number");
		} else if (c < 0x20 && !blank((char)c)) {
			return wrong(x, "a control character");
		} else if (!plain) {
			x->scratch[x->scratch_n++] = (char)c;
		}
	}
	x->text = plain ? text_of(x->in.p + from, x->at - from) : text_of(x->scratch + kept, x->scratch_n - kept);
	if (!text_utf8_valid(x->text) || memmem(x->text.p, x->text.n, "\xef\xbf\xbe", 3) != NULL ||
	    memmem(x->text.p, x->text.n, "\xef\xbf\xbf", 3) != NULL || memmem(x->text.p, x->text.n, "]]>", 3) != NULL)
		return wrong(x, "the text is not UTF-8 as XML has it");
	return !x->leaf && !only_blanks ? wrong(x, "text beside elements") : XML_OPEN;
}

static enum xml_event close_tag(struct xml *x)
{
	if (!take_name(x))
		return wrong(x, "a tag without a name");
	skip_blanks(x);
	if (!take(x, ">"))
		return wrong(x, "an end tag holds its name only");
	if (x->depth == 0 || !text_eq(x->open[x->depth - 1], x->name))
		return wrong(x, "an end tag that closes another element");
	x->depth--;
	x->done = x->depth == 0;
	if (!x->leaf)
		x->text = TEXT("");
	x->leaf = false;
	return XML_CLOSE;
}

static enum xml_event open_tag(struct xml *x)
{
	if (x->done)
		return wrong(x, "a second root");
	if (!take_name(x))
		return wrong(x, "a tag is a name; comments, CDATA, instructions and document types are not taken");
	skip_blanks(x);
	if (!take(x, ">"))
		return wrong(x, "attributes and empty tags are not taken");
	if (x->depth == XML_DEPTH_MAX || ++x->nodes > XML_NODES_MAX)
		return wrong(x, "too many elements, or too deep");
	x->open[x->depth++] = x->name;
	x->leaf = true;
	return XML_OPEN;
}

static bool declaration(struct xml *x)
{
	(void)take(x, "\xef\xbb\xbf");
	if (!text_starts(rest(x), TEXT("<?")))
		return true;
	return take(x, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>") ||
	       take(x, "<?xml version=\"1.0\" encoding=\"utf-8\"?>");
}

enum xml_event xml_next(struct xml *x)
{
	enum xml_event e;

	if (x->at == 0 && !declaration(x))
		return wrong(x, "the declaration is <?xml version=\"1.0\" encoding=\"UTF-8\"?>");
	if (x->depth == 0) {
		skip_blanks(x);
		if (x->at == x->in.n)
			return x->done ? XML_END : wrong(x, "there is no element");
		if (!take(x, "<"))
			return wrong(x, "text outside the root");
		return open_tag(x);
	}
	e = content(x);
	if (e != XML_OPEN)
		return e;
	if (take(x, "</"))
		return close_tag(x);
	if (!take(x, "<"))
		return wrong(x, "it ends before its last element does");
	if (text_trim(x->text).n > 0)
		return wrong(x, "text beside elements");
	return open_tag(x);
}

/* ---- writing ---- */

void xml_open(struct buf *b, const char *name)
{
	buf_char(b, '<');
	buf_z(b, name);
	buf_char(b, '>');
}

void xml_close(struct buf *b, const char *name)
{
	buf_z(b, "</");
	buf_z(b, name);
	buf_z(b, ">\n");
}

void xml_leaf(struct buf *b, const char *name, struct text t)
{
	bool fine = text_utf8_valid(t);

	xml_open(b, name);
	for (size_t i = 0; i < t.n; i++) {
		unsigned char c = (unsigned char)t.p[i];
		bool other = i + 2 < t.n && c == 0xef && (unsigned char)t.p[i + 1] == 0xbf && (unsigned char)t.p[i + 2] >= 0xbe;

		if (c == '&')
			buf_z(b, "&amp;");
		else if (c == '<')
			buf_z(b, "&lt;");
		else if (c == '>')
			buf_z(b, "&gt;");
		else if (c == '\r')
			buf_z(b, "&#13;");
		else if ((c < 0x20 && !blank((char)c)) || (c >= 0x80 && !fine))
			buf_z(b, "\xef\xbf\xbd");
		else if (other) {
			buf_z(b, "\xef\xbf\xbd");
			i += 2;
		} else
			buf_char(b, (char)c);
	}
	xml_close(b, name);
}
