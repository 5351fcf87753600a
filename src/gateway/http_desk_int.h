/* http_desk_int.h - the desk over HTTP; shared by
 *
 *   http_desk.c          routes, who asks, what is out of reach, refusals
 *   http_desk_show.c     objects and their history as JSON
 *   http_desk_read.c     one, lists, the next for a seat, the tables
 *   http_desk_value.c    JSON into the fields of a command
 *   http_desk_command.c  steps: one, or many in a batch
 *
 * All of it is driven by the machines' tables: no kind, field or step is named here. Requests run on workers' threads, which may wait for the registry and the
 * journal. What is out of an asker's reach reads like what is not there. */
#ifndef DUANKA_GATEWAY_HTTP_DESK_INT_H
#define DUANKA_GATEWAY_HTTP_DESK_INT_H
#include "gateway/desk_gate.h"
#include "gateway/http_int.h"
#include "store/texts.h"

struct desk_asker { /* who asks, as commands carry it */
	uint64_t user;
	uint32_t roles;
	uint16_t organisation, district;
};

/* The asker with the roles of this moment. False: nobody whom the desk knows, or there is no desk; the answer is set. On a worker's thread. */
bool desk_asker(struct request *r, struct desk_asker *a);
/* The same of a key (with its organisation), or of the user of a session (0: none). ERR_ABSENT: *why says what is missing. */
enum err desk_asker_of(struct http *h, const struct key_entry *key, uint16_t organisation, uint64_t session_user,
                       struct desk_asker *a, const char **why) MUST_CHECK;
/* An act of somebody at the desk, with the user among its members; see act.h. */
void desk_act_begin(struct buf *b, const char *act, const struct request *r, uint64_t user, struct text why);
bool desk_reaches(const struct desk_asker *a, const struct desk_object *o);
/* May the asker take the step on the object as it is? Of what the tables say; the step's rule may still refuse. */
bool desk_allows(const struct desk_asker *a, const struct desk_machine *m, const struct desk_step *s,
                 const struct desk_object *o);
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

/* http_desk_show.c */
struct desk_shower {
	struct http *h;
	const struct schema *schema;
	const struct desk_asker *asker;
};
struct desk_shower desk_shower(struct request *r, const struct desk_asker *a);
void desk_put_object(struct buf *b, const struct desk_shower *s, const struct desk_object *o, bool steps);
void desk_put_entity(struct buf *b, const struct desk_shower *s, struct desk_entity e);
void desk_put_user(struct buf *b, uint64_t user); /* "U-65536", "key-3", null: nobody */
void desk_put_row(struct buf *b, const struct desk_machine *m, const struct registry_row *row);
void desk_put_roles(struct buf *b, uint32_t roles); /* ["intake"] */
void desk_put_id(struct buf *b, uint32_t kind, uint64_t id);
void desk_put_time(struct buf *b, int64_t us); /* null: 0 */
extern const char *const desk_entity_names[DESK_ENTITY_KINDS], *const desk_type_names[];

/* http_desk_value.c */
enum {
	DESK_OWN_KINDS =
		0xe0 /* what a desk's kind of entity has as its kind if the policy has none of that name: this + the kind */
};
/* The number under which the policy's schema, tokens and dictionary know a desk's kind of entity. */
uint8_t desk_entity_kind(const struct schema *s, uint8_t kind);
uint32_t desk_entity_find(struct text name); /* 0: none */
enum ident_form desk_entity_form(const struct schema *s, uint8_t kind);

struct desk_reading { /* what commands of one request bring besides themselves */
	struct request *r;
	const struct schema *schema;
	uint32_t n_names, cap_names, n_texts, cap_texts;
	struct desk_name {
		struct token token;
		uint8_t kind, n;
		char plain[DICTIONARY_PLAIN_MAX];
	} * name;
	unsigned char (*ref)[TEXT_REF_BYTES];
	struct text *text; /* in the JSON, which must live as long */
	/* of the value that was wrong */
	enum desk_refusal no;
	uint32_t field;
	const char *why;
};
void desk_reading_init(struct desk_reading *d, struct request *r);
void desk_reading_release(struct desk_reading *d);
/* Members of an object by name into c; members named in `but` (may be NULL) are passed over. False: d says which and why. */
bool desk_read_fields(struct desk_reading *d, const json_t *fields, const char *but, struct desk_command *c);
/* "phone:TOKEN or plain" into an entity, without keeping the plain form. */
bool desk_read_entity(struct desk_reading *d, struct text t, struct desk_entity *out);
/* Keeps identifiers and texts, durably, before the commands that refer to them are journaled. */
enum err desk_reading_keep(struct desk_reading *d) MUST_CHECK;

/* routes */
void desk_run_list(struct request *r);
void desk_run_one(struct request *r);
void desk_run_history(struct request *r);
void desk_run_next(struct request *r);
void desk_run_machines(struct request *r);
void desk_run_permissions(struct request *r);
void desk_run_make(struct request *r);
void desk_run_step(struct request *r);
void desk_run_commands(struct request *r);

#endif
