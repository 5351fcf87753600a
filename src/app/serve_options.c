/* serve_options.c - see serve_options.h. */
#include "app/serve_options.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "app/args.h"
#include "app/commands.h"
#include "base/file.h"

enum {
	O_CONFIG = 16,
	O_SET,
	O_SETTINGS,
	O_ROUTES, /* not in the help: for tests */
	O_ADOPT,
	O_NO_DICTIONARY,
	O_READY,
	O_HELP,
	O_SETTING, /* + the row's number */
	OPTIONS_MAX = 64
};

static const struct args_option own[] = {
	{ "--config", 'c', true, O_CONFIG },    { "--set", 's', true, O_SET },
	{ "--settings", 0, false, O_SETTINGS }, { "--routes", 0, false, O_ROUTES },
	{ "--adopt", 0, false, O_ADOPT },       { "--ready-file", 0, true, O_READY },
	{ "--help", 'h', false, O_HELP },       { "--no-dictionary", 0, false, O_NO_DICTIONARY },
};

static const char help_top[] =
	"duanka serve [-c duanka.toml] [options]    decide over HTTP, with a durable journal / 以 HTTP 在线决策，日志持久化\n\n"
	"  -c, --config FILE     settings / 设置文件; duanka serve --settings > duanka.toml makes one\n"
	"  --settings            shows all settings with their meanings as a file, as they would be in force, and ends; wrong ones are told\n"
	"  -s, --set NAME=VALUE  any setting by its name: --set service.snapshots=3\n"
	"  --adopt               take the policy directory's policy now, if it differs from the one in force; its windows are filled from the journal\n"
	"  --no-dictionary       dictionary.enabled=false: tokens that come from now on can never be turned back\n"
	"  --ready-file FILE     ADDRESS:PORT is written there once requests are answered\n\n"
	"Options that stand for a setting. They override the environment (DUANKA_HTTP_LISTEN), and that the file:\n";
static const char help_end[] =
	"\nSIGHUP reads the settings and API keys again; SIGTERM and SIGINT stop it: what was begun is finished, a snapshot is taken.\n"
	"API keys: duanka keys --help.\n";

static uint32_t options(struct args_option out[OPTIONS_MAX])
{
	uint32_t n = ARRAY_LEN(own);

	memcpy(out, own, sizeof(own));
	for (const struct setting *s = config_settings; s->name != NULL; s++) {
		CHECK(n < OPTIONS_MAX);
		if (s->option != NULL)
			out[n++] = (struct args_option){ s->option, s->letter, s->kind != SETTING_SWITCH,
				                             O_SETTING + (int)(s - config_settings) };
	}
	return n;
}

static bool help(void)
{
	struct buf b;
	bool ok;

	buf_init(&b, 1 << 16);
	buf_z(&b, help_top);
	for (const struct setting *s = config_settings; s->name != NULL; s++) {
		char letter[] = { '-', s->letter, ',', ' ', 0 };

		if (s->option == NULL)
			continue;
		buf_printf(&b, "  %s%s %s\n      %s: %s.", s->letter != 0 ? letter : "", s->option,
		           s->shape != NULL ? s->shape : "", s->name, s->en);
		if (s->kind != SETTING_TEXT && s->kind != SETTING_SWITCH) {
			buf_z(&b, " Takes ");
			config_range(s, &b);
			if (s->bare_unit != NULL)
				buf_printf(&b, "; digits alone are %s", s->bare_unit);
			buf_char(&b, '.');
		}
		if (s->kind != SETTING_SWITCH && s->standard[0] != 0)
			buf_printf(&b, " Default: %s.", s->standard);
		buf_char(&b, '\n');
	}
	buf_z(&b, help_end);
	ok = b.err == ERR_OK && fwrite(b.p, 1, b.n, stdout) == b.n;
	buf_release(&b);
	return ok;
}

int serve_options_read(struct serve_options *o, int argc, char **argv)
{
	struct args a = { .argc = argc, .argv = argv, .at = 1, .command = "serve" };
	struct args_option table[OPTIONS_MAX];
	uint32_t n = options(table);
	const char *v;
	int number;

	*o = (struct serve_options){ .argc = argc, .argv = argv };
	while ((number = args_next(&a, table, n, &v)) != ARGS_END) {
		switch (number) {
		case O_CONFIG: o->file = v; break;
		case O_READY: o->ready_file = v; break;
		case O_ADOPT: o->adopt = true; break;
		case O_SETTINGS: o->settings = true; break;
		case O_ROUTES: o->routes = true; break;
		case O_HELP: return help() ? EXIT_ACCEPTED : EXIT_COULD_NOT_RUN;
		case ARGS_OPERAND:
			fprintf(stderr, "duanka serve: it takes no operands; see --help\n");
			return EXIT_COULD_NOT_RUN;
		case ARGS_WRONG: return EXIT_COULD_NOT_RUN;
		default: break; /* settings: serve_config */
		}
	}
	return -1;
}

/* ---- one source after the other ---- */

static enum err take_file(const char *path, struct config *c, struct buf *why)
{
	struct buf file;
	enum err e;

	buf_init(&file, CONFIG_FILE_MAX);
	e = file_read_all(path, CONFIG_FILE_MAX, &file);
	if (e == ERR_OK)
		e = config_read(c, path, buf_view(&file), why);
	else if (e == ERR_ABSENT)
		buf_printf(why, "%s: error: there is no such file; duanka serve --settings > FILE makes one\n", path);
	else
		buf_printf(why, "%s: error: it can't be read (%s); name a text file of at most %d bytes\n", path,
		           e == ERR_IO ? strerror(errno) : err_name(e), CONFIG_FILE_MAX);
	buf_release(&file);
	return e;
}

/* NAME=VALUE */
static enum err take_set(const char *z, struct config *c, struct buf *why)
{
	char name[128];
	const char *eq = strchr(z, '=');

	if (eq == NULL || (size_t)(eq - z) >= sizeof(name)) {
		buf_printf(why, "--set: error: it takes NAME=VALUE; write --set http.threads=4\n");
		return ERR_FORMAT;
	}
	memcpy(name, z, (size_t)(eq - z));
	name[eq - z] = 0;
	return config_set(c, "--set", name, text_z(eq + 1), why);
}

static enum err take_option(const struct setting *s, const char *v, struct config *c, struct buf *why)
{
	char with_unit[64];

	if (s->kind == SETTING_SWITCH)
		v = "true";
	if (s->bare_unit != NULL && v[0] != 0 && strlen(v) < 32 && strspn(v, "0123456789") == strlen(v)) {
		snprintf(with_unit, sizeof(with_unit), "%s%s", v, s->bare_unit);
		v = with_unit;
	}
	return config_set(c, s->option, s->name, text_z(v), why);
}

static enum err take_options(const struct serve_options *o, struct config *c, struct buf *why)
{
	struct args a = { .argc = o->argc, .argv = o->argv, .at = 1, .command = "serve" };
	struct args_option table[OPTIONS_MAX];
	uint32_t n = options(table), wrong = 0;
	const char *v;
	int number;

	while ((number = args_next(&a, table, n, &v)) != ARGS_END && wrong < CONFIG_ERRORS_MAX) {
		enum err e = ERR_OK;

		if (number == O_SET)
			e = take_set(v, c, why);
		else if (number == O_NO_DICTIONARY)
			e = config_set(c, "--no-dictionary", "dictionary.enabled", TEXT("false"), why);
		else if (number >= O_SETTING)
			e = take_option(&config_settings[number - O_SETTING], v, c, why);
		if (e == ERR_MEMORY)
			return e;
		wrong += e != ERR_OK;
	}
	return wrong == 0 ? ERR_OK : ERR_FORMAT;
}

/* What is wrong in one source does not hide what is wrong in the next. */
enum err serve_config(const struct serve_options *o, struct config *c, struct buf *why)
{
	enum err e = ERR_OK, of_file, of_environment, of_options;

	config_default(c);
	of_file = o->file == NULL ? ERR_OK : take_file(o->file, c, why);
	of_environment = config_environment(c, environ, why);
	of_options = take_options(o, c, why);
	if (of_file != ERR_OK || of_environment != ERR_OK || of_options != ERR_OK)
		e = of_file != ERR_OK ? of_file : of_environment != ERR_OK ? of_environment : of_options;
	return e == ERR_OK ? config_check(c, why) : e;
}

enum err serve_data_default(struct config *c, struct buf *why)
{
	const char *systemd = getenv("STATE_DIRECTORY"), *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	int n;

	if (c->data[0] != 0)
		return ERR_OK;
	if (systemd != NULL && systemd[0] == '/') /* several are separated by colons */
		n = snprintf(c->data, sizeof(c->data), "%.*s", (int)strcspn(systemd, ":"), systemd);
	else if (state != NULL && state[0] == '/')
		n = snprintf(c->data, sizeof(c->data), "%s/duanka/data", state);
	else
		n = home == NULL ? -1 : snprintf(c->data, sizeof(c->data), "%s/.local/state/duanka/data", home);
	if (n > 0 && (size_t)n < sizeof(c->data))
		return ERR_OK;
	buf_z(why, "settings: error: data.directory is not set, and no home directory is known; name it with --data\n");
	return ERR_FORMAT;
}
