/* http_desk_script.c - the scripts over HTTP: all of them for programs to keep, or one; see desk/script.h.
 *
 * They are constant and about nobody, so they are the only answers of the desk that may be kept. The ETag is made from the answer's bytes: it changes when a line does. */
#include <inttypes.h>
#include "desk/script.h"
#include "gateway/http_desk_int.h"

static void put_languages(struct buf *b, const char *zh, const char *en)
{
	buf_z(b, "\"zh\":");
	buf_json(b, text_z(zh));
	buf_z(b, ",\"en\":");
	buf_json(b, text_z(en));
}

static void put_part(struct buf *b, uint32_t scam, uint32_t part)
{
	const struct script_part_info *p = &script_parts[part];
	const struct script_line *l;

	buf_printf(b, "{\"part\":\"%s\",", p->name);
	put_languages(b, p->zh, p->en);
	buf_printf(b, ",\"spoken\":%s,\"lines\":[", p->spoken ? "true" : "false");
	for (uint32_t i = 0; (l = script_line(scam, part, i)) != NULL; i++) {
		buf_z(b, i > 0 ? ",{" : "{");
		put_languages(b, l->zh, l->en);
		if (part == SCRIPT_ASK)
			buf_printf(b, ",\"if_yes\":\"%s\"", script_name(script_if_yes(scam, l)));
		buf_char(b, '}');
	}
	buf_z(b, "]}");
}

static void put_script(struct buf *b, uint32_t scam)
{
	buf_printf(b, "{\"script\":\"%s\",\"zh\":", script_name(scam));
	buf_json(b, text_z(script_zh(scam)));
	buf_z(b, ",\"parts\":[");
	for (uint32_t part = 0; part < SCRIPT_PARTS; part++) {
		if (part > 0)
			buf_char(b, ',');
		put_part(b, scam, part);
	}
	buf_z(b, "]}");
}

/* 304 if the asker has it already: the library then sends no body, but tells the length that 200 would have (RFC 9110, 8.6). */
void desk_answer_tagged(struct request *r, size_t n, bool may_keep)
{
	static const struct hash_key none;

	r->etag = (uint32_t)hash_fingerprint(&none, text_of(r->out.p, n)) | 1; /* never 0 */
	r->may_keep = may_keep;
	r->status = request_has_it(r) ? 304 : 200;
}

void desk_run_scripts(struct request *r)
{
	struct desk_asker a;

	if (!desk_asker(r, &a))
		return;
	buf_z(&r->out, "{\"scripts\":[");
	for (uint32_t scam = 0; scam < DESK_SCAMS; scam++) {
		if (scam > 0)
			buf_char(&r->out, ',');
		put_script(&r->out, scam);
	}
	buf_z(&r->out, "]}\n");
	desk_answer_tagged(r, r->out.n, true);
}

void desk_run_script(struct request *r)
{
	uint32_t scam = script_find(r->arg[0]);
	struct desk_asker a;

	if (!desk_asker(r, &a))
		return;
	if (scam == DESK_SCAMS) {
		desk_answer_refusal(r, DESK_REFUSED_ABSENT, NULL, 0, "GET /v1/desk/scripts lists them");
		return;
	}
	put_script(&r->out, scam);
	buf_char(&r->out, '\n');
	desk_answer_tagged(r, r->out.n, true);
}
