"""The types of Spark's SQL that SQLAlchemy has no name for, and the reading of type names."""

import re

from sqlalchemy import types


class TINYINT(types.Integer):
    __visit_name__ = "TINYINT"


class STRING(types.Text):
    __visit_name__ = "STRING"


class TIMESTAMP_NTZ(types.DateTime):
    """A date and a time of day without a zone."""

    __visit_name__ = "TIMESTAMP_NTZ"


class BYTES(types.LargeBinary):
    """Bytes as Python has them: ADBC's DBAPI has no constructor for them, and needs none."""

    def bind_processor(self, dialect):
        return None

    def result_processor(self, dialect, coltype):
        return None


class NESTED(types.TypeEngine):
    """An array, a map, a struct or another type that columns are read with only."""

    __visit_name__ = "NESTED"

    def __init__(self, text=""):
        self.text = text


_PLAIN = {
    "boolean": types.BOOLEAN,
    "tinyint": TINYINT,
    "smallint": types.SMALLINT,
    "int": types.INTEGER,
    "bigint": types.BIGINT,
    "float": types.REAL,
    "double": types.FLOAT,
    "string": STRING,
    "binary": types.BINARY,
    "date": types.DATE,
    "timestamp_ntz": TIMESTAMP_NTZ,
}


def parse(text):
    """Return the type of a Spark type name as DESCRIBE writes it, such as decimal(15,2)."""
    name = text.strip().lower()
    if name in _PLAIN:
        return _PLAIN[name]()
    if name == "timestamp":
        return types.TIMESTAMP(timezone=True)
    match = re.fullmatch(r"(decimal|varchar|char)\((\d+)(?:,\s*(-?\d+))?\)", name)
    if match is None:
        return NESTED(text)
    if match[1] == "decimal":
        return types.DECIMAL(int(match[2]), int(match[3] or 0))
    return {"varchar": types.VARCHAR, "char": types.CHAR}[match[1]](int(match[2]))
