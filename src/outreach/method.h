/* method.h - has something new begun? Counts by week of near-duplicate messages, of types of scam and of rules, and which of them have grown more than chance does.
 *
 * Messages. A text is folded (letters small, digits one sign, blanks and marks left out) and cut into pieces of three characters; 16 minima of keyed hashes of the pieces stand for it (MinHash, Broder 1997): two texts
 * agree in each with the probability that their sets of pieces overlap. A text joins the first cluster with which it agrees in at least 10 of 16 (about 60 % of the pieces), found by bands of two; else it
 * begins one. What is kept of a cluster's words is only what all its messages have in common, so that names and numbers, which differ, are not there.
 *
 * Growth. A series has x of X items in the last week and y of Y in the METHOD_WEEKS before. Had its share not changed, x of n = x + y would be binomial with p = X / (X + Y); the one-sided tail is its p-value. A series is proposed
 * if it has at least METHOD_LEAST items in the week, its share has at least doubled, and the p-value passes the step-up test of Benjamini and Yekutieli (2001), which keeps the expected part of false
 * alarms among all alarms below METHOD_FDR whatever the series have to do with each other. Bursts are not binomial: that is what the doubling and the least number are for.
 *
 * The same items in the same order give the same findings. Pure, but for memory, which is bounded: at most METHOD_CLUSTERS clusters; when there are more, those that were seen once only and lie furthest back
 * give way (counted). */
#ifndef DUANKA_OUTREACH_METHOD_H
#define DUANKA_OUTREACH_METHOD_H
#include "base/buf.h"

enum {
	METHOD_WEEKS = 8,  /* before the last one */
	METHOD_LEAST = 20, /* items in the week [ours] */
	METHOD_CLUSTERS = 16384,
	METHOD_SERIES = 1024, /* of names */
	METHOD_NAME_MAX = 64,
	METHOD_POSITIONS = 8,
	METHOD_TEXT_LEAST = 8, /* characters; shorter messages say nothing */
	METHOD_TEMPLATE_MAX = 160,
	METHOD_FINDINGS_MAX = 64
};
#define METHOD_FDR 0.01

enum method_sign { /* as a bulletin's (desk/bulletin.h) */
	METHOD_MESSAGES = 1,
	METHOD_SCAM = 2,
	METHOD_RULE = 3,
	METHOD_SIGNS = 4
};

struct method_finding {
	enum method_sign sign;
	char name[METHOD_NAME_MAX + 1]; /* of the scam or rule; of messages a number by which the cluster is known again */
	struct text words;              /* of messages: what they have in common; lives as long as the method */
	uint64_t seen, before, all, all_before;
	double p;
	uint32_t n_positions;
	uint64_t position[METHOD_POSITIONS]; /* of the week's first ones, ascending */
};

struct method_counts {
	uint64_t messages, items, clusters, dropped;
};

struct method;
/* end_us: behind the last week; what is later, or before the weeks that count, is passed over. */
enum err method_new(struct method **out, int64_t end_us) MUST_CHECK;
void method_free(struct method *m); /* NULL is fine */
/* A message; positions ascend. text: UTF-8. */
enum err method_message(struct method *m, struct text text, int64_t time_us, uint64_t position) MUST_CHECK;
/* A report or warning of this type of scam, or a hit of this rule. ERR_CAP: too many names; it is not counted. */
enum err method_item(struct method *m, enum method_sign sign, struct text name, int64_t time_us,
                     uint64_t position) MUST_CHECK;
/* Those that have grown, the least likely first; returns how many. */
uint32_t method_find(struct method *m, struct method_finding out[METHOD_FINDINGS_MAX]);
void method_counts(const struct method *m, struct method_counts *out);
/* P(Bin(n, q) >= x). */
double method_tail(uint64_t n, double q, uint64_t x);

#endif
