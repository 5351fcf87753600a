/* fuzz_method.c - any bytes as messages and items over the weeks: whatever they are, findings are few, say no more than was there, name positions in order, and the same input gives the same.
 * Input: lines; the first byte says what it is and when, the rest is the message or the name. */
#include "outreach/method.h"
#include "base/clock.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define END_US ((int64_t)1772323200 * US_PER_SECOND)

static void feed(struct method *m, struct text all)
{
	uint64_t position = 0;

	while (all.n > 0) {
		const char *end = memchr(all.p, '\n', all.n);
		size_t n = end ? (size_t)(end - all.p) : all.n;
		unsigned char how = (unsigned char)all.p[0];
		struct text t = text_of(all.p + (n > 0), n - (n > 0));
		int64_t at = END_US - (how & 15) * (6 * US_PER_DAY) - US_PER_HOUR;
		uint32_t times = how & 64 ? METHOD_LEAST + 5 : 1;

		all = text_of(all.p + n + (end != NULL), all.n - n - (end != NULL));
		for (uint32_t i = 0; i < times && text_utf8_valid(t); i++) {
			enum err e = how & 32 ? method_item(m, how & 16 ? METHOD_SCAM : METHOD_RULE, t, at, ++position)
			                      : method_message(m, t, at, ++position);

			CHECK(e == ERR_OK || (e == ERR_CAP && (how & 32)));
		}
	}
}

static void judge(struct method *m, const struct method_finding *f, uint32_t found)
{
	struct method_counts c;

	method_counts(m, &c);
	CHECK(found <= METHOD_FINDINGS_MAX && c.clusters <= METHOD_CLUSTERS);
	for (uint32_t i = 0; i < found; i++) {
		CHECK(f[i].sign > 0 && f[i].sign < METHOD_SIGNS && memchr(f[i].name, 0, sizeof(f[i].name)) != NULL);
		CHECK(f[i].seen >= METHOD_LEAST && f[i].seen <= f[i].all && f[i].before <= f[i].all_before);
		CHECK(f[i].all <= c.messages + c.items && f[i].p >= 0 && f[i].p <= 1);
		CHECK(i == 0 || f[i - 1].p <= f[i].p);
		CHECK(f[i].sign != METHOD_MESSAGES || (f[i].words.n <= METHOD_TEMPLATE_MAX * 4 && text_utf8_valid(f[i].words)));
		CHECK(f[i].n_positions > 0 && f[i].n_positions <= METHOD_POSITIONS);
		for (uint32_t k = 1; k < f[i].n_positions; k++)
			CHECK(f[i].position[k - 1] < f[i].position[k]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct method_finding found[2][METHOD_FINDINGS_MAX];
	struct method *m[2];
	uint32_t count[2], runs = n > 0 && p[n - 1] % 8 == 0 ? 2 : 1; /* the memory is large: not each one twice */

	for (uint32_t i = 0; i < runs; i++) {
		CHECK(method_new(&m[i], END_US) == ERR_OK);
		feed(m[i], text_of((const char *)p, n));
		count[i] = method_find(m[i], found[i]);
		judge(m[i], found[i], count[i]);
	}
	CHECK(runs == 1 || count[0] == count[1]);
	for (uint32_t i = 0; runs == 2 && i < count[0]; i++)
		CHECK(strcmp(found[0][i].name, found[1][i].name) == 0 && found[0][i].seen == found[1][i].seen &&
		      text_eq(found[0][i].words, found[1][i].words));
	for (uint32_t i = 0; i < runs; i++)
		method_free(m[i]);
	return 0;
}
