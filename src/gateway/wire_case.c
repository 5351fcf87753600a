/* wire_case.c - see wire_case.h. */
#include "gateway/wire_case.h"
#include <inttypes.h>
#include <stdio.h>
#include "base/clock.h"
#include "base/money.h"

struct case_field_info {
	const char *element;
	enum case_kind kind;
	uint32_t max;
};
static const struct case_field_info fields[CASE_FIELDS_COUNT] = {
#define X(name, element, kind, max) { element, kind, max },
	CASE_FIELDS(X)
#undef X
};
static const struct case_field_info row_fields[CASE_ROW_FIELDS_COUNT] = {
#define X(name, element, kind, max) { element, kind, max },
	CASE_ROW_FIELDS(X)
#undef X
};

/* ---- forms ---- */

static bool all_digits(struct text t)
{
	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] < '0' || t.p[i] > '9')
			return false;
	return t.n > 0;
}

static bool is_code(struct text t, size_t max)
{
	for (size_t i = 0; i < t.n; i++) {
		char c = t.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '.' ||
		      c == '-'))
			return false;
	}
	return t.n > 0 && t.n <= max;
}

static bool parse_time(struct text t, int64_t *out)
{
	int32_t part[6];
	static const uint8_t at[] = { 0, 4, 6, 8, 10, 12, 14 };
	struct civil c;

	if (t.n != 14 || !all_digits(t))
		return false;
	for (uint32_t i = 0; i < 6; i++) {
		part[i] = 0;
		for (uint32_t k = at[i]; k < at[i + 1]; k++)
			part[i] = part[i] * 10 + (t.p[k] - '0');
	}
	c = (struct civil){
		.year = part[0], .month = part[1], .day = part[2], .hour = part[3], .minute = part[4], .second = part[5]
	};
	return part[0] >= 1970 && clock_from_civil(&c, 8 * 3600, out) == ERR_OK && *out >= 0;
}

static size_t characters(struct text t)
{
	size_t n = 0;

	for (size_t i = 0; i < t.n; i++)
		n += ((unsigned char)t.p[i] & 0xc0) != 0x80;
	return n;
}

static bool fits(const struct case_field_info *f, struct text t)
{
	int64_t v;

	switch (f->kind) {
	case CASE_WORDS: return t.n > 0 && text_utf8_valid(t) && characters(t) <= f->max;
	case CASE_DIGITS: return all_digits(t) && (f->max == 0 ? t.n <= 32 : t.n == f->max);
	case CASE_CODE: return is_code(t, f->max);
	case CASE_YUAN: return t.n <= 20 && money_parse_yuan(t, &v) == ERR_OK && v >= 0;
	case CASE_TIME: return parse_time(t, &v);
	default: return t.n <= 9 && all_digits(t) && text_to_int(t, &v) == ERR_OK && v <= f->max;
	}
}

static int find(const struct case_field_info *f, int n, struct text element)
{
	for (int i = 0; i < n; i++)
		if (text_eq(element, text_z(f[i].element)))
			return i;
	return -1;
}

/* What a Response may say. */
#define B(name) ((uint64_t)1 << CASE_F_##name)
static const struct case_form response_form = { .needed = B(RETURN), .allowed = B(RETURN) | B(STATE) | B(REMARK) };

static const struct case_form *form_of(const struct case_message *m)
{
	const struct case_form *f = case_form(m->code);

	return f != NULL && m->response ? &response_form : f;
}

static enum err check(const struct case_message *m, const char **why)
{
	const struct case_form *f = form_of(m);

	*why = "TxCode";
	if (f == NULL)
		return ERR_FORMAT;
	if (!is_code(m->application, 32) || !is_code(m->serial, 32) || !is_code(m->to, 32) || m->mode.n != 2 ||
	    !all_digits(m->mode)) {
		*why = !is_code(m->application, 32) ? "ApplicationID" : !is_code(m->serial, 32) ? "TransSerialNumber" : "Head";
		return ERR_FORMAT;
	}
	for (int i = 0; i < CASE_FIELDS_COUNT; i++) {
		*why = fields[i].element;
		if (m->value[i].p == NULL ? f->needed >> i & 1 : !(f->allowed >> i & 1) || !fits(&fields[i], m->value[i]))
			return ERR_FORMAT;
	}
	*why = "Rows";
	if (m->n_rows > 0 && (m->response || !f->rows || m->n_rows > CASE_ROWS_MAX))
		return ERR_FORMAT;
	for (uint32_t r = 0; r < m->n_rows; r++)
		for (int i = 0; i < CASE_ROW_FIELDS_COUNT; i++) {
			*why = row_fields[i].element;
			if (m->row[r].value[i].p != NULL && !fits(&row_fields[i], m->row[r].value[i]))
				return ERR_FORMAT;
		}
	return ERR_OK;
}

/* ---- reading ---- */

/* One leaf; false: unknown, or there twice. */
static bool take_leaf(struct case_message *m, struct text *code, uint32_t depth, struct text parent, struct text name,
                      struct text value)
{
	struct text *to = NULL;
	int i;

	if (depth == 2 && text_eq(parent, TEXT("Head")))
		to = text_eq(name, TEXT("Mode"))                ? &m->mode
		     : text_eq(name, TEXT("To"))                ? &m->to
		     : text_eq(name, TEXT("TxCode"))            ? code
		     : text_eq(name, TEXT("TransSerialNumber")) ? &m->serial
		                                                : NULL;
	else if (depth == 2 && text_eq(parent, TEXT("Body"))) {
		i = find(fields, CASE_FIELDS_COUNT, name);
		to = i >= 0 ? &m->value[i] : text_eq(name, TEXT("ApplicationID")) ? &m->application : NULL;
	} else if (depth == 4 && m->n_rows > 0) {
		i = find(row_fields, CASE_ROW_FIELDS_COUNT, name);
		to = i >= 0 ? &m->row[m->n_rows - 1].value[i] : NULL;
	}
	if (to == NULL || to->p != NULL)
		return false;
	*to = value.n == 0 ? (struct text){ NULL, 0 } : value;
	return true;
}

static bool branch(struct xml *x, struct case_message *m)
{
	static const struct text second[] = { { "Head", 4 }, { "Body", 4 } };

	switch (x->depth) {
	case 1: m->response = text_eq(x->name, TEXT("Response")); return m->response || text_eq(x->name, TEXT("Request"));
	case 2: return text_eq(x->name, second[0]) || text_eq(x->name, second[1]);
	case 4:
		if (!text_eq(x->open[1], TEXT("Body")) || !text_eq(x->open[2], TEXT("Rows")) ||
		    !text_eq(x->name, TEXT("Row")) || m->row == NULL || m->n_rows == CASE_ROWS_MAX)
			return false;
		m->row[m->n_rows++] = (struct case_row){ .value = { { NULL, 0 } } };
		return true;
	default: return x->depth == 3 || x->depth == 5;
	}
}

static bool is_leaf_place(const struct xml *x)
{
	return (x->depth == 2 && !text_eq(x->name, TEXT("Rows"))) || x->depth == 4;
}

enum err case_read(struct text in, char *scratch, struct case_message *m, const char **why)
{
	struct case_row *rows = m->row;
	struct text code = { NULL, 0 };
	const char *unused;
	struct xml x;
	int64_t v = 0;

	why = why ? why : &unused;
	*why = "too large";
	case_start(m, 0, false);
	m->row = rows;
	if (in.n > CASE_BYTES_MAX)
		return ERR_FORMAT;
	xml_start(&x, in, scratch);
	for (;;) {
		enum xml_event e = xml_next(&x);

		*why = e == XML_WRONG ? x.why : "an element that has no place there, or is there twice";
		if (e == XML_WRONG || (e == XML_OPEN && !branch(&x, m)))
			return ERR_FORMAT;
		/* behind a close tag depth is that of the parent */
		if (e == XML_CLOSE && is_leaf_place(&x) && !take_leaf(m, &code, x.depth, x.open[x.depth - 1], x.name, x.text))
			return ERR_FORMAT;
		if (e == XML_CLOSE && !is_leaf_place(&x) && text_trim(x.text).n > 0)
			return ERR_FORMAT;
		if (e == XML_END)
			break;
	}
	*why = "TxCode";
	if (code.n != 6 || !all_digits(code) || text_to_int(code, &v) != ERR_OK)
		return ERR_FORMAT;
	m->code = (uint32_t)v;
	return check(m, why);
}

/* ---- writing ---- */

enum err case_write(const struct case_message *m, struct buf *out, const char **why)
{
	const char *root = m->response ? "Response" : "Request", *unused;
	char code[8];
	enum err e = check(m, why ? why : &unused);

	if (m->full)
		e = ERR_CAP;
	if (e != ERR_OK)
		return e;
	buf_z(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	xml_open(out, root);
	xml_open(out, "Head");
	xml_leaf(out, "Mode", m->mode);
	xml_leaf(out, "To", m->to);
	snprintf(code, sizeof(code), "%06u", m->code);
	xml_leaf(out, "TxCode", text_z(code));
	xml_leaf(out, "TransSerialNumber", m->serial);
	xml_close(out, "Head");
	xml_open(out, "Body");
	xml_leaf(out, "ApplicationID", m->application);
	for (int i = 0; i < CASE_FIELDS_COUNT; i++)
		if (m->value[i].p != NULL)
			xml_leaf(out, fields[i].element, m->value[i]);
	if (m->n_rows > 0)
		xml_open(out, "Rows");
	for (uint32_t r = 0; r < m->n_rows; r++) {
		xml_open(out, "Row");
		for (int i = 0; i < CASE_ROW_FIELDS_COUNT; i++)
			if (m->row[r].value[i].p != NULL)
				xml_leaf(out, row_fields[i].element, m->row[r].value[i]);
		xml_close(out, "Row");
	}
	if (m->n_rows > 0)
		xml_close(out, "Rows");
	xml_close(out, "Body");
	xml_close(out, root);
	return out->err;
}

void case_start(struct case_message *m, uint32_t code, bool response)
{
	memset(m, 0, offsetof(struct case_message, store));
	m->code = code;
	m->response = response;
}

struct text case_keep(struct case_message *m, struct text t)
{
	char *p = m->store + m->store_n;

	if (t.n > sizeof(m->store) - m->store_n) {
		m->full = true;
		return TEXT("");
	}
	if (t.n > 0)
		memcpy(p, t.p, t.n);
	m->store_n += t.n;
	return text_of(p, t.n);
}

void case_put(struct case_message *m, enum case_field f, struct text t)
{
	size_t n = 0, characters_n = 0;

	while (fields[f].kind == CASE_WORDS && n < t.n &&
	       (characters_n < fields[f].max || ((unsigned char)t.p[n] & 0xc0) == 0x80))
		characters_n += ((unsigned char)t.p[n++] & 0xc0) != 0x80;
	if (fields[f].kind == CASE_WORDS)
		t.n = n;
	if (t.n > 0)
		m->value[f] = case_keep(m, t);
}

void case_put_number(struct case_message *m, enum case_field f, int64_t v)
{
	int digits = fields[f].kind == CASE_DIGITS ? (int)fields[f].max : 1;
	char z[24];

	snprintf(z, sizeof(z), "%0*" PRId64, digits, v);
	case_put(m, f, text_z(z));
}

void case_put_yuan(struct case_message *m, enum case_field f, int64_t fen)
{
	char z[32];

	snprintf(z, sizeof(z), "%" PRId64 ".%02" PRId64, fen / 100, fen % 100);
	case_put(m, f, text_z(z));
}

void case_put_time(struct case_message *m, enum case_field f, int64_t us)
{
	struct civil c;
	char z[80];

	clock_to_civil(us, 8 * 3600, &c);
	snprintf(z, sizeof(z), "%04d%02d%02d%02d%02d%02d", c.year, c.month, c.day, c.hour, c.minute, c.second);
	case_put(m, f, text_z(z));
}

int64_t case_number(const struct case_message *m, enum case_field f)
{
	int64_t v = -1;

	return case_has(m, f) && text_to_int(m->value[f], &v) == ERR_OK ? v : -1;
}

int64_t case_yuan(const struct case_message *m, enum case_field f)
{
	int64_t v = -1;

	return case_has(m, f) && money_parse_yuan(m->value[f], &v) == ERR_OK ? v : -1;
}

int64_t case_time(const struct case_message *m, enum case_field f)
{
	int64_t v = 0;

	return case_has(m, f) && parse_time(m->value[f], &v) ? v : 0;
}

int64_t case_row_yuan(const struct case_row *r, enum case_row_field f)
{
	int64_t v = -1;

	return r->value[f].p != NULL && money_parse_yuan(r->value[f], &v) == ERR_OK ? v : -1;
}

int64_t case_row_time(const struct case_row *r, enum case_row_field f)
{
	int64_t v = 0;

	return r->value[f].p != NULL && parse_time(r->value[f], &v) ? v : 0;
}

const char *case_field_name(int f)
{
	return fields[f].element;
}

const char *case_row_field_name(int f)
{
	return row_fields[f].element;
}
