/* fuzz_object.c - bytes that claim to be an object, a message or rows of history of the registry: no read outside, and what is taken has exactly these bytes again. The first byte says which. */
#include "base/mem.h"
#include "desk/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void rows(struct text t, struct buf *again)
{
	struct text left = t;
	struct desk_trace trace;
	uint32_t version;
	uint8_t state;

	while (left.n > 0 && desk_row_take(&left, &trace, &version, &state) == ERR_OK) {
		size_t before = again->n;

		desk_row_put(again, &trace, version, state);
		CHECK(again->err == ERR_OK && again->n - before <= DESK_ROW_BYTES_MAX && again->n == t.n - left.n);
		CHECK(memcmp(again->p, t.p, again->n) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct desk_object o;
	struct desk_message m;
	struct buf again;
	struct text t;

	if (n == 0)
		return 0;
	t = text_of((const char *)p + 1, n - 1);
	buf_init(&again, (size_t)1 << 20);
	if (p[0] % 3 == 0 && desk_object_take(t, &o) == ERR_OK) {
		desk_object_put(&again, &o);
		CHECK(again.n <= DESK_OBJECT_BYTES_MAX && text_eq(buf_view(&again), t));
	} else if (p[0] % 3 == 1 && desk_message_take(t, &m) == ERR_OK) {
		desk_message_put(&again, &m);
		CHECK(again.n <= DESK_MESSAGE_BYTES_MAX && text_eq(buf_view(&again), t));
	} else if (p[0] % 3 == 2) {
		rows(t, &again);
	}
	buf_release(&again);
	return 0;
}
