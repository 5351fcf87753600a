/* campaign_send.h - what the command campaign asks of a running service: steps of the campaign, and its texts. */
#ifndef DUANKA_APP_CAMPAIGN_SEND_H
#define DUANKA_APP_CAMPAIGN_SEND_H
#include "app/client.h"
#include "gateway/segmenting.h"

/* POST /v1/campaigns (id 0) or a step of the campaign, as of its version. body: JSON. False after a message. answer: what was said. */
bool campaign_step(const struct client *c, const struct desk_object *campaign, const char *step, const char *body,
                   struct buf *answer);

struct campaign_sent {
	uint64_t texts, before, refused, lines; /* before: of earlier runs */
	char why[64];                           /* of the last refusal */
};
/* A text to each member that is not held out, so many a second. Sending again sends none twice: the desk knows who has had one. False after a message; what was sent counts. */
bool campaign_texts(const struct client *c, const struct segment *s, uint32_t per_second, struct campaign_sent *out);

#endif
