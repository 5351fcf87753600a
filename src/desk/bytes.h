/* bytes.h - objects, rows of their history and messages as bytes, for whoever keeps them.
 *
 * Little endian; numbers that are mostly small are varints (zigzag where they can be negative); a list of bits says which values follow. The field values
 * are those of a command's payload (command.h).
 * Strict: what is read has exactly these bytes again, so equal content means equal bytes and a digest over them is one over the content. Whatever is wrong for
 * its kind (a state that is not in the machine, a value that its field cannot hold, a byte too many) is ERR_FORMAT. Fields, states and timers are only ever
 * appended to a machine, so bytes of an older build can be read. */
#ifndef DUANKA_DESK_BYTES_H
#define DUANKA_DESK_BYTES_H
#include "desk/desk.h"

enum {
	DESK_OBJECT_VERSION = 1,
	DESK_OBJECT_BYTES_MAX = 5120, /* the largest there can be is smaller: tested */
	DESK_ROW_BYTES_MAX = 96,
	DESK_MESSAGE_BYTES_MAX = 256
};

/* Append. An object that no machine can have come to is a bug: CHECKed. */
void desk_object_put(struct buf *b, const struct desk_object *o);
/* A row of history: how the object came to be as it is, and its version and state behind it. */
void desk_row_put(struct buf *b, const struct desk_trace *t, uint32_t version, uint8_t state);
void desk_message_put(struct buf *b, const struct desk_message *m);
/* ERR_FORMAT: not one; out is then undefined. An object and a message take all the bytes; a row takes its own from the beginning of t. */
enum err desk_object_take(struct text t, struct desk_object *out) MUST_CHECK;
enum err desk_row_take(struct text *t, struct desk_trace *out, uint32_t *version, uint8_t *state) MUST_CHECK;
enum err desk_message_take(struct text t, struct desk_message *out) MUST_CHECK;

#endif
