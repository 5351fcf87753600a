/* projection_alert.c - an alert's line read without building a tree of it: members are met in the order in which alert_json.c writes them, and what
 * is not wanted is stepped over. Bursts of alerts are read here, so each byte is looked at once. */
#include <string.h>
#include "base/clock.h"
#include "desk/incident.h"
#include "desk/measure.h"
#include "event/ident.h"
#include "gateway/projection.h"
#include "policy/policy.h"

/* ---- a line, from its front ---- */

static bool take(struct text *t, const char *z)
{
	size_t n = strlen(z);

	if (t->n < n || memcmp(t->p, z, n) != 0)
		return false;
	*t = text_of(t->p + n, t->n - n);
	return true;
}

/* Behind the string whose first byte is at i; 0: it does not end. */
static size_t string_end(struct text t, size_t i)
{
	for (size_t from = i;;) {
		const char *quote = memchr(t.p + i, '"', t.n - i);
		size_t slashes = 0;

		if (quote == NULL)
			return 0;
		i = (size_t)(quote - t.p);
		while (slashes < i - from && t.p[i - 1 - slashes] == '\\')
			slashes++;
		i++;
		if (slashes % 2 == 0)
			return i;
	}
}

/* What stands between quotes, escapes as written. */
static bool take_string(struct text *t, struct text *out)
{
	size_t end = t->n > 0 && t->p[0] == '"' ? string_end(*t, 1) : 0;

	if (end == 0)
		return false;
	*out = text_of(t->p + 1, end - 2);
	*t = text_of(t->p + end, t->n - end);
	return true;
}

/* A string, an object, an array, or a word, with its quotes or brackets. Brackets are counted, not matched: what is wanted from inside is looked at there. */
static bool take_value(struct text *t, struct text *out)
{
	uint32_t depth = 0;
	size_t i = 0;

	for (; i < t->n; i++) {
		char c = t->p[i];

		if (c == '"') {
			i = string_end(*t, i + 1);
			if (i == 0)
				return false;
			i--;
		} else if (c == '{' || c == '[') {
			depth++;
		} else if (depth == 0 && (c == ',' || c == '}' || c == ']')) {
			break;
		} else if (c == '}' || c == ']') {
			depth--;
		}
	}
	*out = text_of(t->p, i);
	*t = text_of(t->p + i, t->n - i);
	return depth == 0 && i > 0;
}

/* Goes on to the value of the member of this name: t stands behind { or behind a value. */
static bool find_member(struct text *t, const char *name)
{
	struct text key, value;

	for (;;) {
		take(t, ",");
		if (!take_string(t, &key) || !take(t, ":"))
			return false;
		if (text_eq(key, text_z(name)))
			return true;
		if (!take_value(t, &value))
			return false;
	}
}

static bool string_member(struct text *t, const char *name, struct text *out)
{
	return find_member(t, name) && take_string(t, out);
}

static bool value_member(struct text *t, const char *name, struct text *out)
{
	return find_member(t, name) && take_value(t, out);
}

static bool number_member(struct text *t, const char *name, uint64_t *out)
{
	struct text digits;
	int64_t v;

	if (!value_member(t, name, &digits) || text_to_int(digits, &v) != ERR_OK || v < 0)
		return false;
	*out = (uint64_t)v;
	return true;
}

/* ---- its parts ---- */

static bool entity(struct text object, struct alert_entity *out)
{
	struct text hex;

	return take(&object, "{") && string_member(&object, "kind", &out->kind) && string_member(&object, "token", &hex) &&
	       token_parse(hex, &out->token);
}

/* The one field of the event itself among what was read: "this:transfer.payer". */
static struct text field_read(struct text reads)
{
	struct text found = TEXT(""), s;

	if (!take(&reads, "["))
		return found;
	while (take_string(&reads, &s)) {
		const char *dot;

		if (text_starts(s, TEXT("this:")) && (dot = memchr(s.p, '.', s.n)) != NULL) {
			if (found.n > 0)
				return TEXT("");
			found = text_of(dot + 1, (size_t)(s.p + s.n - dot) - 1);
		}
		take(&reads, ",");
	}
	return found;
}

static uint8_t measure_named(struct text name)
{
	for (int m = 0; m < MEASURE_COUNT; m++)
		if (text_eq(name, text_z(policy_measure_name((enum measure)m))))
			return (uint8_t)(m + 1);
	return 0;
}

/* {"measure":"warn","measure_zh":"..","target":{..,"reads":[..]},"duration_us":1,"basis":".."}; "reads" of its own if the target is not known */
static bool measure(struct text object, struct alert_measure *out)
{
	struct text t, from, name, target, reads, basis;

	if (!take(&object, "{") || !string_member(&object, "measure", &name))
		return false;
	*out = (struct alert_measure){ .measure = measure_named(name) };
	t = object;
	if (value_member(&t, "target", &target)) {
		if (!entity(target, &out->target))
			return false;
		from = target;
		take(&from, "{");
	} else {
		from = object;
	}
	if (value_member(&from, "reads", &reads))
		out->field = field_read(reads);
	if (!string_member(&object, "basis", &basis))
		return false;
	out->basis = basis_named(basis, out->measure);
	return true;
}

static bool measures(struct text list, struct alert_line *out)
{
	struct text object;

	if (!take(&list, "["))
		return false;
	while (out->n < ALERT_MEASURES_MAX && list.n > 0 && list.p[0] == '{') {
		if (!take_value(&list, &object) || !measure(object, &out->measure[out->n]))
			return false;
		out->n++;
		take(&list, ",");
	}
	return list.n > 0 && list.p[0] == ']';
}

static bool grade_named(struct text severity, struct alert_line *out)
{
	for (int s = SEVERITY_NONE; s <= SEVERITY_PURPLE; s++)
		if (text_eq(severity, text_z(policy_severity_name((enum severity)s)))) {
			out->severity = (uint8_t)s;
			out->grade = (uint8_t)(s > SEVERITY_NONE ? s - 1 : 0);
			return true;
		}
	return false;
}

bool alert_line_read(struct text line, struct alert_line *out)
{
	struct text t = line, text, list;

	*out = (struct alert_line){ .position = 0 };
	if (!take(&t, "{") || !number_member(&t, "position", &out->position) || out->position == 0 ||
	    !string_member(&t, "time", &text) || clock_parse(text, &clock_shanghai, &out->time_us) != ERR_OK ||
	    !string_member(&t, "rule", &out->rule) || !string_member(&t, "mode", &text))
		return false;
	out->live = text_eq(text, TEXT("live"));
	if (!string_member(&t, "severity", &text) || !grade_named(text, out) || !string_member(&t, "on", &out->on) ||
	    (take(&t, ",\"scam\":") && !take_string(&t, &out->scam)))
		return false;
	return value_member(&t, "event", &out->event) && value_member(&t, "measures", &list) && measures(list, out);
}

bool alert_line_field(const struct alert_line *l, struct text name, struct alert_entity *out)
{
	struct text t = l->event, key, value;

	if (name.n == 0 || !take(&t, "{"))
		return false;
	while (take_string(&t, &key) && take(&t, ":") && take_value(&t, &value)) {
		if (text_eq(key, name))
			return entity(value, out);
		take(&t, ",");
	}
	return false;
}

/* ---- names ---- */

enum desk_entity_kind desk_entity_named(struct text kind)
{
	static const struct {
		const char *name;
		enum desk_entity_kind kind;
	} known[] = { { "person", DESK_PERSON },
		          { "phone", DESK_PHONE },
		          { "account", DESK_BANK_ACCOUNT },
		          { "device", DESK_DEVICE },
		          { "cell", DESK_CELL } };

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (text_eq(kind, text_z(known[i].name)))
			return known[i].kind;
	return DESK_ENTITY_NONE;
}

uint8_t scam_named(struct text name)
{
	for (uint32_t i = 1; i < desk_scams.n; i++)
		if (text_eq(name, text_z(desk_scams.choice[i].name)) || text_eq(name, text_z(desk_scams.choice[i].zh)))
			return (uint8_t)i;
	return 0;
}

struct desk_code rule_code(struct text name)
{
	struct desk_code c = { .n = 0 };
	uint64_t h = 0xcbf29ce484222325ULL; /* FNV-1a: rules are the policy's, nobody picks names to collide */
	uint32_t digits = 0;

	if (name.n <= DESK_CODE_MAX && desk_code_ok(name)) {
		c.n = (uint8_t)name.n;
		memcpy(c.p, name.p, name.n);
		return c;
	}
	for (size_t i = 0; i < name.n; i++) {
		char ch = name.p[i];

		h = (h ^ (unsigned char)ch) * 0x100000001b3ULL;
		if (c.n == DESK_CODE_MAX - 17 || !desk_code_ok(text_of(&ch, 1)) ||
		    (digits == DESK_DIGITS_MAX && ch >= '0' && ch <= '9'))
			continue;
		digits = ch >= '0' && ch <= '9' ? digits + 1 : 0; /* in a row in what is kept */
		c.p[c.n++] = ch;
	}
	if (c.n > 0)
		c.p[c.n++] = '.';
	for (h = hash_mix(h), digits = 0; digits < 16; digits++, h >>= 4)
		c.p[c.n++] = (char)('a' + (h & 15));
	return c;
}

struct found_bases {
	uint32_t measure;
	uint8_t first, allows;
};

static void found(struct found_bases *f, uint32_t basis)
{
	if (basis == 0)
		return;
	if (f->first == 0)
		f->first = (uint8_t)basis;
	if (f->allows == 0 && f->measure < DESK_MEASURES && desk_basis_allows(basis, f->measure))
		f->allows = (uint8_t)basis;
}

static uint32_t article(uint32_t number)
{
	static const uint8_t of[][2] = { { 11, BASIS_AFL_11 }, { 12, BASIS_AFL_12 }, { 14, BASIS_AFL_14 },
		                             { 18, BASIS_AFL_18 }, { 20, BASIS_AFL_20 }, { 24, BASIS_AFL_24 },
		                             { 31, BASIS_AFL_31 }, { 34, BASIS_AFL_34 } };

	for (size_t i = 0; i < ARRAY_LEN(of); i++)
		if (of[i][0] == number)
			return of[i][1];
	return 0;
}

/* "11, 14" behind the name of the law. */
static void articles(struct found_bases *f, struct text t)
{
	uint32_t number = 0;

	for (size_t i = 0; i <= t.n; i++) {
		char c = i < t.n ? t.p[i] : 0;

		if (c >= '0' && c <= '9' && number < 1000) {
			number = number * 10 + (uint32_t)(c - '0');
			continue;
		}
		found(f, article(number));
		number = 0;
		if (c != ',' && c != ' ')
			return;
	}
}

#define NAMED(z, basis)         \
	{                           \
		z, sizeof(z) - 1, basis \
	}
static const struct basis_name {
	const char *name;
	uint8_t n, basis; /* basis 0: the law; its articles follow */
} basis_names[] = { NAMED("反电信网络诈骗法第", 0),
	                NAMED("反电信网络诈骗法 Art ", 0),
	                NAMED("AFL Art ", 0),
	                NAMED("AFL-", 0),
	                NAMED("〔2016〕86号", BASIS_YF_2016_86),
	                NAMED("〔2016〕261号", BASIS_YF_2016_261),
	                NAMED("〔2019〕85号", BASIS_YF_2019_85),
	                NAMED("〔2020〕9号", BASIS_IOT_2020),
	                NAMED("MIIT/MPS notice June 2021", BASIS_MIIT_2021),
	                NAMED("2021年6月通告", BASIS_MIIT_2021),
	                NAMED("联合惩戒办法", BASIS_JOINT_2024),
	                NAMED("刑事诉讼法第144条", BASIS_CPL_144),
	                NAMED("YF-2016-86", BASIS_YF_2016_86),
	                NAMED("YF-2016-261", BASIS_YF_2016_261),
	                NAMED("YF-2019-85", BASIS_YF_2019_85),
	                NAMED("MIIT-2021", BASIS_MIIT_2021),
	                NAMED("IOT-2020", BASIS_IOT_2020),
	                NAMED("JOINT-2024", BASIS_JOINT_2024),
	                NAMED("CPL-144", BASIS_CPL_144) };

uint8_t basis_named(struct text basis, uint32_t measure)
{
	struct found_bases f = { .measure = measure };
	bool begins[256] = { false }; /* a name, with this byte */

	for (size_t k = 0; k < ARRAY_LEN(basis_names); k++)
		begins[(unsigned char)basis_names[k].name[0]] = true;
	for (size_t i = 0; i < basis.n; i++)
		for (size_t k = 0; begins[(unsigned char)basis.p[i]] && k < ARRAY_LEN(basis_names); k++) {
			const struct basis_name *b = &basis_names[k];

			if (basis.p[i] != b->name[0] || b->n > basis.n - i || memcmp(basis.p + i, b->name, b->n) != 0)
				continue;
			if (b->basis != 0)
				found(&f, b->basis);
			else
				articles(&f, text_of(basis.p + i + b->n, basis.n - i - b->n));
		}
	return f.allows != 0 ? f.allows : f.first;
}
