/* numbers.c - see numbers.h. */
#include "sim/numbers.h"
#include <string.h>
#include "base/check.h"
#include "base/clock.h"
#include "base/hash.h"

static const uint32_t prefixes[] = {
	1300166, 1300167, 1300168, 1300169, 1310532, 1310542, 1314532, 1314542, 1320532, 1320636, 1320637, 1320638, 1330532,
	1330542, 1330639, 1330642, 1340532, 1340542, 1340642, 1340648, 1350532, 1350542, 1350639, 1350642, 1360532, 1360542,
	1360630, 1360634, 1370532, 1370542, 1370630, 1370634, 1380532, 1380542, 1380639, 1380642, 1390532, 1390542, 1390639,
	1390642, 1470532, 1470542, 1470639, 1470642, 1500532, 1500542, 1500642, 1500648, 1510532, 1510542, 1515441, 1515442,
	1520532, 1520542, 1521532, 1521542, 1530532, 1530542, 1530639, 1530642, 1550532, 1550542, 1550639, 1555320, 1560532,
	1560542, 1560639, 1560642, 1570532, 1570542, 1570639, 1570642, 1580532, 1580542, 1580639, 1580642, 1590532, 1590542,
	1590639, 1595338, 1760532, 1760542, 1760639, 1760642, 1770532, 1770542, 1770639, 1780532, 1780542, 1786532, 1786542,
	1800532, 1800542, 1800642, 1800648, 1810036, 1810037, 1810532, 1820532, 1820542, 1826532, 1826542, 1830532, 1830542,
	1830639, 1830642, 1840532, 1840542, 1850532, 1850639, 1850642, 1860532, 1861532, 1866940, 1866941, 1870532, 1870542,
	1870630, 1870642, 1880532, 1880542, 1880639, 1880642, 1890532, 1890542, 1890639, 1890642,
};

static const struct {
	uint32_t prefix, digits;
	const char *title;
} banks[BANKS] = {
	{ 622848, 19, "中国农业银行" },     { 621700, 19, "中国建设银行" }, { 622202, 19, "中国工商银行" },
	{ 621799, 19, "中国邮政储蓄银行" }, { 622588, 16, "招商银行" },     { 621661, 19, "中国银行" },
	{ 622262, 19, "中国交通银行" },     { 622690, 16, "中信银行" },
};

uint64_t sample_phone(uint64_t i)
{
	uint64_t n = ARRAY_LEN(prefixes), block = i / n;
	if (block >= 10000) /* more people than Qingdao's blocks here hold: a block of no city */
		return 16600000000ULL + (i - n * 10000) % 100000000;
	return prefixes[i % n] * 10000ULL + (block * 7919 + 1234) % 10000;
}

uint64_t ident_courier(uint64_t i)
{
	return 15863440000ULL + i % 10000;
}

uint64_t sample_iot(uint64_t i)
{
	return 1064800000000ULL + i * 7919 % 100000000;
}

static uint64_t luhn_append(uint64_t body)
{
	uint64_t sum = 0;
	bool twice = true;
	for (uint64_t b = body; b; b /= 10, twice = !twice) {
		uint64_t d = b % 10 * (twice ? 2 : 1);
		sum += d > 9 ? d - 9 : d;
	}
	return body * 10 + (10 - sum % 10) % 10;
}

uint8_t ident_bank_of(uint64_t i)
{
	static const uint8_t wheel[] = { 0, 1, 2, 3, 0, 1, 2, 4, 5, 6, 2, 1, 0, 3, 7, 2 };
	return wheel[hash_mix(i * 2 + 1) % ARRAY_LEN(wheel)];
}

uint64_t sample_account(uint64_t i)
{
	uint8_t b = ident_bank_of(i);
	uint64_t span = banks[b].digits == 19 ? 1000000000000ULL : 1000000000ULL;
	return luhn_append(banks[b].prefix * span + (i * 7907 + 20260302) % span);
}

const char *ident_bank_title(uint8_t bank)
{
	return banks[bank % BANKS].title;
}

uint64_t sample_device(uint64_t i)
{
	static const uint32_t tac[] = { 86412304, 86735105, 86191806, 35698211, 86553204, 86804905 };
	return luhn_append(tac[hash_mix(i) % ARRAY_LEN(tac)] * 1000000ULL + i * 7919 % 1000000);
}

uint32_t ident_home_cell(uint64_t i)
{
	return (uint32_t)(1 + i / 60);
}

int64_t ident_birth_day(uint64_t i)
{
	return (int64_t)(i * 7919 % BIRTH_DAYS); /* prime to 7919 */
}

size_t ident_person_text(uint64_t i, char out[18])
{
	static const uint32_t regions[] = {
		370202, 370203, 370211, 370212, 370213, 370214, 370215, 370281, 370283, 370285
	};
	static const uint8_t weight[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	struct civil born;
	int64_t days = clock_days_from_civil(BIRTH_YEAR_FIRST, 1, 1) + ident_birth_day(i);
	clock_to_civil(days * US_PER_DAY, 0, &born);
	uint64_t v = regions[hash_mix(i + 7) % ARRAY_LEN(regions)] * 100000000000ULL;
	v += (uint64_t)(born.year * 10000 + born.month * 100 + born.day) * 1000 + i / BIRTH_DAYS % 1000;
	uint32_t sum = 0;
	for (int k = 16; k >= 0; k--, v /= 10) {
		out[k] = (char)('0' + v % 10);
		sum += (uint32_t)(v % 10) * weight[k];
	}
	out[17] = "10X98765432"[sum % 11];
	return 18;
}

size_t ident_phone_text(uint64_t phone, char out[24])
{
	static const char *const before[] = { "", "0", "+86", "0086", "+", "00" };
	const char *z = before[phone >> 56];
	size_t n = strlen(z);
	memcpy(out, z, n);
	char digit[24];
	size_t k = 0;
	for (uint64_t v = phone & ((1ULL << 56) - 1); v; v /= 10)
		digit[k++] = (char)('0' + v % 10);
	while (k)
		out[n++] = digit[--k];
	return n;
}
