/* outline.h - where the parts of a policy's texts stand, for a form that reads and writes those very texts.
 *
 * Each declaration, the comment above it, and its parts are spans of bytes. A form shows the bytes of a part and puts others in their place; what it does not touch,
 * comments and layout, stays as it was to the byte. Nothing is checked here beyond the form of declarations, and one whose form is wrong is there as far as it could be read.
 * What is not written has no part, but for the mode of a rule: its span is empty then, behind the name, and what is put there begins with a blank. */
#ifndef DUANKA_POLICY_OUTLINE_H
#define DUANKA_POLICY_OUTLINE_H
#include "policy/policy.h"

/* X(name, as JSON names it, depth: 1 is a part of the action before it) */
#define OUTLINE_KINDS(X)                                                                             \
	X(NAME, "name", 0) /* with its quotes, if it has any */                                          \
	X(MODE, "mode", 0)                                                                               \
	X(ON, "on", 0) /* the event */                                                                   \
	X(ABOUT, "about", 0)                                                                             \
	X(UNTIL, "until", 0)                                                                             \
	X(CONDITION, "condition", 0) /* one of those that `and` joins; else the whole */                 \
	X(ACTION, "action", 0)       /* its word: alert, score, notify, or the measure's English name */ \
	X(SEVERITY, "severity", 1)                                                                       \
	X(SCORE, "score", 1)                                                                             \
	X(TARGET, "target", 1)                                                                           \
	X(DURATION, "duration", 1)                                                                       \
	X(BASIS, "basis", 1) /* texts with their quotes */                                               \
	X(WHOM, "whom", 1)                                                                               \
	X(EVERY, "every", 0)                                                                             \
	X(BECAUSE_EN, "because_en", 0)                                                                   \
	X(BECAUSE_ZH, "because_zh", 0)                                                                   \
	X(SOURCE, "source", 0)                                                                           \
	X(SCAM, "scam", 0)                                                                               \
	X(FIELD, "field", 0) /* of an event, attribute of an entity: name: type */                       \
	X(SETS, "sets", 0)                                                                               \
	X(OF, "of", 0)                                                                                   \
	X(FROM, "from", 0)   /* a list's file; the rules of an exemption */                              \
	X(VALUE, "value", 0) /* of a let, a feature, a cap */                                            \
	X(STEP, "step", 0)   /* of a test */

enum outline_kind {
#define X(name, json, depth) OUTLINE_##name,
	OUTLINE_KINDS(X)
#undef X
	OUTLINE_KIND_COUNT
};

struct outline_part {
	enum outline_kind kind;
	struct span span;
	const char *word; /* of an action that could be read; else NULL */
};

struct outline_decl {
	const char *kind;          /* the word it begins with */
	struct text name;          /* without quotes; empty if it could not be read */
	struct span span, comment; /* comment: whole lines right above it, without the last line end; empty: none */
	bool whole;
	uint32_t n_parts;
	struct outline_part *part;
};

struct outline {
	struct policy texts; /* its files, in the order of their paths; nothing else is filled in */
	uint32_t n_decls;
	struct outline_decl *decl; /* by file and place */
};

/* ERR_MEMORY, ERR_CAP: too many files, or too large ones. */
enum err outline_new(struct outline **out, const struct policy_file *files, uint32_t n_files) MUST_CHECK;
void outline_free(struct outline *o); /* NULL is fine */
const char *outline_kind_name(enum outline_kind k);
uint32_t outline_kind_depth(enum outline_kind k);

#endif
