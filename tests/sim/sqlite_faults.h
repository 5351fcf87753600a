/* sqlite_faults.h - SQLite on a disk that fails and with memory that runs out: a file system (VFS) and an allocator of SQLite's that go
 * through to the system's, but for the operation that is to fail. */
#ifndef DUANKA_TESTS_SIM_SQLITE_FAULTS_H
#define DUANKA_TESTS_SIM_SQLITE_FAULTS_H
#include <stdint.h>

/* Before anything else of SQLite's is called. */
void sqlite_faults_install(void);
/* The nth write, truncation, sync, removal or new file from now fails, once (0 = never): as a full disk would let it. */
void sqlite_fail_at(uint64_t nth);
uint64_t sqlite_count(void); /* such operations since the last sqlite_fail_at */
/* Each of them fails with this chance from now on. */
void sqlite_fail_chance(uint32_t per_million, uint64_t seed);
/* The nth allocation of SQLite's from now fails, once (0 = never). */
void sqlite_memory_fail_at(uint64_t nth);
uint64_t sqlite_memory_count(void);

#endif
