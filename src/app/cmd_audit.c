/* cmd_audit.c - duanka audit verify: walks a journal's chain of hashes. Whoever noted a head (GET /v1/ready tells it, and so does this
 * command) can prove later that nothing before it was changed, removed or put in. */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include "app/args.h"
#include "app/commands.h"
#include "app/serve_load.h"
#include "journal/journal.h"

static const char help_text[] =
	"duanka audit verify --data DIR [--head HEX]\n\n"
	"Reads the whole journal: checksums, order, and the chain of hashes / 验证日志的校验和、顺序与哈希链.\n"
	"  --head HEX   a chain value noted down earlier (64 hexadecimal digits); it must be met on the way\n"
	"Exit status: 0 whole, 2 something is wrong (each thing on a line), 1 could not run.\n";

enum {
	A_DATA = 16,
	A_HEAD,
	A_HELP
};

static void see_bad(void *ctx, const char *line)
{
	(void)ctx;
	printf("%s\n", line);
}

static int verify(const char *data, const char *hex)
{
	unsigned char head[JOURNAL_CHAIN_BYTES];
	char chain[2 * JOURNAL_CHAIN_BYTES + 1];
	struct journal_audit audit;
	struct disk d;
	size_t n = 0;
	enum err e;

	if (hex != NULL &&
	    (sodium_hex2bin(head, sizeof(head), hex, strlen(hex), NULL, &n, NULL) != 0 || n != sizeof(head))) {
		fprintf(stderr, "duanka audit: --head takes 64 hexadecimal digits\n");
		return EXIT_COULD_NOT_RUN;
	}
	if (!serve_disk(data, false, &d))
		return EXIT_COULD_NOT_RUN;
	e = journal_verify(&d, hex == NULL ? NULL : head, &audit, see_bad, NULL);
	disk_real_close(&d);
	if (e != ERR_OK) {
		fprintf(stderr, "duanka: %s: %s\n", data, e == ERR_ABSENT ? "there is no journal here" : err_name(e));
		return EXIT_COULD_NOT_RUN;
	}
	printf("%" PRIu64 " segments, %" PRIu64 " batches, %" PRIu64 " records (positions %" PRIu64 " to %" PRIu64
	       "), %" PRIu64 " bytes\nhead %s\n%s\n",
	       audit.segments, audit.batches, audit.records, audit.first, audit.last, audit.bytes,
	       sodium_bin2hex(chain, sizeof(chain), audit.chain, sizeof(audit.chain)),
	       audit.wrong == 0 ? "whole and unaltered / 完整，未被篡改" : "NOT whole / 不完整或被篡改");
	return audit.wrong == 0 ? EXIT_ACCEPTED : EXIT_SOME_QUARANTINED;
}

int cmd_audit(int argc, char **argv)
{
	static const struct args_option table[] = { { "--data", 'd', true, A_DATA },
		                                        { "--head", 0, true, A_HEAD },
		                                        { "--help", 'h', false, A_HELP } };
	struct args a = { .argc = argc, .argv = argv, .at = 1, .command = "audit" };
	const char *v, *data = NULL, *head = NULL, *verb = NULL;
	int number;

	while ((number = args_next(&a, table, ARRAY_LEN(table), &v)) != ARGS_END) {
		if (number == A_HELP) {
			fputs(help_text, stdout);
			return EXIT_ACCEPTED;
		}
		if (number == ARGS_WRONG)
			return EXIT_COULD_NOT_RUN;
		*(number == A_DATA ? &data : number == A_HEAD ? &head : &verb) = v;
	}
	if (data == NULL || verb == NULL || strcmp(verb, "verify") != 0) {
		fprintf(stderr, "duanka audit: say verify --data DIR; see --help\n");
		return EXIT_COULD_NOT_RUN;
	}
	return verify(data, head);
}
