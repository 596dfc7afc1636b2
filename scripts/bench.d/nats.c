/* The peer: a NATS JetStream file stream by its C client; publish, consume, acknowledge.
 *
 *   nats pub URL SIZE SECONDS     publishes asynchronously, at most MAX_PENDING unacknowledged
 *   nats sub URL push|pull        makes the stream and a durable consumer that acknowledges all up to a message at once
 *
 * Ends when the acknowledgement of the last message was confirmed by the server. Lines and stamps as in raw.c. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <nats/nats.h>

enum { STAMP = 32, MAX_PENDING = 4096, BATCH = 256 };
static const char subject[] = "bench.event";

static void check(natsStatus status, const char *what) {
    if (status == NATS_OK) return;
    fprintf(stderr, "nats: %s: %s\n", what, natsStatus_GetText(status));
    exit(1);
}

static uint64_t now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void publish(jsCtx *js, unsigned char *data, int size, uint64_t number, uint64_t total, uint64_t at) {
    uint64_t stamp[4] = {at, number, total, at};
    memcpy(data, stamp, STAMP);
    check(js_PublishAsync(js, subject, data, size, NULL), "publish");
}

static void pub(jsCtx *js, int size, double seconds) {
    unsigned char *data = calloc(1, (size_t)size);
    char line[64];
    printf("{\"event\":\"ready\"}\n");
    fflush(stdout);
    if (!fgets(line, sizeof line, stdin)) exit(0);
    uint64_t start = now_ns(), end = start + (uint64_t)(seconds * 1e9), at = start, number = 0;
    while (at < end) {
        at = now_ns();
        publish(js, data, size, ++number, 0, at);
    }
    number++;
    publish(js, data, size, number, number, now_ns());
    /* Fills the last batch: nats.c 3.4.1 writes beyond its list when an earlier fetch ended by its timeout. */
    for (int i = 0; i < BATCH; i++) publish(js, data, size, 0, 0, 0);
    jsPubOptions wait;
    jsPubOptions_Init(&wait);
    wait.MaxWait = 60000;
    check(js_PublishAsyncComplete(js, &wait), "acknowledgements");
    printf("{\"event\":\"published\",\"count\":%" PRIu64 ",\"start\":%" PRIu64 ",\"end\":%" PRIu64 "}\n", number, start,
           now_ns());
    fflush(stdout);
    free(data);
}

/* Whether it is the last; counts it. */
static bool heard(natsMsg *message, uint64_t *count) {
    uint64_t stamp[4];
    memcpy(stamp, natsMsg_GetData(message), STAMP);
    ++*count;
    return stamp[2] != 0;
}

static void acknowledge(natsMsg *message, bool is_last) {
    check(is_last ? natsMsg_AckSync(message, NULL, NULL) : natsMsg_Ack(message, NULL), "acknowledge");
}

static void sub(jsCtx *js, bool pulls) {
    jsStreamConfig stream;
    jsStreamConfig_Init(&stream);
    const char *subjects[] = {subject};
    stream.Name = "bench";
    stream.Subjects = subjects;
    stream.SubjectsLen = 1;
    stream.Storage = js_FileStorage;
    check(js_AddStream(NULL, js, &stream, NULL, NULL), "stream");

    jsSubOptions options;
    jsSubOptions_Init(&options);
    options.ManualAck = true;
    options.Config.Durable = "part";
    options.Config.AckPolicy = js_AckAll;
    options.Config.MaxAckPending = 65536;
    natsSubscription *subscription = NULL;
    check(pulls ? js_PullSubscribe(&subscription, js, subject, "part", NULL, &options, NULL)
                : js_SubscribeSync(&subscription, js, subject, NULL, &options, NULL), "subscribe");
    check(natsSubscription_SetPendingLimits(subscription, -1, -1), "limits");
    printf("{\"event\":\"hearing\"}\n");
    fflush(stdout);

    uint64_t count = 0;
    bool is_last = false;
    while (!is_last && pulls) {
        natsMsgList list;
        check(natsSubscription_Fetch(&list, subscription, BATCH, 600000, NULL), "fetch");
        for (int i = 0; i < list.Count && !is_last; i++) is_last = heard(list.Msgs[i], &count);
        if (list.Count > 0) acknowledge(list.Msgs[list.Count - 1], is_last);
        natsMsgList_Destroy(&list);
    }
    while (!is_last) {
        natsMsg *message = NULL;
        natsStatus status = natsSubscription_NextMsg(&message, subscription, 1000);
        if (status == NATS_TIMEOUT) continue;
        check(status, "next");
        is_last = heard(message, &count);
        if (is_last || count % BATCH == 0) acknowledge(message, is_last);
        natsMsg_Destroy(message);
    }
    printf("{\"event\":\"done\",\"at\":%" PRIu64 ",\"reactions\":%" PRIu64 "}\n", now_ns(), count);
    natsSubscription_Destroy(subscription);
}

int main(int count, char **arguments) {
    bool is_pub = count == 5 && !strcmp(arguments[1], "pub");
    if (!is_pub && !(count == 4 && !strcmp(arguments[1], "sub"))) {
        fprintf(stderr, "nats: pub URL SIZE SECONDS, or sub URL push|pull\n");
        return 64;
    }
    natsConnection *connection = NULL;
    jsCtx *js = NULL;
    jsOptions options;
    jsOptions_Init(&options);
    options.PublishAsync.MaxPending = MAX_PENDING;
    options.PublishAsync.StallWait = 60000;
    check(natsConnection_ConnectTo(&connection, arguments[2]), arguments[2]);
    check(natsConnection_JetStream(&js, connection, &options), "JetStream");
    if (is_pub) pub(js, atoi(arguments[3]), atof(arguments[4]));
    else sub(js, !strcmp(arguments[3], "pull"));
    jsCtx_Destroy(js);
    natsConnection_Destroy(connection);
    nats_Close();
    return 0;
}
