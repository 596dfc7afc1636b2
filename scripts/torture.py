"""Tortures a choreography of real processes; run by scripts/torture.

Five handlers pass events on (begun, passed, left and right, ended), and each leaves a line in a file before it answers.
While a steady stream is published, processes are killed with -9, halted for longer than any timeout, and starved of
descriptors and disk. In the end everything runs again, and the auditor counts.
"""

import argparse
import collections
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import audit

ROLES = ["head", "fork", "left", "right", "tail"]
KEYS = [f"k{number}" for number in range(8)]
FIRST = "torture.begun"


def say(text):
    print(f"{time.monotonic() - STARTED:6.1f} s  {text}", flush=True)


STARTED = time.monotonic()


class Failure(Exception):
    pass


class Troupe:
    """A home with its handlers, restarted whenever they end, and its publishers."""

    def __init__(self, bin, folder, rng):
        self.bin = bin
        self.folder = folder
        self.home = os.path.join(folder, "home")
        self.rng = rng
        self.handlers = {}
        self.limits = {}
        self.died = set()  # pids of handlers that did not end by themselves
        self.killed = collections.Counter()
        self.ended = collections.Counter()  # (role, status) that nobody asked for
        self.publishers = []
        self.number = 0
        self.heavy = 0  # percent
        self.confirmed = set()
        self.offered = set()
        self.refused = 0
        self.refusals = collections.Counter()
        self.named = {}
        os.makedirs(os.path.join(folder, "logs"), exist_ok=True)

    def environment(self):
        return {**os.environ, "TROUPE_HOME": self.home}

    # Handlers

    def start(self, role):
        command = [os.path.join(self.bin, "torture-handler"), "--set", f"role={role}", "--set",
                   f"effects={self.folder}/effects.{role}", "--durability", self.rng.choice(["synced", "written"])]
        if role == "tail":
            command += ["--lanes", "4"]
        limit = self.limits.get(role)
        if limit:
            command = ["bash", "-c", f'ulimit -n {limit}; exec "$@"', "limited", *command]
        with open(f"{self.folder}/logs/{role}", "ab") as log:
            self.handlers[role] = subprocess.Popen(
                command, env=self.environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def supervise(self):
        """Restarts what ended, and takes note of publishers that did."""
        for role in ROLES:
            process = self.handlers.get(role)
            if process is None:
                self.start(role)
            elif process.poll() is not None:
                if process.returncode != 0:
                    self.died.add(process.pid)
                if process.returncode != -signal.SIGKILL:
                    self.ended[f"{role} {process.returncode}"] += 1
                self.start(role)
        for publisher in self.publishers[:]:
            if publisher.tend():
                self.publishers.remove(publisher)

    def kill(self, role):
        process = self.handlers[role]
        if process.poll() is None:
            process.kill()
            process.wait()
            self.died.add(process.pid)
            self.killed[role] += 1
        self.start(role)

    def signal(self, role, number):
        process = self.handlers[role]
        if process.poll() is None:
            process.send_signal(number)

    def stop(self):
        for publisher in self.publishers:
            publisher.end()
        for process in self.handlers.values():
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
        slow = []
        for role, process in self.handlers.items():
            try:
                process.wait(timeout=20)
                if process.returncode != 0:
                    slow.append(f"{role} ended with {process.returncode} on SIGTERM")
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                slow.append(f"{role} did not end within 20 s of SIGTERM")
        self.handlers = {}
        return slow

    def abandon(self):
        for publisher in self.publishers:
            publisher.end()
        for process in self.handlers.values():
            if process.poll() is None:
                process.kill()
                process.wait()

    # Publishers

    def line(self, number):
        """The data of an event; some are so large that segments are full soon."""
        if number % 100 >= self.heavy:
            return b'{"n":%d}\n' % number
        return b'{"pad":"%s","n":%d}\n' % (b"x" * (number * 7919 % 60_000), number)

    def numbers(self, count):
        first = self.number + 1
        self.number += count
        return range(first, first + count)

    def publish_lines(self, count, rate):
        self.publishers.append(Publisher(self, self.numbers(count), rate))

    def publish_one(self, name=None):
        """One event under a name of its own, again and again until it is confirmed."""
        if name is None:
            number = self.numbers(1)[0]
            name = f"torture-{number}"
            self.named[name] = number
        self.publishers.append(Publisher(self, [self.named[name]], 0, name))

    def publish_now(self, count):
        publisher = Publisher(self, self.numbers(count), 0)
        publisher.process.wait(timeout=60)
        publisher.tend()
        return publisher.process.returncode

    def effects(self, role):
        """(event, attempt, pid) of each line; a last one that is cut short does not count."""
        path = f"{self.folder}/effects.{role}"
        if not os.path.exists(path):
            return
        with open(path, encoding="ascii") as file:
            for line in file:
                event, attempt, pid = line.split()
                yield event, int(attempt), int(pid)


class Publisher:
    """A `troupe publish` that is fed from a file."""

    def __init__(self, troupe, numbers, rate, name=None):
        self.troupe = troupe
        self.numbers = numbers
        self.name = name
        self.killed = False
        command = [os.path.join(troupe.bin, "troupe"), "publish", FIRST]
        if name:
            command += [f'{{"n":{numbers[0]}}}', "--id", name]
        else:
            command += ["-", "--lines"]
            if troupe.rng.random() < 0.7:
                command += ["--key", troupe.rng.choice(KEYS)]
        command += ["--durability", troupe.rng.choice(["synced", "written"])]
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            command, env=troupe.environment(), stdin=subprocess.DEVNULL if name else subprocess.PIPE,
            stdout=self.log, stderr=subprocess.STDOUT)
        self.rest = list(numbers) if not name else []
        self.rate = rate
        self.begun = time.monotonic()
        self.fed = 0
        troupe.offered.update(numbers)
        if not name:
            os.set_blocking(self.process.stdin.fileno(), False)
            self.waiting = b""
            self.feed()

    def feed(self):
        """Hands over the lines that are due, as many as go in at once."""
        pipe = self.process.stdin
        if pipe is None or pipe.closed:
            return
        due = len(self.numbers) if not self.rate else int((time.monotonic() - self.begun) * self.rate) + 1
        if self.fed < due:
            lines = self.rest[self.fed : due]
            self.waiting += b"".join(self.troupe.line(number) for number in lines)
            self.fed += len(lines)
        try:
            if self.waiting:
                self.waiting = self.waiting[os.write(pipe.fileno(), self.waiting) :]
            if not self.waiting and self.fed >= len(self.rest):
                pipe.close()
        except BlockingIOError:
            pass
        except BrokenPipeError:
            pipe.close()

    def tend(self):
        """Feeds it; True once it has ended."""
        self.feed()
        status = self.process.poll()
        if status is None:
            return False
        if self.process.stdin and not self.process.stdin.closed:
            self.process.stdin.close()
        self.log.seek(0)
        text = self.log.read().decode("utf-8", "replace")
        self.log.close()
        if status == 0:
            if not self.name and f"published {len(self.numbers)} event" not in text:
                raise Failure(f"a publisher of {len(self.numbers)} lines ended with 0 and said: {text}")
            self.troupe.confirmed.update(self.numbers)
        elif status != -signal.SIGKILL:
            self.troupe.refused += 1
            self.troupe.refusals[re.sub(r"[0-9]+", "N", text.strip()[:300].replace(self.troupe.folder, "…"))] += 1
        if status != 0 and self.name:
            self.troupe.publish_one(self.name)
        return True

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
            self.troupe.killed["publish"] += 1

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()


# The acts ---------------------------------------------------------------------------------------------------------


class Torture:
    def __init__(self, arguments, folder):
        self.rng = random.Random(arguments.seed)
        self.seconds = arguments.seconds
        self.short = arguments.short
        self.rate = arguments.rate
        self.bin = arguments.bin
        self.folder = folder
        self.problems = []
        self.troupe = Troupe(arguments.bin, os.path.join(folder, "t"), self.rng)

    def problem(self, text):
        self.problems.append(text)
        say(f"PROBLEM: {text}")

    def storm(self, seconds, kills=True, sparing=()):
        """Publishes steadily; with `kills`, something dies every 50 to 400 ms."""
        troupe, rng = self.troupe, self.rng
        end = time.monotonic() + seconds
        next_kill = time.monotonic() + 0.2
        next_one = time.monotonic()
        while (now := time.monotonic()) < end:
            troupe.supervise()
            if sum(1 for p in troupe.publishers if not p.name) < 2:
                troupe.publish_lines(rng.randint(20, self.rate), self.rate)
            if now >= next_one and sum(1 for p in troupe.publishers if p.name) < 2:
                troupe.publish_one()
                next_one = now + 0.2
            if kills and now >= next_kill:
                next_kill = now + rng.uniform(0.05, 0.4)
                roles = [role for role in ROLES if role not in sparing]
                if roles and rng.random() < 0.75:
                    # Now and then several at once, or one that has only just begun to start.
                    for role in rng.sample(roles, min(len(roles), rng.choice([1, 1, 1, 2, 5]))):
                        troupe.kill(role)
                    if rng.random() < 0.2:
                        time.sleep(rng.uniform(0, 0.04))
                        troupe.kill(role)
                elif troupe.publishers:
                    rng.choice(troupe.publishers).kill()
            time.sleep(0.01)

    def halt(self, seconds):
        """Halts a handler for longer than any timeout, which is a subscriber that never reads, and continues it."""
        troupe = self.troupe
        role = self.rng.choice(["fork", "left", "right", "tail"])
        say(f"halts {role} for {seconds} s, and kills others")
        troupe.supervise()
        troupe.signal(role, signal.SIGSTOP)
        pid = troupe.handlers[role].pid
        self.storm(seconds / 2, sparing=[role])
        self.storm(seconds / 2, kills=False)
        troupe.signal(role, signal.SIGCONT)
        self.storm(1, kills=False)
        if troupe.handlers[role].pid != pid:
            self.problem(f"{role} did not survive being halted; see its log")

    def halt_publisher(self):
        """A publisher that is halted may hold the lock of the ingress journal; others wait, and go on."""
        say("halts publishers for 1 s each")
        for _ in range(2 if self.short else 6):
            self.storm(0.3, kills=False)
            running = [p for p in self.troupe.publishers if p.process.poll() is None]
            for publisher in running[:1]:
                publisher.process.send_signal(signal.SIGSTOP)
                self.storm(1, kills=False)
                publisher.process.send_signal(signal.SIGCONT)

    def starve(self, seconds):
        """A few descriptors only: a handler works, or dies and comes back."""
        limits = [12, 24] if self.short else [8, 12, 16, 20, 24, 28, 32, 40, 64]
        for limit in limits:
            role = self.rng.choice(ROLES)
            self.troupe.limits[role] = limit
            self.troupe.kill(role)
            before = sum(self.troupe.ended.values())
            self.storm(seconds / len(limits), sparing=ROLES)
            deaths = sum(self.troupe.ended.values()) - before
            say(f"{role} with {limit} descriptors: " + (f"died {deaths} times" if deaths else "works"))
            del self.troupe.limits[role]
            self.troupe.kill(role)

    def settle(self, troupe, limit, allow_set_back=False):
        """Lets everything run undisturbed until nothing is open, and returns the audit."""
        end = time.monotonic() + limit
        while troupe.publishers and time.monotonic() < end:
            troupe.supervise()
            time.sleep(0.02)
        if troupe.publishers:
            self.problem(f"{len(troupe.publishers)} publishers did not end within {limit} s")
        say("settles: no publisher is left")
        environment = troupe.environment()
        for key in [*KEYS, None]:
            troupe.supervise()
            number = troupe.numbers(1)[0]
            troupe.offered.add(number)
            command = [os.path.join(self.bin, "troupe"), "publish", FIRST, f'{{"n":{number}}}', "--await", "--timeout",
                       f"{max(5, int(end - time.monotonic()))}s"]
            done = subprocess.run(command + (["--key", key] if key else []), env=environment, capture_output=True, text=True)
            if done.returncode != 0:
                self.problem(f"a last event of key {key} ended with {done.returncode}: {(done.stdout + done.stderr)[-800:]}")
                break
            troupe.confirmed.add(number)
        say("settles: a last event of each key is done")
        while True:
            troupe.supervise()
            result = audit.Audit(troupe.home).run()
            if result.is_clean(allow_dead=True, allow_open=False, allow_set_back=allow_set_back) or time.monotonic() > end:
                break
            time.sleep(0.5)
        say("settles: the audit finds nothing open" if result.is_clean(True, False, allow_set_back) else "settles: time is up")
        for text in troupe.stop():
            self.problem(text)
        say("settles: every handler has ended")
        return audit.Audit(troupe.home).run()

    def judge(self, name, troupe, result, allow_set_back=False):
        result.print()
        if not result.is_clean(allow_dead=False, allow_open=False, allow_set_back=allow_set_back):
            self.problem(f"{name}: the audit is not clean")
        # Confirmed events are there, each once; events of killed publishers at most once.
        found = collections.Counter()
        folder = os.path.join(troupe.home, "journals", "ingress.0")
        for part in audit.segments(folder, "ingress.0"):
            for match in re.finditer(rb'"n":([0-9]+)\}', part.data):
                found[int(match[1])] += 1
        lost = [number for number in troupe.confirmed if not found[number]]
        more = [number for number, count in found.items() if count > 1]
        strange = [number for number in found if number not in troupe.offered]
        print(f"{name}: {len(troupe.offered)} events offered, {len(troupe.confirmed)} confirmed, {len(found)} found;"
              f" confirmed and lost {len(lost)}, found twice {len(more)}")
        if lost or more or strange:
            self.problem(f"{name}: publishers: lost {lost[:5]}, twice {more[:5]}, never offered {strange[:5]}")
        # Who was put back to before it handled something handles it again.
        if not allow_set_back:
            self.judge_effects(name, troupe, result)

    def judge_effects(self, name, troupe, result):
        """Each event that was handled left a line; a second one only where a process was killed behind the first."""
        reverse = {}
        for identity, position in result.ids.items():
            reverse[position] = identity
        missing = lines = repeated = strange = 0
        for role in ROLES:
            seen = {}
            for event, attempt, pid in troupe.effects(role):
                lines += 1
                before = seen.get((event, attempt))
                if before is not None:
                    repeated += 1
                    if before not in troupe.died:
                        strange += 1
                        if strange <= 5:
                            self.problem(f"{name}: {role}: {event} attempt {attempt} ran again, but {before} did not die")
                seen[event, attempt] = pid
            for (handler, stream), hearing in result.hearings.items():
                if handler != role:
                    continue
                index = result.streams[stream].index
                for sequence, state in enumerate(hearing.state):
                    if state == audit.HANDLED + 1:
                        identity = reverse.get(index << 48 | sequence, b"?").decode()
                        if not any((identity, attempt) in seen for attempt in range(1, 6)):
                            missing += 1
                            if missing <= 5:
                                self.problem(f"{name}: {role} handled {identity} without an effect")
        print(f"{name}: effects {lines}, of them repeated after a kill {repeated}, repeated without one {strange},"
              f" missing {missing}")

    def full_disk(self, seconds):
        """A home on a file system that is full for a while: nothing is published or handled then, and nothing lost."""
        place = os.path.join(self.folder, "disk")
        os.makedirs(place)
        mounted = os.geteuid() == 0 and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", place], capture_output=True).returncode == 0
        if not mounted:
            say("skipped: the full disk, which needs root and a mount")
            return
        self.mounts = [place]
        troupe = Troupe(self.bin, os.path.join(self.folder, "f"), self.rng)
        troupe.home = os.path.join(place, "home")
        main, self.troupe = self.troupe, troupe
        try:
            self.storm(1, kills=False)
            rounds = 1 if self.short else 3
            for turn in range(rounds):
                ballast = os.path.join(place, "ballast")
                refused = troupe.refused
                with open(ballast, "wb", buffering=0) as file:
                    try:
                        while True:
                            file.write(bytes(4096))
                    except OSError:
                        pass
                used = sum(os.path.getsize(os.path.join(f, n)) for f, _, names in os.walk(troupe.home) for n in names)
                say(f"full disk: the home has {used >> 10} KiB")
                before = sum(troupe.ended.values())
                self.storm(seconds / rounds / 2, kills=turn > 0)
                say(f"full disk: {troupe.refused - refused} publishers refused,"
                    f" {sum(troupe.ended.values()) - before} handlers ended")
                if troupe.refused == refused and all(p.process.poll() is not None for p in troupe.publishers):
                    self.problem("nobody was refused or blocked on a full disk")
                os.unlink(ballast)
                self.storm(seconds / rounds / 2, kills=False)
            for text, count in troupe.refusals.most_common(5):
                print(f"    {count} × {text}")
            for text, count in troupe.ended.most_common(5):
                print(f"    {count} × handler ended: {text}")
            self.judge("full disk", troupe, self.settle(troupe, 60))
        finally:
            self.troupe = main
            troupe.abandon()
            subprocess.run(["umount", "-l", place], check=False)

    def restore(self, seconds):
        """Journals are copied away while everything runs, and put back later: what is published then is handled, once."""
        ways = ["command", "as new files", "in place"]
        for turn in range(1 if self.short else 4):
            way = self.rng.choice(ways)
            troupe = Troupe(self.bin, os.path.join(self.folder, f"r{turn}"), self.rng)
            main, self.troupe = self.troupe, troupe
            try:
                self.storm(max(1, seconds / 8))
                copy = os.path.join(self.folder, f"copy{turn}")
                if way == "command":
                    self.troupe_command(troupe, "backup", copy)
                else:
                    shutil.copytree(troupe.home, copy, ignore=shutil.ignore_patterns("run", "*.tmp"))
                self.storm(max(1, seconds / 8))
                for text in troupe.stop():
                    # One that was killed and has only just begun again does not listen yet.
                    if "with -15" not in text:
                        self.problem(text)
                name = self.rng.choice(["ingress", *ROLES])
                before = self.put_back(troupe, copy, name, way)
                say(f"restore: {name} is put back, {way}")
                # What was confirmed before may be gone, or be there; what is confirmed from here on is not lost.
                troupe.offered |= before
                troupe.confirmed.clear()
                troupe.publishers.clear()
                self.storm(max(1, seconds / 8))
                result = self.settle(troupe, 60, allow_set_back=True)
                self.judge(f"restore ({name}, {way})", troupe, result, allow_set_back=True)
            finally:
                self.troupe = main
                troupe.abandon()

    def troupe_command(self, troupe, *words):
        done = subprocess.run([os.path.join(self.bin, "troupe"), *words], env=troupe.environment(), capture_output=True,
                              text=True)
        if done.returncode != 0:
            self.problem(f"troupe {' '.join(words)} ended with {done.returncode}: {(done.stdout + done.stderr)[-800:]}")
        return done.stdout

    def put_back(self, troupe, copy, name, way):
        """Puts a journal back. Returns the numbers of the events that it and the one before it hold."""
        journal = os.path.join(troupe.home, "journals", f"{name}.0")
        numbers = set()
        for folder in [os.path.join(troupe.home, "journals", "ingress.0"), os.path.join(copy, "journals", "ingress.0")]:
            for part in audit.segments(folder, "ingress.0"):
                numbers |= {int(match[1]) for match in re.finditer(rb'"n":([0-9]+)\}', part.data)}
        source = os.path.join(copy, "journals", f"{name}.0")
        if way == "command":
            self.troupe_command(troupe, "restore", copy, name)
        elif way == "as new files" or len(os.listdir(journal)) != len(os.listdir(source)):
            shutil.rmtree(journal)
            shutil.copytree(source, journal)
        else:
            for file in os.listdir(source):
                shutil.copy2(os.path.join(source, file), os.path.join(journal, file))
            # The mark of a copy that was made while the journal grew may tell of more than the segments: as the message says.
            os.unlink(os.path.join(journal, "mark"))
        return numbers

    def damage(self, seconds):
        """Cuts and flips a small journal at many offsets: it is noticed or cut, and never served."""
        source = Troupe(self.bin, os.path.join(self.folder, "d"), self.rng)
        source.home = os.path.join(source.folder, "home")
        for _ in range(3):
            if source.publish_now(3) != 0:
                raise Failure("publishing to an empty home failed")
        folder = os.path.join(source.home, "journals", "ingress.0")
        name = next(n for n in os.listdir(folder) if n.endswith(".seg"))
        path, mark = os.path.join(folder, name), os.path.join(folder, "mark")
        with open(path, "rb") as file:
            whole = file.read()
        with open(mark, "rb") as file:
            mark_bytes = file.read()
        genuine = set(re.findall(rb'\{"n":[0-9]+\}', whole))
        tried = collections.Counter()
        end = time.monotonic() + seconds

        def attempt(kind, data, mark_data):
            with open(path, "wb") as file:
                file.write(data)
            if os.path.exists(mark):
                os.unlink(mark)
            if mark_data is not None:
                with open(mark, "w+b", buffering=0) as file:
                    file.write(mark_data)
                    if mark_data is mark_bytes:
                        # As its writer would have left it here: that of another file or time proves nothing.
                        status = os.fstat(file.fileno())
                        own = mark_data[:64] + struct.pack(
                            "<QQq", status.st_dev, status.st_ino, time.time_ns() // 1000)
                        file.seek(0)
                        file.write(own + struct.pack("<I", audit.crc32c(own)))
            command = [os.path.join(self.bin, "troupe"), "journal", "verify"]
            verify = subprocess.run(command, env=source.environment(), capture_output=True, text=True)
            if verify.returncode not in (0, 1):
                self.problem(f"{kind}: verify ended with {verify.returncode}: {verify.stderr[-300:]}")
            if kind[1] % 2 == 0:
                served = subprocess.run(
                    [os.path.join(self.bin, "troupe"), "journal", "cat", "--json"], env=source.environment(),
                    capture_output=True)
                if served.returncode not in (0, 1):
                    self.problem(f"{kind}: cat ended with {served.returncode}")
                if not set(re.findall(rb'\{"n":[0-9]+\}', served.stdout)) <= genuine:
                    self.problem(f"{kind}: what was never published was served")
            with open(path, "rb") as file:
                if file.read() != data:
                    self.problem(f"{kind}: a reader changed the file")
            if verify.returncode == 0 and kind[0] in ("cut", "flip"):
                self.problem(f"{kind}: verify says that it is whole")
            tried[kind[0], "noticed" if verify.returncode == 1 else "cut"] += 1
            # A writer must stop too, or leave only what was good.
            if kind[1] % 3 == 0 or kind[0] == "cut, no mark":
                publish = subprocess.run(
                    [os.path.join(self.bin, "troupe"), "publish", FIRST, '{"n":0}'], env=source.environment(),
                    capture_output=True, text=True)
                if kind[0] in ("cut", "flip") and publish.returncode == 0:
                    self.problem(f"{kind}: published to a damaged journal")
                if publish.returncode not in (0, 1):
                    self.problem(f"{kind}: publish ended with {publish.returncode}")
                if publish.returncode == 0:
                    result = audit.Audit(source.home).run()
                    if result.counts["damaged"] or result.counts["doubled"] or result.counts["lost"]:
                        self.problem(f"{kind}: after a start: {result.lines[:3]}")

        offsets = list(range(0, len(whole), 7))
        self.rng.shuffle(offsets)
        done = 0
        for offset in offsets:
            if time.monotonic() > end:
                break
            done += 1
            flipped = bytearray(whole)
            flipped[offset] ^= 1 << self.rng.randrange(8)
            attempt(("cut", offset), whole[:offset], mark_bytes)
            attempt(("flip", offset), bytes(flipped), mark_bytes)
            if done % 3:
                continue
            torn = bytearray(mark_bytes)
            torn[offset % len(torn)] ^= 1 << self.rng.randrange(8)
            attempt(("torn mark", offset), whole, bytes(torn))
            attempt(("cut, no mark", offset), whole[:offset], None)
            attempt(("tail", offset), whole + flipped[:offset], mark_bytes)
        say(f"damage: {sum(tried.values())} journals, spoiled at {done} of {len(offsets)} offsets: " + ", ".join(
            f"{kind} {what} {count}" for (kind, what), count in sorted(tried.items())))

    def run(self, only):
        share = self.seconds
        if only in (None, "torture"):
            self.torture(share)
        if only in (None, "disk"):
            say("full disk")
            self.full_disk(share if only else share * 0.1)
        if only in (None, "restore"):
            say("restore")
            self.restore(share if only else share * 0.1)
        if only in (None, "damage"):
            say("damage")
            self.damage(share if only else max(share * 0.08, 2))

    def torture(self, share):
        self.troupe.heavy = 1 if self.short else 20
        say(f"kills for {share * 0.35:.0f} s")
        self.storm(share * 0.35)
        self.halt(3 if self.short else 12)
        self.halt_publisher()
        self.starve(share * 0.08)
        self.troupe.heavy = 0
        say("settles")
        self.judge("torture", self.troupe, self.settle(self.troupe, 60 + self.seconds))
        folder = os.path.join(self.troupe.home, "journals")
        parts = {name: sum(n.endswith(".seg") for n in os.listdir(os.path.join(folder, name)))
                 for name in audit.journals(self.troupe.home)}
        print("segments: " + ", ".join(f"{name} {count}" for name, count in sorted(parts.items())))
        print("killed: " + ", ".join(f"{name} {count}" for name, count in sorted(self.troupe.killed.items()))
              + f", in all {sum(self.troupe.killed.values())}")
        for text, count in self.troupe.ended.most_common(10):
            print(f"    {count} × handler ended: {text}")
        for text, count in self.troupe.refusals.most_common(10):
            print(f"    {count} × publisher: {text}")


def main():
    parser = argparse.ArgumentParser(description="Tortures a choreography of real processes, and counts.")
    parser.add_argument("--seconds", type=float, default=120, help="about how long it takes (default 120)")
    parser.add_argument("--short", action="store_true", help="about 40 seconds")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="what is killed when")
    parser.add_argument("--rate", type=int, default=150, help="lines a second of each of two publishers")
    parser.add_argument("--bin", required=True, help="where the executables are")
    parser.add_argument("--only", choices=["torture", "disk", "restore", "damage"], help="only one part")
    parser.add_argument("--keep", action="store_true", help="leave the folder, with the homes and logs")
    arguments = parser.parse_args()
    if arguments.short:
        arguments.seconds = 10
    folder = tempfile.mkdtemp(prefix="troupe-torture.")
    say(f"seed {arguments.seed}, {folder}")
    torture = Torture(arguments, folder)
    try:
        torture.run(arguments.only)
    except Exception:
        torture.problem(traceback.format_exc())
    finally:
        torture.troupe.abandon()
        if torture.problems or arguments.keep:
            print(f"homes and logs are in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    if torture.problems:
        print(f"{len(torture.problems)} problems with seed {arguments.seed}:")
        for text in torture.problems:
            print(f"  {text}")
        sys.exit(1)
    say("nothing was lost or doubled")


if __name__ == "__main__":
    main()
