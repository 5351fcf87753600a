/* transfers.h - movements that banks told about an account, as transfers of the journal.
 *
 * They are events like any bank's: by the schema in force, with identifiers in their canonical form and into the dictionary, decided and able to alert. One that lies further back than the
 * lateness is a record all the same: who looks for contacts and money finds it, windows of rules do not count it. */
#ifndef DUANKA_GATEWAY_TRANSFERS_H
#define DUANKA_GATEWAY_TRANSFERS_H
#include "gateway/outbox.h"
#include "gateway/writer.h"

/* Blocks until they are durable: any thread but the writer's and HTTP's own. Those that are no events by the schema are passed over. *taken: how many are records now, from this call or an
 * earlier one. ERR_STOPPED: the writer stops or died; what was taken stays, and comes again under the same keys. */
enum err transfers_take(struct writer *w, const struct hash_key *key, uint16_t organisation,
                        const struct outbox_transfer *t, uint32_t n, uint32_t *taken) MUST_CHECK;

#endif
