/* front.c - see front.h. */
#include <stdio.h>
#include <stdlib.h>
#include "policy/ast.h"

static void *alloc_in(struct front *f, struct arena *a, size_t n)
{
	void *p = arena_alloc(a, n);
	if (p == NULL)
		longjmp(f->no_memory, 1);
	return p;
}

void *front_alloc(struct front *f, size_t n)
{
	return alloc_in(f, &f->scratch, n);
}

void *front_keep(struct front *f, size_t n)
{
	return alloc_in(f, &f->p->arena, n);
}

struct text front_keep_text(struct front *f, struct text t)
{
	char *p = front_keep(f, t.n + 1);
	if (t.n)
		memcpy(p, t.p, t.n);
	return text_of(p, t.n);
}

/* ---- messages ---- */

static int span_cmp(struct span a, struct span b)
{
	if (a.file != b.file)
		return a.file < b.file ? -1 : 1;
	return a.start < b.start ? -1 : a.start > b.start;
}

static void report(struct front *f, struct span at, const char *fmt, va_list ap)
{
	char text[FRONT_MESSAGE_MAX];
	int n = vsnprintf(text, sizeof(text), fmt, ap);
	size_t len = n < 0 ? 0 : (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1;
	for (uint32_t i = 0; i < f->n_diags; i++)
		if (span_cmp(f->diag[i].span, at) == 0 && text_eq(f->diag[i].text, text_of(text, len)))
			return;
	if (f->n_diags == POLICY_ERRORS_MAX) {
		f->too_many = true;
		return;
	}
	char *copy = front_alloc(f, len + 1);
	memcpy(copy, text, len);
	struct diag *d = &f->diag[f->n_diags++];
	*d = (struct diag){ .span = at, .text = text_of(copy, len) };
	for (struct let_use *u = f->lets; u && d->n_uses < FRONT_USES_MAX; u = u->outer)
		d->use[d->n_uses++] = u->at;
}

void front_error(struct front *f, struct span at, const char *fmt, ...)
{
	if (f->muted) {
		f->n_muted_other++;
		return;
	}
	va_list ap;
	va_start(ap, fmt);
	report(f, at, fmt, ap);
	va_end(ap);
}

void front_lost(struct front *f, struct text name)
{
	struct lost *l = front_alloc(f, sizeof(*l));
	l->name = name;
	l->next = f->lost;
	f->lost = l;
	f->lost_unnamed |= name.n == 0;
}

static bool is_lost(const struct front *f, struct span at)
{
	struct text name = policy_span_text(f->p, at);
	if (name.n >= 2 && name.p[0] == '"')
		name = text_of(name.p + 1, name.n - 2);
	bool found = f->lost_unnamed;
	for (const struct lost *l = f->lost; l && !found; l = l->next)
		found = text_eq(l->name, name);
	return found;
}

void front_unknown(struct front *f, struct span at, const char *fmt, ...)
{
	if (f->muted || is_lost(f, at)) {
		f->n_muted_unknown++;
		return;
	}
	va_list ap;
	va_start(ap, fmt);
	report(f, at, fmt, ap);
	va_end(ap);
}

static int diag_cmp(const void *a, const void *b)
{
	const struct diag *x = a, *y = b;
	int c = span_cmp(x->span, y->span);
	return c ? c : text_cmp(x->text, y->text);
}

static void print_place(struct front *f, struct buf *out, struct span s)
{
	buf_text(out, f->p->file[s.file].path);
	buf_printf(out, ":%u:%u: ", s.line, s.col);
}

void front_print(struct front *f, struct buf *out)
{
	qsort(f->diag, f->n_diags, sizeof(f->diag[0]), diag_cmp);
	for (uint32_t i = 0; i < f->n_diags; i++) {
		const struct diag *d = &f->diag[i];
		print_place(f, out, d->span);
		buf_z(out, "error: ");
		buf_text(out, d->text);
		buf_char(out, '\n');
		for (uint32_t j = 0; j < d->n_uses; j++) {
			print_place(f, out, d->use[j]);
			buf_z(out, "note: used here\n");
		}
	}
	if (f->too_many)
		buf_printf(out, "more than %d errors; correct these first\n", POLICY_ERRORS_MAX);
}

struct text front_span(const struct front *f, struct span s)
{
	struct text t = policy_span_text(f->p, s);
	if (t.n > 60) {
		for (t.n = 60; t.n && ((unsigned char)t.p[t.n] & 0xc0) == 0x80;)
			t.n--;
	}
	const char *line_end = t.n ? memchr(t.p, '\n', t.n) : NULL;
	if (line_end)
		t.n = (size_t)(line_end - t.p);
	return t;
}

const char *front_place(struct front *f, struct span s)
{
	struct text path = f->p->file[s.file].path;
	char *z = front_alloc(f, path.n + 32);
	snprintf(z, path.n + 32, "%.*s:%u", TX(path), s.line);
	return z;
}
