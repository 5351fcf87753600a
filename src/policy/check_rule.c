/* check_rule.c - lets, rules, features, exemptions. */
#include "policy/check_int.h"

/* The first declaration of that kind and name is d itself, else reports. */
static bool first_of_name(struct front *f, const struct ast_decl *d, const char *what)
{
	const struct ast_decl *first = check_find(f, d->kind, d->name.text);
	if (first == d)
		return true;
	front_error(f, d->name.span, "%s %.*s is declared already at %s; give one of them another name", what,
	            TX(d->name.text), front_place(f, first->name.span));
	return false;
}

/* ---- lets ---- */

/* A let that nothing used is tried in each event; if one has all its names, its other mistakes are reported there. */
static void try_let(struct front *f, struct ast_decl *d)
{
	int with_mistakes = -1;
	for (uint32_t i = 0; i < f->p->schema.n_events; i++) {
		struct ctx c = { .event = i };
		f->muted = true;
		f->n_muted_unknown = f->n_muted_other = 0;
		d->busy = true;
		struct expr *e = check_expr(f, &c, d->expr);
		d->busy = false;
		f->muted = false;
		if (e)
			return;
		if (f->n_muted_unknown == 0 && with_mistakes < 0)
			with_mistakes = (int)i;
	}
	if (with_mistakes >= 0) {
		struct ctx c = { .event = (uint32_t)with_mistakes };
		d->busy = true;
		check_expr(f, &c, d->expr);
		d->busy = false;
	}
}

void check_lets(struct front *f)
{
	for (struct ast_decl *d = f->first; d; d = d->next) {
		if (d->kind != DECL_LET)
			continue;
		first_of_name(f, d, "let");
		if (text_eq(d->name.text, TEXT("time")))
			front_error(f, d->name.span, "time is when the event happened; choose another name");
		for (uint32_t i = 0; i < f->p->schema.n_events; i++)
			if (check_field_exists(f, i, d->name.text)) {
				front_error(f, d->name.span, "%.*s is a field of %.*s; choose another name for the let",
				            TX(d->name.text), TX(f->p->schema.event[i].name));
				break;
			}
	}
	for (struct ast_decl *d = f->first; d; d = d->next)
		if (d->kind == DECL_LET && !d->used)
			try_let(f, d);
}

/* ---- rules ---- */

static struct template_part *check_because(struct front *f, const struct ctx *c, const struct ast_part *x)
{
	struct template_part *first = NULL, **tail = &first;
	for (; x; x = x->next) {
		struct template_part *t = front_keep(f, sizeof(*t));
		if (x->expr)
			t->expr = check_expr(f, c, x->expr);
		else
			t->text = front_keep_text(f, x->text);
		*tail = t;
		tail = &t->next;
	}
	return first;
}

static void check_measures(struct front *f, const struct ctx *c, const struct ast_decl *d, struct rule *r)
{
	for (const struct ast_measure *m = d->measures; m; m = m->next) {
		struct expr *target = check_entity(f, c, m->target, policy_measure_name(m->measure));
		if (m->measure == MEASURE_DELAY && m->duration_us == 0)
			front_error(f, m->span, "delay needs a duration; write delay(payer, 24h)");
		if (m->basis.n == 0)
			front_error(f, m->span,
			            "the legal basis is empty; name the law and the article, such as \"反电信网络诈骗法 Art 11\"");
		if (r->n_measures == POLICY_MEASURES_MAX) {
			front_error(f, m->span, "a rule proposes at most %d measures; split the rule", POLICY_MEASURES_MAX);
			return;
		}
		r->measure[r->n_measures++] =
			(struct measure_proposal){ m->measure, target, m->duration_us, front_keep_text(f, m->basis) };
	}
}

static void check_rule(struct front *f, struct ast_decl *d, struct rule *r)
{
	first_of_name(f, d, "rule");
	int event = check_event(f, &d->event);
	*r = (struct rule){ .name = front_keep_text(f, d->name.text),
		                .mode = d->mode,
		                .severity = d->severity,
		                .score = d->score,
		                .n_notify = d->n_notify,
		                .every_us = d->every_us,
		                .span = d->span,
		                .mode_span = d->mode_span };
	r->source = front_keep_text(f, d->source);
	r->scam = front_keep_text(f, d->scam.text);
	r->scam_span = d->scam.span;
	r->written = policy_span_text(f->p, d->span);
	for (uint32_t i = 0; i < d->n_notify; i++)
		r->notify[i] = front_keep_text(f, d->notify[i]);
	if (event < 0)
		return;
	struct ctx c = { .event = (uint32_t)event };
	r->event = c.event;
	r->about = check_entity(f, &c, d->about, "about");
	r->when = check_bool(f, &c, d->expr, "when");
	check_measures(f, &c, d, r);
	r->because_en = check_because(f, &c, d->because_en);
	r->because_zh = check_because(f, &c, d->because_zh);
}

/* ---- features and exemptions ---- */

static void check_feature(struct front *f, struct ast_decl *d, struct feature *x)
{
	first_of_name(f, d, "feature");
	int event = check_event(f, &d->event);
	if (event < 0)
		return;
	struct ctx c = { .event = (uint32_t)event };
	*x = (struct feature){ .name = front_keep_text(f, d->name.text), .event = c.event, .span = d->span };
	x->expr = check_expr(f, &c, d->expr);
	if (x->expr && x->expr->op == X_TEXT)
		front_error(f, x->expr->span,
		            "a feature is a value that changes from event to event, and this is a constant text");
}

static int rule_find(const struct front *f, struct text name)
{
	for (uint32_t i = 0; i < f->p->n_rules; i++)
		if (text_eq(f->p->rule[i].name, name))
			return (int)i;
	return -1;
}

int check_rule_name(struct front *f, const struct ast_name *n)
{
	int i = rule_find(f, n->text);
	if (i >= 0)
		return i;
	struct nearest near;
	nearest_init(&near, n->text);
	for (uint32_t k = 0; k < f->p->n_rules; k++)
		nearest_try(&near, f->p->rule[k].name);
	front_unknown(f, n->span, "no rule is called %.*s%s", TX(n->text),
	              near.best.n ? nearest_hint(f, &near) : "; correct the name, or write the rule");
	return -1;
}

static void exempt_rule(struct front *f, struct exempt *x, const struct ast_name *n)
{
	int i = check_rule_name(f, n);
	if (i < 0)
		return;
	const struct rule *r = &f->p->rule[i];
	if (r->event != x->event && r->when) {
		front_error(f, n->span, "rule %.*s looks at %.*s and this exemption at %.*s; write an exemption on %.*s for it",
		            TX(r->name), TX(f->p->schema.event[r->event].name), TX(f->p->schema.event[x->event].name),
		            TX(f->p->schema.event[r->event].name));
		return;
	}
	if (r->about && x->about && r->about->type.entity != x->about->type.entity) {
		front_error(f, n->span,
		            "rule %.*s is about %s and this exemption about %s; they can never meet, name the same kind",
		            TX(r->name), type_phrase(f, r->about->type), type_phrase(f, x->about->type));
		return;
	}
	x->rule[x->n_rules++] = (uint32_t)i;
}

static void check_exempt(struct front *f, struct ast_decl *d, struct exempt *x)
{
	first_of_name(f, d, "exemption");
	int event = check_event(f, &d->event);
	uint32_t n = 0;
	if (event < 0)
		return;
	struct ctx c = { .event = (uint32_t)event };
	*x = (struct exempt){ .name = front_keep_text(f, d->name.text), .event = c.event, .span = d->span };
	x->about = check_entity(f, &c, d->about, "about");
	x->when = check_bool(f, &c, d->expr, "when");
	if (clock_from_local(&f->p->zone[0], &d->until, &x->until_us) != ERR_OK)
		x->until_us = 0;
	for (const struct ast_name *r = d->rules; r; r = r->next)
		n++;
	x->rule = n ? front_keep(f, n * sizeof(*x->rule)) : NULL;
	for (const struct ast_name *r = d->rules; r; r = r->next)
		exempt_rule(f, x, r);
}

void check_rules(struct front *f)
{
	struct policy *p = f->p;
	uint32_t n = check_count(f, DECL_RULE);
	for (const struct ast_decl *d = f->first; n > POLICY_RULES_MAX && d; d = d->next)
		if (d->kind == DECL_RULE) {
			front_error(f, d->name.span, "the policy has %u rules; it may have %d", n, POLICY_RULES_MAX);
			return;
		}
	p->rule = front_keep(f, (n + 1) * sizeof(*p->rule));
	p->feature = front_keep(f, (check_count(f, DECL_FEATURE) + 1) * sizeof(*p->feature));
	p->exempt = front_keep(f, (check_count(f, DECL_EXEMPT) + 1) * sizeof(*p->exempt));
	for (struct ast_decl *d = f->first; d; d = d->next) {
		if (d->kind == DECL_RULE)
			check_rule(f, d, &p->rule[p->n_rules++]);
		else if (d->kind == DECL_FEATURE)
			check_feature(f, d, &p->feature[p->n_features++]);
	}
	for (struct ast_decl *d = f->first; d; d = d->next)
		if (d->kind == DECL_EXEMPT)
			check_exempt(f, d, &p->exempt[p->n_exempts++]);
}
