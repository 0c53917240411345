"""How SQLAlchemy's expressions are written for Spark."""

from sqlalchemy import exc
from sqlalchemy.sql import compiler

# Everything else may be a name: the words that end a table's alias, and the constants.
RESERVED = frozenset(
    "anti cross except false from full group having inner intersect join lateral left limit minus"
    " natural not null on order right select semi setminus true union using where".split()
)


class SluiceIdentifierPreparer(compiler.IdentifierPreparer):
    reserved_words = RESERVED

    def __init__(self, dialect, **options):
        super().__init__(dialect, initial_quote="`", escape_quote="`", **options)

    def quote_schema(self, schema, force=None):
        """A schema may bring its catalog: lake.tpch."""
        return ".".join(self.quote(part) for part in schema.split("."))


class SluiceTypeCompiler(compiler.GenericTypeCompiler):
    def visit_STRING(self, type_, **options):
        return "STRING"

    def visit_TINYINT(self, type_, **options):
        return "TINYINT"

    def visit_TIMESTAMP_NTZ(self, type_, **options):
        return "TIMESTAMP_NTZ"

    def visit_NESTED(self, type_, **options):
        return type_.text

    def visit_VARCHAR(self, type_, **options):
        return f"VARCHAR({type_.length})" if type_.length else "STRING"

    def visit_NVARCHAR(self, type_, **options):
        return self.visit_VARCHAR(type_)

    def visit_CHAR(self, type_, **options):
        return f"CHAR({type_.length})" if type_.length else "STRING"

    def visit_TEXT(self, type_, **options):
        return "STRING"

    def visit_CLOB(self, type_, **options):
        return "STRING"

    def visit_uuid(self, type_, **options):
        return "STRING"

    def visit_JSON(self, type_, **options):
        return "STRING"

    def visit_BLOB(self, type_, **options):
        return "BINARY"

    def visit_BINARY(self, type_, **options):
        return "BINARY"

    def visit_VARBINARY(self, type_, **options):
        return "BINARY"

    def visit_INTEGER(self, type_, **options):
        return "INT"

    def visit_REAL(self, type_, **options):
        return "FLOAT"

    def visit_FLOAT(self, type_, **options):
        return "FLOAT" if type_.precision and type_.precision <= 24 else "DOUBLE"

    def visit_DOUBLE(self, type_, **options):
        return "DOUBLE"

    def visit_DOUBLE_PRECISION(self, type_, **options):
        return "DOUBLE"

    def visit_NUMERIC(self, type_, **options):
        if type_.precision is None:
            return "DECIMAL(38, 10)"
        return f"DECIMAL({type_.precision}, {type_.scale or 0})"

    def visit_DECIMAL(self, type_, **options):
        return self.visit_NUMERIC(type_)

    def visit_datetime(self, type_, **options):
        return "TIMESTAMP" if type_.timezone else "TIMESTAMP_NTZ"

    def visit_DATETIME(self, type_, **options):
        return self.visit_datetime(type_)

    def visit_TIMESTAMP(self, type_, **options):
        return self.visit_datetime(type_)


class SluiceCompiler(compiler.SQLCompiler):
    def visit_true(self, element, **options):
        return "true"

    def visit_false(self, element, **options):
        return "false"

    def visit_empty_set_expr(self, element_types, **options):
        return "SELECT 1 WHERE false"


class SluiceDDLCompiler(compiler.DDLCompiler):
    def get_column_specification(self, column, **options):
        """A column has a name, a type, whether it may be null, and a comment."""
        if column.server_default is not None or column.computed or column.identity:
            raise exc.CompileError(
                f"Column {column.name}: Iceberg has no defaults, computed or identity columns"
            )
        parts = [
            self.preparer.format_column(column),
            self.type_compiler.process(column.type, type_expression=column),
        ]
        if not column.nullable:
            parts.append("NOT NULL")
        if column.comment:
            parts.append("COMMENT " + self._text(column.comment))
        return " ".join(parts)

    def create_table_constraints(self, table, **options):
        """Iceberg has no constraints; those of a model are the application's own."""
        return ""

    def post_create_table(self, table):
        return "\nCOMMENT " + self._text(table.comment) if table.comment else ""

    def visit_create_index(self, create, **options):
        raise exc.CompileError("Iceberg has no indexes")

    def _text(self, text):
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
