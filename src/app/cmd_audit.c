/* cmd_audit.c - duanka audit: who was restricted and why (audit_person.c), who saw whose data (audit_access.c), and verify, which walks a journal's chain of hashes. Whoever noted a head (GET /v1/ready tells it, and so does this
 * command) can prove later that nothing before it was changed, removed or put in. */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include "app/args.h"
#include "app/audit.h"
#include "app/commands.h"
#include "app/serve_load.h"
#include "base/clock.h"
#include "journal/journal.h"

static const char help_text[] =
	"duanka audit verify --data DIR [--head HEX]\n"
	"duanka audit person TOKEN --data DIR [--json]\n"
	"duanka audit access --data DIR [--person TOKEN] [--user USER] [--from TIME] [--to TIME] [--json]\n\n"
	"person: all that the desk did about a person, card or account: measures with basis, evidence, actor, approver, notice,\n"
	"start, end and objection, then everything else, each with its history / 对某人、号卡、账户采取的措施及全部经过.\n"
	"access: who saw whose data, when and why / 谁在何时因何事由查看了谁的数据.\n"
	"  --person TOKEN   only data of this person, card or account\n"
	"  --user USER      only what this user saw: U-65536, key-3, or ORGANISATION/KEY\n"
	"  --from, --to     only what happened in between; the journal before is not read\n"
	"  --json           one JSON document, or one a line\n"
	"verify: reads the whole journal: checksums, order, and the chain of hashes / 验证日志的校验和、顺序与哈希链.\n"
	"  --head HEX   a chain value noted down earlier (64 hexadecimal digits); it must be met on the way\n"
	"Exit status: 0 whole, 2 something is wrong (each thing on a line), 1 could not run.\n";

enum {
	A_DATA = 16,
	A_HEAD,
	A_PERSON,
	A_USER,
	A_FROM,
	A_TO,
	A_JSON,
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

static bool wrong(const char *what)
{
	fprintf(stderr, "duanka audit: %s; see --help\n", what);
	return false;
}

struct asked {
	const char *data, *head, *operand[2];
	struct audit_access access;
	uint32_t n;
};

static bool take_time(const char *option, const char *z, int64_t *out)
{
	if (clock_parse(text_z(z), &clock_shanghai, out) == ERR_OK)
		return true;
	fprintf(stderr, "duanka audit: %s takes a time: 2026-03-01T08:00:00\n", option);
	return false;
}

static bool read_asked(int argc, char **argv, struct asked *k, bool *help)
{
	static const struct args_option table[] = { { "--data", 'd', true, A_DATA },   { "--head", 0, true, A_HEAD },
		                                        { "--person", 0, true, A_PERSON }, { "--user", 0, true, A_USER },
		                                        { "--from", 0, true, A_FROM },     { "--to", 0, true, A_TO },
		                                        { "--json", 0, false, A_JSON },    { "--help", 'h', false, A_HELP } };
	struct args a = { .argc = argc, .argv = argv, .at = 1, .command = "audit" };
	const char *v;
	int number;

	while ((number = args_next(&a, table, ARRAY_LEN(table), &v)) != ARGS_END) {
		switch (number) {
		case A_DATA: k->data = v; break;
		case A_HEAD: k->head = v; break;
		case A_PERSON: k->access.q.person = v; break;
		case A_USER: k->access.q.user = v; break;
		case A_JSON: k->access.json = true; break;
		case A_HELP: *help = true; return true;
		case A_FROM:
			if (!take_time("--from", v, &k->access.q.from_us))
				return false;
			break;
		case A_TO:
			if (!take_time("--to", v, &k->access.q.until_us))
				return false;
			break;
		case ARGS_OPERAND:
			if (k->n == ARRAY_LEN(k->operand))
				return wrong("there is an operand too many");
			k->operand[k->n++] = v;
			break;
		default: return false;
		}
	}
	return true;
}

static int run(const struct asked *k)
{
	const char *verb = k->n == 0 ? "" : k->operand[0];
	bool ok;

	if (k->data == NULL)
		ok = wrong("--data is missing");
	else if (strcmp(verb, "verify") == 0 && k->n == 1)
		return verify(k->data, k->head);
	else if (strcmp(verb, "person") == 0 && k->n == 2)
		ok = audit_person(k->data, k->operand[1], k->access.json);
	else if (strcmp(verb, "access") == 0 && k->n == 1)
		ok = audit_access(k->data, &k->access);
	else
		ok = wrong("say verify, person TOKEN or access");
	return ok ? EXIT_ACCEPTED : EXIT_COULD_NOT_RUN;
}

int cmd_audit(int argc, char **argv)
{
	struct asked k = { .access.q = { .from_us = ACCESS_ALWAYS_US, .until_us = INT64_MAX } };
	bool help = false;

	if (!read_asked(argc, argv, &k, &help))
		return EXIT_COULD_NOT_RUN;
	if (help) {
		fputs(help_text, stdout);
		return EXIT_ACCEPTED;
	}
	return run(&k);
}
