/* config_read.c - what the items of a settings file mean: tables and keys against the table of settings, each once, each of its kind. Goes on
 * after an error, so that one run tells all of them. */
#include <stdarg.h>
#include "gateway/config_int.h"
#include "policy/front.h"

enum {
	NAME_BYTES = 128
};

static const char *const toml_kinds[] = {
	[TOML_TEXT] = "a text", [TOML_NUMBER] = "a number", [TOML_SWITCH] = "true or false", [TOML_TEXTS] = "a list"
};
static const enum toml_kind written_as[] = {
	[SETTING_TEXT] = TOML_TEXT,  [SETTING_SWITCH] = TOML_SWITCH, [SETTING_NUMBER] = TOML_NUMBER,
	[SETTING_SIZE] = TOML_TEXT,  [SETTING_DURATION] = TOML_TEXT, [SETTING_CHOICE] = TOML_TEXT,
	[SETTING_TEXTS] = TOML_TEXTS
};

struct reader {
	struct config *c;
	const char *file;
	struct buf *why, message;
	uint32_t n_errors;
	bool no_memory, begun; /* a table has begun */
	/* The table that keys go to: its settings, what stands before their names there, and the struct they are fields of. NULL: it is not known. */
	const struct setting *settings;
	struct text prefix;
	void *base;
	struct tenant *tenant; /* if base is one */
	struct toml_word tenant_at;
	/* lines where things first stood; 0: nowhere yet */
	uint32_t table_line[CONFIG_ROWS_MAX], key_line[CONFIG_ROWS_MAX], tenant_line[TENANTS_MAX],
		tenant_key_line[CONFIG_ROWS_MAX];
};

static PRINTF_LIKE(3, 4) void fail(struct reader *r, const struct toml_word *at, const char *fmt, ...)
{
	va_list ap;

	if (r->n_errors++ >= CONFIG_ERRORS_MAX)
		return;
	buf_printf(r->why, "%s:%u:%u: error: ", r->file, at->line, at->col);
	va_start(ap, fmt);
	buf_vprintf(r->why, fmt, ap);
	va_end(ap);
	buf_char(r->why, '\n');
}

/* The message's buffer, empty. That it could not be filled once is not forgotten. */
static struct buf *fresh(struct reader *r)
{
	r->no_memory |= r->message.err == ERR_MEMORY;
	buf_clear(&r->message);
	return &r->message;
}

static const char *message(const struct reader *r)
{
	return r->message.p == NULL ? "" : r->message.p;
}

/* ---- tables ---- */

static struct text table_of(const struct setting *s)
{
	return text_of(s->name, strcspn(s->name, "."));
}

/* The first row of a table; NULL: there is none. */
static const struct setting *table_find(struct text name)
{
	for (const struct setting *s = config_settings; s->name != NULL; s++)
		if (text_eq(table_of(s), name))
			return s;
	return NULL;
}

static void fail_table(struct reader *r, const struct toml_word *w)
{
	struct nearest n;

	if (text_eq(w->text, TEXT("tenant"))) {
		fail(r, w, "[tenant] is no table; write [tenant.NAME], one for each organisation");
		return;
	}
	nearest_init(&n, w->text);
	fresh(r);
	for (const struct setting *s = config_settings; s->name != NULL; s++)
		if (table_find(table_of(s)) == s) {
			nearest_try(&n, table_of(s));
			buf_printf(&r->message, "[%.*s], ", (int)table_of(s).n, s->name);
		}
	if (n.best.n > 0)
		fail(r, w, "there is no table [%.*s]; did you mean [%.*s]?", SHOWN(w->text), (int)n.best.n, n.best.p);
	else
		fail(r, w, "there is no table [%.*s]; there are %s[tenant.NAME]", SHOWN(w->text), message(r));
}

static void end_table(struct reader *r)
{
	if (r->tenant != NULL &&
	    r->tenant_key_line[setting_find(config_tenant_settings, TEXT("number")) - config_tenant_settings] == 0)
		fail(r, &r->tenant_at, "[tenant.%s] has no number; write number = 1 to 65535, one that was never another's",
		     r->tenant->name);
	r->tenant = NULL;
	r->base = NULL;
	r->begun = true;
}

static void begin_tenant(struct reader *r, const struct toml_word *name)
{
	struct config *c = r->c;
	struct tenant *t = &c->tenant[c->n_tenants];

	for (uint32_t i = 0; i < c->n_tenants; i++)
		if (text_eq(name->text, text_z(c->tenant[i].name))) {
			fail(r, name, "[tenant.%.*s] stands twice, first in line %u; put its settings together", SHOWN(name->text),
			     r->tenant_line[i]);
			return;
		}
	if (c->n_tenants == TENANTS_MAX) {
		fail(r, name, "this is one organisation too many; there can be %d", TENANTS_MAX);
		return;
	}
	if (name->text.n == 0 || name->text.n > TENANT_NAME_MAX || config_shown(name->text).n != name->text.n) {
		fail(r, name, "an organisation's name has 1 to %d bytes and no control characters; shorten it",
		     TENANT_NAME_MAX);
		return;
	}
	*t = (struct tenant){ 0 };
	for (const struct setting *s = config_tenant_settings; s->name != NULL; s++)
		setting_default(s, t);
	memcpy(t->name, name->text.p, name->text.n);
	memset(r->tenant_key_line, 0, sizeof(r->tenant_key_line));
	r->tenant_line[c->n_tenants++] = name->line;
	r->tenant_at = *name;
	r->settings = config_tenant_settings;
	r->prefix = TEXT("");
	r->base = r->tenant = t;
}

static void read_header(struct reader *r, const struct toml_item *i)
{
	const struct toml_word *w = &i->name[0];
	const struct setting *s = table_find(w->text);
	uint32_t *line;

	end_table(r);
	if (i->n_names == 2 && text_eq(w->text, TEXT("tenant"))) {
		begin_tenant(r, &i->name[1]);
		return;
	}
	if (s == NULL || i->n_names == 2) {
		if (s == NULL)
			fail_table(r, w);
		else
			fail(r, w, "[%.*s] has no tables in it; write [%.*s]", SHOWN(w->text), SHOWN(w->text));
		return;
	}
	line = &r->table_line[s - config_settings];
	if (*line != 0) {
		fail(r, w, "[%.*s] stands twice, first in line %u; put its settings together", SHOWN(w->text), *line);
		return;
	}
	*line = w->line;
	r->settings = config_settings;
	r->prefix = text_of(s->name, table_of(s).n + 1);
	r->base = r->c;
}

/* ---- keys ---- */

static const struct setting *key_find(const struct reader *r, struct text key)
{
	char name[NAME_BYTES];

	if (r->prefix.n + key.n >= sizeof(name))
		return NULL;
	memcpy(name, r->prefix.p, r->prefix.n);
	memcpy(name + r->prefix.n, key.p, key.n);
	return setting_find(r->settings, text_of(name, r->prefix.n + key.n));
}

static void fail_key(struct reader *r, const struct toml_word *w)
{
	const char *comma = "";
	struct nearest n;

	nearest_init(&n, w->text);
	fresh(r);
	for (const struct setting *s = r->settings; s->name != NULL; s++)
		if (text_starts(text_z(s->name), r->prefix)) {
			nearest_try(&n, text_z(s->name + r->prefix.n));
			buf_printf(&r->message, "%s%s", comma, s->name + r->prefix.n);
			comma = ", ";
		}
	if (n.best.n > 0)
		fail(r, w, "there is no setting %.*s here; did you mean %.*s?", SHOWN(w->text), (int)n.best.n, n.best.p);
	else
		fail(r, w, "there is no setting %.*s here; there are %s", SHOWN(w->text), message(r));
}

/* A key before the first table. */
static void fail_outside(struct reader *r, const struct toml_word *w)
{
	for (const struct setting *s = config_settings; s->name != NULL; s++)
		if (text_eq(text_z(s->name + table_of(s).n + 1), w->text)) {
			fail(r, w, "%.*s stands before the first table; write it below [%.*s]", SHOWN(w->text), (int)table_of(s).n,
			     s->name);
			return;
		}
	fail(r, w, "%.*s stands before the first table, and no table has such a setting; see duanka serve --settings",
	     SHOWN(w->text));
}

static void read_value(struct reader *r, const struct setting *s, const struct toml_item *i)
{
	if (i->kind != written_as[s->kind]) {
		config_range(s, fresh(r));
		fail(r, &i->value_at, "this is %s; %s takes %s", toml_kinds[i->kind], s->name, message(r));
		return;
	}
	if (s->kind == SETTING_TEXTS)
		r->tenant->n_sees = 0;
	for (uint32_t k = 0; k < i->n_values; k++)
		if (!setting_put(s, r->base, i->value[k].text, fresh(r))) {
			fail(r, &i->value[k], "%s", message(r));
			return;
		}
}

static void read_pair(struct reader *r, const struct toml_item *i)
{
	const struct toml_word *w = &i->name[0];
	const struct setting *s;
	uint32_t *line;

	if (!r->begun && i->n_names == 1) {
		fail_outside(r, w);
		return;
	}
	if (i->n_names == 2) {
		fail(r, w, "a name with a dot is not taken here; write [%.*s] and %.*s = below it", SHOWN(w->text),
		     SHOWN(i->name[1].text));
		return;
	}
	if (r->base == NULL)
		return; /* its table was complained about */
	s = key_find(r, w->text);
	if (s == NULL) {
		fail_key(r, w);
		return;
	}
	line = r->tenant != NULL ? &r->tenant_key_line[s - r->settings] : &r->key_line[s - r->settings];
	if (*line != 0) {
		fail(r, w, "%s is set twice, first in line %u; leave one", s->name, *line);
		return;
	}
	*line = w->line;
	read_value(r, s, i);
}

/* ---- the file ---- */

/* Where the first byte stands that is no UTF-8. */
static struct toml_word bad_byte(struct text file)
{
	struct toml_word w = { TEXT(""), 1, 1 };
	size_t n;

	for (size_t i = 0; i < file.n; i += n) {
		for (n = 1; n <= 4 && i + n <= file.n && !text_utf8_valid(text_of(file.p + i, n)); n++)
			;
		if (n > 4 || i + n > file.n)
			break;
		w.line += file.p[i] == '\n';
		w.col = file.p[i] == '\n' ? 1 : w.col + 1;
	}
	return w;
}

static void read_items(struct reader *r, struct text file)
{
	struct toml t;
	struct toml_item item;
	enum toml_next next;

	toml_start(&t, file);
	while ((next = toml_next(&t, &item)) != TOML_END && r->n_errors < CONFIG_ERRORS_MAX) {
		if (next == TOML_WRONG)
			fail(r, &t.wrong, "%.*s", (int)t.wrong.text.n, t.wrong.text.p);
		else if (item.header)
			read_header(r, &item);
		else
			read_pair(r, &item);
	}
	end_table(r);
}

enum err config_read(struct config *c, const char *name, struct text file, struct buf *why)
{
	struct reader r = { .c = c, .file = name, .why = why };
	enum err e;

	c->n_tenants = 0;
	buf_init(&r.message, CONFIG_MESSAGES_MAX);
	if (text_utf8_valid(file)) {
		read_items(&r, file);
	} else {
		struct toml_word at = bad_byte(file);

		fail(&r, &at, "this is no UTF-8; save the file as UTF-8");
	}
	fresh(&r);
	e = r.n_errors == 0 ? ERR_OK : why->err == ERR_MEMORY || r.no_memory ? ERR_MEMORY : ERR_FORMAT;
	buf_release(&r.message);
	return e;
}
