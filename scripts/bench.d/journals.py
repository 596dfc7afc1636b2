"""Long journals: catching up from one, restarting with one behind, and how both grow."""

import time

from report import Row

CATCH_UP_GOAL = 2e6
RESTART_GOAL_MS = 1000


def catch_up_once(bed, count):
    """Events per second of a handler that starts when everything has been published, and its publisher is gone."""
    with bed.home() as home:
        with bed.node("source", "--home", home, "--durability", "written", "--count", count) as source:
            source.must_hear("ready")
            source.tell("go")
            source.must_hear("published", 600)
        with bed.node("part", "--home", home, "--name", "part0", "--durability", "written") as part:
            hearing = part.must_hear("hearing")
            done = part.must_hear("done", 600)
        bed.check(count, [done])
        bed.audit(home)
        return {"events": count, "per_second": count / (done["at"] - hearing["at"]) * 1e9}


def catch_up(bed):
    """a handler that starts behind a journal that is already there"""
    counts = (100_000, 400_000) if bed.quick else (100_000, 1_000_000, 10_000_000)
    result = []
    for count in counts:
        runs = [catch_up_once(bed, count) for _ in range(1 if bed.quick or count >= 10_000_000 else bed.runs)]
        goal = CATCH_UP_GOAL if count == counts[-1] else None
        row = Row("catch-up", f"{count:,} events behind", "/s", [run["per_second"] for run in runs], goal=goal)
        row.detail = {"x": count, "runs": runs}
        result.append(row)
    return result


def start_once(bed, home):
    """Milliseconds from exec until the handler hears, after it was killed."""
    began = time.monotonic_ns()
    part = bed.node("part", "--home", home, "--name", "part0", "--durability", "written")
    took = (part.must_hear("hearing")["at"] - began) / 1e6
    part.process.kill()
    part.process.wait()
    return took


def restart(bed):
    """exec until a killed handler hears again, by the entries of its journal"""
    counts = (1_000, 100_000, 1_000_000) if bed.quick else (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
    result = []
    for count in counts:
        with bed.home() as home:
            with bed.node("fill", "--home", home, "--name", "part0", "--entries", count) as fill:
                fill.must_hear("filled", 600)
            runs = [start_once(bed, home) for _ in range(max(3, bed.runs))]
            megabytes = bed.disk_bytes(home) / 1e6
        goal = RESTART_GOAL_MS if count == counts[-1] else None
        row = Row("restart", f"{count:,} entries behind ({megabytes:,.0f} MB)", "ms", runs, goal=goal, at_most=True)
        row.detail = {"x": count}
        result.append(row)
    return result
