package io.sluice.planner.relation;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.AnalysisRequest;
import io.sluice.planner.catalog.CatalogReader;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.policy.LocationRequest;
import io.sluice.planner.policy.PolicyEngine;
import io.sluice.planner.show.StringLiterals;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.LocationSpecContext;

/**
 * Authorises LOCATION: by Ranger's resource {@code url}, and never where anything of a catalog lies
 * or will lie. Whoever could choose such a place could overwrite, or have cleaned away, what is not
 * theirs to change.
 */
public final class Locations {

  /** Properties of tables that say where else their files are. */
  private static final List<String> PLACES =
      List.of(
          "write.data.path",
          "write.metadata.path",
          "write.folder-storage.path",
          "write.object-storage.path");

  private final CatalogReader catalog;
  private final PolicyEngine policies;

  public Locations(CatalogReader catalog, PolicyEngine policies) {
    this.catalog = catalog;
    this.policies = policies;
  }

  /**
   * Requires that a new table or schema may lie where the statement says.
   *
   * @param of the catalog that it is made in
   * @throws SluiceException {@code PERMISSION_DENIED}, {@code NOT_SUPPORTED} for a place that is
   *     not spelt plainly or overlaps a catalog's, {@code POLICY_UNAVAILABLE}, {@code
   *     CATALOG_UNAVAILABLE}
   */
  public void require(LocationSpecContext clause, String of, AnalysisRequest request) {
    String text = StringLiterals.value(clause.stringLit());
    String written = clause.stringLit().getText();
    StorageLocation place =
        StorageLocation.ofUser(text)
            .filter(plain -> written.substring(1, written.length() - 1).equals(text))
            .orElseThrow(() -> notPlain(clause));
    requirePermission(place, of, request);
    if (taken().stream().anyMatch(place::overlaps)) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "LOCATION may not lie within a place of a catalog, its tables or schemas, nor hold one;"
              + " leave it out, or name another place.",
          Identifiers.position(clause));
    }
  }

  private void requirePermission(StorageLocation place, String of, AnalysisRequest request) {
    LocationRequest question =
        new LocationRequest(request.principal(), request.clientAddress(), of, place.spellings());
    boolean permitted;
    try {
      permitted = policies.permits(question);
    } catch (SluiceException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new SluiceException(ErrorCode.POLICY_UNAVAILABLE, RelationResolver.UNDECIDED, e);
    }
    if (!permitted) {
      throw new SluiceException(
          ErrorCode.PERMISSION_DENIED,
          "Permission denied: user ["
              + request.principal().name()
              + "] does not have [read] and [write] privilege on ["
              + place.spellings().get(0)
              + "]");
    }
  }

  /** Returns every place that a catalog has something in, or would put something in. */
  private List<StorageLocation> taken() {
    List<String> places = new ArrayList<>(catalog.warehouses());
    for (String name : catalog.catalogs()) {
      for (String schema : catalog.schemas(name)) {
        addIfThere(catalog.schemaProperties(name, schema), "location", places);
        for (CatalogReader.Relation relation : catalog.relations(name, schema)) {
          if (!relation.view()) {
            add(relation, places);
          }
        }
      }
    }
    return places.stream().map(StorageLocation::ofCatalog).toList();
  }

  private void add(CatalogReader.Relation relation, List<String> places) {
    TableMetadata table;
    try {
      table = catalog.table(relation.name()).orElse(null);
    } catch (SluiceException e) {
      throw new SluiceException(
          e.code() == ErrorCode.CATALOG_UNAVAILABLE ? e.code() : ErrorCode.NOT_SUPPORTED,
          "It cannot be told where all tables lie, so no LOCATION can be chosen; leave it out.",
          e);
    }
    // One that is gone by now lies nowhere.
    if (table != null) {
      places.add(table.location());
      PLACES.forEach(key -> addIfThere(table.properties(), key, places));
    }
  }

  private static void addIfThere(Map<String, String> from, String key, List<String> places) {
    String place = from.get(key);
    if (place != null) {
      places.add(place);
    }
  }

  private static SluiceException notPlain(LocationSpecContext clause) {
    return new SluiceException(
        ErrorCode.NOT_SUPPORTED,
        "LOCATION is written as 's3://bucket/path', with file, hdfs, s3, s3a, gs, abfs or abfss in"
            + " lower case, names of ASCII letters, digits and . _ - = between single slashes, and"
            + " none at the end.",
        Identifiers.position(clause));
  }
}
