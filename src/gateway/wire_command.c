/* wire_command.c - see wire_command.h. */
#include "gateway/wire_command.h"
#include <inttypes.h>
#include <stdio.h>
#include "desk/machine.h"
#include "event/json.h"

static const char *const names[COMMAND_RESULTS] = { "received", "done",       "refused",     "failed",
	                                                "passed",   "not-passed", "reached",     "no-answer",
	                                                "hung-up",  "busy",       "wrong-number" };

void command_id_print(char out[24], uint64_t id)
{
	snprintf(out, 24, "X-%" PRIu64, id);
}

bool command_id_parse(struct text t, uint64_t *id)
{
	int64_t v;

	if (t.n < 3 || !text_starts(t, TEXT("X-")) || t.p[2] < '1' || t.p[2] > '9' ||
	    text_to_int(text_of(t.p + 2, t.n - 2), &v) != ERR_OK)
		return false;
	*id = (uint64_t)v;
	return true;
}

const char *command_result_name(enum command_result r)
{
	return names[r];
}

static bool take(struct command_receipt *r, const struct json_pair *p, uint32_t *seen, const char **why)
{
	*why = "a member that is not known, or is no text";
	if (p->kind != JSON_KIND_STRING)
		return false;
	if (text_eq(p->key, TEXT("id"))) {
		*seen |= 1;
		*why = "id";
		return command_id_parse(p->value, &r->id);
	}
	if (text_eq(p->key, TEXT("result"))) {
		*seen |= 2;
		*why = "result";
		for (int i = 0; i < COMMAND_RESULTS; i++)
			if (text_eq(p->value, text_z(names[i]))) {
				r->result = (enum command_result)i;
				return true;
			}
		return false;
	}
	if (text_eq(p->key, TEXT("receipt"))) {
		*why = "receipt: 1 to 64 letters, digits, _ . -, no seven digits in a row";
		r->receipt = p->value;
		return p->value.n == 0 || (p->value.n <= COMMAND_RECEIPT_MAX && desk_code_ok(p->value));
	}
	if (text_eq(p->key, TEXT("remark"))) {
		*why = "remark: at most 1000 bytes";
		r->remark = p->value;
		return p->value.n <= COMMAND_REMARK_MAX;
	}
	return false;
}

enum err command_receipt_read(struct text json, char *scratch, struct command_receipt *out, const char **why)
{
	struct json_pair pair[JSON_PAIRS_MAX];
	const char *unused;
	uint32_t seen = 0;
	size_t n = 0, at;

	why = why ? why : &unused;
	*out = (struct command_receipt){ 0 };
	*why = "too large";
	if (json.n > COMMAND_BYTES_MAX || json_flat(text_trim(json), pair, &n, scratch, why, &at) != ERR_OK)
		return ERR_FORMAT;
	for (size_t i = 0; i < n; i++)
		if (!take(out, &pair[i], &seen, why))
			return ERR_FORMAT;
	*why = "id and result are needed";
	return seen == 3 ? ERR_OK : ERR_FORMAT;
}

void command_receipt_write(const struct command_receipt *r, struct buf *b)
{
	char id[24];

	command_id_print(id, r->id);
	buf_printf(b, "{\"id\":\"%s\",\"result\":\"%s\"", id, names[r->result]);
	if (r->receipt.n > 0)
		command_text(b, "receipt", r->receipt);
	if (r->remark.n > 0)
		command_text(b, "remark", r->remark);
	command_end(b);
}

void command_begin(struct buf *b, uint64_t id, const char *command)
{
	char z[24];

	command_id_print(z, id);
	buf_printf(b, "{\"id\":\"%s\",\"command\":\"%s\"", z, command);
}

void command_text(struct buf *b, const char *name, struct text value)
{
	if (value.n == 0)
		return;
	buf_printf(b, ",\"%s\":", name);
	buf_json(b, value);
}

void command_number(struct buf *b, const char *name, int64_t value)
{
	buf_printf(b, ",\"%s\":%" PRId64, name, value);
}

void command_end(struct buf *b)
{
	buf_z(b, "}\n");
}
