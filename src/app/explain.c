/* explain.c - see explain.h. */
#include "app/explain.h"
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include "show/alert_json.h"
#include "base/clock.h"

enum {
	EVIDENCE_LIVE = 20,
	TEXT_COLUMN = 60
};

static const char *text_in(const json_t *o, const char *key)
{
	const char *z = json_string_value(json_object_get(o, key));

	return z != NULL ? z : "";
}

static void pad_z(struct buf *b, const char *z, size_t width)
{
	buf_z(b, z);
	for (size_t n = lang_width(text_z(z)); n < width; n++)
		buf_char(b, ' ');
}

static void labelled(struct buf *b, enum lang l, enum word w, const char *z)
{
	if (*z == 0)
		return;
	buf_z(b, "  ");
	pad_z(b, word(l, w), 10);
	buf_printf(b, "%s\n", z);
}

static const char *entity_name(const json_t *e)
{
	return *text_in(e, "plain") ? text_in(e, "plain") : text_in(e, "shown");
}

/* A grade in the reader's language. */
static const char *grade(const json_t *o, enum lang l)
{
	const char *z = text_in(o, "severity");

	for (enum severity s = SEVERITY_NONE; l == LANG_ZH && s <= SEVERITY_PURPLE; s++)
		if (strcmp(policy_severity_name(s), z) == 0)
			return policy_severity_name_zh(s);
	return z;
}

static void print_head(struct buf *b, const json_t *a, enum lang l)
{
	const json_t *about = json_object_get(a, "about"), *decision = json_object_get(a, "decision");

	buf_printf(b, "%s  [%s]%s%s\n", text_in(a, "id"), grade(a, l), strcmp(text_in(a, "mode"), "live") ? "  " : "",
	           strcmp(text_in(a, "mode"), "live") ? text_in(a, "mode") : "");
	labelled(b, l, WORD_WHY, text_in(json_object_get(a, "because"), l == LANG_ZH ? "zh" : "en"));
	buf_z(b, "  ");
	pad_z(b, word(l, WORD_ABOUT), 10);
	buf_printf(b, "%s %s (%s)\n", text_in(about, "kind"), entity_name(about), text_in(about, "token"));
	labelled(b, l, WORD_WHEN, text_in(a, "time"));
	if (*text_in(a, "source")) {
		buf_z(b, "  ");
		pad_z(b, word(l, WORD_WHERE), 10);
		buf_printf(b, "%s:%" JSON_INTEGER_FORMAT "\n", text_in(a, "source"),
		           json_integer_value(json_object_get(a, "line")));
	}
	buf_z(b, "  ");
	pad_z(b, word(l, WORD_DECISION), 10);
	buf_printf(b, "%s, %s %" JSON_INTEGER_FORMAT "\n", grade(decision, l), word(l, WORD_SCORE),
	           json_integer_value(json_object_get(decision, "score")));
}

static void print_event(struct buf *b, const json_t *a, enum lang l)
{
	json_t *event = json_object_get(a, "event");
	const char *key;
	json_t *v;

	buf_z(b, "  ");
	pad_z(b, word(l, WORD_EVENT), 10);
	buf_z(b, text_in(event, "type"));
	json_object_foreach(event, key, v)
	{
		if (strcmp(key, "type") != 0)
			buf_printf(b, "  %s %s", key,
			           json_is_object(v)      ? entity_name(v)
			           : json_string_value(v) ? json_string_value(v)
			                                  : "");
	}
	buf_char(b, '\n');
}

static void print_rule(struct buf *b, const json_t *rule, enum lang l)
{
	const char *z = text_in(rule, "written");

	if (*z == 0)
		return;
	buf_printf(b, "\n%s (%s:%" JSON_INTEGER_FORMAT ")\n  ", word(l, WORD_RULE_AS_WRITTEN), text_in(rule, "file"),
	           json_integer_value(json_object_get(rule, "line")));
	for (; *z != 0; z++) {
		buf_char(b, *z);
		if (*z == '\n')
			buf_z(b, "  ");
	}
	buf_char(b, '\n');
	labelled(b, l, WORD_SOURCE, text_in(rule, "source"));
}

static void print_values(struct buf *b, const json_t *a, enum lang l)
{
	const json_t *v;
	size_t i;

	buf_printf(b, "\n%s\n", word(l, WORD_COMPARED));
	json_array_foreach(json_object_get(a, "values"), i, v)
	{
		const json_t *truth = json_object_get(v, "truth");

		buf_printf(b, "  %s ", json_is_true(truth) ? "+" : json_is_false(truth) ? "-" : "?");
		pad_z(b, text_in(v, "text"), TEXT_COLUMN);
		if (*text_in(v, "left"))
			buf_printf(b, "  %s %s %s", text_in(v, "left"), text_in(v, "op"), text_in(v, "right"));
		buf_printf(b, "  %s\n",
		           word(l, json_is_true(truth)    ? WORD_HOLDS
		                   : json_is_false(truth) ? WORD_FAILS
		                                          : WORD_UNKNOWN));
	}
}

static void print_flags(struct buf *b, const json_t *e, enum lang l)
{
	const json_t *f;
	size_t i;

	json_array_foreach(json_object_get(e, "flags"), i, f)
	{
		const char *z = json_string_value(f);

		if (z == NULL)
			continue;
		buf_printf(b, "    ! %s\n",
		           word(l, strcmp(z, "evicted") == 0   ? WORD_FLAG_EVICTED
		                   : strcmp(z, "refused") == 0 ? WORD_FLAG_REFUSED
		                                               : WORD_FLAG_SKETCH));
	}
}

static void print_windows(struct buf *b, const json_t *a, enum lang l)
{
	const json_t *e, *item;
	const char *key;
	json_t *v;
	size_t i, k;

	buf_printf(b, "\n%s\n", word(l, WORD_WINDOWS));
	json_array_foreach(json_object_get(a, "evidence"), i, e)
	{
		json_t *items = json_object_get(e, "items");
		json_int_t events = json_integer_value(json_object_get(e, "events"));

		buf_printf(b, "  %s = %s   (%" JSON_INTEGER_FORMAT " %s)\n", text_in(e, "aggregate"), text_in(e, "value"),
		           events, text_in(e, "of"));
		print_flags(b, e, l);
		if ((size_t)events > json_array_size(items) && json_array_size(items) > 0)
			buf_printf(b, "    ... %" JSON_INTEGER_FORMAT " %s\n", events - (json_int_t)json_array_size(items),
			           word(l, WORD_OLDER));
		json_array_foreach(items, k, item)
		{
			buf_printf(b, "    %s", text_in(item, "time"));
			json_object_foreach((json_t *)item, key, v)
			{
				if (strcmp(key, "time") != 0)
					buf_printf(b, "  %s %s", key, json_string_value(v) ? json_string_value(v) : "");
			}
			buf_char(b, '\n');
		}
	}
}

static void print_measures(struct buf *b, const json_t *a, enum lang l)
{
	const json_t *m, *list = json_object_get(a, "measures");
	size_t i;

	if (json_array_size(list) > 0)
		buf_printf(b, "\n%s\n", word(l, WORD_MEASURES));
	json_array_foreach(list, i, m)
	{
		json_int_t us = json_integer_value(json_object_get(m, "duration_us"));

		buf_printf(b, "  %s %s", l == LANG_ZH ? text_in(m, "measure_zh") : text_in(m, "measure"),
		           entity_name(json_object_get(m, "target")));
		if (us > 0) {
			buf_char(b, ' ');
			clock_format_duration(b, us);
		}
		buf_printf(b, "   %s: %s\n", word(l, WORD_BASIS), text_in(m, "basis"));
	}
	list = json_object_get(a, "notify");
	json_array_foreach(list, i, m) labelled(b, l, WORD_NOTIFY, json_string_value(m) ? json_string_value(m) : "");
}

void explain_print(struct buf *b, const struct json_t *alert, const struct json_t *rule, enum lang l)
{
	print_head(b, alert, l);
	print_event(b, alert, l);
	print_rule(b, rule, l);
	print_values(b, alert, l);
	print_windows(b, alert, l);
	print_measures(b, alert, l);
}

void explain_live(void *ctx, const struct alert *a, const struct shower *s)
{
	const struct rule *r = &s->policy->rule[a->rule];
	enum lang l = *(const enum lang *)ctx;
	struct buf record, page;
	json_t *alert, *rule;

	buf_init(&record, 64 << 20);
	buf_init(&page, 64 << 20);
	alert_json(&record, s, a, "", EVIDENCE_LIVE);
	alert = json_loadb(record.p, record.n, 0, NULL);
	rule = json_pack("{s:s%, s:s%, s:s%, s:i}", "written", r->written.p, r->written.n, "source",
	                 r->source.p ? r->source.p : "", r->source.n, "file", s->policy->file[r->span.file].path.p,
	                 s->policy->file[r->span.file].path.n, "line", (int)r->span.line);
	if (alert != NULL) {
		explain_print(&page, alert, rule, l);
		buf_z(&page, "\n");
		fwrite(page.p, 1, page.n, stdout);
	}
	json_decref(alert);
	json_decref(rule);
	buf_release(&record);
	buf_release(&page);
}
