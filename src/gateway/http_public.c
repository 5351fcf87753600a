/* http_public.c - /v1/public/...: public.h as JSON, for people without key or account; and the code that a seat reads out.
 *
 * Before a body is read it is asked whether the public may come in at all, how large it may be, and whether the address comes too often. Words are Chinese, unless Accept-Language names English first. */
#include <sodium/utils.h>
#include "desk/appeal.h"
#include "desk/clue.h"
#include "desk/discipline.h"
#include "desk/measure.h"
#include "desk/script.h"
#include "desk/warning.h"
#include "gateway/http_desk_int.h"
#include "gateway/public.h"

#define SAY(zh_words, en_words) (says_zh(r) ? (zh_words) : (en_words))

/* The first of the two languages that is named; browsers name the preferred one first. */
static bool says_zh(const struct request *r)
{
	const char *z = request_header(r, "Accept-Language");

	while (z != NULL && *z != 0) {
		z += strspn(z, ", ");
		if (strncmp(z, "zh", 2) == 0 || strncmp(z, "en", 2) == 0)
			return *z == 'z';
		z += strcspn(z, ",");
	}
	return true;
}

static struct public_asking asking(struct request *r)
{
	return (struct public_asking){
		.desk = r->h->public_desk, .config = &r->in_force->config, .policy = request_policy(r), .lane = r->slot
	};
}

/* False: the answer is set. */
static bool answered(struct request *r, const struct public_asking *a, enum public_verdict v)
{
	struct buf field;

	switch (v) {
	case PUBLIC_DONE: return true;
	case PUBLIC_NO:
		answer_problem(r, 404, "no-match", SAY("没有相符的信息", "Nothing fits what was given"),
		               SAY("请核对后再试，或拨打 96110", "check it and try again, or call 96110"));
		break;
	case PUBLIC_INPUT:
		buf_init(&field, 256);
		buf_json(&field, text_z(a->field));
		answer_problem_with(r, 422, "public-input", SAY("填写有误", "Something is not filled in right"),
		                    SAY(a->why_zh, a->why_en), "field", buf_view(&field));
		buf_release(&field);
		break;
	case PUBLIC_REFUSED: desk_answer_refusal(r, a->refused, NULL, 0, NULL); break;
	case PUBLIC_FULL:
		answer_problem(r, 503, "overload", SAY("系统繁忙", "The queue is full"),
		               SAY("本次未受理，请稍后再试", "nothing of this was taken; try again after a second"));
		break;
	case PUBLIC_FAILED:
		answer_problem(r, 503, "registry", SAY("系统暂时不可用", "The desk can't be used now"),
		               SAY("请稍后再试，紧急情况请拨打 110", "try again later; if it is urgent call 110"));
		break;
	}
	return false;
}

/* ---- bodies ---- */

struct member {
	const char *name;
	struct text *to;
};

static struct text text_in(const json_t *j)
{
	return text_of(json_is_string(j) ? json_string_value(j) : "", json_string_length(j));
}

static bool wrong(struct request *r, const char *name)
{
	struct public_asking a = { .field = name,
		                       .why_en = "this is not known here, or of another type",
		                       .why_zh = "不接受此项，或类型不对" };

	return answered(r, &a, PUBLIC_INPUT);
}

/* A body of texts; members named in `but` (NULL at the end) are the caller's. NULL: the answer is set. Texts live as long as the JSON. */
static json_t *take_body(struct request *r, const struct member *m, size_t n, const char *const *but)
{
	json_t *body = request_json(r), *j;
	const char *name;

	if (body == NULL)
		return NULL;
	json_object_foreach(body, name, j)
	{
		size_t i = 0, k = 0;

		while (i < n && strcmp(m[i].name, name) != 0)
			i++;
		while (but != NULL && but[k] != NULL && strcmp(but[k], name) != 0)
			k++;
		if (i == n && but != NULL && but[k] != NULL)
			continue;
		if (i == n || !json_is_string(j)) {
			wrong(r, i == n ? "" : m[i].name);
			json_decref(body);
			return NULL;
		}
		*m[i].to = text_in(j);
	}
	return body;
}

static void put_words(struct buf *b, const char *name, const char *words)
{
	buf_printf(b, ",\"%s\":", name);
	buf_json(b, text_z(words));
}

static void put_sealed(struct buf *b, const char *name, const struct buf *plain)
{
	buf_printf(b, ",\"%s\":", name);
	if (plain->n > 0 && plain->err == ERR_OK)
		buf_json(b, buf_view(plain));
	else
		buf_z(b, "null");
}

static void put_moment(struct buf *b, const char *name, int64_t us)
{
	buf_printf(b, ",\"%s\":", name);
	desk_put_time(b, us);
}

static void wipe(struct buf *b)
{
	if (b->p != NULL)
		sodium_memzero(b->p, b->cap);
	buf_release(b);
}

/* Spoken lines of a script's part. */
static void put_lines(struct buf *b, const char *name, uint32_t scam, const uint8_t *part, size_t n, bool zh)
{
	const char *comma = "";

	buf_printf(b, ",\"%s\":[", name);
	for (size_t p = 0; p < n; p++) {
		const struct script_line *l;

		for (uint32_t i = 0; (l = script_line(scam, part[p], i)) != NULL; i++) {
			buf_z(b, comma);
			buf_json(b, text_z(zh ? l->zh : l->en));
			comma = ",";
		}
	}
	buf_char(b, ']');
}

static const uint8_t advice[] = { SCRIPT_SPELL, SCRIPT_NOW }, paid_advice[] = { SCRIPT_PAID },
					 checks[] = { SCRIPT_CHECK };

static void put_receipt(struct request *r, const struct public_receipt *x, uint32_t kind)
{
	buf_z(&r->out, "{\"object\":");
	desk_put_id(&r->out, kind, x->id);
	put_words(&r->out, "receipt", x->receipt);
	put_words(&r->out, "words",
	          SAY("请保存回执号：只显示一次，凭它查询进展。",
	              "Keep the receipt: it is shown once, and you need it to ask what became of this."));
}

/* ---- reports ---- */

static void run_report(struct request *r)
{
	struct public_asking a = asking(r);
	struct public_report in = { .what = TEXT("") };
	const struct member m[] = { { "what", &in.what },       { "phone", &in.phone },   { "account", &in.account },
		                        { "link", &in.link },       { "text", &in.text },     { "when", &in.when },
		                        { "contact", &in.contact }, { "amount", &in.amount }, { "paid", &in.paid } };
	struct public_receipt x;
	json_t *body = take_body(r, m, ARRAY_LEN(m), NULL);

	if (body == NULL)
		return;
	if (answered(r, &a, public_file_report(&a, &in, &x))) {
		put_receipt(r, &x, DESK_CLUE);
		if (in.paid.n > 0)
			put_lines(&r->out, "advice", SCRIPT_UNKNOWN, paid_advice, 1, says_zh(r));
		else
			put_lines(&r->out, "advice", SCRIPT_UNKNOWN, advice, ARRAY_LEN(advice), says_zh(r));
		buf_z(&r->out, "}\n");
		r->status = 201;
	}
	sodium_memzero(&x, sizeof(x));
	json_decref(body);
}

static void put_status(struct request *r, const struct desk_object *o)
{
	buf_z(&r->out, "{\"object\":");
	desk_put_id(&r->out, o->kind, o->id);
	put_words(&r->out, "state", desk_machine(o->kind)->state[o->state].name);
	put_words(&r->out, "words", public_state_words(o, says_zh(r)));
	put_moment(&r->out, "received", o->made_us);
	put_moment(&r->out, "changed", o->changed_us);
}

static void run_report_status(struct request *r)
{
	struct public_asking a = asking(r);
	struct desk_object o;
	struct buf words;

	buf_init(&words, TEXT_BYTES_MAX);
	if (answered(r, &a, public_status(&a, DESK_CLUE, r->arg[0], &o, &words))) {
		put_status(r, &o);
		put_sealed(&r->out, "feedback", &words);
		if (desk_has(&o, CLUE_F_REWARD))
			buf_printf(&r->out, ",\"reward\":%lld.%02lld}\n", (long long)desk_i(&o, CLUE_F_REWARD) / 100,
			           (long long)desk_i(&o, CLUE_F_REWARD) % 100);
		else
			buf_z(&r->out, ",\"reward\":null}\n");
		r->status = 200;
	}
	wipe(&words);
}

/* ---- is it known? ---- */

static void run_check(struct request *r)
{
	struct public_asking a = asking(r);
	struct public_check in = { .phone = TEXT("") };
	const struct member m[] = {
		{ "phone", &in.phone }, { "account", &in.account }, { "link", &in.link }, { "message", &in.message }
	};
	struct public_known known;
	json_t *body = take_body(r, m, ARRAY_LEN(m), NULL);

	if (body == NULL)
		return;
	if (answered(r, &a, public_check(&a, &in, &known))) {
		buf_printf(&r->out, "{\"listed\":%s", known.listed ? "true" : "false");
		if (known.listed)
			put_words(&r->out, "words",
			          SAY("这是已公布的涉诈信息：不要联系、不要转账、不要点开。",
			              "This is on a published list of what fraud uses: don't answer, don't pay, don't open it."));
		else
			put_words(
				&r->out, "words",
				SAY("公开名单中没有，但这不表示安全。有疑问请拨打 96110，已经转账请立即拨打 110。",
			        "It is on no published list; that does not make it safe. In doubt call 96110; if you have paid call "
			        "110 at once."));
		if (known.scam != SCRIPT_UNKNOWN) {
			buf_printf(&r->out, ",\"reads_like\":{\"name\":\"%s\",\"words\":", script_name(known.scam));
			buf_json(&r->out, text_z(SAY(script_zh(known.scam), script_name(known.scam))));
			buf_char(&r->out, '}');
		} else {
			buf_z(&r->out, ",\"reads_like\":null");
		}
		put_lines(&r->out, "advice", known.scam, advice, ARRAY_LEN(advice), says_zh(r));
		buf_z(&r->out, "}\n");
		r->status = 200;
	}
	json_decref(body);
}

/* ---- measures ---- */

static void put_choice(struct request *r, const char *name, const struct desk_choices *c, int64_t v)
{
	buf_printf(&r->out, ",\"%s\":", name);
	if (v <= 0 || v >= c->n || c->choice[v].name == NULL) {
		buf_z(&r->out, "null");
		return;
	}
	buf_printf(&r->out, "{\"name\":\"%s\"", c->choice[v].name);
	put_words(&r->out, "words", SAY(c->choice[v].zh, c->choice[v].name));
	buf_char(&r->out, '}');
}

static void put_measure(struct request *r, const struct desk_object *o, const struct buf *reason)
{
	bool ledger = o->kind == DESK_MEASURE;
	bool in_force = ledger ? o->state == MEASURE_IN_FORCE : o->state == DISCIPLINE_ACTIVE;
	bool open = in_force || (!ledger && o->state == DISCIPLINE_NOTICED);

	buf_z(&r->out, "{\"object\":");
	desk_put_id(&r->out, o->kind, o->id);
	buf_printf(&r->out, ",\"about\":\"%s\"", desk_entity_names[o->subject.kind]);
	put_choice(r, "measure", &desk_measures, ledger ? desk_i(o, MEASURE_F_MEASURE) : MEASURE_OF_DISCIPLINE);
	put_choice(r, "basis", &desk_bases, desk_i(o, ledger ? (uint32_t)MEASURE_F_BASIS : (uint32_t)DISCIPLINE_F_BASIS));
	put_sealed(&r->out, "reason", reason);
	put_moment(&r->out, "from", desk_i(o, ledger ? (uint32_t)MEASURE_F_START : (uint32_t)DISCIPLINE_F_START));
	put_moment(&r->out, "to", desk_i(o, ledger ? (uint32_t)MEASURE_F_END : (uint32_t)DISCIPLINE_F_END));
	put_moment(&r->out, "ended", ledger ? desk_i(o, MEASURE_F_ENDED) : 0);
	buf_printf(&r->out, ",\"in_force\":%s,\"may_object\":%s,\"objection_open\":%s", in_force ? "true" : "false",
	           open ? "true" : "false", ledger && desk_i(o, MEASURE_F_APPEAL) == APPEAL_STATE_OPEN ? "true" : "false");
	put_choice(r, "remedy", &desk_remedies, ledger ? desk_i(o, MEASURE_F_REMEDY) : 4);
	put_words(
		&r->out, "words",
		SAY("如有异议，可在此提交申诉（POST /v1/public/appeals），或向上述救济渠道提出；自动作出的决定可要求人工处理。经核实有误的，立即解除。",
	        "If you disagree, object here (POST /v1/public/appeals) or where the remedy says. What a machine decided can be "
	        "given to a person. If you are right the measure ends at once."));
	buf_z(&r->out, "}\n");
	r->status = 200;
}

static void run_restriction(struct request *r)
{
	struct public_asking a = asking(r);
	struct text code = TEXT(""), digits = TEXT("");
	const struct member m[] = { { "code", &code }, { "digits", &digits } };
	json_t *body = take_body(r, m, ARRAY_LEN(m), NULL);
	struct desk_object o;
	struct buf reason;

	if (body == NULL)
		return;
	buf_init(&reason, TEXT_BYTES_MAX);
	if (answered(r, &a, public_measure(&a, code, digits, &o, &reason)))
		put_measure(r, &o, &reason);
	wipe(&reason);
	json_decref(body);
}

/* False: the answer is set. */
static bool take_papers(struct request *r, const json_t *list, struct public_appeal *in)
{
	if (list != NULL && (!json_is_array(list) || json_array_size(list) > PUBLIC_PAPERS_MAX))
		return wrong(r, "papers");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *x = json_array_get(list, i);
		struct public_paper *p = &in->paper[in->n_papers++];

		*p = (struct public_paper){ .name = text_in(json_object_get(x, "name")),
			                        .type = text_in(json_object_get(x, "type")),
			                        .base64 = text_in(json_object_get(x, "base64")) };
	}
	return true;
}

static void run_appeal(struct request *r)
{
	static const char *const but[] = { "papers", "by_person", NULL };
	struct public_asking a = asking(r);
	struct public_appeal in = { .code = TEXT("") };
	const struct member m[] = {
		{ "code", &in.code }, { "digits", &in.digits }, { "text", &in.text }, { "contact", &in.contact }
	};
	json_t *body = take_body(r, m, ARRAY_LEN(m), but);
	const json_t *by_person = json_object_get(body, "by_person");
	struct public_receipt x;

	if (body == NULL)
		return;
	in.by_person = json_is_true(by_person);
	if (by_person != NULL && !json_is_boolean(by_person)) {
		wrong(r, "by_person");
	} else if (take_papers(r, json_object_get(body, "papers"), &in) &&
	           answered(r, &a, public_file_appeal(&a, &in, &x))) {
		put_receipt(r, &x, DESK_APPEAL);
		buf_printf(&r->out, ",\"papers_kept\":%u,\"papers_words\":", x.papers_kept);
		if (x.papers_kept == in.n_papers)
			buf_z(&r->out, "null");
		else
			buf_json(&r->out,
			         text_z(SAY("部分材料过大，未能保存，请当面提交。",
			                    "Not all papers could be kept, they are too large; bring the others in person.")));
		buf_z(&r->out, "}\n");
		r->status = 201;
	}
	sodium_memzero(&x, sizeof(x));
	json_decref(body);
}

static void put_appeal(struct request *r, const struct desk_object *o, const struct buf *words)
{
	put_status(r, o);
	put_sealed(&r->out, "decision", words);
	buf_printf(&r->out, ",\"by_person\":%s,\"automatic\":%s}\n", desk_i(o, APPEAL_F_BY_PERSON) ? "true" : "false",
	           desk_i(o, APPEAL_F_AUTOMATIC) ? "true" : "false");
	r->status = 200;
}

static void run_appeal_status(struct request *r)
{
	struct public_asking a = asking(r);
	struct desk_object o;
	struct buf words;

	buf_init(&words, TEXT_BYTES_MAX);
	if (answered(r, &a, public_status(&a, DESK_APPEAL, r->arg[0], &o, &words)))
		put_appeal(r, &o, &words);
	wipe(&words);
}

static void run_appeal_step(struct request *r, enum public_step step)
{
	const struct buf nothing = { .n = 0 };
	struct public_asking a = asking(r);
	struct desk_object o;

	if (answered(r, &a, public_appeal_step(&a, r->arg[0], step, &o)))
		put_appeal(r, &o, &nothing);
}

static void run_to_person(struct request *r)
{
	run_appeal_step(r, PUBLIC_TO_PERSON);
}

static void run_again(struct request *r)
{
	run_appeal_step(r, PUBLIC_AGAIN);
}

static void run_withdraw(struct request *r)
{
	run_appeal_step(r, PUBLIC_WITHDRAW);
}

/* ---- is this call real? ---- */

static void run_96110(struct request *r)
{
	buf_z(&r->out, "{\"numbers\":[\"96110\",\"110\"]");
	put_lines(&r->out, "zh", SCRIPT_UNKNOWN, checks, 1, true);
	put_lines(&r->out, "en", SCRIPT_UNKNOWN, checks, 1, false);
	put_words(&r->out, "code_zh",
	          "也可以请来电人报出六位核验码，连同您接听号码的末四位在此核验；核验码只在几分钟内有效。");
	put_words(
		&r->out, "code_en",
		"Or ask the caller for a code of six digits and check it here with the last four digits of the number you were "
		"called on; a code is good for minutes.");
	buf_z(&r->out, "}\n");
	r->status = 200;
}

static void run_verify_call(struct request *r)
{
	struct public_asking a = asking(r);
	struct text code = TEXT(""), digits = TEXT("");
	const struct member m[] = { { "code", &code }, { "digits", &digits } };
	json_t *body = take_body(r, m, ARRAY_LEN(m), NULL);
	enum public_verdict v;

	if (body == NULL)
		return;
	v = public_verify_call(&a, code, digits);
	if (v == PUBLIC_NO || answered(r, &a, v)) {
		buf_printf(&r->out, "{\"genuine\":%s", v == PUBLIC_DONE ? "true" : "false");
		put_words(&r->out, "words",
		          v == PUBLIC_DONE
		              ? SAY("是反诈中心正在给您打电话。", "It is the anti-fraud centre that is calling you.")
		              : SAY("不能确认：请挂断，自己拨打 96110。",
		                    "This can't be confirmed: hang up and dial 96110 yourself."));
		buf_z(&r->out, "}\n");
		r->status = 200;
	}
	json_decref(body);
}

/* By who may call about the warning now. */
static bool may_call(struct request *r, struct text id, struct desk_asker *who, struct desk_object *w)
{
	const struct desk_step *call = &desk_warning.step[WARNING_DO_CALL];

	if (!desk_asker(r, who))
		return false;
	if (!desk_may(call, who->roles)) {
		desk_answer_refusal(r, DESK_REFUSED_ROLE, &desk_warning, 0, NULL);
		return false;
	}
	if (!desk_asked_object(r, who, &desk_warning, id, w))
		return false;
	if (desk_allows(who, call, w))
		return true;
	desk_answer_refusal(r, DESK_REFUSED_STATE, &desk_warning, 0, NULL);
	return false;
}

static void give_code(struct request *r, struct text object)
{
	char code[PUBLIC_CALL_DIGITS + 1] = "";
	struct public_asking a = asking(r);
	struct desk_asker who;
	struct desk_object w;
	struct buf act, id;
	uint64_t position;
	int64_t until_us;

	if (!may_call(r, object, &who, &w))
		return;
	desk_act_begin(&act, "call-code", r, who.user, TEXT(""));
	buf_init(&id, 64);
	desk_id_print(&id, w.kind, w.id);
	act_text(&act, "object", buf_view(&id));
	act.err = id.err != ERR_OK ? id.err : act.err;
	buf_release(&id);
	if (http_act(r, &act, NULL, NULL, &position) && answered(r, &a, public_call_code(&a, &w, code, &until_us))) {
		buf_printf(&r->out, "{\"code\":\"%s\"", code);
		put_moment(&r->out, "until", until_us);
		buf_z(&r->out, "}\n");
		r->status = 200;
	}
	sodium_memzero(code, sizeof(code));
}

static void run_call_code(struct request *r)
{
	struct text object = TEXT("");
	const struct member m[] = { { "object", &object } };
	json_t *body = take_body(r, m, ARRAY_LEN(m), NULL);

	if (body != NULL)
		give_code(r, object);
	json_decref(body);
}

/* ---- the way in ---- */

static enum public_cost cost_of(const struct route *t)
{
	static const char shown[][24] = { "/v1/public/feed.",
		                              "/v1/public/materials/" }; /* they prove nothing and hide nothing */

	for (size_t i = 0; i < ARRAY_LEN(shown); i++)
		if (strncmp(t->path, shown[i], strlen(shown[i])) == 0)
			return PUBLIC_READS;
	if (t->run == run_report)
		return PUBLIC_FILES;
	if (t->run == run_appeal)
		return PUBLIC_FILES;
	return t->run == run_check || t->run == run_96110 ? PUBLIC_ASKS : PUBLIC_PROVES;
}

bool http_public_admit(struct request *r)
{
	const union MHD_ConnectionInfo *from = MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct config *c = &r->in_force->config;
	int64_t wait_us;

	if (!c->public_enabled) {
		answer_problem(r, 404, "unknown", "No such path", "doc/http-api.md lists them");
		return false;
	}
	if (r->h->public_desk == NULL) {
		answer_problem(r, 503, "desk", "There is no desk here", "this service was started without it");
		return false;
	}
	if (r->body.max > c->public_body)
		r->body.max = c->public_body;
	if (public_admit(r->h->public_desk, c, cost_of(r->route), from == NULL ? NULL : from->client_addr, &wait_us))
		return true;
	r->retry_after_s = (wait_us + US_PER_SECOND - 1) / US_PER_SECOND;
	answer_problem(
		r, 429, "rate", SAY("请求过于频繁", "Too many requests"),
		SAY("请稍后再试；紧急情况请拨打 110 或 96110", "try again later; if it is urgent call 110 or 96110"));
	return false;
}

const struct route http_public_routes[] = {
	{ "POST", "/v1/public/reports", 0, ROUTE_PUBLIC, run_report },
	{ "GET", "/v1/public/reports/*", 0, ROUTE_PUBLIC, run_report_status },
	{ "POST", "/v1/public/check", 0, ROUTE_PUBLIC, run_check },
	{ "POST", "/v1/public/restrictions", 0, ROUTE_PUBLIC, run_restriction },
	{ "POST", "/v1/public/appeals", 0, ROUTE_PUBLIC, run_appeal },
	{ "GET", "/v1/public/appeals/*", 0, ROUTE_PUBLIC, run_appeal_status },
	{ "POST", "/v1/public/appeals/*/to-person", 0, ROUTE_PUBLIC, run_to_person },
	{ "POST", "/v1/public/appeals/*/reconsider", 0, ROUTE_PUBLIC, run_again },
	{ "POST", "/v1/public/appeals/*/withdraw", 0, ROUTE_PUBLIC, run_withdraw },
	{ "GET", "/v1/public/96110", 0, ROUTE_PUBLIC, run_96110 },
	{ "POST", "/v1/public/verify-call", 0, ROUTE_PUBLIC, run_verify_call },
	{ "POST", "/v1/desk/call-codes", SCOPE_DESK, ROUTE_SLOW, run_call_code },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
