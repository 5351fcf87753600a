/* picture.h - what people upload, checked and cleaned: photographs of outlets, posters, papers of an appeal.
 *
 * The type follows from the bytes, never from a name or a header. Of pictures only what is needed to show them is kept, each part of the length that it must have: what a camera or a program wrote beside it
 * (place, time, owner, thumbnails, comments, profiles), and whatever was hung on behind the end, is left out; of a camera's notes only the orientation stays. Colours are taken as sRGB. Pixels are not decoded, so
 * a kept picture is the same to the pixel, and what its own tables and coded bits can carry stays. A PDF cannot be taken apart like that: one with scripts, attachments or programs to start, or that can't be looked
 * through, is refused; what stands behind its end goes, and what it says of authors and programs is blanked if it is neither packed nor signed.
 * Sources: ITU-T T.81 (JPEG), W3C PNG, JFIF 1.02, Exif 2.3 (tag 0x0112), ISO 32000-1. */
#ifndef DUANKA_STORE_PICTURE_H
#define DUANKA_STORE_PICTURE_H
#include "base/buf.h"

enum picture_type {
	PICTURE_NONE,
	PICTURE_JPEG,
	PICTURE_PNG,
	PICTURE_PDF,
	PICTURE_TYPES
};

enum {
	PICTURE_BYTES_MAX = 8 << 20,
	PICTURE_SIDE_MAX = 16384,
	PICTURE_PIXELS_MAX = 64 << 20
};

struct picture {
	enum picture_type type;
	uint32_t width, height; /* pixels; 0: a PDF */
};

extern const char *const picture_media[PICTURE_TYPES]; /* "image/jpeg" */
/* Appends the clean form. ERR_FORMAT: *why says what is wrong with it; out may hold a part. */
enum err picture_clean(struct text bytes, struct picture *p, struct buf *out, const char **why) MUST_CHECK;

#endif
