/* keys_file.c - see keys_file.h. */
#include "gateway/keys_file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>
#include "base/file.h"

static enum err take_lock(struct keys_file *f, const char *data, struct buf *why)
{
	char path[KEYS_PATH_BYTES];
	int got;

	snprintf(path, sizeof(path), "%s/api-keys.lock", data);
	f->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	do
		got = f->lock < 0 ? -1 : flock(f->lock, LOCK_EX);
	while (f->lock >= 0 && got != 0 && errno == EINTR);
	if (got == 0)
		return ERR_OK;
	buf_printf(why, "%s: %s", path, strerror(errno));
	return ERR_IO;
}

static void tell(const struct keys_file *f, enum err e, const struct buf *wrong, struct buf *why)
{
	buf_printf(why, "%s: %s", f->path,
	           e == ERR_FORMAT && wrong->n > 0 ? wrong->p
	           : e == ERR_IO                   ? strerror(errno)
	                                           : err_name(e));
}

enum err keys_file_open(struct keys_file *f, const char *data, bool change, struct buf *why)
{
	struct buf file, wrong;
	enum err e;

	*f = (struct keys_file){ .lock = -1 };
	if ((size_t)snprintf(f->path, sizeof(f->path), "%s/api-keys.ndjson", data) >= sizeof(f->path)) {
		buf_z(why, "the directory's name is too long");
		return ERR_CAP;
	}
	e = change ? take_lock(f, data, why) : ERR_OK;
	buf_init(&file, KEYS_FILE_MAX);
	buf_init(&wrong, 4096);
	if (e == ERR_OK) {
		e = file_read_all(f->path, KEYS_FILE_MAX, &file);
		if (e == ERR_OK)
			e = keys_parse(&f->keys, buf_view(&file), &wrong);
		e = e == ERR_ABSENT ? ERR_OK : e;
		if (e != ERR_OK)
			tell(f, e, &wrong, why);
	}
	buf_release(&file);
	buf_release(&wrong);
	if (e != ERR_OK)
		keys_file_close(f);
	return e;
}

enum err keys_file_store(struct keys_file *f, struct buf *why)
{
	struct buf b;
	enum err e;

	CHECK(f->lock >= 0);
	buf_init(&b, KEYS_FILE_MAX);
	keys_print(&f->keys, &b);
	e = b.err != ERR_OK ? b.err : file_write_all(f->path, buf_view(&b));
	if (e != ERR_OK)
		tell(f, e, &b, why);
	buf_release(&b);
	return e;
}

void keys_file_close(struct keys_file *f)
{
	keys_release(&f->keys);
	if (f->lock >= 0)
		close(f->lock);
	f->lock = -1;
}
