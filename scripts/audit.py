#!/usr/bin/env python3
"""Reads the journals and registrations of a home, and counts what was promised: each event handled exactly once.

    scripts/audit.py HOME [--allow-dead] [--allow-open] [--allow-set-back] [--details N]
    scripts/audit.py --self-test [HOME]

Written from the articles RecordFormat, JournalFormat and WireProtocol alone, so that a mistake in the Swift code is not
made here once more. Reads versions 1 and 2. Needs no packages. Every checksum is computed. A running home may be read as well; what is on its
way then counts as open.

Prints `lost 0, doubled 0, out of order 0, dead letters 0, events N, handled M`, before it a line for anything else.
Exits with 1 unless all of that is 0 and nothing is damaged or open; with 2 when there is no home to read.
With --self-test it spoils copies of the home (without one, of a home that it writes itself), each in another way, and
exits with 1 when one of them passes.
"""

import argparse
import array
import fcntl
import json
import os
import re
import struct
import sys
import time

# CRC-32C ----------------------------------------------------------------------------------------------------------


def byte_table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


TABLE = byte_table()


def crc32c(data, start=0):
    """The checksum of some bytes, continued from the checksum `start`; for what is short and rare."""
    crc = start ^ 0xFFFFFFFF
    table = TABLE
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


class Checksums:
    """Checks many checksums at once.

    A CRC is linear: it is the exclusive-or of what each byte adds, which depends on the byte and on how many come after
    it. So many messages of one length are checked column by column: one `translate` for each byte of the result, and
    one exclusive-or of large integers. Zeros in front add nothing when the register begins at 0, so messages are
    padded to a few lengths; a register that begins elsewhere is the same as other first four bytes.
    """

    CHUNK = 1024
    STEP = 32
    BATCH = 1 << 20

    def __init__(self, report):
        self.report = report
        self.columns = []  # [bytes after this one] -> four translate tables
        self.values = None
        self.waiting = {}
        self.advance = None
        self.count = 0

    def column(self, after):
        while len(self.columns) <= after:
            table = TABLE
            if self.values is None:
                self.values = list(table)
            else:
                self.values = [table[v & 0xFF] ^ (v >> 8) for v in self.values]
            packed = struct.pack("<256I", *self.values)
            self.columns.append([packed[plane::4] for plane in range(4)])
        return self.columns[after]

    def add(self, message, expected, what, start=0, mask=0xFFFFFFFF):
        """Notes that `message` (at least 4 bytes) must have a checksum, continued from `start`; `what` says whose."""
        first = (int.from_bytes(message[:4], "little") ^ start ^ 0xFFFFFFFF).to_bytes(4, "little")
        length = len(message)
        step = self.STEP if length <= self.CHUNK else self.CHUNK
        padded = -(-length // step) * step
        group = self.waiting.get(padded)
        if group is None:
            group = self.waiting[padded] = ([], [])
        group[0].append(bytes(padded - length) + first + message[4:])
        group[1].append((expected, mask, what))
        if len(group[1]) * padded >= self.BATCH:
            self.flush(padded)

    def flush(self, padded):
        messages, expectations = self.waiting.pop(padded)
        self.count += len(messages)
        size = min(padded, self.CHUNK)
        data = b"".join(messages)
        count = len(data) // size
        planes = [0, 0, 0, 0]
        from_bytes = int.from_bytes
        for at in range(size):
            one, two, three, four = self.column(size - 1 - at)
            column = data[at::size]
            planes[0] ^= from_bytes(column.translate(one), "little")
            planes[1] ^= from_bytes(column.translate(two), "little")
            planes[2] ^= from_bytes(column.translate(three), "little")
            planes[3] ^= from_bytes(column.translate(four), "little")
        mixed = bytearray(4 * count)
        for plane in range(4):
            mixed[plane::4] = planes[plane].to_bytes(count, "little")
        found = struct.unpack(f"<{count}I", mixed)
        if padded > size:
            found = self.join(found, padded // size)
        for value, (expected, mask, what) in zip(found, expectations):
            if (value ^ 0xFFFFFFFF ^ expected) & mask:
                self.report("damaged", f"a checksum is wrong: {what()}")

    def join(self, found, pieces):
        if self.advance is None:
            self.advance = [
                struct.unpack("<256I", b"".join(bytes(four) for four in zip(*self.column(self.CHUNK - 1 - plane))))
                for plane in range(4)
            ]
        a, b, c, d = self.advance
        joined = []
        for start in range(0, len(found), pieces):
            value = 0
            for piece in found[start : start + pieces]:
                value = a[value & 0xFF] ^ b[value >> 8 & 0xFF] ^ c[value >> 16 & 0xFF] ^ d[value >> 24] ^ piece
            joined.append(value)
        return joined

    def finish(self):
        for padded in list(self.waiting):
            self.flush(padded)


# The formats ------------------------------------------------------------------------------------------------------


class Damage(Exception):
    """What cannot be read on from."""


class Bytes:
    """Reads the sections of an entry and checkpoints, which may say anything."""

    def __init__(self, data):
        self.data = data
        self.at = 0

    def take(self, count):
        if self.at + count > len(self.data):
            raise Damage("a section ends early")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, code):
        return struct.unpack("<" + code, self.take(struct.calcsize(code)))[0]

    def block(self, code):
        return self.take(self.number(code))

    def text(self, code="B"):
        return self.block(code).decode("utf-8")

    def stream(self):
        return self.text(), self.text()

    def position(self):
        return (self.stream(), self.number("Q"), self.number("Q"))

    @property
    def more(self):
        return self.at < len(self.data)


HEADER = struct.Struct("<8sIIQQQqIIHH")
ENTRY = struct.Struct("<IIQQQqBBHII")
MARK = {1: struct.Struct("<8sHHI16sQQQQI"), 2: struct.Struct("<8sHHI16sQQQQQQqI")}
RECORD = struct.Struct("<IIBBBBqQ")
RUN_END = {16: struct.Struct("<QQQB"), 17: struct.Struct("<QQQBI")}
TOPIC = re.compile(r"[a-z0-9][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)*")
SERIAL = re.compile(rb"1(/[a-z][a-z0-9-]{0,62}\.[1-9][0-9]{0,9})*")
HANDLED, EXPIRED, PARKED, DEAD = 0, 1, 2, 3
DROPPED = 4  # not in any run: a dead letter that somebody dropped
EVENTS = 17
OLD_EVENTS = 16  # of version 1
NOTHING, WHAT_WAS_DURABLE, EVERYTHING = 0, 1, 2  # what a mark proves
TOLERANCE = 50_000  # µs


class Mark:
    def __init__(self, data, found):
        """`found` is what fstat says of the mark's file."""
        if len(data) < MARK[1].size:
            raise Damage("the mark is short")
        magic, self.version = struct.unpack_from("<8sH", data)
        form = MARK.get(self.version)
        if magic != b"TROUPMRK" or form is None or len(data) < form.size:
            raise Damage("the mark is damaged")
        _, _, self.flags, _, self.boot, self.epoch, self.written, self.durable, self.released, *place, crc = (
            form.unpack_from(data)
        )
        if crc32c(data[: form.size - 4]) != crc:
            raise Damage("the mark is damaged")
        if self.version == 1:
            self.proof = WHAT_WAS_DURABLE
        elif place[:2] != [found.st_dev, found.st_ino]:
            self.proof = NOTHING
        else:
            near = self.flags & 2 or abs(found.st_ctime_ns // 1000 - place[2]) <= TOLERANCE
            self.proof = EVERYTHING if near and self.boot == boot_id() else WHAT_WAS_DURABLE


def read_mark(folder):
    """The mark, read again when it was half written; None if there is none."""
    for attempt in range(16):
        try:
            with open(os.path.join(folder, "mark"), "rb", buffering=0) as file:
                return Mark(file.read(), os.fstat(file.fileno()))
        except FileNotFoundError:
            return None
        except Damage:
            if attempt == 15:
                raise
            time.sleep(0.005)


def is_held(folder):
    """Whether a process holds the journal's lock."""
    try:
        with open(os.path.join(folder, "lock"), "rb") as file:
            query = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
            return struct.unpack_from("h", fcntl.fcntl(file, 36, query))[0] != fcntl.F_UNLCK
    except FileNotFoundError:
        return False


def released(folder, mark):
    """How far a journal may be read by its mark; None where only what is durable counts."""
    if mark and (mark.boot == boot_id() if is_held(folder) else mark.proof == EVERYTHING):
        return mark.released
    return None


def boot_id():
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
        return bytes.fromhex(file.read().strip().replace("-", ""))


class Segment:
    def __init__(self, path, name):
        self.path = path
        with open(path, "rb") as file:
            self.data = file.read()
        data = self.data
        if len(data) < 64:
            raise Damage(f"{path}: the header is short")
        (magic, self.version, self.header, self.base, self.number, self.epoch, _, checkpoint, checkpoint_crc, length, _) = (
            HEADER.unpack_from(data)
        )
        if magic != b"TROUPSEG" or self.version not in (1, 2):
            raise Damage(f"{path}: no segment of version 1 or 2")
        if self.header != 64 + length + checkpoint or self.header > len(data):
            raise Damage(f"{path}: the header's lengths do not add up")
        self.salt = struct.unpack_from("<I", data, 60 + length)[0]
        if crc32c(data[: 60 + length]) != self.salt:
            raise Damage(f"{path}: the header's checksum is wrong")
        if data[60 : 60 + length].decode("utf-8") != name:
            raise Damage(f"{path}: belongs to {data[60:60 + length]!r}")
        if self.base != int(os.path.basename(path)[:16], 16):
            raise Damage(f"{path}: its name is not its base {self.base}")
        self.checkpoint = data[64 + length : self.header]
        if crc32c(self.checkpoint) != checkpoint_crc:
            raise Damage(f"{path}: the checkpoint's checksum is wrong")


def segments(folder, name):
    names = sorted(n for n in os.listdir(folder) if re.fullmatch(r"[0-9a-f]{16}\.seg", n))
    return [Segment(os.path.join(folder, n), name) for n in names]


def journals(home):
    """The publishers that have one, sorted."""
    folder = os.path.join(home, "journals")
    return sorted(n for n in os.listdir(folder) if os.path.isdir(os.path.join(folder, n)))


def durable_offset(parts, mark):
    """For a journal whose mark does not say how far it was released."""
    offset = max(parts[-1].base + parts[-1].header, mark.durable if mark and mark.proof != NOTHING else 0)
    data, at, size = parts[-1].data, parts[-1].header, len(parts[-1].data)
    while at + ENTRY.size <= size:
        crc, length, _, _, before, *_ = ENTRY.unpack_from(data, at)
        if length < 52 or at + length > size or crc32c(data[at + 4 : at + length], parts[-1].salt) != crc:
            break
        offset = max(offset, before)
        at += length
    return offset


class Entry:
    __slots__ = ("crc", "length", "number", "epoch", "durable", "time", "kind", "level", "heard", "said", "knows", "end")


def entries(parts, limit, damaged, check=None):
    """Every entry below `limit`; whatever breaks the chain is damage, and ends it."""
    number, epoch = None, 0
    for index, part in enumerate(parts):
        data, at = part.data, part.header
        last = parts[index + 1].base if index + 1 < len(parts) else limit
        if number is not None and (part.number != number or part.epoch != epoch):
            damaged(f"{part.path}: begins at entry {part.number}, epoch {part.epoch}; {number}, {epoch} was due")
        number = part.number
        epoch = part.epoch
        if last - part.base > len(data):
            damaged(f"{part.path}: has {len(data)} bytes; {last - part.base} were released")
        end = min(len(data), last - part.base)
        while at < end:
            if at + ENTRY.size > end:
                damaged(f"{part.path}: offset {at}: no room for an entry")
                return
            entry = Entry()
            (entry.crc, entry.length, entry.number, entry.epoch, entry.durable, entry.time, entry.kind, entry.level, _,
             heard, said) = ENTRY.unpack_from(data, at)
            if entry.length < 52 + heard + said or at + entry.length > end:
                damaged(f"{part.path}: offset {at}: an entry's lengths do not add up")
                return
            if check:
                check(data[at + 4 : at + entry.length], entry.crc, part.salt, f"{part.path}: entry at {at}")
            if entry.number != number or entry.epoch < epoch or entry.durable > part.base + at:
                damaged(
                    f"{part.path}: offset {at}: entry {entry.number}, epoch {entry.epoch}, durable {entry.durable};"
                    f" {number}, {epoch}, at most {part.base + at} was due")
                return
            number += 1
            epoch = entry.epoch
            sections = at + 52
            entry.heard = data[sections : sections + heard]
            entry.said = data[sections + heard : sections + heard + said]
            entry.knows = data[sections + heard + said : at + entry.length]
            at += entry.length
            entry.end = part.base + at
            yield entry


def runs(heard, kind=EVENTS):
    """(stream as it stands, epoch, first, last, outcome, checksum of the last or 0) of each run."""
    form, unknown = RUN_END[kind], () if kind == EVENTS else (0,)
    at, size = 0, len(heard)
    while at < size:
        begin = at
        at += 1 + heard[at]
        if at >= size:
            raise Damage("a heard run ends early")
        at += 1 + heard[at]
        if at + form.size > size:
            raise Damage("a heard run ends early")
        yield (heard[begin:at], *form.unpack_from(heard, at), *unknown)
        at += form.size


def items(knows):
    """(tag, position or None, attempts) of each item."""
    reader = Bytes(knows)
    while reader.more:
        tag = reader.number("B")
        yield tag, Bytes(reader.block("I"))


# The audit --------------------------------------------------------------------------------------------------------


class Stream:
    """What a publisher said on a topic."""

    def __init__(self, name, index):
        self.name = name
        self.index = index
        self.first = None
        self.next = None
        self.keys = []
        self.checksums = array.array("I")  # of each record, 0 where it is not known
        self.epochs = []  # (epoch, first sequence)

    @property
    def tip(self):
        return (self.next or 1) - 1

    def epoch(self, sequence):
        found = 0
        for epoch, first in self.epochs:
            if first > sequence:
                break
            found = epoch
        return found

    def __str__(self):
        return f"{self.name[1]} of {self.name[0]}"


class Hearing:
    """What a handler heard of a stream: an outcome for each sequence."""

    def __init__(self):
        self.state = bytearray(1)  # by sequence: 0 for nothing, else the outcome + 1
        self.order = []  # (entry, first, last) as handled
        self.newest = 0
        self.late = set()  # dead letters that were retried: their place in the order is gone
        self.cuts = []  # (epoch, low): what was heard above, of an older epoch, its publisher lost

    def reach(self, sequence):
        if sequence >= len(self.state):
            self.state.extend(bytes(sequence + 1 - len(self.state)))

    def cut(self, epoch, low):
        """Forgets what is heard above a sequence; returns how much that was."""
        self.cuts.append((epoch, low))
        gone = len(self.state) - (low + 1) - self.state.count(0, low + 1) if low + 1 < len(self.state) else 0
        del self.state[low + 1 :]
        self.reach(low)
        self.order = [(entry, first, min(last, low)) for entry, first, last in self.order if first <= low]
        self.newest = min(self.newest, low)
        return gone

    def is_lost(self, epoch, sequence):
        return any(epoch < newer and sequence > low for newer, low in self.cuts)


class Audit:
    KINDS = ("lost", "doubled", "out of order", "dead letters")
    BESIDES = ("damaged", "set back", "parked", "not heard yet", "expired", "dropped")

    def __init__(self, home, details=20):
        self.home = home
        self.details = details
        self.counts = dict.fromkeys((*self.KINDS, *self.BESIDES), 0)
        self.lines = []
        self.told = {}
        self.streams = {}
        self.by_bytes = {}
        self.ids = {}
        self.hearings = {}
        self.keys = {}
        self.open_causes = []
        self.again = set()  # ids that stand in the journals more than once
        self.cuts = {}  # (handler, stream's index) -> the lowest mark that it was set back to
        self.events = self.handled = 0
        self.checksums = Checksums(self.report)
        self.started = time.monotonic()

    def report(self, kind, text, count=1):
        self.counts[kind] += count
        told = self.told[kind] = self.told.get(kind, 0) + 1
        if told <= self.details:
            self.lines.append(f"{kind}: {text}")
        elif told == self.details + 1:
            self.lines.append(f"{kind}: … and more")

    def damaged(self, text):
        self.report("damaged", text)

    # Reading

    def run(self):
        folder = os.path.join(self.home, "journals")
        publishers = journals(self.home)
        self.registered = self.registrations()
        # Twice, so that on a running home everything that counts as heard is also seen as said.
        heard = self.limits(folder, publishers)
        said = self.limits(folder, publishers)
        for publisher in sorted(publishers, key=lambda name: (not name.startswith("ingress."), name)):
            try:
                self.journal(os.path.join(folder, publisher), publisher, heard.get(publisher), said.get(publisher))
            except (Damage, ValueError, IndexError, struct.error) as error:
                self.damaged(f"{publisher}: {error}")
        self.checksums.finish()
        for check in self.open_causes:
            check()
        self.settle(publishers)
        return self

    def limits(self, folder, publishers):
        """How far each journal may be read, if its mark says so; else None, and what is durable counts."""
        found = {}
        for publisher in publishers:
            try:
                mark = read_mark(os.path.join(folder, publisher))
                limit = released(os.path.join(folder, publisher), mark)
            except Damage as error:
                self.damaged(f"{publisher}: {error}")
                continue
            found[publisher] = (limit, mark)
        return found

    def registrations(self):
        """(handler, topic) -> tips by publisher below which nothing counts."""
        found = {}
        folder = os.path.join(self.home, "registrations")
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            if not name.endswith(".json"):
                continue
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                document = json.load(file)
            for entry in document["topics"]:
                tips = entry.get("tips") or {} if entry["start"] == "latest" else {}
                found[document["handler"], entry["topic"]] = tips
        return found

    def journal(self, folder, publisher, heard_limit, said_limit):
        parts = segments(folder, publisher)
        if not parts:
            if os.path.exists(os.path.join(folder, "mark")):
                self.damaged(f"{publisher}: a mark without segments")
            return
        for before, after in zip(parts, parts[1:]):
            if before.base + len(before.data) < after.base:
                self.damaged(f"{after.path}: the bytes before it are missing")
        limit, mark = said_limit or (None, None)
        if limit is None:
            limit = durable_offset(parts, mark)
        heard_end = (heard_limit or (None,))[0]
        heard_end = limit if heard_end is None else heard_end
        handler = publisher.rpartition(".")[0]
        checksums = self.checksums

        def check(message, crc, salt, what):
            checksums.add(message, crc, lambda: what, start=salt)

        if parts[0].number > 1:
            self.begin(Bytes(parts[0].checkpoint), publisher, handler)
        checkpoints = {part.number: part for part in parts[1:]}
        begins = None  # the epoch that began and of which nothing was said yet
        for entry in entries(parts, limit, self.damaged, check):
            part = checkpoints.pop(entry.number, None)
            if part and entry.end <= heard_end:
                self.compare(Bytes(part.checkpoint), part.path, publisher, handler)
            if entry.kind not in (EVENTS, OLD_EVENTS):
                if entry.kind not in (1, 2):
                    self.damaged(f"{publisher}: entry {entry.number} has the unknown kind {entry.kind}")
                if entry.kind == 1:
                    begins = entry.epoch
                continue
            if begins is not None:
                self.epoch_begins(entry, publisher, begins)
                begins = None
            moved = self.hear(entry, publisher, handler) if entry.end <= heard_end else None
            self.say(entry, publisher, handler, moved)

    def epoch_begins(self, entry, publisher, epoch):
        """The first entry of an epoch says where each topic goes on, and nothing else."""
        found = [body for tag, body in items(entry.knows) if tag == 6]
        if not found or entry.heard or entry.said:
            return self.damaged(f"{publisher}: entry {entry.number} is the first of epoch {epoch} and does not say so")
        stated, firsts = found[0].number("Q"), {}
        for _ in range(found[0].number("I")):
            topic = found[0].text()
            firsts[topic] = found[0].number("Q")
        due = {name[1]: stream.next for name, stream in self.streams.items() if name[0] == publisher and stream.next}
        if stated != epoch or firsts != due:
            self.damaged(f"{publisher}: entry {entry.number}: epoch {stated} begins at {firsts}; {epoch}, {due} was due")

    def stream(self, name):
        stream = self.streams.get(name)
        if stream is None:
            stream = self.streams[name] = Stream(name, len(self.streams))
        return stream

    def hearing(self, handler, stream):
        key = (handler, stream.name)
        hearing = self.hearings.get(key)
        if hearing is None:
            hearing = self.hearings[key] = Hearing()
        return hearing

    def say(self, entry, publisher, handler, moved):
        data, at, size = entry.said, 0, len(entry.said)
        add = self.checksums.add
        streams = {}
        indexes = {}
        while at < size:
            where = f"{publisher}: entry {entry.number}, record at {at}"
            if at + 28 > size:
                raise Damage(f"{where} ends early")
            length, crc, version, flags, bucket, attributes, _, sequence = RECORD.unpack_from(data, at)
            end = at + length
            if length < 28 or end > size or length > 16_777_216 or version != 1 or flags > 1:
                raise Damage(f"{where} has a bad header")
            add(data[at + 8 : end], crc, lambda where=where: where)
            at += 28
            if flags:
                flow = data[at + 1 : at + 1 + data[at]]
                at += 1 + len(flow)
                text = flow
            else:
                flow = data[at : at + 16]
                at += 16
                digits = flow.hex()
                text = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}".encode()
            topic = data[at + 1 : at + 1 + data[at]]
            at += 1 + len(topic)
            count = data[at] | data[at + 1] << 8
            serial = data[at + 2 : at + 2 + count]
            at += 2 + count
            key, causes, previous = text, b"", 0
            for _ in range(attributes):
                tag = data[at]
                if tag <= previous:
                    raise Damage(f"{where}: the attributes do not ascend")
                previous = tag
                if tag < 0x80:
                    width = data[at + 1] | data[at + 2] << 8
                    at += 3
                else:
                    width = int.from_bytes(data[at + 1 : at + 5], "little")
                    at += 5
                if tag == 0x03:
                    key = data[at : at + width]
                elif tag == 0x80:
                    causes = data[at : at + width]
                at += width
            if at > end:
                raise Damage(f"{where} ends early")
            at = end
            if len(key) >= 4:
                add(key, bucket, lambda where=where: where + ", bucket", mask=0xFF)
            elif crc32c(key) & 0xFF != bucket:
                self.damaged(f"{where}: the bucket is wrong")

            stream = streams.get(topic)
            if stream is None:
                name = topic.decode("ascii")
                if not TOPIC.fullmatch(name):
                    raise Damage(f"{where}: the topic {name!r}")
                stream = streams[topic] = self.stream((publisher, name))
            if stream.next is None:
                stream.first = stream.next = sequence
                if sequence != 1:
                    self.report("lost", f"{stream}: begins at {sequence}", sequence - 1)
            if sequence != stream.next:
                if sequence > stream.next:
                    self.report("lost", f"{stream}: {stream.next} to {sequence - 1} were never said", sequence - stream.next)
                    stream.keys.extend([None] * (sequence - stream.next))
                    stream.checksums.extend([0] * (sequence - stream.next))
                else:
                    self.report("doubled", f"{stream}: {sequence} again where {stream.next} was due (entry {entry.number})")
            if sequence >= stream.next:
                stream.next = sequence + 1
                stream.keys.append(key)
                stream.checksums.append(crc)
            if not stream.epochs or stream.epochs[-1][0] != entry.epoch:
                stream.epochs.append((entry.epoch, sequence))
            self.events += 1

            identity = text + b"/" + serial
            if identity in self.ids:
                where = f"{identity.decode()} stands in the journals twice, the second time in {publisher}"
                # Who was set back, and what follows from what they said, says it again under the same ids.
                self.report("set back" if self.cuts else "doubled", where)
                self.again.add(identity)
            else:
                self.ids[identity] = stream.index << 48 | sequence
            if serial == b"1":
                continue
            if not SERIAL.fullmatch(serial):
                raise Damage(f"{where}: the serial {serial!r}")
            parent, _, step = serial.rpartition(b"/")
            author, _, number = step.decode().rpartition(".")
            if author != handler:
                self.report("doubled", f"{identity.decode()} was said by {publisher}")
            cause = text + b"/" + parent
            index = indexes[cause] = indexes.get(cause, 0) + 1
            if int(number) != index:
                indexes[cause] = int(number)
                kind = "lost" if int(number) > index else "doubled"
                self.report(kind, f"{identity.decode()}: number {index} of its cause's effects was due")
            if moved is not None:
                self.follows(identity, cause, moved, True, handler)
                for other in self.causes(causes, text) if causes else ():
                    self.follows(identity, other, moved, False, handler)

    def causes(self, data, own):
        reader = Bytes(data)
        while reader.more:
            kind = reader.number("B")
            if kind == 0:
                flow = own
            elif kind == 1:
                digits = reader.take(16).hex()
                flow = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}".encode()
            else:
                flow = reader.block("B")
            yield flow + b"/" + reader.block("H")

    def follows(self, identity, cause, moved, here, handler):
        """The entry that says an effect must be the one that handles its cause."""

        def check():
            position = self.ids.get(cause)
            if position is None:
                if any((handler, i) in self.cuts and last > self.cuts[handler, i] for i, _, last in moved):
                    return  # Counted as set back.
                self.report("lost", f"{cause.decode()}, the cause of {identity.decode()}, was never said")
            elif here:
                index, sequence = position >> 48, position & 0xFFFFFFFFFFFF
                if sequence > self.cuts.get((handler, index), sequence) or cause in self.again:
                    return  # Its cause was said again, under the same id.
                if not any(i == index and first <= sequence <= last for i, first, last in moved):
                    self.report("lost", f"{identity.decode()} stands in an entry that does not handle its cause")

        if cause in self.ids:
            check()
        else:
            self.open_causes.append(check)

    def hear(self, entry, publisher, handler):
        """Takes an entry's positions; returns (stream, first, last) of what it handled."""
        moved = []
        parked, died, spoken = set(), set(), []
        for raw, epoch, first, last, outcome, crc in runs(entry.heard, entry.kind):
            stream = self.by_bytes.get(raw)
            if stream is None:
                stream = self.by_bytes[raw] = self.stream(Bytes(raw).stream())
            spoken.append((stream, epoch, first, last, outcome, crc))
        unparked, ended, cuts = [], [], []
        for tag, body in items(entry.knows):
            if tag == 1:
                stream, _, sequence = body.position()
                parked.add((stream, sequence))
            elif tag == 2:
                unparked.append(body.position())
            elif tag == 3:
                stream, _, sequence = body.position()
                died.add((stream, sequence))
            elif tag == 4:
                ended.append(body.position())
            elif tag == 7:
                cuts.append((body.stream(), body.number("Q"), body.number("Q")))
            elif tag == 11:
                body.number("Q")
            elif tag < 32 and tag not in (5, 6, 8, 9, 10):
                self.damaged(f"{publisher}: entry {entry.number} has an item of the unknown tag {tag}")

        for stream, epoch, first, last, outcome, crc in spoken:
            where = f"{publisher}: entry {entry.number}: {stream} {first} to {last}"
            if not 1 <= first <= last or outcome > DEAD:
                self.damaged(f"{where}, outcome {outcome}: no run")
                continue
            if (handler, stream.name[1]) not in self.registered:
                self.report("damaged", f"{where}: {handler} is not registered for it")
            if last - first > 1 << 24:
                self.report("damaged", f"{where}: too wide")
                continue
            hearing = self.hearing(handler, stream)
            if hearing.is_lost(epoch, last):
                last = max(low for newer, low in hearing.cuts if epoch < newer)
                crc = 0
                if last < first:
                    continue
            hearing.reach(last)
            before = hearing.state[first : last + 1]
            twice = len(before) - before.count(0)
            if twice:
                self.report("doubled", f"{where}: {twice} of them were heard before", twice)
            hearing.state[first : last + 1] = bytes([outcome + 1]) * (last + 1 - first)
            hearing.newest = max(hearing.newest, last)
            if outcome == HANDLED:
                hearing.order.append((entry.number, first, last))
                moved.append((stream.index, first, last))
            elif outcome == PARKED:
                for sequence in range(first, last + 1):
                    if (stream.name, sequence) not in parked:
                        self.report("lost", f"{where}: {sequence} is parked, but no park holds it")
            elif outcome == DEAD:
                for sequence in range(first, last + 1):
                    if (stream.name, sequence) not in died:
                        self.report("lost", f"{where}: {sequence} is dead, but no dead letter holds it")
            self.epoch_of_run(hearing, stream, epoch, last, where)
            if crc:
                self.event_of_run(hearing, stream, epoch, last, crc, where)
        for name, epoch, sequence in unparked:
            stream = self.stream(name)
            hearing = self.hearing(handler, stream)
            if hearing.is_lost(epoch, sequence):
                continue  # Set aside before its publisher lost it; it is handled all the same, and counts nothing.
            hearing.reach(sequence)
            if hearing.state[sequence] != PARKED + 1:
                self.report("doubled", f"{publisher}: entry {entry.number} unparks {stream} {sequence}, which is not parked")
            if (name, sequence) in died:
                hearing.state[sequence] = DEAD + 1
            else:
                if (name, sequence) in parked:
                    self.damaged(f"{publisher}: entry {entry.number} parks and unparks {stream} {sequence}")
                hearing.state[sequence] = HANDLED + 1
                hearing.order.append((entry.number, sequence, sequence))
                moved.append((stream.index, sequence, sequence))
        for name, epoch, sequence in ended:
            hearing = self.hearing(handler, self.stream(name))
            if hearing.is_lost(epoch, sequence):
                continue
            hearing.reach(sequence)
            if hearing.state[sequence] != DEAD + 1:
                self.report("doubled", f"{publisher}: entry {entry.number} ends a dead letter that is none: {name} {sequence}")
            hearing.state[sequence] = (PARKED if (name, sequence) in parked else DROPPED) + 1
            hearing.late.add(sequence)
        for name, epoch, low in cuts:
            gone = self.hearing(handler, self.stream(name)).cut(epoch, low)
            key = (handler, self.stream(name).index)
            self.cuts[key] = min(low, self.cuts.get(key, low))
            self.report("set back", f"{publisher}: entry {entry.number}: {name[1]} of {name[0]}, to {low}", gone or 1)
        return moved

    def epoch_of_run(self, hearing, stream, epoch, last, where):
        """A run of an older epoch than its events' is of events that their publisher lost."""

        def check():
            if last <= stream.tip and epoch < stream.epoch(last) and not hearing.is_lost(epoch, last):
                self.report("lost", f"{where}: {stream.name[0]} lost what was heard there in epoch {epoch}")

        # Later: an item may say that it was lost, and then it is set back.
        if not stream.epochs or stream.tip < last or epoch < stream.epochs[-1][0]:
            self.open_causes.append(check)

    def event_of_run(self, hearing, stream, epoch, last, crc, where):
        """The last event of a run is the one that its publisher has there."""

        def check():
            known = stream.checksums[last - 1] if last <= len(stream.checksums) else 0
            if known not in (0, crc) and epoch >= stream.epoch(last) and not hearing.is_lost(epoch, last):
                self.damaged(f"{where}: heard another event there than {stream.name[0]} has")

        if last > stream.tip or stream.checksums[last - 1] != crc:
            self.open_causes.append(check)

    # Checkpoints

    @staticmethod
    def checkpoint(reader):
        cursors = {}
        if not reader.more:
            return {}, {}, []
        count, version = reader.number("I"), 1
        if count == 0xFFFFFFFF:
            version, count = reader.number("B"), reader.number("I")
            if version != 2:
                raise Damage(f"a checkpoint of version {version}")
        for _ in range(count):
            stream, _, low = reader.stream(), reader.number("Q"), reader.number("Q")
            if version == 2:
                reader.number("Q"), reader.number("I")
            cursors[stream] = (low, [(reader.number("Q"), reader.number("Q")) for _ in range(reader.number("I"))])
        said = {}
        for _ in range(reader.number("I")):
            topic = reader.text()
            said[topic] = reader.number("Q")
        live = [(tag, body) for tag, body in items(reader.block("I"))]
        if reader.more:
            raise Damage("a checkpoint has more bytes than it says")
        return cursors, said, live

    def begin(self, reader, publisher, handler):
        """A journal whose oldest segments are gone begins with what its checkpoint says."""
        cursors, said, live = self.checkpoint(reader)
        for name, (low, ranges) in cursors.items():
            hearing = self.hearing(handler, self.stream(name))
            for first, last in [(1, low), *ranges]:
                hearing.reach(last)
                hearing.state[first : last + 1] = bytes([HANDLED + 1]) * (last + 1 - first)
        for topic, following in said.items():
            stream = self.stream((publisher, topic))
            stream.first = stream.next = following
            stream.keys = [None] * (following - 1)
            stream.checksums = array.array("I", bytes(4 * (following - 1)))
        for tag, body in live:
            if tag in (1, 3):
                name, _, sequence = body.position()
                self.hearing(handler, self.stream(name)).state[sequence] = (PARKED if tag == 1 else DEAD) + 1

    def compare(self, reader, path, publisher, handler):
        """A later checkpoint says the same as everything before it."""
        cursors, said, live = self.checkpoint(reader)
        for topic, following in said.items():
            if self.stream((publisher, topic)).tip + 1 != following:
                self.damaged(f"{path}: the checkpoint goes on with {topic} at {following}")
        for name, (low, ranges) in cursors.items():
            hearing = self.hearing(handler, self.stream(name))
            start = self.registered.get((handler, name[1]), {}).get(name[0], 0)
            covered = bytearray(len(hearing.state))
            for first, last in [(1, low), *ranges]:
                covered[first : last + 1] = b"\1" * (last + 1 - first)
            state = hearing.state
            wrong = len(covered) != len(state) or any(
                covered[i] != (state[i] != 0) for i in range(start + 1, len(state))
            )
            if wrong:
                self.damaged(f"{path}: the checkpoint's cursor of {name} is not what was heard")
        held = {(tag, body.position()[::2]) for tag, body in live if tag in (1, 3)}
        for (hearer, name), hearing in self.hearings.items():
            if hearer != handler:
                continue
            for tag, outcome in ((1, PARKED), (3, DEAD)):
                at = hearing.state.find(outcome + 1)
                while at >= 0:
                    if (tag, (name, at)) not in held:
                        self.damaged(f"{path}: the checkpoint forgets {name} {at}")
                    at = hearing.state.find(outcome + 1, at + 1)

    # Counting

    def settle(self, publishers):
        for (handler, topic), tips in sorted(self.registered.items()):
            for stream in list(self.streams.values()):
                if stream.name[1] == topic:
                    self.account(handler, stream, tips.get(stream.name[0], 0))
        for (handler, name), hearing in self.hearings.items():
            stream = self.streams[name]
            if hearing.newest > stream.tip:
                self.report(
                    "lost", f"{handler} heard {stream} up to {hearing.newest}, but only {stream.tip} were said",
                    hearing.newest - stream.tip)
            self.ordered(handler, stream, hearing)

    def account(self, handler, stream, start):
        hearing = self.hearing(handler, stream)
        tip = stream.tip
        hearing.reach(tip)
        state = hearing.state[start + 1 : tip + 1]
        self.handled += state.count(HANDLED + 1)
        for outcome, kind in ((EXPIRED, "expired"), (PARKED, "parked"), (DEAD, "dead letters"), (DROPPED, "dropped")):
            self.tell(handler, stream, state, start, outcome + 1, kind)
        # Above the newest that was heard, the handler may just not have come to it.
        heard = max(hearing.newest - start, 0)
        self.tell(handler, stream, state[:heard], start, 0, "lost")
        if len(state) > heard:
            self.report("not heard yet", f"{handler}: {stream}: {start + heard + 1} to {tip}", len(state) - heard)

    def tell(self, handler, stream, state, start, value, kind):
        if not state.count(value):
            return
        for found in re.finditer(re.escape(bytes([value])) + b"+", state):
            first, last = start + 1 + found.start(), start + found.end()
            span = f"{first}" if first == last else f"{first} to {last}"
            self.report(kind, f"{handler}: {stream}: {span}", last + 1 - first)

    def ordered(self, handler, stream, hearing):
        """Events of one key are handled in the order in which they were said."""
        newest, ascends = 0, True
        for _, first, last in hearing.order:
            if first <= newest:
                ascends = False
                break
            newest = last
        if ascends:
            return
        # What stands in one entry was handled between the two; its order is not said there.
        latest = {}
        for _, first, last in sorted(hearing.order, key=lambda run: (run[0], run[1])):
            for sequence in range(first, last + 1):
                index = sequence - 1
                key = stream.keys[index] if index < len(stream.keys) else None
                if key is None or sequence in hearing.late:
                    continue
                if latest.get(key, 0) > sequence:
                    self.report("out of order", f"{handler}: {stream}: {sequence} after {latest[key]}, key {key.decode()}")
                latest[key] = max(latest.get(key, 0), sequence)

    # Telling

    def is_clean(self, allow_dead, allow_open, allow_set_back=False):
        counts = self.counts
        wrong = counts["lost"] + counts["doubled"] + counts["out of order"] + counts["damaged"]
        if not allow_dead:
            wrong += counts["dead letters"]
        if not allow_set_back:
            wrong += counts["set back"]
        if not allow_open:
            wrong += counts["parked"] + counts["not heard yet"]
        return wrong == 0

    def summary(self):
        return ", ".join(f"{kind} {self.counts[kind]}" for kind in self.KINDS) + (
            f", events {self.events}, handled {self.handled}"
        )

    def print(self, out=sys.stdout):
        for line in self.lines:
            print(line, file=out)
        more = [f"{kind} {self.counts[kind]}" for kind in self.BESIDES if self.counts[kind]]
        if more:
            print("besides: " + ", ".join(more), file=out)
        print(f"{self.checksums.count} checksums, {time.monotonic() - self.started:.1f} s", file=out)
        print(self.summary(), file=out)


def main():
    parser = argparse.ArgumentParser(description="Counts a home's events: lost, doubled, out of order, dead.")
    parser.add_argument("home", nargs="?", help="the choreography's folder")
    parser.add_argument("--allow-dead", action="store_true", help="dead letters are no failure")
    parser.add_argument("--allow-open", action="store_true", help="what is parked or not heard yet is no failure")
    parser.add_argument("--allow-set-back", action="store_true", help="what publishers lost and said is no failure")
    parser.add_argument("--details", type=int, default=20, metavar="N", help="at most so many lines of each kind")
    parser.add_argument("--self-test", action="store_true", help="spoil copies and see that each is noticed")
    arguments = parser.parse_args()
    if arguments.self_test:
        import audit_spoil

        sys.exit(audit_spoil.run_all(arguments.home))
    if not arguments.home or not os.path.isdir(os.path.join(arguments.home, "journals")):
        print(f"audit: there is no home at {arguments.home}", file=sys.stderr)
        sys.exit(2)
    audit = Audit(arguments.home, arguments.details).run()
    audit.print()
    sys.exit(0 if audit.is_clean(arguments.allow_dead, arguments.allow_open, arguments.allow_set_back) else 1)


if __name__ == "__main__":
    main()
