/* desk_show.h - objects of the desk and their history as JSON, by the tables, for whoever shows them: HTTP, its stream, the audit. */
#ifndef DUANKA_GATEWAY_DESK_SHOW_H
#define DUANKA_GATEWAY_DESK_SHOW_H
#include "event/schema.h"
#include "event/ident.h"
#include "store/delivery.h"
#include "store/dictionary.h"
#include "store/registry.h"
#include "store/texts.h"

struct desk_asker { /* who asks, as commands carry it */
	uint64_t user;
	uint32_t roles;
	uint16_t organisation, district;
};
/* May the asker read it: in scope of a role, or in a state that is shared. */
bool desk_reaches(const struct desk_asker *a, const struct desk_object *o);
/* May the asker take the step on the object as it is? Of what the tables say; the step's rule may still refuse. */
bool desk_allows(const struct desk_asker *a, const struct desk_step *s, const struct desk_object *o);

struct desk_shower { /* all borrowed */
	struct registry *registry;
	struct dictionary *dictionary; /* NULL: no masked forms; then the next two are not looked at */
	const struct hash_key *key;
	const struct schema *schema;
	const struct desk_asker *asker; /* NULL: no steps are shown */
	struct texts *texts;            /* NULL: open texts are not shown */
	struct delivery *delivery;      /* NULL: nothing is said about notices (desk_notice.h) */
	int64_t now_us;
};
/* steps: those that the asker may take, and which script to read if the kind has a type of scam (desk/script.h). */
void desk_put_object(struct buf *b, const struct desk_shower *s, const struct desk_object *o, bool steps);
/* {"kind","token","shown"}; null: none */
void desk_put_entity(struct buf *b, const struct desk_shower *s, struct desk_entity e);
void desk_put_value(struct buf *b, const struct desk_shower *s, const struct desk_field *f, const union desk_value *v);
void desk_put_user(struct buf *b, uint64_t user);  /* "U-65536", "key-3", null: nobody */
void desk_put_actor(struct buf *b, uint64_t user); /* the same of somebody who did something: "system" for 0 */
void desk_put_row(struct buf *b, const struct desk_machine *m, const struct registry_row *row);
void desk_put_roles(struct buf *b, uint32_t roles);          /* ["intake"] */
void desk_put_id(struct buf *b, uint32_t kind, uint64_t id); /* "W-65536" */
void desk_put_time(struct buf *b, int64_t us);               /* null: 0 */
extern const char *const desk_entity_names[DESK_ENTITY_KINDS], *const desk_type_names[];
uint32_t desk_entity_find(struct text name); /* 0: none */

enum {
	DESK_OWN_KINDS =
		0xe0 /* what a desk's kind of entity has as its kind if the policy has none of that name: this + the kind */
};
/* The number under which the policy's schema, tokens and dictionary know a desk's kind of entity, and the form of its identifiers. */
uint8_t desk_entity_kind(const struct schema *s, uint8_t kind);
enum ident_form desk_entity_form(uint8_t kind);

#endif
