/* fuzz_case.c - bytes that claim to be a message of the case platform, or a receipt. Whatever they are: no read outside; what is taken is written again and reads back as the same. */
#include "base/mem.h"
#include "gateway/wire_case.h"
#include "gateway/wire_command.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void receipt(struct text t, char *scratch)
{
	struct command_receipt r, again;
	char second[COMMAND_BYTES_MAX * 2];
	struct buf b;
	const char *why;

	if (command_receipt_read(t, scratch, &r, &why) != ERR_OK) {
		CHECK(why != NULL);
		return;
	}
	buf_init(&b, sizeof(second));
	command_receipt_write(&r, &b);
	if (b.err == ERR_OK && b.n <= COMMAND_BYTES_MAX) {
		CHECK(command_receipt_read(buf_view(&b), second, &again, &why) == ERR_OK);
		CHECK(again.id == r.id && again.result == r.result && text_eq(again.receipt, r.receipt));
	}
	buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct case_message m, again;
	static struct case_row rows[CASE_ROWS_MAX], more[CASE_ROWS_MAX];
	char *scratch = mem_alloc(n + 1), *second;
	struct text t = text_of((const char *)p, n);
	const char *why = NULL;
	struct buf b;

	CHECK(scratch != NULL);
	m.row = rows;
	again.row = more;
	buf_init(&b, 2 * CASE_BYTES_MAX);
	if (case_read(t, scratch, &m, &why) == ERR_OK) {
		CHECK(case_write(&m, &b, &why) == ERR_OK);
		second = mem_alloc(b.n + 1);
		CHECK(second != NULL);
		if (b.n <= CASE_BYTES_MAX) {
			CHECK(case_read(buf_view(&b), second, &again, &why) == ERR_OK);
			CHECK(again.code == m.code && again.n_rows == m.n_rows && again.response == m.response);
			for (int i = 0; i < CASE_FIELDS_COUNT; i++)
				CHECK(text_eq(m.value[i], again.value[i]));
		}
		mem_free(second);
	} else {
		CHECK(why != NULL);
	}
	receipt(t, scratch);
	buf_release(&b);
	mem_free(scratch);
	return 0;
}
