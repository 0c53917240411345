"""dbt's tests of adapters through dbt-spark's method thrift, with every kind of relation in Iceberg.

COMPARED_PORT is the port of a HiveServer2 on loopback.
"""

import os

import pytest
import yaml
from dbt.adapters.spark.impl import SparkAdapter
from dbt.tests.util import write_file

pytest_plugins = ["dbt.tests.fixtures.project"]


@pytest.fixture(scope="class")
def dbt_profile_target():
    return {
        "type": "spark",
        "method": "thrift",
        "host": "127.0.0.1",
        "port": int(os.environ["COMPARED_PORT"]),
        "auth": "LDAP",
        "user": "admin",
        "password": "admin",
        "threads": 2,
    }


@pytest.fixture(scope="class")
def dbt_project_yml(project_root, project_config_update):
    project = {
        "name": "test",
        "profile": "test",
        "flags": {"send_anonymous_usage_stats": False},
    }
    given = project_config_update
    project.update(yaml.safe_load(given) if isinstance(given, str) else given)
    for kind in ("models", "seeds", "snapshots"):
        project.setdefault(kind, {})["+file_format"] = "iceberg"
    write_file(yaml.safe_dump(project), project_root, "dbt_project.yml")
    return project


def drop_schema(adapter, relation):
    """Iceberg's catalogs drop no schema that holds something, CASCADE or not."""
    for kind in ("view", "table"):
        try:
            _, found = adapter.execute(f"show {kind}s in {relation.schema}", fetch=True)
        except Exception:
            # There is no such schema, and dropping what is not there is no error.
            return
        for row in found.rows:
            adapter.execute(f"drop {kind} if exists {relation.schema}.`{row[1]}`")
    adapter.execute(f"drop schema if exists {relation.schema}")
    adapter.cache.drop_schema(relation.database, relation.schema)


SparkAdapter.drop_schema = drop_schema
