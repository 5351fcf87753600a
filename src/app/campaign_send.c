/* campaign_send.c - see campaign_send.h. */
#include "app/campaign_send.h"
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <time.h>

enum {
	TEXTS_AT_ONCE = 200,
	ANSWER_MAX = 4 << 20
};

bool campaign_step(const struct client *c, const struct desk_object *campaign, const char *step, const char *body,
                   struct buf *answer)
{
	char path[128], header[64];
	struct buf id;
	bool ok;

	if (campaign == NULL)
		return client_ask(c, "campaign", &(struct client_request){ .path = "/v1/campaigns", .body = body }, answer);
	buf_init(&id, 64);
	desk_id_print(&id, DESK_CAMPAIGN, campaign->id);
	snprintf(path, sizeof(path), "/v1/campaigns/%s/%s", id.p, step);
	snprintf(header, sizeof(header), "If-Match: \"%" PRIu32 "\"", campaign->version);
	ok = client_ask(c, "campaign", &(struct client_request){ .path = path, .body = body, .header = header }, answer);
	buf_release(&id);
	return ok;
}

static void put_line(struct buf *b, uint64_t campaign, struct token phone)
{
	char hex[TOKEN_HEX + 1];

	token_show(phone, hex);
	buf_z(b, "{\"kind\":\"publication\",\"step\":\"text\",\"fields\":{\"campaign\":\"");
	desk_id_print(b, DESK_CAMPAIGN, campaign);
	buf_printf(b, "\",\"phone\":{\"token\":\"%s\"}}}\n", hex);
}

/* Each line of the answer tells of one text; the last one of all. */
static void count_answers(const struct buf *answer, struct campaign_sent *out)
{
	struct text rest = buf_view(answer);

	while (rest.n > 0) {
		const char *end = memchr(rest.p, '\n', rest.n), *why;
		size_t n = end ? (size_t)(end - rest.p) : rest.n;
		json_t *j = json_loadb(rest.p, n, 0, NULL);

		rest = text_of(rest.p + n + (end != NULL), rest.n - n - (end != NULL));
		why = json_string_value(json_object_get(j, "refused"));
		why = why ? why : json_string_value(json_object_get(j, "wrong"));
		if (json_object_get(j, "line") != NULL) {
			out->lines++;
			out->texts += json_is_string(json_object_get(j, "object")) && why == NULL;
			out->before += why != NULL && strcmp(why, "same") == 0;
			if (why != NULL && strcmp(why, "same") != 0) {
				out->refused++;
				snprintf(out->why, sizeof(out->why), "%s", why);
			}
		}
		json_decref(j);
	}
}

static void pace(uint64_t texts, uint32_t per_second)
{
	uint64_t ns = texts * 1000000000ULL / per_second;
	struct timespec t = { (time_t)(ns / 1000000000ULL), (long)(ns % 1000000000ULL) };

	while (nanosleep(&t, &t) != 0)
		;
}

static bool send_some(const struct client *c, struct buf *body, uint64_t n, uint32_t per_second,
                      struct campaign_sent *out)
{
	struct buf answer;
	uint64_t lines = out->lines;
	bool ok;

	if (n == 0)
		return true;
	buf_init(&answer, ANSWER_MAX);
	ok = body->err == ERR_OK &&
	     client_ask(c, "campaign", &(struct client_request){ .path = "/v1/commands", .body = body->p }, &answer);
	if (ok)
		count_answers(&answer, out);
	if (ok && out->lines - lines != n) {
		fprintf(stderr, "duanka campaign: %" PRIu64 " of %" PRIu64 " texts were answered; run it again\n",
		        out->lines - lines, n);
		ok = false;
	}
	buf_release(&answer);
	buf_clear(body);
	if (ok)
		pace(n, per_second);
	return ok;
}

bool campaign_texts(const struct client *c, const struct segment *s, uint32_t per_second, struct campaign_sent *out)
{
	uint64_t waiting = 0;
	uint32_t at_once = per_second < TEXTS_AT_ONCE ? per_second : TEXTS_AT_ONCE;
	struct buf body;
	bool ok = true;

	*out = (struct campaign_sent){ .texts = 0 };
	buf_init(&body, 1 << 20);
	for (uint64_t i = 0; i < s->rows && ok; i++) {
		struct member m;

		member_take(s->row + i * MEMBER_BYTES, &m);
		if (m.held)
			continue;
		put_line(&body, s->campaign, m.phone);
		if (++waiting == at_once) {
			ok = send_some(c, &body, waiting, per_second, out);
			waiting = 0;
		}
	}
	ok = ok && send_some(c, &body, waiting, per_second, out);
	buf_release(&body);
	return ok;
}
