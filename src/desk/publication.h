/* publication.h - a material on a channel: a newspaper, the app and the web (feeds), WeChat, Weibo, Douyin, a mailing list, a text to a phone, the screens at outlets.
 *
 * Two people, and the material must be approved in the moment in which it goes out. Texts to phones keep the hours and the daily cap of messages of light grades (limits.h), whoever sends them: what
 * may not go now goes as soon as it may. How each delivery fares is the outbox's; receipts and counters of reach come back as steps.
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_PUBLICATION_H
#define DUANKA_DESK_PUBLICATION_H
#include "desk/machine.h"

enum publication_channel {
	CHANNEL_NEWSPAPER = 1,
	CHANNEL_APP = 2,
	CHANNEL_WEB = 3,
	CHANNEL_WECHAT = 4,
	CHANNEL_WEIBO = 5,
	CHANNEL_DOUYIN = 6,
	CHANNEL_SMS = 7,
	CHANNEL_EMAIL = 8,
	CHANNEL_SCREENS = 9,
	PUBLICATION_CHANNELS = 10
};

enum publication_state {
	PUBLICATION_PLANNED = 1,
	PUBLICATION_SCHEDULED = 2,
	PUBLICATION_OUT = 3,
	PUBLICATION_ENDED = 4,
	PUBLICATION_WITHDRAWN = 5,
	PUBLICATION_STATES = 6
};

enum publication_field {
	PUBLICATION_F_MATERIAL = 1,
	PUBLICATION_F_CHANNEL = 2,
	PUBLICATION_F_ORGANISATION = 3, /* whose channel it is: who is sent it */
	PUBLICATION_F_PHONE = 4,        /* of a text */
	PUBLICATION_F_STARTS = 5,
	PUBLICATION_F_UNTIL = 6,
	PUBLICATION_F_OUT = 7, /* when it went out; set by the desk */
	PUBLICATION_F_RECEIPT = 8,
	PUBLICATION_F_REACH = 9, /* people who were shown it, as the channel counts */
	PUBLICATION_F_READS = 10,
	PUBLICATION_F_SHARES = 11,
	PUBLICATION_F_COUNTED = 12, /* when the channel last said so */
	PUBLICATION_F_REASON = 13,
	PUBLICATION_F_ADDRESS = 14,  /* where it can be seen there, a link */
	PUBLICATION_F_EDITION = 15,  /* of the material, as it went out */
	PUBLICATION_F_CAMPAIGN = 16, /* that a text belongs to */
	PUBLICATION_F_FIELDS = 17
};

enum publication_step {
	PUBLICATION_DO_PLAN = 1,
	PUBLICATION_DO_PUBLISH = 2,
	PUBLICATION_DO_GO_OUT = 3,
	PUBLICATION_DO_RECEIPT = 4,
	PUBLICATION_DO_COUNT = 5,
	PUBLICATION_DO_WITHDRAW = 6,
	PUBLICATION_DO_END = 7,
	PUBLICATION_DO_TEXT = 8,
	PUBLICATION_DO_STEPS = 9
};

enum publication_timer {
	PUBLICATION_T_START = 0,
	PUBLICATION_T_END = 1,
	PUBLICATION_T_TIMERS = 2
};

enum { /* detail of DESK_MESSAGE_PUBLISH */
	PUBLISH_SHOW = 0,
	PUBLISH_TAKE_DOWN = 1
};

extern const struct desk_machine desk_publication;
extern const struct desk_choices desk_channels;
/* Whether something is sent to the channel's organisation (a text goes to the sender). */
bool publication_sends(int64_t channel);

#endif
