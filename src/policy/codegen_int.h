/* codegen_int.h - what codegen.c (programs), codegen_expr.c (expressions) and codegen_cond.c (conditions) share. */
#ifndef DUANKA_POLICY_CODEGEN_INT_H
#define DUANKA_POLICY_CODEGEN_INT_H
#include "policy/plandata.h"

enum {
	CONST = 0x8000, /* a constant's number follows */
	OUT = 0x4000,   /* an accumulator's: counted over all views */
	BOUNDS_MAX = 8,
	CACHE_MAX = 8192,
	TERMS_MAX = 128,
	COST_DEAR = 20 /* reading a window, asking for a risk */
};

struct cached { /* a value that is in a register, or (e is NULL) a view that was read */
	const struct expr *e;
	uint16_t reg;
	uint32_t view;
};

struct gen {
	struct plan *p;
	struct buf *errors;
	uint32_t context;
	uint32_t next; /* next free temporary */
	uint32_t n_cache;
	struct cached cache[CACHE_MAX];
	bool before_insert;
	bool surely; /* the code made now runs for every event; unlike `always` this includes the start of each rule */
	bool always; /* the code made now surely runs */
	bool key_ready[PLAN_KEYS_MAX]; /* its registers are set by code that surely runs */
	enum err err;
};

struct jumps {
	uint32_t n;
	uint32_t at[TERMS_MAX * 4];
};

struct bounds { /* all of them must be met; see codegen_cond.c */
	uint32_t n;
	struct plan_bound of[BOUNDS_MAX];
};

void gen_fail(struct gen *g, struct span s, const char *what);
uint32_t gen_emit(struct gen *g, enum opcode op, uint32_t k, uint32_t a, uint32_t b, uint32_t c);
void gen_land(struct gen *g, uint32_t jump); /* the jump goes to the next instruction */
uint16_t gen_temp(struct gen *g);
uint16_t gen_constant(struct gen *g, int64_t i);
uint16_t gen_expr(struct gen *g, const struct expr *e); /* the register that holds e */
/* A comparison as (less-than family, operands in order): a > b is b < a. */
enum opcode gen_comparison(struct gen *g, const struct expr *e, uint16_t *a, uint16_t *b);
bool gen_compares_real(const struct expr *e);
/* How dear a condition is. */
uint32_t gen_cost(const struct expr *e);
void gen_order_by_cost(const struct expr **t, uint32_t n);
/* What `op` joins in e, from out[n] on; the new n, at most TERMS_MAX. */
uint32_t gen_flatten(struct gen *g, const struct expr *e, enum expr_op op, const struct expr **out, uint32_t n);
/* Adds what must be met for e to be anything but false. */
void gen_bounds(const struct gen *g, const struct expr *e, struct bounds *b);
/* A jump away, with false in d, unless the bound is met. */
uint32_t gen_unless_holds(struct gen *g, const struct plan_bound *b, uint16_t d);
/* Brings a key's values into its registers. */
void gen_key(struct gen *g, uint32_t key);
/* Code that goes on behind itself when e is true and leaves by one of out's jumps when not. *sure is the number of cached
 * values that are computed whatever happens. */
void gen_condition(struct gen *g, const struct expr *e, struct jumps *out, uint32_t *sure);
/* A register that is 1 where e is true; otherwise it is anything else: for whom false and missing are the same. */
uint16_t gen_truth(struct gen *g, const struct expr *e);
void gen_jump(struct gen *g, struct jumps *j, uint32_t at);

#endif
