/* http_desk_int.h - the desk over HTTP; shared by
 *
 *   http_desk.c          routes, who asks, what is out of reach, refusals
 *   http_desk_eyes.c     who could be the second of two
 *   http_desk_read.c     one, lists, the next for a seat, the tables
 *   http_desk_houses.c   which banks and operators there are, and whose an account is
 *   http_desk_names.c    who is who: names of users and of organisations
 *   http_desk_script.c   what seats, callers and officers say
 *   http_desk_value.c    JSON into the fields of a command
 *   http_desk_command.c  steps: one that makes an object, one on an object
 *   http_desk_batch.c    many in a batch
 *   http_campaigns.c     what a step of a campaign, or a text of one, needs of files
 *
 * All of it is driven by the machines' tables: no kind, field or step is named here. Requests run on workers' threads, which may wait for the registry and the
 * journal. What is out of an asker's reach reads like what is not there. */
#ifndef DUANKA_GATEWAY_HTTP_DESK_INT_H
#define DUANKA_GATEWAY_HTTP_DESK_INT_H
#include "gateway/desk_gate.h"
#include "gateway/desk_show.h"
#include "gateway/figures.h"
#include "gateway/http_int.h"
#include "store/files.h"
#include "store/texts.h"

/* The asker with the roles of this moment. False: nobody whom the desk knows, or there is no desk; the answer is set. On a worker's thread. */
bool desk_asker(struct request *r, struct desk_asker *a);
/* The same of a key (with its organisation), or of the user of a session (0: none). ERR_ABSENT: *why says what is missing. */
enum err desk_asker_of(struct http *h, const struct key_entry *key, uint16_t organisation, uint64_t session_user,
                       struct desk_asker *a, const char **why) MUST_CHECK;
/* Whether an active user other than `but` holds one of these roles. The registry is there. */
enum err desk_people(struct request *r, uint32_t roles, uint64_t but, bool *are) MUST_CHECK;
/* Whether a person has to do what two people do (propose, approve, give a code), and the asker is a key: one person may hold a key beside a user and would be two. So it is as soon as an active user
 * other than `but` holds one of these roles; until then keys make the first users. */
enum err desk_person_must(struct request *r, const struct desk_asker *a, uint32_t roles, uint64_t but,
                          bool *must) MUST_CHECK;
/* ,"warning":{...} into the answer if the step was a proposal, the object is now as o, and nobody but its proposer could approve it: no active user, and no key where keys may. */
enum err desk_put_nobody(struct request *r, const struct desk_machine *m, const struct desk_step *step,
                         const struct desk_object *o) MUST_CHECK;
/* http_audit.c: the asker, who has one of these roles. False: the answer is set. */
bool audit_asker(struct request *r, uint32_t roles, struct desk_asker *a);
/* http_chain.c */
void chain_run_show(struct request *r);
void chain_run_verify(struct request *r);
/* An act of somebody at the desk, with the user among its members; see act.h. */
void desk_act_begin(struct buf *b, const char *act, const struct request *r, uint64_t user, struct text why);
/* The machine that the address names. */
const struct desk_machine *desk_asked_machine(const struct request *r);
/* The object of this kind and id as it is now. False: absent or out of reach; the answer is set. */
bool desk_asked_object(struct request *r, const struct desk_asker *a, const struct desk_machine *m, struct text id,
                       struct desk_object *out);
void desk_answer_refusal(struct request *r, enum desk_refusal no, const struct desk_machine *m, uint32_t field,
                         const char *why);
unsigned desk_refusal_status(enum desk_refusal no);
/* {"refused":"state","message_en":..,"message_zh":..,"field":..}: the members only. why: more about it, or NULL. */
void desk_put_refusal(struct buf *b, enum desk_refusal no, const struct desk_machine *m, uint32_t field,
                      const char *why);
void desk_answer_store(struct request *r, enum err e); /* the registry, or what belongs to it, can't be read */

/* 200, or 304 if the asker has it: with an ETag made from the first n bytes of the answer. may_keep: clients may store it. */
void desk_answer_tagged(struct request *r, size_t n, bool may_keep);

struct desk_shower desk_shower(struct request *r, const struct desk_asker *a);

/* http_desk_value.c */
struct desk_reading { /* what commands of one request bring besides themselves */
	struct request *r;
	const struct schema *schema;
	uint64_t newest; /* of the journal, as far as it was asked for */
	uint32_t n_names, cap_names, n_texts, cap_texts;
	struct desk_name {
		struct token token;
		uint8_t kind, n;
		char plain[DICTIONARY_PLAIN_MAX];
	} * name;
	unsigned char (*ref)[TEXT_REF_BYTES];
	struct text *text; /* in the JSON, which must live as long */
	uint32_t n_uses, cap_uses;
	struct desk_use { /* a file that was claimed for a command of the request */
		const struct desk_order *order;
		unsigned char id[FILES_ID_BYTES], use[FILES_USE_BYTES];
		bool stays;
	} * use;
	bool short_of_memory; /* a value could not be kept for want of memory: no refusal */
	/* of the value that was wrong */
	enum desk_refusal no;
	uint32_t field;
	const char *why;
};
void desk_reading_init(struct desk_reading *d, struct request *r);
void desk_reading_release(struct desk_reading *d); /* with the claims that don't stay */
/* Members of an object by name into o's command, whose key is known; members named in `but` (may be NULL) are passed over. False: d says which and why. */
bool desk_read_fields(struct desk_reading *d, const json_t *fields, const char *but, struct desk_order *o);
/* "phone:TOKEN or plain" into an entity, without keeping the plain form. *plain: it was one. */
bool desk_read_entity(struct desk_reading *d, struct text t, struct desk_entity *out, bool *plain);
/* Keeps identifiers and texts, durably, before the commands that refer to them are journaled. */
enum err desk_reading_keep(struct desk_reading *d) MUST_CHECK;
/* Whether the claims of files outlive the reading: yes as soon as a command could be journaled, no if none was. */
void desk_reading_claims(struct desk_reading *d, bool stay);
/* Takes back those claims from..to that don't stay. */
void desk_reading_unclaim(struct desk_reading *d, uint32_t from, uint32_t to);
/* The command came to nothing: its files may go elsewhere. */
void desk_reading_refused(struct desk_reading *d, const struct desk_order *o);
/* Erases those texts from..to of the reading whose command came to nothing. */
void desk_reading_forget(struct desk_reading *d, uint32_t from, uint32_t to);

/* http_desk_command.c */
void desk_begin_command(struct desk_command *c, const struct desk_asker *a, const struct desk_machine *m, uint32_t step,
                        uint64_t object);
/* What the table says of who and of which fields; *field: which. */
enum desk_refusal desk_look(const struct desk_machine *m, const struct desk_step *s, const struct desk_command *c,
                            uint32_t *field);
/* What two people do is no key's doing once there are people: see desk_person_must. *no: LOG_IN or OK. */
enum err desk_look_at_key(struct request *r, const struct desk_asker *a, const struct desk_step *s,
                          enum desk_refusal *no) MUST_CHECK;
struct desk_objection { /* no: OK, or why not; field may be 0, why NULL or static */
	enum desk_refusal no;
	uint32_t field;
	const char *why;
};
/* http_campaigns.c: what files and the registry say to a step of a campaign or a text of one, before it is journaled; what the service counts for it is given to the command. For whoever may take the step. Errors: they
 * can't be read. */
enum err desk_look_at_files(struct request *r, struct desk_command *c, struct desk_objection *out) MUST_CHECK;
/* The step that makes an object: the one named, or the only one that the roles have. 0: *no is why. */
uint32_t desk_making_step(const struct desk_machine *m, uint32_t roles, struct text name, enum desk_refusal *no);
/* The order's idempotency key, if the request has one; line: of a batch, else 0. */
void desk_key_of(const struct request *r, uint64_t line, struct desk_order *o);
/* Keeps what the reading brings, journals and awaits. False: the answer is set. */
bool desk_carry_out(struct request *r, struct desk_reading *d, struct desk_order *o, uint32_t n);
/* Whether the command is not in the journal's history of anything: refused, or there before with other texts. */
bool desk_came_to_nothing(const struct desk_order *o);

/* http_desk_batch.c */
struct desk_line {
	uint64_t number;
	json_t *json; /* the caller's to give back */
	const struct desk_machine *m;
	struct desk_order *order;      /* NULL: refused before it was journaled */
	uint32_t texts_from, texts_to; /* of the reading */
	enum desk_refusal no;
	uint32_t field;
	const char *why; /* also of what is no command at all, with no = DESK_OK */
};
/* One line of a batch into o; l has its number and is zero else. True: it is a command, l->order is o. False: l says why not. */
bool desk_read_line(struct desk_reading *d, const struct desk_asker *a, struct desk_line *l, struct desk_order *o,
                    struct text t);

/* http_figures.c: whose figures are asked for, within what the asker may see. False: the answer is set. */
bool figures_take_reach(struct request *r, struct figures_question *q);
/* A time or a date (its beginning) in the query. False: it is not there, or none; no answer is set. */
bool figures_take_time(struct request *r, const char *name, int64_t *out);

/* http_views.c: a guarded file of the object is about to be read: purpose and case from the query, the act in the journal. False: the answer is set. */
bool desk_view_file(struct request *r, uint32_t field, struct text id, struct desk_object *o);

/* routes */
void desk_run_list(struct request *r);
void desk_run_one(struct request *r);
void desk_run_history(struct request *r);
void desk_run_next(struct request *r);
void desk_run_machines(struct request *r);
void desk_run_limits(struct request *r);
void desk_run_permissions(struct request *r);
void desk_run_scripts(struct request *r);
/* http_desk_houses.c */
void desk_run_institutions(struct request *r);
void desk_run_whose(struct request *r);
/* http_desk_names.c */
void desk_run_names(struct request *r);
void desk_run_organisations(struct request *r);
void desk_run_script(struct request *r);
void desk_run_make(struct request *r);
void desk_run_step(struct request *r);
void desk_run_commands(struct request *r);

#endif
