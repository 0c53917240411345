"""The same rows of lineitem through Sluice's doors and from a bare Spark Thrift Server, round by round.

Every client is a process of its own that stays connected. The clients take turns, each round in
another order; the rounds that warm up are not counted. Prints the medians in Markdown, and fails
when the numbers of rows differ or an aim is missed.

At scale 0.17 they are a million, in files enough for every core.

Usage: fetch_doors.py DATA_DIRECTORY THRIFT_SERVER_PORT [ROUNDS [WARM_UP_ROUNDS]]
"""

import glob
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

QUERY = "SELECT * FROM lake.tpch.lineitem"
ROOT = pathlib.Path(__file__).resolve().parents[4]


def pyhive(port):
    """A client process: fetches with PyHive, row by row."""
    from pyhive import hive

    connection = hive.connect(
        host="127.0.0.1", port=port, username="admin", password="admin", auth="LDAP"
    )

    def fetch(query):
        cursor = connection.cursor()
        cursor.execute(query)
        rows = sum(1 for _ in cursor)
        cursor.close()
        return rows

    serve(fetch)


def flight(port):
    """A client process: fetches a table with pyarrow."""
    import pyarrow.flight

    def field(number, value):
        length, size = b"", len(value)
        while size > 127:
            length, size = length + bytes([size & 127 | 128]), size >> 7
        return bytes([number << 3 | 2]) + length + bytes([size]) + value

    client = pyarrow.flight.FlightClient(f"grpc://127.0.0.1:{port}")
    options = pyarrow.flight.FlightCallOptions(
        headers=[client.authenticate_basic_token("admin", "admin")]
    )
    name = b"type.googleapis.com/arrow.flight.protocol.sql.CommandStatementQuery"

    def fetch(query):
        command = field(1, name) + field(2, field(1, query.encode()))
        descriptor = pyarrow.flight.FlightDescriptor.for_command(command)
        info = client.get_flight_info(descriptor, options)
        return client.do_get(info.endpoints[0].ticket, options).read_all().num_rows

    serve(fetch)


def serve(fetch):
    for line in sys.stdin:
        start = time.perf_counter_ns()
        rows = fetch(line.strip())
        print(rows, time.perf_counter_ns() - start, flush=True)


class Client:
    """A client process and the times that its fetches took."""

    def __init__(self, *command):
        self.command = [str(word) for word in command]
        self.process = None
        self.rows = None
        self.seconds = []

    def start(self, log):
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        )

    def fetch(self, query):
        self.process.stdin.write(query + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        if len(answer) != 2:
            raise SystemExit("This client ended: " + " ".join(self.command[-2:]))
        self.rows = int(answer[0])
        return int(answer[1]) / 1e9

    def stop(self):
        if self.process is not None:
            self.process.stdin.close()
            self.process.wait()

    def median(self):
        return statistics.median(self.seconds)


def jdbc(driver, url):
    return Client(
        f"{os.environ['JAVA_HOME']}/bin/java" if os.environ.get("JAVA_HOME") else "java",
        "-Xmx1g",
        "--add-opens=java.base/java.nio=ALL-UNNAMED",
        "-cp",
        f"{ROOT}/tpch-bench/target/classes:{driver}",
        "io.sluice.bench.client.JdbcFetches",
        url,
    )


def hive_jdbc(port):
    [driver] = glob.glob(f"{ROOT}/sql-gateway/target/hive-drivers/hive-jdbc-4*.jar")
    return jdbc(driver, f"jdbc:hive2://127.0.0.1:{port}/default;user=admin;password=admin")


def flight_jdbc(port):
    class_path = (ROOT / "tpch-bench/target/classpath").read_text().strip().split(":")
    [driver] = [jar for jar in class_path if "/flight-sql-jdbc-driver-" in jar]
    options = "useEncryption=false&user=admin&password=admin"
    return jdbc(driver, f"jdbc:arrow-flight-sql://127.0.0.1:{port}/?{options}")


def python(function, port):
    return Client(sys.executable, "-W", "ignore", __file__, function, port)


def compare(data, thrift_server, rounds, warm_up):
    running = json.loads((pathlib.Path(data) / "run.json").read_text())
    clients = {
        "Hive JDBC, Thrift Server": hive_jdbc(thrift_server),
        "Hive JDBC, Sluice": hive_jdbc(running["thriftPort"]),
        "Flight JDBC, Sluice": flight_jdbc(running["grpcPort"]),
        "PyHive, Thrift Server": python("pyhive", thrift_server),
        "PyHive, Sluice": python("pyhive", running["thriftPort"]),
        "pyarrow, Sluice": python("flight", running["grpcPort"]),
    }
    names = list(clients)
    with open(ROOT / "target/compare/clients.log", "w") as log:
        try:
            for client in clients.values():
                client.start(log)
            for number in range(warm_up + rounds):
                counted = number >= warm_up
                for name in names[number % len(names) :] + names[: number % len(names)]:
                    took = clients[name].fetch(QUERY)
                    if counted:
                        clients[name].seconds.append(took)
                    note = "" if counted else " (warm-up)"
                    print(f"round {number + 1}{note}: {name} {took:.2f} s", file=sys.stderr)
        finally:
            for client in clients.values():
                client.stop()
    rows = {client.rows for client in clients.values()}
    print(f"{QUERY}: {max(rows):,} rows; medians of {rounds} rounds in turn\n")
    print("| client, server | median s | least s | most s |\n|---|---:|---:|---:|")
    for name, client in clients.items():
        print(
            f"| {name} | {client.median():.2f} | {min(client.seconds):.2f}"
            f" | {max(client.seconds):.2f} |"
        )
    hive, pyhive_time = (clients[name].median() for name in (names[0], names[3]))
    missed = len(rows) != 1
    print("\n| | of the Thrift Server's time | aim |\n|---|---:|---:|")
    for name, base, aim in (
        ("Hive JDBC, Sluice", hive, 1),
        ("Flight JDBC, Sluice", hive, 2 / 3),
        ("pyarrow, Sluice", pyhive_time, 1 / 10),
    ):
        share = clients[name].median() / base
        missed |= share > aim
        print(f"| {name} | {share:.3f} | {aim:.3f} |")
    return 1 if missed else 0


if sys.argv[1] in ("pyhive", "flight"):
    globals()[sys.argv[1]](int(sys.argv[2]))
else:
    numbers = [int(word) for word in sys.argv[2:]] + [5, 2][len(sys.argv) - 3 :]
    sys.exit(compare(sys.argv[1], *numbers))
