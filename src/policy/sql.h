/* sql.h - whole statements around policy_sql_expr, for `duanka policy sql`. */
#ifndef DUANKA_POLICY_SQL_H
#define DUANKA_POLICY_SQL_H
#include <stdio.h>
#include "policy/policy.h"

/* For each aggregate that a rule, an exemption or a feature reads, a comment (where it is written, and how) and
 * SELECT e.pos, (...) AS value FROM "call" AS e ORDER BY e.pos; the same aggregate read at two places stands once. */
void policy_sql_all(struct buf *b, const struct policy *p);

#endif
