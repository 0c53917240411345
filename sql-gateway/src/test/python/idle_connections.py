"""What idle HiveServer2 connections cost a running demonstration's gateway, in memory and threads.

Each connection logs in with SASL PLAIN as one user and opens a session; then all are left alone. Fails
when they cost more than what docs/benchmarks.md allows, or a thread each, or when the first or the last
session does not answer afterwards.

Usage: idle_connections.py DATA_DIRECTORY [CONNECTIONS]
"""

import concurrent.futures
import json
import pathlib
import re
import resource
import socket
import struct
import sys
import time

MOST_MEGABYTES = 300
MOST_THREADS = 20
# OpenSession of protocol V10 in Thrift's binary encoding: its name, the argument, its one field.
OPEN_SESSION = (
    b"\x80\x01\x00\x01\x00\x00\x00\x0bOpenSession\x00\x00\x00\x01"
    b"\x0c\x00\x01\x08\x00\x01\x00\x00\x00\x09\x00\x00"
)
# GetInfo: its name, the argument, the session's handle (field 1, which holds field 1, a handle's two
# identifiers of 16 bytes) and what is asked: 17, CLI_DBMS_NAME.
GET_INFO = (
    b"\x80\x01\x00\x01\x00\x00\x00\x07GetInfo\x00\x00\x00\x02"
    b"\x0c\x00\x01\x0c\x00\x01\x0c\x00\x01"
    b"\x0b\x00\x01\x00\x00\x00\x10%b\x0b\x00\x02\x00\x00\x00\x10%b"
    b"\x00\x00\x08\x00\x02\x00\x00\x00\x11\x00\x00"
)
# As OpenSession's reply holds the two identifiers.
IDENTIFIERS = re.compile(
    rb"\x0b\x00\x01\x00\x00\x00\x10(.{16})\x0b\x00\x02\x00\x00\x00\x10(.{16})", re.DOTALL
)


def received(connection, length):
    content = b""
    while len(content) < length:
        part = connection.recv(length - len(content))
        if not part:
            raise SystemExit("The gateway hung up.")
        content += part
    return content


def call(connection, message):
    connection.sendall(struct.pack(">I", len(message)) + message)
    return received(connection, struct.unpack(">I", received(connection, 4))[0])


def connect(port):
    """A connection, and the identifiers of its session."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=300)
    for status, content in ((1, b"PLAIN"), (5, b"\0admin\0admin")):
        connection.sendall(struct.pack(">BI", status, len(content)) + content)
    status, length = struct.unpack(">BI", received(connection, 5))
    assert status == 5, received(connection, length)
    reply = call(connection, OPEN_SESSION)
    # The first field of the reply's status is its code.
    assert b"\x08\x00\x01\x00\x00\x00\x00" in reply, reply
    return connection, IDENTIFIERS.search(reply).groups()


def lives(connection, identifiers):
    return b"Spark SQL" in call(connection, GET_INFO % identifiers)


def state(pid):
    """Resident megabytes and threads."""
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    values = dict(line.split(":", 1) for line in lines)
    return int(values["VmRSS"].split()[0]) / 1024, int(values["Threads"])


def main(data, count="2000"):
    count = int(count)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    running = json.loads((pathlib.Path(data) / "run.json").read_text())
    pid, port = running["gatewayPid"], running["thriftPort"]
    # What the first logins bring into memory is no cost of idleness.
    connections = [connect(port) for _ in range(10)]
    memory, threads = state(pid)
    with concurrent.futures.ThreadPoolExecutor(4) as executor:
        connections += executor.map(connect, [port] * count)
    time.sleep(5)
    more_memory, more_threads = state(pid)
    print("| connections | RSS before, MB | RSS, MB | threads before | threads |")
    print("|---:|---:|---:|---:|---:|")
    print(f"| {count} | {memory:.0f} | {more_memory:.0f} | {threads} | {more_threads} |")
    dead = [place for place in (0, -1) if not lives(*connections[place])]
    if dead:
        print("The session of the first connection (0) or the last (-1) does not live:", dead)
    for connection, _ in connections:
        connection.close()
    fits = more_memory - memory < MOST_MEGABYTES and more_threads - threads < MOST_THREADS
    return 0 if fits and not dead else 1


sys.exit(main(*sys.argv[1:]))
