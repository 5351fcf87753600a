/* bytes_int.h - numbers and field values in and out of bytes, as commands, objects, rows and messages share them. The take functions return false when the
 * bytes end early or are not the shortest form of what they say. */
#ifndef DUANKA_DESK_BYTES_INT_H
#define DUANKA_DESK_BYTES_INT_H
#include "desk/machine.h"

void bytes_put(struct buf *b, uint64_t v, size_t n); /* n <= 8 bytes, little endian */
void bytes_put_varint(struct buf *b, uint64_t v);
void bytes_put_signed(struct buf *b, int64_t v); /* zigzag varint */
void bytes_put_token(struct buf *b, struct token t);
bool bytes_take(struct text *t, uint64_t *v, size_t n);
bool bytes_take_varint(struct text *t, uint64_t *v);
bool bytes_take_signed(struct text *t, int64_t *v);
bool bytes_take_token(struct text *t, struct token *out);

/* The values whose bits are set, in order of the fields' numbers. Those in `value` must be what their fields can hold (CHECKed). */
void bytes_put_values(struct buf *b, const struct desk_machine *m, uint64_t has, const union desk_value *value);
/* value must be zero before. Returns what is wrong, or NULL. */
const char *bytes_take_values(struct text *t, const struct desk_machine *m, uint64_t has, union desk_value *value);

#endif
