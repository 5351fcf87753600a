/* outbox_text.h - the words of messages to people: templates in Chinese and English, filled with measure, basis, reason, end and where to object (反电信网络诈骗法 Art 32).
 * An automatic call says what the scripts say (desk/script.h): the opening of a machine, what breaks the spell of this type of scam, what to do now. */
#ifndef DUANKA_GATEWAY_OUTBOX_TEXT_H
#define DUANKA_GATEWAY_OUTBOX_TEXT_H
#include "base/hash.h"
#include "desk/desk.h"

enum {
	OUTBOX_TEXT_MAX = 12288, /* the longest call fits: tested */
	OUTBOX_REASON_MAX = 200  /* characters of the reason in a message */
};

/* Appends the words of an SMS, AI_CALL or NOTICE about the object. reason: in plain, may be empty. A notice carries the code by which whom it is about can see and contest the measure (proof.h). */
void outbox_words(const struct hash_key *key, const struct desk_message *m, const struct desk_object *o,
                  struct text reason, struct buf *out);

#endif
