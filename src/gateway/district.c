/* district.c - see district.h. */
#include "gateway/district.h"

enum {
	CODE_DIGITS = 6, /* longer ones may name a person and are hidden in the journal (event/mask.h) */
	NUMBER_DIGITS = 5,
	KIND_BYTES = 3 /* 区 or 市 */
};

const struct district districts[DISTRICTS] = {
	{ 202, "市南区", "Shinan" },  { 203, "市北区", "Shibei" },   { 211, "黄岛区", "Huangdao" },
	{ 212, "崂山区", "Laoshan" }, { 213, "李沧区", "Licang" },   { 214, "城阳区", "Chengyang" },
	{ 215, "即墨区", "Jimo" },    { 281, "胶州市", "Jiaozhou" }, { 283, "平度市", "Pingdu" },
	{ 285, "莱西市", "Laixi" },
};

static uint16_t by_digits(struct text t)
{
	uint32_t v = 0;

	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] < '0' || t.p[i] > '9' || t.n > CODE_DIGITS)
			return 0;
		v = v * 10 + (uint32_t)(t.p[i] - '0');
	}
	if (t.n > NUMBER_DIGITS)
		return (uint16_t)(v % 10000);
	return (uint16_t)(v <= UINT16_MAX ? v : 0);
}

uint16_t district_number(struct text t)
{
	const struct text city = TEXT("青岛市");
	struct text name = t;

	if (text_starts(name, city))
		name = text_of(name.p + city.n, name.n - city.n);
	for (size_t i = 0; i < DISTRICTS; i++) {
		struct text whole = text_z(districts[i].zh);

		if (text_eq(name, whole) || text_eq(name, text_of(whole.p, whole.n - KIND_BYTES)))
			return districts[i].number;
	}
	return by_digits(t);
}
