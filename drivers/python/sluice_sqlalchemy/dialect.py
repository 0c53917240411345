"""The dialect sluice:// over ADBC's Flight SQL driver."""

import ipaddress

from sqlalchemy import exc, text
from sqlalchemy import types as sqltypes
from sqlalchemy.engine import default, reflection

from . import compiler, types

DEFAULT_PORT = 32010
# All that gRPC can take, in bytes: a row is never split, and the driver's default is 16 MiB.
LARGEST_MESSAGE = (2 << 30) - 1
OPTIONS = ("tls", "tls_root_certs", "token", "cluster")


def is_loopback(host):
    """By its text: a name must not be resolved to tell whether a password goes out in clear."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def namespace(database):
    """Return the catalog and the schema that a URL names after its host; empty where it does not."""
    catalog, _, schema = (database or "").rstrip("/").partition("/")
    if "/" in schema:
        raise exc.ArgumentError("The URL's path is /catalog or /catalog/schema")
    return catalog, schema


class SluiceDialect(default.DefaultDialect):
    name = "sluice"
    driver = "adbc"
    default_paramstyle = "qmark"
    statement_compiler = compiler.SluiceCompiler
    ddl_compiler = compiler.SluiceDDLCompiler
    type_compiler_cls = compiler.SluiceTypeCompiler
    type_compiler = compiler.SluiceTypeCompiler
    preparer = compiler.SluiceIdentifierPreparer

    colspecs = {sqltypes.LargeBinary: types.BYTES}
    supports_statement_cache = True
    supports_native_boolean = True
    supports_native_decimal = True
    supports_multivalues_insert = True
    supports_comments = True
    inline_comments = True
    cte_follows_insert = True
    supports_alter = False
    supports_sequences = False
    supports_default_values = False
    supports_empty_insert = False
    supports_sane_rowcount = False
    supports_sane_multi_rowcount = False
    postfetch_lastrowid = False
    max_identifier_length = 255

    @classmethod
    def import_dbapi(cls):
        import adbc_driver_flightsql.dbapi

        return adbc_driver_flightsql.dbapi

    # SQLAlchemy 1.4 asks by this name.
    dbapi = import_dbapi

    def create_connect_args(self, url):
        options = dict(url.query)
        unknown = sorted(set(options) - set(OPTIONS))
        if unknown:
            raise exc.ArgumentError(
                f"The URL has an option {unknown[0]}, which there is not; there are "
                + ", ".join(OPTIONS)
            )
        host = url.host or "localhost"
        tls = options.get("tls", "false" if is_loopback(host) else "true")
        if tls not in ("true", "false"):
            raise exc.ArgumentError(f"The option tls is true or false, not {tls}")
        settings = {"adbc.flight.sql.client_option.with_max_msg_size": str(LARGEST_MESSAGE)}
        if "token" in options:
            if url.username or url.password:
                raise exc.ArgumentError("Give either a token or a user and a password, not both")
            settings["adbc.flight.sql.authorization_header"] = f"Bearer {options['token']}"
        elif url.username:
            settings["username"] = url.username
            settings["password"] = url.password or ""
        if "tls_root_certs" in options:
            with open(options["tls_root_certs"], encoding="ascii") as certificates:
                settings["adbc.flight.sql.client_option.tls_root_certs"] = certificates.read()
        if "cluster" in options:
            settings["adbc.flight.sql.rpc.call_header.cluster"] = options["cluster"]
        address = f"[{host}]" if ":" in host else host
        scheme = "grpc+tls" if tls == "true" else "grpc"
        return (
            [f"{scheme}://{address}:{url.port or DEFAULT_PORT}"],
            {"db_kwargs": settings, "autocommit": True, "namespace": namespace(url.database)},
        )

    def connect(self, *arguments, namespace=("", ""), **options):
        connection = super().connect(*arguments, **options)
        catalog, schema = map(self._quoted, namespace)
        try:
            if schema:
                self._run(connection, f"USE {catalog}.{schema}" if catalog else f"USE SCHEMA {schema}")
            elif catalog:
                self._run(connection, f"SET CATALOG {catalog}")
        except BaseException:
            connection.close()
            raise
        return connection

    def _quoted(self, name):
        return self.identifier_preparer.quote_identifier(name) if name else ""

    @staticmethod
    def _run(connection, sql):
        with connection.cursor() as cursor:
            cursor.execute(sql)

    # Every statement stands for itself.
    def do_begin(self, connection):
        pass

    def do_commit(self, connection):
        pass

    def do_rollback(self, connection):
        pass

    def get_isolation_level_values(self, connection):
        return ["AUTOCOMMIT"]

    def get_isolation_level(self, connection):
        return "AUTOCOMMIT"

    get_default_isolation_level = get_isolation_level

    def set_isolation_level(self, connection, level):
        if level != "AUTOCOMMIT":
            raise exc.ArgumentError("Sluice has no transactions; the isolation level is AUTOCOMMIT")

    def do_ping(self, connection):
        # The gateway answers this without Spark.
        self._run(connection, "SHOW CURRENT SCHEMA")
        return True

    def is_disconnect(self, error, connection, cursor):
        text = str(error)
        return any(
            mark in text for mark in ("[SESSION_CLOSED]", "UNAVAILABLE", "transport is closing")
        )

    def _get_server_version_info(self, connection):
        held = connection.connection
        # SQLAlchemy 1.4 asks on the connection itself, without what a pool holds it in.
        info = getattr(held, "dbapi_connection", held).adbc_get_info()
        version = info.get("vendor_version", "")
        return tuple(int(part) for part in version.split("-")[0].split(".") if part.isdigit())

    def _get_default_schema_name(self, connection):
        return self._names(connection, "SHOW CURRENT SCHEMA", "namespace")[0]

    def _check_unicode_returns(self, connection):
        return True

    # What a user may not read is not there for them.

    @reflection.cache
    def get_schema_names(self, connection, **options):
        return self._names(connection, "SHOW SCHEMAS", "namespace")

    @reflection.cache
    def get_table_names(self, connection, schema=None, **options):
        views = set(self._views(connection, schema, None))
        tables = self._shown(connection, f"SHOW TABLES{self._in(schema)}")
        return [
            row["tableName"]
            for row in tables
            if not row["isTemporary"] and row["tableName"] not in views
        ]

    @reflection.cache
    def get_view_names(self, connection, schema=None, **options):
        return self._views(connection, schema, False)

    @reflection.cache
    def get_temp_view_names(self, connection, schema=None, **options):
        return self._views(connection, schema, True)

    @reflection.cache
    def has_table(self, connection, table_name, schema=None, **options):
        try:
            self._described(connection, table_name, schema)
            return True
        except exc.NoSuchTableError:
            return False

    @reflection.cache
    def get_columns(self, connection, table_name, schema=None, **options):
        columns = []
        for row in self._described(connection, table_name, schema):
            if not row["col_name"] or row["col_name"].startswith("#"):
                break
            columns.append(
                {
                    "name": row["col_name"],
                    "type": types.parse(row["data_type"]),
                    "nullable": True,
                    "default": None,
                    "comment": row["comment"] or None,
                }
            )
        return columns

    @reflection.cache
    def get_table_comment(self, connection, table_name, schema=None, **options):
        rows = self._described(connection, table_name, schema, "EXTENDED ")
        comments = [row["data_type"] for row in rows if row["col_name"] == "Comment"]
        return {"text": comments[-1] if comments else None}

    def get_pk_constraint(self, connection, table_name, schema=None, **options):
        return {"constrained_columns": [], "name": None}

    def get_foreign_keys(self, connection, table_name, schema=None, **options):
        return []

    def get_indexes(self, connection, table_name, schema=None, **options):
        return []

    def get_unique_constraints(self, connection, table_name, schema=None, **options):
        return []

    def get_check_constraints(self, connection, table_name, schema=None, **options):
        return []

    def _views(self, connection, schema, temporary):
        rows = self._shown(connection, f"SHOW VIEWS{self._in(schema)}")
        return [
            row["viewName"] for row in rows if temporary is None or row["isTemporary"] == temporary
        ]

    def _described(self, connection, table, schema, what=""):
        name = self._quoted(table)
        if schema:
            name = self.identifier_preparer.quote_schema(schema) + "." + name
        try:
            return self._shown(connection, f"DESCRIBE TABLE {what}{name}")
        except exc.DBAPIError as failure:
            if "[TABLE_OR_VIEW_NOT_FOUND]" in str(failure) or "[SCHEMA_NOT_FOUND]" in str(failure):
                raise exc.NoSuchTableError(table) from failure
            raise

    def _in(self, schema):
        return " IN " + self.identifier_preparer.quote_schema(schema) if schema else ""

    @staticmethod
    def _shown(connection, sql):
        return connection.execute(text(sql.replace(":", "\\:"))).mappings().all()

    def _names(self, connection, sql, column):
        names = (row[column] for row in self._shown(connection, sql))
        # Spark quotes a name where a statement would have to.
        return [name[1:-1].replace("``", "`") if name[:1] == "`" else name for name in names]
