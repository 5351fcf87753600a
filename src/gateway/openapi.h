/* openapi.h - doc/openapi.json, embedded when the program is built. */
#ifndef DUANKA_GATEWAY_OPENAPI_H
#define DUANKA_GATEWAY_OPENAPI_H
#include <stddef.h>

struct openapi_document {
	const char *name, *text;
	size_t n;
};
extern const struct openapi_document openapi_document[];
extern const size_t openapi_documents; /* one */

#endif
