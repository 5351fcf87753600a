/* peer_operator.c - a simulated operator, internet service, station system or credit database that takes commands, and a sender of texts and calls; see peer.h. */
#include <stdio.h>
#include "event/json.h"
#include "gateway/wire_command.h"
#include "peer/peer.h"

/* What the command comes to, as the receipt says. */
static enum command_result result_of(const struct peer *p, const struct peer_order *o, bool *effect)
{
	static const enum command_result call[] = { COMMAND_REACHED, COMMAND_NO_ANSWER, COMMAND_CALL_REFUSED,
		                                        COMMAND_BUSY };
	bool verify = strcmp(o->what, "verify") == 0;

	*effect = true;
	if (strcmp(o->what, "call") == 0)
		return call[o->draw % 4];
	switch (peer_manner_of(p, o)) {
	case PEER_WRONG: *effect = false; return verify && o->draw % 2 == 0 ? COMMAND_NOT_PASSED : COMMAND_REFUSED;
	case PEER_LYING: *effect = o->draw % 2 == 0; break;
	default: break;
	}
	return verify ? (o->draw % 4 == 0 ? COMMAND_NOT_PASSED : COMMAND_PASSED) : COMMAND_DONE;
}

bool operator_feedback(struct peer *p, const struct peer_order *o, struct buf *body)
{
	struct command_receipt r = { .remark = TEXT("仿真回执") };
	char receipt[32];
	bool effect;

	if (!command_id_parse(text_z(o->id), &r.id))
		return false;
	snprintf(receipt, sizeof(receipt), "R-%06llx", (unsigned long long)(o->draw & 0xffffff));
	r.receipt = text_z(receipt);
	r.result = result_of(p, o, &effect);
	command_receipt_write(&r, body);
	return true;
}

static void received(const struct peer_order *o, struct peer_answer *a)
{
	struct command_receipt r = { .result = COMMAND_RECEIVED };

	a->status = command_id_parse(text_z(o->id), &r.id) ? 202 : 400;
	a->type = "application/json";
	command_receipt_write(&r, &a->body);
}

static void settled(struct peer *p, struct peer_order *o, struct peer_answer *a)
{
	a->status = operator_feedback(p, o, &a->body) ? 200 : 400;
	a->type = "application/json";
}

static struct text member(const struct json_pair *pair, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (pair[i].kind == JSON_KIND_STRING && text_eq(pair[i].key, text_z(name)))
			return pair[i].value;
	return TEXT("");
}

static void take(struct peer *p, struct text id, struct text command, struct text subject, struct peer_answer *a)
{
	struct peer_order *o = peer_arrive(p, id, command, subject, TEXT(""));
	enum peer_manner manner;
	bool effect;

	if (o == NULL) {
		a->status = 400;
		return;
	}
	manner = peer_manner_of(p, o);
	(void)result_of(p, o, &effect);
	if (o->arrivals == 0)
		peer_accept(p, o, effect ? o->what : NULL);
	if (manner == PEER_DOUBLE && o->arrivals == 1)
		o->to_tell = 2;
	if (manner == PEER_WRONG && o->arrivals == 1 && o->draw / 4 % 3 == 0) {
		buf_z(&a->body, "<html>");
		a->status = 200;
		a->type = "text/html";
	} else if (manner == PEER_GOOD && o->draw / 8 % 2 == 0) {
		settled(p, o, a);
		peer_told(p, o);
	} else {
		received(o, a);
	}
	pthread_cond_signal(&p->change);
}

void operator_answer(struct peer *p, const struct peer_request *r, struct peer_answer *a)
{
	static const char *const whose[] = { "phone", "account", "person", "object" };
	struct json_pair pair[JSON_PAIRS_MAX];
	char scratch[COMMAND_BYTES_MAX];
	struct peer_order *o;
	struct text subject;
	const char *why;
	size_t n = 0, at;

	if (p->o.manner == PEER_UNREACHABLE && p->requests / PEER_STRETCH % 2 == 0) {
		a->status = p->requests % 2 == 0 ? 503 : 0;
		a->type = "text/plain";
		return;
	}
	if (r->poll) {
		o = peer_find(p, r->id);
		if (o == NULL)
			a->status = 404;
		else if (o->polls++ < (peer_manner_of(p, o) == PEER_SLOW ? 2 + o->draw % 3 : 0))
			received(o, a);
		else
			settled(p, o, a);
		return;
	}
	if (r->body.n > sizeof(scratch) || json_flat(text_trim(r->body), pair, &n, scratch, &why, &at) != ERR_OK) {
		a->status = 400;
		return;
	}
	subject = TEXT("");
	for (size_t i = 0; i < ARRAY_LEN(whose) && subject.n == 0; i++)
		subject = member(pair, n, whose[i]);
	take(p, member(pair, n, "id"), member(pair, n, "command"), subject, a);
}
