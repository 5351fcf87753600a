/* plan_verify.c - proves what the VM relies on, so that the VM needs no checks of its own: every register, view, ring, rule,
 * list and call exists, jumps go forward and stay inside, programs end. Run on every plan, whoever made it. */
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

static bool operand_ok(const struct plan *p, const struct insn *in, char kind, uint32_t v, uint32_t at)
{
	switch (kind) {
	case 'd': return v >= PLAN_REG_TEMP && v < p->n_temps;
	case 'r': return v < p->n_regs;
	case 'p': return v + in->k <= p->n_temps;
	case 'v': return v < p->n_views;
	case 'n': return v < p->n_bounds;
	case 'i': return v < p->n_rings;
	case 'u': return in->op == OP_SET ? v < SCHEMA_ATTRS_MAX : v < p->policy->n_rules;
	case 'j': return v > at && v < p->n_insns;
	case 'l': return v < p->policy->n_lists;
	case 'e': return v < p->policy->schema.n_entities;
	case 't': return v < SCHEMA_ATTRS_MAX || (in->op == OP_IDENT && v < IDENT_ATTRS);
	case 'k': return in->op != OP_CALL || v < p->n_calls;
	default: return true;
	}
}

static bool registers_ok(const struct plan *p, const uint16_t *reg, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (reg[i] >= p->n_regs)
			return false;
	return true;
}

static bool tables_ok(const struct plan *p)
{
	for (uint32_t i = 0; i < p->n_rings; i++) {
		const struct plan_ring *r = &p->ring[i];

		if (r->space >= p->n_spaces || r->slot >= p->space[r->space].n_rings ||
		    !registers_ok(p, r->col_reg, r->rp.n_cols) || !registers_ok(p, r->filter_reg, r->rp.n_filters) ||
		    (!r->alerts && r->insert_key >= p->n_keys) || r->before > p->n_views)
			return false;
	}
	for (uint32_t i = 0; i < p->n_keys; i++)
		if (p->row_key[i].space >= p->n_spaces || !registers_ok(p, p->row_key[i].reg, p->row_key[i].n))
			return false;
	for (uint32_t i = 0; i < p->n_bounds; i++)
		if (p->bound[i].view >= p->n_views)
			return false;
	for (uint32_t i = 0; i < p->n_views; i++) {
		const struct plan_view *v = &p->view[i];

		if (v->ring >= p->n_rings || v->key >= p->n_keys || p->row_key[v->key].space != p->ring[v->ring].space ||
		    v->out < p->n_temps + p->n_consts || v->out + p->ring[v->ring].rp.n_accs > p->n_regs ||
		    v->next_before > p->n_views)
			return false;
	}
	return true;
}

enum err plan_verify(const struct plan *p, struct buf *errors)
{
	bool ended = true;

	for (uint32_t i = 0; i < p->n_insns; i++) {
		const struct insn *in = &p->insn[i];
		const char *o;

		if (in->op >= OP_COUNT) {
			buf_printf(errors, "internal error: instruction %u has no meaning\n", i);
			return ERR_FORMAT;
		}
		o = op_operands[in->op];
		if (!operand_ok(p, in, o[0], in->k, i) || !operand_ok(p, in, o[1], in->a, i) ||
		    !operand_ok(p, in, o[2], in->b, i) || !operand_ok(p, in, o[3], in->c, i)) {
			buf_printf(errors, "internal error: instruction %u (%s) leaves its bounds\n", i, op_name[in->op]);
			return ERR_FORMAT;
		}
		ended = in->op == OP_END;
	}
	if (!ended || !tables_ok(p)) {
		buf_printf(errors, "internal error: the plan is not whole\n");
		return ERR_FORMAT;
	}
	return ERR_OK;
}
