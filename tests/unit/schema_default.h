/* schema_default.h - the schema that the shipped policies will declare, for tests that run without a policy. */
#ifndef DUANKA_TESTS_UNIT_SCHEMA_DEFAULT_H
#define DUANKA_TESTS_UNIT_SCHEMA_DEFAULT_H
#include "base/hash.h"
#include "event/schema.h"

static const struct hash_key test_key = { { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 } };

enum {
	ENTITY_PHONE,
	ENTITY_ACCOUNT,
	ENTITY_PERSON,
	ENTITY_DEVICE,
	ENTITY_CELL,
	TEST_ENTITIES
};
enum {
	EVENT_CALL,
	EVENT_SMS,
	EVENT_TRANSFER,
	EVENT_BIND,
	TEST_EVENTS
};

static inline void test_field(struct schema_event *e, const char *name, enum dim dim, int entity, bool optional)
{
	struct schema_field *f = &e->field[e->n_fields++];
	*f = (struct schema_field){ .name = text_z(name), .type = { .dim = dim }, .optional = optional };
	if (dim == DIM_ENTITY) {
		f->type.entity = (uint8_t)entity;
		f->slot = (uint8_t)e->n_idents++;
	} else if (dim == DIM_TEXT) {
		f->slot = (uint8_t)e->n_texts++;
	}
}

static inline struct schema schema_default(void)
{
	struct schema s = { .n_entities = TEST_ENTITIES, .n_events = TEST_EVENTS };
	static const struct {
		const char *name;
		enum ident_form form;
	} entity[TEST_ENTITIES] = { { "phone", IDENT_PHONE },
		                        { "account", IDENT_ACCOUNT },
		                        { "person", IDENT_PERSON },
		                        { "device", IDENT_DEVICE },
		                        { "cell", IDENT_CELL } };
	static const char *const event[TEST_EVENTS] = { "call", "sms", "transfer", "bind" };
	for (int i = 0; i < TEST_ENTITIES; i++) {
		s.entity[i].name = text_z(entity[i].name);
		s.entity[i].form = entity[i].form;
	}
	for (int i = 0; i < TEST_EVENTS; i++)
		s.event[i].name = text_z(event[i]);
	struct schema_event *e = &s.event[EVENT_CALL];
	test_field(e, "caller", DIM_ENTITY, ENTITY_PHONE, false);
	test_field(e, "callee", DIM_ENTITY, ENTITY_PHONE, false);
	test_field(e, "talk", DIM_DURATION, 0, false);
	test_field(e, "device", DIM_ENTITY, ENTITY_DEVICE, true);
	test_field(e, "cell", DIM_ENTITY, ENTITY_CELL, true);
	e = &s.event[EVENT_SMS];
	test_field(e, "sender", DIM_ENTITY, ENTITY_PHONE, false);
	test_field(e, "receiver", DIM_ENTITY, ENTITY_PHONE, false);
	test_field(e, "body", DIM_TEXT, 0, false);
	test_field(e, "url", DIM_TEXT, 0, true);
	e = &s.event[EVENT_TRANSFER];
	test_field(e, "payer", DIM_ENTITY, ENTITY_ACCOUNT, false);
	test_field(e, "payee", DIM_ENTITY, ENTITY_ACCOUNT, false);
	test_field(e, "amount", DIM_MONEY, 0, false);
	test_field(e, "channel", DIM_TEXT, 0, true);
	e = &s.event[EVENT_BIND];
	test_field(e, "person", DIM_ENTITY, ENTITY_PERSON, false);
	test_field(e, "phone", DIM_ENTITY, ENTITY_PHONE, true);
	test_field(e, "account", DIM_ENTITY, ENTITY_ACCOUNT, true);
	return s;
}

#endif
