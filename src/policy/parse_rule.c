/* parse_rule.c - rules, exemptions and policy tests.
 *
 * A because text is parsed where it stands: literal bytes, and expressions in braces read by a second parser over the same
 * bytes, so that their places in messages are right. */
#include "policy/parse.h"

/* ---- because ---- */

static void part_add(struct parser *ps, struct ast_part ***tail, struct text text, struct ast *expr)
{
	if (expr == NULL && text.n == 0)
		return;
	struct ast_part *x = front_alloc(ps->f, sizeof(*x));
	x->text = text;
	x->expr = expr;
	**tail = x;
	*tail = &x->next;
}

static void lex_over(struct lexer *lx, uint32_t to)
{
	while (lx->at < to) {
		uint32_t n;
		lex_utf8(lx->src.p + lx->at, lx->src.n - lx->at, &n);
		lx->at += n;
		lx->col++;
	}
}

static struct ast *parse_hole(struct parser *ps, struct lexer *lx, uint32_t close)
{
	struct parser in;
	parse_start(&in, ps->f, *lx, close);
	struct ast *x = parse_expr(&in);
	if (x && in.tok.kind != TOKEN_END)
		parse_wrong(&in, "} after the expression");
	if (in.failed)
		ps->f->parse_failed = true;
	lex_over(lx, close + 1);
	return in.failed ? NULL : x;
}

/* The STRING token at hand, with {expr} holes. */
static struct ast_part *parse_because_text(struct parser *ps)
{
	struct ast_part *first = NULL, **tail = &first;
	struct lexeme t = ps->tok;
	if (!parse_token(ps, TOKEN_STRING, "a text in quotes after because"))
		return NULL;
	struct lexer lx = ps->lx;
	lx.line = t.span.line;
	lx.col = t.span.col + 1;
	lx.at = t.span.start + 1;
	uint32_t end = t.span.end - 1, n = 0;
	char *out = front_alloc(ps->f, end - lx.at + 1);
	while (lx.at < end) {
		char c = lx.src.p[lx.at], d = lx.at + 1 < end ? lx.src.p[lx.at + 1] : 0;
		if (c == '{' && d != '{') {
			const char *close = memchr(lx.src.p + lx.at, '}', end - lx.at);
			if (close == NULL) {
				front_error(ps->f, t.span,
				            "{ in a because text opens a value and } must close it; write {{ for a brace");
				break;
			}
			part_add(ps, &tail, text_of(out, n), NULL);
			out += n;
			n = 0;
			lex_over(&lx, lx.at + 1);
			part_add(ps, &tail, text_of(NULL, 0), parse_hole(ps, &lx, (uint32_t)(close - lx.src.p)));
			continue;
		}
		if (c == '\\' || ((c == '{' || c == '}') && c == d)) {
			lex_over(&lx, lx.at + 1);
			c = c == '\\' && d == 'n' ? '\n' : c == '\\' && d == 't' ? '\t' : d;
			out[n++] = c;
			lex_over(&lx, lx.at + 1);
			continue;
		}
		uint32_t from = lx.at;
		uint32_t bytes;
		lex_utf8(lx.src.p + lx.at, lx.src.n - lx.at, &bytes);
		lex_over(&lx, lx.at + bytes);
		memcpy(out + n, lx.src.p + from, bytes);
		n += bytes;
	}
	part_add(ps, &tail, text_of(out, n), NULL);
	return first;
}

static bool has_han(struct text t)
{
	for (size_t at = 0; at < t.n;) {
		uint32_t n;
		uint32_t c = lex_utf8(t.p + at, t.n - at, &n);
		if (c >= 0x3400 && c <= 0x9fff)
			return true;
		at += n;
	}
	return false;
}

/* One text of a because, and its piece. */
static struct ast_part *parse_because_piece(struct parser *ps, enum outline_kind kind)
{
	struct span at = ps->tok.span;
	struct ast_part *first = parse_because_text(ps);

	if (!ps->failed)
		parse_piece(ps, kind, at);
	return first;
}

static void parse_because(struct parser *ps, struct ast_decl *d)
{
	if (d->because) {
		ps->failed = true;
		front_error(ps->f, ps->last,
		            "a rule has one because; give both languages in it: because en \"...\" zh \"...\"");
		return;
	}
	d->because = true;
	if (ps->tok.kind == TOKEN_STRING) {
		bool zh = has_han(ps->tok.text);
		*(zh ? &d->because_zh : &d->because_en) = parse_because_piece(ps, zh ? OUTLINE_BECAUSE_ZH : OUTLINE_BECAUSE_EN);
		return;
	}
	for (int i = 0; i < 2 && !ps->failed; i++) {
		if (d->because_en == NULL && parse_take_word(ps, "en"))
			d->because_en = parse_because_piece(ps, OUTLINE_BECAUSE_EN);
		else if (d->because_zh == NULL && parse_take_word(ps, "zh"))
			d->because_zh = parse_because_piece(ps, OUTLINE_BECAUSE_ZH);
		else if (i == 0)
			parse_wrong(ps, "a text in quotes, or en \"...\" zh \"...\", after because");
	}
}

/* ---- actions ---- */

static const struct {
	const char *en, *zh;
} measure_names[] = {
#define X(id, en, zh) { en, zh },
	MEASURES(X)
#undef X
};

const char *policy_measure_name(enum measure m)
{
	return measure_names[m].en;
}

const char *policy_measure_name_zh(enum measure m)
{
	return measure_names[m].zh;
}

static const struct {
	const char *en, *zh;
} severity_names[] = { { "none", "无" }, { "blue", "蓝" }, { "yellow", "黄" }, { "red", "红" }, { "purple", "紫" } };

const char *policy_severity_name(enum severity s)
{
	return severity_names[s].en;
}

const char *policy_severity_name_zh(enum severity s)
{
	return severity_names[s].zh;
}

const char *policy_mode_name(enum rule_mode m)
{
	static const char *const names[RULE_MODES] = { "live", "shadow", "off" };

	return names[m];
}

/* bar-outgoing comes as three tokens; what counts is that they touch. */
static int parse_measure_name(struct parser *ps)
{
	struct span start = ps->tok.span;
	struct text word = ps->tok.text;
	if (ps->tok.kind != TOKEN_IDENT) {
		parse_wrong(ps, "a measure such as verify or suspend");
		return -1;
	}
	parse_step(ps);
	while (ps->tok.kind == TOKEN_MINUS && ps->ahead.kind == TOKEN_IDENT) {
		parse_step(ps);
		parse_step(ps);
		word.n = ps->last.end - start.start;
	}
	word = text_of(ps->lx.src.p + start.start, word.n);
	struct nearest near;
	nearest_init(&near, word);
	for (int i = 0; i < MEASURE_COUNT; i++) {
		if (text_eq(word, text_z(measure_names[i].en)) || text_eq(word, text_z(measure_names[i].zh)))
			return i;
		nearest_try(&near, text_z(measure_names[i].en));
	}
	ps->failed = true;
	front_error(ps->f, start,
	            "%.*s is not a lawful measure; the measures are tag, warn, verify, re-verify, delay, limit, "
	            "bar-outgoing, suspend, stop-payment, report%s",
	            TX(word), nearest_hint(ps->f, &near));
	return -1;
}

static void parse_propose(struct parser *ps, struct ast_decl *d, struct ast_piece *action)
{
	struct ast_measure **tail = &d->measures, *m = front_alloc(ps->f, sizeof(*m));
	while (*tail)
		tail = &(*tail)->next;
	struct span start = ps->tok.span;
	int which = parse_measure_name(ps);
	if (which < 0 ||
	    !parse_token(ps, TOKEN_LPAREN, "( and whom it is about, as in propose verify(caller) basis \"...\""))
		return;
	m->measure = (enum measure)which;
	action->word = measure_names[which].en;
	m->target = parse_path(ps);
	if (m->target)
		parse_piece(ps, OUTLINE_TARGET, m->target->span);
	if (!ps->failed && parse_take(ps, TOKEN_COMMA)) {
		m->duration_us = parse_duration(ps, "a duration such as 24h");
		parse_piece(ps, OUTLINE_DURATION, ps->last);
	}
	if (!parse_token(ps, TOKEN_RPAREN, "), or a comma and a duration, as in delay(payer, 24h)"))
		return;
	m->span = parse_span_from(ps, start);
	if (!parse_at(ps, "basis") && !ps->failed) {
		ps->failed = true;
		front_error(ps->f, m->span, "a measure needs its legal basis; write propose %s(...) basis \"law and article\"",
		            measure_names[which].en);
		return;
	}
	parse_word(ps, "basis", "basis and the law");
	if (parse_text(ps, "the legal basis in quotes, as in basis \"反电信网络诈骗法 Art 11\"", &m->basis))
		parse_piece(ps, OUTLINE_BASIS, ps->last);
	*tail = m;
}

static void parse_severity(struct parser *ps, struct ast_decl *d)
{
	struct span at = ps->tok.span;
	enum severity found = SEVERITY_NONE;
	for (int i = SEVERITY_BLUE; i <= SEVERITY_PURPLE; i++)
		if (parse_at(ps, severity_names[i].en) || parse_at(ps, severity_names[i].zh))
			found = (enum severity)i;
	if (found == SEVERITY_NONE) {
		parse_wrong(ps, "a grade after alert: blue, yellow, red or purple (蓝 黄 红 紫)");
		return;
	}
	parse_step(ps);
	parse_piece(ps, OUTLINE_SEVERITY, at);
	if (d->severity) {
		ps->failed = true;
		front_error(ps->f, at, "a rule has one grade and this is the second; keep the higher one");
	}
	d->severity = found;
}

static void parse_action(struct parser *ps, struct ast_decl *d)
{
	struct span at = ps->tok.span, start = at;
	if (!parse_at(ps, "alert") && !parse_at(ps, "score") && !parse_at(ps, "propose") && !parse_at(ps, "notify")) {
		parse_wrong(ps, "an action: alert, score, propose or notify");
		return;
	}
	struct ast_piece *piece = parse_piece(ps, OUTLINE_ACTION, at);
	if (parse_take_word(ps, "alert")) {
		piece->word = "alert";
		parse_severity(ps, d);
	} else if (parse_take_word(ps, "score")) {
		piece->word = "score";
		d->score = ps->tok.i;
		at = ps->tok.span;
		if (parse_token(ps, TOKEN_INT, "a whole number from 0 to 1000 after score") && d->score > 1000)
			front_error(ps->f, at, "a score of %lld is too high; scores go from 0 to 1000", (long long)d->score);
		parse_piece(ps, OUTLINE_SCORE, at);
	} else if (parse_take_word(ps, "propose")) {
		parse_propose(ps, d, piece);
	} else {
		struct text whom;
		parse_step(ps);
		piece->word = "notify";
		if (!parse_text(ps, "whom to notify in quotes, as in notify \"96110\"", &whom))
			return;
		parse_piece(ps, OUTLINE_WHOM, ps->last);
		if (d->n_notify == ARRAY_LEN(d->notify))
			front_error(ps->f, at, "a rule notifies at most %d; join some under one name", (int)ARRAY_LEN(d->notify));
		else
			d->notify[d->n_notify++] = whom;
	}
	piece->span = parse_span_from(ps, start);
}

/* ---- rules ---- */

static void parse_scam(struct parser *ps, struct ast_decl *d, struct span at)
{
	if (d->scam.text.p != NULL)
		front_error(ps->f, at, "a rule has one scam and this is the second; leave it out where several are possible");
	d->scam.span = ps->tok.span;
	if (parse_text(ps, "the class of fraud in quotes, as in scam \"police\"", &d->scam.text) &&
	    (parse_piece(ps, OUTLINE_SCAM, d->scam.span), d->scam.text.n == 0 || d->scam.text.n > SCHEMA_NAME_MAX))
		front_error(ps->f, d->scam.span, "a class of fraud has a name of 1 to %d bytes, such as \"police\"",
		            SCHEMA_NAME_MAX);
}

static void parse_rule_end(struct parser *ps, struct ast_decl *d)
{
	while (!ps->failed) {
		struct span at = ps->tok.span;
		if (parse_take_word(ps, "every")) {
			if (d->every_us)
				front_error(ps->f, at, "a rule has one every and this is the second; remove one");
			d->every_us = parse_duration(ps, "a duration after every, as in every 1h");
			parse_piece(ps, OUTLINE_EVERY, ps->last);
			if (!ps->failed && d->every_us == 0)
				front_error(ps->f, at, "every 0 says nothing; leave it out and each event alerts");
		} else if (parse_take_word(ps, "because")) {
			parse_because(ps, d);
		} else if (parse_take_word(ps, "source")) {
			if (d->source.n)
				front_error(ps->f, at, "a rule has one source and this is the second; join them in one text");
			if (parse_text(ps, "where the signal comes from, in quotes", &d->source))
				parse_piece(ps, OUTLINE_SOURCE, ps->last);
		} else if (parse_take_word(ps, "scam")) {
			parse_scam(ps, d, at);
		} else {
			break;
		}
	}
	if (!ps->failed && ps->tok.kind != TOKEN_END &&
	    !(ps->tok.kind == TOKEN_RESERVED && lex_is_declaration(ps->tok.text)))
		parse_wrong(ps, "a comma and an action, or every, because, source, scam, or the next declaration");
}

static void parse_on_about(struct parser *ps, struct ast_decl *d, const char *form)
{
	if (!parse_word(ps, "on", form) || !parse_name(ps, "the event's name after on", &d->event) ||
	    !parse_word(ps, "about", "about and whom, as in about caller"))
		return;
	parse_piece(ps, OUTLINE_ON, d->event.span);
	d->about = parse_path(ps);
	if (d->about)
		parse_piece(ps, OUTLINE_ABOUT, d->about->span);
}

static void parse_mode(struct parser *ps, struct ast_decl *d)
{
	d->mode_span = d->name.span;
	d->mode_span.start = d->mode_span.end;
	for (uint32_t m = 0; m < RULE_MODES; m++)
		if (parse_take_word(ps, policy_mode_name((enum rule_mode)m))) {
			d->mode = (enum rule_mode)m;
			d->mode_span = ps->last;
			break;
		}
	parse_piece(ps, OUTLINE_MODE, d->mode_span);
}

void parse_rule(struct parser *ps, struct ast_decl *d)
{
	if (!parse_name(ps, "the rule's name, as in rule burst on call about caller", &d->name))
		return;
	parse_piece(ps, OUTLINE_NAME, d->name.span);
	parse_mode(ps, d);
	parse_on_about(ps, d, "on and an event, as in rule burst on call about caller");
	if (!parse_word(ps, "when", "when and the condition"))
		return;
	d->expr = parse_condition(ps);
	if (!parse_word(ps, "then", "and, or or then after the condition"))
		return;
	do
		parse_action(ps, d);
	while (!ps->failed && parse_take(ps, TOKEN_COMMA));
	parse_rule_end(ps, d);
	if (ps->failed)
		return;
	if (d->severity == SEVERITY_NONE)
		front_error(ps->f, d->name.span, "rule %.*s has no grade; write alert blue, yellow, red or purple after then",
		            TX(d->name.text));
	if (!d->because)
		front_error(ps->f, d->name.span,
		            "rule %.*s doesn't say why; add because \"...\", people must be told the reason", TX(d->name.text));
}

void parse_exempt(struct parser *ps, struct ast_decl *d)
{
	if (!parse_name(ps, "the exemption's name, as in exempt courier on call about caller", &d->name))
		return;
	parse_piece(ps, OUTLINE_NAME, d->name.span);
	parse_on_about(ps, d, "on and an event, as in exempt courier on call about caller");
	if (ps->failed)
		return;
	if (!parse_at(ps, "until")) {
		ps->failed = true;
		front_error(ps->f, ps->tok.span, "an exemption must end; write until and a date, such as until 2027-01-01");
		return;
	}
	parse_step(ps);
	d->until = ps->tok.civil;
	if (!parse_token(ps, TOKEN_DATE, "a date such as 2027-01-01 after until"))
		return;
	parse_piece(ps, OUTLINE_UNTIL, ps->last);
	if (!parse_word(ps, "when", "when and the condition"))
		return;
	d->expr = parse_condition(ps);
	if (!parse_word(ps, "from", "from and the rules, as in from burst (or from all)"))
		return;
	struct span from = ps->tok.span;
	if (parse_take_word(ps, "all")) {
		parse_piece(ps, OUTLINE_FROM, from);
		return;
	}
	struct ast_name **tail = &d->rules;
	do {
		*tail = front_alloc(ps->f, sizeof(**tail));
		if (!parse_name(ps, "a rule's name, or all", *tail))
			return;
		tail = &(*tail)->next;
	} while (parse_take(ps, TOKEN_COMMA));
	parse_piece(ps, OUTLINE_FROM, parse_span_from(ps, from));
}

/* ---- policy tests ---- */

static void parse_step_fields(struct parser *ps, struct ast_step *s)
{
	struct ast_field **tail = &s->fields;
	while (!ps->failed && ps->tok.kind != TOKEN_RBRACE) {
		struct ast_field *x = front_alloc(ps->f, sizeof(*x));
		if (!parse_name(ps, "a field and its value, as in caller: \"13800138000\"", &x->name) ||
		    !parse_token(ps, TOKEN_COLON, ": and the field's value"))
			return;
		struct span at = ps->tok.span;
		bool minus = parse_take(ps, TOKEN_MINUS);
		x->value = parse_literal(ps);
		if (x->value == NULL) {
			parse_wrong(ps, "a value: a number with its unit, true, false, a date and time or a text in quotes");
			return;
		}
		x->value->span = parse_span_from(ps, at);
		x->value->negated = minus;
		*tail = x;
		tail = &x->next;
		if (!parse_take(ps, TOKEN_COMMA))
			break;
	}
	parse_token(ps, TOKEN_RBRACE, ", or } after the value");
}

static void parse_event_step(struct parser *ps, struct ast_step *s)
{
	s->repeat = 1;
	if (!parse_name(ps, "an event such as call { ... } at 2026-03-01 08:00, list, expect or }", &s->name) ||
	    !parse_token(ps, TOKEN_LBRACE, "{ and the event's fields"))
		return;
	parse_step_fields(ps, s);
	if (!parse_word(ps, "at", "at and when, as in at 2026-03-01 08:00"))
		return;
	s->at = ps->tok.civil;
	if (!parse_token(ps, TOKEN_INSTANT, "a date and time such as 2026-03-01 08:00"))
		return;
	if (parse_take_word(ps, "repeat")) {
		s->repeat = ps->tok.i;
		struct span at = ps->tok.span;
		if (!parse_token(ps, TOKEN_INT, "how often, as in repeat 30 every 10s") ||
		    !parse_word(ps, "every", "every and a duration, as in repeat 30 every 10s"))
			return;
		s->every_us = parse_duration(ps, "a duration such as 10s");
		if (s->repeat < 1 || s->repeat > 1000000)
			front_error(ps->f, at, "repeat goes from 1 to 1000000");
	}
}

static void parse_list_step(struct parser *ps, struct ast_step *s)
{
	struct ast_name **tail = &s->entries;
	s->kind = STEP_LIST;
	parse_step(ps);
	s->name.span = ps->tok.span;
	if (!parse_text(ps, "the list's name in quotes, as in list \"known\" has \"13800138000\"", &s->name.text) ||
	    !parse_word(ps, "has", "has and its entries, as in list \"known\" has \"13800138000\""))
		return;
	do {
		struct ast_name *x = front_alloc(ps->f, sizeof(*x));
		x->span = ps->tok.span;
		if (!parse_text(ps, "an entry in quotes, as in list \"known\" has \"13800138000\", \"13900139000\"", &x->text))
			return;
		*tail = x;
		tail = &x->next;
	} while (parse_take(ps, TOKEN_COMMA));
}

static void parse_expect(struct parser *ps, struct ast_step *s)
{
	s->kind = STEP_EXPECT;
	s->fires = true;
	s->times = -1;
	if (parse_at(ps, "no") && ps->ahead.kind == TOKEN_IDENT) {
		s->fires = false;
		parse_step(ps);
	}
	if (!parse_name(ps, "a rule, as in expect burst about \"13800138000\", or expect no burst", &s->name))
		return;
	if (parse_take_word(ps, "about"))
		parse_text(ps, "whom the alert is about, in quotes", &s->about);
	if (!s->fires)
		return;
	if (ps->tok.kind == TOKEN_INT) {
		s->times = ps->tok.i;
		parse_step(ps);
		parse_word(ps, "times", "times after the number");
	}
	if (!ps->failed && parse_take_word(ps, "because"))
		parse_text(ps, "a part of the because text, in quotes", &s->because);
}

/* In a test, where a } lacks. */
static bool declares_list(const struct parser *ps)
{
	return parse_at(ps, "list") && parse_third(ps, "of");
}

void parse_test(struct parser *ps, struct ast_decl *d)
{
	struct ast_step **tail = &d->steps;
	d->name.span = ps->tok.span;
	if (!parse_text(ps, "what the test shows, in quotes", &d->name.text) ||
	    !parse_token(ps, TOKEN_LBRACE, "{ and the test's steps"))
		return;
	parse_piece(ps, OUTLINE_NAME, d->name.span);
	while (!ps->failed && ps->tok.kind != TOKEN_RBRACE && !declares_list(ps)) {
		struct ast_step *s = front_alloc(ps->f, sizeof(*s));
		s->span = ps->tok.span;
		if (parse_take_word(ps, "expect"))
			parse_expect(ps, s);
		else if (parse_at(ps, "list"))
			parse_list_step(ps, s);
		else
			parse_event_step(ps, s);
		s->span = parse_span_from(ps, s->span);
		parse_piece(ps, OUTLINE_STEP, s->span);
		*tail = s;
		tail = &s->next;
	}
	parse_token(ps, TOKEN_RBRACE, "} at the end of the test");
}
