/* plan_print.c - what the planner made of a policy, for people: `duanka policy explain`. */
#include "policy/plandata.h"

static const char *const op_name[] = {
#define X(name, operands, meaning) #name,
	OPCODES(X)
#undef X
};
static const char *const op_operands[] = {
#define X(name, operands, meaning) operands,
	OPCODES(X)
#undef X
};

static void print_source(struct buf *b, const struct policy *po, const struct expr *e)
{
	struct text t = policy_span_text(po, e->span);
	bool blank = false;

	for (size_t i = 0; i < t.n; i++) { /* as written, on one line */
		bool space = t.p[i] == ' ' || t.p[i] == '\t' || t.p[i] == '\n' || t.p[i] == '\r';

		if (!space)
			buf_char(b, t.p[i]);
		else if (!blank)
			buf_char(b, ' ');
		blank = space;
	}
}

static void print_space_name(struct buf *b, const struct plan *p, uint32_t i)
{
	const struct plan_space *s = &p->space[i];

	if (s->entity) {
		buf_text(b, p->policy->schema.entity[i].name);
		return;
	}
	for (uint32_t k = 0; k < s->n_keys; k++) {
		buf_z(b, k ? ", " : "(");
		policy_type_name(b, p->policy, s->key_type[k]);
	}
	buf_z(b, ")");
}

static void print_ring(struct buf *b, const struct plan *p, uint32_t i)
{
	static const char *const full[] = { "evict", "refuse", "sketch" };
	const struct plan_ring *r = &p->ring[i];
	const struct ring_plan *rp = &r->rp;

	buf_printf(b, "  ring %u: ", i);
	if (r->alerts) {
		buf_z(b, "alerts about ");
	} else {
		buf_text(b, p->policy->schema.event[r->event].name);
		buf_z(b, " by ");
	}
	for (uint32_t k = 0; k < r->n_keys; k++) {
		buf_z(b, k ? ", " : "");
		print_source(b, p->policy, r->key[k]);
	}
	if (r->alerts)
		print_space_name(b, p, r->space);
	buf_printf(b, "\n    %u bytes an event = time %u + filters %u", rp->tuple_bytes, rp->time_bytes, rp->mask_bytes);
	for (uint32_t k = 0; k < rp->n_cols; k++) {
		buf_printf(b, " + ");
		if (r->alerts)
			buf_z(b, k ? "score" : "rule");
		else
			print_source(b, p->policy, r->col[k]);
		buf_printf(b, " %u", rp->col[k].width);
	}
	buf_printf(b, "; %u accumulators, %u bytes when busy; at most %u events, then %s; kept ", rp->n_accs, rp->big_bytes,
	           rp->cap, full[rp->full]);
	clock_format_duration(b, rp->keep_us);
	buf_z(b, "\n    windows:");
	for (uint32_t k = 0; k < rp->n_windows; k++) {
		buf_z(b, k ? ", " : " ");
		clock_format_duration(b, rp->window_us[k]);
	}
	buf_z(b, "\n");
	for (uint32_t k = 0; k < rp->n_filters; k++) {
		buf_printf(b, "    filter %u: ", k);
		print_source(b, p->policy, r->filter[k]);
		buf_z(b, "\n");
	}
	for (uint32_t k = 0; k < rp->n_accs; k++) {
		const struct ring_acc *a = &rp->acc[k];

		buf_printf(b, "    s%u = %s", k, policy_func_name((enum ring_func)a->func));
		if (a->col != RING_NONE && !r->alerts) {
			buf_z(b, " of ");
			print_source(b, p->policy, r->col[a->col]);
		}
		buf_z(b, " over ");
		clock_format_duration(b, rp->window_us[a->window]);
		if (a->filter != RING_ALL)
			buf_printf(b, ", filter %u", a->filter);
		buf_z(b, "\n");
	}
}

static void print_layout(struct buf *b, const struct plan *p)
{
	buf_z(b, "STATE\n");
	for (uint32_t i = 0; i < p->n_spaces; i++) {
		const struct plan_space *s = &p->space[i];

		if (s->n_rings == 0 && !s->entity)
			continue;
		print_space_name(b, p, i);
		buf_printf(b, ": %u bytes a row when idle, %u ring%s\n", s->row_bytes, s->n_rings, s->n_rings == 1 ? "" : "s");
		for (uint32_t k = 0; k < s->n_rings; k++)
			print_ring(b, p, s->ring[k]);
	}
}

static void print_accumulator(struct buf *b, const struct plan *p, uint32_t r)
{
	uint32_t v = p->n_views - 1;

	while (v > 0 && p->view[v].out > r)
		v--;
	buf_printf(b, "v%u.s%u", v, r - p->view[v].out);
}

static void print_register(struct buf *b, const struct plan *p, uint32_t context, uint32_t r)
{
	const struct schema_event *e = &p->policy->schema.event[context];

	if (r == PLAN_REG_TIME)
		buf_z(b, "time");
	else if (r < PLAN_REG_TEMP && r - PLAN_REG_FIELD < e->n_fields)
		buf_text(b, e->field[r - PLAN_REG_FIELD].name);
	else if (r < p->n_temps)
		buf_printf(b, "r%u", r);
	else if (r >= p->n_temps + p->n_consts)
		print_accumulator(b, p, r);
	else if (p->constant_real[r - p->n_temps])
		buf_printf(b, "#%.12g", p->constant[r - p->n_temps].r);
	else
		buf_printf(b, "#%lld", (long long)p->constant[r - p->n_temps].i);
}

static void print_operand(struct buf *b, const struct plan *p, uint32_t context, char kind, uint32_t v)
{
	switch (kind) {
	case 'd':
	case 'r':
	case 'p': print_register(b, p, context, v); break;
	case 'v': buf_printf(b, "ring%u/v%u", p->view[v].ring, v); break;
	case 'n':
		buf_printf(b, "ring%u/v%u>=%u/", p->view[p->bound[v].view].ring, p->bound[v].view, p->bound[v].least);
		clock_format_duration(b, p->bound[v].window_us);
		break;
	case 'i': buf_printf(b, "ring%u", v); break;
	case 'j': buf_printf(b, "->%u", v); break;
	case 'u': buf_printf(b, "%u", v); break;
	case 'l': buf_text(b, p->policy->list[v].name); break;
	case 'e': buf_text(b, p->policy->schema.entity[v].name); break;
	default: buf_printf(b, "%u", v); break;
	}
}

static void print_insn(struct buf *b, const struct plan *p, uint32_t context, uint32_t at)
{
	const struct insn *in = &p->insn[at];
	const char *o = op_operands[in->op];
	const uint32_t v[4] = { in->k, in->a, in->b, in->c };

	buf_printf(b, "  %5u  %-12s", at, op_name[in->op]);
	if ((in->op == OP_HIT || in->op == OP_EXEMPT) && in->b < p->policy->n_rules) {
		buf_text(b, p->policy->rule[in->b].name);
		buf_z(b, "\n");
		return;
	}
	for (uint32_t i = 0; i < 4; i++) {
		if (o[i] == '-')
			continue;
		buf_char(b, ' ');
		print_operand(b, p, context, o[i], v[i]);
	}
	buf_z(b, "\n");
}

static void print_programs(struct buf *b, const struct plan *p)
{
	const struct policy *po = p->policy;

	for (uint32_t i = 0; i < po->schema.n_events; i++) {
		const struct plan_program *pr = &p->program[i];

		buf_z(b, "\nPROGRAM ");
		buf_text(b, po->schema.event[i].name);
		buf_printf(b, ": %u instructions at most an event\n", pr->code_end - pr->code);
		for (uint32_t k = pr->code; k < pr->code_end; k++)
			print_insn(b, p, i, k);
		for (uint32_t k = 0; k < po->n_rules; k++) {
			if (po->rule[k].event != i || po->rule[k].mode == RULE_OFF)
				continue;
			buf_z(b, "  told about ");
			buf_text(b, po->rule[k].name);
			buf_printf(b, ": %u values, from instruction %u\n", p->rule[k].n_values, p->rule[k].code);
		}
	}
}

void plan_print(struct buf *b, const struct plan *p)
{
	const struct policy *po = p->policy;
	uint32_t accs = 0;

	for (uint32_t i = 0; i < p->n_rings; i++)
		accs += p->ring[i].alerts ? 0 : p->ring[i].rp.n_accs;
	buf_printf(b, "%u rules, %u aggregates in %u rings read by %u views, %u instructions, %u constants\n\n",
	           po->n_rules, accs, p->n_rings, p->n_views, p->n_insns, p->n_consts);
	print_layout(b, p);
	print_programs(b, p);
}
