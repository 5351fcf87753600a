/* picture_int.h - shared by picture.c (types, JPEG), picture_png.c and picture_pdf.c. Each cleans one type: NULL, or what is wrong; out may hold a part. */
#ifndef DUANKA_STORE_PICTURE_INT_H
#define DUANKA_STORE_PICTURE_INT_H
#include "store/picture.h"

extern const char picture_too_large[];
bool picture_begins(struct text t, const char *z, size_t n);
uint32_t picture_big(struct text t, size_t i, uint32_t n); /* n bytes from i on, the highest first */
bool picture_size_ok(struct picture *p, uint32_t width, uint32_t height);
const char *picture_clean_png(struct text t, struct picture *p, struct buf *out);
const char *picture_clean_pdf(struct text t, struct buf *out);

#endif
