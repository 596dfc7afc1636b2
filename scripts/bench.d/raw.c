/* The baseline: libzmq PUB/SUB, one event per message, high-water mark 0, nothing durable.
 *
 *   raw pub ENDPOINT SIZE SECONDS RATE SUBSCRIBERS
 *                                         waits for its subscribers, publishes "bench.event" NUL and SIZE bytes of
 *                                         data; RATE 0: as fast as it can
 *   raw sub ENDPOINT [SAMPLES]            counts what arrives; SAMPLES: a file for latencies in ns, 8 bytes each
 *
 * Lines of JSON on standard output, "go" on standard input, stamps in the data: as Tests/Bench does it. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <zmq.h>

static const char topic[] = "bench.event";
enum { PREFIX = sizeof topic, STAMP = 32 };

static void die(const char *what) {
    fprintf(stderr, "raw: %s: %s\n", what, zmq_strerror(zmq_errno()));
    exit(1);
}

static uint64_t now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* When a call counts from; Tests/Bench/Pace.swift says why. */
static uint64_t next_call(uint64_t start, uint64_t rate, uint64_t made) {
    uint64_t now = now_ns();
    if (rate == 0) return now;
    uint64_t due = start + made * 1000000000u / rate;
    if (now >= due) return due;
    struct timespec until = {(time_t)(due / 1000000000u), (long)(due % 1000000000u)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {}
    return now_ns();
}

static void *open_socket(void *context, int kind, const char *endpoint) {
    void *socket = zmq_socket(context, kind);
    int none = 0;
    if (!socket) die("socket");
    zmq_setsockopt(socket, ZMQ_SNDHWM, &none, sizeof none);
    zmq_setsockopt(socket, ZMQ_RCVHWM, &none, sizeof none);
    int each = 1;
    if (kind == ZMQ_XPUB) zmq_setsockopt(socket, ZMQ_XPUB_VERBOSE, &each, sizeof each);
    if (kind == ZMQ_SUB) {
        zmq_setsockopt(socket, ZMQ_SUBSCRIBE, topic, PREFIX);
        if (zmq_connect(socket, endpoint)) die(endpoint);
    } else if (zmq_bind(socket, endpoint)) {
        die(endpoint);
    }
    return socket;
}

static void publish(void *socket, unsigned char *message, size_t size, uint64_t at, uint64_t number, uint64_t total) {
    uint64_t stamp[4] = {at, number, total, at};
    memcpy(message + PREFIX, stamp, STAMP);
    if (zmq_send(socket, message, PREFIX + size, 0) < 0) die("send");
}

static int pub(void *context, const char *endpoint, size_t size, double seconds, uint64_t rate, int subscribers) {
    void *socket = open_socket(context, ZMQ_XPUB, endpoint);
    unsigned char *message = calloc(1, PREFIX + size);
    memcpy(message, topic, PREFIX);
    for (size_t i = 0; i < size; i++) message[PREFIX + i] = (unsigned char)(i * 31);
    char line[64];
    for (int i = 0; i < subscribers; i++)
        if (zmq_recv(socket, line, sizeof line, 0) < 0) die("no subscription");
    printf("{\"event\":\"ready\"}\n");
    fflush(stdout);
    if (!fgets(line, sizeof line, stdin)) return 0;
    prctl(PR_SET_TIMERSLACK, 1);
    uint64_t start = now_ns(), end = start + (uint64_t)(seconds * 1e9), at = start, number = 0;
    while (at < end) {
        at = next_call(start, rate, number);
        publish(socket, message, size, at, ++number, 0);
    }
    number++;
    publish(socket, message, size, now_ns(), number, number);
    printf("{\"event\":\"published\",\"count\":%llu,\"start\":%llu,\"end\":%llu}\n", (unsigned long long)number,
           (unsigned long long)start, (unsigned long long)now_ns());
    fflush(stdout);
    (void)!fgets(line, sizeof line, stdin); /* until everything has arrived */
    zmq_close(socket);
    free(message);
    return 0;
}

static int sub(void *context, const char *endpoint, const char *samples) {
    void *socket = open_socket(context, ZMQ_SUB, endpoint);
    FILE *file = samples ? fopen(samples, "w") : NULL;
    if (samples && !file) die(samples);
    zmq_msg_t message;
    zmq_msg_init(&message);
    uint64_t count = 0, stamp[4] = {0};
    do {
        if (zmq_msg_recv(&message, socket, 0) < 0) {
            if (errno == EINTR) continue;
            die("receive");
        }
        if (zmq_msg_size(&message) < PREFIX + STAMP) continue;
        memcpy(stamp, (unsigned char *)zmq_msg_data(&message) + PREFIX, STAMP);
        count++;
        if (file) {
            uint64_t late = now_ns() - stamp[0];
            fwrite(&late, sizeof late, 1, file);
        }
    } while (stamp[2] == 0);
    printf("{\"event\":\"done\",\"at\":%llu,\"reactions\":%llu}\n", (unsigned long long)now_ns(),
           (unsigned long long)count);
    if (file) fclose(file);
    zmq_msg_close(&message);
    zmq_close(socket);
    return 0;
}

int main(int count, char **arguments) {
    void *context = zmq_ctx_new();
    int result = 64;
    if (count == 7 && !strcmp(arguments[1], "pub"))
        result = pub(context, arguments[2], strtoul(arguments[3], NULL, 10), atof(arguments[4]),
                     strtoull(arguments[5], NULL, 10), atoi(arguments[6]));
    else if (count >= 3 && !strcmp(arguments[1], "sub"))
        result = sub(context, arguments[2], count > 3 ? arguments[3] : NULL);
    else
        fprintf(stderr, "raw: pub ENDPOINT SIZE SECONDS RATE SUBSCRIBERS, or sub ENDPOINT [SAMPLES]\n");
    zmq_ctx_term(context);
    return result;
}
