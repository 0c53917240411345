"""PyHive against a running demonstration: both transports, types, errors, policies, cancel, its SQLAlchemy dialect, and its
page.

Usage: hive_clients.py THRIFT_PORT HTTP_PORT PAGES_DIRECTORY SPARK_PID
"""

import datetime
import decimal
import pathlib
import re
import sys

import sqlalchemy
from pyhive import hive
from spark_process import SparkProcess
from TCLIService.ttypes import TOperationState

THRIFT, HTTP = int(sys.argv[1]), int(sys.argv[2])
PAGES = pathlib.Path(sys.argv[3])
SPARK = SparkProcess(sys.argv[4])


def binary(user):
    return hive.connect(host="127.0.0.1", port=THRIFT, username=user, password=user, auth="LDAP")


def http(user):
    return hive.connect(
        scheme="http", host="127.0.0.1", port=HTTP, username=user, password=user, auth="BASIC"
    )


def rows(connection, sql):
    cursor = connection.cursor()
    cursor.execute(sql)
    return cursor.fetchall()


def refused(connection, sql, text):
    try:
        rows(connection, sql)
    except hive.OperationalError as refusal:
        assert text in str(refusal), refusal
        assert "\tat " not in str(refusal), refusal
        return
    raise AssertionError(sql + " was not refused")


def types(connection):
    [row] = rows(
        connection,
        "select 1, cast(null as string), 'ä', map('a', 1), array(1, null), cast(1.5 as decimal(5, 2)),"
        " timestamp '2020-01-01 01:02:03.5', date '2020-01-01', true, X'00ff', 1.1f",
    )
    assert row[:6] == (1, None, "ä", '{"a":1}', "[1,null]", decimal.Decimal("1.50")), row
    assert row[6] == datetime.datetime(2020, 1, 1, 1, 2, 3, 500000), row
    assert row[7:9] == ("2020-01-01", True), row
    assert row[10] == 1.1, row


def tables(connection):
    names = {row[0] for row in rows(connection, "SHOW TABLES IN `tpch`")}
    assert "nation" in names, "SQLAlchemy's dialect reads the first column"
    assert rows(connection, "show tables in tpch like 'nation'") == [("tpch", "nation", False)]
    assert rows(connection, "describe nation")[0][:2] == ("n_nationkey", "bigint")
    [extended] = rows(connection, "show table extended in tpch like 'nation'")
    assert "Provider: iceberg" in extended[3], extended


def cancel(connect):
    cursor = connect("admin").cursor()
    cursor.execute("select sum(hash(id)) from range(1000000000000)", async_=True)
    assert cursor.poll().operationState in (
        TOperationState.PENDING_STATE,
        TOperationState.RUNNING_STATE,
    )
    assert any("Statement " in line for line in cursor.fetch_logs())
    SPARK.await_busy()
    cursor.cancel()
    assert cursor.poll().operationState == TOperationState.CANCELED_STATE
    SPARK.await_idle()


def dialect(url, **arguments):
    """SQLAlchemy with the dialect that PyHive brings."""
    engine = sqlalchemy.create_engine(url, connect_args=arguments)
    inspector = sqlalchemy.inspect(engine)
    assert inspector.get_schema_names() == ["tpch"], inspector.get_schema_names()
    assert "nation" in inspector.get_table_names("tpch"), inspector.get_table_names("tpch")
    assert inspector.has_table("orders", schema="tpch")
    columns = {column["name"]: column["type"] for column in inspector.get_columns("customer", "tpch")}
    assert "c_address" not in columns and "c_phone" in columns, columns
    customer = sqlalchemy.Table(
        "customer", sqlalchemy.MetaData(), schema="tpch", autoload_with=engine
    )
    first = sqlalchemy.select(customer.c.c_phone, customer.c.c_acctbal).where(
        customer.c.c_custkey == 1
    )
    with engine.connect() as connection:
        assert tuple(connection.execute(first).one()) == ("xx-xxx-xxx-2988", None)
        count = sqlalchemy.text("select count(*) from orders where o_orderkey > :key")
        assert connection.execute(count, {"key": 0}).scalar() == 6085
        try:
            connection.execute(sqlalchemy.text("select c_address from tpch.customer"))
            raise AssertionError("a denied column was read")
        except sqlalchemy.exc.OperationalError as refusal:
            assert "[tpch/customer/c_address]" in str(refusal), refusal
    engine.dispose()


def page():
    text = (PAGES / "pyhive.md").read_text()
    snippet = re.search(r"^```python\n(.*?)^```$", text, re.S | re.M).group(1)
    exec(snippet.replace("port=10000", f"port={THRIFT}"), {})


for connect in (binary, http):
    analyst = connect("analyst")
    types(analyst)
    tables(analyst)
    assert rows(analyst, "select count(*) from orders") == [(6085,)]
    refused(analyst, "select c_address from customer", "[tpch/customer/c_address]")
    refused(analyst, "select * from no_such", "[TABLE_OR_VIEW_NOT_FOUND]")
    refused(connect("intern"), "select * from orders", "user [intern] does not have [select]")
    assert len(rows(connect("admin"), "select o_orderkey from orders")) == 15_000
    cancel(connect)
dialect(f"hive://analyst:analyst@127.0.0.1:{THRIFT}/tpch", auth="LDAP")
dialect(f"hive+http://analyst:analyst@127.0.0.1:{HTTP}/?auth=BASIC")
page()
print("PyHive: passed")
