/* outbox_text.c - see outbox_text.h. */
#include "gateway/outbox_text.h"
#include "base/clock.h"
#include "desk/incident.h"
#include "desk/measure.h"
#include "desk/script.h"
#include "desk/warning.h"
#include "gateway/proof.h"

static const char notice[] =
	"【反诈中心】您的{what}自{start}起被采取“{measure}”措施，依据：{basis}{reason}，至{end}止。如有异议，可向{remedy}提出申诉，核实后立即解除。查询码：{code}。"
	"\nNotice: {measure_en} of your {what_en} from {start} to {end}, under {basis_en}. To object: {remedy_en}; it ends at once if you are right. Code: {code}";
static const char listing[] =
	"【反诈中心】您已被认定为惩戒对象，依据：反电信网络诈骗法第31条、联合惩戒办法。如有异议，可向作出认定的公安机关提出申诉。查询码：{code}。"
	"\nNotice: you are to be listed under AFL Art 31. To object, turn to the police office that decided. Code: {code}";
static const char warned[] =
	"【反诈中心】您可能正在遭遇“{scam}”诈骗。请勿转账、勿共享屏幕、勿透露验证码。如有疑问请拨打96110。"
	"\nWarning: you may be the target of fraud ({scam_en}). Do not transfer money, share your screen or tell codes. Questions: call 96110.";

static const char received[] = "【反诈中心】您提交的{object}已收到，编号{id}，核查后答复。"
							   "\nReceived: your {object_en}, number {id}. You will be answered.";
static const char answered[] = "【反诈中心】您提交的{object}（编号{id}）已办理：{state}{reason}。"
							   "\nAnswer to your {object_en}, number {id}: {state_en}.";

struct filling {
	const struct desk_object *o;
	struct text reason;
	char code[PROOF_TEXT_MAX];
};

static void choice(struct buf *b, const struct desk_choices *c, int64_t v, bool zh)
{
	if (v > 0 && v < c->n && c->choice[v].name != NULL)
		buf_z(b, zh ? c->choice[v].zh : c->choice[v].name);
}

static void put_reason(struct buf *b, struct text t)
{
	size_t n = 0, characters = 0;

	if (t.n == 0 || !text_utf8_valid(t))
		return;
	while (n < t.n && (characters < OUTBOX_REASON_MAX || ((unsigned char)t.p[n] & 0xc0) == 0x80))
		characters += ((unsigned char)t.p[n++] & 0xc0) != 0x80;
	buf_z(b, "，事由：");
	buf_text(b, text_of(t.p, n));
}

static void put_moment(struct buf *b, int64_t us)
{
	if (us > 0)
		clock_format_short(b, us, &clock_shanghai);
}

static bool is(struct text name, const char *z)
{
	return text_eq(name, text_z(z));
}

static void fill(struct buf *b, struct text name, const struct filling *f)
{
	const struct desk_object *o = f->o;
	bool account = desk_has(o, MEASURE_F_ACCOUNT), warning = o->kind == DESK_WARNING;
	int64_t scam = warning ? desk_i(o, WARNING_F_SCAM) : 0;

	if (is(name, "what"))
		buf_z(b, account ? "银行账户" : "电话号码");
	else if (is(name, "what_en"))
		buf_z(b, account ? "account" : "phone number");
	else if (is(name, "measure") || is(name, "measure_en"))
		choice(b, &desk_measures, desk_i(o, MEASURE_F_MEASURE), name.n == 7);
	else if (is(name, "basis") || is(name, "basis_en"))
		choice(b, &desk_bases, desk_i(o, MEASURE_F_BASIS), name.n == 5);
	else if (is(name, "remedy") || is(name, "remedy_en"))
		choice(b, &desk_remedies, desk_i(o, MEASURE_F_REMEDY), name.n == 6);
	else if (is(name, "start"))
		put_moment(b, desk_i(o, MEASURE_F_START));
	else if (is(name, "end"))
		put_moment(b, desk_i(o, MEASURE_F_END));
	else if (is(name, "reason"))
		put_reason(b, f->reason);
	else if (is(name, "code"))
		buf_z(b, f->code);
	else if (is(name, "object") || is(name, "object_en"))
		buf_z(b, name.n == 6 ? desk_machine(o->kind)->zh : desk_machine(o->kind)->name);
	else if (is(name, "state") || is(name, "state_en"))
		buf_z(b, name.n == 5 ? desk_machine(o->kind)->state[o->state].zh : desk_machine(o->kind)->state[o->state].name);
	else if (is(name, "id"))
		desk_id_print(b, o->kind, o->id);
	else if (is(name, "scam") || is(name, "scam_en"))
		choice(b, &desk_scams, scam > 0 ? scam : SCAM_OTHER, name.n == 4);
}

/* ---- the automatic call ---- */

/* All lines of the parts that are said, one after the other. */
static void say(struct buf *out, uint32_t scam, bool zh)
{
	static const uint8_t said[] = { SCRIPT_MACHINE, SCRIPT_SPELL, SCRIPT_NOW };
	const char *blank = "";

	for (size_t p = 0; p < ARRAY_LEN(said); p++) {
		const struct script_line *l;

		for (uint32_t i = 0; (l = script_line(scam, said[p], i)) != NULL; i++) {
			buf_z(out, zh ? "" : blank);
			buf_z(out, zh ? l->zh : l->en);
			blank = " ";
		}
	}
}

static void call(const struct desk_object *o, struct buf *out)
{
	uint32_t scam = script_of(o);

	if (scam == DESK_SCAMS)
		scam = SCRIPT_UNKNOWN;
	say(out, scam, true);
	buf_char(out, '\n');
	say(out, scam, false);
}

void outbox_words(const struct hash_key *key, const struct desk_message *m, const struct desk_object *o,
                  struct text reason, struct buf *out)
{
	const char *z = m->kind == DESK_MESSAGE_RECEIPT    ? received
	                : m->kind == DESK_MESSAGE_FEEDBACK ? answered
	                : m->kind != DESK_MESSAGE_NOTICE   ? warned
	                : o->kind == DESK_MEASURE          ? notice
	                                                   : listing;
	struct filling f = { .o = o, .reason = reason };

	if (m->kind == DESK_MESSAGE_AI_CALL) {
		call(o, out);
		return;
	}
	if (m->kind == DESK_MESSAGE_NOTICE)
		proof_notice(key, o->kind, o->id, f.code);
	while (*z != 0) {
		size_t n = strcspn(z, "{"), name;

		buf_add(out, z, n);
		z += n;
		if (*z == 0)
			break;
		name = strcspn(z + 1, "}");
		fill(out, text_of(z + 1, name), &f);
		z += name + 2;
	}
}
