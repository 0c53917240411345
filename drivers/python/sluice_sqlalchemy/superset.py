"""What Superset has to know of Sluice. Superset finds it by the entry point of this package."""

import weakref

from superset.db_engine_specs.base import BaseEngineSpec

from .dialect import namespace
from .stopping import StoppableCursor


class SluiceEngineSpec(BaseEngineSpec):
    engine = "sluice"
    engine_name = "Sluice"
    default_driver = "adbc"
    drivers = {"adbc": "Arrow Flight SQL"}
    sqlalchemy_uri_placeholder = "sluice://user:password@host:32010/catalog/schema"

    allows_joins = True
    allows_subqueries = True
    allows_alias_in_orderby = True
    supports_dynamic_schema = True
    supports_catalog = supports_dynamic_catalog = True

    # The queries of the cursors that are being read.
    _queries = weakref.WeakKeyDictionary()

    _time_grain_expressions = {
        None: "{col}",
        "PT1S": "date_trunc('SECOND', {col})",
        "PT1M": "date_trunc('MINUTE', {col})",
        "PT1H": "date_trunc('HOUR', {col})",
        "P1D": "date_trunc('DAY', {col})",
        "P1W": "date_trunc('WEEK', {col})",
        "P1M": "date_trunc('MONTH', {col})",
        "P3M": "date_trunc('QUARTER', {col})",
        "P1Y": "date_trunc('YEAR', {col})",
        "1969-12-28T00:00:00Z/P1W": (
            "date_trunc('WEEK', {col} + INTERVAL 1 DAY) - INTERVAL 1 DAY"
        ),
        "1969-12-29T00:00:00Z/P1W": "date_trunc('WEEK', {col})",
        "P1W/1970-01-03T00:00:00Z": (
            "date_trunc('WEEK', {col} + INTERVAL 1 DAY) + INTERVAL 5 DAY"
        ),
        "P1W/1970-01-04T00:00:00Z": "date_trunc('WEEK', {col}) + INTERVAL 6 DAY",
    }

    @classmethod
    def has_implicit_cancel(cls):
        """Return True: stopping a query is noticed by who waits for it, below."""
        return True

    @classmethod
    def execute_with_cursor(cls, cursor, sql, query, *session):
        """Run a statement until it ends or the query is stopped; older Supersets pass a session."""
        cls._queries[cursor] = query
        super().execute_with_cursor(StoppableCursor(cursor, query), sql, query, *session)

    @classmethod
    def fetch_data(cls, cursor, limit=None):
        """Return the rows; the gateway answers at once, so that it is here that Spark is waited for."""
        query = cls._queries.get(cursor)
        return super().fetch_data(StoppableCursor(cursor, query) if query else cursor, limit)

    @classmethod
    def convert_dttm(cls, target_type, dttm, db_extra=None):
        kind = target_type.upper()
        if kind == "DATE":
            return f"DATE '{dttm.date().isoformat()}'"
        if kind.startswith(("TIMESTAMP", "DATETIME")):
            literal = "TIMESTAMP_NTZ" if kind == "TIMESTAMP_NTZ" else "TIMESTAMP"
            return f"{literal} '{dttm.isoformat(sep=' ', timespec='microseconds')}'"
        return None

    @classmethod
    def epoch_to_dttm(cls):
        return "timestamp_seconds({col})"

    @classmethod
    def adjust_engine_params(cls, uri, connect_args, catalog=None, schema=None):
        now_catalog, now_schema = namespace(uri.database)
        if catalog and catalog != now_catalog:
            now_schema = ""
        path = f"{catalog or now_catalog}/{schema or now_schema}"
        return uri.set(database=path.rstrip("/")), connect_args

    @classmethod
    def get_schema_from_engine_params(cls, sqlalchemy_uri, connect_args):
        return namespace(sqlalchemy_uri.database)[1] or None

    @classmethod
    def get_default_catalog(cls, database):
        return namespace(database.url_object.database)[0] or None

    @classmethod
    def get_catalog_names(cls, database, inspector):
        with inspector.engine.connect() as connection:
            return {row[0] for row in connection.exec_driver_sql("SHOW CATALOGS")}
