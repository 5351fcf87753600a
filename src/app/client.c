/* client.c - see client.h. libcurl does the talking: TLS, proxies and IPv6 are its business. */
#include "app/client.h"
#include <curl/curl.h>
#include <jansson.h>
#include <sodium/utils.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/mem.h"

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

struct client_kept {
	const struct client *c;
	const char *command;
	CURL *h;
	char authorization[HEADER_BYTES]; /* "": no key */
	char url[URL_BYTES];              /* of the last request */
};

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
	} else {
		curl_easy_setopt(h, CURLOPT_HTTPGET, 1L);
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

/* False: no memory. */
static bool add_header(struct curl_slist **headers, const char *z)
{
	struct curl_slist *more = z == NULL ? *headers : curl_slist_append(*headers, z);

	if (more == NULL && z != NULL)
		return false;
	*headers = more;
	return true;
}

bool client_kept_open(struct client_kept **out, const struct client *c, const char *command)
{
	const char *secret = getenv("DUANKA_API_KEY");
	struct client_kept *k;

	if (secret != NULL && (strlen(secret) > 128 || strpbrk(secret, "\r\n") != NULL)) {
		fprintf(stderr, "duanka %s: DUANKA_API_KEY is no key of duanka keys add\n", command);
		return false;
	}
	k = mem_alloc(sizeof(*k));
	curl_global_init(CURL_GLOBAL_DEFAULT);
	if (k != NULL)
		*k = (struct client_kept){ .c = c, .command = command, .h = curl_easy_init() };
	if (k == NULL || k->h == NULL) {
		fprintf(stderr, "duanka %s: out of memory\n", command);
		mem_free(k);
		curl_global_cleanup();
		return false;
	}
	if (secret != NULL)
		snprintf(k->authorization, sizeof(k->authorization), "Authorization: Bearer %s", secret);
	*out = k;
	return true;
}

void client_kept_close(struct client_kept *k)
{
	if (k == NULL)
		return;
	curl_easy_cleanup(k->h);
	curl_global_cleanup();
	sodium_memzero(k, sizeof(*k));
	mem_free(k);
}

bool client_kept_ask(struct client_kept *k, const struct client_request *r, long timeout_s, struct buf *out,
                     struct client_answer *a)
{
	struct curl_slist *headers = NULL;
	size_t n = strlen(k->c->url);
	curl_off_t wait_s = 0;
	CURLcode e;
	bool ok;

	*a = (struct client_answer){ .status = 0 };
	if ((size_t)snprintf(k->url, sizeof(k->url), "%.*s%s", (int)(n > 0 && k->c->url[n - 1] == '/' ? n - 1 : n),
	                     k->c->url, r->path) >= sizeof(k->url)) {
		fprintf(stderr, "duanka %s: --url is too long\n", k->command);
		return false;
	}
	ok = add_header(&headers, k->authorization[0] == 0 ? NULL : k->authorization) && add_header(&headers, r->header);
	if (ok) {
		curl_easy_setopt(k->h, CURLOPT_TIMEOUT, timeout_s);
		e = perform(k->h, k->c, k->url, r, headers, out);
		if (e == CURLE_OK) {
			curl_easy_getinfo(k->h, CURLINFO_RESPONSE_CODE, &a->status);
			curl_easy_getinfo(k->h, CURLINFO_RETRY_AFTER, &wait_s);
			a->retry_after_s = wait_s;
		} else {
			snprintf(a->why, sizeof(a->why), "%s", curl_easy_strerror(e));
		}
	} else {
		fprintf(stderr, "duanka %s: out of memory\n", k->command);
	}
	curl_slist_free_all(headers);
	return ok;
}

void client_kept_tell(const struct client_kept *k, const struct client_answer *a, const struct buf *out)
{
	if (a->status == 0)
		fprintf(stderr, "duanka %s: %s: %s\n", k->command, k->url, a->why);
	else
		tell_problem(k->command, k->url, a->status, out);
}

bool client_post(const struct client *c, const char *command, const char *path, struct buf *out)
{
	return client_ask(c, command, &(struct client_request){ .path = path, .body = "" }, out);
}

bool client_ask(const struct client *c, const char *command, const struct client_request *r, struct buf *out)
{
	struct client_kept *k;
	struct client_answer a;
	bool ok;

	if (!client_kept_open(&k, c, command))
		return false;
	ok = client_kept_ask(k, r, 0, out, &a);
	if (ok && a.status != 200 && a.status != 201) {
		client_kept_tell(k, &a, out);
		ok = false;
	}
	client_kept_close(k);
	return ok;
}
