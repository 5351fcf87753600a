/* commands.h - the subcommands: one file each, one line in main.c's table. Each returns the exit status. */
#ifndef DUANKA_APP_COMMANDS_H
#define DUANKA_APP_COMMANDS_H

enum {
	EXIT_ACCEPTED = 0,
	EXIT_COULD_NOT_RUN = 1,
	EXIT_SOME_QUARANTINED = 2
};

int cmd_audit(int argc, char **argv);
int cmd_backtest(int argc, char **argv);
int cmd_campaign(int argc, char **argv);
int cmd_contacts(int argc, char **argv);
int cmd_detect(int argc, char **argv);
int cmd_dictionary(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_keys(int argc, char **argv);
int cmd_match(int argc, char **argv);
int cmd_outbox(int argc, char **argv);
int cmd_outlet(int argc, char **argv);
int cmd_outlet_risk(int argc, char **argv);
int cmd_policy(int argc, char **argv);
int cmd_registry(int argc, char **argv);
int cmd_alliance(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_send(int argc, char **argv);
int cmd_serve(int argc, char **argv);
int cmd_snapshot(int argc, char **argv);
int cmd_simulate(int argc, char **argv);
int cmd_score(int argc, char **argv);
int cmd_training(int argc, char **argv);
int cmd_users(int argc, char **argv);
int cmd_tail(int argc, char **argv);

#endif
