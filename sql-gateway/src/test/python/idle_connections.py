"""What idle HiveServer2 connections cost a running demonstration's gateway, in memory and threads.

Each connection logs in with SASL PLAIN and opens a session; then all are left alone. Fails when they
cost more than what docs/benchmarks.md allows, or a thread each.

Usage: idle_connections.py DATA_DIRECTORY [CONNECTIONS]
"""

import concurrent.futures
import json
import pathlib
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


def received(connection, length):
    content = b""
    while len(content) < length:
        part = connection.recv(length - len(content))
        if not part:
            raise SystemExit("The gateway hung up.")
        content += part
    return content


def connect(port):
    connection = socket.create_connection(("127.0.0.1", port), timeout=300)
    for status, content in ((1, b"PLAIN"), (5, b"\0admin\0admin")):
        connection.sendall(struct.pack(">BI", status, len(content)) + content)
    status, length = struct.unpack(">BI", received(connection, 5))
    assert status == 5, received(connection, length)
    connection.sendall(struct.pack(">I", len(OPEN_SESSION)) + OPEN_SESSION)
    reply = received(connection, struct.unpack(">I", received(connection, 4))[0])
    # The first field of the reply's status is its code.
    assert b"\x08\x00\x01\x00\x00\x00\x00" in reply, reply
    return connection


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
    for connection in connections:
        connection.close()
    fits = more_memory - memory < MOST_MEGABYTES and more_threads - threads < MOST_THREADS
    return 0 if fits else 1


sys.exit(main(*sys.argv[1:]))
