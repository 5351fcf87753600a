/* wire_command.h - commands to operators (and to banks, for what the case platform has no message for), texts to senders, and their receipts, as JSON.
 *
 * To the receiver, one flat object:
 *   {"id":"X-...","command":"suspend","phone":"+86...","basis":"AFL-14","measure":"M-...","level":2,"method":"video","until":"2026-...","limit":"2000.00"}
 *   {"id":"X-...","command":"sms","phone":"+86...","text":"..."}
 * From it, in the answer or later:
 *   {"id":"X-...","result":"received|done|refused|failed|passed|not-passed|reached|no-answer|hung-up|busy|wrong-number","receipt":"R-17","remark":"..."}
 * The id is the idempotent key on both ways. */
#ifndef DUANKA_GATEWAY_WIRE_COMMAND_H
#define DUANKA_GATEWAY_WIRE_COMMAND_H
#include "base/buf.h"

enum {
	COMMAND_BYTES_MAX = 16 << 10,
	COMMAND_RECEIPT_MAX = 64,
	COMMAND_REMARK_MAX = 1000
};

enum command_result {
	COMMAND_RECEIVED, /* it works on it */
	COMMAND_DONE,
	COMMAND_REFUSED, /* it can't or won't; final */
	COMMAND_FAILED,  /* something failed; send again */
	COMMAND_PASSED,  /* the holder was verified */
	COMMAND_NOT_PASSED,
	COMMAND_REACHED, /* of an automatic call */
	COMMAND_NO_ANSWER,
	COMMAND_CALL_REFUSED,
	COMMAND_BUSY,
	COMMAND_WRONG_NUMBER,
	COMMAND_RESULTS
};

struct command_receipt {
	uint64_t id; /* of the message */
	enum command_result result;
	struct text receipt, remark; /* receipt: a code as of a DESK_CODE field; may be empty */
};

void command_id_print(char out[24], uint64_t id); /* "X-65536" */
bool command_id_parse(struct text t, uint64_t *id);
const char *command_result_name(enum command_result r);
/* scratch: n bytes. ERR_FORMAT; why (may be NULL) says what is wrong. */
enum err command_receipt_read(struct text json, char *scratch, struct command_receipt *out,
                              const char **why) MUST_CHECK;
void command_receipt_write(const struct command_receipt *r, struct buf *out);

/* A command while it is written: members with a value only. */
void command_begin(struct buf *b, uint64_t id, const char *command);
void command_text(struct buf *b, const char *name, struct text value);
void command_number(struct buf *b, const char *name, int64_t value);
void command_end(struct buf *b);

#endif
