/* sweeping.h - files that nobody refers to go: a duty of the upkeep (tender.h).
 *
 * A file lies a day from when it was uploaded, or a command last referred to it; then the objects of the registry are looked through, and one that none of them has goes. "A day" is by the desk's own clock, the
 * time up to which the registry has everything: while it is being made again nothing goes that it has not come to yet. A command that refers to a file while all this is looked at keeps it (files_use). */
#ifndef DUANKA_GATEWAY_SWEEPING_H
#define DUANKA_GATEWAY_SWEEPING_H
#include "gateway/tender.h"
#include "store/files.h"
#include "store/registry.h"

struct sweeping { /* borrowed */
	struct files *files;
	struct registry *registry;
	_Atomic uint64_t swept; /* its own: files that went */
};

struct tender_duty sweeping_duty(struct sweeping *s);

#endif
