/* client.h - one request to a running service, for commands: the key comes from DUANKA_API_KEY, the answer is at most CLIENT_ANSWER_MAX bytes. */
#ifndef DUANKA_APP_CLIENT_H
#define DUANKA_APP_CLIENT_H
#include "base/buf.h"

enum {
	CLIENT_ANSWER_MAX = 1 << 20
};

struct client {
	const char *url;               /* http://HOST:PORT or https://HOST:PORT */
	const char *ca;                /* PEM file of who signed the service's certificate; NULL: the system's */
	const char *certificate, *key; /* PEM files of a client certificate; NULL: none */
};

struct client_request {
	const char *path;   /* with what follows ? */
	const char *body;   /* NULL: GET, else POST */
	const char *header; /* "If-Match: *", or NULL */
	size_t body_bytes;  /* 0: body is a text */
};
/* True: the service answered 200 or 201 with what is now in out; else one line on standard error says why not. */
bool client_ask(const struct client *c, const char *command, const struct client_request *r, struct buf *out);
/* POST url + path without a body. True: the service answered 200 with what is now in out; else one line on standard error says why not. */
bool client_post(const struct client *c, const char *command, const char *path, struct buf *out);

#endif
