/* fuzz_projection.c - bytes that claim to be a line of the file of alerts, as the desk reads them. No read outside; what is read lies in the line and is such as the desk takes; and
 * where Jansson takes the line for JSON as well, both read the same. Input: the line. */
#include <jansson.h>
#include "desk/measure.h"
#include "gateway/projection.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void inside(struct text part, struct text line)
{
	CHECK(part.n == 0 || (part.p >= line.p && part.p + part.n <= line.p + line.n));
}

static void judge(const struct alert_line *l, struct text line)
{
	json_t *j = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, NULL);
	const json_t *rule = json_object_get(j, "rule"), *measures = json_object_get(j, "measures");

	if (json_is_object(j)) {
		CHECK((uint64_t)json_integer_value(json_object_get(j, "position")) == l->position);
		CHECK(json_is_string(rule) && json_is_object(json_object_get(j, "event")));
		if (memchr(l->rule.p, '\\', l->rule.n) == NULL)
			CHECK(text_eq(l->rule, text_of(json_string_value(rule), json_string_length(rule))));
		CHECK(json_array_size(measures) == l->n);
	}
	json_decref(j);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct text line = text_of((const char *)p, n);
	struct alert_entity e;
	struct alert_line l;
	struct desk_code code;

	if (n > 1 << 16)
		return 0;
	if (n < 100) {
		code = rule_code(line);
		CHECK(n == 0 || desk_code_ok(text_of(code.p, code.n)));
		CHECK(basis_named(line, MEASURE_OF_SUSPEND) < DESK_BASES);
	}
	if (!alert_line_read(line, &l))
		return 0;
	CHECK(l.position > 0 && l.grade <= 3 && l.n <= ALERT_MEASURES_MAX);
	inside(l.rule, line);
	inside(l.on, line);
	inside(l.event, line);
	code = rule_code(l.rule);
	CHECK(desk_code_ok(text_of(code.p, code.n)));
	for (uint32_t i = 0; i < l.n; i++) {
		const struct alert_measure *m = &l.measure[i];

		CHECK(m->measure < DESK_MEASURES && m->basis < DESK_BASES);
		inside(m->target.kind, line);
		inside(m->field, line);
		if (alert_line_field(&l, m->field, &e))
			inside(e.kind, line);
	}
	judge(&l, line);
	return 0;
}
