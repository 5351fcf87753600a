/* paper_html.c - a paper as one HTML file: its style and its figures (SVG) within, no script, nothing that is loaded from elsewhere, and a policy that says so to the browser. Printed, the
 * heads of tables repeat on each page. */
#include "sheet/paper_int.h"

static const char style[] =
	"body{font:15px/1.6 'Noto Sans CJK SC','WenQuanYi Micro Hei','PingFang SC','Microsoft YaHei',sans-serif;color:#222;"
	"max-width:48rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}"
	"h1{font-size:1.6rem;text-align:center}h2{font-size:1.25rem;border-bottom:1px solid #bbb}h3,h4{font-size:1.05rem}"
	"table{border-collapse:collapse;width:100%;margin:.8rem 0;font-size:.9rem}th,td{border:1px solid #bbb;padding:.25rem .5rem;"
	"text-align:left;vertical-align:top}th{background:#eef2f7}.n{text-align:right;font-variant-numeric:tabular-nums}"
	".s{font-size:.85rem;color:#555}p,li,td,.s{white-space:pre-line}figure{margin:1rem 0;break-inside:avoid}figcaption{font-weight:bold}svg{width:100%;height:auto}"
	"thead{display:table-header-group}tr{break-inside:avoid}h2,h3,h4{break-after:avoid}@page{size:A4;margin:18mm}";

static void put(struct buf *b, struct text t)
{
	for (size_t i = 0; i < t.n; i++)
		switch (t.p[i]) {
		case '&': buf_z(b, "&amp;"); break;
		case '<': buf_z(b, "&lt;"); break;
		case '>': buf_z(b, "&gt;"); break;
		case '"': buf_z(b, "&quot;"); break;
		case '\'': buf_z(b, "&#39;"); break;
		default: buf_char(b, t.p[i]);
		}
}

/* ---- figures ---- */

static void svg_box(void *ctx, double x, double y, double w, double h, uint32_t colour)
{
	buf_printf(ctx, "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" fill=\"#%06x\"/>", x, y, w, h, colour);
}

static void svg_line(void *ctx, const double *xy, uint32_t n, double width, uint32_t colour)
{
	buf_printf(ctx, "<polyline fill=\"none\" stroke=\"#%06x\" stroke-width=\"%.1f\" points=\"", colour, width);
	for (uint32_t i = 0; i < n; i++)
		buf_printf(ctx, "%s%.2f,%.2f", i == 0 ? "" : " ", xy[2 * i], xy[2 * i + 1]);
	buf_z(ctx, "\"/>");
}

static void svg_word(void *ctx, double x, double y, double size, enum paper_anchor a, uint32_t colour, struct text t)
{
	static const char *const anchor[] = { "start", "middle", "end" };

	buf_printf(ctx, "<text x=\"%.2f\" y=\"%.2f\" font-size=\"%.1f\" text-anchor=\"%s\" fill=\"#%06x\">", x, y, size,
	           anchor[a], colour);
	put(ctx, t);
	buf_z(ctx, "</text>");
}

static uint32_t figure(struct buf *b, const struct paper *p, uint32_t at)
{
	struct paper_pen pen = { b, svg_box, svg_line, svg_word };
	struct text title = paper_text(p, &p->part[at]);
	struct paper_drawing d;

	paper_drawing_of(p, at, &d);
	buf_z(b, "<figure><figcaption>");
	put(b, title);
	buf_printf(b,
	           "</figcaption><svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" role=\"img\"><title>",
	           PAPER_WIDTH, d.height);
	put(b, title);
	buf_z(b, "</title>");
	paper_draw(&d, &pen);
	buf_z(b, "</svg>");
	if (d.shown < d.points)
		buf_printf(b, p->zh ? "<p class=\"s\">另有 %u 项未绘出。</p>" : "<p class=\"s\">%u more are not drawn.</p>",
		           d.points - d.shown);
	buf_z(b, "</figure>\n");
	return paper_after(p, at + 1);
}

/* ---- the rest ---- */

static uint32_t table(struct buf *b, const struct paper *p, uint32_t at)
{
	uint32_t n = p->part[at].n, end = paper_after(p, at + 1);

	buf_z(b, "<table><thead><tr>");
	for (uint32_t i = at + 1; i < end; i++) {
		bool head = i <= at + n, right = p->part[at + 1 + (i - at - 1) % n].right;

		buf_printf(b, "<%s%s>", head ? "th scope=\"col\"" : "td", right ? " class=\"n\"" : "");
		put(b, paper_text(p, &p->part[i]));
		buf_z(b, head ? "</th>" : "</td>");
		if (i == at + n)
			buf_z(b, "</tr></thead><tbody>");
		if ((i - at) % n == 0 && i + 1 < end)
			buf_z(b, i == at + n ? "<tr>" : "</tr>\n<tr>");
	}
	buf_z(b, end > at + 1 + n ? "</tr></tbody></table>\n" : "</tbody></table>\n");
	return end;
}

static void element(struct buf *b, const char *name, const char *more, struct text t)
{
	buf_printf(b, "<%s%s>", name, more);
	put(b, t);
	buf_printf(b, "</%s>\n", name);
}

static uint32_t put_part(struct buf *b, const struct paper *p, uint32_t i)
{
	static const char *const heading[] = { "h1", "h2", "h3", "h4" };
	const struct paper_part *x = &p->part[i];
	struct text t = paper_text(p, x);

	switch (x->kind) {
	case PAPER_TITLE: element(b, heading[0], "", t); break;
	case PAPER_HEADING: element(b, heading[x->level], "", t); break;
	case PAPER_NOTE: element(b, "p", " class=\"s\"", t); break;
	case PAPER_ITEM:
		buf_z(b, i == 0 || p->part[i - 1].kind != PAPER_ITEM ? "<ul>\n" : "");
		element(b, "li", "", t);
		buf_z(b, i + 1 == p->n || p->part[i + 1].kind != PAPER_ITEM ? "</ul>\n" : "");
		break;
	case PAPER_TABLE: return table(b, p, i);
	case PAPER_FIGURE: return figure(b, p, i);
	default: element(b, "p", "", t); break;
	}
	return i + 1;
}

enum err paper_html(const struct paper *p, struct buf *out)
{
	struct buf b;
	enum err e = paper_err(p);

	buf_init(&b, PAPER_OUT_MAX);
	buf_printf(&b,
	           "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">"
	           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
	           "<meta name=\"viewport\" content=\"width=device-width\"><title>",
	           p->zh ? "zh-CN" : "en");
	if (p->n > 0 && p->part[0].kind == PAPER_TITLE)
		put(&b, paper_text(p, &p->part[0]));
	buf_printf(&b, "</title><style>%s</style></head><body>\n", style);
	for (uint32_t i = 0; e == ERR_OK && i < p->n;)
		i = put_part(&b, p, i);
	buf_z(&b, "</body></html>\n");
	e = e == ERR_OK ? b.err : e;
	if (e == ERR_OK)
		e = buf_reserve(out, b.n);
	if (e == ERR_OK)
		buf_add(out, b.p, b.n);
	buf_release(&b);
	return e;
}
