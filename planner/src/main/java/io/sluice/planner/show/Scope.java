package io.sluice.planner.show;

import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.model.TextPosition;
import io.sluice.planner.AnalysisRequest;
import io.sluice.planner.Namespace;
import io.sluice.planner.catalog.CatalogReader;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.catalog.NotFound;
import io.sluice.planner.catalog.SparkTypes;
import io.sluice.planner.catalog.ViewMetadata;
import io.sluice.planner.metadata.MetadataReader;
import io.sluice.planner.metadata.MetadataReader.VisibleTable;
import io.sluice.planner.metadata.MetadataReader.VisibleTemporaryView;
import io.sluice.planner.metadata.MetadataReader.VisibleView;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.relation.TableSuffix;
import io.sluice.planner.view.TemporaryView;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierReferenceContext;
import org.jspecify.annotations.Nullable;

/**
 * What names mean to one principal in one session. A catalog or schema that is closed to them is
 * one that does not exist.
 */
final class Scope {

  /** What engines keep for themselves, or what stands elsewhere. */
  private static final Set<String> HIDDEN_OF_VIEW =
      Set.of("comment", "location", "provider", "create_engine_version", "engine_version");

  private final Predicate<Principal> administrators;
  private final AnalysisRequest request;
  private final MetadataReader metadata;
  private final CatalogReader catalog;

  Scope(
      AnalysisRequest request,
      MetadataReader metadata,
      CatalogReader catalog,
      Predicate<Principal> administrators) {
    this.administrators = administrators;
    this.request = request;
    this.metadata = metadata;
    this.catalog = catalog;
  }

  boolean isAdministrator() {
    return administrators.test(principal());
  }

  AnalysisRequest request() {
    return request;
  }

  Namespace current() {
    return request.namespace();
  }

  CatalogReader catalog() {
    return catalog;
  }

  List<String> catalogs() {
    return metadata.catalogs(principal());
  }

  List<String> schemas(String catalogName) {
    return metadata.schemas(principal(), catalogName);
  }

  List<TableName> tables(Namespace namespace) {
    return metadata.tables(principal(), namespace.catalog(), namespace.schema());
  }

  Optional<VisibleTable> find(TableName name) {
    return metadata.table(principal(), name);
  }

  /** Returns the schema that a name means, or the current one; it exists and is visible. */
  Namespace schema(@Nullable IdentifierReferenceContext reference) {
    if (reference == null) {
      return schema(List.of(current().catalog(), current().schema()), null);
    }
    List<String> parts = Names.parts(reference);
    TextPosition position = Identifiers.position(reference);
    return schema(isCatalog(parts.get(0)) ? parts : inCurrentCatalog(parts), position);
  }

  /**
   * Returns a schema that exists and is visible.
   *
   * @param parts the catalog first
   */
  Namespace schema(List<String> parts, @Nullable TextPosition position) {
    if (parts.size() != 2 || !schemas(parts.get(0)).contains(parts.get(1))) {
      throw NotFound.schema(parts, position);
    }
    return new Namespace(parts.get(0), parts.get(1));
  }

  boolean isCatalog(String name) {
    return catalogs().contains(name);
  }

  List<String> inCurrentCatalog(List<String> parts) {
    return Stream.concat(Stream.of(current().catalog()), parts.stream()).toList();
  }

  /** Returns the views of a schema that the principal may read. */
  List<TableName> views(Namespace namespace) {
    return metadata.views(principal(), namespace.catalog(), namespace.schema());
  }

  List<TemporaryView> temporaryViews() {
    return request.temporaryViews().all();
  }

  Optional<ShownView> shownView(TableName name) {
    return metadata.view(principal(), name).map(Scope::shown);
  }

  Optional<ShownView> view(IdentifierReferenceContext reference) {
    return view(Names.parts(reference), Identifiers.position(reference));
  }

  /** Returns the view that a name means, the session's own before one of a catalog. */
  Optional<ShownView> view(List<String> parts, TextPosition position) {
    Optional<TemporaryView> temporary =
        parts.size() == 1 ? request.temporaryViews().find(parts.get(0)) : Optional.empty();
    if (temporary.isPresent()) {
      return Optional.of(shown(temporary.get()));
    }
    return shownView(resolve(parts, position));
  }

  private ShownView shown(TemporaryView view) {
    VisibleTemporaryView visible =
        metadata.temporaryView(principal(), view, request.temporaryViews());
    return new ShownView(
        List.of(view.name()),
        visible.columns(),
        Optional.of(printed(view.namespace())),
        visible.restricted() ? Optional.empty() : Optional.of(view.sql()),
        view.comment(),
        new TreeMap<>());
  }

  private static ShownView shown(VisibleView visible) {
    ViewMetadata view = visible.view();
    TreeMap<String, String> properties = new TreeMap<>(view.properties());
    properties.keySet().removeIf(key -> key.contains(".") || HIDDEN_OF_VIEW.contains(key));
    properties.replaceAll(TableFacts::redacted);
    return new ShownView(
        List.of(view.name().catalog(), view.name().schema(), view.name().table()),
        visible.columns(),
        view.namespace().map(Scope::printed),
        visible.restricted() ? Optional.empty() : view.sql(),
        view.comment(),
        properties);
  }

  private static String printed(Namespace namespace) {
    return SparkTypes.quoteIfNeeded(namespace.catalog())
        + "."
        + SparkTypes.quoteIfNeeded(namespace.schema());
  }

  VisibleTable table(IdentifierReferenceContext reference) {
    return table(Names.parts(reference), Identifiers.position(reference));
  }

  /**
   * Returns a table of which the principal may read something.
   *
   * @throws SluiceException {@code PERMISSION_DENIED} whether or not there is such a table, if they
   *     may not
   */
  VisibleTable table(List<String> parts, TextPosition position) {
    TableName name = resolve(parts, position);
    Optional<VisibleTable> table = find(name);
    if (table.isPresent()) {
      return table.get();
    }
    if (!metadata.mayRead(principal(), name)) {
      throw denied(name.policyPath(), position);
    }
    throw NotFound.table(parts, position);
  }

  /**
   * Returns the columns of the metadata table that a name means; empty for any other name, and
   * where policy hides something of the table itself.
   */
  Optional<List<Column>> metadataTable(IdentifierReferenceContext reference) {
    List<String> parts = Names.parts(reference);
    List<String> full = isCatalog(parts.get(0)) ? parts : inCurrentCatalog(parts);
    if (full.size() != 4) {
      return Optional.empty();
    }
    TableName base = new TableName(full.get(0), full.get(1), full.get(2));
    return TableSuffix.metadataTable(full.get(3))
        .flatMap(suffix -> metadata.metadataTable(principal(), base, suffix));
  }

  private TableName resolve(List<String> parts, TextPosition position) {
    if (parts.size() == 1) {
      return new TableName(current().catalog(), current().schema(), parts.get(0));
    }
    boolean startsWithCatalog = isCatalog(parts.get(0));
    if (parts.size() == 2) {
      if (startsWithCatalog) {
        // Spark takes the catalog, and then there is no schema in which the table could be.
        throw NotFound.table(parts, position);
      }
      return new TableName(current().catalog(), parts.get(0), parts.get(1));
    }
    if (parts.size() == 3 && startsWithCatalog) {
      return new TableName(parts.get(0), parts.get(1), parts.get(2));
    }
    if (parts.size() == 3 && !TableSuffix.isSuffix(parts.get(2))) {
      throw denied(parts.get(1) + "/" + parts.get(2), position);
    }
    throw new SluiceException(
        ErrorCode.NOT_SUPPORTED,
        "A table's name is catalog.schema.table at most; behind it only metadata tables are"
            + " described, those of tables of which no policy hides anything from you",
        position);
  }

  SluiceException denied(String object, TextPosition position) {
    return new SluiceException(
        ErrorCode.PERMISSION_DENIED,
        "Permission denied: user [%s] does not have [select] privilege on [%s]"
            .formatted(principal().name(), object),
        position);
  }

  private Principal principal() {
    return request.principal();
  }
}
