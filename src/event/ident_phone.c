/* ident_phone.c - what a number is, from the way it is written (national numbering plan, 电信网编号计划 2017; ITU E.164).
 *
 * The order of the questions matters: what is plainly a mobile number leaves first. A form that no network would ever
 * present keeps its written text, sign and zeroes included, so that it can't share a token with the number it apes.
 * What has more digits than any number is none, and no spoofed one either: E.164 has 15 behind a leading +, 00 or a choice of carrier; service numbers of the 106 range grow to 20 by codes of their own.
 * This says nothing about who holds the number now: ported numbers keep the network they were first given by. */
#include "event/ident_int.h"
#include "event/ident_tables.h"

enum {
	PHONE_WRITTEN_MAX = 24, /* with +, or a choice of carrier and 00 */
	E164_DIGITS_MAX = 15,
	SERVICE_DIGITS_MAX = 20,
	CARRIER_CHOICE_DIGITS = 5
};

struct number {
	const char *p; /* digits */
	size_t n;
	char *out; /* canonical */
	size_t *out_n;
	struct ident_attrs *attrs;
};

static unsigned digits_value(const char *p, size_t n)
{
	unsigned v = 0;
	for (size_t i = 0; i < n; i++)
		v = v * 10 + (unsigned)(p[i] - '0');
	return v;
}

uint16_t ident_mobile_region(const char *p)
{
	unsigned block = digits_value(p, 5) - 13000;
	if (block >= 7000)
		return 0;
	return ident_table_mobile[ident_table_block[block]][digits_value(p + 5, 2)];
}

static bool is_mobile(const char *p, size_t n)
{
	return n == 11 && p[0] == '1' && p[1] >= '3';
}

static bool is_short_code(const char *p, size_t n)
{
	if (p[0] == '1')
		return (n >= 3 && n <= 5) || (n == 6 && p[1] == '1' && p[2] == '8');
	return n >= 5 && n <= 12 && p[0] == '9' && (p[1] == '5' || (p[1] == '6' && n <= 8));
}

/* Area code and number without the 0 of long distance: 10 and 2x take 8 digits, the others 7 or 8. */
static bool is_landline(const char *p, size_t n)
{
	if (n < 10 || n > 11 || p[0] == '0')
		return false;
	if (p[0] == '2' || (p[0] == '1' && p[1] == '0'))
		return n == 10 && p[2] >= '2';
	return p[0] >= '3' && p[0] <= '9' && p[3] >= '1';
}

static enum err give(struct number *d, const char *lead, const char *p, size_t n, enum number_kind kind)
{
	size_t k = strlen(lead);
	memcpy(d->out, lead, k);
	memcpy(d->out + k, p, n);
	*d->out_n = k + n;
	d->attrs->kind = (uint8_t)kind;
	return ERR_OK;
}

static enum err give_mobile(struct number *d, const char *p)
{
	d->attrs->region = ident_mobile_region(p);
	d->attrs->carrier = ident_table_carrier[digits_value(p, 4) - 1000];
	return give(d, "", p, 11, NUMBER_MOBILE);
}

static enum err give_landline(struct number *d, const char *p, size_t n)
{
	bool two = p[0] == '2' || p[0] == '1';
	d->attrs->region = ident_table_area[digits_value(p, two ? 2 : 3)];
	return give(d, "0", p, n, NUMBER_LANDLINE);
}

static bool starts(const struct number *d, const char *z)
{
	size_t n = strlen(z);
	return d->n >= n && memcmp(d->p, z, n) == 0;
}

/* 13-digit numbers of things: 1064x of the three operators, 14x of the second generation of the plan. */
static bool is_iot(const struct number *d)
{
	return d->n == 13 && (starts(d, "1064") || starts(d, "140") || starts(d, "141") || starts(d, "144") ||
	                      starts(d, "146") || starts(d, "148") || starts(d, "149"));
}

static uint16_t country_of(const char *p, size_t n)
{
	for (size_t k = n < 4 ? n : 4; k > 0; k--) {
		unsigned code = digits_value(p, k);
		uint32_t lo = 0, hi = ident_countries;
		while (lo < hi) {
			uint32_t mid = lo + (hi - lo) / 2;
			if (ident_country[mid].code < code)
				lo = mid + 1;
			else
				hi = mid;
		}
		if (lo < ident_countries && ident_country[lo].code == code)
			return (uint16_t)(ident_table_regions + lo);
	}
	return 0;
}

/* After + or 00. False: no number is written like that. */
static bool international(struct number *d)
{
	const char *p = d->p;
	size_t n = d->n;
	if (n > 2 && p[0] == '8' && p[1] == '6') {
		p += 2;
		n -= 2;
		if (n > 0 && p[0] == '0') {
			p++;
			n--;
		}
		if (is_mobile(p, n))
			return give_mobile(d, p) == ERR_OK;
		if (n == 10 && (memcmp(p, "400", 3) == 0 || memcmp(p, "800", 3) == 0))
			return give(d, "", p, n, NUMBER_SERVICE) == ERR_OK;
		return is_landline(p, n) && give_landline(d, p, n) == ERR_OK;
	}
	if (n < 7 || n > 15 || p[0] == '0' || is_short_code(p, n))
		return false;
	d->attrs->region = country_of(p, n);
	return d->attrs->region && give(d, "+", p, n, NUMBER_OVERSEAS) == ERR_OK;
}

/* Codes dialled before a number to choose who carries the call. */
static void drop_carrier_choice(struct number *d)
{
	static const char code[][6] = { "17951", "12593", "17909", "17911", "17931", "10193", "11808", "17969", "17910" };
	if (d->n < 12 || d->p[0] != '1')
		return;
	for (size_t i = 0; i < ARRAY_LEN(code); i++) {
		if (memcmp(d->p, code[i], CARRIER_CHOICE_DIGITS) == 0) {
			d->p += CARRIER_CHOICE_DIGITS;
			d->n -= CARRIER_CHOICE_DIGITS;
			return;
		}
	}
}

static bool domestic(struct number *d)
{
	drop_carrier_choice(d);
	if (is_mobile(d->p, d->n))
		return give_mobile(d, d->p) == ERR_OK;
	if (is_iot(d))
		return give(d, "", d->p, d->n, NUMBER_IOT) == ERR_OK;
	if ((d->n >= 8 && d->n <= SERVICE_DIGITS_MAX && starts(d, "106")) ||
	    (d->n == 10 && (starts(d, "400") || starts(d, "800"))))
		return give(d, "", d->p, d->n, NUMBER_SERVICE) == ERR_OK;
	if (is_short_code(d->p, d->n))
		return give(d, "", d->p, d->n, NUMBER_SHORT_CODE) == ERR_OK;
	if (d->n > 1 && d->p[0] == '0') {
		if (is_mobile(d->p + 1, d->n - 1))
			return give_mobile(d, d->p + 1) == ERR_OK;
		return is_landline(d->p + 1, d->n - 1) && give_landline(d, d->p + 1, d->n - 1) == ERR_OK;
	}
	if (d->n >= 12 && d->p[0] == '8' && d->p[1] == '6') {
		if (is_mobile(d->p + 2, d->n - 2))
			return give_mobile(d, d->p + 2) == ERR_OK;
		return is_landline(d->p + 2, d->n - 2) && give_landline(d, d->p + 2, d->n - 2) == ERR_OK;
	}
	if (d->n <= 6) /* an extension behind a switchboard */
		return give(d, "", d->p, d->n, NUMBER_UNKNOWN) == ERR_OK;
	if (d->n <= 8 && d->p[0] >= '2')
		return give(d, "", d->p, d->n, NUMBER_LANDLINE) == ERR_OK;
	return is_landline(d->p, d->n) && give_landline(d, d->p, d->n) == ERR_OK;
}

static bool dropped(char c)
{
	return c == ' ' || c == '-' || c == '(' || c == ')' || c == '\t';
}

/* Digits with at most a leading +; 0 if there is anything else. What is longer than any number is cut to PHONE_WRITTEN_MAX + 1. */
static size_t clean(struct text t, char *out)
{
	size_t n = 0;
	for (size_t i = 0; i < t.n; i++) {
		char c = t.p[i];
		if (dropped(c))
			continue;
		if (!ident_digit(c) && (c != '+' || n))
			return 0;
		if (n <= PHONE_WRITTEN_MAX)
			out[n++] = c;
	}
	return n;
}

/* Whether it has more digits than a number can have behind what is dialled before it. */
static bool too_long(const char *p, size_t n)
{
	struct number d = { .p = p, .n = n };

	if (starts(&d, "106"))
		return n > SERVICE_DIGITS_MAX;
	drop_carrier_choice(&d);
	if (starts(&d, "+") || starts(&d, "00")) {
		size_t lead = d.p[0] == '+' ? 1 : 2;

		d.n -= lead;
	}
	return d.n > E164_DIGITS_MAX;
}

enum err ident_phone(struct text t, char *out, size_t *n, struct ident_attrs *attrs, const char **why)
{
	char buf[PHONE_WRITTEN_MAX + 1];
	size_t k = clean(t, buf);
	struct number d = { buf, k, out, n, attrs };
	if (k == 0 || (k == 1 && buf[0] == '+')) {
		*why = "not a phone number: digits, blanks, dashes, brackets and a leading + are";
		return ERR_FORMAT;
	}
	if (k == 11 && is_mobile(buf, k))
		return give_mobile(&d, buf);
	if (k > E164_DIGITS_MAX && too_long(buf, k)) {
		*why = "not a phone number: it has more than 15 digits, or 20 of a service number that begins with 106";
		return ERR_FORMAT;
	}
	bool known;
	if (buf[0] == '+') {
		d.p++;
		d.n--;
		known = international(&d);
	} else if (k > 2 && buf[0] == '0' && buf[1] == '0') {
		d.p += 2;
		d.n -= 2;
		known = international(&d);
	} else {
		known = domestic(&d);
	}
	if (known)
		return ERR_OK;
	*attrs = (struct ident_attrs){ 0 };
	d.out = out;
	return give(&d, "", buf, k, NUMBER_SPOOFED);
}
