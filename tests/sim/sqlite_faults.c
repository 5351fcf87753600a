/* sqlite_faults.c - see sqlite_faults.h. */
#include "tests/sim/sqlite_faults.h"
#include <sqlite3.h>
#include <string.h>
#include "base/check.h"
#include "base/rng.h"

struct file {
	sqlite3_file base;
	sqlite3_file *real; /* lies behind */
};

static sqlite3_vfs *real_vfs, own_vfs;
static sqlite3_mem_methods real_memory;
static uint64_t count, fail_at, memory_count, memory_fail_at;
static uint32_t chance;
static struct rng rng;

void sqlite_fail_at(uint64_t nth)
{
	count = 0;
	fail_at = nth;
	chance = 0;
}

uint64_t sqlite_count(void)
{
	return count;
}

void sqlite_fail_chance(uint32_t per_million, uint64_t seed)
{
	fail_at = 0;
	chance = per_million;
	rng_seed(&rng, seed);
}

static bool fails(void)
{
	return ++count == fail_at || (chance > 0 && rng_chance(&rng, chance));
}

/* ---- files ---- */

static sqlite3_file *of(sqlite3_file *f)
{
	return ((struct file *)(void *)f)->real;
}

static int x_close(sqlite3_file *f)
{
	return of(f)->pMethods->xClose(of(f));
}

static int x_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
	return of(f)->pMethods->xRead(of(f), p, n, at);
}

static int x_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	if (!fails())
		return of(f)->pMethods->xWrite(of(f), p, n, at);
	of(f)->pMethods->xWrite(of(f), p, n / 2, at); /* half of it came through */
	return SQLITE_FULL;
}

static int x_truncate(sqlite3_file *f, sqlite3_int64 n)
{
	return fails() ? SQLITE_IOERR_TRUNCATE : of(f)->pMethods->xTruncate(of(f), n);
}

static int x_sync(sqlite3_file *f, int flags)
{
	(void)f;
	(void)flags;
	return fails() ? SQLITE_IOERR_FSYNC : SQLITE_OK; /* nobody cuts the power here, and real syncs take minutes */
}

static int x_size(sqlite3_file *f, sqlite3_int64 *n)
{
	return of(f)->pMethods->xFileSize(of(f), n);
}

static int x_lock(sqlite3_file *f, int level)
{
	return of(f)->pMethods->xLock(of(f), level);
}

static int x_unlock(sqlite3_file *f, int level)
{
	return of(f)->pMethods->xUnlock(of(f), level);
}

static int x_reserved(sqlite3_file *f, int *out)
{
	return of(f)->pMethods->xCheckReservedLock(of(f), out);
}

static int x_control(sqlite3_file *f, int op, void *arg)
{
	return of(f)->pMethods->xFileControl(of(f), op, arg);
}

static int x_sector(sqlite3_file *f)
{
	return of(f)->pMethods->xSectorSize(of(f));
}

static int x_traits(sqlite3_file *f)
{
	return of(f)->pMethods->xDeviceCharacteristics(of(f));
}

static int x_shm_map(sqlite3_file *f, int region, int bytes, int extend, void volatile **out)
{
	return of(f)->pMethods->xShmMap(of(f), region, bytes, extend, out);
}

static int x_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
	return of(f)->pMethods->xShmLock(of(f), offset, n, flags);
}

static void x_shm_barrier(sqlite3_file *f)
{
	of(f)->pMethods->xShmBarrier(of(f));
}

static int x_shm_unmap(sqlite3_file *f, int remove)
{
	return of(f)->pMethods->xShmUnmap(of(f), remove);
}

static const sqlite3_io_methods methods = { .iVersion = 2,
	                                        .xClose = x_close,
	                                        .xRead = x_read,
	                                        .xWrite = x_write,
	                                        .xTruncate = x_truncate,
	                                        .xSync = x_sync,
	                                        .xFileSize = x_size,
	                                        .xLock = x_lock,
	                                        .xUnlock = x_unlock,
	                                        .xCheckReservedLock = x_reserved,
	                                        .xFileControl = x_control,
	                                        .xSectorSize = x_sector,
	                                        .xDeviceCharacteristics = x_traits,
	                                        .xShmMap = x_shm_map,
	                                        .xShmLock = x_shm_lock,
	                                        .xShmBarrier = x_shm_barrier,
	                                        .xShmUnmap = x_shm_unmap };

static int x_open(sqlite3_vfs *v, sqlite3_filename name, sqlite3_file *f, int flags, int *out)
{
	struct file *own = (struct file *)(void *)f;
	int code;

	(void)v;
	own->real = (sqlite3_file *)(void *)(own + 1);
	own->base.pMethods = NULL;
	if ((flags & SQLITE_OPEN_CREATE) != 0 && fails())
		return SQLITE_CANTOPEN;
	code = real_vfs->xOpen(real_vfs, name, own->real, flags, out);
	if (own->real->pMethods != NULL)
		own->base.pMethods = &methods;
	return code;
}

static int x_delete(sqlite3_vfs *v, const char *name, int sync)
{
	(void)v;
	return fails() ? SQLITE_IOERR_DELETE : real_vfs->xDelete(real_vfs, name, sync);
}

/* ---- memory ---- */

static bool memory_fails(void)
{
	return ++memory_count == memory_fail_at;
}

void sqlite_memory_fail_at(uint64_t nth)
{
	memory_count = 0;
	memory_fail_at = nth;
}

uint64_t sqlite_memory_count(void)
{
	return memory_count;
}

static void *x_malloc(int n)
{
	return memory_fails() ? NULL : real_memory.xMalloc(n);
}

static void *x_realloc(void *p, int n)
{
	return memory_fails() ? NULL : real_memory.xRealloc(p, n);
}

void sqlite_faults_install(void)
{
	sqlite3_mem_methods own;

	CHECK(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_memory) == SQLITE_OK);
	own = real_memory;
	own.xMalloc = x_malloc;
	own.xRealloc = x_realloc;
	CHECK(sqlite3_config(SQLITE_CONFIG_MALLOC, &own) == SQLITE_OK);
	CHECK(sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) == SQLITE_OK); /* so that every allocation comes here */
	CHECK(sqlite3_initialize() == SQLITE_OK);
	real_vfs = sqlite3_vfs_find(NULL);
	own_vfs = *real_vfs;
	own_vfs.zName = "faults";
	own_vfs.szOsFile = (int)sizeof(struct file) + real_vfs->szOsFile;
	own_vfs.xOpen = x_open;
	own_vfs.xDelete = x_delete;
	CHECK(sqlite3_vfs_register(&own_vfs, 1) == SQLITE_OK);
}
