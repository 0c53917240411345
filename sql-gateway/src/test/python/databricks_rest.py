"""The Databricks SDK and the pages' snippets against a running demonstration's statements API.

python databricks_rest.py PORT DOCS SPARK_PID

Prints a line for each test that fails and, last, "rest: N passed, M failed".
"""

import base64
import io
import contextlib
import json
import pathlib
import re
import subprocess
import sys
import time
import traceback
import urllib.request

import pyarrow
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import DatabricksError, NotFound
from databricks.sdk.service.sql import (
    Disposition,
    ExecuteStatementRequestOnWaitTimeout,
    Format,
    QueryTag,
    StatementParameterListItem,
    StatementState,
)
from spark_process import SparkProcess

PORT = int(sys.argv[1])
DOCS = pathlib.Path(sys.argv[2])
SPARK = SparkProcess(sys.argv[3])
HOST = f"http://127.0.0.1:{PORT}"
ENDLESS = "select count(*) from range(0, 100000000) a, range(0, 100000000) b where a.id % 7 = b.id % 11"
TESTS = []


def test(function):
    TESTS.append(function)
    return function


def statements(user="admin"):
    client = WorkspaceClient(host=HOST, username=user, password=user, auth_type="basic")
    return client.statement_execution


def execute(sql, user="admin", **options):
    options.setdefault("wait_timeout", "50s")
    return statements(user).execute_statement(statement=sql, warehouse_id="local", **options)


@test
def rows_come_with_the_answer():
    answer = execute("select n_nationkey, n_name, null from nation order by 1 limit 2")
    assert answer.status.state == StatementState.SUCCEEDED, answer
    assert answer.result.data_array == [["0", "ALGERIA", None], ["1", "ARGENTINA", None]]
    columns = answer.manifest.schema.columns
    assert [c.name for c in columns][:2] == ["n_nationkey", "n_name"]
    assert columns[0].type_name.value == "LONG" and columns[0].type_text == "BIGINT"
    assert answer.manifest.total_row_count == 2 and answer.manifest.truncated is False
    again = statements().get_statement(answer.statement_id)
    assert again.result.data_array == answer.result.data_array


@test
def policies_hold():
    assert execute("select count(*) from orders", "analyst").result.data_array == [["6085"]]
    denied = execute("select c_address from customer", "analyst")
    assert denied.status.state == StatementState.FAILED
    assert "[tpch/customer/c_address]" in denied.status.error.message, denied
    assert denied.status.error.error_code.value == "BAD_REQUEST"


@test
def parameters_are_typed():
    answer = execute(
        "select :a + 1, :b",
        parameters=[
            StatementParameterListItem(name="a", value="41", type="INT"),
            StatementParameterListItem(name="b", value="x"),
        ],
    )
    assert answer.result.data_array == [["42", "x"]], answer


@test
def chunks_come_in_any_order():
    api = statements()
    answer = execute("select * from orders")
    total = answer.manifest.total_chunk_count
    rows = []
    for index in reversed(range(total)):
        rows += api.get_statement_result_chunk_n(answer.statement_id, index).data_array
    assert len(rows) == answer.manifest.total_row_count == 15_000, len(rows)
    assert len({row[0] for row in rows}) == 15_000


@test
def arrow_comes_by_links_that_need_no_login():
    api = statements()
    answer = execute(
        "select * from lineitem",
        disposition=Disposition.EXTERNAL_LINKS,
        format=Format.ARROW_STREAM,
    )
    rows = 0
    for index in range(answer.manifest.total_chunk_count):
        link = api.get_statement_result_chunk_n(answer.statement_id, index).external_links[0]
        with urllib.request.urlopen(link.external_link) as body:
            rows += pyarrow.ipc.open_stream(body.read()).read_all().num_rows
    assert rows == answer.manifest.total_row_count > 60_000


@test
def limits_truncate():
    answer = execute("select * from orders", row_limit=5)
    assert len(answer.result.data_array) == 5 and answer.manifest.truncated is True


@test
def tags_are_in_the_callers_own_history():
    tags = [QueryTag(key="team", value="eng"), QueryTag(key="some key only tag")]
    answer = execute("select 1", query_tags=tags)
    assert answer.status.state == StatementState.SUCCEEDED, answer
    login = base64.b64encode(b"admin:admin").decode()
    history = urllib.request.Request(
        HOST + "/api/2.0/sql/statements", headers={"Authorization": f"Basic {login}"}
    )
    with urllib.request.urlopen(history) as body:
        entries = {entry["statement_id"]: entry for entry in json.load(body)["statements"]}
    told = entries[answer.statement_id]["query_tags"]
    assert told == [{"key": "team", "value": "eng"}, {"key": "some key only tag"}], told
    try:
        execute("select 1", query_tags=[QueryTag(key="a=b")])
        raise AssertionError("a key with = was taken")
    except DatabricksError as refusal:
        assert "without =" in str(refusal), refusal


@test
def a_statement_is_polled_and_cancelled():
    api = statements()
    begun = execute(ENDLESS, wait_timeout="0s")
    assert begun.status.state in (StatementState.PENDING, StatementState.RUNNING)
    SPARK.await_busy()
    api.cancel_execution(begun.statement_id)
    for _ in range(100):
        if api.get_statement(begun.statement_id).status.state == StatementState.CANCELED:
            SPARK.await_idle()
            return
        time.sleep(0.1)
    raise AssertionError("not cancelled")


@test
def a_wait_that_is_over_cancels():
    ended = execute(
        ENDLESS,
        wait_timeout="5s",
        on_wait_timeout=ExecuteStatementRequestOnWaitTimeout.CANCEL,
    )
    assert ended.status.state == StatementState.CANCELED, ended
    SPARK.await_idle()


@test
def errors_are_the_sdks_own():
    own = execute("select 1")
    try:
        statements("analyst").get_statement(own.statement_id)
        raise AssertionError("another user's statement")
    except NotFound:
        pass
    try:
        execute("select 1", wait_timeout="3s")
        raise AssertionError("a wait of 3 s")
    except DatabricksError as problem:
        assert "between 5s and 50s" in str(problem), problem


@test
def the_pages_snippets_run():
    page = (DOCS / "rest.md").read_text().replace("127.0.0.1:8080", f"127.0.0.1:{PORT}")
    shell = re.findall(r"^```bash\n(.*?)^```$", page, re.M | re.S)
    assert shell
    for snippet in shell:
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", snippet], capture_output=True, text=True)
        assert done.returncode == 0, snippet + done.stderr
        assert "ALGERIA" in done.stdout, done.stdout
    for snippet in re.findall(r"^```python\n(.*?)^```$", page, re.M | re.S):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(snippet, "rest.md", "exec"), {})
        assert "ALGERIA" in printed.getvalue(), printed.getvalue()


@test
def the_description_is_served():
    with urllib.request.urlopen(HOST + "/api/openapi.json") as body:
        assert json.load(body)["openapi"] == "3.1.0"


passed = failed = 0
for body in TESTS:
    try:
        body()
        passed += 1
    except Exception:
        failed += 1
        print(f"rest: {body.__name__} failed")
        traceback.print_exc()
print(f"rest: {passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
