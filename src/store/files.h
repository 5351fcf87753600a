/* files.h - pictures and papers that objects of the desk refer to (DESK_FILE), clean and sealed.
 *
 * DIRECTORY/files/ab/abcdef...: one file each, XChaCha20-Poly1305 under a key of its own, tied to its id. The key is a sealed text (texts.h) under the same
 * id, so that the rotation of the dictionary's keys renews keys and never has to touch the files, and erasing the text erases the picture wherever copies of the file lie.
 * Beside the key stands whose the file is, and for what it was claimed: only who uploaded it can put it into an object, and into one only. What already stands in an object needs no claim.
 * A file's time on the disk is that of its upload, or of the last command that referred to it. A file is durable before its key; one whose key was never kept cannot be read by anybody. Any thread may call. */
#ifndef DUANKA_STORE_FILES_H
#define DUANKA_STORE_FILES_H
#include "store/picture.h"
#include "store/texts.h"

enum {
	FILES_ID_BYTES = TEXT_REF_BYTES,
	FILES_USE_BYTES = 16
};

struct files;
/* The folder is made if it is not there. texts is borrowed and must outlive it. room_bytes: how much all files may take. ERR_IO: errno says why. */
enum err files_open(struct files **out, const char *directory, struct texts *texts, uint64_t room_bytes) MUST_CHECK;
void files_close(struct files *f); /* NULL is fine */
/* A clean picture (picture.h) under an id chosen at random by the caller. owner: the desk's user who may claim it; 0: nobody, who adds it puts it into an object at once. ERR_CAP: there is no room for more files. After an error it is not there. */
enum err files_add(struct files *f, const unsigned char id[FILES_ID_BYTES], enum picture_type type, struct text clean,
                   uint64_t owner, int64_t now_us) MUST_CHECK;
bool files_have(struct files *f, const unsigned char id[FILES_ID_BYTES]);
/* Appended to out. ERR_ABSENT: never there, or erased; ERR_FORMAT: damaged. */
enum err files_read(struct files *f, const unsigned char id[FILES_ID_BYTES], enum picture_type *type,
                    struct buf *out) MUST_CHECK;
/* Whether it is there, for a command that is about to refer to it: from now_us on it lies as if it had just come. */
bool files_use(struct files *f, const unsigned char id[FILES_ID_BYTES], int64_t now_us);
/* For a command of `owner` that is about to refer to it: claims it for this use (never zero), durably, and touches it like files_use. The same use may claim it again; then *anew is false.
 * ERR_ABSENT: it is not there, is not theirs, or is claimed for another use. */
enum err files_claim(struct files *f, const unsigned char id[FILES_ID_BYTES], uint64_t owner,
                     const unsigned char use[FILES_USE_BYTES], int64_t now_us, bool *anew) MUST_CHECK;
/* The claim's command came to nothing: the owner may claim it for something else. A claim that can't be taken back stays. */
enum err files_unclaim(struct files *f, const unsigned char id[FILES_ID_BYTES],
                       const unsigned char use[FILES_USE_BYTES], int64_t now_us) MUST_CHECK;
/* Calls visit for each file that came, and was last used, before before_us; false ends it. ERR_IO: a folder can't be read. */
enum err files_old(struct files *f, int64_t before_us, bool (*visit)(void *ctx, const unsigned char id[FILES_ID_BYTES]),
                   void *ctx) MUST_CHECK;
/* Erases it if it is still not used since then. ERR_ABSENT: it is gone, or was used meanwhile. A file whose key is not there goes too. */
enum err files_drop(struct files *f, const unsigned char id[FILES_ID_BYTES], int64_t before_us) MUST_CHECK;
enum err files_erase(struct files *f, const unsigned char id[FILES_ID_BYTES]) MUST_CHECK; /* ERR_ABSENT */
uint64_t files_bytes(const struct files *f); /* of all, as they lie on the disk */

#endif
