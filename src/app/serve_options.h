/* serve_options.h - where the settings of `duanka serve` come from: their defaults, the file of -c, the environment, the command line; each
 * overrides those before. The options of the command line are rows of the table of settings (gateway/config.h) and the few below. */
#ifndef DUANKA_APP_SERVE_OPTIONS_H
#define DUANKA_APP_SERVE_OPTIONS_H
#include "gateway/config.h"

struct serve_options {
	int argc;
	char **argv;                   /* borrowed: read again at each reload */
	const char *file, *ready_file; /* NULL: none */
	bool adopt, settings, routes;
};

/* -1: go on; else the exit status, after help or a message. */
int serve_options_read(struct serve_options *o, int argc, char **argv);
/* All sources over the defaults, and the rules between settings. On error why has a line for each, and c a part. */
enum err serve_config(const struct serve_options *o, struct config *c, struct buf *why) MUST_CHECK;
/* An empty data.directory becomes $STATE_DIRECTORY (as systemd gives it), $XDG_STATE_HOME/duanka/data or ~/.local/state/duanka/data. */
enum err serve_data_default(struct config *c, struct buf *why) MUST_CHECK;

#endif
