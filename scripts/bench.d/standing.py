"""What handlers cost that do nothing, start, or are stuck."""

import ctypes
import os
import select
import sys
import time

import throughput
from report import Row


def pss_mb(pid):
    """Memory of a process with its part of what it shares, in MB."""
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Pss:")) / 1024


def cost(bed, nodes):
    """Percent of a core over some seconds, once the start is over."""
    # Tips come often at first, then every five seconds.
    time.sleep(3 if bed.quick else 25)
    before, seconds = sum(node.cpu_seconds() for node in nodes), 5 if bed.quick else 20
    time.sleep(seconds)
    return (sum(node.cpu_seconds() for node in nodes) - before) / seconds * 100


# Percent of a core, of so many handlers of which each hears another.
IDLE_GOALS = {20: 0.5, 100: 3}


def ring(count):
    """Each hears one other."""
    return [("--hears", f"ring{i}", "--says", f"ring{(i + 1) % count}") for i in range(count)]


def crowd(count):
    """Everybody hears everybody, and itself."""
    return [("--hears", "crowd", "--says", "crowd")] * count


def idle(bed):
    """memory and processor time of handlers that hear nothing: 1, 20 and 100 of them; and one with 10 publishers"""
    result = []
    shapes = [("in a ring", ring, count) for count in (1, 20, 100)]
    shapes += [("that all hear all", crowd, count) for count in ((20,) if bed.quick else (20, 100))]
    for shape, topics, count in shapes:
        with bed.home() as home:
            nodes = [
                bed.node("part", "--home", home, "--name", f"part{i}", "--durability", "synced", *words)
                for i, words in enumerate(topics(count))
            ]
            for node in nodes:
                node.must_hear("hearing")
            percent = cost(bed, nodes)
            many = f"{count} handlers {shape}" if count > 1 else "1 handler"
            goal = IDLE_GOALS.get(count) if topics is ring else None
            for what, unit, value, limit in (
                ("resident memory of one", "MB", max(node.memory_mb() for node in nodes), None),
                ("memory in all", "MB", sum(pss_mb(node.pid) for node in nodes), None),
                ("processor in all", "% core", percent, goal),
            ):
                result.append(Row("idle", f"{many}: {what}", unit, [value], goal=limit, at_most=True, detail={"x": count}))
            for node in nodes:
                node.end()
    with bed.home() as home:
        sources = [
            bed.node("source", "--home", home, "--durability", "synced", "--name", f"source{i}") for i in range(10)
        ]
        for source in sources:
            source.must_hear("ready")
        part = bed.node("part", "--home", home, "--name", "part0", "--durability", "synced")
        part.must_hear("hearing")
        throughput.warm(sources[0], [part])
        percent = cost(bed, [part])
        result.append(Row("idle", "1 handler, 10 publishers: resident", "MB", [part.memory_mb()], goal=20, at_most=True))
        result.append(Row("idle", "1 handler, 10 publishers: processor", "% core", [percent], goal=0.2, at_most=True))
        for node in [part, *sources]:
            node.end()
    return result


def death(bed):
    """a publisher is killed: until its consumer begins to read what was left, from its journal"""
    runs = [death_once(bed, phase) for phase in range(5 if bed.quick else 11)]
    return [Row("death", "kill -9 to its journal read at rest", "ms", runs, goal=100, at_most=True)]


def death_once(bed, phase):
    with bed.home() as home:
        source = bed.node("source", "--home", home, "--durability", "synced")
        source.must_hear("ready")
        part = bed.node("part", "--home", home, "--name", "part0", "--durability", "synced")
        part.must_hear("hearing")
        throughput.warm(source, [part])
        # Wherever its next look would be.
        time.sleep(1 + 0.13 * phase)
        opened = Opened(f"{home}/journals/source.0/mark")
        began = time.monotonic_ns()
        source.process.kill()
        if not opened.wait(60):
            sys.exit("bench: a killed publisher's journal was not read within 60 s")
        took = (time.monotonic_ns() - began) / 1e6
        source.process.wait()
        part.end()
        return took


class Opened:
    """Whether somebody opens a file from now on (inotify)."""

    def __init__(self, path):
        library = ctypes.CDLL(None, use_errno=True)
        self.descriptor = library.inotify_init1(os.O_CLOEXEC)
        is_open = 0x20
        if library.inotify_add_watch(self.descriptor, path.encode(), is_open) < 0:
            sys.exit(f"bench: {path} cannot be watched: {os.strerror(ctypes.get_errno())}")

    def wait(self, seconds):
        is_seen = bool(select.select([self.descriptor], [], [], seconds)[0])
        os.close(self.descriptor)
        return is_seen


def start_once(bed):
    with bed.home() as home:
        with bed.node("source", "--home", home, "--durability", "synced") as source:
            source.must_hear("ready")
            source.tell("warm")
        began = time.monotonic_ns()
        with bed.node("part", "--home", home, "--name", "part0", "--durability", "synced") as part:
            return (part.must_hear("warm")["at"] - began) / 1e6


def start(bed):
    """exec until the first event is reacted to"""
    runs = [start_once(bed) for _ in range(5 if bed.quick else 11)]
    return [Row("start", "exec to first event", "ms", runs, goal=60, at_most=True)]


def behind(bed):
    """a consumer that is stuck: its memory and the publisher's when it is far behind, and whether others are slowed"""
    count = 1_000_000 if bed.quick else 4_000_000
    free, stuck = [], []
    for _ in range(1 if bed.quick else 3):
        free.append(behind_once(bed, count, is_stuck=False))
        stuck.append(behind_once(bed, count, is_stuck=True))
    rates = [run["per_second"] for run in stuck]
    ratio = [run["per_second"] / other["per_second"] for run, other in zip(stuck, free)]
    published = [run["published_per_second"] / other["published_per_second"] for run, other in zip(stuck, free)]
    return [
        Row("behind", f"stuck {count:,} events behind: resident", "MB", [run["stuck_mb"] for run in stuck], goal=64,
            at_most=True),
        Row("behind", "its publisher: resident, peak", "MB", [run["source_mb"] for run in stuck], goal=64,
            at_most=True),
        Row("behind", "the other consumer", "/s", rates, ratio, "without a stuck one", 0.9),
        Row("behind", "the publisher", "/s", [run["published_per_second"] for run in stuck], published,
            "without a stuck one", 0.9),
    ]  # fmt: skip


def behind_once(bed, count, is_stuck):
    """One publisher and a handler; with another that stops at its thousandth event until all the rest is done."""
    with bed.home() as home:
        gate = f"{home}/gate"
        source = bed.node("source", "--home", home, "--durability", "written", "--count", count)
        parts = [bed.node("part", "--home", home, "--name", "quick", "--durability", "written")]
        if is_stuck:
            parts.append(bed.node("part", "--home", home, "--name", "stuck", "--durability", "written", "--gate", gate))
        source.must_hear("ready")
        for part in parts:
            part.must_hear("hearing")
        throughput.warm(source, parts)
        source.tell("go")
        sent = source.must_hear("published", 600)
        done = parts[0].must_hear("done", 600)
        result = {
            "per_second": count / (done["at"] - sent["start"]) * 1e9,
            "published_per_second": count / (sent["end"] - sent["start"]) * 1e9,
        }
        if is_stuck:
            open(gate, "w").close()
            bed.check(count, [done, parts[1].must_hear("done", 600)])
            result |= {"stuck_mb": parts[1].memory_mb("VmHWM"), "source_mb": source.memory_mb("VmHWM")}
        for node in (*parts, source):
            node.end()
        bed.audit(home)
        return result
