/* outline.c - see outline.h. The parser notes the pieces (parse_piece); here they are kept, in order. */
#include "policy/outline.h"
#include <stdlib.h>
#include "base/mem.h"
#include "policy/ast.h"

static const struct {
	const char *name;
	uint32_t depth;
} kinds[] = {
#define X(name, json, depth) { json, depth },
	OUTLINE_KINDS(X)
#undef X
};

const char *outline_kind_name(enum outline_kind k)
{
	return kinds[k].name;
}

uint32_t outline_kind_depth(enum outline_kind k)
{
	return kinds[k].depth;
}

static int by_place(const void *a, const void *b)
{
	const struct span *x = &((const struct outline_decl *)a)->span, *y = &((const struct outline_decl *)b)->span;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	return x->start < y->start ? -1 : x->start > y->start;
}

/* ---- comments ---- */

static uint32_t line_start(struct text t, uint32_t at)
{
	while (at > 0 && t.p[at - 1] != '\n')
		at--;
	return at;
}

/* The first byte of the line from at that is no blank; behind its end if there is none. */
static uint32_t first_byte(struct text t, uint32_t at)
{
	while (at < t.n && (t.p[at] == ' ' || t.p[at] == '\t' || t.p[at] == '\r'))
		at++;
	return at;
}

/* Lines of nothing but comment right above the declaration, and not before floor. */
static struct span comment_above(struct text t, struct span s, uint32_t floor)
{
	struct span c = s;
	uint32_t at = line_start(t, s.start);

	c.end = c.start;
	if (first_byte(t, at) != s.start)
		return c; /* something else stands before it on its line */
	while (at > floor) {
		uint32_t above = line_start(t, at - 1), from = first_byte(t, above);

		if (from < floor || from >= t.n || t.p[from] != '#')
			break;
		if (c.start == c.end)
			c.end = at - 1;
		c.start = from;
		c.line--;
		at = above;
	}
	return c;
}

/* ---- keeping ---- */

static void keep(struct front *f, struct outline_decl *to, const struct ast_decl *d)
{
	static const char *const words[] = { "entity", "event",   "list", "let", "rule",
		                                 "exempt", "feature", "zone", "cap", "test" };

	*to = (struct outline_decl){ .kind = words[d->kind], .span = d->span, .whole = d->whole, .n_parts = d->n_pieces };
	to->name = front_keep_text(f, d->name.text);
	to->part = front_keep(f, (d->n_pieces + 1) * sizeof(*to->part));
	uint32_t n = 0;
	for (const struct ast_piece *x = d->pieces; x; x = x->next)
		to->part[n++] = (struct outline_part){ x->kind, x->span, x->word };
}

static void collect(struct front *f, void *arg)
{
	struct outline *o = arg;
	uint32_t n = 0;

	for (int lost = 0; lost < 2; lost++)
		for (const struct ast_decl *d = lost ? f->broken : f->first; d; d = d->next)
			n++;
	o->decl = front_keep(f, ((size_t)n + 1) * sizeof(*o->decl));
	for (int lost = 0; lost < 2; lost++)
		for (const struct ast_decl *d = lost ? f->broken : f->first; d; d = d->next)
			keep(f, &o->decl[o->n_decls++], d);
	qsort(o->decl, n, sizeof(*o->decl), by_place);
	for (uint32_t i = 0; i < n; i++) {
		struct outline_decl *d = &o->decl[i];
		bool first = i == 0 || d[-1].span.file != d->span.file;

		d->comment = comment_above(f->p->file[d->span.file].text, d->span, first ? 0 : d[-1].span.end);
	}
}

enum err outline_new(struct outline **out, const struct policy_file *files, uint32_t n_files)
{
	struct outline *o = mem_alloc(sizeof(*o));

	if (o == NULL)
		return ERR_MEMORY;
	enum err e = front_run(&o->texts, files, n_files, NULL, NULL, collect, o, NULL);
	if (e == ERR_FORMAT)
		e = ERR_OK;
	if (e == ERR_OK)
		*out = o;
	else
		mem_free(o);
	return e;
}

void outline_free(struct outline *o)
{
	if (o == NULL)
		return;
	policy_release(&o->texts);
	mem_free(o);
}
