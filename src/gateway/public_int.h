/* public_int.h - shared by public.c (what all do: acts, texts, commands, receipts), public_rate.c, public_check.c, public_measure.c, public_paper.c and public_call.c. */
#ifndef DUANKA_GATEWAY_PUBLIC_INT_H
#define DUANKA_GATEWAY_PUBLIC_INT_H
#include <pthread.h>
#include "gateway/act.h"
#include "gateway/public.h"

enum {
	PUBLIC_TEXTS_MAX = 4,
	PUBLIC_NAMES_MAX = 4
};

struct public_rate {
	struct token from;
	int64_t next_us[PUBLIC_COSTS]; /* when the bucket would be full again */
};
struct public_rates {
	pthread_mutex_t lock;
	int64_t all_us;
	struct public_rate entry[4096], net[1024];
};

struct public_call {
	uint64_t warning; /* 0: free */
	int64_t until_us;
	struct token hash;          /* of the code */
	char digits[PUBLIC_DIGITS]; /* of the number that is called */
	uint32_t tries;
};
struct public_calls {
	pthread_mutex_t lock;
	struct public_call call[PUBLIC_CALLS_MAX];
};

struct public_desk {
	struct public_options o;
	struct public_rates rates;
	struct public_calls calls;
};

/* A command on its way, with what must be kept before it is journaled. */
struct public_filing {
	struct desk_order order;
	uint32_t n_texts, n_names;
	unsigned char ref[PUBLIC_TEXTS_MAX][TEXT_REF_BYTES];
	struct text text[PUBLIC_TEXTS_MAX];
	struct dictionary_entry name[PUBLIC_NAMES_MAX];
	char plain[PUBLIC_NAMES_MAX][DICTIONARY_PLAIN_MAX];
};

enum public_verdict public_wrong(struct public_asking *a, const char *field, const char *en, const char *zh);
void public_begin(struct public_filing *f, enum desk_kind kind, uint32_t step, uint64_t object);
/* The text is sealed into this field; it must live until the command is done. */
void public_give_text(struct public_filing *f, uint32_t field, struct text t);
/* An identifier as people write it, into this field. */
enum public_verdict public_give_name(struct public_asking *a, struct public_filing *f, uint32_t field, uint8_t kind,
                                     const char *name, struct text t);
/* Draws a receipt, gives its hash to this field, carries the command out, and writes the receipt. */
enum public_verdict public_file(struct public_asking *a, struct public_filing *f, uint32_t receipt_field,
                                struct public_receipt *out);
enum public_verdict public_do(struct public_asking *a, struct public_filing *f);
void public_release(struct public_filing *f); /* wipes it */
/* Cleans, scans and keeps an upload under a new id. PUBLIC_INPUT: it is no whole JPEG, PNG or (pdf_too) PDF, or the scanner refuses it; PUBLIC_FULL: there is no room. */
enum public_verdict public_keep_file(struct public_asking *a, struct text bytes, bool pdf_too,
                                     unsigned char id[FILES_ID_BYTES], enum picture_type *type);
void public_drop_files(struct public_asking *a, unsigned char (*id)[FILES_ID_BYTES], uint32_t n);
struct public_papers {
	uint32_t kept, n_files;
	unsigned char file[PUBLIC_PAPERS_MAX][FILES_ID_BYTES];
	struct buf texts;
};
/* Keeps what came. Whatever it says, public_papers_end follows, with the verdict of all: unless that is PUBLIC_DONE (or unsure) the files go again. */
enum public_verdict public_take_papers(struct public_asking *a, const struct public_paper *paper, uint32_t n,
                                       struct public_papers *k);
void public_give_papers(struct public_filing *f, const struct public_papers *k); /* k must live until it is done */
void public_papers_end(struct public_asking *a, struct public_papers *k, enum public_verdict v);
/* The object behind a receipt. */
enum public_verdict public_receipted(struct public_asking *a, enum desk_kind kind, struct text receipt,
                                     struct desk_object *out);
/* Journals that a citizen was shown or told something about an object (kind 0: none), with its tokens. member: one more (NULL: none). */
enum public_verdict public_act(struct public_asking *a, const char *act, const struct desk_object *o,
                               const char *member, struct text value);
/* The last digits of the identifier behind e into out, which is zeros if it is not known. True: it is known. */
bool public_last_digits(struct public_asking *a, struct desk_entity e, char out[PUBLIC_DIGITS]);
bool public_digits(struct text typed, uint32_t n, char *out); /* false: not n digits; out is zeros */
bool public_text_ok(struct text t, size_t max);
/* Appends a sealed text of the object; nothing if it has none. */
enum public_verdict public_read(struct public_asking *a, const struct desk_object *o, uint32_t field, struct buf *out);

#endif
