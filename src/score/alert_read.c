/* alert_read.c - see alert_read.h. */
#include "score/alert_read.h"
#include <jansson.h>
#include "base/clock.h"

void alert_reader_init(struct alert_reader *r)
{
	truth_kinds_default(&r->kinds);
	r->record = NULL;
}

void alert_reader_release(struct alert_reader *r)
{
	json_decref(r->record);
	r->record = NULL;
}

static bool load(struct alert_reader *r, struct text line, const char **why)
{
	json_error_t e;

	json_decref(r->record);
	*why = "not a JSON object; each line is a record as duanka detect writes them";
	r->record = line.n <= ALERT_READ_LINE_MAX ? json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, &e) : NULL;
	return json_is_object((json_t *)r->record);
}

static struct text text_in(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return json_is_string(v) ? text_of(json_string_value(v), json_string_length(v)) : (struct text){ NULL, 0 };
}

enum err alert_reader_header(struct alert_reader *r, struct text line, const char **why)
{
	const json_t *names, *name;
	size_t i;

	if (text_starts(line, TEXT("\xef\xbb\xbf")))
		line = text_of(line.p + 3, line.n - 3);
	if (!load(r, line, why))
		return ERR_FORMAT;
	if (!text_eq(text_in(r->record, "duanka"), TEXT("alerts/1"))) {
		*why = "not an alerts file; its first line is {\"duanka\":\"alerts/1\",...}, as duanka detect -o writes it";
		return ERR_FORMAT;
	}
	names = json_object_get(r->record, "entities");
	if (names == NULL)
		return ERR_OK;
	r->kinds = (struct truth_kinds){ 0 };
	*why = "\"entities\" is not a list of 1 to 15 different names";
	json_array_foreach(names, i, name)
	{
		if (!json_is_string(name) ||
		    !truth_kinds_add(&r->kinds, text_of(json_string_value(name), json_string_length(name))))
			return ERR_FORMAT;
	}
	return r->kinds.n > 0 ? ERR_OK : ERR_FORMAT;
}

static bool hex_word(const char *p, uint64_t *out)
{
	*out = 0;
	for (int i = 0; i < 16; i++) {
		char c = p[i];
		uint64_t digit;

		if (c >= '0' && c <= '9')
			digit = (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			digit = (uint64_t)(c - 'a' + 10);
		else
			return false;
		*out = *out << 4 | digit;
	}
	return true;
}

static bool read_about(const struct alert_reader *r, struct score_alert *out, const char **why)
{
	const json_t *about = json_object_get(r->record, "about");
	struct text token = text_in(about, "token");
	int kind = truth_kinds_find(&r->kinds, text_in(about, "kind"));

	if (kind < 0) {
		*why = "\"about\" has no \"kind\" that the header's \"entities\" name";
		return false;
	}
	out->kind = (uint32_t)kind;
	*why = "\"about\" has no \"token\" of 32 hexadecimal digits";
	return token.n == 32 && hex_word(token.p, &out->token.w[0]) && hex_word(token.p + 16, &out->token.w[1]);
}

static bool read_whole(const json_t *o, const char *key, uint64_t *out)
{
	const json_t *v = json_object_get(o, key);

	*out = (uint64_t)json_integer_value(v);
	return json_is_integer(v) && json_integer_value(v) >= 0;
}

static void read_measures(const struct alert_reader *r, struct score_alert *out)
{
	const json_t *m;
	size_t i;
	bool transfer = text_eq(text_in(json_object_get(r->record, "event"), "type"), TEXT("transfer"));

	json_array_foreach(json_object_get(r->record, "measures"), i, m)
	{
		out->warns |= text_eq(text_in(m, "measure"), TEXT("warn"));
		out->delays |= transfer && text_eq(text_in(m, "measure"), TEXT("delay"));
	}
}

enum err alert_reader_alert(struct alert_reader *r, struct text line, struct score_alert *out, const char **why)
{
	struct text mode;
	const json_t *points;

	*out = (struct score_alert){ 0 };
	if (!load(r, line, why))
		return ERR_FORMAT;
	*why = "\"time\" is not an ISO 8601 time";
	if (clock_parse(text_in(r->record, "time"), &clock_shanghai, &out->time_us) != ERR_OK ||
	    out->time_us < TIME_US_MIN || out->time_us >= TIME_US_MAX)
		return ERR_FORMAT;
	out->rule = text_in(r->record, "rule");
	out->source = text_in(r->record, "source");
	*why = "\"rule\" is missing or too long";
	if (out->rule.n == 0 || out->rule.n > SCORE_RULE_NAME_MAX)
		return ERR_FORMAT;
	*why = "\"source\" or \"line\" is missing or too long";
	if (out->source.p == NULL || out->source.n > SCORE_SOURCE_MAX || !read_whole(r->record, "line", &out->line) ||
	    out->line > SCORE_LINE_MAX)
		return ERR_FORMAT;
	*why = "\"position\" is not a whole number";
	if (!read_whole(r->record, "position", &out->position))
		return ERR_FORMAT;
	mode = text_in(r->record, "mode");
	out->shadow = text_eq(mode, TEXT("shadow"));
	*why = "\"mode\" is neither live nor shadow";
	if (!out->shadow && !text_eq(mode, TEXT("live")))
		return ERR_FORMAT;
	*why = "\"severity\" is not none, blue, yellow, red or purple";
	if (!score_severity_parse(text_in(r->record, "severity"), &out->severity))
		return ERR_FORMAT;
	points = json_object_get(r->record, "score");
	*why = "\"score\" is not a whole number";
	if (!json_is_integer(points))
		return ERR_FORMAT;
	out->points = json_integer_value(points);
	if (!read_about(r, out, why))
		return ERR_FORMAT;
	read_measures(r, out);
	*why = NULL;
	return ERR_OK;
}
