/* record_int.h - integers and bytes in and out of records; shared by record.c and recast.c. */
#ifndef DUANKA_JOURNAL_RECORD_INT_H
#define DUANKA_JOURNAL_RECORD_INT_H
#include "event/ident.h"
#include "journal/record.h"

enum {
	RECORD_SCHEMA_VERSION = 1,
	RECORD_TEXT_MASKED = 0x8000 /* with the length of a text */
};

void record_u16(struct buf *b, uint16_t v);
void record_u32(struct buf *b, uint32_t v);
void record_u64(struct buf *b, uint64_t v);
/* Take from the front; false: there is too little, and nothing was taken. */
bool record_get(struct text *t, void *out, size_t n);
bool record_get_bytes(struct text *t, size_t n, struct text *out);
bool record_get_u16(struct text *t, uint16_t *v);
bool record_get_u32(struct text *t, uint32_t *v);
bool record_get_u64(struct text *t, uint64_t *v);
bool record_get_varint(struct text *t, int64_t *v);
/* Writes into the head that begins at byte `at` how long its payload became: everything behind it. */
void record_sized(struct buf *b, size_t at);
/* Adds flags to the head that begins at byte `at`. */
void record_flag(struct buf *b, size_t at, uint8_t flags);
void record_ident_put(struct buf *b, const struct ident *id);
/* Attributes as written; plain is empty. */
bool record_ident_take(struct text *t, struct ident *id);

#endif
