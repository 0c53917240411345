package io.sluice.planner.show;

import io.sluice.model.TextPosition;
import io.sluice.planner.Analysis;
import io.sluice.planner.Namespace;
import io.sluice.planner.catalog.NotFound;
import io.sluice.planner.parse.Identifiers;
import java.util.List;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SetCatalogContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.UseContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.UseNamespaceContext;

/** USE and SET CATALOG. What is closed to the principal is answered like what is missing. */
final class UseStatements {

  /** Where Iceberg's catalogs put a session that has named none. */
  private static final String DEFAULT_SCHEMA = "default";

  private final Scope scope;

  UseStatements(Scope scope) {
    this.scope = scope;
  }

  /** USE x: a catalog if there is one of that name, else a schema. */
  Analysis any(UseContext statement) {
    List<String> parts = Names.parts(statement.identifierReference());
    if (parts.size() == 1 && scope.isCatalog(parts.get(0))) {
      return useCatalog(parts.get(0));
    }
    return new Analysis.Use(scope.schema(statement.identifierReference()));
  }

  /** USE SCHEMA x: a schema of the current catalog, whatever else has that name. */
  Analysis namespace(UseNamespaceContext statement) {
    List<String> parts = Names.parts(statement.identifierReference());
    TextPosition position = Identifiers.position(statement.identifierReference());
    return new Analysis.Use(scope.schema(scope.inCurrentCatalog(parts), position));
  }

  Analysis catalog(SetCatalogContext statement) {
    String name = Names.name(statement.catalogIdentifierReference());
    if (!scope.isCatalog(name)) {
      throw NotFound.catalog(name, Identifiers.position(statement.catalogIdentifierReference()));
    }
    return useCatalog(name);
  }

  /** The current catalog keeps its current schema. */
  private Analysis useCatalog(String name) {
    return new Analysis.Use(
        name.equals(scope.current().catalog())
            ? scope.current()
            : new Namespace(name, DEFAULT_SCHEMA));
  }
}
