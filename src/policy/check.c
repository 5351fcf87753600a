/* check.c - the order of checking: schema, rules (which expand the lets they use), unused lets, tests. */
#include "policy/check_int.h"

uint32_t check_count(const struct front *f, enum ast_decl_kind kind)
{
	uint32_t n = 0;
	for (const struct ast_decl *d = f->first; d; d = d->next)
		n += d->kind == kind;
	return n;
}

void check_all(struct front *f)
{
	check_schema(f);
	check_rules(f);
	check_lets(f);
	check_tests(f);
}
