// Says which input was run when the program is about to end: only calls that a signal handler may make.
#define _GNU_SOURCE
#include "CFuzz.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static const char *volatile target = "";
static volatile uint64_t seed;
static volatile uint64_t number;
static volatile uint64_t inputs;
static uint64_t inputs_at_last_alarm;

void troupe_fuzz_note(const char *name, uint64_t with_seed, uint64_t at) {
    target = name;
    seed = with_seed;
    number = at;
    inputs = inputs + 1;
}

static void print(const char *text) {
    size_t left = strlen(text);
    while (left > 0) {
        ssize_t written = write(STDERR_FILENO, text, left);
        if (written <= 0) return;
        text += written;
        left -= (size_t)written;
    }
}

static void print_number(uint64_t value) {
    char digits[21];
    char *at = digits + sizeof digits - 1;
    *at = 0;
    do {
        *--at = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    print(at);
}

static void report(const char *what, int signal) {
    print("\nfuzz: ");
    print(target);
    print(what);
    if (signal) print_number((uint64_t)signal);
    print(". Run it again: scripts/fuzz --target ");
    print(target);
    print(" --seed ");
    print_number(seed);
    print(" --at ");
    print_number(number);
    print("\n");
}

static void died(int signal) {
    report(": the program was ended by signal ", signal);
    _exit(3);
}

static void ticked(int signal) {
    (void)signal;
    if (inputs != inputs_at_last_alarm || inputs == 0) {
        inputs_at_last_alarm = inputs;
        return;
    }
    report(": an input does not come to an end", 0);
    _exit(4);
}

void troupe_fuzz_watch(unsigned seconds) {
    static char stack[64 * 1024];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&alternate, NULL);
    struct sigaction action = {.sa_handler = died, .sa_flags = SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    static const int deadly[] = {SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS};
    for (size_t index = 0; index < sizeof deadly / sizeof *deadly; index++) sigaction(deadly[index], &action, NULL);
    action.sa_handler = ticked;
    action.sa_flags = SA_ONSTACK | SA_RESTART;
    sigaction(SIGALRM, &action, NULL);
    struct itimerval timer = {.it_interval = {.tv_sec = seconds}, .it_value = {.tv_sec = seconds}};
    setitimer(ITIMER_REAL, &timer, NULL);
}
