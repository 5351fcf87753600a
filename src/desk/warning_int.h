/* warning_int.h - the rules of warning.c as warning_table.c names them. */
#ifndef DUANKA_DESK_WARNING_INT_H
#define DUANKA_DESK_WARNING_INT_H
#include "desk/desk_int.h"
#include "desk/warning.h"

enum desk_refusal warning_fuse(struct desk_turn *t);
enum desk_refusal warning_issue(struct desk_turn *t);
enum desk_refusal warning_sign(struct desk_turn *t);
enum desk_refusal warning_called(struct desk_turn *t);
enum desk_refusal warning_ai_call(struct desk_turn *t);
enum desk_refusal warning_sms(struct desk_turn *t);
enum desk_refusal warning_visit(struct desk_turn *t);
enum desk_refusal warning_identity(struct desk_turn *t);
enum desk_refusal warning_meet(struct desk_turn *t);
enum desk_refusal warning_not_found(struct desk_turn *t);
enum desk_refusal warning_feed_back(struct desk_turn *t);
enum desk_refusal warning_review(struct desk_turn *t);
enum desk_refusal warning_send_back(struct desk_turn *t);
enum desk_refusal warning_revisit(struct desk_turn *t);
enum desk_refusal warning_close(struct desk_turn *t);
enum desk_refusal warning_upgrade(struct desk_turn *t);
enum desk_refusal warning_transfer(struct desk_turn *t);
enum desk_refusal warning_accept_transfer(struct desk_turn *t);
enum desk_refusal warning_refuse_transfer(struct desk_turn *t);
enum desk_refusal warning_ask_operator(struct desk_turn *t);
enum desk_refusal warning_operator_help(struct desk_turn *t);
enum desk_refusal warning_line_free(struct desk_turn *t);
enum desk_refusal warning_victimised(struct desk_turn *t);
enum desk_refusal warning_late_sign(struct desk_turn *t);
enum desk_refusal warning_late_call(struct desk_turn *t);
enum desk_refusal warning_late_face(struct desk_turn *t);
enum desk_refusal warning_late_review(struct desk_turn *t);
enum desk_refusal warning_late_revisit(struct desk_turn *t);

#endif
