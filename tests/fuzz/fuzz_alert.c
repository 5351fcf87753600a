/* fuzz_alert.c - bytes that claim to be a line of the file of alerts, seen by an organisation. Whatever they are: no read outside; what is shown is
 * JSON again; who has no pattern is shown nothing; what is seen twice is as what is seen once. Input: patterns with blanks between, a line end,
 * the alert. */
#include <jansson.h>
#include "gateway/lastknown.h"
#include "gateway/view.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void take_patterns(struct tenant *t, struct text line)
{
	while (line.n > 0 && t->n_sees < TENANT_SEES_MAX) {
		const char *blank = memchr(line.p, ' ', line.n);
		size_t k = blank == NULL ? line.n : (size_t)(blank - line.p);

		if (k < sizeof(t->sees[0])) {
			memcpy(t->sees[t->n_sees], line.p, k);
			t->sees[t->n_sees++][k] = 0;
		}
		line = text_of(line.p + k + (blank != NULL), line.n - k - (blank != NULL));
	}
}

static void look(const struct viewer *v, struct text line)
{
	struct buf out, briefs;
	struct alert_head head;
	enum err e;
	json_t *j;

	buf_init(&out, 1 << 24);
	buf_init(&briefs, 1 << 24);
	e = view_alert(v, line, &out);
	CHECK((e == ERR_OK) == (out.n > 0) || tenant_sees_all(v->who));
	CHECK(v->who->n_sees > 0 || e != ERR_OK);
	if (e == ERR_OK && !tenant_sees_all(v->who)) {
		j = json_loadb(out.p, out.n, 0, NULL);
		CHECK(json_is_object(j));
		json_decref(j);
	}
	if (view_briefs(v, line, &briefs) == ERR_OK && alert_head_read(line, &head))
		CHECK(head.position > 0);
	buf_release(&out);
	buf_release(&briefs);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct tenant tenants[2] = { { .name = "bank-1", .number = 1 }, { .name = "telecom-1", .number = 2 } };
	static struct lastknown *last;
	const uint8_t *nl = n == 0 ? NULL : memchr(p, '\n', n);
	struct viewer v = { tenants, tenants, 2 };
	struct alert_head found;
	struct text line;

	if (nl == NULL || n > 1 << 16)
		return 0;
	if (last == NULL)
		CHECK(lastknown_new(&last) == ERR_OK);
	line = text_of((const char *)nl + 1, n - (size_t)(nl - p) - 1);
	tenants[0].n_sees = 0;
	take_patterns(&tenants[0], text_of((const char *)p, (size_t)(nl - p)));
	look(&v, line);
	lastknown_note(last, line);
	if (alert_head_read(line, &found))
		(void)lastknown_find(last, &found.about, 1, found.time_us, &found);
	return 0;
}
