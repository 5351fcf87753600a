/* summary.c - see summary.h. Columns are padded by their width on a terminal, where Chinese characters take two. */
#include "app/summary.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	EXAMPLE_INDENT = 19,
	COLUMNS_MIN = 60
};

struct page {
	struct buf *b;
	const struct run *r;
	enum lang l;
	bool colour;
	size_t columns;
};

static void pad(struct buf *b, struct text t, size_t width)
{
	size_t n = lang_width(t);

	buf_text(b, t);
	for (; n < width; n++)
		buf_char(b, ' ');
}

static void number(struct buf *b, uint64_t v, int width)
{
	char digits[32], out[48];
	int n = snprintf(digits, sizeof(digits), "%" PRIu64, v), k = 0;

	for (int i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			out[k++] = ',';
		out[k++] = digits[i];
	}
	out[k] = 0;
	buf_printf(b, "%*s", width, out);
}

static void heading(const struct page *p, enum word w)
{
	buf_printf(p->b, "\n%s%s%s\n", p->colour ? "\033[1m" : "", word(p->l, w), p->colour ? "\033[0m" : "");
}

static const char *severity_colour(enum severity s)
{
	static const char *const codes[] = { "", "\033[34m", "\033[33m", "\033[31m", "\033[35m" };

	return codes[s];
}

static void severity(const struct page *p, enum severity s)
{
	const char *name = p->l == LANG_ZH ? policy_severity_name_zh(s) : policy_severity_name(s);

	buf_z(p->b, p->colour ? severity_colour(s) : "");
	pad(p->b, text_z(name), 7);
	buf_z(p->b, p->colour ? "\033[0m" : "");
}

/* What may not be torn apart: a Latin word, or one other character. */
static size_t next_word(const char *z)
{
	size_t n = 1;

	if ((unsigned char)z[0] < 0x80 && z[0] != ' ') {
		while (z[n] > ' ' && (unsigned char)z[n] < 0x80)
			n++;
		return n;
	}
	while (((unsigned char)z[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* The text on lines of at most `width` columns, the later ones indented. */
static void wrapped(const struct page *p, const char *z, size_t indent, size_t width)
{
	size_t column = 0;

	while (*z != 0) {
		size_t n = next_word(z), w = lang_width(text_of(z, n));

		if (column > 0 && column + w > width) {
			buf_printf(p->b, "\n%*s", (int)indent, "");
			column = 0;
			z += strspn(z, " ");
			continue;
		}
		buf_add(p->b, z, n);
		column += w;
		z += n;
	}
	buf_char(p->b, '\n');
}

static void line(const struct page *p, uint64_t v, enum word w)
{
	buf_z(p->b, "  ");
	number(p->b, v, 13);
	buf_printf(p->b, "  %s\n", word(p->l, w));
}

uint64_t summary_quarantined(const struct run *r)
{
	return r->counts.bad + r->late + r->refused;
}

static void counts(const struct page *p)
{
	const struct run *r = p->r;

	line(p, r->counts.read, WORD_EVENTS_READ);
	line(p, r->accepted, WORD_ACCEPTED);
	line(p, summary_quarantined(r), WORD_QUARANTINED);
	if (r->counts.skipped > 0)
		line(p, r->counts.skipped, WORD_SKIPPED);
	if (r->counts.unknown_keys > 0)
		line(p, r->counts.unknown_keys, WORD_UNKNOWN_KEYS);
	line(p, r->n_alerts, WORD_ALERTS);
}

static void reasons(const struct page *p)
{
	bool any = false;

	for (uint32_t i = 0; i < BAD_REASONS; i++) {
		const struct run_bad *b = &p->r->bad[i];

		if (b->n == 0)
			continue;
		if (!any)
			heading(p, WORD_BY_REASON);
		any = true;
		buf_z(p->b, "  ");
		number(p->b, b->n, 13);
		buf_printf(p->b, "  %s (%s %s:%" PRIu64 ")\n", b->message, word(p->l, WORD_FIRST_AT), b->path ? b->path : "?",
		           b->line);
	}
}

static int by_severity(const void *a, const void *b)
{
	const struct rule *x = *(const struct rule *const *)a, *y = *(const struct rule *const *)b;

	if ((x->mode == RULE_LIVE) != (y->mode == RULE_LIVE))
		return x->mode == RULE_LIVE ? -1 : 1;
	if (x->severity != y->severity)
		return x->severity > y->severity ? -1 : 1;
	return text_cmp(x->name, y->name);
}

static void one_rule(const struct page *p, const struct rule *rule)
{
	uint32_t index = (uint32_t)(rule - p->r->loaded.policy.rule);
	const struct engine_rule_stats *s = engine_rule_stats(p->r->engine, index);
	bool marked = rule->mode == RULE_SHADOW || s->suppressed > 0 || s->exempted > 0; /* something follows the name */

	if (s->alerts == 0 && s->exempted == 0)
		return;
	buf_z(p->b, "  ");
	number(p->b, s->alerts, 8);
	buf_z(p->b, "  ");
	severity(p, rule->severity);
	pad(p->b, rule->name, marked ? 21 : 0);
	if (rule->mode == RULE_SHADOW)
		buf_printf(p->b, " [%s]", word(p->l, WORD_SHADOW));
	if (s->suppressed > 0) {
		buf_printf(p->b, " (%s ", word(p->l, WORD_SUPPRESSED));
		number(p->b, s->suppressed, 0);
		buf_z(p->b, ")");
	}
	if (s->exempted > 0) {
		buf_printf(p->b, " (%s ", word(p->l, WORD_EXEMPTED));
		number(p->b, s->exempted, 0);
		buf_z(p->b, ")");
	}
	if (p->r->rule[index].example[0] != 0) {
		buf_printf(p->b, "\n%*s", EXAMPLE_INDENT, "");
		wrapped(p, p->r->rule[index].example, EXAMPLE_INDENT, p->columns - EXAMPLE_INDENT);
	} else {
		buf_char(p->b, '\n');
	}
}

static void rules(const struct page *p)
{
	const struct policy *po = &p->r->loaded.policy;
	const struct rule *sorted[POLICY_RULES_MAX];

	heading(p, WORD_BY_RULE);
	if (p->r->n_alerts == 0)
		buf_printf(p->b, "  %s\n", word(p->l, WORD_NONE));
	for (uint32_t i = 0; i < po->n_rules; i++)
		sorted[i] = &po->rule[i];
	qsort(sorted, po->n_rules, sizeof(sorted[0]), by_severity);
	for (uint32_t i = 0; i < po->n_rules; i++)
		one_rule(p, sorted[i]);
}

static void suspects(const struct page *p)
{
	struct suspect s[RUN_SUSPECTS];
	uint32_t n = run_suspects(p->r, s, RUN_SUSPECTS);
	struct buf who;

	if (n == 0)
		return;
	heading(p, WORD_SUSPECTS);
	buf_init(&who, 4096);
	for (uint32_t i = 0; i < n; i++) {
		buf_clear(&who);
		show_entity(&who, &p->r->shower, p->r->engine, s[i].entity);
		buf_z(p->b, "  ");
		pad(p->b, buf_view(&who), 22);
		pad(p->b, p->r->loaded.policy.schema.entity[s[i].entity.kind].name, 9);
		severity(p, s[i].severity);
		buf_printf(p->b, "%s %4" PRId64 "   ", word(p->l, WORD_SCORE), s[i].score);
		number(p->b, s[i].alerts, 0);
		buf_printf(p->b, " %s\n", word(p->l, WORD_ALERTS));
	}
	buf_release(&who);
}

static void limits(const struct page *p, const struct engine_stats *s)
{
	const struct {
		uint64_t n;
		enum word w;
	} met[] = { { s->evicted, WORD_LIMIT_EVICTED },
		        { s->ring_refused, WORD_LIMIT_REFUSED },
		        { s->sketched, WORD_LIMIT_SKETCHED },
		        { s->no_memory, WORD_LIMIT_MEMORY } };
	bool any = false;

	for (size_t i = 0; i < ARRAY_LEN(met); i++) {
		if (met[i].n == 0)
			continue;
		if (!any)
			heading(p, WORD_LIMITS);
		any = true;
		line(p, met[i].n, met[i].w);
	}
}

void summary_print(struct buf *b, const struct run *r, double seconds, bool colour, size_t columns, bool interrupted)
{
	struct page p = { b, r, r->o->lang, colour, columns < COLUMNS_MIN ? COLUMNS_MIN : columns };
	struct engine_stats s;

	engine_stats(r->engine, &s);
	if (interrupted)
		buf_printf(b, "%s\n", word(p.l, WORD_INTERRUPTED));
	counts(&p);
	reasons(&p);
	rules(&p);
	suspects(&p);
	limits(&p, &s);
	buf_printf(b, "\n%s %.2f s, ", word(p.l, WORD_TIME), seconds);
	number(b, seconds > 0 ? (uint64_t)((double)r->counts.read / seconds) : 0, 0);
	buf_printf(b, " %s; %s %.1f MiB\n", word(p.l, WORD_PER_SECOND), word(p.l, WORD_STATE),
	           (double)(s.state_bytes + s.entity_bytes) / (1 << 20));
	if (r->o->alerts_path != NULL)
		buf_printf(b, "%s %s\n", word(p.l, WORD_ALERTS_IN), r->o->alerts_path);
	if (summary_quarantined(r) > 0 && r->o->quarantine_path != NULL)
		buf_printf(b, "%s %s\n", word(p.l, WORD_QUARANTINE_IN), r->o->quarantine_path);
}
