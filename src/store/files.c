/* files.c - see files.h. */
#include "store/files.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"

enum {
	KEY = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
	NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	BOX_BYTES_MAX = PICTURE_BYTES_MAX + NONCE + TAG,
	PATH_BYTES = 512,
	ID_HEX = 2 * FILES_ID_BYTES
};

struct files {
	char directory[PATH_BYTES];
	struct texts *texts;
	uint64_t room;
	_Atomic uint64_t bytes;
	pthread_mutex_t lock; /* files_use and files_drop are one after the other */
};

struct place {
	char folder[PATH_BYTES + 8], file[PATH_BYTES + 64];
};

static void place_of(const struct files *f, const unsigned char id[FILES_ID_BYTES], struct place *p)
{
	char hex[ID_HEX + 1];

	sodium_bin2hex(hex, sizeof(hex), id, FILES_ID_BYTES);
	snprintf(p->folder, sizeof(p->folder), "%s/%.2s", f->directory, hex);
	snprintf(p->file, sizeof(p->file), "%s/%s", p->folder, hex);
}

static enum err make_folder(const char *path)
{
	return mkdir(path, 0700) == 0 || errno == EEXIST ? ERR_OK : ERR_IO;
}

/* What there is already. What was being written when the service died (names with a dot) goes. */
static uint64_t look(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	uint64_t bytes = 0;

	while (d != NULL && (e = readdir(d)) != NULL) {
		char path[PATH_BYTES + 300];
		struct stat s;

		snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		if (lstat(path, &s) != 0 || !S_ISREG(s.st_mode))
			continue;
		if (strlen(e->d_name) == ID_HEX)
			bytes += (uint64_t)s.st_size;
		else
			(void)unlink(path);
	}
	if (d != NULL)
		closedir(d);
	return bytes;
}

enum err files_open(struct files **out, const char *directory, struct texts *texts, uint64_t room_bytes)
{
	struct files *f = mem_alloc(sizeof(*f));
	enum err e;

	if (f == NULL)
		return ERR_MEMORY;
	*f = (struct files){ .texts = texts, .room = room_bytes };
	errno = ENAMETOOLONG;
	e = (size_t)snprintf(f->directory, sizeof(f->directory), "%s", directory) < sizeof(f->directory)
	        ? make_folder(f->directory)
	        : ERR_IO;
	for (uint32_t i = 0; e == ERR_OK && i < 256; i++) {
		char folder[PATH_BYTES + 8];

		snprintf(folder, sizeof(folder), "%s/%02x", f->directory, i);
		f->bytes += look(folder);
	}
	if (e != ERR_OK) {
		mem_free(f);
		return e;
	}
	CHECK(pthread_mutex_init(&f->lock, NULL) == 0);
	*out = f;
	return ERR_OK;
}

void files_close(struct files *f)
{
	if (f != NULL)
		pthread_mutex_destroy(&f->lock);
	mem_free(f);
}

/* "1 TYPE KEY", under the file's id. */
static enum err keep_key(struct files *f, const unsigned char id[FILES_ID_BYTES], enum picture_type type,
                         const unsigned char key[KEY], int64_t now_us)
{
	char text[16 + 2 * KEY + 1];
	unsigned char ref[1][TEXT_REF_BYTES];
	struct text plain;
	enum err e;

	snprintf(text, sizeof(text), "1 %u ", (unsigned)type);
	sodium_bin2hex(text + strlen(text), 2 * KEY + 1, key, KEY);
	plain = text_z(text);
	memcpy(ref[0], id, TEXT_REF_BYTES);
	e = texts_add(f->texts, (const unsigned char(*)[TEXT_REF_BYTES])ref, &plain, 1, now_us);
	sodium_memzero(text, sizeof(text));
	return e;
}

static enum err key_of(struct files *f, const unsigned char id[FILES_ID_BYTES], enum picture_type *type,
                       unsigned char key[KEY])
{
	struct buf b;
	size_t n = 0;
	enum err e;

	buf_init(&b, TEXT_BYTES_MAX);
	e = texts_read(f->texts, id, &b);
	if (e == ERR_OK &&
	    (b.n != 4 + 2 * KEY || memcmp(b.p, "1 ", 2) != 0 || b.p[2] <= '0' || b.p[2] >= '0' + PICTURE_TYPES ||
	     b.p[3] != ' ' || sodium_hex2bin(key, KEY, b.p + 4, 2 * KEY, NULL, &n, NULL) != 0 || n != KEY))
		e = ERR_ABSENT; /* a text of another sort */
	if (e == ERR_OK)
		*type = (enum picture_type)(b.p[2] - '0');
	if (b.p != NULL)
		sodium_memzero(b.p, b.cap);
	buf_release(&b);
	return e;
}

/* n more bytes of the buffer, to be written at once; NULL: there is no memory. */
static unsigned char *grow(struct buf *b, size_t n)
{
	if (buf_reserve(b, n) != ERR_OK)
		return NULL;
	b->n += n;
	return (unsigned char *)b->p + b->n - n;
}

/* Nonce and box behind each other. */
static enum err seal(const unsigned char id[FILES_ID_BYTES], const unsigned char key[KEY], struct text clean,
                     struct buf *out)
{
	unsigned char *box = grow(out, NONCE + clean.n + TAG);

	if (box == NULL)
		return ERR_MEMORY;
	randombytes_buf(box, NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(box + NONCE, NULL, (const unsigned char *)clean.p, clean.n, id,
	                                           FILES_ID_BYTES, NULL, box, key);
	return ERR_OK;
}

static bool touch(const char *path, int64_t us)
{
	struct timespec at = { .tv_sec = us / US_PER_SECOND, .tv_nsec = us % US_PER_SECOND * 1000 };

	return utimensat(AT_FDCWD, path, (struct timespec[2]){ at, at }, AT_SYMLINK_NOFOLLOW) == 0;
}

static int64_t time_of(const struct stat *s)
{
	return (int64_t)s->st_mtim.tv_sec * US_PER_SECOND + s->st_mtim.tv_nsec / 1000;
}

enum err files_add(struct files *f, const unsigned char id[FILES_ID_BYTES], enum picture_type type, struct text clean,
                   int64_t now_us)
{
	unsigned char key[KEY];
	struct place p;
	struct buf box;
	enum err e = ERR_OK;

	CHECK(clean.n > 0 && clean.n <= PICTURE_BYTES_MAX && type > PICTURE_NONE && type < PICTURE_TYPES);
	if (f->bytes + clean.n > f->room)
		return ERR_CAP;
	place_of(f, id, &p);
	buf_init(&box, BOX_BYTES_MAX);
	randombytes_buf(key, sizeof(key));
	e = seal(id, key, clean, &box);
	if (e == ERR_OK)
		e = make_folder(p.folder);
	if (e == ERR_OK)
		e = file_write_all(p.file, buf_view(&box));
	if (e == ERR_OK && !touch(p.file, now_us))
		e = ERR_IO;
	if (e == ERR_OK)
		e = keep_key(f, id, type, key, now_us);
	if (e == ERR_OK)
		f->bytes += box.n;
	else
		(void)unlink(p.file); /* it may be there whole */
	sodium_memzero(key, sizeof(key));
	buf_release(&box);
	return e;
}

bool files_have(struct files *f, const unsigned char id[FILES_ID_BYTES])
{
	unsigned char key[KEY];
	enum picture_type type;
	bool have = key_of(f, id, &type, key) == ERR_OK;

	sodium_memzero(key, sizeof(key));
	return have;
}

enum err files_read(struct files *f, const unsigned char id[FILES_ID_BYTES], enum picture_type *type, struct buf *out)
{
	unsigned char key[KEY];
	struct place p;
	struct buf box;
	enum err e;

	place_of(f, id, &p);
	buf_init(&box, BOX_BYTES_MAX);
	e = key_of(f, id, type, key);
	if (e == ERR_OK)
		e = file_read_all(p.file, BOX_BYTES_MAX, &box);
	if (e == ERR_OK && box.n <= NONCE + TAG)
		e = ERR_FORMAT;
	if (e == ERR_OK) {
		const unsigned char *b = (const unsigned char *)box.p;
		unsigned char *plain = grow(out, box.n - NONCE - TAG);

		if (plain == NULL)
			e = ERR_MEMORY;
		else if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, b + NONCE, box.n - NONCE, id,
		                                                    FILES_ID_BYTES, b, key) != 0)
			e = ERR_FORMAT;
	}
	sodium_memzero(key, sizeof(key));
	buf_release(&box);
	return e;
}

enum err files_erase(struct files *f, const unsigned char id[FILES_ID_BYTES])
{
	struct place p;
	struct stat s;
	enum err e;

	if (!files_have(f, id))
		return ERR_ABSENT;
	place_of(f, id, &p);
	e = texts_erase(f->texts, id);
	if (e == ERR_OK && lstat(p.file, &s) == 0 && unlink(p.file) == 0)
		f->bytes -= (uint64_t)s.st_size;
	return e;
}

/* ---- what nobody uses ---- */

bool files_use(struct files *f, const unsigned char id[FILES_ID_BYTES], int64_t now_us)
{
	struct place p;
	bool there;

	place_of(f, id, &p);
	pthread_mutex_lock(&f->lock);
	there = files_have(f, id) && touch(p.file, now_us);
	pthread_mutex_unlock(&f->lock);
	return there;
}

enum err files_drop(struct files *f, const unsigned char id[FILES_ID_BYTES], int64_t before_us)
{
	struct place p;
	struct stat s;
	enum err e = ERR_ABSENT;

	place_of(f, id, &p);
	pthread_mutex_lock(&f->lock);
	if (lstat(p.file, &s) == 0 && time_of(&s) < before_us) {
		e = texts_erase(f->texts, id);
		e = e == ERR_ABSENT ? ERR_OK : e;
		if (e == ERR_OK && unlink(p.file) != 0)
			e = ERR_IO;
		if (e == ERR_OK)
			f->bytes -= (uint64_t)s.st_size;
	}
	pthread_mutex_unlock(&f->lock);
	return e;
}

/* The folder's old files. *going: visit wants more. */
static enum err old_in(const char *folder, int64_t before_us,
                       bool (*visit)(void *ctx, const unsigned char id[FILES_ID_BYTES]), void *ctx, bool *going)
{
	DIR *d = opendir(folder);
	struct dirent *e;

	if (d == NULL)
		return errno == ENOENT ? ERR_OK : ERR_IO;
	while (*going && (e = readdir(d)) != NULL) {
		unsigned char id[FILES_ID_BYTES];
		struct stat s;
		size_t n = 0;

		if (strlen(e->d_name) == ID_HEX && sodium_hex2bin(id, sizeof(id), e->d_name, ID_HEX, NULL, &n, NULL) == 0 &&
		    n == sizeof(id) && fstatat(dirfd(d), e->d_name, &s, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(s.st_mode) &&
		    time_of(&s) < before_us)
			*going = visit(ctx, id);
	}
	closedir(d);
	return ERR_OK;
}

enum err files_old(struct files *f, int64_t before_us, bool (*visit)(void *ctx, const unsigned char id[FILES_ID_BYTES]),
                   void *ctx)
{
	bool going = true;
	enum err e = ERR_OK;

	for (uint32_t i = 0; e == ERR_OK && going && i < 256; i++) {
		char folder[PATH_BYTES + 8];

		snprintf(folder, sizeof(folder), "%s/%02x", f->directory, i);
		e = old_in(folder, before_us, visit, ctx, &going);
	}
	return e;
}

uint64_t files_bytes(const struct files *f)
{
	return f->bytes;
}
