"""What this machine is, without its name."""

import os
import platform
import statistics
import tempfile
import time


def fdatasync_us(folder):
    """The time of one append of 512 bytes and its fdatasync, median of 200, in microseconds."""
    times = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(200):
            os.write(file.fileno(), b"x" * 512)
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - began)
    return statistics.median(times) * 1e6


def file_system(folder):
    best, kind = "", "unknown"
    path = os.path.realpath(folder)
    with open("/proc/mounts") as file:
        for line in file:
            _, place, name, *_ = line.split()
            if (path == place or path.startswith(place.rstrip("/") + "/")) and len(place) >= len(best):
                best, kind = place, name
    return kind


def facts(folder):
    model = "unknown"
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": model,
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "kernel": platform.release().split("-")[0],
        "file_system": file_system(folder),
        "fdatasync_us": round(fdatasync_us(folder), 1),
        "load_before": os.getloadavg()[0],
    }


def line(facts):
    return (
        f"{facts['cores']} cores ({facts['processor']}), {facts['memory_gb']} GB, Linux {facts['kernel']},"
        f" {facts['file_system']}, fdatasync of 512 B {facts['fdatasync_us']} us, load {facts['load_before']:.2f}"
    )
