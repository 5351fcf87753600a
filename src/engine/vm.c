/* vm.c - the bytecode at work. plan_verify has proved that operands exist and jumps go forward, so nothing is checked here;
 * the meaning of each operation stands in opcodes.h, its arithmetic in arith.h. */
#include "engine/engine_int.h"
#include "policy/arith.h"

static void row_set(struct engine *g, uint32_t kind, int64_t entity, uint32_t attr, int64_t value)
{
	const struct plan_space *s = &g->plan->space[kind];
	uint8_t *row;
	int64_t set_us;

	if (entity == VALUE_MISSING || value == VALUE_MISSING)
		return;
	row = table_row(&g->table[kind], (uint32_t)entity);
	memcpy(&set_us, row + s->attr_time_off + 8 * attr, 8);
	if (g->event->time < set_us) /* a late event does not undo a newer one */
		return;
	memcpy(row + s->attr_time_off + 8 * attr, &g->event->time, 8);
	memcpy(row + s->attr_off[attr], &value, s->attr_width[attr]);
}

static int64_t ident_value(const struct engine *g, uint32_t kind, int64_t entity, uint32_t which)
{
	const struct plan *p = g->plan;
	struct ident_attrs a;

	if (entity == VALUE_MISSING)
		return VALUE_MISSING;
	memcpy(&a, table_row(&g->table[kind], (uint32_t)entity) + p->space[kind].ident_off, sizeof(a));
	switch ((enum ident_attr)which) {
	case IDENT_ATTR_KIND: return p->kind_fp[a.kind];
	case IDENT_ATTR_REGION: return p->region_fp[a.region];
	case IDENT_ATTR_CARRIER: return p->carrier_fp[a.carrier];
	case IDENT_ATTR_BANK: return p->bank_fp[a.bank];
	default: return a.birth_year == 0 ? VALUE_MISSING : a.birth_year;
	}
}

static union value call(struct engine *g, const struct plan_call *c, const union value *arg)
{
	struct builtin_args a = { .zone = c->zone, .key = &g->key, .real = c->real };

	for (uint32_t i = 0; i < c->n_args; i++) {
		a.v[i] = arg[i];
		a.bytes[i] = c->constant[i];
		if (c->field[i] != 0xff)
			a.bytes[i] = g->event->str[c->field[i]];
	}
	return builtin_eval(c->f, &a);
}

static void hit(struct engine *g, uint32_t rule, int64_t about)
{
	if (about == VALUE_MISSING)
		return;
	g->hit[g->n_hits++] = (struct hit){ .rule = rule, .about = (uint32_t)about };
	g->rule_stats[rule].hits++;
}

/* Truth of a comparison of whole and of real operands, missing if either is. */
#define WHOLE(op) (arith_missing2(R[i->b].i, R[i->c].i) ? VALUE_MISSING : (R[i->b].i op R[i->c].i))
#define REAL(op) \
	((value_real_missing(R[i->b].r) || value_real_missing(R[i->c].r)) ? VALUE_MISSING : (R[i->b].r op R[i->c].r))
/* Missing is the least whole number: what is not less than something missing is missing or does not hold. A NaN compares false by
 * itself. */
#define HOLDS(op) (R[i->a].i op R[i->b].i && R[i->a].i != VALUE_MISSING)
#define GO(cond) \
	if (cond)    \
	i = code + i->c - 1

void vm_run(struct engine *g, uint32_t pc)
{
	const struct insn *const code = g->plan->insn;
	union value *const R = g->reg;

	for (const struct insn *i = code + pc;; i++) {
		switch ((enum opcode)i->op) {
		case OP_END: return;
		case OP_MOVE: R[i->a] = R[i->b]; break;
		case OP_ATTR: R[i->a].i = entity_attr(g, i->k, R[i->b].i, i->c); break;
		case OP_IDENT: R[i->a].i = ident_value(g, i->k, R[i->b].i, i->c); break;
		case OP_RISK: R[i->a].i = window_risk(g, i->k, R[i->b].i); break;
		case OP_NEED:
			if (g->view[i->b].read_serial != g->serial)
				window_read(g, i->b);
			break;
		case OP_UNLESS_HOLDS:
			if (!window_holds(g, &g->plan->bound[i->b])) {
				R[i->a].i = 0;
				i = code + i->c - 1;
			}
			break;
		case OP_SET: row_set(g, i->k, R[i->a].i, i->c, R[i->b].i); break;
		case OP_INSERT: window_insert(g, i->a); break;
		case OP_NEG_I: R[i->a].i = arith_neg(R[i->b].i); break;
		case OP_NEG_R: R[i->a].r = -R[i->b].r; break;
		case OP_ADD_I: R[i->a].i = arith_add(R[i->b].i, R[i->c].i); break;
		case OP_ADD_R: R[i->a].r = R[i->b].r + R[i->c].r; break;
		case OP_SUB_I: R[i->a].i = arith_sub(R[i->b].i, R[i->c].i); break;
		case OP_SUB_R: R[i->a].r = R[i->b].r - R[i->c].r; break;
		case OP_MUL_I: R[i->a].i = arith_mul(R[i->b].i, R[i->c].i); break;
		case OP_MUL_R: R[i->a].r = R[i->b].r * R[i->c].r; break;
		case OP_DIV_R: R[i->a].r = arith_div(R[i->b].r, R[i->c].r); break;
		case OP_TOREAL: R[i->a].r = value_real(R[i->b].i); break;
		case OP_CLAMP: R[i->a].i = arith_clamp(R[i->b].i); break;
		case OP_EQ_I: R[i->a].i = WHOLE(==); break;
		case OP_NE_I: R[i->a].i = WHOLE(!=); break;
		case OP_LT_I: R[i->a].i = WHOLE(<); break;
		case OP_LE_I: R[i->a].i = WHOLE(<=); break;
		case OP_EQ_R: R[i->a].i = REAL(==); break;
		case OP_NE_R: R[i->a].i = REAL(!=); break;
		case OP_LT_R: R[i->a].i = REAL(<); break;
		case OP_LE_R: R[i->a].i = REAL(<=); break;
		case OP_AND: R[i->a].i = arith_and(R[i->b].i, R[i->c].i); break;
		case OP_OR: R[i->a].i = arith_or(R[i->b].i, R[i->c].i); break;
		case OP_NOT: R[i->a].i = arith_not(R[i->b].i); break;
		case OP_KNOWN_I: R[i->a].i = R[i->b].i != VALUE_MISSING; break;
		case OP_KNOWN_R: R[i->a].i = !value_real_missing(R[i->b].r); break;
		case OP_ELSE_I: R[i->a] = R[i->b].i != VALUE_MISSING ? R[i->b] : R[i->c]; break;
		case OP_ELSE_R: R[i->a] = !value_real_missing(R[i->b].r) ? R[i->b] : R[i->c]; break;
		case OP_IN_LIST:
			R[i->a].i =
				R[i->b].i == VALUE_MISSING ? VALUE_MISSING : list_has(&g->list[i->c], R[i->b].i, g->event->time);
			break;
		case OP_CALL: R[i->a] = call(g, &g->plan->call[i->c], &R[i->b]); break;
		case OP_JUMP: GO(true); break;
		case OP_UNLESS: GO(R[i->b].i != 1); break;
		case OP_IF: GO(R[i->b].i == 1); break;
		case OP_UNTIL_FALSE: GO(R[i->b].i == 0); break;
		case OP_UNLESS_LT_I: GO(!HOLDS(<)); break;
		case OP_UNLESS_LE_I: GO(!HOLDS(<=)); break;
		case OP_UNLESS_LT_R: GO(!(R[i->a].r < R[i->b].r)); break;
		case OP_UNLESS_LE_R: GO(!(R[i->a].r <= R[i->b].r)); break;
		case OP_UNLESS_EQ_I: GO(!HOLDS(==)); break;
		case OP_HIT: hit(g, i->b, R[i->a].i); break;
		case OP_EXEMPT: g->rule_stats[i->b].exempted++; break;
		default: __builtin_unreachable(); /* plan_verify has seen every instruction */
		}
	}
}
