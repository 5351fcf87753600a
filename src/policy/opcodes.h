/* opcodes.h - the instruction set; this table is its documentation.
 *
 * An instruction is 8 bytes: op, k (a small constant), and three 16-bit operands a, b, c. R[x] is register x. Whole and real
 * registers share one file; the operation says which it means. Missing operands give a missing result unless said
 * otherwise. Jumps go forward only, so a program's length bounds its work. */
#ifndef DUANKA_POLICY_OPCODES_H
#define DUANKA_POLICY_OPCODES_H
#include <stdint.h>

/* X(name, operands for the disassembler and the verifier, meaning)
 * d = a register written in a; r = register; k = small constant; n = bound; v = view; i = ring;
 * u = rule; j = jump target in c; l = list; f = feature; e = entity kind; t = attribute; p = first argument register;
 * - = unused */
#define OPCODES(X)                                                                                           \
	X(END, "----", "the program is over")                                                                    \
	X(MOVE, "-dr-", "R[a] = R[b]")                                                                           \
	X(ATTR, "edrt", "R[a] = declared attribute c of the entity R[b] of kind k")                              \
	X(IDENT, "edrt", "R[a] = identifier attribute c of the entity R[b] of kind k")                           \
	X(RISK, "edr-", "R[a] = highest decision score about the entity R[b] of kind k before this event")       \
	X(NEED, "--v-", "read view b into its registers unless it was read for this event")                      \
	X(UNLESS_HOLDS, "-dnj", "R[a] = false and go on at c unless bound b of the plan's bounds is met")        \
	X(SET, "erru", "attribute c (event's setter) of the entity R[a] of kind k = R[b], at this event's time") \
	X(INSERT, "-i--", "put this event into ring a; views that leave it out are read before")                 \
	X(NEG_I, "-dr-", "R[a] = -R[b]")                                                                         \
	X(NEG_R, "-dr-", "R[a] = -R[b]")                                                                         \
	X(ADD_I, "-drr", "R[a] = R[b] + R[c], saturating")                                                       \
	X(ADD_R, "-drr", "R[a] = R[b] + R[c]")                                                                   \
	X(SUB_I, "-drr", "R[a] = R[b] - R[c], saturating")                                                       \
	X(SUB_R, "-drr", "R[a] = R[b] - R[c]")                                                                   \
	X(MUL_I, "-drr", "R[a] = R[b] * R[c], saturating")                                                       \
	X(MUL_R, "-drr", "R[a] = R[b] * R[c]")                                                                   \
	X(DIV_R, "-drr", "R[a] = R[b] / R[c]; missing when R[c] is 0")                                           \
	X(TOREAL, "-dr-", "R[a] = R[b] as a real number")                                                        \
	X(CLAMP, "-dr-", "R[a] = R[b] held within 48 bits, as rings store it")                                   \
	X(EQ_I, "-drr", "R[a] = R[b] = R[c]")                                                                    \
	X(NE_I, "-drr", "R[a] = R[b] != R[c]")                                                                   \
	X(LT_I, "-drr", "R[a] = R[b] < R[c]")                                                                    \
	X(LE_I, "-drr", "R[a] = R[b] <= R[c]")                                                                   \
	X(EQ_R, "-drr", "R[a] = R[b] = R[c]")                                                                    \
	X(NE_R, "-drr", "R[a] = R[b] != R[c]")                                                                   \
	X(LT_R, "-drr", "R[a] = R[b] < R[c]")                                                                    \
	X(LE_R, "-drr", "R[a] = R[b] <= R[c]")                                                                   \
	X(AND, "-drr", "R[a] = R[b] and R[c]; false and missing is false")                                       \
	X(OR, "-drr", "R[a] = R[b] or R[c]; true or missing is true")                                            \
	X(NOT, "-dr-", "R[a] = not R[b]")                                                                        \
	X(KNOWN_I, "-dr-", "R[a] = R[b] is not missing")                                                         \
	X(KNOWN_R, "-dr-", "R[a] = R[b] is not missing")                                                         \
	X(ELSE_I, "-drr", "R[a] = R[b], or R[c] where it is missing")                                            \
	X(ELSE_R, "-drr", "R[a] = R[b], or R[c] where it is missing")                                            \
	X(IN_LIST, "-drl", "R[a] = R[b] stands in list c and has not expired at this event's time")              \
	X(CALL, "-dpk", "R[a] = call c of the plan's calls, with its arguments from R[b] on")                    \
	X(JUMP, "---j", "go on at c")                                                                            \
	X(UNLESS, "--rj", "go on at c unless R[b] is true")                                                      \
	X(IF, "--rj", "go on at c if R[b] is true")                                                              \
	X(UNTIL_FALSE, "--rj", "go on at c if R[b] is false (not if it is missing)")                             \
	X(UNLESS_LT_I, "-rrj", "go on at c unless R[a] < R[b]")                                                  \
	X(UNLESS_LE_I, "-rrj", "go on at c unless R[a] <= R[b]")                                                 \
	X(UNLESS_LT_R, "-rrj", "go on at c unless R[a] < R[b]")                                                  \
	X(UNLESS_LE_R, "-rrj", "go on at c unless R[a] <= R[b]")                                                 \
	X(UNLESS_EQ_I, "-rrj", "go on at c unless R[a] = R[b]")                                                  \
	X(HIT, "-ru-", "rule b holds about the entity R[a]")                                                     \
	X(EXEMPT, "--u-", "an exemption took rule b away")

enum opcode {
#define X(name, operands, meaning) OP_##name,
	OPCODES(X)
#undef X
	OP_COUNT
};

struct insn {
	uint8_t op, k;
	uint16_t a, b, c;
};
_Static_assert(sizeof(struct insn) == 8, "an instruction is 8 bytes");

#endif
