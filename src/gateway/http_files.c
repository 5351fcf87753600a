/* http_files.c - pictures and papers: POST /v1/files takes one, GET /v1/{route}/{ID}/files/{field} gives it back.
 *
 * An id is chosen at random and told to who uploaded; a command of theirs, and of nobody else, then puts it into one object (files_claim). So an id that somebody else reads opens nothing. Nobody reads a file by its id: who may read the object may read its
 * pictures, so there is one rule for both. What no object refers to can be read by nobody. Papers about a person are guarded: who reads one says why, as of any sealed text (?purpose=&case=). */
#include <sodium.h>
#include "gateway/http_desk_int.h"
#include "gateway/scan.h"

static void answer_picture(struct request *r, enum err e, const char *why)
{
	if (e == ERR_FORMAT)
		answer_problem(r, 422, "file", "This file can't be taken 文件不符合要求", why);
	else if (e == ERR_CAP)
		answer_problem(r, 507, "room", "There is no room for more files", "erase some, or give the service more room");
	else
		answer_problem(r, 503, "files", "The file can't be kept now", err_name(e));
}

/* False: the answer is set. The whole upload is looked at, not only what is kept of it: who sends something of the kind shall know. */
static bool scanned(struct request *r)
{
	const struct config *c = &r->in_force->config;
	enum scan_verdict v = scan_bytes(c->files_scan, buf_view(&r->body), c->files_scan_us);

	if (v == SCAN_INFECTED)
		answer_problem(r, 422, "file", "This file can't be taken 文件不符合要求", "the virus scanner refuses it");
	else if (v == SCAN_UNKNOWN)
		answer_problem(r, 503, "scan", "The file can't be checked for viruses now", "try again later");
	return v == SCAN_CLEAN;
}

static void run_upload(struct request *r)
{
	struct desk_asker a;
	struct picture p;
	struct buf clean;
	struct token id;
	char hex[TOKEN_HEX + 1];
	const char *why = NULL;
	enum err e;

	if (!desk_asker(r, &a))
		return;
	buf_init(&clean, PICTURE_BYTES_MAX + 64);
	e = picture_clean(buf_view(&r->body), &p, &clean, &why);
	if (e == ERR_OK && !scanned(r)) {
		buf_release(&clean);
		return;
	}
	randombytes_buf(&id, sizeof(id));
	if (e == ERR_OK)
		e = files_add(r->h->o.files, (const unsigned char *)&id, p.type, buf_view(&clean), a.user, r->h->o.now_us());
	if (e != ERR_OK) {
		answer_picture(r, e, why);
	} else {
		token_show(id, hex);
		buf_printf(&r->out, "{\"file\":\"%s\",\"type\":\"%s\",\"bytes\":%zu,\"width\":%u,\"height\":%u}\n", hex,
		           picture_media[p.type], clean.n, p.width, p.height);
		r->status = 201;
	}
	buf_release(&clean);
}

static void run_download(struct request *r)
{
	const struct desk_machine *m = desk_asked_machine(r);
	uint32_t f = desk_field_find(m, r->arg[2]); /* the route found it */
	enum picture_type type;
	struct desk_asker a;
	struct desk_object o;
	enum err e;

	if (m->field[f].guarded ? !desk_view_file(r, f, r->arg[1], &o)
	                        : !desk_asker(r, &a) || !desk_asked_object(r, &a, m, r->arg[1], &o))
		return;
	if (!desk_has(&o, f)) {
		desk_answer_refusal(r, DESK_REFUSED_ABSENT, m, f, "the object has no file there");
		return;
	}
	e = files_read(r->h->o.files, o.value[f].ref, &type, &r->out);
	if (e != ERR_OK) {
		buf_clear(&r->out);
		answer_problem(r, e == ERR_ABSENT ? 404 : 503, "file", "The file can't be read", err_name(e));
		return;
	}
	r->type = picture_media[type];
	r->status = 200;
}

const struct route http_files_routes[] = {
	{ "POST", "/v1/files", SCOPE_DESK, ROUTE_SLOW, run_upload },
	{ "GET", "/v1/%/*/files/#", SCOPE_DESK, ROUTE_SLOW, run_download },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
