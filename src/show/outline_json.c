/* outline_json.c - see outline_json.h. */
#include "show/outline_json.h"

static void put_span(struct buf *b, const struct outline *o, struct span s)
{
	buf_printf(b, "\"from\":%u,\"to\":%u,\"text\":", s.start, s.end);
	buf_json(b, policy_span_text(&o->texts, s));
}

/* A part, without the brace that closes it: parts of depth 1 may follow in it. */
static void open_part(struct buf *b, const struct outline *o, const struct outline_part *p)
{
	buf_printf(b, "{\"part\":\"%s\",", outline_kind_name(p->kind));
	if (p->kind == OUTLINE_ACTION) {
		buf_z(b, "\"action\":");
		if (p->word != NULL)
			buf_json(b, text_z(p->word));
		else
			buf_z(b, "null");
		buf_char(b, ',');
	}
	put_span(b, o, p->span);
}

static void put_parts(struct buf *b, const struct outline *o, const struct outline_decl *d)
{
	for (uint32_t i = 0; i < d->n_parts; i++) {
		buf_z(b, i > 0 ? "," : "");
		open_part(b, o, &d->part[i]);
		if (d->part[i].kind == OUTLINE_ACTION) {
			const char *comma = "";

			buf_z(b, ",\"parts\":[");
			for (; i + 1 < d->n_parts && outline_kind_depth(d->part[i + 1].kind) > 0; i++) {
				buf_z(b, comma);
				open_part(b, o, &d->part[i + 1]);
				buf_char(b, '}');
				comma = ",";
			}
			buf_char(b, ']');
		}
		buf_char(b, '}');
	}
}

static void put_decl(struct buf *b, const struct outline *o, const struct outline_decl *d)
{
	buf_printf(b, "{\"kind\":\"%s\",\"file\":", d->kind);
	buf_json(b, o->texts.file[d->span.file].path);
	buf_z(b, ",\"name\":");
	if (d->name.n > 0)
		buf_json(b, d->name);
	else
		buf_z(b, "null");
	buf_printf(b, ",\"line\":%u,\"from\":%u,\"to\":%u,\"whole\":%s,\"comment\":", d->span.line, d->span.start,
	           d->span.end, d->whole ? "true" : "false");
	if (d->comment.end > d->comment.start) {
		buf_char(b, '{');
		put_span(b, o, d->comment);
		buf_char(b, '}');
	} else {
		buf_z(b, "null");
	}
	buf_z(b, ",\"parts\":[");
	put_parts(b, o, d);
	buf_z(b, "]}");
}

void outline_json(struct buf *b, const struct outline *o)
{
	buf_z(b, "\"files\":[");
	for (uint32_t i = 0; i < o->texts.n_files; i++) {
		buf_z(b, i > 0 ? ",{\"path\":" : "{\"path\":");
		buf_json(b, o->texts.file[i].path);
		buf_printf(b, ",\"bytes\":%zu}", o->texts.file[i].text.n);
	}
	buf_z(b, "],\"declarations\":[");
	for (uint32_t i = 0; i < o->n_decls; i++) {
		buf_z(b, i > 0 ? "," : "");
		put_decl(b, o, &o->decl[i]);
	}
	buf_char(b, ']');
}
