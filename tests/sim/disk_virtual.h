/* disk_virtual.h - a disk in memory that behaves as badly as a real one may: what was not synced survives a crash in part, in blocks of
 * 512 bytes and in any combination; names survive in the order in which they changed up to some point; writes run into a full
 * disk half-way; a sync fails and leaves anybody's guess. All of it from one seed. */
#ifndef DUANKA_TESTS_SIM_DISK_VIRTUAL_H
#define DUANKA_TESTS_SIM_DISK_VIRTUAL_H
#include "base/disk.h"
#include "base/rng.h"

struct disk_virtual;
struct disk_virtual *disk_virtual_new(uint64_t seed);
void disk_virtual_free(struct disk_virtual *v);
struct disk disk_virtual_disk(struct disk_virtual *v);
/* From now on each changing operation fails with this chance; syncs too. */
void disk_virtual_faults(struct disk_virtual *v, uint32_t per_million);
/* The power goes: open files are closed, what was not synced is kept or lost block by block. */
void disk_virtual_crash(struct disk_virtual *v);
/* Turns one bit of a durable file over. False: there is no byte in this range. */
bool disk_virtual_flip(struct disk_virtual *v, const char *name, uint64_t byte, unsigned bit);
uint64_t disk_virtual_bytes(struct disk_virtual *v, const char *name); /* 0: not there */

#endif
