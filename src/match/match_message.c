/* match_message.c - the bytes of a message: read strictly, so that each message has one form; written by the same layout.
 *
 *    0   8  "DKMATCH1"                    16   4  points given back
 *    8   1  step: 1, 2, 3                 20   2  bytes of the purpose
 *    9   1  who learns: 1, 2, 3           22   2  bytes of the legal basis
 *   10   1  kind of identifier            24  32  session
 *   11   1  0                             56  32  hash of the message that it answers
 *   12   4  own points                    88      purpose, basis, own points, points given back
 * and 32 bytes of BLAKE2b over all of that. The hash finds damage and ties the messages of a session together; it is no signature: who sent a message is
 * for the channel to know. Numbers are little-endian. */
#include <sodium.h>
#include "match/match_int.h"

static const char magic[8] = "DKMATCH1";

const struct match_limits match_limits_default = { MATCH_ITEMS_LEAST, MATCH_ITEMS_MOST, MATCH_RATIO_MOST };

static const char *const learns_names[] = { "", "offerer", "answerer", "both" };

const char *match_learns_name(enum match_learns l)
{
	return learns_names[l];
}

bool match_learns_parse(struct text name, enum match_learns *out)
{
	for (uint32_t i = 1; i < ARRAY_LEN(learns_names); i++) {
		if (!text_eq(name, text_z(learns_names[i])))
			continue;
		*out = (enum match_learns)i;
		return true;
	}
	return false;
}

const char *match_step_name(enum match_step s)
{
	static const char *const name[] = { "", "offer", "answer", "finish" };

	return name[s];
}

size_t match_message_bytes(size_t texts, uint64_t n_own, uint64_t n_back)
{
	return MATCH_HEAD_BYTES + texts + (size_t)(n_own + n_back) * MATCH_POINT_BYTES + MATCH_HASH_BYTES;
}

static bool text_fits(struct text t)
{
	return t.n > 0 && t.n <= MATCH_TEXT_MAX && text_utf8_valid(t) && memchr(t.p, 0, t.n) == NULL;
}

static enum err fail(const char **why, enum err e, const char *what)
{
	*why = what;
	return e;
}

/* Which sizes belong to the step: 0 or within the limits. */
static enum err check_sizes(const struct match_message *m, const struct match_limits *limits, const char **why)
{
	uint32_t bit = m->step == MATCH_ANSWER ? MATCH_OFFERER : m->step == MATCH_FINISH ? MATCH_ANSWERER : 0;
	bool own = m->step != MATCH_FINISH, back = (m->terms.learns & bit) != 0;

	if (m->step == MATCH_FINISH && !back)
		return fail(why, ERR_FORMAT, "a finish where the answerer learns nothing; there is none then");
	if ((m->n_own > 0) != own || (m->n_back > 0) != back)
		return fail(why, ERR_FORMAT, "points that do not belong to this step");
	if ((own && m->n_own < limits->least) || (back && m->n_back < limits->least))
		return fail(why, ERR_RANGE, "a list with fewer items than the limit, which would be asking for single persons");
	if (m->n_own > limits->most || m->n_back > limits->most)
		return fail(why, ERR_RANGE, "a list with more items than the limit");
	return ERR_OK;
}

enum err match_message_read(struct match_message *m, struct text bytes, const struct match_limits *limits,
                            const char **why)
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	unsigned char hash[MATCH_HASH_BYTES];
	size_t n_purpose, n_basis;
	enum err e;

	*m = (struct match_message){ 0 };
	if (bytes.n < MATCH_HEAD_BYTES + MATCH_HASH_BYTES || memcmp(p, magic, sizeof(magic)) != 0)
		return fail(why, ERR_FORMAT, "not a message of private matching, version 1");
	if (p[8] < MATCH_OFFER || p[8] > MATCH_FINISH || p[9] < MATCH_OFFERER || p[9] > MATCH_BOTH ||
	    match_kind_name((enum ident_form)p[10]) == NULL || p[11] != 0)
		return fail(why, ERR_FORMAT, "an unknown step, kind or part");
	m->step = (enum match_step)p[8];
	m->terms.learns = (enum match_learns)p[9];
	m->terms.form = (enum ident_form)p[10];
	m->n_own = (uint32_t)match_get(p + 12, 4);
	m->n_back = (uint32_t)match_get(p + 16, 4);
	n_purpose = (size_t)match_get(p + 20, 2);
	n_basis = (size_t)match_get(p + 22, 2);
	memcpy(m->terms.session, p + 24, MATCH_SESSION_BYTES);
	memcpy(m->previous, p + 56, MATCH_HASH_BYTES);
	if (bytes.n != match_message_bytes(n_purpose + n_basis, m->n_own, m->n_back))
		return fail(why, ERR_FORMAT, "a length that is not what the head says; was it cut off?");
	m->terms.purpose = text_of(bytes.p + MATCH_HEAD_BYTES, n_purpose);
	m->terms.basis = text_of(bytes.p + MATCH_HEAD_BYTES + n_purpose, n_basis);
	m->own = p + MATCH_HEAD_BYTES + n_purpose + n_basis;
	m->back = m->own + (size_t)m->n_own * MATCH_POINT_BYTES;
	if (!text_fits(m->terms.purpose) || !text_fits(m->terms.basis))
		return fail(why, ERR_FORMAT, "a purpose or legal basis that is empty, too long or not UTF-8");
	e = check_sizes(m, limits, why);
	if (e != ERR_OK)
		return e;
	crypto_generichash(hash, sizeof(hash), p, bytes.n - MATCH_HASH_BYTES, NULL, 0);
	memcpy(m->hash, p + bytes.n - MATCH_HASH_BYTES, MATCH_HASH_BYTES);
	if (sodium_memcmp(hash, m->hash, sizeof(hash)) != 0)
		return fail(why, ERR_FORMAT, "a checksum that is not that of its bytes; get the message once more");
	if (sodium_is_zero(m->terms.session, MATCH_SESSION_BYTES) ||
	    (m->step == MATCH_OFFER) != (sodium_is_zero(m->previous, MATCH_HASH_BYTES) == 1))
		return fail(why, ERR_FORMAT, "no session, or a place in it that is not that of its step");
	if (!match_points_ascend(m->own, m->n_own))
		return fail(why, ERR_FORMAT, "points that are not in order, or twice there");
	return ERR_OK;
}

enum err match_message_write(struct match_message *m, struct buf *out)
{
	unsigned char head[MATCH_HEAD_BYTES] = { 0 };
	size_t at = out->n;
	enum err e = buf_reserve(out, match_message_bytes(m->terms.purpose.n + m->terms.basis.n, m->n_own, m->n_back));

	if (e != ERR_OK)
		return e;
	memcpy(head, magic, sizeof(magic));
	head[8] = (unsigned char)m->step;
	head[9] = (unsigned char)m->terms.learns;
	head[10] = (unsigned char)m->terms.form;
	match_put(head + 12, m->n_own, 4);
	match_put(head + 16, m->n_back, 4);
	match_put(head + 20, m->terms.purpose.n, 2);
	match_put(head + 22, m->terms.basis.n, 2);
	memcpy(head + 24, m->terms.session, MATCH_SESSION_BYTES);
	memcpy(head + 56, m->previous, MATCH_HASH_BYTES);
	buf_add(out, head, sizeof(head));
	buf_text(out, m->terms.purpose);
	buf_text(out, m->terms.basis);
	buf_add(out, m->own, (size_t)m->n_own * MATCH_POINT_BYTES);
	buf_add(out, m->back, (size_t)m->n_back * MATCH_POINT_BYTES);
	crypto_generichash(m->hash, sizeof(m->hash), (const unsigned char *)out->p + at, out->n - at, NULL, 0);
	buf_add(out, m->hash, sizeof(m->hash));
	return out->err;
}
