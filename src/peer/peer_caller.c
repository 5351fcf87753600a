/* peer_caller.c - brings feedback to the service, again and again until it was taken; see peer.h. */
#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <time.h>
#include "base/clock.h"
#include "peer/peer.h"

enum {
	URL_BYTES = 1024,
	RETRY_MS = 100,
	REQUEST_S = 10
};

static size_t ignore(char *p, size_t size, size_t n, void *ctx)
{
	(void)p;
	(void)ctx;
	return size * n;
}

/* Whether the service took it: anything but "not now" counts, since a lying bank's answers are refused for good. */
static bool bring(const struct peer *p, CURL *h, const struct buf *body)
{
	char url[URL_BYTES], header[5][URL_BYTES], time[SIGN_TIME_BYTES], signature[SIGN_TEXT_BYTES];
	struct curl_slist *headers = NULL;
	long status = 0;
	CURLcode e;

	snprintf(url, sizeof(url), "%s%s", p->o.service, p->o.operator? "/v1/operator-receipts" : "/v1/case-platform");
	sign_make(&p->secret, peer_now_us(),
	          &(struct sign_request){ TEXT("POST"), sign_target(text_z(url)), buf_view(body) }, time, signature);
	snprintf(header[0], URL_BYTES, "Authorization: Bearer %s", p->o.key);
	snprintf(header[1], URL_BYTES, "%s: %s", SIGN_TIME_HEADER, time);
	snprintf(header[2], URL_BYTES, "%s: %s", SIGN_HEADER, signature);
	snprintf(header[3], URL_BYTES, "Content-Type: %s", p->o.operator? "application/json" : "application/xml");
	snprintf(header[4], URL_BYTES, "Expect:");
	for (size_t i = 0; i < ARRAY_LEN(header); i++)
		headers = curl_slist_append(headers, header[i]);
	curl_easy_reset(h);
	curl_easy_setopt(h, CURLOPT_URL, url);
	curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(h, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(h, CURLOPT_TIMEOUT, (long)REQUEST_S);
	curl_easy_setopt(h, CURLOPT_POST, 1L);
	curl_easy_setopt(h, CURLOPT_POSTFIELDS, body->p);
	curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE, (long)body->n);
	curl_easy_setopt(h, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, ignore);
	e = curl_easy_perform(h);
	curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
	curl_slist_free_all(headers);
	return e == CURLE_OK && status < 500 && status != 429;
}

/* The newest first when it answers double, so that answers come out of order; the oldest otherwise. NULL: nothing to bring. */
static struct peer_order *next_order(struct peer *p)
{
	bool backwards = p->o.manner == PEER_DOUBLE;

	for (uint32_t i = 0; i < p->n; i++) {
		struct peer_order *o = &p->order[backwards ? p->n - 1 - i : i];

		if (o->to_tell > 0 && peer_manner_of(p, o) != PEER_SLOW)
			return o;
	}
	return NULL;
}

/* A lying bank answers for orders that it never got. */
static void make_foreign(const struct peer *p, const struct peer_order *o, struct buf *body)
{
	char *at = body->p == NULL ? NULL : memmem(body->p, body->n, o->id, strlen(o->id));

	if (p->o.operator|| peer_manner_of(p, o) != PEER_LYING || o->draw / 16 % 4 != 0)
		return;
	while (at != NULL) { /* an application of somebody else: one digit is another */
		at[1] = at[1] == '0' ? '7' : '0';
		at = memmem(at + 1, (size_t)(body->p + body->n - (at + 1)), o->id, strlen(o->id));
	}
}

static void wait_a_little(struct peer *p)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_nsec += RETRY_MS * 1000000L;
	t.tv_sec += t.tv_nsec / 1000000000L;
	t.tv_nsec %= 1000000000L;
	pthread_cond_timedwait(&p->change, &p->lock, &t);
}

void *peer_caller(void *arg)
{
	struct peer *p = arg;
	CURL *h = curl_easy_init();
	struct buf body;

	buf_init(&body, PEER_BODY_MAX);
	pthread_mutex_lock(&p->lock);
	while (!p->stop) {
		struct peer_order *o = p->o.service == NULL || h == NULL ? NULL : next_order(p), copy;
		bool taken;

		if (o == NULL) {
			wait_a_little(p);
			continue;
		}
		copy = *o;
		buf_clear(&body);
		if (p->o.operator? operator_feedback(p, o, &body) : bank_feedback(p, o, &body))
			make_foreign(p, o, &body);
		pthread_mutex_unlock(&p->lock);
		taken = body.n > 0 && bring(p, h, &body);
		pthread_mutex_lock(&p->lock);
		o = peer_find(p, text_z(copy.id));
		if (taken && o != NULL)
			peer_told(p, o);
		else
			wait_a_little(p);
	}
	pthread_mutex_unlock(&p->lock);
	buf_release(&body);
	curl_easy_cleanup(h);
	return NULL;
}
