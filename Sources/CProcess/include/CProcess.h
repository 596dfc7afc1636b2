#ifndef CPROCESS_H
#define CPROCESS_H

#include <pthread.h>
#include <sys/types.h>
#include <time.h>

/// Starts a program in a session of its own: standard input is empty, output and errors go to `output`, every other
/// descriptor is closed, every signal has its default action and none is blocked.
/// Returns 0, or the error's number.
int troupe_spawn(pid_t *pid, const char *path, char *const arguments[], char *const environment[], int output);

/// A descriptor that becomes readable when the process ends; -1 with errno when there is none such.
int troupe_process_descriptor(pid_t pid);

/// Sends a signal to the process of a descriptor, which is never another one that got its number later.
int troupe_process_signal(int descriptor, int signal);

/// Waits for a condition until a moment of `clock`. Returns 0, or the error's number.
int troupe_wait(pthread_cond_t *condition, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *until);

#endif
