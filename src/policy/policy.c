/* policy.c - policy_load: the stages in order. */
#include <stdlib.h>
#include "policy/check_int.h"
#include "base/mem.h"
#include "event/list.h"
#include "policy/parse.h"

static int file_cmp(const void *a, const void *b)
{
	const struct policy_file *x = a, *y = b;
	return text_cmp(x->path, y->path);
}

/* The place of the first byte that is no UTF-8, or of a NUL. */
static bool bad_byte(struct text t, uint32_t file, struct span *out)
{
	struct span s = { file, 1, 1, 0, 0 };
	if (text_utf8_valid(t) && (t.n == 0 || memchr(t.p, 0, t.n) == NULL))
		return false;
	for (size_t at = 0; at < t.n;) {
		size_t n = 1;
		while (n < 4 && at + n < t.n && ((unsigned char)t.p[at + n] & 0xc0) == 0x80)
			n++;
		if (t.p[at] == 0 || !text_utf8_valid(text_of(t.p + at, n)))
			break;
		at += n;
		s.start = (uint32_t)at;
		s.line += t.p[at - n] == '\n';
		s.col = t.p[at - n] == '\n' ? 1 : s.col + 1;
	}
	s.end = s.start;
	*out = s;
	return true;
}

static void take_files(struct front *f, const struct policy_file *files, uint32_t n)
{
	struct policy *p = f->p;
	for (uint32_t i = 0; i < n; i++)
		p->file[i] = files[i];
	qsort(p->file, n, sizeof(p->file[0]), file_cmp);
	for (uint32_t i = 0; i < n; i++) {
		p->file[i].path = front_keep_text(f, p->file[i].path);
		if (p->file[i].text.n > POLICY_TEXT_MAX)
			p->file[i].text = text_of("", 0);
		else
			p->file[i].text = front_keep_text(f, p->file[i].text);
		p->n_files = i + 1;
	}
}

static void read_files(struct front *f, const struct policy_file *files, uint32_t n)
{
	struct span bad;
	take_files(f, files, n);
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < n; k++)
			if (text_eq(files[i].path, f->p->file[k].path) && files[i].text.n > POLICY_TEXT_MAX)
				front_error(f, (struct span){ k, 1, 1, 0, 0 }, "the file has more than %d bytes; split it",
				            POLICY_TEXT_MAX);
	for (uint32_t i = 0; i < n; i++) {
		if (bad_byte(f->p->file[i].text, i, &bad)) {
			front_error(f, bad, "the file is not UTF-8 text here; save it as UTF-8 (a GB18030 file must be converted)");
			f->parse_failed = true;
			continue;
		}
		parse_file(f, i);
	}
}

enum err front_run(struct policy *p, const struct policy_file *files, uint32_t n_files, policy_reader *read_zone,
                   void *ctx, void (*then)(struct front *f, void *arg), void *arg, struct buf *errors)
{
	memset(p, 0, sizeof(*p));
	if (n_files > POLICY_FILES_MAX) {
		if (errors)
			buf_printf(errors, "a policy has at most %d files and this one has %u\n", POLICY_FILES_MAX, n_files);
		return ERR_CAP;
	}
	struct front *f = mem_alloc(sizeof(*f));
	if (f == NULL)
		return ERR_MEMORY;
	f->p = p;
	f->tail = &f->first;
	f->read_zone = read_zone;
	f->zone_ctx = ctx;
	arena_init(&p->arena, FRONT_KEEP_MAX);
	arena_init(&f->scratch, FRONT_SCRATCH_MAX);
	enum err e = ERR_OK;
	int left = setjmp(f->no_memory);
	if (left == 0) {
		read_files(f, files, n_files);
		then(f, arg);
	}
	if (left == 1)
		e = ERR_MEMORY;
	else if (f->n_diags || f->parse_failed) {
		if (errors)
			front_print(f, errors);
		e = errors && errors->err ? errors->err : ERR_FORMAT;
	}
	arena_release(&f->scratch);
	mem_free(f);
	if (e != ERR_OK && e != ERR_FORMAT)
		policy_release(p);
	return e;
}

static void check(struct front *f, void *arg)
{
	(void)arg;
	check_all(f);
}

enum err policy_load(struct policy *p, const struct policy_file *files, uint32_t n_files, policy_reader *read_zone,
                     void *ctx, struct buf *errors)
{
	enum err e = front_run(p, files, n_files, read_zone, ctx, check, NULL, errors);
	if (e == ERR_FORMAT)
		policy_release(p);
	return e;
}

void policy_with_mode(struct buf *b, const struct policy *p, const struct rule *r, enum rule_mode mode)
{
	struct text t = p->file[r->mode_span.file].text;

	buf_add(b, t.p, r->mode_span.start);
	if (r->mode_span.start == r->mode_span.end)
		buf_char(b, ' ');
	buf_z(b, policy_mode_name(mode));
	buf_add(b, t.p + r->mode_span.end, t.n - r->mode_span.end);
}

struct list_reader policy_list_reader(const struct policy *p, uint32_t i, const struct hash_key *key)
{
	struct type type = p->list[i].type;
	struct list_reader r = { .text = type.dim == DIM_TEXT, .key = key, .zone = &p->zone[0] };

	if (!r.text) {
		r.kind = type.entity;
		r.form = p->schema.entity[r.kind].form;
	}
	return r;
}

void policy_release(struct policy *p)
{
	arena_release(&p->arena);
	memset(p, 0, sizeof(*p));
}
