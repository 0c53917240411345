"""SQLAlchemy for Sluice: create_engine("sluice://user:password@host:32010/catalog/schema")."""

from .dialect import SluiceDialect

__all__ = ["SluiceDialect"]
