/* public.h - what people without key or account may do: report, ask about a number, learn of a measure against them, object, find out whether a call is real.
 *
 * Functions of plain values: whoever shows them (JSON in http_public.c, pages) reads a request, calls one, and writes what came of it. They may wait for journal and registry. What somebody files
 * is a command of the role citizen, and what they are shown is an act, both in the journal before they are told; addresses of people are never kept.
 *
 * What must not be learned here: whether anybody is under suspicion (public_check looks at published lists only, so there is nothing else to leak), whether a number has objects, whether a receipt or
 * code nearly fits. Whatever is wrong with a proof is PUBLIC_NO, after the same work. Rates are bounded by address and for all (public_admit). */
#ifndef DUANKA_GATEWAY_PUBLIC_H
#define DUANKA_GATEWAY_PUBLIC_H
#include <sys/socket.h>
#include "gateway/config.h"
#include "gateway/desk_gate.h"
#include "gateway/names.h"
#include "gateway/proof.h"
#include "policy/policy.h"
#include "store/files.h"

enum {
	PUBLIC_PAPERS_MAX = 8,
	PUBLIC_TEXT_MAX = 8000, /* bytes of what people write */
	PUBLIC_CONTACT_MAX = 200,
	PUBLIC_DIGITS = 4, /* the last ones of a number */
	PUBLIC_CALL_DIGITS = 6,
	PUBLIC_CALLS_MAX = 1024, /* codes that are good at a time; the oldest goes */
	PUBLIC_CALL_TRIES = 5    /* wrong digits with a right code, then it is none any more */
};

struct public_options { /* all borrowed */
	struct registry *registry;
	struct texts *texts;
	struct desk_gate *gate;
	struct writer *writer;
	struct names *names;
	struct files *files;
	const struct hash_key *key;
	int64_t (*now_us)(void);
};
struct public_desk;
enum err public_new(struct public_desk **out, const struct public_options *o) MUST_CHECK;
void public_free(struct public_desk *p); /* NULL is fine */

/* ---- how often ---- */

enum public_cost {
	PUBLIC_ASKS,   /* any request */
	PUBLIC_FILES,  /* makes something */
	PUBLIC_PROVES, /* tries a receipt or code */
	PUBLIC_JOINS, /* makes something, and somebody who will make more: also by the network of the address, an IPv4 /24 or IPv6 /48 */
	PUBLIC_READS, /* a page that only shows something: counts for itself, and not for all */
	PUBLIC_COSTS
};
/* False: too often, by this address or by all; *wait_us until it may be again. An IPv6 address counts by its first 64 bits. Any thread. */
bool public_admit(struct public_desk *p, const struct config *c, enum public_cost cost, const struct sockaddr *from,
                  int64_t *wait_us);

/* ---- one question ---- */

enum public_verdict {
	PUBLIC_DONE,
	PUBLIC_NO,      /* a receipt, code or its digits are wrong; nothing says which */
	PUBLIC_INPUT,   /* field and why_... say what is wrong */
	PUBLIC_REFUSED, /* by the desk: refused */
	PUBLIC_FULL,    /* no room now: nothing was taken */
	PUBLIC_FAILED   /* a store can't be read or written now */
};
struct public_asking {
	struct public_desk *desk;
	const struct config *config; /* both must live as long as the call */
	const struct policy *policy;
	uint32_t lane; /* of struct ask */
	/* out */
	const char *field, *why_en, *why_zh; /* constants */
	enum desk_refusal refused;
};

/* ---- reports ---- */

struct public_report { /* texts may be empty; what: a clue's choice, or "" for what is given first */
	struct text what, phone, account, link, text, when, contact, paid, amount;
};
struct public_receipt {
	uint64_t id;
	char receipt[PROOF_TEXT_MAX]; /* shown once: wipe it */
	uint32_t papers_kept;
};
enum public_verdict public_file_report(struct public_asking *a, const struct public_report *in,
                                       struct public_receipt *out);

/* What became of what was filed under the receipt; kind DESK_CLUE or DESK_APPEAL. words: feedback or decision, in plain, if there is one (initialised by the caller; wipe it). */
enum public_verdict public_status(struct public_asking *a, enum desk_kind kind, struct text receipt,
                                  struct desk_object *out, struct buf *words);
/* The state in plain words. */
const char *public_state_words(const struct desk_object *o, bool zh);

/* ---- is it known? ---- */

struct public_check { /* one of them */
	struct text phone, account, link, message;
};
struct public_known {
	bool listed;   /* on a list that is public already */
	uint32_t scam; /* that a message reads like; SCRIPT_UNKNOWN */
};
enum public_verdict public_check(struct public_asking *a, const struct public_check *in, struct public_known *out);

/* ---- measures ---- */

/* The measure (or listing) that the notice's code names, if the digits are the last four of the number that the notice went to; of the account, if no number is known. reason as words above. */
enum public_verdict public_measure(struct public_asking *a, struct text code, struct text digits,
                                   struct desk_object *out, struct buf *reason);
struct
	public_paper { /* bytes: an upload, whose type follows from them; or, without it, base64 of what type says: JPEG, PNG, PDF or plain text */
	struct text name, type, base64, bytes;
};
struct public_appeal {
	struct text code, digits, text, contact;
	bool by_person; /* a person has to decide */
	uint32_t n_papers;
	struct public_paper paper[PUBLIC_PAPERS_MAX];
};
/* Pictures and PDFs become files, texts one sealed text of TEXT_BYTES_MAX. What finds no room is left out; papers_kept says how many are in. */
enum public_verdict public_file_appeal(struct public_asking *a, const struct public_appeal *in,
                                       struct public_receipt *out);
/* The same by who is logged in and has shown by that whose measure it is; code and digits are not looked at. */
enum public_verdict public_file_own_appeal(struct public_asking *a, uint64_t measure, const struct public_appeal *in,
                                           struct public_receipt *out);
enum public_step {
	PUBLIC_TO_PERSON, /* an automatic decision goes to a person */
	PUBLIC_AGAIN,     /* reconsider a denial */
	PUBLIC_WITHDRAW
};
enum public_verdict public_appeal_step(struct public_asking *a, struct text receipt, enum public_step step,
                                       struct desk_object *out);

/* ---- is this call real? ---- */

/* A code that a seat reads out during a call about this warning: good until *until_us, for who is called on a number that ends in the digits they type. It replaces the one before. The caller has journaled it.
 * PUBLIC_INPUT: the warning has no number. */
enum public_verdict public_call_code(struct public_asking *a, const struct desk_object *warning,
                                     char code[PUBLIC_CALL_DIGITS + 1], int64_t *until_us);
enum public_verdict public_verify_call(struct public_asking *a, struct text code, struct text digits);

#endif
