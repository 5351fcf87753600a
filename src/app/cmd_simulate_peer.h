/* cmd_simulate_peer.h - the institutions of duanka simulate. */
#ifndef DUANKA_APP_CMD_SIMULATE_PEER_H
#define DUANKA_APP_CMD_SIMULATE_PEER_H

/* argv[0]: bank or operator. Returns the exit status. */
int cmd_simulate_peer(int argc, char **argv);

#endif
