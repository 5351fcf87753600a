/* tls_service.c - a service with organisations and client certificates, as a program: tls_service CERTIFICATE KEY CLIENT_CA.
 *
 * Says where it listens and, one a line, the keys of bank-1, bank-2 (which need certificates) and media-1 (which needs none); stops at the
 * end of its standard input. For tests/e2e/mtls.sh, so that certificates and the client are not ours. */
#include "tests/test.h"
#include "base/file.h"
#include "base/mem.h"
#include "tests/gateway/served.h"
#include <unistd.h>

static const struct tenant tenants[] = { { .name = "bank-1", .number = 1, .client_cn = "gateway.bank-1.example" },
	                                     { .name = "bank-2", .number = 2, .client_cn = "gateway.bank-2.example" },
	                                     { .name = "media-1", .number = 3 } };

static char *pem(const char *path)
{
	struct buf b;
	char *z;

	buf_init(&b, 1 << 20);
	if (file_read_all(path, 1 << 20, &b) != ERR_OK) {
		fprintf(stderr, "%s: can't be read\n", path);
		exit(1);
	}
	z = mem_copy_text(b.p, b.n);
	buf_release(&b);
	return z;
}

int main(int argc, char **argv)
{
	static struct served s;
	char *file[3];
	struct served_options o = { .tenants = tenants,
		                        .n_tenants = ARRAY_LEN(tenants),
		                        .key = { { "bank-1", SCOPES }, { "bank-2", SCOPES }, { "media-1", SCOPES } } };
	char byte;

	if (argc != 4)
		return 1;
	for (int i = 0; i < 3; i++)
		file[i] = pem(argv[1 + i]);
	o.tls_certificate = file[0];
	o.tls_key = file[1];
	o.tls_client_ca = file[2];
	served_start(&s, &o);
	printf("https://127.0.0.1:%u\n%s\n%s\n%s\n", s.port, s.key[0], s.key[1], s.key[2]);
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		;
	served_stop(&s);
	for (int i = 0; i < 3; i++)
		mem_free(file[i]);
	return 0;
}
