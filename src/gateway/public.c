/* public.c - reports and receipts, and what all questions of the public have in common; see public.h. */
#include <sodium/randombytes.h>
#include <sodium/utils.h>
#include "base/clock.h"
#include "base/mem.h"
#include "base/money.h"
#include "desk/appeal.h"
#include "desk/clue.h"
#include "event/ident.h"
#include "gateway/desk_show.h"
#include "gateway/public_int.h"

enum {
	CLUE_OTHER = 9
};

static const struct caller citizen = { .key_id = "citizen", .tenant = "public" };

enum err public_new(struct public_desk **out, const struct public_options *o)
{
	struct public_desk *p = mem_alloc(sizeof(*p));

	if (p == NULL)
		return ERR_MEMORY;
	p->o = *o;
	CHECK(pthread_mutex_init(&p->rates.lock, NULL) == 0 && pthread_mutex_init(&p->calls.lock, NULL) == 0);
	*out = p;
	return ERR_OK;
}

void public_free(struct public_desk *p)
{
	if (p == NULL)
		return;
	pthread_mutex_destroy(&p->rates.lock);
	pthread_mutex_destroy(&p->calls.lock);
	sodium_memzero(p, sizeof(*p));
	mem_free(p);
}

enum public_verdict public_wrong(struct public_asking *a, const char *field, const char *en, const char *zh)
{
	a->field = field;
	a->why_en = en;
	a->why_zh = zh;
	return PUBLIC_INPUT;
}

bool public_text_ok(struct text t, size_t max)
{
	return t.n <= max && text_utf8_valid(t);
}

bool public_digits(struct text typed, uint32_t n, char *out)
{
	bool ok = typed.n == n;

	memset(out, 0, n);
	for (uint32_t i = 0; ok && i < n; i++)
		ok = typed.p[i] >= '0' && typed.p[i] <= '9';
	if (ok)
		memcpy(out, typed.p, n);
	return ok;
}

/* ---- acts ---- */

struct act_task {
	struct public_asking *a;
	struct buf act;
	enum err err;
};

static void run_act(void *ctx, struct shard *s)
{
	struct act_task *t = ctx;

	t->err = act_note(&t->act, s, t->a->desk->o.now_us(), &citizen);
}

static void put_tokens(struct buf *b, const struct desk_object *o)
{
	const struct desk_entity of[] = { o->subject, o->also };
	char hex[TOKEN_HEX + 1];
	struct buf z;

	buf_init(&z, 256);
	for (size_t i = 0; i < ARRAY_LEN(of); i++) {
		if (of[i].kind == DESK_ENTITY_NONE)
			continue;
		token_show(of[i].token, hex);
		buf_printf(&z, "%s%s:%s", z.n > 0 ? " " : "", desk_entity_names[of[i].kind], hex);
	}
	act_text(b, "tokens", buf_view(&z));
	b->err = z.err != ERR_OK ? z.err : b->err;
	buf_release(&z);
}

enum public_verdict public_act(struct public_asking *a, const char *act, const struct desk_object *o,
                               const char *member, struct text value)
{
	struct act_task t = { .a = a, .err = ERR_STOPPED };
	struct buf id;

	act_begin(&t.act, act, &citizen, TEXT(""));
	act_text(&t.act, "role", TEXT("citizen"));
	if (o != NULL) {
		buf_init(&id, 64);
		desk_id_print(&id, o->kind, o->id);
		act_text(&t.act, "object", buf_view(&id));
		t.act.err = id.err != ERR_OK ? id.err : t.act.err;
		buf_release(&id);
		put_tokens(&t.act, o);
	}
	if (member != NULL)
		act_text(&t.act, member, value);
	if (!writer_do(a->desk->o.writer, run_act, &t))
		buf_release(&t.act);
	return t.err == ERR_OK ? PUBLIC_DONE : PUBLIC_FAILED;
}

/* ---- a command ---- */

void public_begin(struct public_filing *f, enum desk_kind kind, uint32_t step, uint64_t object)
{
	*f = (struct public_filing){ .n_texts = 0 };
	desk_command_init(&f->order.command, kind, step, object);
	f->order.command.user = PUBLIC_USER;
	f->order.command.roles = 1u << ROLE_CITIZEN;
}

void public_release(struct public_filing *f)
{
	sodium_memzero(f, sizeof(*f));
}

void public_give_text(struct public_filing *f, uint32_t field, struct text t)
{
	CHECK(f->n_texts < PUBLIC_TEXTS_MAX);
	if (t.n == 0)
		return;
	do
		randombytes_buf(f->ref[f->n_texts], TEXT_REF_BYTES);
	while (sodium_is_zero(f->ref[f->n_texts], TEXT_REF_BYTES));
	f->text[f->n_texts] = t;
	desk_give_ref(&f->order.command, field, f->ref[f->n_texts++]);
}

enum public_verdict public_give_name(struct public_asking *a, struct public_filing *f, uint32_t field, uint8_t kind,
                                     const char *name, struct text t)
{
	uint8_t k = desk_entity_kind(&a->policy->schema, kind);
	char scratch[EVENT_IDENT_MAX];
	struct dictionary_entry *e;
	const char *why;
	struct ident id;

	t = text_trim(t);
	if (t.n == 0)
		return PUBLIC_DONE;
	if (t.n > EVENT_IDENT_MAX ||
	    ident_make(a->desk->o.key, desk_entity_form(kind), k, IDENT_STRICT, t, scratch, &id, &why) != ERR_OK)
		return public_wrong(a, name, "this can't be read; write it as it was shown to you", "无法识别，请按原样填写");
	CHECK(f->n_names < PUBLIC_NAMES_MAX);
	e = &f->name[f->n_names];
	memcpy(f->plain[f->n_names], id.plain.p, id.plain.n);
	*e = (struct dictionary_entry){ id.token, k, text_of(f->plain[f->n_names], id.plain.n) };
	f->n_names++;
	sodium_memzero(scratch, sizeof(scratch));
	desk_give_token(&f->order.command, field, e->token);
	return PUBLIC_DONE;
}

static void forget_texts(struct public_asking *a, const struct public_filing *f)
{
	for (uint32_t i = 0; i < f->n_texts; i++)
		if (texts_erase(a->desk->o.texts, f->ref[i]) != ERR_OK)
			return; /* it stays, sealed, and nothing refers to it */
}

enum public_verdict public_do(struct public_asking *a, struct public_filing *f)
{
	const struct public_options *o = &a->desk->o;
	enum err e = ERR_OK;

	if (f->n_names > 0 && a->config->dictionary)
		e = names_put(o->names, f->name, f->n_names);
	if (e == ERR_OK && f->n_texts > 0)
		e = texts_add(o->texts, (const unsigned char(*)[TEXT_REF_BYTES])f->ref, f->text, f->n_texts, o->now_us());
	if (e != ERR_OK)
		return PUBLIC_FAILED;
	e = desk_gate_do(o->gate, a->lane, &f->order, 1);
	if (e == ERR_CAP)
		forget_texts(a, f);
	if (e != ERR_OK)
		return e == ERR_CAP ? PUBLIC_FULL : PUBLIC_FAILED;
	if (f->order.outcome.refusal == DESK_OK)
		return PUBLIC_DONE;
	forget_texts(a, f);
	a->refused = f->order.outcome.refusal;
	return PUBLIC_REFUSED;
}

/* ---- receipts ---- */

enum public_verdict public_file(struct public_asking *a, struct public_filing *f, uint32_t receipt_field,
                                struct public_receipt *out)
{
	unsigned char secret[PROOF_RECEIPT_BYTES];
	struct desk_command *c = &f->order.command;
	struct desk_code hash;
	enum public_verdict v;

	randombytes_buf(secret, sizeof(secret));
	proof_receipt_hash(a->desk->o.key, c->kind, secret, &hash);
	desk_give_code(c, receipt_field, text_of(hash.p, hash.n));
	v = public_do(a, f);
	if (v == PUBLIC_DONE) {
		out->id = f->order.outcome.object;
		proof_receipt(c->kind, out->id, secret, out->receipt);
	}
	sodium_memzero(secret, sizeof(secret));
	return v;
}

static uint32_t receipt_field(uint32_t kind)
{
	return kind == DESK_CLUE ? (uint32_t)CLUE_F_RECEIPT : (uint32_t)APPEAL_F_RECEIPT;
}

/* The same work for all: what names nothing looks for object 0 and is compared with nothing. */
enum public_verdict public_receipted(struct public_asking *a, enum desk_kind kind, struct text receipt,
                                     struct desk_object *out)
{
	unsigned char secret[PROOF_RECEIPT_BYTES];
	struct desk_code hash, kept = { .n = 0 };
	uint32_t named;
	uint64_t id;
	bool form = proof_receipt_take(receipt, &named, &id, secret), same;
	enum err e = registry_load(a->desk->o.registry, id, out);

	if (e != ERR_OK && e != ERR_ABSENT)
		return PUBLIC_FAILED;
	if (e == ERR_OK && out->kind == kind && desk_has(out, receipt_field(kind)))
		kept = out->value[receipt_field(kind)].code;
	proof_receipt_hash(a->desk->o.key, kind, secret, &hash);
	sodium_memzero(secret, sizeof(secret));
	same = proof_same(&hash, &kept, sizeof(kept));
	return form && named == (uint32_t)kind && same ? PUBLIC_DONE : PUBLIC_NO;
}

enum public_verdict public_read(struct public_asking *a, const struct desk_object *o, uint32_t field, struct buf *out)
{
	enum err e = desk_has(o, field) ? texts_read(a->desk->o.texts, o->value[field].ref, out) : ERR_ABSENT;

	return e == ERR_OK || e == ERR_ABSENT || e == ERR_FORMAT ? PUBLIC_DONE : PUBLIC_FAILED;
}

enum public_verdict public_status(struct public_asking *a, enum desk_kind kind, struct text receipt,
                                  struct desk_object *out, struct buf *words)
{
	enum public_verdict v = public_receipted(a, kind, receipt, out);
	uint32_t field = kind == DESK_CLUE ? (uint32_t)CLUE_F_FEEDBACK : (uint32_t)APPEAL_F_DECISION;

	if (v == PUBLIC_DONE)
		v = public_act(a, "view", out, "fields", desk_has(out, field) ? TEXT("status,words") : TEXT("status"));
	return v == PUBLIC_DONE ? public_read(a, out, field, words) : v;
}

/* ---- reports ---- */

static enum public_verdict take_moment(struct public_asking *a, struct public_filing *f, uint32_t field,
                                       const char *name, struct text t)
{
	char z[] = "2026-03-01T08:00:00";
	int64_t us;

	t = text_trim(t);
	if (t.n == 0)
		return PUBLIC_DONE;
	if (t.n == sizeof("2026-03-01T08:00") - 1) { /* as forms give it */
		memcpy(z, t.p, t.n);
		t = text_z(z);
	}
	if (clock_parse(t, &clock_shanghai, &us) != ERR_OK || us <= 0 || us > a->desk->o.now_us())
		return public_wrong(a, name, "a time that has passed: 2026-03-01 08:00",
		                    "请填写已经过去的时间，如 2026-03-01 08:00");
	desk_give_i(&f->order.command, field, us);
	return PUBLIC_DONE;
}

static enum public_verdict take_what(struct public_asking *a, struct public_filing *f, const struct public_report *in)
{
	uint32_t what = in->phone.n > 0     ? desk_choice_find(desk_clue.field[CLUE_F_WHAT].choices, TEXT("phone"))
	                : in->account.n > 0 ? desk_choice_find(desk_clue.field[CLUE_F_WHAT].choices, TEXT("account"))
	                : in->link.n > 0    ? desk_choice_find(desk_clue.field[CLUE_F_WHAT].choices, TEXT("link"))
	                                    : CLUE_OTHER;

	if (in->what.n > 0)
		what = desk_choice_find(desk_clue.field[CLUE_F_WHAT].choices, in->what);
	if (what == 0)
		return public_wrong(a, "what", "phone, message, account, link, app, person, place, card-trade or other",
		                    "举报类型不在可选范围内");
	desk_give_i(&f->order.command, CLUE_F_WHAT, what);
	return PUBLIC_DONE;
}

static enum public_verdict take_report(struct public_asking *a, struct public_filing *f, const struct public_report *in)
{
	enum public_verdict v = take_what(a, f, in);
	int64_t fen;

	if (v == PUBLIC_DONE && in->phone.n + in->account.n + in->link.n + in->text.n == 0)
		v = public_wrong(a, "text", "a number, account, link or text is needed",
		                 "请至少填写号码、账户、网址或内容之一");
	if (v == PUBLIC_DONE && !public_text_ok(in->text, PUBLIC_TEXT_MAX))
		v = public_wrong(a, "text", "at most 8,000 bytes of text", "内容过长");
	if (v == PUBLIC_DONE && !public_text_ok(in->contact, PUBLIC_CONTACT_MAX))
		v = public_wrong(a, "contact", "at most 200 bytes of text", "联系方式过长");
	if (v == PUBLIC_DONE)
		v = public_give_name(a, f, CLUE_F_PHONE, DESK_PHONE, "phone", in->phone);
	if (v == PUBLIC_DONE)
		v = public_give_name(a, f, CLUE_F_ACCOUNT, DESK_BANK_ACCOUNT, "account", in->account);
	if (v == PUBLIC_DONE)
		v = public_give_name(a, f, CLUE_F_LINK, DESK_NET, "link", in->link);
	if (v == PUBLIC_DONE)
		v = take_moment(a, f, CLUE_F_WHEN, "when", in->when);
	if (v == PUBLIC_DONE)
		v = take_moment(a, f, CLUE_F_PAID, "paid", in->paid);
	if (v != PUBLIC_DONE || in->amount.n == 0)
		return v;
	if (money_parse_yuan(in->amount, &fen) != ERR_OK || fen < 0)
		return public_wrong(a, "amount", "yuan with at most two decimals", "金额以元为单位，最多两位小数");
	desk_give_i(&f->order.command, CLUE_F_AMOUNT, fen);
	return PUBLIC_DONE;
}

enum public_verdict public_file_report(struct public_asking *a, const struct public_report *in,
                                       struct public_receipt *out)
{
	struct public_filing f;
	enum public_verdict v;

	public_begin(&f, DESK_CLUE, CLUE_DO_REPORT, 0);
	v = take_report(a, &f, in);
	public_give_text(&f, CLUE_F_NOTE, in->text);
	public_give_text(&f, CLUE_F_REPORTER, in->contact);
	if (v == PUBLIC_DONE)
		v = public_file(a, &f, CLUE_F_RECEIPT, out);
	public_release(&f);
	return v;
}
