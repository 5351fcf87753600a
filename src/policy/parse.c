/* parse.c - the parser's hands and the declarations of the schema; see parse.h. */
#include "policy/parse.h"

/* ---- tokens ---- */

static void fetch(struct parser *ps, struct lexeme *t)
{
	if (ps->lx.at >= ps->end)
		*t = (struct lexeme){ .kind = TOKEN_END,
			                  .span = { ps->lx.file, ps->lx.line, ps->lx.col, ps->lx.at, ps->lx.at } };
	else
		lex_next(&ps->lx, t);
}

void parse_start(struct parser *ps, struct front *f, struct lexer lx, uint32_t end)
{
	*ps = (struct parser){ .f = f, .lx = lx, .end = end };
	fetch(ps, &ps->tok);
	fetch(ps, &ps->ahead);
	ps->last = ps->tok.span;
}

void parse_step(struct parser *ps)
{
	ps->last = ps->tok.span;
	ps->tok = ps->ahead;
	fetch(ps, &ps->ahead);
}

static bool is_word(const struct lexeme *t)
{
	return t->kind == TOKEN_IDENT || t->kind == TOKEN_RESERVED;
}

bool parse_at(const struct parser *ps, const char *word)
{
	return is_word(&ps->tok) && text_eq(ps->tok.text, text_z(word));
}

bool parse_third(const struct parser *ps, const char *word)
{
	struct parser peek = *ps; /* what is wrong with that token is said again when it is read, and shown once */
	parse_step(&peek);
	return is_word(&peek.ahead) && text_eq(peek.ahead.text, text_z(word));
}

bool parse_take_word(struct parser *ps, const char *word)
{
	if (!parse_at(ps, word))
		return false;
	parse_step(ps);
	return true;
}

bool parse_take(struct parser *ps, enum token_kind k)
{
	if (ps->tok.kind != k)
		return false;
	parse_step(ps);
	return true;
}

void parse_wrong(struct parser *ps, const char *expected)
{
	if (ps->failed)
		return;
	ps->failed = true;
	if (ps->tok.kind == TOKEN_END)
		front_error(ps->f, ps->tok.span, "the text ends too early; expected %s", expected);
	else
		front_error(ps->f, ps->tok.span, "expected %s, found %.*s", expected, TX(front_span(ps->f, ps->tok.span)));
}

bool parse_word(struct parser *ps, const char *word, const char *why)
{
	if (!parse_take_word(ps, word))
		parse_wrong(ps, why);
	return !ps->failed;
}

bool parse_token(struct parser *ps, enum token_kind k, const char *why)
{
	if (!parse_take(ps, k))
		parse_wrong(ps, why);
	return !ps->failed;
}

bool parse_name(struct parser *ps, const char *what, struct ast_name *out)
{
	if (ps->failed)
		return false;
	if (ps->tok.kind == TOKEN_RESERVED && !lex_is_declaration(ps->tok.text)) {
		ps->failed = true;
		front_error(ps->f, ps->tok.span, "%.*s is a word of the language and cannot be a name; expected %s",
		            TX(ps->tok.text), what);
		return false;
	}
	if (ps->tok.kind != TOKEN_IDENT) {
		parse_wrong(ps, what);
		return false;
	}
	*out = (struct ast_name){ ps->tok.text, ps->tok.span, NULL };
	parse_step(ps);
	return true;
}

int64_t parse_duration(struct parser *ps, const char *why)
{
	int64_t us = ps->tok.i;
	if (ps->tok.kind == TOKEN_INT && !ps->failed) {
		ps->failed = true;
		front_error(ps->f, ps->tok.span, "%.*s needs a unit; write %.*smin or another of us ms s min h d w",
		            TX(front_span(ps->f, ps->tok.span)), TX(front_span(ps->f, ps->tok.span)));
		return 0;
	}
	return parse_token(ps, TOKEN_DURATION, why) ? us : 0;
}

bool parse_text(struct parser *ps, const char *why, struct text *out)
{
	*out = ps->tok.text;
	return parse_token(ps, TOKEN_STRING, why);
}

struct span parse_span_from(const struct parser *ps, struct span start)
{
	start.end = ps->last.end > start.start ? ps->last.end : start.end;
	return start;
}

struct ast_piece *parse_piece(struct parser *ps, enum outline_kind kind, struct span span)
{
	struct ast_piece *x = front_alloc(ps->f, sizeof(*x));

	*x = (struct ast_piece){ .kind = kind, .span = span };
	if (ps->failed)
		return x;
	*ps->decl->pieces_tail = x;
	ps->decl->pieces_tail = &x->next;
	ps->decl->n_pieces++;
	return x;
}

/* The name of the declaration at hand. */
static bool parse_decl_name(struct parser *ps, const char *what, struct ast_name *out)
{
	if (!parse_name(ps, what, out))
		return false;
	parse_piece(ps, OUTLINE_NAME, out->span);
	return true;
}

/* The same in quotes. */
static bool parse_decl_text(struct parser *ps, const char *why, struct ast_name *out)
{
	out->span = ps->tok.span;
	if (!parse_text(ps, why, &out->text))
		return false;
	parse_piece(ps, OUTLINE_NAME, out->span);
	return true;
}

/* What stands for a name: let, feature. */
static void parse_value(struct parser *ps, struct ast_decl *d)
{
	struct span at = ps->tok.span;

	d->expr = parse_expr(ps);
	parse_piece(ps, OUTLINE_VALUE, parse_span_from(ps, at));
}

/* ---- declarations of the schema ---- */

static struct ast_decl *decl_new(struct parser *ps, enum ast_decl_kind kind)
{
	struct ast_decl *d = front_alloc(ps->f, sizeof(*d));
	d->kind = kind;
	d->span = ps->last;
	d->pieces_tail = &d->pieces;
	ps->decl = d;
	return d;
}

static void decl_add(struct parser *ps, struct ast_decl *d)
{
	d->span = parse_span_from(ps, d->span);
	if (ps->failed)
		return;
	d->whole = true;
	*ps->f->tail = d;
	ps->f->tail = &d->next;
}

static void parse_fields(struct parser *ps, struct ast_decl *d, bool event)
{
	struct ast_field **tail = &d->fields;
	while (!ps->failed && ps->tok.kind != TOKEN_RBRACE) {
		struct ast_field *x = front_alloc(ps->f, sizeof(*x));
		if (ps->tok.kind == TOKEN_RESERVED && lex_is_declaration(ps->tok.text) && ps->ahead.kind == TOKEN_COLON) {
			front_error(ps->f, ps->tok.span, "%.*s is a word of the language and cannot be a name; choose another name",
			            TX(ps->tok.text));
			x->name = (struct ast_name){ ps->tok.text, ps->tok.span, NULL };
			parse_step(ps);
		} else if (!parse_name(ps, event ? "a field such as caller: phone" : "an attribute such as holder: person",
		                       &x->name)) {
			return;
		}
		if (!parse_token(ps, TOKEN_COLON, ": and the type, as in talk: duration") ||
		    !parse_name(ps, "a type: number, money, duration, time, bool, text or an entity", &x->type))
			return;
		if (parse_take(ps, TOKEN_QUESTION)) {
			x->optional = true;
			if (!event)
				front_error(ps->f, ps->last, "attributes are always optional; remove the ?");
		}
		parse_piece(ps, OUTLINE_FIELD, parse_span_from(ps, x->name.span));
		*tail = x;
		tail = &x->next;
		if (!parse_take(ps, TOKEN_COMMA))
			break;
	}
	parse_token(ps, TOKEN_RBRACE, event ? ", or } after the field" : ", or } after the attribute");
}

static void parse_entity(struct parser *ps)
{
	do {
		struct ast_decl *d = decl_new(ps, DECL_ENTITY);
		if (!parse_decl_name(ps, "the entity's name, as in entity phone", &d->name))
			return;
		if (parse_take(ps, TOKEN_LBRACE))
			parse_fields(ps, d, false);
		decl_add(ps, d);
	} while (!ps->failed && parse_take(ps, TOKEN_COMMA));
}

static void parse_event(struct parser *ps)
{
	struct ast_decl *d = decl_new(ps, DECL_EVENT);
	struct ast_set **tail = &d->sets;
	if (!parse_decl_name(ps, "the event's name, as in event call { caller: phone }", &d->name) ||
	    !parse_token(ps, TOKEN_LBRACE, "{ and the event's fields"))
		return;
	parse_fields(ps, d, true);
	while (!ps->failed && parse_take_word(ps, "sets")) {
		do {
			struct ast_set *s = front_alloc(ps->f, sizeof(*s));
			if (!parse_name(ps, "what is set, as in sets phone.holder = person", &s->field) ||
			    !parse_token(ps, TOKEN_DOT, ". and the attribute, as in sets phone.holder = person") ||
			    !parse_name(ps, "the attribute, as in sets phone.holder = person", &s->attr) ||
			    !parse_token(ps, TOKEN_EQ, "= and the value, as in sets phone.holder = person"))
				return;
			s->value = parse_expr(ps);
			parse_piece(ps, OUTLINE_SETS, parse_span_from(ps, s->field.span));
			*tail = s;
			tail = &s->next;
		} while (!ps->failed && parse_take(ps, TOKEN_COMMA));
	}
	decl_add(ps, d);
}

static void parse_list(struct parser *ps)
{
	struct ast_decl *d = decl_new(ps, DECL_LIST);
	static const char *const form = "list \"name\" of phone from \"file.csv\"";
	if (!parse_decl_text(ps, "the list's name in quotes, as in list \"name\" of phone from \"file.csv\"", &d->name) ||
	    !parse_word(ps, "of", "of and an entity or text, as in list \"name\" of phone from \"file.csv\"") ||
	    !parse_name(ps, "an entity or text", &d->type) || !parse_word(ps, "from", form))
		return;
	parse_piece(ps, OUTLINE_OF, d->type.span);
	d->path_span = ps->tok.span;
	if (parse_text(ps, "the list's file in quotes, as in from \"lists/known.csv\"", &d->path))
		parse_piece(ps, OUTLINE_FROM, d->path_span);
	decl_add(ps, d);
}

static void parse_let(struct parser *ps)
{
	struct ast_decl *d = decl_new(ps, DECL_LET);
	if (!parse_decl_name(ps, "a name, as in let calls_1h = count(call by caller over 1h)", &d->name) ||
	    !parse_token(ps, TOKEN_EQ, "= and what the name stands for"))
		return;
	parse_value(ps, d);
	decl_add(ps, d);
}

static void parse_feature(struct parser *ps)
{
	struct ast_decl *d = decl_new(ps, DECL_FEATURE);
	if (!parse_decl_name(ps, "the feature's name, as in feature calls_1h on call = ...", &d->name) ||
	    !parse_word(ps, "on", "on and an event, as in feature calls_1h on call = ...") ||
	    !parse_name(ps, "the event's name after on", &d->event) ||
	    !parse_token(ps, TOKEN_EQ, "= and the feature's value"))
		return;
	parse_piece(ps, OUTLINE_ON, d->event.span);
	parse_value(ps, d);
	decl_add(ps, d);
}

static void parse_zone(struct parser *ps)
{
	struct ast_decl *d = decl_new(ps, DECL_ZONE);
	if (!parse_decl_text(ps, "a time zone in quotes, as in zone \"Asia/Shanghai\"", &d->name))
		return;
	decl_add(ps, d);
}

static void parse_cap(struct parser *ps)
{
	static const char *const form = "the form cap 100000 events per key then evict (or refuse, or sketch)";
	struct ast_decl *d = decl_new(ps, DECL_CAP);
	d->name.span = ps->tok.span;
	d->cap = ps->tok.i;
	if (!parse_token(ps, TOKEN_INT, form) || !parse_word(ps, "events", form) || !parse_word(ps, "per", form) ||
	    !parse_word(ps, "key", form) || !parse_word(ps, "then", form))
		return;
	if (parse_take_word(ps, "evict"))
		d->ring_full = RING_EVICT;
	else if (parse_take_word(ps, "refuse"))
		d->ring_full = RING_REFUSE;
	else if (parse_take_word(ps, "sketch"))
		d->ring_full = RING_SKETCH;
	else
		parse_wrong(ps, "evict, refuse or sketch");
	if (!ps->failed)
		parse_piece(ps, OUTLINE_VALUE, parse_span_from(ps, d->name.span));
	decl_add(ps, d);
}

/* ---- files ---- */

static void parse_named(struct parser *ps, enum ast_decl_kind kind, void body(struct parser *, struct ast_decl *))
{
	struct ast_decl *d = decl_new(ps, kind);
	body(ps, d);
	decl_add(ps, d);
}

/* Names may be Chinese, the words of the language are not. */
static bool parse_chinese_word(struct parser *ps)
{
	static const char *const words[][2] = {
		{ "实体", "entity" }, { "事件", "event" },   { "名单", "list" }, { "定义", "let" }, { "规则", "rule" },
		{ "豁免", "exempt" }, { "特征", "feature" }, { "时区", "zone" }, { "上限", "cap" }, { "测试", "test" },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!parse_at(ps, words[i][0]))
			continue;
		front_error(ps->f, ps->tok.span,
		            "names may be Chinese, the words of the language are English; write %s for %s (请写 %s)",
		            words[i][1], words[i][0], words[i][1]);
		ps->failed = true;
		return true;
	}
	return false;
}

static void parse_declaration(struct parser *ps)
{
	if (parse_take_word(ps, "entity"))
		parse_entity(ps);
	else if (parse_take_word(ps, "event"))
		parse_event(ps);
	else if (parse_take_word(ps, "list"))
		parse_list(ps);
	else if (parse_take_word(ps, "let"))
		parse_let(ps);
	else if (parse_take_word(ps, "feature"))
		parse_feature(ps);
	else if (parse_take_word(ps, "zone"))
		parse_zone(ps);
	else if (parse_take_word(ps, "cap"))
		parse_cap(ps);
	else if (parse_take_word(ps, "rule"))
		parse_named(ps, DECL_RULE, parse_rule);
	else if (parse_take_word(ps, "exempt"))
		parse_named(ps, DECL_EXEMPT, parse_exempt);
	else if (parse_take_word(ps, "test"))
		parse_named(ps, DECL_TEST, parse_test);
	else if (!parse_chinese_word(ps))
		parse_wrong(ps, "a declaration: entity, event, list, let, rule, exempt, feature, zone, cap or test");
}

/* Such a word stands elsewhere in two places: `in list "name"`, and `list "name" has ...` in a test. */
static bool at_declaration(const struct parser *ps)
{
	return ps->tok.kind == TOKEN_RESERVED && lex_is_declaration(ps->tok.text) &&
	       !(parse_at(ps, "list") && parse_third(ps, "has"));
}

/* To the next word that starts a declaration. */
static void recover(struct parser *ps)
{
	bool after_in = false;
	front_lost(ps->f, ps->decl ? ps->decl->name.text : text_of("", 0));
	while (ps->tok.kind != TOKEN_END && (after_in || !at_declaration(ps))) {
		after_in = parse_at(ps, "in");
		parse_step(ps);
	}
	if (ps->decl && !ps->decl->whole) {
		ps->decl->span.end = ps->last.end > ps->decl->span.start ? ps->last.end : ps->decl->span.end;
		ps->decl->next = ps->f->broken;
		ps->f->broken = ps->decl;
	}
	ps->failed = false;
	ps->depth = 0;
	ps->f->parse_failed = true;
	ps->decl = NULL;
}

void parse_file(struct front *f, uint32_t file)
{
	struct parser ps;
	struct lexer lx;
	lex_init(&lx, f, file);
	parse_start(&ps, f, lx, (uint32_t)lx.src.n);
	while (ps.tok.kind != TOKEN_END && !f->too_many) {
		parse_declaration(&ps);
		if (ps.failed)
			recover(&ps);
	}
}
