/* load.h - what a run starts from: the token key, and a policy directory with its lists, made into a plan.
 *
 * Messages for people go to standard error, one line each, as path:line:col: error: ... where there is a place. */
#ifndef DUANKA_APP_LOAD_H
#define DUANKA_APP_LOAD_H
#include "engine/engine.h"
#include "event/list.h"

struct loaded {
	const char *dir;
	struct policy policy;
	struct plan *plan;
	struct policy_file *files; /* by path, inside arena */
	uint32_t n_files;
	struct arena arena;
};

/* path NULL: DUANKA_KEY_FILE, else $XDG_STATE_HOME/duanka/token.key, else ~/.local/state/duanka/token.key, made at first
 * use. False after a message. */
bool load_key(const char *path, struct hash_key *out);
/* Makes a new key in a file that is not there yet; path is changed while it works, and whole again afterwards. */
bool load_key_make(char *path, struct hash_key *out);
/* A key file of n bytes that only its owner may read. what: "token key"; remedy: what helps if it has another size. False after a message. */
bool load_secret(const char *path, const char *what, const char *remedy, unsigned char *out, size_t n);
/* Makes one of random bytes, durably; as load_key_make. why_keep: what happens without it. */
bool load_secret_make(char *path, const char *what, const char *why_keep, unsigned char *out, size_t n);
/* All *.dk in dir and its folders one level down. False after messages; nothing to release then. */
bool load_policy(const char *dir, const struct hash_key *key, int64_t lateness_us, struct loaded *out);
void load_release(struct loaded *l);
/* The policy's lists into an engine; a file of the same name in lists_dir (NULL: none) stands for the policy's own.
 * False after a message when a file can't be read; bad lines only warn. */
bool load_lists(const struct loaded *l, const struct hash_key *key, const char *lists_dir, struct engine *g);
/* The same, to whoever wants each value; list is its index in the policy. */
typedef enum err load_list_add(void *ctx, uint32_t list, const struct list_value *v);
bool load_lists_each(const struct loaded *l, const struct hash_key *key, const char *lists_dir, load_list_add *add,
                     void *ctx);
/* Time zones of the system's own database, for policy_load. */
enum err load_zone(void *ctx, struct arena *a, struct text name, struct text *out);

#endif
