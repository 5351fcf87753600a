/* cmd_simulate_peer.h - the institutions of duanka simulate. */
#ifndef DUANKA_APP_CMD_SIMULATE_PEER_H
#define DUANKA_APP_CMD_SIMULATE_PEER_H
#include <stdbool.h>

bool cmd_simulate_is_peer(const char *word); /* a kind of institution */
/* argv[0]: such a word. Returns the exit status. */
int cmd_simulate_peer(int argc, char **argv);

#endif
