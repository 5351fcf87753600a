/* public_call.c - codes by which somebody who is called finds out that it is really us; see public.h.
 *
 * They are short, because they are read out; so they live for minutes, go with the last digits of the number that is called, and after a few wrong digits they are none any more. They are kept in
 * memory and as hashes: after a new start of the service a seat makes another. */
#include <sodium/randombytes.h>
#include <sodium/utils.h>
#include <stdio.h>
#include "base/clock.h"
#include "gateway/outbox.h"
#include "gateway/public_int.h"

enum {
	NAME_SPACE_CALL = 0x43414c4c, /* keeps codes apart from tokens */
	CODES = 1000000
};

static struct token hash_of(const struct public_desk *p, const char code[PUBLIC_CALL_DIGITS])
{
	return hash_token(p->o.key, NAME_SPACE_CALL, text_of(code, PUBLIC_CALL_DIGITS));
}

/* The warning's own place, else a free one, else that of the oldest code. */
static struct public_call *place_of(struct public_calls *calls, uint64_t warning, int64_t now_us)
{
	struct public_call *to = &calls->call[0];

	for (uint32_t i = 0; i < PUBLIC_CALLS_MAX; i++) {
		struct public_call *c = &calls->call[i];

		if (c->warning == warning)
			return c;
		if (c->until_us <= now_us)
			c->warning = 0, c->until_us = 0;
		if (c->until_us < to->until_us)
			to = c;
	}
	return to;
}

/* Until it is nobody else's. */
static struct token draw(struct public_desk *p, char code[PUBLIC_CALL_DIGITS + 1])
{
	struct token hash;
	bool taken;

	do {
		snprintf(code, PUBLIC_CALL_DIGITS + 1, "%06u", randombytes_uniform(CODES));
		hash = hash_of(p, code);
		taken = false;
		for (uint32_t i = 0; i < PUBLIC_CALLS_MAX; i++)
			taken |= p->calls.call[i].warning != 0 && token_eq(p->calls.call[i].hash, hash);
	} while (taken);
	return hash;
}

enum public_verdict public_call_code(struct public_asking *a, const struct desk_object *warning,
                                     char code[PUBLIC_CALL_DIGITS + 1], int64_t *until_us)
{
	struct public_desk *p = a->desk;
	int64_t now_us = p->o.now_us();
	struct desk_entity phone =
		outbox_phone_of(p->o.registry, (struct desk_entity){ .kind = DESK_ENTITY_NONE }, warning);
	char digits[PUBLIC_DIGITS];
	struct public_call *c;

	if (phone.kind == DESK_ENTITY_NONE || !public_last_digits(a, phone, digits))
		return public_wrong(a, "phone", "no number is known to which this warning's person is called",
		                    "该预警没有可核验的号码");
	pthread_mutex_lock(&p->calls.lock);
	c = place_of(&p->calls, warning->id, now_us);
	*c = (struct public_call){ .warning = 0 };
	c->hash = draw(p, code);
	c->warning = warning->id;
	c->until_us = *until_us = now_us + a->config->public_call_us;
	memcpy(c->digits, digits, sizeof(digits));
	pthread_mutex_unlock(&p->calls.lock);
	sodium_memzero(digits, sizeof(digits));
	return PUBLIC_DONE;
}

/* All places are looked at, whichever fits. */
static uint64_t find(struct public_calls *calls, struct token hash, const char digits[PUBLIC_DIGITS], int64_t now_us)
{
	uint64_t found = 0;

	for (uint32_t i = 0; i < PUBLIC_CALLS_MAX; i++) {
		struct public_call *c = &calls->call[i];
		bool code = proof_same(&c->hash, &hash, sizeof(hash)), number = proof_same(c->digits, digits, PUBLIC_DIGITS);
		bool good = c->warning != 0 && c->until_us > now_us && c->tries < PUBLIC_CALL_TRIES;

		c->tries += good && code && !number;
		found |= good && code && number ? c->warning : 0;
	}
	return found;
}

enum public_verdict public_verify_call(struct public_asking *a, struct text code, struct text digits)
{
	struct public_desk *p = a->desk;
	char typed[PUBLIC_CALL_DIGITS], last[PUBLIC_DIGITS];
	bool ok = public_digits(text_trim(code), PUBLIC_CALL_DIGITS, typed);
	struct desk_object o = { .kind = DESK_WARNING };
	struct token hash = hash_of(p, typed);

	ok &= public_digits(text_trim(digits), PUBLIC_DIGITS, last);
	pthread_mutex_lock(&p->calls.lock);
	o.id = find(&p->calls, hash, last, p->o.now_us());
	pthread_mutex_unlock(&p->calls.lock);
	return ok && o.id != 0 ? public_act(a, "verify-call", &o, NULL, TEXT("")) : PUBLIC_NO;
}
