/* cmd_keys.c - duanka keys: API keys of a data directory. The key itself is shown once; the file has its hash. A running service
 * reads the file when it starts and at SIGHUP (keys_file.h). */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "app/args.h"
#include "app/commands.h"
#include "app/serve_load.h"
#include "desk/machine.h"
#include "gateway/keys_file.h"

static const char help_text[] =
	"duanka keys add --data DIR --tenant NAME --scopes LIST [--roles LIST [--district N]] [--note TEXT]\n"
	"duanka keys list --data DIR\n"
	"duanka keys revoke --data DIR ID\n\n"
	"API keys / API 密钥. A key is shown once, when it is made; the file DIR/api-keys.ndjson has its hash.\n"
	"A service that runs reads the file again at SIGHUP.\n\n"
	"--roles gives a key with the scope desk or connector its roles at the desk, and --district its district / 角色与辖区;\n"
	"doc/desk-permissions.md has the roles.\n\n"
	"--scopes takes some of these, with commas between / 权限:\n  ";

struct asked {
	const char *data, *tenant, *scopes, *roles, *district, *note, *operand[2];
	uint32_t n;
};

enum {
	K_DATA = 16,
	K_TENANT,
	K_SCOPES,
	K_ROLES,
	K_DISTRICT,
	K_NOTE,
	K_HELP
};

static bool wrong(const char *what)
{
	fprintf(stderr, "duanka keys: %s; see --help\n", what);
	return false;
}

static void print_scopes(FILE *f, const char *before, const char *between, const char *after)
{
	struct buf b;

	buf_init(&b, 4096);
	scopes_print(&b, between);
	fprintf(f, "%s%.*s%s\n", before, (int)b.n, b.p, after);
	buf_release(&b);
}

static bool wrong_scopes(void)
{
	print_scopes(stderr, "duanka keys: --scopes takes some of ", ", ", ", with commas between; see --help");
	return false;
}

static bool failed(const struct buf *why)
{
	fprintf(stderr, "duanka: %s\n", why->p == NULL ? "out of memory" : why->p);
	return false;
}

static bool store(struct keys_file *f)
{
	struct buf why;
	bool ok;

	buf_init(&why, 2 * KEYS_PATH_BYTES);
	ok = keys_file_store(f, &why) == ERR_OK || failed(&why);
	buf_release(&why);
	return ok;
}

/* False: told. */
static bool take_place(const struct asked *a, struct key_entry *e)
{
	int64_t district = 0;

	if (a->roles != NULL && !roles_parse(text_z(a->roles), &e->roles))
		return wrong("--roles takes roles of doc/desk-permissions.md with commas between");
	if ((a->roles != NULL) != ((e->scopes & (SCOPE_DESK | SCOPE_CONNECTOR)) != 0))
		return wrong("--roles goes with the scopes desk and connector, and they with it");
	if (a->district != NULL && (text_to_int(text_z(a->district), &district) != ERR_OK || district < 1 ||
	                            district > UINT16_MAX || a->roles == NULL))
		return wrong("--district takes a number from 1 to 65535, and goes with --roles");
	e->district = (uint16_t)district;
	return true;
}

static bool add(const struct asked *a, struct keys_file *f)
{
	struct key_entry e = { .made_us = serve_now_us(), .until_us = INT64_MAX };
	unsigned char random[KEY_RANDOM_BYTES];
	char z[KEY_CHARS + 1];

	if (a->tenant == NULL || strlen(a->tenant) == 0 || strlen(a->tenant) > TENANT_NAME_MAX ||
	    strpbrk(a->tenant, "\n\r") != NULL)
		return wrong("--tenant takes a name of 1 to 32 bytes");
	if (a->scopes == NULL || !scopes_parse(text_z(a->scopes), &e.scopes))
		return wrong_scopes();
	if (!take_place(a, &e))
		return false;
	if (a->note != NULL && strlen(a->note) >= sizeof(e.note))
		return wrong("--note takes at most 127 bytes");
	snprintf(e.tenant, sizeof(e.tenant), "%s", a->tenant);
	snprintf(e.note, sizeof(e.note), "%s", a->note ? a->note : "");
	randombytes_buf(random, sizeof(random));
	if (keys_make(&f->keys, &e, random, z) != ERR_OK)
		return wrong("there is no room for another key");
	if (!store(f))
		return false;
	printf("%s\n", z);
	sodium_memzero(z, sizeof(z));
	sodium_memzero(random, sizeof(random));
	return true;
}

static bool list(const struct keys *k)
{
	for (uint32_t i = 0; i < k->n; i++) {
		printf("%s  %-20s %s ", k->key[i].id, k->key[i].tenant, k->key[i].revoked ? "revoked" : "valid");
		for (uint32_t bit = 1; bit < SCOPES; bit <<= 1)
			if ((k->key[i].scopes & bit) != 0)
				printf(" %s", scope_name(bit));
		for (uint32_t r = 0; r < DESK_ROLES; r++)
			if (k->key[i].roles >> r & 1)
				printf("%s%s", (k->key[i].roles & ((1u << r) - 1)) == 0 ? "  roles " : ",", desk_roles[r].name);
		printf("  %s\n", k->key[i].note);
	}
	return true;
}

static bool act_on(const struct asked *a, struct keys_file *f)
{
	if (strcmp(a->operand[0], "add") == 0)
		return add(a, f);
	if (strcmp(a->operand[0], "list") == 0)
		return list(&f->keys);
	if (strcmp(a->operand[0], "revoke") != 0 || a->n < 2)
		return wrong("there are add, list and revoke ID");
	if (keys_revoke(&f->keys, a->operand[1]) != ERR_OK)
		return wrong("there is no key with this id");
	return store(f);
}

static bool act(const struct asked *a)
{
	struct keys_file f;
	struct disk d;
	struct buf why;
	bool ok;

	umask(077);
	if (sodium_init() < 0 || !serve_disk(a->data, strcmp(a->operand[0], "add") == 0, &d))
		return false;
	disk_real_close(&d);
	buf_init(&why, 2 * KEYS_PATH_BYTES);
	ok = keys_file_open(&f, a->data, strcmp(a->operand[0], "list") != 0, &why) == ERR_OK;
	if (ok) {
		ok = act_on(a, &f);
		keys_file_close(&f);
	} else {
		failed(&why);
	}
	buf_release(&why);
	return ok;
}

int cmd_keys(int argc, char **argv)
{
	static const struct args_option table[] = {
		{ "--data", 'd', true, K_DATA }, { "--tenant", 0, true, K_TENANT },     { "--scopes", 0, true, K_SCOPES },
		{ "--roles", 0, true, K_ROLES }, { "--district", 0, true, K_DISTRICT }, { "--note", 0, true, K_NOTE },
		{ "--help", 'h', false, K_HELP }
	};
	struct args a = { .argc = argc, .argv = argv, .at = 1, .command = "keys" };
	struct asked k = { .data = NULL };
	const char *v;
	int number;

	while ((number = args_next(&a, table, ARRAY_LEN(table), &v)) != ARGS_END) {
		if (number == K_HELP) {
			print_scopes(stdout, help_text, ",", "");
			return EXIT_ACCEPTED;
		}
		if (number == ARGS_WRONG || (number == ARGS_OPERAND && k.n == ARRAY_LEN(k.operand)))
			return EXIT_COULD_NOT_RUN;
		if (number == ARGS_OPERAND)
			k.operand[k.n++] = v;
		*(number == K_DATA       ? &k.data
		  : number == K_TENANT   ? &k.tenant
		  : number == K_SCOPES   ? &k.scopes
		  : number == K_ROLES    ? &k.roles
		  : number == K_DISTRICT ? &k.district
		  : number == K_NOTE     ? &k.note
		                         : &v) = v;
	}
	if (k.n == 0 || k.data == NULL) {
		wrong(k.data == NULL ? "--data is missing" : "say add, list or revoke");
		return EXIT_COULD_NOT_RUN;
	}
	return act(&k) ? EXIT_ACCEPTED : EXIT_COULD_NOT_RUN;
}
