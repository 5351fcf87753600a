/* ident.c - plain identifiers into tokens, and what is derived from the plain form on the way.
 *
 * Everything here runs for each entity of each record, so nothing allocates and every table is a load or two away. */
#include "event/ident.h"
#include "event/ident_int.h"
#include "event/ident_tables.h"

const char *ident_kind_name(uint32_t i)
{
	static const char *const name[NUMBER_KINDS] = { "",    "mobile",   "landline", "short_code", "service",
		                                            "iot", "overseas", "spoofed",  "opaque" };
	return i < NUMBER_KINDS ? name[i] : "";
}

static const char *const carrier_name[] = { "", "移动", "联通", "电信", "广电", "虚拟" };

const char *ident_carrier_name(uint32_t i)
{
	return i < ARRAY_LEN(carrier_name) ? carrier_name[i] : "";
}

uint32_t ident_carrier_count(void)
{
	return ARRAY_LEN(carrier_name);
}

const char *ident_region_name(uint32_t i)
{
	if (i < ident_table_regions)
		return ident_table_region[i];
	i -= ident_table_regions;
	return i < ident_countries ? ident_country[i].name : "";
}

uint32_t ident_region_count(void)
{
	return ident_table_regions + ident_countries;
}

const char *ident_bank_name(uint32_t i)
{
	return i < ident_table_banks ? ident_table_bank[i] : "";
}

uint32_t ident_bank_count(void)
{
	return ident_table_banks;
}

static uint16_t bank_of(const char *p, size_t n)
{
	if (n < 13 || n > 19)
		return 0;
	uint64_t prefix = 0;
	uint64_t prefixes[IDENT_CARD_PREFIX_MAX + 1];
	for (size_t i = 0; i < IDENT_CARD_PREFIX_MAX; i++) {
		prefix = prefix * 10 + (uint64_t)(p[i] - '0');
		prefixes[i + 1] = prefix;
	}
	for (size_t k = IDENT_CARD_PREFIX_MAX; k >= 3; k--) {
		uint64_t key = prefixes[k] | (uint64_t)k << 40 | (uint64_t)n << 48;
		uint32_t i = (uint32_t)((key * 0x9e3779b97f4a7c15ULL) >> IDENT_CARD_SHIFT);
		while (ident_table_card[i].key) {
			if (ident_table_card[i].key == key)
				return ident_table_card[i].bank;
			i = (i + 1) % IDENT_CARD_SLOTS;
		}
	}
	return 0;
}

static enum err account(struct text t, char *out, size_t *n, struct ident_attrs *attrs, const char **why)
{
	enum {
		ACCOUNT_MAX = 34,
		CARD_MIN = 12
	};
	size_t k = 0, digits = 0, dashes = 0;
	for (size_t i = 0; i < t.n; i++) {
		char c = t.p[i];
		if (c == ' ')
			continue;
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '@';
		if ((!letter && !ident_digit(c) && c != '-') || k == ACCOUNT_MAX) {
			*why = "not an account: up to 34 letters, digits and - _ . @ are";
			return ERR_FORMAT;
		}
		digits += ident_digit(c);
		dashes += c == '-';
		out[k++] = c;
	}
	if (k == 0 || k == dashes) {
		*why = "not an account: there is no letter or digit in it";
		return ERR_FORMAT;
	}
	if (dashes && digits + dashes == k && digits >= CARD_MIN) { /* a card number in groups */
		size_t m = 0;
		for (size_t i = 0; i < k; i++)
			if (out[i] != '-')
				out[m++] = out[i];
		k = m;
	}
	*n = k;
	if (digits == k)
		attrs->bank = bank_of(out, k);
	return ERR_OK;
}

/* GB 11643-1999: weights 2^(17-i) mod 11. */
static char person_check_char(const char *digits17)
{
	static const uint8_t weight[17] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	unsigned sum = 0;
	for (size_t i = 0; i < 17; i++)
		sum += weight[i] * (unsigned)(digits17[i] - '0');
	return "10X98765432"[sum % 11];
}

static bool date_exists(unsigned y, unsigned m, unsigned d)
{
	static const uint8_t days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	if (y < 1850 || y > 2099 || m < 1 || m > 12 || d < 1 || d > days[m - 1])
		return false;
	return m != 2 || d < 29 || (y % 4 == 0 && (y % 100 != 0 || y % 400 == 0));
}

static unsigned number_at(const char *p, size_t n)
{
	unsigned v = 0;
	for (size_t i = 0; i < n; i++)
		v = v * 10 + (unsigned)(p[i] - '0');
	return v;
}

static enum err person(struct text t, char *out, size_t *n, struct ident_attrs *attrs, const char **why)
{
	t = text_trim(t);
	*why = "not an ID number: 17 digits and a check character, or 15 digits, are";
	if (t.n != 18 && t.n != 15)
		return ERR_FORMAT;
	for (size_t i = 0; i < (t.n == 18 ? 17 : 15); i++)
		if (!ident_digit(t.p[i]))
			return ERR_FORMAT;
	if (t.n == 18) {
		memcpy(out, t.p, 18);
		out[17] = out[17] == 'x' ? 'X' : out[17];
	} else {
		memcpy(out, t.p, 6);
		memcpy(out + 6, "19", 2);
		memcpy(out + 8, t.p + 6, 9);
		out[17] = person_check_char(out);
	}
	unsigned year = number_at(out + 6, 4);
	if (!date_exists(year, number_at(out + 10, 2), number_at(out + 12, 2))) {
		*why = "not an ID number: digits 7 to 14 are no date of birth";
		return ERR_FORMAT;
	}
	if (person_check_char(out) != out[17]) {
		*why = "not an ID number: its check character is wrong";
		return ERR_FORMAT;
	}
	attrs->birth_year = (uint16_t)year;
	*n = 18;
	return ERR_OK;
}

static enum err device(struct text t, char *out, size_t *n, const char **why)
{
	size_t k = 0, digits = 0;
	*why = "not a device: an IMEI has 14 to 16 digits, a MAC address 12 hexadecimal ones";
	for (size_t i = 0; i < t.n; i++) {
		char c = t.p[i];
		if (c == '-' || c == ':' || c == ' ' || c == '.')
			continue;
		if (c >= 'A' && c <= 'F')
			c = (char)(c + ('a' - 'A'));
		if ((!ident_digit(c) && (c < 'a' || c > 'f')) || k == 16)
			return ERR_FORMAT;
		digits += ident_digit(c);
		out[k++] = c;
	}
	if (k == 12) {
		*n = 12;
		return ERR_OK;
	}
	if (k < 14 || digits != k)
		return ERR_FORMAT;
	*n = 14;
	return ERR_OK;
}

static bool ends_in_control(const char *p, size_t n)
{
	return n >= 2 && (unsigned char)p[n - 2] == 0xc2 && (unsigned char)p[n - 1] < 0xa0 &&
	       (unsigned char)p[n - 1] >= 0x80;
}

static enum err printable(struct text t, char *out, size_t *n, const char **why)
{
	t = text_trim(t);
	if (t.n == 0 || t.n > EVENT_IDENT_MAX) {
		*why = "not an identifier: 1 to 64 bytes are";
		return ERR_FORMAT;
	}
	bool ascii = true;
	for (size_t i = 0; i < t.n; i++) {
		unsigned char c = (unsigned char)t.p[i];
		ascii = ascii && c < 0x80;
		if (c < 0x20 || c == 0x7f || ends_in_control(t.p, i + 1)) {
			*why = "not an identifier: it holds a control character";
			return ERR_FORMAT;
		}
	}
	if (!ascii && !text_utf8_valid(t)) {
		*why = "not an identifier: it is not UTF-8";
		return ERR_FORMAT;
	}
	memcpy(out, t.p, t.n);
	*n = t.n;
	return ERR_OK;
}

static size_t step_forward(const char *p, size_t n, size_t chars)
{
	size_t i = 0;
	while (chars-- && i < n)
		for (i++; i < n && ((unsigned char)p[i] & 0xc0) == 0x80;)
			i++;
	return i;
}

static size_t chars_of(const char *p, size_t n)
{
	size_t chars = 0;
	for (size_t i = 0; i < n; i++)
		chars += ((unsigned char)p[i] & 0xc0) != 0x80;
	return chars;
}

/* The first and last characters with stars between; p has at least head + tail + 1 characters. */
static void mask(char *shown, const char *p, size_t n, size_t head, size_t tail, const char *stars)
{
	size_t chars = chars_of(p, n);
	size_t h = step_forward(p, n, head), t = step_forward(p, n, chars - tail), s = strlen(stars);
	memcpy(shown, p, h);
	memcpy(shown + h, stars, s);
	memcpy(shown + h + s, p + t, n - t);
	shown[h + s + (n - t)] = 0;
}

/* The same for ASCII, where a character is a byte: the forms of the hot path. */
static inline void mask_ascii(char *shown, const char *p, size_t n, size_t head, size_t tail, const char *stars,
                              size_t s)
{
	memcpy(shown, p, head);
	memcpy(shown + head, stars, s);
	memcpy(shown + head + s, p + n - tail, tail);
	shown[head + s + tail] = 0;
}

static void show_whole(char *shown, const char *p, size_t n)
{
	size_t max = IDENT_SHOWN_BYTES - 1, k = n;
	if (n > max) {
		k = max - 3;
		while (k && ((unsigned char)p[k] & 0xc0) == 0x80)
			k--;
	}
	memcpy(shown, p, k);
	if (n > max)
		memcpy(shown + k, "...", 3);
	shown[k + (n > max ? 3 : 0)] = 0;
}

static void show_other(char *shown, const char *p, size_t n)
{
	size_t chars = chars_of(p, n);
	if (chars < 3)
		memcpy(shown, "***", 4);
	else if (chars < 7)
		mask(shown, p, n, 1, 1, "***");
	else
		mask(shown, p, n, 2, 2, "***");
}

static void show(enum ident_form form, struct ident *id, const char *p, size_t n)
{
	enum number_kind kind = id->attrs.kind;
	if (form == IDENT_PHONE && (kind == NUMBER_SHORT_CODE || kind == NUMBER_SERVICE || n <= 6))
		show_whole(id->shown, p, n); /* public numbers and extensions are nobody's */
	else if (form == IDENT_PHONE && n >= 10)
		mask_ascii(id->shown, p, n, 3, 4, "****", 4);
	else if (form == IDENT_ACCOUNT && n >= 14)
		mask_ascii(id->shown, p, n, 6, 4, "****", 4);
	else if (form == IDENT_PERSON)
		mask_ascii(id->shown, p, n, 6, 4, "********", 8);
	else
		show_other(id->shown, p, n);
}

enum err ident_make(const struct hash_key *key, enum ident_form form, uint32_t kind, enum ident_mode mode,
                    struct text plain, char *scratch, struct ident *out, const char **why)
{
	size_t n = 0;
	enum err e;
	out->attrs = (struct ident_attrs){ 0 };
	if (UNLIKELY(mode == IDENT_ANY)) {
		e = printable(plain, scratch, &n, why);
		out->attrs.kind = form == IDENT_PHONE ? NUMBER_OPAQUE : 0;
	} else {
		switch (form) {
		case IDENT_PHONE: e = ident_phone(plain, scratch, &n, &out->attrs, why); break;
		case IDENT_ACCOUNT: e = account(plain, scratch, &n, &out->attrs, why); break;
		case IDENT_PERSON: e = person(plain, scratch, &n, &out->attrs, why); break;
		case IDENT_DEVICE: e = device(plain, scratch, &n, why); break;
		default: e = printable(plain, scratch, &n, why); break;
		}
	}
	if (UNLIKELY(e != ERR_OK))
		return e;
	out->plain = text_of(scratch, n);
	out->token = hash_token(key, kind, out->plain);
	if (UNLIKELY(mode == IDENT_ANY)) /* anonymised already */
		show_whole(out->shown, scratch, n);
	else
		show(form, out, scratch, n);
	return ERR_OK;
}
