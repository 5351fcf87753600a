/* outbox_publish.c - publications on their way: signed JSON to a channel's organisation, an e-mail to its list, a text to a phone. Texts are open; only a phone is revealed.
 *
 * What is sent is the material as it is when it is sent. If it is not approved any more, or the publication is over, the message is overtaken; a message that takes something down is always sent. */
#include <inttypes.h>
#include <stdio.h>
#include "base/clock.h"
#include "desk/material.h"
#include "desk/publication.h"
#include "gateway/outbox_int.h"
#include "outreach/channel.h"

enum {
	WORDS_MAX = 128 << 10
};

/* A text of the material, cut; appended. What was erased is empty. */
static enum err put_cut(struct outbox *o, const struct desk_object *m, uint32_t field, uint32_t most, struct buf *out)
{
	enum err e;

	if (!desk_has(m, field))
		return ERR_OK;
	buf_clear(&o->plain);
	e = o->o.world.text(o->o.world.ctx, m->value[field].ref, &o->plain);
	if (e == ERR_OK)
		channel_cut(out, buf_view(&o->plain), most);
	return e == ERR_ABSENT ? ERR_OK : e == ERR_OK ? out->err : e;
}

static enum err put_member(struct outbox *o, struct buf *b, const char *name, const struct desk_object *m,
                           uint32_t field, uint32_t most)
{
	struct buf words;
	enum err e;

	buf_init(&words, WORDS_MAX);
	e = put_cut(o, m, field, most, &words);
	if (e == ERR_OK && words.n > 0)
		command_text(b, name, buf_view(&words));
	buf_release(&words);
	return e;
}

static void put_id(struct buf *b, const char *name, uint32_t kind, uint64_t id)
{
	struct buf z;

	buf_init(&z, 64);
	desk_id_print(&z, kind, id);
	command_text(b, name, buf_view(&z));
	buf_release(&z);
}

static void put_link(const struct config *c, const struct desk_object *p, struct buf *b)
{
	char z[CONFIG_TEXT_MAX + 64];
	size_t n = strlen(c->public_url);

	while (n > 0 && c->public_url[n - 1] == '/')
		n--;
	if (n == 0)
		return;
	snprintf(z, sizeof(z), "%.*s/v1/public/materials/PU-%" PRIu64, (int)n, c->public_url, p->id);
	command_text(b, "link", text_z(z));
}

static enum err put_shown(struct outbox *o, const struct config *c, const struct desk_object *m, struct buf *b)
{
	const struct desk_object *p = &o->object;
	struct channel_limits most = channel_limits(desk_i(p, PUBLICATION_F_CHANNEL));
	enum err e = put_member(o, b, "title", m, MATERIAL_F_TITLE, most.title);

	if (e == ERR_OK)
		e = put_member(o, b, "summary", m, MATERIAL_F_SUMMARY, most.summary);
	if (e == ERR_OK)
		e = put_member(o, b, "body", m, MATERIAL_F_BODY, most.body);
	if (e == ERR_OK)
		e = put_member(o, b, "title_en", m, MATERIAL_F_TITLE_EN, most.title);
	if (e == ERR_OK)
		e = put_member(o, b, "summary_en", m, MATERIAL_F_SUMMARY_EN, most.summary);
	put_link(c, p, b);
	command_number(b, "edition", desk_i(m, MATERIAL_F_EDITION));
	return e;
}

static enum err make_json(struct outbox *o, const struct config *c, const struct delivery_row *row,
                          const struct desk_object *m, struct outbox_request *r)
{
	const struct desk_object *p = &o->object;
	bool show = o->message.detail == PUBLISH_SHOW;
	struct buf *b = &r->body;
	enum err e = ERR_OK;

	command_begin(b, row->id, show ? "publish" : "take-down");
	put_id(b, "publication", DESK_PUBLICATION, p->id);
	put_id(b, "material", DESK_MATERIAL, m->id);
	command_text(b, "channel", text_z(desk_channels.choice[desk_i(p, PUBLICATION_F_CHANNEL)].name));
	if (show)
		e = put_shown(o, c, m, b);
	command_end(b);
	return e == ERR_OK ? b->err : e;
}

static enum err make_text(struct outbox *o, const struct config *c, const struct delivery_row *row,
                          const struct desk_object *m, struct outbox_request *r)
{
	struct channel_limits most = channel_limits(CHANNEL_SMS);
	struct text end = text_z(c->outbox_text_end);
	struct buf words, cut;
	enum err e;

	command_begin(&r->body, row->id, "sms");
	e = outbox_reveal(o, r, "phone", o->message.about);
	if (e == ERR_OK)
		command_text(&r->body, "phone", buf_view(&o->plain));
	buf_init(&words, WORDS_MAX);
	buf_init(&cut, WORDS_MAX);
	buf_z(&words, "【反诈中心】");
	if (e == ERR_OK)
		e = put_cut(o, m, MATERIAL_F_TITLE, most.title, &words);
	buf_z(&words, "：");
	if (e == ERR_OK)
		e = put_cut(o, m, MATERIAL_F_SUMMARY, most.summary, &words);
	channel_cut(&cut, buf_view(&words), CHANNEL_SMS_CHARACTERS - (uint32_t)end.n); /* characters are at most bytes */
	buf_text(&cut, end);
	e = e != ERR_OK ? e : words.err != ERR_OK ? words.err : cut.err; /* no text without its end */
	if (e == ERR_OK)
		command_text(&r->body, "text", buf_view(&cut));
	command_end(&r->body);
	buf_release(&words);
	buf_release(&cut);
	return e == ERR_OK ? r->body.err : e;
}

static enum err make_mail(struct outbox *o, const struct tenant *t, const struct delivery_row *row,
                          const struct desk_object *m, struct outbox_request *r)
{
	struct channel_limits most = channel_limits(CHANNEL_EMAIL);
	struct buf subject, body;
	char id[24];
	enum err e;

	buf_init(&subject, WORDS_MAX);
	buf_init(&body, WORDS_MAX);
	e = put_cut(o, m, MATERIAL_F_TITLE, most.title, &subject);
	if (e == ERR_OK)
		e = put_cut(o, m, MATERIAL_F_SUMMARY, most.summary, &body);
	buf_z(&body, "\n\n");
	if (e == ERR_OK)
		e = put_cut(o, m, MATERIAL_F_BODY, most.body, &body);
	buf_z(&body, "\n\n疑问请拨打 96110。Questions: call 96110.\n");
	command_id_print(id, row->id);
	if (e == ERR_OK && (!mail_address_ok(text_z(t->mail_from)) || !mail_address_ok(text_z(t->mail_to))))
		e = ERR_FORMAT;
	if (e == ERR_OK)
		mail_put(&r->body, &(struct mail){ .from = text_z(t->mail_from),
		                                   .to = text_z(t->mail_to),
		                                   .subject = buf_view(&subject),
		                                   .body = buf_view(&body),
		                                   .id = id,
		                                   .time_us = o->message.time_us });
	snprintf(r->from, sizeof(r->from), "%s", t->mail_from);
	snprintf(r->to, sizeof(r->to), "%s", t->mail_to);
	buf_release(&subject);
	buf_release(&body);
	return e == ERR_OK ? r->body.err : e;
}

enum err outbox_make_publication(struct outbox *o, const struct config *c, const struct tenant *t,
                                 const struct delivery_row *row, struct outbox_request *r)
{
	struct desk_object m;
	enum err e = registry_load(o->o.registry, desk_id(&o->object, PUBLICATION_F_MATERIAL), &m);

	if (e != ERR_OK)
		return e;
	if (o->message.about.kind == DESK_PHONE)
		return make_text(o, c, row, &m, r);
	return t->connector == CONNECTOR_MAIL ? make_mail(o, t, row, &m, r) : make_json(o, c, row, &m, r);
}

/* Taking down goes out always, showing while the publication is out and the material approved, and a text only to who
 * has not refused meanwhile; while nobody knows who has, it waits. */
enum err outbox_place_of_publication(struct outbox *o, const struct delivery_row *row, enum outbox_place *out)
{
	static const enum outbox_place by_refusal[] = {
		[REFUSAL_NONE] = PLACE_NOW, [REFUSAL_LISTED] = PLACE_OVER, [REFUSAL_UNKNOWN] = PLACE_UNASKED
	};
	struct desk_message m;
	struct desk_object p, material;
	enum refusal no = REFUSAL_UNKNOWN;
	enum err e = registry_message(o->o.registry, row->id, &m, &p);

	if (e != ERR_OK || m.detail != PUBLISH_SHOW)
		return e == ERR_ABSENT ? ERR_OK : e; /* the registry is being made again */
	e = registry_load(o->o.registry, row->object, &p);
	if (e == ERR_OK)
		e = registry_load(o->o.registry, desk_id(&p, PUBLICATION_F_MATERIAL), &material);
	if (e == ERR_OK && (p.state != PUBLICATION_OUT || material.state != MATERIAL_APPROVED)) {
		*out = PLACE_OVER;
	} else if (e == ERR_OK && m.about.kind == DESK_PHONE) {
		e = o->o.world.refuses(o->o.world.ctx, m.about.token, &no);
		*out = by_refusal[no];
	}
	return e == ERR_ABSENT ? ERR_OK : e;
}
