/* check_schema.c - entities, events, what events set, lists, zones, the cap: everything that rules stand on. */
#include <stdio.h>
#include "policy/check_int.h"

static struct text name_of(struct front *f, const struct ast_name *n)
{
	return front_keep_text(f, n->text);
}

/* ---- types ---- */

static const char *const plain_types[] = { "number", "money", "duration", "time", "bool", "text" };

static bool find_type(struct front *f, const struct ast_name *n, struct type *out)
{
	struct nearest near;
	nearest_init(&near, n->text);
	for (uint32_t i = 0; i < ARRAY_LEN(plain_types); i++) {
		nearest_try(&near, text_z(plain_types[i]));
		if (text_eq(n->text, text_z(plain_types[i]))) {
			*out = type_of((enum dim)i);
			return true;
		}
	}
	int e = schema_entity_find(&f->p->schema, n->text);
	for (uint32_t i = 0; i < f->p->schema.n_entities; i++)
		nearest_try(&near, f->p->schema.entity[i].name);
	if (e < 0) {
		front_unknown(f, n->span,
		              "%.*s is no type; types are number, money, duration, time, bool, text and the entities%s",
		              TX(n->text), nearest_hint(f, &near));
		return false;
	}
	*out = (struct type){ .dim = DIM_ENTITY, .entity = (uint8_t)e };
	return true;
}

/* Names differ in more than the case of ASCII letters: SQL does not tell Call from call. */
static bool alike(struct text a, struct text b)
{
	bool same = a.n == b.n;

	for (size_t i = 0; same && i < a.n; i++) {
		char x = a.p[i], y = b.p[i];
		x = x >= 'A' && x <= 'Z' ? (char)(x + 32) : x;
		y = y >= 'A' && y <= 'Z' ? (char)(y + 32) : y;
		same = x == y;
	}
	return same;
}

/* A name that is taken by the language itself, or by the tables of the printed SQL. */
static bool field_name_taken(struct front *f, const struct schema_event *ev, const struct ast_name *n)
{
	if (alike(n->text, TEXT("time"))) {
		front_error(f, n->span, "time is when the event happened; choose another name for the field");
		return true;
	}
	if (alike(n->text, TEXT("pos")) || alike(n->text, TEXT("t"))) {
		front_error(f, n->span, "%.*s means the event's position or time in SQL; choose another name for the field",
		            TX(n->text));
		return true;
	}
	for (uint32_t i = 0; i < ev->n_fields; i++) {
		if (!alike(ev->field[i].name, n->text))
			continue;
		front_error(f, n->span, "%.*s has a field %.*s already; give one of them another name", TX(ev->name),
		            TX(ev->field[i].name));
		return true;
	}
	return false;
}

static bool event_name_taken(struct front *f, const struct ast_decl *d)
{
	static const char *const tables[] = { "alert", "list", "ident" };

	for (const struct ast_decl *x = f->first; x != d; x = x->next) {
		if (x->kind != DECL_EVENT || !alike(x->name.text, d->name.text))
			continue;
		front_error(f, d->name.span, "event %.*s is declared already at %s; put all fields there", TX(x->name.text),
		            front_place(f, x->name.span));
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		if (!alike(d->name.text, text_z(tables[i])))
			continue;
		front_error(f, d->name.span, "%s is the engine's own; choose another name for the event", tables[i]);
		return true;
	}
	if (d->name.text.n < 7 || !alike(text_of(d->name.text.p, 7), TEXT("sqlite_")))
		return false;
	front_error(f, d->name.span, "names that begin with sqlite_ are SQLite's own; choose another name for the event");
	return true;
}

static bool too_many(struct front *f, const struct ast_name *n, uint32_t have, uint32_t max, const char *what)
{
	if (have < max)
		return false;
	front_error(f, n->span, "%.*s is one too many; there may be %u %s", TX(n->text), max, what);
	return true;
}

/* ---- entities ---- */

static void declare_entity(struct front *f, struct ast_decl *d)
{
	struct schema *s = &f->p->schema;
	int old = schema_entity_find(s, d->name.text);
	d->index = UINT32_MAX;
	for (size_t i = 0; i < ARRAY_LEN(plain_types); i++)
		if (text_eq(d->name.text, text_z(plain_types[i]))) {
			front_error(f, d->name.span, "%s is a type of the language; choose another name for the entity",
			            plain_types[i]);
			return;
		}
	if (text_eq(d->name.text, TEXT("pair"))) {
		front_error(f, d->name.span, "pair is the engine's own kind; choose another name for the entity");
		return;
	}
	if (old >= 0) {
		front_error(f, d->name.span, "entity %.*s is declared already at %s; put all attributes there",
		            TX(d->name.text), front_place(f, check_find(f, DECL_ENTITY, d->name.text)->name.span));
		return;
	}
	if (too_many(f, &d->name, s->n_entities, SCHEMA_ENTITIES_MAX, "entities"))
		return;
	d->index = s->n_entities++;
	s->entity[d->index].name = name_of(f, &d->name);
	s->entity[d->index].form = schema_form(d->name.text);
}

static void declare_attrs(struct front *f, const struct ast_decl *d)
{
	if (d->index == UINT32_MAX)
		return;
	struct schema_entity *en = &f->p->schema.entity[d->index];
	for (const struct ast_field *x = d->fields; x; x = x->next) {
		struct schema_attr a = { 0 };
		if (schema_attr_find(en, x->name.text) >= 0) {
			front_error(f, x->name.span, "%.*s has an attribute %.*s already; remove one", TX(en->name),
			            TX(x->name.text));
			continue;
		}
		if (!find_type(f, &x->type, &a.type) ||
		    too_many(f, &x->name, en->n_attrs, SCHEMA_ATTRS_MAX, "attributes of an entity")) {
			front_lost(f, x->name.text);
			continue;
		}
		a.name = name_of(f, &x->name);
		en->attr[en->n_attrs++] = a;
	}
}

/* ---- events ---- */

static void declare_field(struct front *f, struct schema_event *ev, const struct ast_field *x)
{
	struct schema_field fl = { .optional = x->optional };
	if (field_name_taken(f, ev, &x->name))
		return;
	if (!find_type(f, &x->type, &fl.type) ||
	    too_many(f, &x->name, ev->n_fields, SCHEMA_FIELDS_MAX, "fields of an event")) {
		front_lost(f, x->name.text);
		return;
	}
	if (fl.type.dim == DIM_ENTITY) {
		if (too_many(f, &x->name, ev->n_idents, SCHEMA_IDENTS_MAX, "fields of an event that name an entity"))
			return;
		fl.slot = (uint8_t)ev->n_idents++;
	} else if (fl.type.dim == DIM_TEXT) {
		if (too_many(f, &x->name, ev->n_texts, SCHEMA_TEXTS_MAX, "text fields of an event"))
			return;
		fl.slot = (uint8_t)ev->n_texts++;
	}
	fl.name = name_of(f, &x->name);
	ev->field[ev->n_fields++] = fl;
}

static void declare_event(struct front *f, struct ast_decl *d)
{
	struct schema *s = &f->p->schema;
	d->index = UINT32_MAX;
	if (event_name_taken(f, d) || too_many(f, &d->name, s->n_events, SCHEMA_EVENTS_MAX, "events"))
		return;
	d->index = s->n_events++;
	s->event[d->index].name = name_of(f, &d->name);
	for (const struct ast_field *x = d->fields; x; x = x->next)
		declare_field(f, &s->event[d->index], x);
}

/* ---- what events set ---- */

/* A set value may look at its event only: else the value of an attribute could hang on the order of attributes. */
static bool plain_value(const struct expr *e)
{
	if (e == NULL)
		return true;
	if (e->op == X_ATTR || e->op == X_AGG || e->op == X_RISK || e->op == X_IN_LIST)
		return false;
	for (uint32_t i = 0; i < e->n_args; i++)
		if (!plain_value(e->arg[i]))
			return false;
	return plain_value(e->a) && plain_value(e->b);
}

static void declare_set(struct front *f, const struct ctx *c, const struct ast_set *x)
{
	struct setters *all = &f->p->setters[c->event];
	struct ast path = { .kind = AST_PATH, .span = x->field.span, .names = (struct ast_name *)&x->field };
	struct expr *e = check_entity(f, c, &path, "sets");
	struct expr *value = check_expr(f, c, x->value);
	if (e == NULL || value == NULL)
		return;
	const struct schema_entity *en = &f->p->schema.entity[e->type.entity];
	int attr = schema_attr_find(en, x->attr.text);
	if (attr < 0) {
		struct nearest near;
		nearest_init(&near, x->attr.text);
		for (uint32_t i = 0; i < en->n_attrs; i++)
			nearest_try(&near, en->attr[i].name);
		front_unknown(f, x->attr.span, "%.*s has no attribute %.*s to set%s", TX(en->name), TX(x->attr.text),
		              near.best.n ? nearest_hint(f, &near) : "; declare it: entity name { attribute: type }");
		return;
	}
	struct type want = en->attr[attr].type;
	if (value->type.dim != want.dim || (want.dim == DIM_ENTITY && value->type.entity != want.entity) ||
	    value->type.real) {
		front_error(f, value->span, "%.*s.%.*s is %s and %.*s is %s%s; set it to a value of its own type", TX(en->name),
		            TX(x->attr.text), type_phrase(f, want), TX(front_span(f, value->span)),
		            value->type.real ? "a fraction of " : "", type_phrase(f, value->type));
		return;
	}
	if (!plain_value(value)) {
		front_error(f, value->span,
		            "an event sets an attribute to something it carries itself: a field, time or a constant");
		return;
	}
	for (uint32_t i = 0; i < all->n; i++)
		if (all->set[i].field == e->index && all->set[i].attr == (uint32_t)attr) {
			front_error(f, x->attr.span, "%.*s.%.*s is set already by this event; remove one", TX(x->field.text),
			            TX(x->attr.text));
			return;
		}
	if (!too_many(f, &x->attr, all->n, SCHEMA_FIELDS_MAX, "sets of an event"))
		all->set[all->n++] = (struct setter){ e->index, (uint32_t)attr, value };
}

static void declare_sets(struct front *f, const struct ast_decl *d)
{
	if (d->index == UINT32_MAX)
		return;
	struct ctx c = { .event = d->index };
	for (const struct ast_set *x = d->sets; x; x = x->next)
		if (!text_eq(x->field.text, TEXT("time")))
			declare_set(f, &c, x);
		else
			front_error(f, x->field.span, "sets needs a field that names an entity, as in sets phone.holder = person");
}

/* ---- lists ---- */

static bool path_is_safe(struct text p)
{
	if (p.n == 0 || p.p[0] == '/')
		return false;
	for (size_t i = 0; i + 1 < p.n; i++)
		if (p.p[i] == '.' && p.p[i + 1] == '.' && (i == 0 || p.p[i - 1] == '/') && (i + 2 == p.n || p.p[i + 2] == '/'))
			return false;
	return true;
}

static void declare_list(struct front *f, struct ast_decl *d)
{
	struct policy *p = f->p;
	struct type t;
	for (uint32_t i = 0; i < p->n_lists; i++)
		if (text_eq(p->list[i].name, d->name.text)) {
			front_error(f, d->name.span, "list \"%.*s\" is declared already at %s; remove one", TX(d->name.text),
			            front_place(f, p->list[i].span));
			return;
		}
	if (!find_type(f, &d->type, &t) || too_many(f, &d->name, p->n_lists, POLICY_LISTS_MAX, "lists")) {
		front_lost(f, d->name.text);
		return;
	}
	if (t.dim != DIM_ENTITY && t.dim != DIM_TEXT) {
		front_error(f, d->type.span, "a list holds entities or texts, not %s; write of phone, of text, ...",
		            type_phrase(f, t));
		return;
	}
	if (d->name.text.n == 0 || d->name.text.n > SCHEMA_NAME_MAX ||
	    memchr(d->name.text.p, '/', d->name.text.n) != NULL) {
		front_error(f, d->name.span, "a list's name has 1 to %d bytes and no /; choose another name", SCHEMA_NAME_MAX);
		return;
	}
	if (!path_is_safe(d->path)) {
		front_error(f, d->path_span,
		            "a list's file lies inside the policy directory; write a path such as \"lists/known.csv\"");
		return;
	}
	p->list[p->n_lists++] = (struct list){ name_of(f, &d->name), front_keep_text(f, d->path), t, d->name.span };
}

int check_list(struct front *f, struct text name, struct span at)
{
	struct nearest near;
	nearest_init(&near, name);
	for (uint32_t i = 0; i < f->p->n_lists; i++) {
		if (text_eq(f->p->list[i].name, name))
			return (int)i;
		nearest_try(&near, f->p->list[i].name);
	}
	front_unknown(f, at, "no list is called \"%.*s\"%s", TX(name),
	              near.best.n ? nearest_hint(f, &near) : "; declare it: list \"name\" of phone from \"file.csv\"");
	return -1;
}

/* ---- zones and the cap ---- */

static bool zone_name_is_safe(struct text t)
{
	for (size_t i = 0; i < t.n; i++) {
		char c = t.p[i];
		bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
		          c == '+' || (c == '/' && i > 0 && i + 1 < t.n && t.p[i - 1] != '/');
		if (!ok)
			return false;
	}
	return t.n > 0 && t.n <= SCHEMA_NAME_MAX;
}

static bool load_zone(struct front *f, struct text name, struct span at, struct zone *out)
{
	if (text_eq(name, clock_shanghai.name) || text_eq(name, clock_utc.name)) {
		*out = text_eq(name, clock_utc.name) ? clock_utc : clock_shanghai;
		return true;
	}
	struct text bytes = { 0 };
	enum err e = ERR_ABSENT;
	if (zone_name_is_safe(name) && f->read_zone)
		e = f->read_zone(f->zone_ctx, &f->scratch, name, &bytes);
	if (e == ERR_OK)
		e = clock_zone_parse(out, &f->p->arena, front_keep_text(f, name), bytes);
	if (e == ERR_MEMORY)
		longjmp(f->no_memory, 1);
	if (e != ERR_OK)
		front_error(f, at, "\"%.*s\" is no time zone %s; write a name such as \"Asia/Shanghai\" or \"UTC\"", TX(name),
		            e == ERR_ABSENT ? "known here" : "that can be read");
	return e == ERR_OK;
}

int check_zone(struct front *f, struct text name, struct span at)
{
	struct policy *p = f->p;
	for (uint32_t i = 0; i < p->n_zones; i++)
		if (text_eq(p->zone[i].name, name))
			return (int)i;
	if (p->n_zones == POLICY_ZONES_MAX) {
		front_error(f, at, "a policy uses at most %d time zones", POLICY_ZONES_MAX);
		return -1;
	}
	if (!load_zone(f, name, at, &p->zone[p->n_zones]))
		return -1;
	return (int)p->n_zones++;
}

static bool only_one(struct front *f, const struct ast_decl *d, const struct ast_decl **seen, const char *what)
{
	if (*seen)
		front_error(f, d->name.span, "a policy has one %s and it stands at %s; remove one", what,
		            front_place(f, (*seen)->span));
	const struct ast_decl *before = *seen;
	*seen = d;
	return before == NULL;
}

static void check_globals(struct front *f)
{
	const struct ast_decl *zone = NULL, *cap = NULL;
	struct policy *p = f->p;
	p->ring_cap = 1000000;
	p->ring_full = RING_EVICT;
	for (const struct ast_decl *d = f->first; d; d = d->next) {
		if (d->kind == DECL_ZONE && only_one(f, d, &zone, "zone"))
			check_zone(f, d->name.text, d->name.span);
		if (d->kind != DECL_CAP || !only_one(f, d, &cap, "cap"))
			continue;
		if (d->cap < 1 || d->cap > RING_EVENTS_MAX)
			front_error(f, d->name.span, "a cap goes from 1 to %d events per key", RING_EVENTS_MAX);
		else
			p->ring_cap = (uint32_t)d->cap;
		p->ring_full = d->ring_full;
	}
	if (p->n_zones == 0)
		p->zone[p->n_zones++] = clock_shanghai;
}

static void each(struct front *f, enum ast_decl_kind kind, void declare(struct front *, struct ast_decl *))
{
	for (struct ast_decl *d = f->first; d; d = d->next)
		if (d->kind == kind)
			declare(f, d);
}

static void attrs_of(struct front *f, struct ast_decl *d)
{
	declare_attrs(f, d);
}

static void sets_of(struct front *f, struct ast_decl *d)
{
	declare_sets(f, d);
}

void check_schema(struct front *f)
{
	check_globals(f);
	each(f, DECL_ENTITY, declare_entity);
	each(f, DECL_ENTITY, attrs_of);
	each(f, DECL_EVENT, declare_event);
	each(f, DECL_LIST, declare_list);
	each(f, DECL_EVENT, sets_of);
}
