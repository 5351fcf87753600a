/* arith.h - the arithmetic and logic of the policy language, once, for the VM and for constant folding. */
#ifndef DUANKA_POLICY_ARITH_H
#define DUANKA_POLICY_ARITH_H
#include "base/value.h"

/* Whole results saturate one short of VALUE_MISSING. */
static inline int64_t arith_saturate(bool negative)
{
	return negative ? -INT64_MAX : INT64_MAX;
}
static inline int64_t arith_fit(int64_t v)
{
	return v == VALUE_MISSING ? -INT64_MAX : v;
}
static inline bool arith_missing2(int64_t a, int64_t b)
{
	return a == VALUE_MISSING || b == VALUE_MISSING;
}

static inline int64_t arith_add(int64_t a, int64_t b)
{
	int64_t v;

	if (arith_missing2(a, b))
		return VALUE_MISSING;
	return __builtin_add_overflow(a, b, &v) ? arith_saturate(a < 0) : arith_fit(v);
}

static inline int64_t arith_sub(int64_t a, int64_t b)
{
	int64_t v;

	if (arith_missing2(a, b))
		return VALUE_MISSING;
	return __builtin_sub_overflow(a, b, &v) ? arith_saturate(a < 0) : arith_fit(v);
}

static inline int64_t arith_mul(int64_t a, int64_t b)
{
	int64_t v;

	if (arith_missing2(a, b))
		return VALUE_MISSING;
	return __builtin_mul_overflow(a, b, &v) ? arith_saturate((a < 0) != (b < 0)) : arith_fit(v);
}

static inline double arith_div(double a, double b)
{
	return b == 0 ? __builtin_nan("") : a / b;
}
static inline int64_t arith_neg(int64_t a)
{
	return a == VALUE_MISSING ? a : -a;
}

/* What a ring can store of a computed value. */
static inline int64_t arith_clamp(int64_t a)
{
	if (a == VALUE_MISSING)
		return a;
	return a > NUMBER_MAX ? NUMBER_MAX : a < -NUMBER_MAX ? -NUMBER_MAX : a;
}

/* Truth is 0, 1 or VALUE_MISSING. */
static inline int64_t arith_and(int64_t a, int64_t b)
{
	if (a == 0 || b == 0)
		return 0;
	return arith_missing2(a, b) ? VALUE_MISSING : 1;
}

static inline int64_t arith_or(int64_t a, int64_t b)
{
	if (a == 1 || b == 1)
		return 1;
	return arith_missing2(a, b) ? VALUE_MISSING : 0;
}

static inline int64_t arith_not(int64_t a)
{
	return a == VALUE_MISSING ? a : !a;
}

#endif
