/* serve_load.c - see serve_load.h. */
#include "app/serve_load.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "shard/shard.h"

int64_t serve_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * US_PER_SECOND + t.tv_nsec / 1000;
}

struct collect {
	const struct policy *p;
	struct buf *out;
};

static enum err add_value(void *ctx, uint32_t list, const struct list_value *v)
{
	struct collect *c = ctx;

	shard_list_put(c->out, &c->p->list[list], v->ident, v->fingerprint, v->until_us);
	return c->out->err;
}

bool serve_policy(const char *dir, const char *lists_dir, const struct hash_key *key, int64_t lateness_us,
                  struct buf *out)
{
	struct loaded l;
	struct collect c = { .p = &l.policy, .out = out };
	bool ok;

	if (!load_policy(dir, key, lateness_us, &l))
		return false;
	edition_put_files(out, l.files, l.n_files);
	ok = load_lists_each(&l, key, lists_dir, add_value, &c);
	load_release(&l);
	if (ok && out->err != ERR_OK)
		fprintf(stderr, "duanka: %s: the policy and its lists are too large for the journal (%d MiB)\n", dir,
		        RECORD_PAYLOAD_MAX >> 20);
	return ok && out->err == ERR_OK;
}

bool serve_disk(const char *data, bool make, struct disk *out)
{
	if ((make && mkdir(data, 0700) != 0 && errno != EEXIST) || disk_real_open(out, data) != ERR_OK) {
		fprintf(stderr, "duanka: %s: %s\n", data, strerror(errno));
		return false;
	}
	return true;
}

bool serve_key(const char *data, const char *path, bool make, struct hash_key *out)
{
	char own[DATA_PATH_BYTES];
	int fd;

	if (path != NULL || getenv("DUANKA_KEY_FILE") != NULL)
		return load_key(path, out);
	if ((size_t)snprintf(own, sizeof(own), "%s/token.key", data) >= sizeof(own)) {
		fprintf(stderr, "duanka: %s: the path is too long\n", data);
		return false;
	}
	fd = open(own, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT && make)
		return load_key_make(own, out);
	if (fd >= 0)
		close(fd);
	return load_key(own, out);
}

bool serve_lock(const char *data)
{
	const struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char path[DATA_PATH_BYTES];
	int fd;

	snprintf(path, sizeof(path), "%s/lock", data);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	/* Kept until the process ends, and not by a child that writes a snapshot: it would keep a restart out after a crash. */
	if (fd >= 0 && fcntl(fd, F_SETLK, &all) == 0)
		return true;
	fprintf(stderr, "duanka: %s: %s\n", data,
	        fd >= 0 && (errno == EACCES || errno == EAGAIN) ? "another duanka serve works here" : strerror(errno));
	return false;
}
