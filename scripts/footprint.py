"""Measures a handler's start and idle cost; run by scripts/footprint."""

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time

GOAL_RSS_MB = 20
GOAL_START_MS = 60
GOAL_IDLE_PERCENT = 0.2
STARTS = 11
IDLE_SECONDS = 10
ORDER = '{"orderID":"A-1","sku":"tea","quantity":2,"total":1980}'


def wait_for(condition, what, seconds=20):
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            sys.exit(f"footprint: {what} did not happen within {seconds} s")
        time.sleep(0.002)
    return value


def first_event(troupe, home, flow):
    out = subprocess.run([troupe, "trace", flow, "--format", "json", "--home", home], capture_output=True, text=True)
    if out.returncode != 0:
        return None
    steps = json.loads(out.stdout)["steps"]
    return steps[1]["time"] if len(steps) > 1 else None


def seconds_of(rfc3339):
    from datetime import datetime

    return datetime.fromisoformat(rfc3339.replace("Z", "+00:00")).timestamp()


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rss_mb(pid):
    with open(f"/proc/{pid}/status") as file:
        for line in file:
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
    raise SystemExit("footprint: no VmRSS")


def start_once(troupe, order):
    with tempfile.TemporaryDirectory(prefix="troupe-") as home:
        flow = subprocess.run(
            [troupe, "publish", "shop.order.placed", ORDER, "--home", home], capture_output=True, text=True, check=True
        ).stdout.split()[1]
        began = time.time()
        process = subprocess.Popen([order, "--home", home])
        handled = wait_for(lambda: first_event(troupe, home, flow), "the first event")
        process.send_signal(signal.SIGTERM)
        process.wait()
        return (seconds_of(handled) - began) * 1000


def idle(troupe, order):
    with tempfile.TemporaryDirectory(prefix="troupe-") as home:
        process = subprocess.Popen([order, "--home", home])
        wait_for(lambda: os.path.exists(f"{home}/directory/order.0.json"), "the handler's start")
        time.sleep(2)
        before = cpu_seconds(process.pid)
        time.sleep(IDLE_SECONDS)
        percent = (cpu_seconds(process.pid) - before) / IDLE_SECONDS * 100
        memory = rss_mb(process.pid)
        process.send_signal(signal.SIGTERM)
        process.wait()
        return memory, percent


def main():
    folder = sys.argv[1]
    troupe, order = f"{folder}/troupe", f"{folder}/shop-order"
    starts = [start_once(troupe, order) for _ in range(STARTS)]
    start = statistics.median(starts)
    memory, percent = idle(troupe, order)
    rows = [
        ("exec to first event handled", start, "ms", GOAL_START_MS, f"{min(starts):.0f} to {max(starts):.0f}"),
        ("idle memory (RSS)", memory, "MB", GOAL_RSS_MB, ""),
        ("idle processor", percent, "% of a core", GOAL_IDLE_PERCENT, f"over {IDLE_SECONDS} s"),
    ]
    missed = False
    for name, value, unit, goal, note in rows:
        verdict = "ok" if value <= goal else "MISSED"
        missed |= value > goal
        print(f"{name:30} {value:8.1f} {unit:12} goal {goal:5} {verdict:7} {note}")
    sys.exit(1 if missed else 0)


main()
