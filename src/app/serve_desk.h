/* serve_desk.h - the desk of a running service: registry and texts in the data directory, the projector that follows the writer, and the gate that commands come in by. */
#ifndef DUANKA_APP_SERVE_DESK_H
#define DUANKA_APP_SERVE_DESK_H
#include "gateway/desk_gate.h"
#include "gateway/outbox_thread.h"
#include "store/credentials.h"
#include "gateway/labels.h"
#include "gateway/registry_copy.h"
#include "store/files.h"
#include "store/plays.h"
#include "gateway/sweeping.h"

struct serve_desk { /* zeroed: the desk is off */
	struct registry *registry;
	struct texts *texts;
	struct files *files;
	struct plays *plays;
	struct sweeping sweeping;
	struct credentials *credentials;
	struct projector *projector;
	struct desk_gate *gate;
	struct delivery *delivery;
	struct outbox_thread *outbox;
	struct registry_copies *copies;
	struct labels *labels;
};

/* DATA/registry.sqlite, DATA/texts.sqlite and DATA/credentials.sqlite, made if they are not there. False after a message; serve_desk_close in any case. */
bool serve_desk_open(struct serve_desk *d, const char *data, struct disk *disk, struct dictionary *dictionary,
                     uint64_t files_room_bytes);
/* DATA/texts.sqlite, if it is there: with the desk off its texts have to be sealed anew from time to time all the same. False after a message. */
bool serve_desk_texts(struct serve_desk *d, const char *data, struct dictionary *dictionary);
/* Before the writer starts: journals whose cards and accounts are whose, if that is not known yet. */
bool serve_desk_institutions(struct serve_desk *d, struct shard *s, const struct config *c);
/* The same while the service runs, after settings changed. Any thread but the writer's and HTTP's own. */
void serve_desk_reloaded(struct writer *w, const struct config *old, const struct config *next);
/* Before the writer starts; w then calls serve_desk_decided. next: position that the next record gets. */
bool serve_desk_project(struct serve_desk *d, struct disk *journal, struct alertlog *log, uint64_t next);
/* Gate and labels, once the writer runs. */
bool serve_desk_gate(struct serve_desk *d, struct writer *w, const struct hash_key *key, uint64_t next);
/* Once the gate is there: messages go out from now on. */
bool serve_desk_send(struct serve_desk *d, struct outbox_thread_options *o);
/* When HTTP has stopped, and the writer still runs. */
void serve_desk_stop_sending(struct serve_desk *d);
void serve_desk_quiet(struct serve_desk *d); /* before the writer stops: the desk tells nothing more by itself */
/* For writer_options; ctx: the desk. */
void serve_desk_decided(void *ctx, uint64_t next);
uint64_t serve_desk_kept(void *ctx, uint64_t stays);
/* When HTTP and the writer have stopped. */
void serve_desk_stop(struct serve_desk *d);
void serve_desk_close(struct serve_desk *d);

#endif
