/* files.c - see files.h. */
#include "store/files.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
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

/* What is sealed under the file's id. */
struct entry {
	enum picture_type type;
	uint64_t owner;
	unsigned char use[FILES_USE_BYTES]; /* zeros: not claimed */
	unsigned char key[KEY];
};

enum {
	OWNER_AT = 4,
	USE_AT = OWNER_AT + 16 + 1,
	KEY_AT = USE_AT + 2 * FILES_USE_BYTES + 1,
	ENTRY_BYTES = KEY_AT + 2 * KEY
};

/* "2 TYPE OWNER USE KEY", in hexadecimal digits. */
static struct text print_entry(const struct entry *x, char z[ENTRY_BYTES + 1])
{
	snprintf(z, ENTRY_BYTES + 1, "2 %u %016" PRIx64 " ", (unsigned)x->type, x->owner);
	sodium_bin2hex(z + USE_AT, 2 * FILES_USE_BYTES + 1, x->use, FILES_USE_BYTES);
	z[KEY_AT - 1] = ' ';
	sodium_bin2hex(z + KEY_AT, 2 * KEY + 1, x->key, KEY);
	return text_of(z, ENTRY_BYTES);
}

static bool hex_in(struct text t, size_t at, unsigned char *out, size_t n)
{
	size_t got = 0;

	return at + 2 * n <= t.n && sodium_hex2bin(out, n, t.p + at, 2 * n, NULL, &got, NULL) == 0 && got == n;
}

/* Files from before they had owners ("1 TYPE KEY") are nobody's. */
static bool read_entry(struct text t, struct entry *x)
{
	unsigned char owner[8];

	*x = (struct entry){ .owner = 0 };
	if (t.n < OWNER_AT || t.p[1] != ' ' || t.p[3] != ' ' || t.p[2] <= '0' || t.p[2] >= '0' + PICTURE_TYPES)
		return false;
	x->type = (enum picture_type)(t.p[2] - '0');
	if (t.p[0] == '1')
		return t.n == OWNER_AT + 2 * KEY && hex_in(t, OWNER_AT, x->key, KEY);
	if (t.p[0] != '2' || t.n != ENTRY_BYTES || !hex_in(t, OWNER_AT, owner, sizeof(owner)))
		return false;
	for (size_t i = 0; i < sizeof(owner); i++)
		x->owner = x->owner << 8 | owner[i];
	return hex_in(t, USE_AT, x->use, FILES_USE_BYTES) && hex_in(t, KEY_AT, x->key, KEY);
}

static enum err keep_entry(struct files *f, const unsigned char id[FILES_ID_BYTES], const struct entry *x, bool there,
                           int64_t now_us)
{
	char z[ENTRY_BYTES + 1];
	unsigned char ref[1][TEXT_REF_BYTES];
	struct text plain = print_entry(x, z);
	enum err e;

	memcpy(ref[0], id, TEXT_REF_BYTES);
	e = there ? texts_change(f->texts, id, plain, now_us)
	          : texts_add(f->texts, (const unsigned char(*)[TEXT_REF_BYTES])ref, &plain, 1, now_us);
	sodium_memzero(z, sizeof(z));
	return e;
}

static enum err entry_of(struct files *f, const unsigned char id[FILES_ID_BYTES], struct entry *x)
{
	struct buf b;
	enum err e;

	buf_init(&b, TEXT_BYTES_MAX);
	e = texts_read(f->texts, id, &b);
	if (e == ERR_OK && !read_entry(buf_view(&b), x))
		e = ERR_ABSENT; /* a text of another sort */
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
                   uint64_t owner, int64_t now_us)
{
	struct entry x = { .type = type, .owner = owner };
	struct place p;
	struct buf box;
	enum err e = ERR_OK;

	CHECK(clean.n > 0 && clean.n <= PICTURE_BYTES_MAX && type > PICTURE_NONE && type < PICTURE_TYPES);
	if (f->bytes + clean.n > f->room)
		return ERR_CAP;
	place_of(f, id, &p);
	buf_init(&box, BOX_BYTES_MAX);
	randombytes_buf(x.key, sizeof(x.key));
	e = seal(id, x.key, clean, &box);
	if (e == ERR_OK)
		e = make_folder(p.folder);
	if (e == ERR_OK)
		e = file_write_all(p.file, buf_view(&box));
	if (e == ERR_OK && !touch(p.file, now_us))
		e = ERR_IO;
	if (e == ERR_OK)
		e = keep_entry(f, id, &x, false, now_us);
	if (e == ERR_OK)
		f->bytes += box.n;
	else
		(void)unlink(p.file); /* it may be there whole */
	sodium_memzero(&x, sizeof(x));
	buf_release(&box);
	return e;
}

bool files_have(struct files *f, const unsigned char id[FILES_ID_BYTES])
{
	struct entry x;
	bool have = entry_of(f, id, &x) == ERR_OK;

	sodium_memzero(&x, sizeof(x));
	return have;
}

enum err files_read(struct files *f, const unsigned char id[FILES_ID_BYTES], enum picture_type *type, struct buf *out)
{
	struct entry x;
	struct place p;
	struct buf box;
	enum err e;

	place_of(f, id, &p);
	buf_init(&box, BOX_BYTES_MAX);
	e = entry_of(f, id, &x);
	if (e == ERR_OK)
		*type = x.type;
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
		                                                    FILES_ID_BYTES, b, x.key) != 0)
			e = ERR_FORMAT;
	}
	sodium_memzero(&x, sizeof(x));
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

/* ---- who may put it where ---- */

enum err files_claim(struct files *f, const unsigned char id[FILES_ID_BYTES], uint64_t owner,
                     const unsigned char use[FILES_USE_BYTES], int64_t now_us, bool *anew)
{
	struct entry x;
	struct place p;
	enum err e;

	CHECK(!sodium_is_zero(use, FILES_USE_BYTES));
	place_of(f, id, &p);
	pthread_mutex_lock(&f->lock);
	e = entry_of(f, id, &x);
	if (e == ERR_OK) {
		*anew = sodium_is_zero(x.use, FILES_USE_BYTES);
		if (owner == 0 || x.owner != owner || (!*anew && memcmp(x.use, use, FILES_USE_BYTES) != 0) ||
		    !touch(p.file, now_us))
			e = ERR_ABSENT;
	}
	if (e == ERR_OK && *anew) {
		memcpy(x.use, use, FILES_USE_BYTES);
		e = keep_entry(f, id, &x, true, now_us);
	}
	pthread_mutex_unlock(&f->lock);
	sodium_memzero(&x, sizeof(x));
	return e;
}

enum err files_unclaim(struct files *f, const unsigned char id[FILES_ID_BYTES],
                       const unsigned char use[FILES_USE_BYTES], int64_t now_us)
{
	struct entry x;
	enum err e;

	pthread_mutex_lock(&f->lock);
	e = entry_of(f, id, &x);
	if (e == ERR_OK && memcmp(x.use, use, FILES_USE_BYTES) == 0) {
		memset(x.use, 0, sizeof(x.use));
		e = keep_entry(f, id, &x, true, now_us);
	}
	pthread_mutex_unlock(&f->lock);
	sodium_memzero(&x, sizeof(x));
	return e;
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
