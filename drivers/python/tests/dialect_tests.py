"""The dialect against a running demonstration: python dialect_tests.py PORT SPARK_PID

Prints a line for each test that fails and, last, "sqlalchemy: N passed, M failed".
"""

import datetime
import decimal
import signal
import sys
import tempfile
import threading
import time
import traceback
import types as modules

import pandas
import sqlalchemy
from spark_process import SparkProcess
from sqlalchemy import exc, orm, select, text

PORT = int(sys.argv[1])
SPARK = SparkProcess(sys.argv[2])
LONG = "select sum(hash(id)) from range(1000000000000)"
TESTS = []


def test(function):
    TESTS.append(function)
    return function


def engine(user="admin", path="/lake/tpch", **options):
    return sqlalchemy.create_engine(
        f"sluice://{user}:{user}@127.0.0.1:{PORT}{path}", **options
    )


def one(sql, user="admin", **parameters):
    with engine(user).connect() as connection:
        return connection.execute(text(sql), parameters).one()


def refused(mark, call, kind=Exception):
    try:
        call()
    except kind as problem:
        assert mark in str(problem), f"{problem} does not say {mark}"
        return
    raise AssertionError(f"not refused with {mark}")


def arguments(url):
    url = sqlalchemy.engine.make_url(url)
    (uri,), options = url.get_dialect()().create_connect_args(url)
    return uri, options


@test
def a_url_says_where_to_go():
    uri, options = arguments("sluice://u:p%40@example.org/lake/tpch")
    assert uri == "grpc+tls://example.org:32010", uri
    largest = {"adbc.flight.sql.client_option.with_max_msg_size": "2147483647"}
    assert options["db_kwargs"] == {"username": "u", "password": "p@", **largest}, options
    assert options["namespace"] == ("lake", "tpch") and options["autocommit"] is True
    assert arguments("sluice://localhost:7")[0] == "grpc://localhost:7"
    assert arguments("sluice://[::1]:7/")[0] == "grpc://[::1]:7"
    assert arguments("sluice+adbc://127.0.0.1?tls=true")[0] == "grpc+tls://127.0.0.1:32010"
    assert arguments("sluice://localhost.example.org")[0].startswith("grpc+tls:")
    token = arguments("sluice://localhost?token=abc")[1]["db_kwargs"]
    assert token == {"adbc.flight.sql.authorization_header": "Bearer abc", **largest}, token
    cluster = arguments("sluice://localhost/lake?cluster=loads")[1]["db_kwargs"]
    assert cluster == {"adbc.flight.sql.rpc.call_header.cluster": "loads", **largest}, cluster


@test
def a_value_of_twenty_megabytes_arrives():
    # More than the driver takes by default.
    assert one("select repeat('x', 20000000) as c").c == "x" * 20_000_000


@test
def a_url_that_cannot_be_meant_is_refused():
    refused("tls_root_certs, token, cluster", lambda: arguments("sluice://h?ssl=1"), exc.ArgumentError)
    refused("not both", lambda: arguments("sluice://u:p@h?token=t"), exc.ArgumentError)
    refused("true or false", lambda: arguments("sluice://h?tls=yes"), exc.ArgumentError)
    refused("/catalog/schema", lambda: arguments("sluice://h/a/b/c"), exc.ArgumentError)


@test
def a_connection_stands_where_its_url_says():
    for path, stands in (("/lake/tpch", "tpch"), ("/lake", "tpch"), ("", "tpch")):
        with engine(path=path).connect() as connection:
            assert connection.dialect.default_schema_name == stands
    with engine().connect() as connection:
        row = connection.execute(text("select current_catalog(), current_schema()")).one()
        assert row == ("lake", "tpch"), row
        assert connection.dialect.server_version_info >= (0, 1)
    refused("[SCHEMA_NOT_FOUND]", lambda: engine(path="/lake/nowhere").connect())
    refused("[CATALOG_NOT_FOUND]", lambda: engine(path="/nowhere").connect())
    refused(
        "Wrong user name or password",
        sqlalchemy.create_engine(f"sluice://admin:wrong@127.0.0.1:{PORT}/").connect,
    )


@test
def a_connection_runs_on_the_cluster_that_its_url_names():
    with engine(path="/lake/tpch?cluster=local").connect() as connection:
        row = connection.execute(text("SET sluice.cluster")).one()
        assert tuple(row) == ("sluice.cluster", "local"), row
        assert connection.execute(text("select count(*) from nation")).scalar_one() == 25
    # Nothing was run yet: the login itself is refused.
    refused("[CLUSTER_NOT_FOUND]", lambda: engine(path="/lake/tpch?cluster=nowhere").connect())


@test
def values_arrive_as_python_has_them():
    row = one(
        "select true, 1Y, 2S, 3, 4L, cast(1.5 as float), 2.5D, cast(1.25 as decimal(15,2)), 'é',"
        " x'00ff', date'2020-02-29', timestamp_ntz'2020-01-02 03:04:05.5', array(1, null), null"
    )
    assert tuple(row) == (
        True, 1, 2, 3, 4, 1.5, 2.5, decimal.Decimal("1.25"), "é", b"\x00\xff",
        datetime.date(2020, 2, 29), datetime.datetime(2020, 1, 2, 3, 4, 5, 500000), [1, None], None,
    ), row  # fmt: skip


@test
def parameters_are_bound():
    row = one("select n_name from nation where n_nationkey = :key and n_name like :like", key=3,
              like="C%")  # fmt: skip
    assert row == ("CANADA",)


@test
def policies_hold():
    assert one("select count(*) from orders", "analyst") == (6085,)
    refused("user [intern] does not have [select] privilege on [tpch/orders]",
            lambda: one("select * from orders", "intern"), exc.DBAPIError)  # fmt: skip
    refused("[TABLE_OR_VIEW_NOT_FOUND]", lambda: one("select * from nothing"), exc.DBAPIError)


@test
def reflection_shows_what_a_user_may_see():
    with engine().connect() as connection:
        connection.execute(text("create or replace view lake.tpch.py_view as select 1 as a"))
    try:
        inspector = sqlalchemy.inspect(engine())
        assert "tpch" in inspector.get_schema_names()
        tables = inspector.get_table_names()
        assert {"nation", "orders"} < set(tables) and "py_view" not in tables, tables
        assert inspector.get_table_names("tpch") == inspector.get_table_names("lake.tpch") == tables
        assert inspector.get_view_names() == ["py_view"], inspector.get_view_names()
        assert [column["name"] for column in inspector.get_columns("py_view")] == ["a"]
    finally:
        with engine().connect() as connection:
            connection.execute(text("drop view lake.tpch.py_view"))
    assert inspector.has_table("nation") and not inspector.has_table("nothing")
    assert not inspector.has_table("nation", "nowhere")
    assert inspector.get_pk_constraint("nation")["constrained_columns"] == []
    refused("nothing", lambda: inspector.get_columns("nothing"), exc.NoSuchTableError)
    assert sqlalchemy.inspect(engine("intern")).get_table_names() == ["nation", "region"]
    seen = [column["name"] for column in sqlalchemy.inspect(engine("analyst")).get_columns("customer")]
    assert "c_phone" in seen and "c_address" not in seen, seen


@test
def tables_and_columns_are_made_and_reflected():
    metadata = sqlalchemy.MetaData()
    made = sqlalchemy.Table(
        "py_made",
        metadata,
        sqlalchemy.Column("Id", sqlalchemy.BigInteger, primary_key=True, autoincrement=False),
        sqlalchemy.Column("text", sqlalchemy.String(20), comment="it's \\ text"),
        sqlalchemy.Column("amount", sqlalchemy.Numeric(12, 3)),
        sqlalchemy.Column("at", sqlalchemy.DateTime),
        sqlalchemy.Column("seen", sqlalchemy.DateTime(timezone=True)),
        sqlalchemy.Column("day", sqlalchemy.Date),
        sqlalchemy.Column("ratio", sqlalchemy.Float),
        sqlalchemy.Column("yes", sqlalchemy.Boolean),
        sqlalchemy.Column("raw", sqlalchemy.LargeBinary),
        schema="lake.tpch",
        comment="made by a test",
    )
    values = {
        "Id": 1, "text": "a'b", "amount": decimal.Decimal("1.125"),
        "at": datetime.datetime(2020, 1, 2, 3, 4, 5, 6), "day": datetime.date(2020, 2, 29),
        "seen": datetime.datetime(2020, 1, 2, tzinfo=datetime.timezone.utc),
        "ratio": 0.5, "yes": True, "raw": b"\x00",
    }  # fmt: skip
    database = engine()
    metadata.create_all(database)
    try:
        with database.connect() as connection:
            connection.execute(made.insert(), values)
            connection.execute(made.insert(), [{"Id": 2, "text": "c"}, {"Id": 3, "text": "d"}])
            query = select(made).where(made.c.text == "a'b")
            assert dict(connection.execute(query).mappings().one()) == values
            query = select(made.c.Id).order_by(made.c.Id.desc()).limit(1).offset(1)
            assert connection.execute(query).all() == [(2,)]
            assert connection.execute(select(made.c.Id).where(made.c.Id.in_([1, 3]))).all()
            assert connection.execute(select(made.c.Id).where(made.c.Id.in_([]))).all() == []
            assert connection.scalar(select(sqlalchemy.func.count()).select_from(made)) == 3
        reflected = sqlalchemy.Table("py_made", sqlalchemy.MetaData(), schema="lake.tpch",
                                     autoload_with=database)  # fmt: skip
        types = {column.name: str(column.type) for column in reflected.columns}
        assert types["Id"] == "BIGINT" and types["amount"] == "DECIMAL(12, 3)", types
        assert isinstance(reflected.c.at.type, sqlalchemy.DateTime)
        assert not reflected.c.at.type.timezone and reflected.c.seen.type.timezone
        assert isinstance(reflected.c.text.type, sqlalchemy.String)
        assert reflected.c.text.comment == "it's \\ text", reflected.c.text.comment
        assert reflected.comment == "made by a test", reflected.comment
    finally:
        metadata.drop_all(database)
    assert not sqlalchemy.inspect(database).has_table("py_made", "lake.tpch")


@test
def what_iceberg_has_not_is_refused():
    column = sqlalchemy.Column("a", sqlalchemy.Integer, server_default="1")
    table = sqlalchemy.Table("t", sqlalchemy.MetaData(), column)
    refused("Iceberg has no", lambda: table.create(engine()), exc.CompileError)
    levels = {"isolation_level": "SERIALIZABLE"}
    refused("AUTOCOMMIT", lambda: engine(execution_options=levels).connect())


@test
def pandas_reads_and_writes():
    database = engine("analyst")
    frame = pandas.read_sql(
        text("select o_orderkey, o_totalprice from orders where o_orderkey < :key"),
        database, params={"key": 100},
    )  # fmt: skip
    assert list(frame.columns) == ["o_orderkey", "o_totalprice"] and len(frame) > 5
    assert len(pandas.read_sql_table("nation", database, schema="tpch")) == 25
    database = engine("admin", "/lake/tpch")
    rows = pandas.DataFrame({"n": [1, 2, None], "t": ["a", "b", None]})
    try:
        rows.to_sql("py_frame", database, index=False)
        rows.to_sql("py_frame", database, index=False, if_exists="append", method="multi")
        assert len(pandas.read_sql("select * from py_frame", database)) == 6
    finally:
        with database.connect() as connection:
            connection.execute(text("drop table if exists py_frame"))


@test
def objects_are_mapped():
    Base = orm.declarative_base()

    class Nation(Base):
        __tablename__ = "nation"
        n_nationkey = sqlalchemy.Column(sqlalchemy.BigInteger, primary_key=True)
        n_name = sqlalchemy.Column(sqlalchemy.String)

    with orm.Session(engine("analyst")) as session:
        assert session.get(Nation, 3).n_name == "CANADA"
        session.rollback()


@test
def a_pooled_connection_is_asked_whether_it_lives():
    database = engine(pool_pre_ping=True, pool_size=1)
    for _ in range(2):
        with database.connect() as connection:
            assert connection.execute(text("select 1")).scalar() == 1


@test
def a_cancel_ends_it_in_spark():
    connection = engine().raw_connection()
    cursor = connection.cursor()

    def cancel():
        SPARK.await_busy()
        cursor.adbc_cancel()

    canceling = threading.Thread(target=cancel)
    canceling.start()

    def run():
        cursor.execute(LONG)
        cursor.fetchall()

    refused("", run)
    canceling.join()
    SPARK.await_idle()
    connection.invalidate()


class BaseEngineSpec:
    """How Superset runs a statement: the calls of its base that the engine spec builds on."""

    @classmethod
    def execute_with_cursor(cls, cursor, sql, query):
        cursor.execute(sql)

    @classmethod
    def fetch_data(cls, cursor, limit=None):
        return cursor.fetchmany(limit) if limit else cursor.fetchall()


def engine_spec():
    """The engine spec, over as much of Superset as it touches."""
    base = modules.ModuleType("superset.db_engine_specs.base")
    base.BaseEngineSpec = BaseEngineSpec
    sys.modules["superset"] = modules.ModuleType("superset")
    sys.modules["superset.db_engine_specs"] = modules.ModuleType("superset.db_engine_specs")
    sys.modules["superset.db_engine_specs.base"] = base
    from sluice_sqlalchemy.superset import SluiceEngineSpec

    return SluiceEngineSpec


@test
def supersets_expressions_run():
    spec = engine_spec()
    grains = spec._time_grain_expressions
    # A Wednesday.
    column = "timestamp_ntz'2020-01-15 10:11:12'"
    wanted = {
        None: "2020-01-15 10:11:12", "PT1S": "2020-01-15 10:11:12", "PT1M": "2020-01-15 10:11:00",
        "PT1H": "2020-01-15 10:00:00", "P1D": "2020-01-15 00:00:00", "P1W": "2020-01-13 00:00:00",
        "P1M": "2020-01-01 00:00:00", "P3M": "2020-01-01 00:00:00", "P1Y": "2020-01-01 00:00:00",
        "1969-12-28T00:00:00Z/P1W": "2020-01-12 00:00:00",
        "1969-12-29T00:00:00Z/P1W": "2020-01-13 00:00:00",
        "P1W/1970-01-03T00:00:00Z": "2020-01-18 00:00:00",
        "P1W/1970-01-04T00:00:00Z": "2020-01-19 00:00:00",
    }  # fmt: skip
    sql = ", ".join(f"cast({grains[key].format(col=column)} as string)" for key in wanted)
    row = one("select " + sql.replace(":", "\\:"))
    assert dict(zip(wanted, row)) == wanted and wanted.keys() == grains.keys(), row
    moment = datetime.datetime(2020, 1, 2, 3, 4, 5)
    literals = [spec.convert_dttm(kind, moment) for kind in ("DATE", "TIMESTAMP", "TIMESTAMP_NTZ")]
    sql = "select " + ", ".join([*literals, spec.epoch_to_dttm().format(col="0")])
    assert one(sql.replace(":", "\\:"))[0] == datetime.date(2020, 1, 2)
    assert spec.convert_dttm("STRING", moment) is None


def query_of_superset():
    """A database with one query that runs, and how others see it: as Superset's own, in a file."""
    directory = tempfile.mkdtemp()
    metadata = sqlalchemy.create_engine(f"sqlite:///{directory}/superset.db")
    Base = orm.declarative_base()

    class Query(Base):
        __tablename__ = "query"
        id = sqlalchemy.Column(sqlalchemy.Integer, primary_key=True)
        status = sqlalchemy.Column(sqlalchemy.String(16))

    Base.metadata.create_all(metadata)
    session = orm.Session(metadata)
    query = Query(id=1, status="running")
    session.add(query)
    session.commit()

    def set_status(status):
        with metadata.begin() as connection:
            connection.execute(Query.__table__.update().values(status=status))

    return session, query, set_status


@test
def stop_in_superset_ends_it_in_spark():
    spec = engine_spec()
    assert spec.has_implicit_cancel() is True, "Superset itself has no other way to cancel"
    for status, limit in (("stopped", 1000), ("timed_out", None)):
        session, query, set_status = query_of_superset()
        connection = engine().raw_connection()
        cursor = connection.cursor()

        def stop(status=status):
            SPARK.await_busy()
            set_status(status)

        stopping = threading.Thread(target=stop)
        stopping.start()
        begin = time.monotonic()

        def run():
            spec.execute_with_cursor(cursor, LONG, query)
            spec.fetch_data(cursor, limit)

        refused("", run)
        stopping.join()
        assert time.monotonic() - begin < 90
        SPARK.await_idle()
        # The connection serves on, as for the next statement of the tab.
        set_status("running")
        spec.execute_with_cursor(cursor, "select 41 + 1", query)
        assert spec.fetch_data(cursor, limit) == [(42,)]
        cursor.close()
        connection.close()
        session.close()


@test
def what_ends_superset_waiting_ends_it_in_spark():
    """As its time limit, an exception out of a signal."""
    spec = engine_spec()
    session, query, _ = query_of_superset()
    connection = engine().raw_connection()
    cursor = connection.cursor()

    def interrupt():
        SPARK.await_busy()
        signal.raise_signal(signal.SIGALRM)

    def raise_it(number, frame):
        raise TimeoutError("the time limit")

    before = signal.signal(signal.SIGALRM, raise_it)
    threading.Thread(target=interrupt).start()
    try:

        def run():
            spec.execute_with_cursor(cursor, LONG, query)
            spec.fetch_data(cursor)

        refused("the time limit", run, TimeoutError)
    finally:
        signal.signal(signal.SIGALRM, before)
    SPARK.await_idle()
    connection.invalidate()
    session.close()


@test
def charts_of_superset_fetch_without_a_query():
    connection = engine().raw_connection()
    cursor = connection.cursor()
    cursor.execute("select 1")
    assert engine_spec().fetch_data(cursor) == [(1,)]
    connection.close()


@test
def superset_changes_catalog_and_schema():
    spec = engine_spec()

    def adjusted(database, **to):
        url = sqlalchemy.engine.make_url("sluice://h").set(database=database)
        return spec.adjust_engine_params(url, {}, **to)[0].database

    assert adjusted("lake/tpch", schema="other") == "lake/other"
    assert adjusted("lake/tpch", catalog="sea") == "sea"
    assert adjusted("lake/tpch", catalog="lake") == "lake/tpch"
    assert adjusted("", schema="tpch") == "/tpch"
    url = sqlalchemy.engine.make_url("sluice://h/lake/tpch")
    assert spec.get_schema_from_engine_params(url, {}) == "tpch"
    database = modules.SimpleNamespace(url_object=url)
    assert spec.get_default_catalog(database) == "lake"
    assert "lake" in spec.get_catalog_names(database, sqlalchemy.inspect(engine()))


passed = failed = 0
for body in TESTS:
    # What waits for a statement that was to be cancelled ends the run.
    signal.alarm(180)
    try:
        body()
        passed += 1
    except Exception:
        failed += 1
        print(f"sqlalchemy: {body.__name__} failed")
        traceback.print_exc(chain=False)
print(f"sqlalchemy: {passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
