/* outbox_thread.h - the outbox in the service: one thread, HTTP by curl's multi interface, woken by the projector, by answers and by its own due times.
 *
 * Everything that the outbox asks of the world (outbox.h) is done here with the service's parts: commands by the gate, identifiers from the dictionary, acts by the writer, secrets from files each time
 * they are needed, so that a changed secret counts at once. TLS is verified; redirects are not followed; nothing but http and https is spoken. */
#ifndef DUANKA_GATEWAY_OUTBOX_THREAD_H
#define DUANKA_GATEWAY_OUTBOX_THREAD_H
#include "event/schema.h"
#include "gateway/names.h"
#include "gateway/outbox.h"
#include "store/texts.h"

struct outbox_thread_options {
	struct registry *registry;
	struct delivery *delivery;
	struct live *live;
	const struct hash_key *key;
	struct projector *projector;
	struct desk_gate *gate;
	struct writer *writer;
	struct names *names;
	struct texts *texts;
	bool dictionary;             /* it is kept: identifiers that institutions tell go into it */
	const struct schema *schema; /* which kinds of entity there are; read at the start only */
	int64_t (*now_us)(void);
	void (*tell)(const char *line); /* what goes wrong */
};

struct outbox_thread;
/* All borrowed. */
enum err outbox_thread_start(struct outbox_thread **out, const struct outbox_thread_options *o) MUST_CHECK;
struct outbox *outbox_thread_outbox(struct outbox_thread *t);
void outbox_thread_wake(struct outbox_thread *t); /* any thread */
/* Ends what is under way and joins; while the writer and the projector still run. NULL is fine. */
void outbox_thread_stop(struct outbox_thread *t);

#endif
