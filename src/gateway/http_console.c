/* http_console.c - the console's pages under /console/: files of console.h, sent as they stand in memory.
 *
 * The pages route by what follows # in the address, so no other path exists here. A page is made anew for each answer, since its policy names a random word (nonce) that allows the page's own style
 * and nobody else's; what is in assets/ has its content's hash in its name and is kept for good; other files are asked for anew by their ETag. */
#include <sodium.h>
#include <stdio.h>
#include <strings.h>
#include "gateway/console.h"
#include "gateway/http_int.h"

#define PREFIX "/console/"

bool http_console_meant(const struct request *r)
{
	return strncmp(r->url, PREFIX, strlen(PREFIX)) == 0 || strcmp(r->url, "/console") == 0;
}

void http_console_headers(const struct request *r, struct MHD_Response *m)
{
	char policy[512];

	snprintf(
		policy, sizeof(policy),
		"default-src 'none'; script-src 'self'; style-src 'self'%s%s%s; style-src-attr 'unsafe-inline'; img-src 'self' "
		"blob: data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
		"frame-ancestors 'none'",
		r->nonce[0] == 0 ? "" : " 'nonce-", r->nonce, r->nonce[0] == 0 ? "" : "'");
	MHD_add_response_header(m, "Content-Security-Policy", policy);
	MHD_add_response_header(m, "X-Frame-Options", "DENY");
	MHD_add_response_header(m, "Referrer-Policy", "no-referrer");
	MHD_add_response_header(m, "Cross-Origin-Opener-Policy", "same-origin");
	if (r->varies)
		MHD_add_response_header(m, "Vary", "Accept-Encoding");
	if (r->zipped)
		MHD_add_response_header(m, "Content-Encoding", "gzip");
}

/* "gzip" in a list like "br;q=1.0, gzip;q=0.5", but not with a weight of 0 (RFC 9110, 12.5.3). */
static bool takes_gzip(const struct request *r)
{
	const char *z = request_header(r, "Accept-Encoding");

	while (z != NULL && *z != 0) {
		const char *q;

		z += strspn(z, " \t,");
		if (strncasecmp(z, "gzip", 4) != 0 || strchr(" \t;,", z[4]) == NULL) { /* it finds the end as well */
			z += strcspn(z, ",");
			continue;
		}
		q = z + 4 + strspn(z + 4, " \t");
		if (*q != ';')
			return true;
		q += 1 + strspn(q + 1, " \t");
		return (*q | 32) != 'q' || q[1] != '=' || q[2 + strspn(q + 2, "0.")] >= '1';
	}
	return false;
}

static void make_nonce(struct request *r)
{
	unsigned char random[CONSOLE_NONCE_HEX / 2];

	randombytes_buf(random, sizeof(random));
	sodium_bin2hex(r->nonce, sizeof(r->nonce), random, sizeof(random));
}

static void put_page(struct request *r, struct text page)
{
	const char *end = page.p + page.n, *hit;

	make_nonce(r);
	for (const char *p = page.p; p < end; p = hit + strlen(CONSOLE_NONCE)) {
		hit = memmem(p, (size_t)(end - p), CONSOLE_NONCE, strlen(CONSOLE_NONCE));
		if (hit == NULL) {
			buf_add(&r->out, p, (size_t)(end - p));
			return;
		}
		buf_add(&r->out, p, (size_t)(hit - p));
		buf_z(&r->out, r->nonce);
	}
}

static void put_file(struct request *r, const struct console_file *f)
{
	const struct console_body *b = &f->plain;

	r->varies = f->zipped.bytes.p != NULL;
	r->zipped = r->varies && takes_gzip(r);
	if (r->zipped)
		b = &f->zipped;
	r->lent = b->bytes;
	r->etag = b->etag;
	r->keeps = f->asset ? "public, max-age=31536000, immutable" : "no-cache";
	if (request_has_it(r))
		r->status = 304;
}

static bool there(struct request *r)
{
	if (r->h->o.console != NULL)
		return true;
	answer_problem(r, 404, "unknown", "There is no console here",
	               "the setting service.console names the folder of its pages");
	return false;
}

static void run_file(struct request *r)
{
	const char *name = r->url + strlen(PREFIX);
	const struct console_file *f;

	if (!there(r))
		return;
	f = console_find(r->h->o.console, text_z(name[0] == 0 ? "index.html" : name));
	if (f == NULL) {
		answer_problem(r, 404, "unknown", "No such path", "the console begins at /console/");
		return;
	}
	r->status = 200;
	r->type = f->type;
	if (f->page)
		put_page(r, f->plain.bytes);
	else
		put_file(r, f);
}

void http_console_begin(struct request *r)
{
	snprintf(r->location, sizeof(r->location), "%s", PREFIX);
	r->type = "text/html; charset=utf-8";
	r->status = 303;
}

static void run_begin(struct request *r)
{
	if (there(r))
		http_console_begin(r);
}

const struct route http_console_routes[] = {
	{ "GET", "/console", 0, ROUTE_CONSOLE, run_begin },
	{ "GET", "/console/", 0, ROUTE_CONSOLE, run_file },
	{ "GET", "/console/*", 0, ROUTE_CONSOLE, run_file },
	{ "GET", "/console/assets/*", 0, ROUTE_CONSOLE, run_file },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
