/* front.h - what the stages of policy_load share: memory, messages, the list of declarations. Private to this folder.
 *
 * Memory: the syntax tree lives in `scratch`, which dies with policy_load; whatever the policy keeps lives in its own
 * arena. Both allocators leave by longjmp when there is no memory, so that no stage carries a check for it: nothing but
 * the two arenas is held while the stages run, and policy_load releases both.
 * Messages are collected, sorted by place and printed at the end; the same message at the same place (a let used twice)
 * appears once. A stage that has reported an error returns NULL, and whoever gets NULL stays silent. */
#ifndef DUANKA_POLICY_FRONT_H
#define DUANKA_POLICY_FRONT_H
#include <setjmp.h>
#include "policy/policy.h"

enum {
	FRONT_MESSAGE_MAX = 1024,  /* bytes of one message */
	FRONT_USES_MAX = 4,        /* notes "used here" of one message */
	FRONT_NODES_MAX = 1 << 18, /* checked expressions of one policy: lets that use lets multiply */
	FRONT_SCRATCH_MAX = 256 << 20,
	FRONT_KEEP_MAX = 512 << 20,
};

struct diag {
	struct span span;
	struct text text;
	uint32_t n_uses;
	struct span use[FRONT_USES_MAX]; /* the lets on the way, innermost first */
};

struct ast_decl;

struct lost {
	struct text name;
	struct lost *next;
};

struct let_use { /* the lets being expanded right now, innermost first */
	struct ast_decl *let;
	struct span at;
	struct let_use *outer;
};

struct front {
	struct policy *p;
	struct arena scratch;
	jmp_buf no_memory;
	struct diag diag[POLICY_ERRORS_MAX];
	uint32_t n_diags;
	bool too_many;
	bool parse_failed;
	bool lost_unnamed; /* a declaration without a readable name is absent: no unknown name is news */
	struct lost *lost; /* names whose declaration is absent because of an error reported already */
	bool muted;        /* trying: count, don't report */
	uint32_t n_muted_unknown, n_muted_other;
	struct let_use *lets;
	uint32_t n_nodes, n_aggs;
	struct agg *agg[POLICY_AGGS_MAX]; /* all different ones */
	policy_reader *read_zone;
	void *zone_ctx;
	struct ast_decl *first, **tail;
	struct ast_decl *broken; /* those lost to an error in their form, the last one first */
};

#define TX(t) (int)(t).n, (t).p

void *front_alloc(struct front *f, size_t n); /* scratch; zeroed; never NULL */
void *front_keep(struct front *f, size_t n);  /* the policy's arena */
struct text front_keep_text(struct front *f, struct text t);
void front_error(struct front *f, struct span at, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* The same, for a name that nothing declares: silent when its declaration has an error that is reported already. */
void front_unknown(struct front *f, struct span at, const char *fmt, ...) PRINTF_LIKE(3, 4);
void front_lost(struct front *f, struct text name); /* empty: no telling which */
/* policy.c: reads the files into f->first and hands them to `then`. p is the caller's to release after ERR_OK and ERR_FORMAT (errors, unless NULL, has them); after another error it is empty. */
enum err front_run(struct policy *p, const struct policy_file *files, uint32_t n_files, policy_reader *read_zone,
                   void *ctx, void (*then)(struct front *f, void *arg), void *arg, struct buf *errors) MUST_CHECK;
void front_print(struct front *f, struct buf *out);
struct text front_span(const struct front *f, struct span s); /* as written, shortened to 60 bytes */
const char *front_place(struct front *f, struct span s);      /* "bank.dk:12" */

/* names.c: the nearest of several names, for "did you mean". */
struct nearest {
	struct text want, best;
	uint32_t distance;
};
void nearest_init(struct nearest *n, struct text want);
void nearest_try(struct nearest *n, struct text candidate);
const char *nearest_hint(struct front *f, const struct nearest *n); /* "; did you mean caller?" or "" */

#endif
