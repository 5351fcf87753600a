/* public_measure.c - a measure against somebody, by the code of its notice, and the objection to it; see public.h.
 *
 * The proof is the code and the last four digits of the number to which the notice went. Both are always worked out and compared, so that who has neither can't tell which is wrong. */
#include <sodium/utils.h>
#include "desk/appeal.h"
#include "desk/discipline.h"
#include "desk/measure.h"
#include "gateway/desk_show.h"
#include "gateway/outbox.h"
#include "gateway/public_int.h"

enum {
	CHANNEL_ONLINE = 3
};

bool public_last_digits(struct public_asking *a, struct desk_entity e, char out[PUBLIC_DIGITS])
{
	char plain[DICTIONARY_PLAIN_MAX] = { 0 };
	uint64_t position = 0;
	int64_t now_us;
	size_t n = 0;
	enum err err = registry_place(a->desk->o.registry, &position, &now_us);

	memset(out, 0, PUBLIC_DIGITS);
	if (err == ERR_OK)
		err = names_reveal(a->desk->o.names, position + 1, e.token, desk_entity_kind(&a->policy->schema, e.kind), plain,
		                   &n);
	if (err == ERR_OK && n >= PUBLIC_DIGITS)
		memcpy(out, plain + n - PUBLIC_DIGITS, PUBLIC_DIGITS);
	sodium_memzero(plain, sizeof(plain));
	return err == ERR_OK && n >= PUBLIC_DIGITS;
}

/* The object that code and digits prove the right to. */
static enum public_verdict proved(struct public_asking *a, struct text code, struct text digits,
                                  struct desk_object *out)
{
	struct desk_entity to = { .kind = DESK_PHONE };
	char typed[PUBLIC_DIGITS], right[PUBLIC_DIGITS];
	bool ok, known;
	uint32_t kind;
	uint64_t id;
	enum err e;

	ok = proof_notice_take(a->desk->o.key, code, &kind, &id);
	e = registry_load(a->desk->o.registry, id, out);
	if (e != ERR_OK && e != ERR_ABSENT)
		return PUBLIC_FAILED;
	ok = ok && e == ERR_OK && out->kind == kind && (kind == DESK_MEASURE || kind == DESK_DISCIPLINE);
	if (ok) {
		to = outbox_phone_of(a->desk->o.registry, (struct desk_entity){ .kind = DESK_ENTITY_NONE }, out);
		to = to.kind == DESK_ENTITY_NONE ? out->subject : to;
	}
	ok &= public_digits(text_trim(digits), PUBLIC_DIGITS, typed);
	known = public_last_digits(a, to, right);
	ok &= proof_same(typed, right, sizeof(right));
	sodium_memzero(right, sizeof(right));
	return ok && known ? PUBLIC_DONE : PUBLIC_NO;
}

enum public_verdict public_measure(struct public_asking *a, struct text code, struct text digits,
                                   struct desk_object *out, struct buf *reason)
{
	enum public_verdict v = proved(a, code, digits, out);

	if (v == PUBLIC_DONE)
		v = public_act(a, "view", out, "fields", TEXT("measure,basis,reason,start,end"));
	return v == PUBLIC_DONE
	           ? public_read(a, out,
	                         out->kind == DESK_MEASURE ? (uint32_t)MEASURE_F_REASON : (uint32_t)DISCIPLINE_F_REASON,
	                         reason)
	           : v;
}

/* ---- objections ---- */

static enum public_verdict file(struct public_asking *a, const struct public_appeal *in, uint64_t target,
                                struct public_receipt *out)
{
	struct public_papers papers;
	struct public_filing f;
	enum public_verdict v = public_take_papers(a, in->paper, in->n_papers, &papers);

	public_begin(&f, DESK_APPEAL, APPEAL_DO_FILE, 0);
	desk_give_id(&f.order.command, APPEAL_F_TARGET, target);
	desk_give_i(&f.order.command, APPEAL_F_CHANNEL, CHANNEL_ONLINE);
	if (in->by_person)
		desk_give_i(&f.order.command, APPEAL_F_BY_PERSON, 1);
	public_give_text(&f, APPEAL_F_REASON, in->text);
	public_give_text(&f, APPEAL_F_CONTACT, in->contact);
	public_give_papers(&f, &papers);
	if (v == PUBLIC_DONE)
		v = public_file(a, &f, APPEAL_F_RECEIPT, out);
	out->papers_kept = papers.kept;
	public_papers_end(a, &papers, v);
	public_release(&f);
	return v;
}

static enum public_verdict said_why(struct public_asking *a, const struct public_appeal *in)
{
	if (in->text.n == 0 || !public_text_ok(in->text, PUBLIC_TEXT_MAX))
		return public_wrong(a, "text", "say in 1 to 8,000 bytes why", "请写明理由（不超过 8000 字节）");
	if (!public_text_ok(in->contact, PUBLIC_CONTACT_MAX))
		return public_wrong(a, "contact", "at most 200 bytes of text", "联系方式过长");
	return PUBLIC_DONE;
}

/* Nothing is kept of who has no proof. */
enum public_verdict public_file_appeal(struct public_asking *a, const struct public_appeal *in,
                                       struct public_receipt *out)
{
	struct desk_object m;
	enum public_verdict v = said_why(a, in);

	if (v == PUBLIC_DONE)
		v = proved(a, in->code, in->digits, &m);
	return v == PUBLIC_DONE ? file(a, in, m.id, out) : v;
}

enum public_verdict public_file_own_appeal(struct public_asking *a, uint64_t measure, const struct public_appeal *in,
                                           struct public_receipt *out)
{
	enum public_verdict v = said_why(a, in);

	return v == PUBLIC_DONE ? file(a, in, measure, out) : v;
}

enum public_verdict public_appeal_step(struct public_asking *a, struct text receipt, enum public_step step,
                                       struct desk_object *out)
{
	static const uint8_t steps[] = { [PUBLIC_TO_PERSON] = APPEAL_DO_REFER,
		                             [PUBLIC_AGAIN] = APPEAL_DO_RECONSIDER,
		                             [PUBLIC_WITHDRAW] = APPEAL_DO_WITHDRAW };
	enum public_verdict v = public_receipted(a, DESK_APPEAL, receipt, out);
	struct public_filing f;

	if (v != PUBLIC_DONE)
		return v;
	public_begin(&f, DESK_APPEAL, steps[step], out->id);
	v = public_do(a, &f);
	public_release(&f);
	if (v == PUBLIC_DONE && registry_load(a->desk->o.registry, out->id, out) != ERR_OK)
		v = PUBLIC_FAILED;
	return v;
}
