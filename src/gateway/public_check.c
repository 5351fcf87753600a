/* public_check.c - is it known? Published lists only, so that whoever asks about their own number learns nothing of what is known of them otherwise; see public.h.
 *
 * A link counts as it is written, and its host as well. A message is read for the type of scam that it is like (desk/script.h), which depends on the message alone. */
#include <sodium/utils.h>
#include "desk/script.h"
#include "event/ident.h"
#include "gateway/desk_show.h"
#include "gateway/public_int.h"
#include "shard/edition.h"

enum {
	ASKED_MAX = 2 /* the link, and its host */
};

struct looking {
	struct public_asking *a;
	uint32_t n;
	struct {
		uint8_t kind; /* index in the schema */
		struct token token;
		int64_t fingerprint; /* of the text as it is written */
	} asked[ASKED_MAX];
	bool listed;
};

/* "a,b" */
static bool names(const char *list, struct text name)
{
	while (*list != 0) {
		size_t n = strcspn(list, ",");

		if (text_eq(text_trim(text_of(list, n)), name))
			return true;
		list += n + (list[n] == ',');
	}
	return false;
}

/* Every list is looked through, whatever was found before. On the writer's thread. */
static void look(void *ctx, struct shard *s)
{
	struct looking *l = ctx;
	const struct policy *p = &shard_edition(s)->policy;
	int64_t now_us = l->a->desk->o.now_us(), until_us;

	for (uint32_t i = 0; i < p->n_lists; i++) {
		const struct list *list = &p->list[i];

		if (!names(l->a->config->public_lists, list->name))
			continue;
		for (uint32_t k = 0; k < l->n; k++) {
			bool text = list->type.dim == DIM_TEXT, fits = text || list->type.entity == l->asked[k].kind;

			until_us = 0;
			if (fits && engine_list_until(shard_engine(s), i, text ? (struct token){ { 0, 0 } } : l->asked[k].token,
			                              text ? l->asked[k].fingerprint : 0, &until_us))
				l->listed |= until_us > now_us;
		}
	}
}

static enum public_verdict add(struct looking *l, const char *field, uint8_t kind, struct text t)
{
	struct public_asking *a = l->a;
	uint8_t k = desk_entity_kind(&a->policy->schema, kind);
	char scratch[EVENT_IDENT_MAX];
	const char *why;
	struct ident id;

	if (t.n == 0 || t.n > EVENT_IDENT_MAX ||
	    ident_make(a->desk->o.key, desk_entity_form(kind), k, IDENT_STRICT, t, scratch, &id, &why) != ERR_OK)
		return public_wrong(a, field, "this can't be read; write it as it was shown to you", "无法识别，请按原样填写");
	l->asked[l->n].kind = k;
	l->asked[l->n].token = id.token;
	l->asked[l->n++].fingerprint = hash_fingerprint(a->desk->o.key, t);
	sodium_memzero(scratch, sizeof(scratch));
	return PUBLIC_DONE;
}

/* http://HOST/..., HOST/... */
static struct text host_of(struct text link)
{
	const char *p, *end;
	size_t n = 0;

	if (link.n == 0)
		return TEXT("");
	end = link.p + link.n;
	p = memmem(link.p, link.n, "://", 3);
	p = p == NULL ? link.p : p + 3;
	while (p + n < end && p[n] != '/' && p[n] != '?' && p[n] != '#' && p[n] != ':')
		n++;
	return text_of(p, n);
}

enum public_verdict public_check(struct public_asking *a, const struct public_check *in, struct public_known *out)
{
	struct text phone = text_trim(in->phone), account = text_trim(in->account), link = text_trim(in->link);
	struct looking l = { .a = a };
	struct text host = host_of(link);
	enum public_verdict v;

	*out = (struct public_known){ .listed = false };
	if ((phone.n > 0) + (account.n > 0) + (link.n > 0) + (in->message.n > 0) != 1)
		return public_wrong(a, "phone", "one of phone, account, link and message is needed",
		                    "请填写号码、账户、网址、短信内容中的一项");
	if (!public_text_ok(in->message, PUBLIC_TEXT_MAX))
		return public_wrong(a, "message", "at most 8,000 bytes of text", "内容过长");
	v = phone.n > 0     ? add(&l, "phone", DESK_PHONE, phone)
	    : account.n > 0 ? add(&l, "account", DESK_BANK_ACCOUNT, account)
	    : link.n > 0    ? add(&l, "link", DESK_NET, link)
	                    : PUBLIC_DONE;
	if (v == PUBLIC_DONE && host.n > 0 && host.n < link.n)
		v = add(&l, "link", DESK_NET, host);
	if (v != PUBLIC_DONE)
		return v;
	if (in->message.n > 0)
		out->scam = script_like(in->message);
	else if (!writer_do(a->desk->o.writer, look, &l))
		return PUBLIC_FAILED;
	out->listed = l.listed;
	return public_act(a, "check", NULL, "about",
	                  phone.n > 0     ? TEXT("phone")
	                  : account.n > 0 ? TEXT("account")
	                  : link.n > 0    ? TEXT("link")
	                                  : TEXT("message"));
}
