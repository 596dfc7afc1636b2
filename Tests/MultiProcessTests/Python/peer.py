"""A handler in Python, written from the article *Writing a peer* alone: python3 peer.py HOME NAME CONSUMES EMITS

Hears one topic from the journals of a home, says one event for each in a journal of its own, and has no sockets. Whatever
kills it, each event that it hears leads to exactly one event that it says.
"""

import fcntl
import json
import os
import random
import signal
import struct
import sys
import time

from read_home import (
    EPOCH, HEADER, IDLE, MARK, OLD_SLOT, QUERY, SLOT, Follower, Mark, Reader, Segment, bases, boot_id, checkpoint,
    crc32c, events, released)

HANDLED, EXPIRED, DEAD = 0, 1, 3


def react(event):
    """What is said of an event: (data, …). It may be called again for an event whose entry was never written."""
    return [json.dumps({"number": event.sequence}).encode()]


def now():
    return time.time_ns() // 1000


def text(value, code="B"):
    return struct.pack("<" + code, len(value.encode())) + value.encode()


def item(tag, body):
    return struct.pack("<BI", tag, len(body)) + body


def write_whole(path, data):
    """A file that is there whole or not at all."""
    with open(path + ".tmp", "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.rename(path + ".tmp", path)
    folder = os.open(os.path.dirname(path), os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def fold(folder, limit, is_own=False):
    """What a journal that hears in order amounts to: its cursors, and its next sequences by topic."""
    segment = Segment(folder, max(base for base in bases(folder) if base <= limit))
    cursors, nexts, _ = checkpoint(segment.checkpoint)
    for _, _, _, _, kind, heard, said, knows in segment.entries(limit):
        if kind not in (OLD_SLOT, SLOT):
            continue
        reader = Reader(heard)
        while reader.at < len(heard):
            cursor = cursors.setdefault(reader.stream(), [0, 0])
            epoch, _, last, _ = reader.number("Q"), reader.number("Q"), reader.number("Q"), reader.number("B")
            cursor[:] = max(cursor[0], epoch), max(cursor[1], last)
            reader.take(4 if kind == SLOT else 0)
        for event in events(said) if is_own else ():
            nexts[event.topic] = event.sequence + 1
        for tag, body in Reader(knows).items():
            if tag in (5, 7):
                stream = body.stream()
                cursors[stream] = [body.number("Q"), body.number("Q")]
    return cursors, nexts


def effect(event, handler, index, topic, sequence, data):
    """The record of what follows: traceparent, tracestate, partition key and context are the cause's."""
    kept = {key: event.attributes[key] for key in (0x01, 0x02, 0x03, 0x81) if key in event.attributes}
    if 0x01 in kept:
        span = 0xCBF29CE484222325
        for byte in f"{event.flow}/{event.serial} {handler}".encode():
            span = (span ^ byte) * 0x100000001B3 % (1 << 64)
        kept[0x01] = kept[0x01][:16] + (span or 1).to_bytes(8, "big") + kept[0x01][24:]
    bucket = crc32c(kept.get(0x03, event.flow.encode())) & 0xFF
    body = struct.pack("<BBBBqQ", 1, event.flags, bucket, len(kept), now(), sequence) + event.identity + text(topic)
    body += text(f"{event.serial}/{handler}.{index}", "H")
    for key, value in kept.items():
        body += struct.pack("<BH" if key < 0x80 else "<BI", key, len(value)) + value
    body += data
    return struct.pack("<II", len(body) + 8, crc32c(body)) + body


class Journal:
    """The own journal. Each start begins an epoch, which is always right; it never rotates."""

    def __init__(self, home, name):
        self.folder, self.name = f"{home}/journals/{name}", name
        os.makedirs(self.folder, 0o700, exist_ok=True)
        self.lock = os.open(self.folder + "/lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.fcntl(self.lock, 37, QUERY)
        except OSError:
            sys.exit(f"{self.folder}: another process writes here")
        os.truncate(self.lock, 0)
        os.pwrite(self.lock, str(os.getpid()).encode(), 0)
        mark, found, self.cursors, self.nexts = Mark(self.folder), bases(self.folder), {}, {}
        if found:
            segment = Segment(self.folder, found[-1])
            kept = list(segment.entries())
            end, last, previous = kept[-1][:3] if kept else (segment.begin, segment.number - 1, segment.epoch)
            self.number, data, cut = last + 1, segment.data[:end], len(segment.data) - end
            if segment.base + end < max(segment.durable(), mark.durable):
                sys.exit(f"{self.folder}: damaged at byte {end} of its newest segment; nothing was changed")
            self.cursors, self.nexts = fold(self.folder, 1 << 63, True)
            self.base, self.salt = segment.base, segment.salt
        elif mark.epoch:
            sys.exit(f"{self.folder}: its segments are gone")
        else:
            self.base, self.number, previous, cut = 0, 1, 0, 0
        newest = max(previous, mark.epoch, self.heard_epoch(home))
        self.epoch = max(now() & ~0xFFFF, (newest | 0xFFFF) + 1) | random.randrange(1 << 16)
        if not found:
            data = HEADER.pack(b"TROUPSEG", 2, 64 + len(name), 0, 1, self.epoch, now(), 0, 0, len(name), 0)
            data += name.encode()
            self.salt = crc32c(data)
            data += struct.pack("<I", self.salt)
        self.durable = self.base + len(data)
        if mark.epoch:
            self.write_mark(1, mark.epoch, min(mark.released, self.durable), min(mark.durable, self.durable))
        data += self.entry(EPOCH, b"", b"", struct.pack("<QQ", previous, cut))
        write_whole(f"{self.folder}/{self.base:016x}.seg", data)
        self.file = os.open(f"{self.folder}/{self.base:016x}.seg", os.O_RDWR | os.O_CLOEXEC)
        self.durable = self.base + len(data)
        firsts = b"".join(text(topic) + struct.pack("<Q", first) for topic, first in sorted(self.nexts.items()))
        self.append(knows=item(6, struct.pack("<QI", self.epoch, len(self.nexts)) + firsts))

    def heard_epoch(self, home):
        """The newest epoch of this journal that anybody has heard of, should the clock have been set back."""
        newest = 0
        for other in os.listdir(home + "/journals"):
            folder = f"{home}/journals/{other}"
            if other != self.name and os.path.isdir(folder) and bases(folder):
                cursors, _ = fold(folder, released(folder))
                newest = max([newest, *(cursor[0] for stream, cursor in cursors.items() if stream[0] == self.name)])
        return newest

    def entry(self, kind, heard, said, knows):
        length = 52 + len(heard) + len(said) + len(knows)
        body = struct.pack("<IQQQqBB", length, self.number, self.epoch, self.durable, now(), kind, 2)
        body += struct.pack("<HII", 0, len(heard), len(said)) + heard + said + knows
        self.number += 1
        return struct.pack("<I", crc32c(body, self.salt)) + body

    def write_mark(self, flags, epoch, end, durable):
        """In place; its time must be that of its file."""
        file = os.open(self.folder + "/mark", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        place = os.fstat(file)
        for _ in range(4):
            stated = now()
            data = MARK.pack(
                b"TROUPMRK", 2, flags, 0, boot_id(), epoch, end, durable, end, place.st_dev, place.st_ino, stated)
            os.pwrite(file, data + struct.pack("<I", crc32c(data)), 0)
            if abs(now() - stated) <= 20_000:
                break
        return file

    def append(self, heard=b"", said=b"", knows=b"", kind=SLOT):
        """Durable, and seen by others, when this returns."""
        entry = self.entry(kind, heard, said, knows)
        try:
            if os.pwrite(self.file, entry, self.durable - self.base) != len(entry):
                raise OSError("the disk is full")
            os.fdatasync(self.file)
        except OSError as error:
            os.unlink(self.folder + "/mark")  # Nothing is known any more; the next start recovers.
            sys.exit(f"{self.folder}: {error}")
        self.durable += len(entry)
        os.close(self.write_mark(0, self.epoch, self.durable, self.durable))


def registration(home, handler, topic):
    """What makes the consumer: to be written when the journal is there, and before anything is heard."""
    path = f"{home}/registrations/{handler}.json"
    known = {"handler": handler, "topics": [{"topic": topic, "start": "earliest"}], "begun": False}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            known = json.load(file)
    if known.pop("begun", True) and not os.path.exists(f"{home}/journals/{handler}.0"):
        sys.exit(f"{handler} is registered and its journal is gone: what it heard is unknown")
    return path, known


def main(home, handler, topic, emits):
    for folder in ("journals", "registrations", "directory", "run"):
        os.makedirs(f"{home}/{folder}", 0o700, exist_ok=True)
    path, known = registration(home, handler, topic)
    tips = next(entry for entry in known["topics"] if entry["topic"] == topic).get("tips", {})
    own, followers, stop = Journal(home, handler + ".0"), {}, []
    write_whole(path, json.dumps(known, indent=2, sort_keys=True).encode() + b"\n")
    signal.signal(signal.SIGTERM, lambda *_: stop.append(True))
    while not stop:
        for name in os.listdir(home + "/journals"):
            folder = f"{home}/journals/{name}"
            if name not in followers and name != own.name and os.path.isdir(folder) and bases(folder):
                followers[name] = Follower(folder)
        for name, follower in followers.items():
            try:
                hear(own, handler, name, topic, emits, follower, tips.get(name, 0))
            except (OSError, ValueError, struct.error) as error:
                # Trimmed, recovered, or damaged: it is read from its beginning again. What was heard stays heard.
                follower.forget(str(error))
        time.sleep(0.02)
    own.append(kind=IDLE)  # A copy of this journal has no mark that counts, and this tells what is durable.


def hear(own, handler, name, topic, emits, follower, tip):
    stream = text(name) + text(topic)
    cursor = own.cursors.setdefault((name, topic), [0, tip])
    for begin, entry in follower.poll():
        if begin:
            first = begin[1].get(topic, 1)
            if cursor[1] + 1 < first:
                follower.tell(f"{topic} is kept from {first} on")
                cursor[1] = first - 1
                own.append(knows=item(5, stream + struct.pack("<QQ", *cursor)))
            follower.tip = first - 1
        for tag, body in (begin[2] if begin else Reader(entry[7])).items():
            epoch = body.number("Q") if tag == 6 else 0
            if epoch > cursor[0] > 0 and (first := body.counts().get(topic, 1)) <= cursor[1]:
                follower.tell(f"{topic} was lost from {first} on")
                cursor[:] = epoch, first - 1
                own.append(knows=item(7, stream + struct.pack("<QQ", *cursor)))
        for event in events(entry[6]) if entry else ():
            if event.topic == topic:
                follower.tip = event.sequence
                if event.sequence > cursor[1]:
                    handle(own, handler, stream, cursor, entry[2], event, emits)
    if follower.tip < cursor[1] and cursor[0]:
        follower.tell(f"{topic} was heard up to {cursor[1]} and ends at {follower.tip}: unknown, and nothing is set back")


def handle(own, handler, stream, cursor, epoch, event, emits):
    """One entry: what was heard, and what follows from it."""
    if event.sequence != cursor[1] + 1:
        sys.exit(f"{event.topic} goes on at {event.sequence} where {cursor[1] + 1} was due")
    while not event.problem and (event.time_of(0x0B) or 0) > now():
        time.sleep(0.02)  # Its notbefore lies ahead; the stream waits. A park would let the others by.
    said, knows, outcome = b"", b"", HANDLED
    position = stream + struct.pack("<QQ", epoch, event.sequence)
    if (event.time_of(0x0A) or 1 << 62) <= now():
        outcome = EXPIRED
    elif event.problem:
        outcome = DEAD
        why = struct.pack("<qI", now(), 1) + text(event.problem[:1000], "H")
        knows = item(3, position + why + struct.pack("<I", len(event.record)) + event.record)
    else:
        for index, data in enumerate(react(event), 1):
            said += effect(event, handler, index, emits, own.nexts.get(emits, 1), data)
            own.nexts[emits] = own.nexts.get(emits, 1) + 1
    cursor[:] = max(cursor[0], epoch), event.sequence
    run = struct.pack("<QQQBI", epoch, event.sequence, event.sequence, outcome, event.checksum)
    own.append(stream + run, said, knows)


if __name__ == "__main__":
    main(*sys.argv[1:])
