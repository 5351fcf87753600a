/* alert_head.c - the beginning of an alert's line read back; see alert_json.h. Keys stand in the order that alert_json.c writes them in, so that no
 * JSON reader is needed: what is not exactly of that form is no alert. */
#include "base/clock.h"
#include "show/alert_json.h"

static bool expect(struct text *t, const char *z)
{
	size_t n = strlen(z);

	if (t->n < n || memcmp(t->p, z, n) != 0)
		return false;
	*t = text_of(t->p + n, t->n - n);
	return true;
}

static bool number(struct text *t, int64_t *out)
{
	size_t n = 0;

	while (n < t->n && (t->p[n] == '-' || (t->p[n] >= '0' && t->p[n] <= '9')))
		n++;
	if (text_to_int(text_of(t->p, n), out) != ERR_OK)
		return false;
	*t = text_of(t->p + n, t->n - n);
	return true;
}

/* What stands in quotes, as written: none of the texts wanted here has an escape. */
static bool quoted(struct text *t, struct text *out)
{
	const char *end;

	if (!expect(t, "\""))
		return false;
	end = t->n == 0 ? NULL : memchr(t->p, '"', t->n);
	if (end == NULL)
		return false;
	*out = text_of(t->p, (size_t)(end - t->p));
	*t = text_of(end + 1, t->n - out->n - 1);
	return true;
}

static bool severity(struct text name, enum severity *out)
{
	for (*out = SEVERITY_NONE; *out <= SEVERITY_PURPLE; ++*out)
		if (text_eq(name, text_z(policy_severity_name(*out))))
			return true;
	return false;
}

static bool token(struct text hex, struct token *out)
{
	*out = (struct token){ { 0, 0 } };
	for (size_t i = 0; i < hex.n; i++) {
		const char digits[] = "0123456789abcdef", *d = hex.p[i] == 0 ? NULL : strchr(digits, hex.p[i]);

		if (d == NULL || hex.n != 32)
			return false;
		out->w[i / 16] = out->w[i / 16] << 4 | (uint64_t)(d - digits);
	}
	return hex.n == 32;
}

bool alert_head_read(struct text line, struct alert_head *out)
{
	struct text t = line, text, decided, about;
	int64_t position, score;

	*out = (struct alert_head){ .position = 0 };
	if (!expect(&t, "{\"id\":") || !quoted(&t, &text) || !expect(&t, ",\"position\":") || !number(&t, &position) ||
	    !expect(&t, ",\"time\":") || !quoted(&t, &text) || clock_parse(text, &clock_shanghai, &out->time_us) != ERR_OK)
		return false;
	if (!expect(&t, ",\"rule\":") || !quoted(&t, &text) || !expect(&t, ",\"mode\":") || !quoted(&t, &text))
		return false;
	out->live = text_eq(text, TEXT("live"));
	if (!expect(&t, ",\"severity\":") || !quoted(&t, &text) || !expect(&t, ",\"score\":") || !number(&t, &score) ||
	    !expect(&t, ",\"decision\":{\"score\":") || !number(&t, &out->score) || !expect(&t, ",\"severity\":") ||
	    !quoted(&t, &decided) || !severity(decided, &out->severity))
		return false;
	if (!expect(&t, "},\"about\":{\"kind\":") || !quoted(&t, &text) || !expect(&t, ",\"token\":") ||
	    !quoted(&t, &about))
		return false;
	out->position = (uint64_t)position;
	return position > 0 && token(about, &out->about);
}
