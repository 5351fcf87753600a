/* serve_load.c - see serve_load.h. */
#include "app/serve_load.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "base/file.h"
#include "base/mem.h"
#include "shard/edition.h"
#include "shard/shard.h"

enum {
	LOCK_WAIT_MS = 2000
};

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

/* Named from the policy's directory on: where that stood is nobody's business later. */
static void put_files(struct buf *out, const struct loaded *l)
{
	struct policy_file *file = mem_alloc_array(l->n_files, sizeof(*file));
	size_t n = strlen(l->dir);

	if (file == NULL) {
		out->err = ERR_MEMORY;
		return;
	}
	for (uint32_t i = 0; i < l->n_files; i++) {
		struct text path = l->files[i].path;

		if (path.n > n + 1 && memcmp(path.p, l->dir, n) == 0 && path.p[n] == '/')
			path = text_of(path.p + n + 1, path.n - n - 1);
		file[i] = (struct policy_file){ path, l->files[i].text };
	}
	edition_put_files(out, file, l->n_files);
	mem_free(file);
}

bool serve_policy(const char *dir, const char *lists_dir, const struct hash_key *key, int64_t lateness_us,
                  struct buf *out)
{
	struct loaded l;
	struct collect c = { .p = &l.policy, .out = out };
	bool ok;

	if (!load_policy(dir, key, lateness_us, &l))
		return false;
	put_files(out, &l);
	ok = load_lists_each(&l, key, lists_dir, add_value, &c);
	load_release(&l);
	if (ok && out->err != ERR_OK)
		fprintf(stderr, "duanka: %s: the policy and its lists are too large for the journal (%d MiB)\n", dir,
		        RECORD_PAYLOAD_MAX >> 20);
	return ok && out->err == ERR_OK;
}

/* With the folders above it. */
static bool make_folder(const char *data)
{
	char path[DATA_PATH_BYTES];

	if ((size_t)snprintf(path, sizeof(path), "%s/", data) >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return false;
	}
	for (char *p = path + 1; *p != 0; p++) {
		if (*p != '/')
			continue;
		*p = 0;
		if (mkdir(path, 0700) != 0 && errno != EEXIST)
			return false;
		*p = '/';
	}
	return true;
}

bool serve_disk(const char *data, bool make, struct disk *out)
{
	if ((make && !make_folder(data)) || disk_real_open(out, data) != ERR_OK) {
		fprintf(stderr, "duanka: %s: %s\n", data, strerror(errno));
		return false;
	}
	return true;
}

/* Whether there are segments already: their tokens were made by the key that lies beside them. */
static bool has_journal(const char *data)
{
	char path[DATA_PATH_BYTES];
	struct dirent *entry;
	DIR *d;
	bool found = false;

	snprintf(path, sizeof(path), "%s/journal", data);
	d = opendir(path);
	while (d != NULL && !found && (entry = readdir(d)) != NULL)
		found = strstr(entry->d_name, ".seg") != NULL;
	if (d != NULL)
		closedir(d);
	return found;
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
	if (fd < 0 && errno == ENOENT && make) {
		if (!has_journal(data))
			return load_key_make(own, out);
		fprintf(
			stderr,
			"duanka: %s: the key of the journal's tokens is missing; put it back from a copy: with another one nothing "
			"would fit what was journaled\n",
			own);
		return false;
	}
	if (fd >= 0)
		close(fd);
	return load_key(own, out);
}

enum err serve_api_keys(const char *data, bool anonymous, struct keys *out, struct buf *why)
{
	char path[DATA_PATH_BYTES];
	struct buf file, wrong;
	enum err e;

	*out = (struct keys){ 0 };
	snprintf(path, sizeof(path), "%s/api-keys.ndjson", data);
	buf_init(&file, 8 << 20);
	buf_init(&wrong, 4096);
	e = file_read_all(path, 8 << 20, &file);
	if (e == ERR_OK)
		e = keys_parse(out, buf_view(&file), &wrong);
	if (e == ERR_ABSENT && anonymous)
		e = ERR_OK;
	if (e == ERR_FORMAT)
		buf_printf(why, "%s: error: %s\n", path, wrong.p == NULL ? "" : wrong.p);
	else if (e == ERR_ABSENT)
		buf_printf(
			why,
			"%s: error: there are no API keys yet; run duanka keys add --data %s, or set http.anonymous (--anonymous)\n",
			path, data);
	else if (e != ERR_OK && e != ERR_MEMORY)
		buf_printf(why, "%s: error: %s; mend it\n", path, e == ERR_IO ? strerror(errno) : err_name(e));
	buf_release(&file);
	buf_release(&wrong);
	return e;
}

bool serve_lock(const char *data)
{
	char path[DATA_PATH_BYTES];
	int fd, waited_ms = 0;

	snprintf(path, sizeof(path), "%s/lock", data);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	while (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK && waited_ms < LOCK_WAIT_MS)
		waited_ms += 1 + poll(NULL, 0, 1); /* of one that was killed, a child may be a moment behind */
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		return true; /* kept until the process ends */
	fprintf(stderr, "duanka: %s: %s\n", data,
	        fd >= 0 && errno == EWOULDBLOCK ? "another duanka serve works here" : strerror(errno));
	return false;
}
