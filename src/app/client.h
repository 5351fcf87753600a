/* client.h - requests to a running service, for commands: the key comes from DUANKA_API_KEY, the answer is at most CLIENT_ANSWER_MAX bytes. */
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

/* ---- many requests over one connection, for who decides by the status whether to try again ---- */

struct client_kept;
struct client_answer {
	long status;           /* 0: no answer came; why says why not */
	int64_t retry_after_s; /* as the service asks for; 0: it does not */
	char why[256];
};
/* False: one line on standard error says why. c and command are borrowed until client_kept_close. */
bool client_kept_open(struct client_kept **out, const struct client *c, const char *command);
void client_kept_close(struct client_kept *k); /* NULL is fine */
/* One request, with what came back added to out; given up after timeout_s (0: never). False: no memory, or an address that is too long, told on standard error. */
bool client_kept_ask(struct client_kept *k, const struct client_request *r, long timeout_s, struct buf *out,
                     struct client_answer *a);
/* Says on standard error what an answer other than 200 means. */
void client_kept_tell(const struct client_kept *k, const struct client_answer *a, const struct buf *out);

#endif
