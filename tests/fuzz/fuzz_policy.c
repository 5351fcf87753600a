/* fuzz_policy.c - any bytes as a policy: policy_load refuses with a message or loads; what loads can be printed as SQL. */
#include <stdint.h>
#include <stdlib.h>
#include "base/mem.h"
#include "policy/sql.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct policy *policy = mem_alloc(sizeof(*policy));
	struct policy_file file = { TEXT("fuzz.dk"), text_of((const char *)p, n) };
	struct buf b;

	if (policy == NULL)
		return 0;
	buf_init(&b, 1 << 24);
	enum err e = policy_load(policy, &file, 1, NULL, NULL, &b);
	if (e == ERR_FORMAT && b.n == 0)
		abort(); /* refused without a word */
	if (e == ERR_OK) {
		policy_sql_all(&b, policy);
		policy_release(policy);
	}
	buf_release(&b);
	mem_free(policy);
	return 0;
}
