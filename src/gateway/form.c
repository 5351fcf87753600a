/* form.c - see form.h. */
#include "gateway/form.h"

static bool wrong(struct form *f, const char **why, const char *what)
{
	f->n = 0;
	*why = what;
	return false;
}

/* NULL: *why says why not. */
static struct form_field *add(struct form *f, struct text name, const char **why)
{
	struct form_field *x = &f->field[f->n];

	*why = "a name is a-z, 0-9 and _, at most 31 of them";
	if (name.n == 0 || name.n > FORM_NAME_MAX)
		return NULL;
	for (size_t i = 0; i < name.n; i++)
		if (!((name.p[i] >= 'a' && name.p[i] <= 'z') || (name.p[i] >= '0' && name.p[i] <= '9') || name.p[i] == '_'))
			return NULL;
	*why = "a name comes twice";
	for (uint32_t i = 0; i < f->n; i++)
		if (text_eq(text_z(f->field[i].name), name))
			return NULL;
	*why = "there are too many fields";
	if (f->n == FORM_FIELDS_MAX)
		return NULL;
	*x = (struct form_field){ .file = false };
	memcpy(x->name, name.p, name.n);
	f->n++;
	return x;
}

static bool value_ok(const struct form_field *x)
{
	return x->file || (text_utf8_valid(x->value) && (x->value.n == 0 || memchr(x->value.p, 0, x->value.n) == NULL));
}

/* ---- application/x-www-form-urlencoded ---- */

static int hex(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
	                              : -1;
}

/* In place. False: a % that is none. */
static bool decode(char *p, size_t n, struct text *out)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] != '%') {
			p[k++] = p[i] == '+' ? ' ' : p[i];
			continue;
		}
		if (n - i < 3 || hex(p[i + 1]) < 0 || hex(p[i + 2]) < 0)
			return false;
		p[k++] = (char)(hex(p[i + 1]) << 4 | hex(p[i + 2]));
		i += 2;
	}
	*out = text_of(p, k);
	return true;
}

static bool parse_encoded(char *p, size_t n, struct form *f, const char **why)
{
	for (size_t i = 0; i < n;) {
		char *end = memchr(p + i, '&', n - i), *is;
		size_t k = end == NULL ? n - i : (size_t)(end - (p + i));
		struct form_field *x;
		struct text name;

		is = memchr(p + i, '=', k);
		if (is == NULL || !decode(p + i, (size_t)(is - (p + i)), &name))
			return wrong(f, why, "a field is name=value, with % before two hexadecimal digits");
		x = add(f, name, why);
		if (x == NULL)
			return wrong(f, why, *why);
		if (!decode(is + 1, k - (size_t)(is + 1 - (p + i)), &x->value))
			return wrong(f, why, "a % is not followed by two hexadecimal digits");
		if (!value_ok(x))
			return wrong(f, why, "a value is not UTF-8, or has a zero byte");
		i += k + 1;
	}
	return true;
}

/* ---- multipart/form-data ---- */

static bool starts_nocase(struct text t, const char *z)
{
	for (size_t i = 0; z[i] != 0; i++)
		if (i >= t.n || (t.p[i] | (t.p[i] >= 'A' && t.p[i] <= 'Z' ? 32 : 0)) != z[i])
			return false;
	return true;
}

static bool boundary_of(struct text type, struct text *out)
{
	static const char param[] = "boundary=";
	struct text t =
		text_trim(text_of(type.p + sizeof("multipart/form-data") - 1, type.n - (sizeof("multipart/form-data") - 1)));

	if (t.n == 0 || t.p[0] != ';')
		return false;
	t = text_trim(text_of(t.p + 1, t.n - 1));
	if (!starts_nocase(t, param))
		return false;
	t = text_of(t.p + sizeof(param) - 1, t.n - (sizeof(param) - 1));
	if (t.n >= 2 && t.p[0] == '"' && t.p[t.n - 1] == '"')
		t = text_of(t.p + 1, t.n - 2);
	for (size_t i = 0; i < t.n; i++)
		if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'()+_,-./:=?", t.p[i]) == NULL ||
		    t.p[i] == 0)
			return false;
	*out = t;
	return t.n >= 1 && t.n <= FORM_BOUNDARY_MAX;
}

/* The line from *i on, without CR LF; *i moves behind it. False: there is none that ends. */
static bool line(struct text b, size_t *i, struct text *out)
{
	const char *cr = memchr(b.p + *i, '\r', b.n - *i);

	if (cr == NULL || (size_t)(cr - b.p) + 1 >= b.n || cr[1] != '\n')
		return false;
	*out = text_of(b.p + *i, (size_t)(cr - (b.p + *i)));
	*i = (size_t)(cr - b.p) + 2;
	return memchr(out->p, '\n', out->n) == NULL && memchr(out->p, 0, out->n) == NULL;
}

/* ; name="..."; filename="..." : a quote within one is sent as %22 or \". */
static bool parameters(struct text t, struct text *name, bool *file)
{
	*file = false;
	*name = TEXT("");
	while ((t = text_trim(t)).n > 0) {
		static const char *const known[] = { "; name=\"", ";name=\"", "; filename=\"", ";filename=\"" };
		size_t k = 0, end;

		while (k < 4 && !starts_nocase(t, known[k]))
			k++;
		if (k == 4 || (k < 2 && name->n > 0) || (k >= 2 && *file))
			return false;
		t = text_of(t.p + strlen(known[k]), t.n - strlen(known[k]));
		for (end = 0; end < t.n && t.p[end] != '"'; end++)
			if (t.p[end] == '\\' && end + 1 < t.n)
				end++;
		if (end >= t.n)
			return false;
		if (k < 2)
			*name = text_of(t.p, end);
		else
			*file = true;
		t = text_of(t.p + end + 1, t.n - end - 1);
	}
	return name->n > 0;
}

/* The lines before a part's content. */
static bool part_head(struct text b, size_t *i, struct text *name, bool *file)
{
	static const char disposition[] = "content-disposition: form-data";
	struct text l;
	bool said = false;

	for (int n = 0; n < 4 && line(b, i, &l); n++) {
		if (l.n == 0)
			return said;
		if (starts_nocase(l, disposition)) {
			if (said ||
			    !parameters(text_of(l.p + sizeof(disposition) - 1, l.n - (sizeof(disposition) - 1)), name, file))
				return false;
			said = true;
		} else if (!starts_nocase(l, "content-type:")) {
			return false;
		}
	}
	return false;
}

static bool parse_parts(struct text boundary, struct text b, struct form *f, const char **why)
{
	char mark[4 + FORM_BOUNDARY_MAX] = "\r\n--";
	size_t n = 4 + boundary.n, i = n - 2;
	struct form_field *x;
	struct text name;
	bool file = false;

	memcpy(mark + 4, boundary.p, boundary.n);
	if (b.n < i || memcmp(b.p, mark + 2, i) != 0)
		return wrong(f, why, "the body does not begin with its boundary");
	for (;;) {
		const char *end;

		if (b.n - i >= 2 && memcmp(b.p + i, "--", 2) == 0)
			return b.n - i == 2 || (b.n - i == 4 && memcmp(b.p + i + 2, "\r\n", 2) == 0) ||
			       wrong(f, why, "something stands behind the end");
		if (b.n - i < 2 || memcmp(b.p + i, "\r\n", 2) != 0)
			return wrong(f, why, "a boundary is not followed by a new line");
		i += 2;
		if (!part_head(b, &i, &name, &file))
			return wrong(f, why, "the head of a part is not that of a form");
		end = memmem(b.p + i, b.n - i, mark, n);
		if (end == NULL)
			return wrong(f, why, "a part does not end");
		x = add(f, name, why);
		if (x == NULL)
			return wrong(f, why, *why);
		x->file = file;
		x->value = text_of(b.p + i, (size_t)(end - (b.p + i)));
		if (!value_ok(x))
			return wrong(f, why, "a value is not UTF-8, or has a zero byte");
		i = (size_t)(end - b.p) + n;
	}
}

bool form_parse(struct text type, char *body, size_t n, struct form *f, const char **why)
{
	static const char encoded[] = "application/x-www-form-urlencoded";
	struct text boundary;

	f->n = 0;
	*why = "";
	if (starts_nocase(type, encoded) && (type.n == sizeof(encoded) - 1 || type.p[sizeof(encoded) - 1] == ';'))
		return parse_encoded(body, n, f, why);
	if (!starts_nocase(type, "multipart/form-data"))
		return wrong(f, why, "a form comes as application/x-www-form-urlencoded or multipart/form-data");
	if (!boundary_of(type, &boundary))
		return wrong(f, why, "the boundary is not usable");
	return parse_parts(boundary, text_of(body, n), f, why);
}

static const struct form_field *find(const struct form *f, const char *name, bool file)
{
	for (uint32_t i = 0; i < f->n; i++)
		if (f->field[i].file == file && strcmp(f->field[i].name, name) == 0)
			return &f->field[i];
	return NULL;
}

struct text form_text(const struct form *f, const char *name)
{
	const struct form_field *x = find(f, name, false);

	return x == NULL ? TEXT("") : text_trim(x->value);
}

struct text form_file(const struct form *f, const char *name)
{
	const struct form_field *x = find(f, name, true);

	return x == NULL ? TEXT("") : x->value;
}
