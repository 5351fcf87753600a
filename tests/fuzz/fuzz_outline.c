/* fuzz_outline.c - any bytes as a policy: every part lies within its declaration, declarations do not overlap, and of a policy that loads each rule is there, as it is written. */
#include <stdint.h>
#include <stdlib.h>
#include "base/mem.h"
#include "policy/outline.h"
#include "show/outline_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void look(const struct outline *o, uint32_t i)
{
	const struct outline_decl *d = &o->decl[i];
	size_t n = o->texts.file[d->span.file].text.n;

	must(d->comment.start <= d->comment.end && d->comment.end <= d->span.start && d->span.start <= d->span.end &&
	     d->span.end <= n);
	must(i == 0 || d[-1].span.end <= d->comment.start);
	for (uint32_t k = 0; k < d->n_parts; k++)
		must(d->part[k].span.start >= d->span.start && d->part[k].span.start <= d->part[k].span.end &&
		     d->part[k].span.end <= d->span.end);
}

static void compare(const struct outline *o, const struct policy *policy)
{
	uint32_t rules = 0;

	for (uint32_t i = 0; i < o->n_decls; i++) {
		const struct outline_decl *d = &o->decl[i];

		must(d->whole);
		if (d->kind[0] == 'r') {
			must(rules < policy->n_rules);
			must(text_eq(policy->rule[rules].name, d->name));
			must(text_eq(policy->rule[rules++].written, policy_span_text(&o->texts, d->span)));
		}
	}
	must(rules == policy->n_rules);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct policy *policy = mem_alloc(sizeof(*policy));
	struct policy_file file = { TEXT("fuzz.dk"), text_of((const char *)p, n) };
	struct outline *o = NULL;
	struct buf b;

	if (policy == NULL)
		return 0;
	buf_init(&b, 1 << 24);
	if (outline_new(&o, &file, 1) == ERR_OK) {
		for (uint32_t i = 0; i < o->n_decls; i++)
			look(o, i);
		outline_json(&b, o);
		if (policy_load(policy, &file, 1, NULL, NULL, &b) == ERR_OK) {
			compare(o, policy);
			policy_release(policy);
		}
	}
	outline_free(o);
	buf_release(&b);
	mem_free(policy);
	return 0;
}
