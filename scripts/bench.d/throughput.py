"""One publisher to consumers: events per second until the last one is handled and its entry stands at its level."""

import time

from node import Node
from report import Row

WARM_HOP_NS = 20_000_000
GOALS = {"written": 1.5, "synced": 1.0}


def raw(bed, size=256, transport="ipc", seconds=None, rate=0, sampled=False, fan_out=1):
    """One run of the baseline: what arrived per second at the slowest, an event per message."""
    with bed.home() as home:
        endpoint = f"ipc://{home}/raw" if transport == "ipc" else f"tcp://127.0.0.1:{bed.free_port()}"
        samples = [f"{home}/samples"] if sampled else []
        with bed.raw("pub", endpoint, size, seconds or bed.seconds, rate, fan_out) as pub:
            subs = [bed.raw("sub", endpoint, *samples) for _ in range(fan_out)]
            pub.must_hear("ready")
            pub.tell("go")
            sent = pub.must_hear("published", 600)
            done = max((sub.must_hear("done", 600) for sub in subs), key=lambda done: done["at"])
            memory = pub.memory_mb("VmHWM")
            pub.tell("end")
            for sub in subs:
                sub.end()
        latency = bed.percentiles(*samples) if sampled else {}
    return latency | {
        "events": done["reactions"],
        "per_second": done["reactions"] / (done["at"] - sent["start"]) * 1e9,
        "lost": sent["count"] - done["reactions"],
        "publisher_mb": memory,
    }


def warm(source, parts):
    """Publishes single events until each part hears one at once, which is when it is live."""
    waiting = list(parts)
    for _ in range(400):
        source.tell("warm")
        for part in list(waiting):
            said = part.hear("warm", 0.05)
            if said and said["hop"] < WARM_HOP_NS:
                waiting.remove(part)
        if not waiting:
            time.sleep(0.2)
            return
    raise SystemExit("bench: the parts were not live within 20 s")


def ours(bed, level, size=256, batch=512, fan_out=1, seconds=None, rate=0, sampled=False, chain=1, count=0):
    """One run of one publisher process and `fan_out` handler processes, or `chain` of them one behind the other.

    Ends when the slowest, or the last, has appended the last event. With `count` so many events are published, whatever
    the time.
    """
    with bed.home() as home:
        parts = []
        for i in range(fan_out * chain):
            command = ["part", "--home", home, "--name", f"part{i}", "--durability", level]
            if chain > 1 and i > 0:
                command += ["--hears", f"bench.event{i}"]
            if i < chain - 1:
                command += ["--says", f"bench.event{i + 1}"]
            if sampled and i == fan_out * chain - 1:
                command += ["--samples", f"{home}/samples"]
            parts.append(bed.node(*command))
        source = bed.node(
            "source", "--home", home, "--durability", level, "--size", size, "--batch", 1 if rate else batch,
            "--rate", rate, "--seconds", seconds or bed.seconds, "--count", count,
        )  # fmt: skip
        nodes: list[Node] = [*parts, source]
        try:
            source.must_hear("ready")
            for part in parts:
                part.must_hear("hearing")
            warm(source, parts)
            before, cpu = bed.disk_bytes(home), sum(node.cpu_seconds() for node in nodes)
            source.tell("go")
            sent = source.must_hear("published", 600)
            done = [part.must_hear("done", 600) for part in parts]
            cpu = sum(node.cpu_seconds() for node in nodes) - cpu
            for node in reversed(nodes):
                node.end()
        finally:
            for node in nodes:
                if node.process.poll() is None:
                    node.process.kill()
        bed.check(sent["count"], done)
        took = (max(part["at"] for part in done) - sent["start"]) / 1e9
        result = {
            "events": sent["count"],
            "per_second": sent["count"] / took,
            "published_per_second": sent["count"] / (sent["end"] - sent["start"]) * 1e9,
            "disk_mb_per_second": (bed.disk_bytes(home) - before) / took / 1e6,
            "events_per_entry": sent["count"] / max(1, done[0]["entries"]),
            "cpu_us_per_event": cpu / sent["count"] * 1e6,
        }
        if sampled:
            result |= bed.percentiles(f"{home}/samples")
        bed.audit(home, level)
    return result


def rows(name, base, ours_by_label, against, goals):
    """A row for the baseline and one for each of ours, with the ratio of each run to the baseline's next to it."""
    result = [Row(name, against, "/s", [run["per_second"] for run in base], detail={"runs": base})]
    for label, runs in ours_by_label.items():
        ratio = [run["per_second"] / other["per_second"] for run, other in zip(runs, base)]
        row = Row(name, label, "/s", [run["per_second"] for run in runs], ratio, against, goals.get(label))
        row.detail = {"runs": runs}
        result.append(row)
    return result


def measure(bed):
    """one publisher to one handler, 256 bytes, against raw libzmq"""
    base, runs = [], {level: [] for level in GOALS}
    for _ in range(bed.runs):
        base.append(raw(bed))
        for level in runs:
            runs[level].append(ours(bed, level))
    result = rows("throughput", base, runs, "raw libzmq, ipc", GOALS)
    result.append(Row("throughput", "raw libzmq: its publisher's memory", "MB", [run["publisher_mb"] for run in base]))
    for level, measured in runs.items():
        for what, unit, key in (
            (f"{level}: disk", "MB/s", "disk_mb_per_second"),
            (f"{level}: events in an entry", "", "events_per_entry"),
            (f"{level}: processor time of an event", "µs", "cpu_us_per_event"),
        ):
            result.append(Row("throughput", what, unit, [run[key] for run in measured]))
    return result
