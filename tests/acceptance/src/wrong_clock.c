/* A machine whose clock is wrong, for one process: it is loaded before the C library, and adds WRONG_CLOCK_SECONDS to what the system says of the
   time of day. Monotonic time is as it is. libfaketime cannot be had under an allocator that asks for the time before anything is loaded. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static long seconds(void) {
    const char name[] = "WRONG_CLOCK_SECONDS=";
    for (char **setting = environ; setting != NULL && *setting != NULL; setting++) {
        size_t at = 0;
        while (name[at] != 0 && (*setting)[at] == name[at]) at++;
        if (name[at] == 0) return atol(*setting + at);
    }
    return 0;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    int result = (int)syscall(SYS_clock_gettime, clock, time);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += seconds();
    return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    (void)zone;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *told) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (told != NULL) *told = now.tv_sec;
    return now.tv_sec;
}
