/* desk_world.h - the desk's world in memory, for tests: objects in order of their ids, every message and every row of history kept. Any call can be made to fail by number. */
#ifndef DUANKA_TESTS_DESK_WORLD_H
#define DUANKA_TESTS_DESK_WORLD_H
#include "desk/desk.h"

enum {
	WORLD_OBJECTS_MAX = 4096,
	WORLD_MESSAGES_MAX = 16384
};

struct memory_world {
	struct desk_world functions;
	uint32_t n, n_messages, n_traces;
	uint64_t calls, fail_at; /* the nth call from the start fails with ERR_IO; 0: none */
	struct desk_object *object;
	struct desk_message *message;
};

/* A desk, its world and somebody who commands it. now: position and time of the next record. */
struct bench {
	struct memory_world world;
	struct desk *desk;
	struct desk_command c;
	struct desk_outcome out;
	uint64_t position;
	int64_t now;
};

void bench_init(struct bench *b, int64_t now);
void bench_release(struct bench *b);
void bench_clear(struct bench *b, int64_t now); /* an empty world and a new desk */

/* Begins a command: user 100 + role, organisation 7, district 3, unless changed afterwards. */
struct desk_command *say(struct bench *b, enum desk_kind kind, uint32_t step, uint64_t object, enum desk_role role);
/* Applies it at the present time, at the next position. */
enum desk_refusal hear(struct bench *b);
uint64_t must(struct bench *b); /* asserts that it is accepted; id of the object */
void refuse(struct bench *b,
            enum desk_refusal expected); /* asserts that it is refused so and that nothing has changed */
void pass(struct bench *b, int64_t us);  /* time goes by; a tick */
const struct desk_object *the(struct bench *b, uint64_t id);
uint32_t state_of(struct bench *b, uint64_t id);
uint32_t messages(struct bench *b, enum desk_message_kind kind, uint64_t object); /* object 0: of any */
const struct desk_object *newest(struct bench *b, enum desk_kind kind);           /* NULL: none */
struct token token_n(uint64_t n);
void give_ref(struct desk_command *c, uint32_t field);
void give_evidence(struct desk_command *c, uint32_t field);
/* What must hold in every world, whatever led to it. */
void check_world(struct bench *b);

#define T0 ((int64_t)1772323200 * 1000000) /* 2026-03-01 08:00:00 in Shanghai */
#define BANK_ORG 7

#endif
