/* paper.h - a printed sheet: headings, paragraphs, lists, tables and figures, written once and rendered to Markdown, HTML and PDF.
 *
 * Idea: a paper is a row of parts. Whoever makes one says what stands there, never how it looks; all text is cleaned on its way in, so that no renderer meets anything but sound UTF-8 without
 * controls; and each renderer escapes by where a text stands. A figure is drawn by one piece of arithmetic (paper_figure.h) with a pen that is SVG in HTML and vectors in PDF; in
 * Markdown it is the table of its values.
 * Failure is sticky, as in a buffer: append as often as you like, the renderer tells.
 * The same paper gives the same bytes: nothing asks for the time, and a PDF carries no date. PDFs depend on the fonts of the machine.
 * This is no typesetter: one column, one size of page, no pictures but its own figures. */
#ifndef DUANKA_SHEET_PAPER_H
#define DUANKA_SHEET_PAPER_H
#include "base/buf.h"

enum {
	PAPER_TEXT_MAX = 16 << 20, /* bytes of all texts */
	PAPER_PARTS_MAX = 1 << 20,
	PAPER_OUT_MAX = 64 << 20, /* bytes of a rendering */
	PAPER_PAGES_MAX = 2000,   /* of a PDF */
	PAPER_COLUMNS_MAX = 12,
	PAPER_SERIES_MAX = 6,
	PAPER_ROWS_MAX = 40,   /* points of a figure with a row for each; what is beyond is not drawn, and said */
	PAPER_POINTS_MAX = 400 /* of a line */
};
#define PAPER_NOTHING INT64_MIN /* a value that is not known */

enum paper_figure {
	PAPER_BARS,    /* a row for each point, a bar for each series */
	PAPER_LINES,   /* points from left to right, a line for each series */
	PAPER_STACKED, /* a row for each point, the series one behind the other */
	PAPER_FUNNEL   /* steps that get fewer; the first series only, with its share of the first point */
};

enum paper_kind { /* of a part; columns, cells, series, points and values follow what they belong to */
	PAPER_TITLE,
	PAPER_HEADING,
	PAPER_PARAGRAPH,
	PAPER_NOTE, /* a paragraph in small print */
	PAPER_ITEM, /* of a list */
	PAPER_TABLE,
	PAPER_COLUMN,
	PAPER_CELL,
	PAPER_FIGURE,
	PAPER_SERIES,
	PAPER_POINT,
	PAPER_VALUE,
	PAPER_KINDS
};

struct paper_part {
	uint8_t kind;
	uint8_t level;    /* HEADING: 1 to 3; FIGURE: enum paper_figure */
	uint8_t decimals; /* FIGURE: values are in units of 10^-decimals */
	bool right;       /* COLUMN: numbers */
	uint32_t n;       /* TABLE: columns; FIGURE: series */
	uint32_t at, len; /* of its text */
	int64_t value;
};

struct paper { /* fields are paper*.c's own */
	struct buf text;
	struct paper_part *part;
	uint32_t n, cap;
	bool zh;
	enum err err;
};

void paper_init(struct paper *p, bool zh);
void paper_release(struct paper *p);
enum err paper_err(const struct paper *p) MUST_CHECK;

void paper_title(struct paper *p, struct text t); /* first, once */
void paper_heading(struct paper *p, uint32_t level, struct text t);
/* Empty lines part paragraphs, single line ends stay. Nothing where there is no text. */
void paper_paragraph(struct paper *p, struct text t);
void paper_note(struct paper *p, struct text t);
void paper_item(struct paper *p, struct text t);
/* What buf_printf would write: for short lines. */
void paper_printf(struct paper *p, enum paper_kind kind, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Then a cell for each column of each row. */
void paper_table(struct paper *p, uint32_t columns);
void paper_column(struct paper *p, struct text head, bool right);
void paper_cell(struct paper *p, struct text t);

/* Then `series` names, then points with a value for each series. */
void paper_figure(struct paper *p, enum paper_figure kind, struct text title, uint32_t series, uint32_t decimals);
void paper_series(struct paper *p, struct text name);
void paper_point(struct paper *p, struct text label);
void paper_value(struct paper *p, int64_t v); /* PAPER_NOTHING: not known */

/* Appended to out; after an error out is as it was. ERR_CAP: the paper or its rendering is too large. ERR_ABSENT (pdf): the machine has no font that can write Chinese. */
enum err paper_markdown(const struct paper *p, struct buf *out) MUST_CHECK;
enum err paper_html(const struct paper *p, struct buf *out) MUST_CHECK;
enum err paper_pdf(const struct paper *p, struct buf *out) MUST_CHECK;

enum paper_format {
	PAPER_MARKDOWN,
	PAPER_HTML,
	PAPER_PDF,
	PAPER_FORMATS
};
extern const char *const paper_format_names[PAPER_FORMATS]; /* md, html, pdf: also the ends of file names */
extern const char *const paper_media[PAPER_FORMATS];
enum err paper_render(const struct paper *p, enum paper_format f, struct buf *out) MUST_CHECK;

#endif
