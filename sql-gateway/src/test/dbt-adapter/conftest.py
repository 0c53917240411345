"""dbt's tests of adapters through dbt-spark's method thrift, with every kind of relation in Iceberg.

COMPARED_PORT is the port of a HiveServer2 on loopback.
"""

import os

import pytest
import yaml
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
