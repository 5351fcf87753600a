/* desk_service.h - writer, projector, registry and gate on a real directory, as the service has them, for tests of what goes on between them. The judge is a second registry, made
 * of the same journal in one go: the digests must be equal. */
#ifndef DUANKA_TESTS_DESK_SERVICE_H
#define DUANKA_TESTS_DESK_SERVICE_H
#include "gateway/desk_gate.h"
#include "tests/unit/desk_journal.h"

enum {
	SERVICE_THREADS = 4,
	SERVICE_ROUNDS = 30,
	SERVICE_CARDS = SERVICE_THREADS * SERVICE_ROUNDS * 3 + SERVICE_ROUNDS /* that service_many makes */
};

struct life {
	struct desk_journal j;
	char folder[64], registry_path[96];
	struct live *live;
	struct registry *registry;
	struct projector *projector;
	struct writer *writer;
	struct desk_gate *gate;
};

extern _Atomic uint32_t service_said; /* lines that the projector told */

int service_set_up(void **state); /* *state: a struct life, started */
int service_tear_down(void **state);
void service_start(struct life *l);
void service_stop(struct life *l);
void service_start_again(struct life *l); /* after the projector alone was stopped */
void service_registry(const char *path, struct registry **r);
/* A command that puts a card on the list, keyed. */
void service_card(struct desk_order *o, uint64_t key);
/* Two calls that alert. */
void service_calls(struct life *l, const char *caller);
/* Several threads that command, a part of it twice, while calls alert. */
void service_many(struct life *l);
/* Everything so far is in the registry. */
void service_settled(struct life *l);
void service_judge(struct life *l);
uint64_t service_cards(struct life *l);

#endif
