/* simulate_place.c - see simulate_place.h. */
#include "app/simulate_place.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum err no_sync(void *ctx, int fd)
{
	(void)ctx;
	(void)fd;
	return ERR_OK;
}

static enum err no_sync_folder(void *ctx, const char *name)
{
	(void)ctx;
	(void)name;
	return ERR_OK;
}

bool simulate_say(const char *path, const char *what)
{
	fprintf(stderr, "duanka simulate: %s: %s\n", path, what);
	return false;
}

static bool keep_key(const struct simulate_place *p, const struct hash_key *key)
{
	char path[DATA_PATH_BYTES + 32];
	int fd;
	bool ok;

	snprintf(path, sizeof(path), "%s/token.key", p->dir);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ok = fd >= 0 && write(fd, key->k, sizeof(key->k)) == (ssize_t)sizeof(key->k);
	ok = fd >= 0 && close(fd) == 0 && ok;
	return ok || simulate_say(path, strerror(errno));
}

bool simulate_place_open(struct simulate_place *p, const char *keep, const struct hash_key *key)
{
	const char *tmp = getenv("TMPDIR");
	int n = keep ? snprintf(p->dir, sizeof(p->dir), "%s", keep)
	             : snprintf(p->dir, sizeof(p->dir), "%s/duanka-desk-XXXXXX", tmp && *tmp ? tmp : "/tmp");

	p->kept = keep != NULL;
	p->opened = false;
	if (n < 0 || (size_t)n >= sizeof(p->dir)) {
		p->dir[0] = 0;
		return simulate_say("directory", "the path is too long");
	}
	if (keep ? mkdir(p->dir, 0700) != 0 : mkdtemp(p->dir) == NULL) {
		simulate_say(p->dir, keep && errno == EEXIST ? "there is something already; a new directory is needed"
		                                             : strerror(errno));
		p->dir[0] = 0;
		return false;
	}
	if (disk_real_open(&p->disk, p->dir) != ERR_OK)
		return simulate_say(p->dir, strerror(errno));
	p->opened = true;
	p->disk.sync = no_sync;
	p->disk.sync_folder = no_sync_folder;
	return !keep || keep_key(p, key);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

void simulate_place_close(struct simulate_place *p)
{
	if (p->opened)
		disk_real_close(&p->disk);
	if (p->dir[0] && !p->kept && nftw(p->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
		simulate_say(p->dir, strerror(errno));
	p->opened = false;
	p->dir[0] = 0;
}
