/* check_path.c - names into fields, attributes and lets. */
#include <stdio.h>
#include "policy/check_int.h"
#include "policy/words.h"

enum {
	PATH_MAX_NAMES = 8
};

struct ast_decl *check_find(const struct front *f, enum ast_decl_kind kind, struct text name)
{
	for (struct ast_decl *d = f->first; d; d = d->next)
		if (d->kind == kind && text_eq(d->name.text, name))
			return d;
	return NULL;
}

bool check_field_exists(const struct front *f, uint32_t event, struct text name)
{
	return schema_field_find(&f->p->schema.event[event], name) >= 0;
}

/* ---- lets ---- */

static struct expr *use_let(struct front *f, const struct ctx *c, struct ast_decl *d, struct span at)
{
	uint32_t depth = 0;
	d->used |= !f->muted;
	for (struct let_use *u = f->lets; u; u = u->outer)
		depth++;
	if (d->busy) {
		front_error(f, at, "%.*s is defined by itself; a let may use other lets but not, even through them, itself",
		            TX(d->name.text));
		return NULL;
	}
	if (depth >= POLICY_DEPTH_MAX / 2) {
		front_error(f, at, "lets use lets more than %d deep here; write some of them out", POLICY_DEPTH_MAX / 2);
		return NULL;
	}
	struct let_use use = { d, at, f->lets };
	f->lets = &use;
	d->busy = true;
	struct expr *e = check_expr(f, c, d->expr);
	d->busy = false;
	f->lets = use.outer;
	return e;
}

/* ---- the first name ---- */

static void unknown_head(struct front *f, const struct ctx *c, const struct ast_name *n, bool this_)
{
	const struct schema_event *ev = &f->p->schema.event[c->event];
	struct nearest near;
	nearest_init(&near, n->text);
	for (uint32_t i = 0; i < ev->n_fields; i++)
		nearest_try(&near, ev->field[i].name);
	for (struct ast_decl *d = f->first; d && !this_; d = d->next)
		if (d->kind == DECL_LET)
			nearest_try(&near, d->name.text);
	const char *hint = nearest_hint(f, &near);
	char fields[256];
	size_t len = 0;
	for (uint32_t i = 0; i < ev->n_fields && len < 160; i++)
		len += (size_t)snprintf(fields + len, sizeof(fields) - len, " %.*s", TX(ev->field[i].name));
	fields[len] = 0;
	if (hint[0] == 0 && schema_event_find(&f->p->schema, n->text) >= 0)
		front_unknown(f, n->span,
		              "%.*s is an event and has no value of its own; write a field of %.*s (%s), or an aggregate such "
		              "as count(%.*s by ... over 1h)",
		              TX(n->text), TX(ev->name), fields + (len > 0), TX(n->text));
	else if (hint[0] == 0)
		front_unknown(f, n->span, "%.*s has no field %.*s and no let has that name; the fields are%s and time",
		              TX(ev->name), TX(n->text), fields);
	else
		front_unknown(f, n->span, "%.*s has no field %.*s%s", TX(ev->name), TX(n->text), hint);
}

static struct expr *check_head(struct front *f, const struct ctx *c, const struct ast *x)
{
	const struct ast_name *n = x->names;
	const struct schema_event *ev = &f->p->schema.event[c->event];
	struct span at =
		x->this_ ? (struct span){ x->span.file, x->span.line, x->span.col, x->span.start, n->span.end } : n->span;
	if (x->this_ && c->no_this) {
		front_error(f, at,
		            "the event at hand is out of sight inside an aggregate; tie the two by a key: by %.*s = this.%.*s",
		            TX(n->text), TX(n->text));
		return NULL;
	}
	int i = schema_field_find(ev, n->text);
	if (i >= 0) {
		struct expr *e = make(f, X_FIELD, at, ev->field[i].type);
		e->index = (uint32_t)i;
		return e;
	}
	if (text_eq(n->text, TEXT("time")))
		return make(f, X_TIME, at, type_of(DIM_TIME));
	struct ast_decl *let = x->this_ ? NULL : check_find(f, DECL_LET, n->text);
	if (let) {
		struct expr *e = use_let(f, c, let, n->span);
		if (e == NULL)
			return NULL;
		struct expr *copy = make(f, e->op, e->span, e->type); /* said where the let is used, shown as the let's name */
		*copy = *e;
		copy->span = n->span;
		return copy;
	}
	unknown_head(f, c, n, x->this_);
	return NULL;
}

/* ---- attributes ---- */

static const struct {
	enum ident_form form;
	const char *name;
	enum ident_attr attr;
} ident_attrs[] = {
	{ IDENT_PHONE, "kind", IDENT_ATTR_KIND },       { IDENT_PHONE, "region", IDENT_ATTR_REGION },
	{ IDENT_PHONE, "carrier", IDENT_ATTR_CARRIER }, { IDENT_ACCOUNT, "bank", IDENT_ATTR_BANK },
	{ IDENT_ACCOUNT, "kind", IDENT_ATTR_KIND },     { IDENT_PERSON, "birth_year", IDENT_ATTR_BIRTH_YEAR },
};

const char *policy_ident_attr(enum ident_form form, uint32_t i, struct type *type)
{
	for (size_t k = 0; k < ARRAY_LEN(ident_attrs); k++)
		if (ident_attrs[k].form == form && i-- == 0) {
			*type = type_of(ident_attrs[k].attr == IDENT_ATTR_BIRTH_YEAR ? DIM_NUMBER : DIM_TEXT);
			return ident_attrs[k].name;
		}
	return NULL;
}

static void unknown_attr(struct front *f, const struct schema_entity *en, const struct ast_name *n)
{
	struct nearest near;
	char names[256];
	size_t len = 0;
	nearest_init(&near, n->text);
	for (uint32_t i = 0; i < en->n_attrs; i++) {
		nearest_try(&near, en->attr[i].name);
		if (len < 160)
			len += (size_t)snprintf(names + len, sizeof(names) - len, " %.*s", TX(en->attr[i].name));
	}
	for (size_t i = 0; i < ARRAY_LEN(ident_attrs); i++) {
		if (ident_attrs[i].form != en->form)
			continue;
		nearest_try(&near, text_z(ident_attrs[i].name));
		len += (size_t)snprintf(names + len, sizeof(names) - len, " %s", ident_attrs[i].name);
	}
	names[len] = 0;
	const char *hint = nearest_hint(f, &near);
	if (len == 0)
		front_unknown(f, n->span,
		              "%.*s has no attributes, so .%.*s means nothing; declare it: entity %.*s { %.*s: person }",
		              TX(en->name), TX(n->text), TX(en->name), TX(n->text));
	else if (hint[0])
		front_unknown(f, n->span, "%.*s has no attribute %.*s%s", TX(en->name), TX(n->text), hint);
	else
		front_unknown(f, n->span, "%.*s has no attribute %.*s; it has%s", TX(en->name), TX(n->text), names);
}

static struct expr *check_attr(struct front *f, struct expr *e, const struct ast_name *n)
{
	struct span at = e->span;
	at.end = n->span.end;
	if (e->type.dim != DIM_ENTITY) {
		front_error(f, n->span, "%.*s is %s and has no attributes; only entities have, as in caller.holder",
		            TX(front_span(f, e->span)), type_phrase(f, e->type));
		return NULL;
	}
	const struct schema_entity *en = &f->p->schema.entity[e->type.entity];
	int i = schema_attr_find(en, n->text);
	if (i >= 0) {
		struct expr *x = make1(f, X_ATTR, at, en->attr[i].type, e);
		x->index = (uint32_t)i;
		return x;
	}
	for (size_t k = 0; k < ARRAY_LEN(ident_attrs); k++) {
		if (ident_attrs[k].form != en->form || !text_eq(n->text, text_z(ident_attrs[k].name)))
			continue;
		bool year = ident_attrs[k].attr == IDENT_ATTR_BIRTH_YEAR;
		struct expr *x = make1(f, X_IDENT, at, type_of(year ? DIM_NUMBER : DIM_TEXT), e);
		x->index = ident_attrs[k].attr;
		return x;
	}
	unknown_attr(f, en, n);
	return NULL;
}

struct expr *check_path(struct front *f, const struct ctx *c, const struct ast *x)
{
	uint32_t n = 0;
	struct expr *e = check_head(f, c, x);
	for (const struct ast_name *a = x->names->next; e && a; a = a->next) {
		if (++n >= PATH_MAX_NAMES) {
			front_error(f, a->span, "a path may have %d names; use a let for a part of it", PATH_MAX_NAMES);
			return NULL;
		}
		e = check_attr(f, e, a);
	}
	return e;
}
