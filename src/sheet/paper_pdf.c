/* paper_pdf.c - a paper as PDF: the flow of its parts over pages, by pango and cairo; see paper_flow.h.
 *
 * Text is given to pango as text, never as its markup. Fonts are asked for by family with what the system has for the rest; a machine without any font for Chinese is told so, because a sheet
 * of empty boxes is worse than none. cairo writes the time into a PDF unless a date is set: an empty one leaves it out. */
#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <stdio.h>
#include "sheet/paper_flow.h"

#define INK 0x222222
#define GREY 0x666666

static const struct flow_style title_style = { 18, true, INK }, text_style = { 10.5, false, INK },
							   note_style = { 8.5, false, GREY }, foot_style = { 8, false, GREY },
							   caption_style = { 10, true, INK };
static const struct flow_style heading_style[] = { { 0 }, { 14, true, INK }, { 12, true, INK }, { 10.5, true, INK } };

/* ---- pages ---- */

double flow_left(const struct flow *f)
{
	return FLOW_BOTTOM - f->y;
}

static void foot(struct flow *f)
{
	PangoLayout *l;
	char z[96];
	int n = snprintf(z, sizeof(z), f->p->zh ? "第%u页，共%u页" : "page %u of %u", f->page, f->pages);

	l = flow_layout(f, text_of(z, (size_t)n), &foot_style, FLOW_INNER, true);
	flow_draw(f, l, 0, 1, FLOW_MARGIN, FLOW_BOTTOM + 14, foot_style.colour);
	g_object_unref(l);
}

static void end_page(struct flow *f)
{
	foot(f);
	if (f->cairo != NULL)
		cairo_show_page(f->cairo);
}

void flow_page(struct flow *f)
{
	end_page(f);
	f->too_many = f->too_many || f->page == PAPER_PAGES_MAX;
	f->page++;
	f->y = FLOW_TOP;
}

/* ---- text ---- */

PangoLayout *flow_layout(struct flow *f, struct text t, const struct flow_style *s, double width, bool right)
{
	PangoLayout *l = pango_layout_new(f->pango);
	PangoFontDescription *d = pango_font_description_new();
	PangoAttrList *a = pango_attr_list_new();

	pango_font_description_set_family(d, "WenQuanYi Micro Hei, Noto Sans CJK SC, sans-serif");
	pango_font_description_set_weight(d, s->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_font_description_set_absolute_size(d, s->size * PANGO_SCALE);
	pango_layout_set_font_description(l, d);
	pango_font_description_free(d);
	pango_attr_list_insert(a, pango_attr_insert_hyphens_new(FALSE)); /* a number that is broken must not get one */
	pango_layout_set_attributes(l, a);
	pango_attr_list_unref(a);
	pango_layout_set_text(l, t.p, (int)t.n);
	pango_layout_set_width(l, (int)(width * PANGO_SCALE));
	pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_alignment(l, right ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
	pango_layout_set_auto_dir(l, FALSE);
	pango_layout_set_line_spacing(l, 1.25f);
	return l;
}

uint32_t flow_lines(PangoLayout *l)
{
	return (uint32_t)pango_layout_get_line_count(l);
}

/* Calls see for lines `from` to from + n with their top and bottom in points, from the top of the layout. */
static void each_line(PangoLayout *l, uint32_t from, uint32_t n,
                      bool (*see)(void *ctx, PangoLayoutIter *i, double top, double bottom), void *ctx)
{
	PangoLayoutIter *i = pango_layout_get_iter(l);
	uint32_t at = 0;
	int top, bottom;

	do {
		if (at < from)
			continue;
		pango_layout_iter_get_line_yrange(i, &top, &bottom);
		if (at - from >= n || !see(ctx, i, (double)top / PANGO_SCALE, (double)bottom / PANGO_SCALE))
			break;
	} while (at++, pango_layout_iter_next_line(i));
	pango_layout_iter_free(i);
}

struct span {
	bool begun;
	double top, bottom, room;
	uint32_t n;
};

static bool measure(void *ctx, PangoLayoutIter *i, double top, double bottom)
{
	struct span *s = ctx;

	(void)i;
	s->top = s->begun ? s->top : top;
	s->begun = true;
	if (bottom - s->top > s->room)
		return false;
	s->bottom = bottom;
	s->n++;
	return true;
}

double flow_high(PangoLayout *l, uint32_t from, uint32_t n)
{
	struct span s = { .room = 1e9 };

	each_line(l, from, n, measure, &s);
	return s.n > 0 ? s.bottom - s.top : 0;
}

uint32_t flow_fit(PangoLayout *l, uint32_t from, double high)
{
	struct span s = { .room = high };

	each_line(l, from, UINT32_MAX, measure, &s);
	return s.n;
}

struct ink {
	struct flow *f;
	double x, y, top;
	bool begun;
};

static void colour(cairo_t *c, uint32_t rgb)
{
	cairo_set_source_rgb(c, (rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0);
}

static bool show(void *ctx, PangoLayoutIter *i, double top, double bottom)
{
	struct ink *k = ctx;
	PangoRectangle r;

	(void)bottom;
	k->top = k->begun ? k->top : top;
	k->begun = true;
	pango_layout_iter_get_line_extents(i, NULL, &r);
	cairo_move_to(k->f->cairo, k->x + (double)r.x / PANGO_SCALE,
	              k->y - k->top + (double)pango_layout_iter_get_baseline(i) / PANGO_SCALE);
	pango_cairo_show_layout_line(k->f->cairo, pango_layout_iter_get_line_readonly(i));
	return true;
}

void flow_draw(struct flow *f, PangoLayout *l, uint32_t from, uint32_t n, double x, double y, uint32_t rgb)
{
	struct ink k = { .f = f, .x = x, .y = y };

	if (f->cairo == NULL)
		return;
	colour(f->cairo, rgb);
	each_line(l, from, n, show, &k);
}

void flow_fill(struct flow *f, double x, double y, double w, double h, uint32_t rgb)
{
	if (f->cairo == NULL)
		return;
	colour(f->cairo, rgb);
	cairo_rectangle(f->cairo, x, y, w, h);
	cairo_fill(f->cairo);
}

/* Text that goes on over the page. keep: how much of what follows must stand below its last line. */
static void flowing(struct flow *f, struct text t, const struct flow_style *s, double indent, double keep)
{
	PangoLayout *l = flow_layout(f, t, s, FLOW_INNER - indent, false);
	uint32_t at = 0, all = flow_lines(l), n;

	if (f->y > FLOW_TOP && flow_high(l, 0, all < 2 ? all : 2) + keep > flow_left(f))
		flow_page(f);
	while (at < all && !f->too_many) {
		n = flow_fit(l, at, flow_left(f));
		n = n == 0 && f->y == FLOW_TOP ? 1 : n; /* a line as high as a page is cut, and the flow goes on */
		flow_draw(f, l, at, n, FLOW_MARGIN + indent, f->y, s->colour);
		f->y += flow_high(l, at, n);
		at += n;
		if (at < all)
			flow_page(f);
	}
	g_object_unref(l);
}

/* ---- figures ---- */

struct pdf_pen {
	struct flow *f;
	double x, y;
};

static void pen_box(void *ctx, double x, double y, double w, double h, uint32_t rgb)
{
	struct pdf_pen *k = ctx;

	flow_fill(k->f, k->x + x, k->y + y, w, h, rgb);
}

static void pen_line(void *ctx, const double *xy, uint32_t n, double width, uint32_t rgb)
{
	struct pdf_pen *k = ctx;

	if (k->f->cairo == NULL)
		return;
	colour(k->f->cairo, rgb);
	cairo_new_path(k->f->cairo); /* text leaves its end behind */
	cairo_set_line_width(k->f->cairo, width);
	for (uint32_t i = 0; i < n; i++)
		cairo_line_to(k->f->cairo, k->x + xy[2 * i], k->y + xy[2 * i + 1]);
	cairo_stroke(k->f->cairo);
}

static void pen_word(void *ctx, double x, double y, double size, enum paper_anchor a, uint32_t rgb, struct text t)
{
	const struct flow_style s = { size, false, rgb };
	struct pdf_pen *k = ctx;
	PangoRectangle r;
	PangoLayout *l;
	double w;

	if (k->f->cairo == NULL)
		return;
	l = flow_layout(k->f, t, &s, 2 * PAPER_WIDTH, false);
	pango_layout_set_single_paragraph_mode(l, TRUE);
	pango_layout_get_extents(l, NULL, &r);
	w = (double)r.width / PANGO_SCALE;
	x -= a == PAPER_RIGHT ? w : a == PAPER_MIDDLE ? w / 2 : 0;
	flow_draw(k->f, l, 0, 1, k->x + x, k->y + y - (double)pango_layout_get_baseline(l) / PANGO_SCALE, rgb);
	g_object_unref(l);
}

static uint32_t figure(struct flow *f, uint32_t at)
{
	struct pdf_pen k = { .f = f, .x = FLOW_MARGIN + (FLOW_INNER - PAPER_WIDTH) / 2 };
	struct paper_pen pen = { &k, pen_box, pen_line, pen_word };
	struct paper_drawing d;

	paper_drawing_of(f->p, at, &d);
	f->y += 4;
	flowing(f, paper_text(f->p, &f->p->part[at]), &caption_style, 0, d.height + 4);
	k.y = f->y + 4;
	paper_draw(&d, &pen);
	f->y = k.y + d.height + 6;
	if (d.shown < d.points) {
		char z[96];
		int n = snprintf(z, sizeof(z), f->p->zh ? "另有 %u 项未绘出。" : "%u more are not drawn.", d.points - d.shown);

		flowing(f, text_of(z, (size_t)n), &note_style, 0, 0);
	}
	return paper_after(f->p, at + 1);
}

/* ---- the flow ---- */

static void heading(struct flow *f, const struct paper_part *x)
{
	const struct flow_style *s = x->kind == PAPER_TITLE ? &title_style : &heading_style[x->level];

	f->y += f->y > FLOW_TOP ? s->size * 0.7 : 0;
	flowing(f, paper_text(f->p, x), s, 0, 48);
	f->y += s->size * 0.35;
}

static uint32_t put_part(struct flow *f, uint32_t i)
{
	const struct paper_part *x = &f->p->part[i];
	struct text t = paper_text(f->p, x);

	switch (x->kind) {
	case PAPER_TITLE:
	case PAPER_HEADING: heading(f, x); break;
	case PAPER_NOTE:
		flowing(f, t, &note_style, 0, 0);
		f->y += 3;
		break;
	case PAPER_ITEM:
		if (f->y > FLOW_TOP && flow_left(f) < 2 * text_style.size)
			flow_page(f);
		flow_fill(f, FLOW_MARGIN + 4, f->y + 6, 3, 3, INK);
		flowing(f, t, &text_style, 14, 0);
		f->y += 2;
		break;
	case PAPER_TABLE: return flow_table(f, i);
	case PAPER_FIGURE: return figure(f, i);
	default:
		flowing(f, t, &text_style, 0, 0);
		f->y += 5;
		break;
	}
	return i + 1;
}

static void run(struct flow *f, cairo_t *cairo)
{
	f->cairo = cairo;
	f->page = 1;
	f->y = FLOW_TOP;
	for (uint32_t i = 0; i < f->p->n && !f->too_many;)
		i = put_part(f, i);
	end_page(f);
}

static cairo_status_t write_bytes(void *ctx, const unsigned char *p, unsigned n)
{
	struct buf *b = ctx;

	buf_add(b, p, n);
	return b->err == ERR_OK ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static void name_it(const struct paper *p, cairo_surface_t *s)
{
	char z[1024] = "";

	if (p->n > 0 && p->part[0].kind == PAPER_TITLE && p->part[0].len < sizeof(z))
		snprintf(z, sizeof(z), "%.*s", (int)p->part[0].len, paper_text(p, &p->part[0]).p);
	cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_TITLE, z);
	cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATE_DATE, "");
}

static bool can_write_chinese(struct flow *f)
{
	PangoLayout *l = flow_layout(f, TEXT("反诈断卡"), &text_style, FLOW_INNER, false);
	bool can = pango_layout_get_unknown_glyphs_count(l) == 0;

	g_object_unref(l);
	return can;
}

static void steady(PangoContext *pango)
{
	cairo_font_options_t *o = cairo_font_options_create();

	cairo_font_options_set_hint_style(o, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(o, CAIRO_HINT_METRICS_OFF);
	cairo_font_options_set_antialias(o, CAIRO_ANTIALIAS_GRAY);
	pango_cairo_context_set_font_options(pango, o);
	cairo_font_options_destroy(o);
	pango_context_set_round_glyph_positions(pango, FALSE);
}

static enum err draw_all(const struct paper *p, PangoContext *pango, struct buf *b)
{
	struct flow f = { .p = p, .pango = pango };
	cairo_surface_t *s;
	cairo_t *c;
	cairo_status_t status;

	if (!can_write_chinese(&f))
		return ERR_ABSENT;
	run(&f, NULL);
	if (f.too_many)
		return ERR_CAP;
	f.pages = f.page;
	s = cairo_pdf_surface_create_for_stream(write_bytes, b, FLOW_WIDTH, FLOW_HEIGHT);
	name_it(p, s);
	c = cairo_create(s);
	run(&f, c);
	CHECK(f.page == f.pages);
	cairo_destroy(c);
	cairo_surface_finish(s);
	status = cairo_surface_status(s);
	cairo_surface_destroy(s);
	return b->err != ERR_OK ? b->err : status == CAIRO_STATUS_SUCCESS ? ERR_OK : ERR_MEMORY;
}

enum err paper_pdf(const struct paper *p, struct buf *out)
{
	enum err e = paper_err(p);
	PangoFontMap *fonts;
	PangoContext *pango;
	struct buf b;

	if (e != ERR_OK)
		return e;
	buf_init(&b, PAPER_OUT_MAX);
	fonts = pango_cairo_font_map_new();
	pango = pango_font_map_create_context(fonts);
	steady(pango);
	pango_context_set_language(pango, pango_language_from_string(p->zh ? "zh-cn" : "en"));
	e = draw_all(p, pango, &b);
	g_object_unref(pango);
	g_object_unref(fonts);
	if (e == ERR_OK)
		e = buf_reserve(out, b.n);
	if (e == ERR_OK)
		buf_add(out, b.p, b.n);
	buf_release(&b);
	return e;
}
