"""Python clients against a running demonstration: python clients.py PORT DOCS

Prints a line for each test that fails and, last, "clients: N passed, M failed".
"""

import contextlib
import decimal
import datetime
import io
import pathlib
import re
import sys
import traceback
import warnings

import adbc_driver_flightsql
import adbc_driver_flightsql.dbapi as flightsql
import adbc_driver_manager
import pyarrow
import pyarrow.compute
import pyarrow.flight as flight

PORT = int(sys.argv[1])
DOCS = pathlib.Path(sys.argv[2])
TESTS = []

# What each page's snippets must print.
PAGES = {
    "python.md": ("ALGERIA", "20000000 characters", "(3,)"),
    "compression.md": ("ALGERIA",),
    "pandas.md": ("ALGERIA",),
    "polars.md": ("ALGERIA",),
    "pyarrow.md": ("ALGERIA",),
    "sqlalchemy.md": ("FRANCE",),
}


def test(function):
    TESTS.append((function.__name__, function))
    return function


def url():
    return f"grpc://127.0.0.1:{PORT}"


def connect(user="admin", **options):
    return flightsql.connect(
        url(), db_kwargs={"username": user, "password": user, **options}, autocommit=True
    )


@contextlib.contextmanager
def cursor(user="admin"):
    with connect(user) as connection, connection.cursor() as opened:
        yield opened


def one(sql, parameters=None):
    with cursor() as opened:
        opened.execute(sql, parameters)
        return opened.fetchone()


def refused(text, call):
    try:
        call()
    except Exception as problem:
        assert text in str(problem), f"{problem} does not say {text}"
        return
    raise AssertionError(f"not refused with {text}")


def snippets(page):
    text = (DOCS / page).read_text()
    return re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S)


def run_page(page, expected):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for snippet in snippets(page):
            exec(compile(snippet.replace(":32010", f":{PORT}"), page, "exec"), {})
    for text in expected:
        assert text in printed.getvalue(), printed.getvalue()


for name, expected in PAGES.items():
    TESTS.append((f"page {name}", lambda name=name, expected=expected: run_page(name, expected)))

TYPES = [
    ("true", pyarrow.bool_(), True),
    ("1Y", pyarrow.int8(), 1),
    ("2S", pyarrow.int16(), 2),
    ("3", pyarrow.int32(), 3),
    ("4L", pyarrow.int64(), 4),
    ("cast(1.5 as float)", pyarrow.float32(), 1.5),
    ("2.5D", pyarrow.float64(), 2.5),
    ("cast(1.25 as decimal(15,2))", pyarrow.decimal128(15, 2), decimal.Decimal("1.25")),
    (
        "cast('12345678901234567890123456789012345678' as decimal(38,0))",
        pyarrow.decimal128(38, 0),
        decimal.Decimal("12345678901234567890123456789012345678"),
    ),
    ("'text'", pyarrow.string(), "text"),
    ("cast('ab' as varchar(4))", pyarrow.string(), "ab"),
    ("cast('ab' as char(4))", pyarrow.string(), "ab"),
    ("x'00ff'", pyarrow.binary(), b"\x00\xff"),
    ("date'2020-02-29'", pyarrow.date32(), datetime.date(2020, 2, 29)),
    (
        "timestamp'2020-01-02 03:04:05.5'",
        pyarrow.timestamp("us", "UTC"),
        datetime.datetime(2020, 1, 2, 3, 4, 5, 500000, datetime.timezone.utc),
    ),
    (
        "timestamp_ntz'2020-01-02 03:04:05.5'",
        pyarrow.timestamp("us"),
        datetime.datetime(2020, 1, 2, 3, 4, 5, 500000),
    ),
    (
        "interval '1 02:03:04.5' day to second",
        pyarrow.duration("us"),
        datetime.timedelta(days=1, hours=2, minutes=3, seconds=4.5),
    ),
    ("interval '5' second", pyarrow.duration("us"), datetime.timedelta(seconds=5)),
    (
        "make_interval(1, 2, 0, 3, 4, 5, 6.5)",
        pyarrow.month_day_nano_interval(),
        pyarrow.MonthDayNano([14, 3, 14_706_500_000_000]),
    ),
    ("array(1, null)", None, [1, None]),
    ("array()", None, []),
    ("map('a', 1)", None, [("a", 1)]),
    ("named_struct('x', 1)", None, {"x": 1}),
    ("null", pyarrow.null(), None),
    ("cast(null as void)", pyarrow.null(), None),
    ("array(named_struct('m', map(1, array(2))))", None, [{"m": [(1, [2])]}]),
    ("cast(null as decimal(15,2))", pyarrow.decimal128(15, 2), None),
    (
        "parse_json('1')",
        pyarrow.struct(
            [
                pyarrow.field("value", pyarrow.binary(), nullable=False),
                pyarrow.field("metadata", pyarrow.binary(), nullable=False),
            ]
        ),
        {"value": b"\x0c\x01", "metadata": b"\x01\x00\x00"},
    ),
]


def by_adbc(sql):
    with cursor() as opened:
        opened.execute(sql)
        return opened.fetch_arrow_table()


def type_by(fetch, expression, arrow, value):
    table = fetch(f"select {expression} as c")
    if arrow is not None:
        assert table.schema.field("c").type == arrow, table.schema
    assert table["c"].to_pylist() == [value], table["c"]
    kind = table.schema.field("c").type
    null = fetch(f"select case when id < 0 then {expression} end as c from range(1)")
    assert (null.schema.field("c").type, null["c"].to_pylist()) == (kind, [None]), null
    empty = fetch(f"select {expression} as c from range(0)")
    assert (empty.schema.field("c").type, empty["c"].to_pylist()) == (kind, []), empty


def varint(number):
    octets = bytearray()
    while number > 127:
        octets.append(number & 127 | 128)
        number >>= 7
    octets.append(number)
    return bytes(octets)


def field(number, value):
    return bytes([number << 3 | 2]) + varint(len(value)) + value


def command(name, body):
    url_of = f"type.googleapis.com/arrow.flight.protocol.sql.{name}".encode()
    return flight.FlightDescriptor.for_command(field(1, url_of) + field(2, body))


@contextlib.contextmanager
def flight_client(user="admin"):
    with flight.FlightClient(url()) as client:
        token = client.authenticate_basic_token(user, user)
        yield client, flight.FlightCallOptions(headers=[token])


def by_flight(sql):
    with flight_client() as (client, options):
        descriptor = command("CommandStatementQuery", field(1, sql.encode()))
        info = client.get_flight_info(descriptor, options)
        reader = client.do_get(info.endpoints[0].ticket, options)
        assert reader.schema == info.schema
        return reader.read_all()


LARGE = {"adbc.flight.sql.client_option.with_max_msg_size": str((2 << 30) - 1)}


def tables(sql):
    """The result by ADBC and by pyarrow's own client."""
    with connect(**LARGE) as connection, connection.cursor() as opened:
        opened.execute(sql)
        adbc = opened.fetch_arrow_table()
    pair = adbc, by_flight(sql)
    assert pair[0].schema == pair[1].schema
    return pair


@test
def a_thousand_columns_pass():
    sql = "select " + ", ".join(f"{column} as c{column}" for column in range(1000))
    for table in tables(sql):
        assert (table.num_columns, table["c999"][0].as_py()) == (1000, 999)


@test
def a_string_of_a_hundred_megabytes_passes():
    for table in tables("select repeat('x', 100000000) as c"):
        assert len(table["c"][0].as_py()) == 100_000_000


@test
def an_empty_result_has_its_columns():
    for table in tables("select n_name, n_nationkey from nation where false"):
        assert (table.num_rows, table.column_names) == (0, ["n_name", "n_nationkey"])


@test
def adbc_takes_a_value_of_twenty_megabytes_when_told_to():
    sql = "select repeat('x', 20000000) as c"
    with cursor() as opened:
        refused(
            "received message larger than max (20000177 vs. 16777216)",
            lambda: (opened.execute(sql), opened.fetchall()),
        )
        refused(
            "trying to send message larger than max",
            lambda: opened.execute("select length(?)", ("x" * 20_000_000,)),
        )
        opened.execute("select 1")
        assert opened.fetchall() == [(1,)]
    with connect(**LARGE) as connection, connection.cursor() as opened:
        opened.execute(sql)
        assert opened.fetchall() == [("x" * 20_000_000,)]
        # The gateway has a limit of its own for what it is sent.
        refused(
            "gRPC message exceeds maximum size 16777216",
            lambda: opened.execute("select length(?)", ("x" * 20_000_000,)),
        )
        opened.execute("select length(?)", ("x" * 16_000_000,))
        assert opened.fetchall() == [(16_000_000,)]


@test
def years_and_months_arrive():
    # pyarrow has no values of this type, but carries them: months, in 32 bits each.
    for interval, months in (("interval '1-2' year to month", 14), ("interval '3' month", 3)):
        sql = f"select if(id = 1, null, {interval}) as c from range(2) order by id"
        for table in tables(sql):
            assert str(table.schema.field("c").type) == "month_interval", table.schema
            assert pyarrow.compute.is_null(table["c"]).to_pylist() == [False, True]
            octets = table.to_batches()[0].serialize().to_pybytes()
            assert months.to_bytes(4, "little") + bytes(4) in octets
            # docs/types.md says so.
            refused("21", table["c"].to_pylist)
        for table in tables(f"select {interval} as c from range(0)"):
            assert (str(table.schema.field("c").type), table.num_rows) == ("month_interval", 0)
    assert one("select cast(interval '1-2' year to month as int)") == (14,)


@test
def results_without_columns_arrive():
    for table in tables("select * except (c) from (select 1 as c)"):
        assert (table.num_columns, table.num_rows) == (0, 1)
    with cursor() as opened:
        opened.execute("create table lake.default.py_bare")
        try:
            assert opened.fetch_arrow_table().shape == (0, 0)
            for table in tables("select * from lake.default.py_bare"):
                assert table.shape == (0, 0)
            opened.execute("select * from lake.default.py_bare")
            assert opened.fetchall() == []
        finally:
            opened.execute("drop table lake.default.py_bare")


@test
def char_and_varchar_columns_of_tables_are_strings():
    with cursor() as opened:
        opened.execute("create table lake.default.py_letters (c char(4), v varchar(4))")
        try:
            opened.execute("insert into lake.default.py_letters values ('ab', 'abcdef'), (null, '')")
            for table in tables("select * from lake.default.py_letters order by c nulls last"):
                assert table.schema.types == [pyarrow.string()] * 2, table.schema
                assert table.to_pydict() == {"c": ["ab", None], "v": ["abcdef", ""]}, table
        finally:
            opened.execute("drop table lake.default.py_letters")


@test
def adbc_reads_compressed_results():
    sql = "select * from orders order by o_orderkey"
    with connect() as connection, connection.cursor() as opened:
        opened.execute(sql)
        plain = opened.fetch_arrow_table()
        opened.execute("set sluice.result.compression = zstd")
        opened.execute(sql)
        assert opened.fetch_arrow_table().equals(plain)


@test
def pyarrow_reads_compressed_results():
    sql = b"select * from orders order by o_orderkey"
    with flight_client() as (client, options):

        def fetch(text):
            descriptor = command("CommandStatementQuery", field(1, text))
            info = client.get_flight_info(descriptor, options)
            return client.do_get(info.endpoints[0].ticket, options).read_all()

        plain = fetch(sql)
        fetch(b"set sluice.result.compression = zstd")
        assert fetch(sql).equals(plain)


for expression, arrow, value in TYPES:
    for client, fetch in (("adbc", by_adbc), ("pyarrow", by_flight)):
        TESTS.append(
            (
                f"{client} type {expression}",
                lambda case=(fetch, expression, arrow, value): type_by(*case),
            )
        )


@test
def adbc_low_level():
    with adbc_driver_flightsql.connect(
        url(), db_kwargs={"username": "admin", "password": "admin"}
    ) as database, adbc_driver_manager.AdbcConnection(database) as connection:
        with adbc_driver_manager.AdbcStatement(connection) as statement:
            statement.set_sql_query("select count(*) from nation")
            stream, _ = statement.execute_query()
            reader = pyarrow.RecordBatchReader._import_from_c(stream.address)
            assert reader.read_all().column(0).to_pylist() == [25]


@test
def adbc_binds_and_prepares():
    assert one("select n_name from nation where n_nationkey = ?", (3,)) == ("CANADA",)


@test
def adbc_sees_a_filter():
    with cursor("analyst") as opened:
        opened.execute("select count(*) from orders")
        assert opened.fetchone() == (6085,)


@test
def adbc_is_told_of_a_refusal():
    with cursor("intern") as opened:
        refused(
            "user [intern] does not have [select] privilege on [tpch/orders]",
            lambda: opened.execute("select * from orders"),
        )


@test
def adbc_objects_and_schema():
    with connect() as connection:
        assert "nation" in str(
            connection.adbc_get_objects(depth="tables", table_name_filter="nation").read_all()
        )
        schema = connection.adbc_get_table_schema("nation", db_schema_filter="tpch")
        assert schema.names == ["n_nationkey", "n_name", "n_regionkey", "n_comment"]
        assert connection.adbc_get_info()["vendor_name"] == "Sluice"


@test
def adbc_schema_without_running():
    with cursor() as opened:
        assert opened.adbc_execute_schema("select 1 as one").names == ["one"]


@test
def adbc_fetches_partitions():
    with cursor() as opened:
        [partition], schema = opened.adbc_execute_partitions("select n_name from nation")
        assert schema.names == ["n_name"]
        opened.adbc_read_partition(partition)
        assert opened.fetch_arrow_table().num_rows == 25


@test
def adbc_polls_for_partitions():
    # Long enough for the first poll to be answered without a partition.
    sql = "select id % 2 as k, count(*) as n from range(0, 1000000000, 1, 100) group by 1 order by 1"
    with cursor() as opened:
        opened.adbc_statement.set_options(**{"adbc.statement.exec.incremental": "true"})
        [partition], _ = opened.adbc_execute_partitions(sql)
        assert opened.adbc_execute_partitions(sql)[0] == []
        opened.adbc_read_partition(partition)
        assert opened.fetchall() == [(0, 500_000_000), (1, 500_000_000)]


@test
def adbc_session_options():
    with connect() as connection:
        prefix = "adbc.flight.sql.session.option."
        key = "spark.sql.shuffle.partitions"
        connection.adbc_connection.set_options(**{prefix + key: "7"})
        with connection.cursor() as opened:
            opened.execute(f"set {key}")
            assert opened.fetchone() == (key, "7")
        refused(
            "spark.driver.memory",
            lambda: connection.adbc_connection.set_options(**{prefix + "spark.driver.memory": "1g"}),
        )


@test
def adbc_statements_without_rows_run_once():
    with cursor() as opened:
        opened.execute("create table lake.default.py_once (n bigint)")
        opened.execute("insert into lake.default.py_once values (1)")
        opened.executemany("insert into lake.default.py_once values (?)", [(2,), (3,)])
        assert opened.rowcount == -1
        opened.execute("select count(*) from lake.default.py_once")
        counted = opened.fetchone()
        opened.execute("drop table lake.default.py_once")
        assert counted == (3,), counted


def rows(count):
    return pyarrow.table(
        {
            "id": pyarrow.array(range(count), pyarrow.int64()),
            "name": [f"name {number}" for number in range(count)],
            "at": pyarrow.array([0] * count, pyarrow.timestamp("ns", "UTC")),
        }
    )


@test
def adbc_ingest_modes():
    target = {"catalog_name": "lake", "db_schema_name": "default"}
    with cursor() as opened:
        assert opened.adbc_ingest("py_in", rows(10), mode="create", **target) == 10
        refused("EXISTS", lambda: opened.adbc_ingest("py_in", rows(1), mode="create", **target))
        assert opened.adbc_ingest("py_in", rows(5), mode="append", **target) == 5
        opened.execute("select count(*), max(id) from lake.default.py_in")
        assert opened.fetchone() == (15, 9)
        many = rows(200_000).to_reader(max_chunksize=50_000)
        assert opened.adbc_ingest("py_in", many, mode="replace", **target) == 200_000
        assert opened.adbc_ingest("py_in", rows(1), mode="create_append", **target) == 1
        opened.execute("select count(*) from lake.default.py_in")
        counted = opened.fetchone()
        opened.execute("drop table lake.default.py_in")
        assert counted == (200_001,), counted


@test
def adbc_ingest_is_governed():
    with cursor("analyst") as opened:
        refused(
            "Permission denied: user [analyst]",
            lambda: opened.adbc_ingest(
                "nation", rows(1), mode="append", catalog_name="lake", db_schema_name="tpch"
            ),
        )


@test
def adbc_has_no_temporary_tables():
    with cursor() as opened:
        refused(
            "no temporary tables",
            lambda: opened.adbc_ingest("x", rows(1), mode="create", temporary=True),
        )


@test
def adbc_says_that_there_are_no_transactions():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        flightsql.connect(url(), db_kwargs={"username": "admin", "password": "admin"}).close()
    assert any("autocommit" in str(warning.message) for warning in caught), caught


@test
def pyarrow_reads_a_ticket_once():
    with flight_client() as (client, options):
        descriptor = command("CommandStatementQuery", field(1, b"select n_name from nation"))
        info = client.get_flight_info(descriptor, options)
        assert client.do_get(info.endpoints[0].ticket, options).read_all().num_rows == 25
        refused(
            "INVALID_HANDLE", lambda: client.do_get(info.endpoints[0].ticket, options).read_all()
        )


@test
def pyarrow_cancels():
    with flight_client() as (client, options):
        descriptor = command("CommandStatementQuery", field(1, b"select n_name from nation"))
        info = client.get_flight_info(descriptor, options)
        body = field(1, info.serialize())
        results = list(client.do_action(flight.Action("CancelFlightInfo", body), options))
        assert results[0].body.to_pybytes() == b"\x08\x01", results
        refused(
            "INVALID_HANDLE", lambda: client.do_get(info.endpoints[0].ticket, options).read_all()
        )


passed = failed = 0
for name, body in TESTS:
    try:
        body()
        passed += 1
    except Exception:
        failed += 1
        print(f"clients: {name} failed")
        traceback.print_exc()
print(f"clients: {passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
