/* labels.h - what people found out about alerts, back into the engine: each LABEL message of the desk becomes one
 * event `label` of the policy's schema.
 *
 *   event label { by_rule: text, right: bool, person: person?, phone: phone?, account: account?, device: device?, cell: cell? }
 * An event is keyed by its message, so it is journaled once whatever fails: the shard knows the key, and later the
 * projector, which meets the event in the journal, notes how far labels have come. So there is no state of its own
 * here, and a registry that is made again tells nothing twice.
 * Its time is that of the finding, within the times that the engine is at. What was found so long ago that it would
 * be late (the service stood still, the projector was behind) gets the earliest time that counts when it is told,
 * since a finding that stands in no window might as well not have been made. What was found after the newest event
 * gets the time of that: feeds may lag by more than the lateness, and a finding of now must not make them late. The
 * time is journaled, so a replay sees the same; when it was found out stands in the registry, and in the journal at
 * the message's position.
 * Under a policy without such an event, or with one of other fields, labels are passed over; a field that the event
 * lacks is left out. */
#ifndef DUANKA_GATEWAY_LABELS_H
#define DUANKA_GATEWAY_LABELS_H
#include "gateway/projector.h"
#include "gateway/writer.h"

/* The key of the event made of a message, and back. False: it is another key. */
void label_key(uint64_t message, unsigned char key[RECORD_KEY_BYTES]);
bool label_key_take(const unsigned char key[RECORD_KEY_BYTES], uint64_t *message);

enum {
	LABEL_ABOUT_MAX = 3 /* who was alerted, and the keys of the object */
};
struct label {
	uint64_t message;
	bool right;
	int64_t time_us; /* when it was found out */
	struct desk_code rule;
	struct desk_entity about[LABEL_ABOUT_MAX];
};
/* What a LABEL message says. */
struct label label_of(const struct desk_message *m, const struct desk_object *o);
/* The event of it, under the policy in force; its texts point into `from`. False: the policy has no such event, or
 * wants more of it. */
bool label_event(struct shard *s, const struct hash_key *key, const struct label *from, struct event *out);

/* What an event of a journal tells, if it is one of these: about whom, how many. 0: it tells nothing. */
uint32_t label_told(const struct schema *s, const struct event *e, struct token about[SCHEMA_IDENTS_MAX], bool *right);

struct labels_options {
	struct registry *registry;
	struct projector *projector;
	struct writer *writer;
	uint64_t next;              /* where the journal ended when the service started: what labels it has is known then */
	int64_t retry_us;           /* until a failed reading is tried again; 0: 100 ms */
	const struct hash_key *key; /* of texts' fingerprints */
};

struct labels_counts {
	uint64_t told, repeated, passed; /* passed: under a policy that has no such event */
	uint64_t failures;
};

struct labels;
enum err labels_start(struct labels **out, const struct labels_options *o) MUST_CHECK;
void labels_counts(struct labels *l, struct labels_counts *out);
/* Before the writer and the projector stop. NULL is fine. */
void labels_stop(struct labels *l);

#endif
