"""What handlers cost that do nothing, start, or are stuck."""

import time

import throughput
from report import Row


def pss_mb(pid):
    """Memory of a process with its part of what it shares, in MB."""
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Pss:")) / 1024


def cost(bed, nodes):
    """Percent of a core over some seconds, once the start is over."""
    time.sleep(1)
    before, seconds = sum(node.cpu_seconds() for node in nodes), 3 if bed.quick else 20
    time.sleep(seconds)
    return (sum(node.cpu_seconds() for node in nodes) - before) / seconds * 100


def idle(bed):
    """memory and processor time of handlers that hear nothing: 1, 20 and 100 of them; and one with 10 publishers"""
    result = []
    for count in (1, 20) if bed.quick else (1, 20, 100):
        with bed.home() as home:
            nodes = [bed.node("part", "--home", home, "--name", f"part{i}", "--durability", "synced") for i in range(count)]
            for node in nodes:
                node.must_hear("hearing")
            percent = cost(bed, nodes)
            for what, unit, value in (
                ("resident memory of one", "MB", max(node.memory_mb() for node in nodes)),
                ("memory in all", "MB", sum(pss_mb(node.pid) for node in nodes)),
                ("processor in all", "% core", percent),
            ):
                result.append(Row("idle", f"{count} handlers: {what}", unit, [value], detail={"x": count}))
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
