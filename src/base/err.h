/* err.h - what an operation can fail with when nobody has a bug.
 *
 * A function that returns an enum err other than ERR_OK has left the world as it was, unless its comment says otherwise.
 * The text for people is made where the place is known (file:line:col), not here. */
#ifndef DUANKA_BASE_ERR_H
#define DUANKA_BASE_ERR_H

enum err {
	ERR_OK = 0,
	ERR_MEMORY,  /* no memory, or an injected failure of an allocation */
	ERR_CAP,     /* a configured or compiled-in maximum was met */
	ERR_IO,      /* the system refused; errno says why */
	ERR_FORMAT,  /* the bytes are not what they should be */
	ERR_RANGE,   /* well formed, but outside what can be held */
	ERR_LATE,    /* the event is later than the configured lateness */
	ERR_ABSENT,  /* no such thing */
	ERR_STOPPED, /* the user or the system asked to stop */
	ERR_COUNT
};

const char *err_name(enum err e);

#endif
