/* client.c - see client.h. libcurl does the talking: TLS, proxies and IPv6 are its business. */
#include "app/client.h"
#include <curl/curl.h>
#include <jansson.h>
#include <sodium/utils.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	URL_BYTES = 2048,
	HEADER_BYTES = 512,
	CONNECT_S = 10
};

static size_t take(char *p, size_t size, size_t n, void *ctx)
{
	struct buf *b = ctx;

	buf_add(b, p, size * n);
	return b->err == ERR_OK ? size * n : 0;
}

/* A problem document says what was wrong; anything else is shown by its status. */
static void tell_problem(const char *command, const char *url, long status, const struct buf *answer)
{
	json_t *j = answer->n == 0 ? NULL : json_loadb(answer->p, answer->n, 0, NULL);
	const char *title = json_string_value(json_object_get(j, "title"));
	const char *detail = json_string_value(json_object_get(j, "detail"));

	if (title != NULL)
		fprintf(stderr, "duanka %s: %s: %s (HTTP %ld)%s%s\n", command, url, title, status, detail == NULL ? "" : ": ",
		        detail == NULL ? "" : detail);
	else
		fprintf(stderr, "duanka %s: %s: HTTP %ld; is this a duanka service?\n", command, url, status);
	json_decref(j);
}

static CURLcode perform(CURL *h, const struct client *c, const char *url, const struct client_request *r,
                        struct curl_slist *headers, struct buf *out)
{
	CURLcode e = curl_easy_setopt(h, CURLOPT_URL, url);

	if (e == CURLE_OK)
		e = curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	if (r->body != NULL) {
		curl_easy_setopt(h, CURLOPT_POST, 1L);
		curl_easy_setopt(h, CURLOPT_POSTFIELDS, r->body);
		curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE,
		                 (curl_off_t)(r->body_bytes != 0 ? r->body_bytes : strlen(r->body)));
	}
	curl_easy_setopt(h, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
	curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(h, CURLOPT_WRITEDATA, out);
	if (c->ca != NULL)
		curl_easy_setopt(h, CURLOPT_CAINFO, c->ca);
	if (c->certificate != NULL)
		curl_easy_setopt(h, CURLOPT_SSLCERT, c->certificate);
	if (c->key != NULL)
		curl_easy_setopt(h, CURLOPT_SSLKEY, c->key);
	return e == CURLE_OK ? curl_easy_perform(h) : e;
}

static bool ask(CURL *h, const struct client *c, const char *command, const char *url, const struct client_request *r,
                struct curl_slist *headers, struct buf *out)
{
	CURLcode e = perform(h, c, url, r, headers, out);
	long status = 0;

	if (e != CURLE_OK) {
		fprintf(stderr, "duanka %s: %s: %s\n", command, url, curl_easy_strerror(e));
		return false;
	}
	curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
	if (status != 200 && status != 201)
		tell_problem(command, url, status, out);
	return status == 200 || status == 201;
}

/* False: no memory. */
static bool add_header(struct curl_slist **headers, const char *z)
{
	struct curl_slist *more = z == NULL ? *headers : curl_slist_append(*headers, z);

	if (more == NULL && z != NULL)
		return false;
	*headers = more;
	return true;
}

bool client_post(const struct client *c, const char *command, const char *path, struct buf *out)
{
	return client_ask(c, command, &(struct client_request){ .path = path, .body = "" }, out);
}

bool client_ask(const struct client *c, const char *command, const struct client_request *r, struct buf *out)
{
	const char *secret = getenv("DUANKA_API_KEY");
	char url[URL_BYTES], authorization[HEADER_BYTES];
	struct curl_slist *headers = NULL;
	size_t n = strlen(c->url);
	bool ok = false;
	CURL *h;

	if (secret != NULL && (strlen(secret) > 128 || strpbrk(secret, "\r\n") != NULL)) {
		fprintf(stderr, "duanka %s: DUANKA_API_KEY is no key of duanka keys add\n", command);
		return false;
	}
	if ((size_t)snprintf(url, sizeof(url), "%.*s%s", (int)(n > 0 && c->url[n - 1] == '/' ? n - 1 : n), c->url,
	                     r->path) >= sizeof(url)) {
		fprintf(stderr, "duanka %s: --url is too long\n", command);
		return false;
	}
	snprintf(authorization, sizeof(authorization), "Authorization: Bearer %s", secret == NULL ? "" : secret);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	h = curl_easy_init();
	if (h == NULL || !add_header(&headers, secret == NULL ? NULL : authorization) || !add_header(&headers, r->header))
		fprintf(stderr, "duanka %s: out of memory\n", command);
	else
		ok = ask(h, c, command, url, r, headers, out);
	sodium_memzero(authorization, sizeof(authorization));
	curl_slist_free_all(headers);
	curl_easy_cleanup(h);
	curl_global_cleanup();
	return ok;
}
