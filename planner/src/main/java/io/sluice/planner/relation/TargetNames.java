package io.sluice.planner.relation;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.model.TextPosition;
import io.sluice.planner.AnalysisRequest;
import io.sluice.planner.Namespace;
import io.sluice.planner.catalog.CatalogReader;
import io.sluice.planner.parse.Identifiers;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DescribeColNameContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.MultipartIdentifierContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StrictIdentifierContext;

/**
 * Says which schema or table a command's name means, from the name alone: whether there is such a
 * thing is never looked up here.
 */
public final class TargetNames {

  /**
   * A catalog makes a folder of a new name, so it holds nothing that leads to another one; and
   * nothing that Iceberg would take apart.
   */
  private static final Pattern NEW_NAME = Pattern.compile("[A-Za-z0-9_]+(-[A-Za-z0-9_]+)*");

  private final CatalogReader catalog;

  public TargetNames(CatalogReader catalog) {
    this.catalog = catalog;
  }

  /** Returns the parts of a name as it stands in the text; refused is any that Spark refuses. */
  public static List<String> parts(IdentifierReferenceContext naming) {
    return Names.parts(naming);
  }

  /** Returns the parts of a name as it stands in the text; refused is any that Spark refuses. */
  public static List<String> parts(MultipartIdentifierContext name) {
    Names.checkParts(name);
    return Identifiers.parts(name);
  }

  /** Returns the parts of a column's name in DESCRIBE; refused is any that Spark refuses. */
  public static List<String> parts(DescribeColNameContext name) {
    name.nameParts.forEach(Names::checkIdentifier);
    return Identifiers.parts(name);
  }

  /** Returns a name of one part as it stands in the text; refused is any that Spark refuses. */
  public static String name(StrictIdentifierContext name) {
    Names.checkIdentifier(name);
    return Identifiers.name(name);
  }

  /** Returns the name of a column as it stands in the text; refused is any that Spark refuses. */
  public static String column(IdentifierContext name) {
    Names.checkIdentifier(name);
    return Identifiers.name(name);
  }

  /**
   * Returns the table that a name means.
   *
   * @throws SluiceException {@code NOT_SUPPORTED} for a name that means none of a configured
   *     catalog
   */
  public TableName table(List<String> parts, TextPosition position, AnalysisRequest request) {
    Namespace current = request.namespace();
    boolean qualified = isCatalog(parts.get(0));
    if (parts.size() == 1) {
      return table(current.catalog(), current.schema(), parts.get(0), position);
    }
    if (parts.size() == 2 && !qualified) {
      return table(current.catalog(), parts.get(0), parts.get(1), position);
    }
    if (parts.size() == 3 && qualified) {
      return table(parts.get(0), parts.get(1), parts.get(2), position);
    }
    throw noTable(position);
  }

  /** Returns the table that a name is to be given to; fails as {@link #table} does. */
  public TableName newTable(List<String> parts, TextPosition position, AnalysisRequest request) {
    return checked(table(parts, position, request), position);
  }

  /**
   * Returns what a table is to be renamed to. Spark takes the name within the table's own catalog,
   * and one part within its schema.
   */
  public TableName renamed(TableName table, List<String> parts, TextPosition position) {
    boolean qualified = isCatalog(parts.get(0));
    if (parts.size() == 1) {
      return checked(new TableName(table.catalog(), table.schema(), parts.get(0)), position);
    }
    if (parts.size() == 2 && !qualified) {
      return checked(new TableName(table.catalog(), parts.get(0), parts.get(1)), position);
    }
    if (parts.size() == 3 && parts.get(0).equals(table.catalog())) {
      return checked(new TableName(table.catalog(), parts.get(1), parts.get(2)), position);
    }
    throw new SluiceException(
        ErrorCode.NOT_SUPPORTED,
        "A table is renamed within its catalog; write table or schema.table.",
        position);
  }

  /** Returns the schema that a name means; fails as {@link #table} does. */
  public Namespace schema(List<String> parts, TextPosition position, AnalysisRequest request) {
    boolean qualified = isCatalog(parts.get(0));
    if (parts.get(parts.size() - 1).indexOf('.') >= 0) {
      throw noSchema(position);
    }
    if (parts.size() == 1 && !qualified && isCatalog(request.namespace().catalog())) {
      return new Namespace(request.namespace().catalog(), parts.get(0));
    }
    if (parts.size() == 2 && qualified) {
      return new Namespace(parts.get(0), parts.get(1));
    }
    throw noSchema(position);
  }

  private static SluiceException noSchema(TextPosition position) {
    return new SluiceException(
        ErrorCode.NOT_SUPPORTED,
        "A schema is named as schema or catalog.schema, in a configured catalog, and has no dot in"
            + " its name.",
        position);
  }

  /** Returns the schema that is to be made; fails as {@link #table} does. */
  public Namespace newSchema(List<String> parts, TextPosition position, AnalysisRequest request) {
    Namespace schema = schema(parts, position, request);
    checkNew(schema.schema(), position);
    return schema;
  }

  private TableName table(String catalogName, String schema, String table, TextPosition position) {
    // A catalog could take a dot for the end of a schema's name and the beginning of another.
    if (!isCatalog(catalogName) || schema.indexOf('.') >= 0) {
      throw noTable(position);
    }
    return new TableName(catalogName, schema, table);
  }

  private static TableName checked(TableName table, TextPosition position) {
    checkNew(table.table(), position);
    checkNew(table.schema(), position);
    if (TableSuffix.isSuffix(table.table())) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "Iceberg gives this name a meaning of its own; choose another one.",
          position);
    }
    return table;
  }

  private static void checkNew(String name, TextPosition position) {
    if (!NEW_NAME.matcher(name).matches()) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "New schemas and tables have names of ASCII letters, digits, underscores and hyphens"
              + " between them.",
          position);
    }
  }

  private boolean isCatalog(String name) {
    return catalog.catalogs().contains(name);
  }

  private static SluiceException noTable(TextPosition position) {
    return new SluiceException(
        ErrorCode.NOT_SUPPORTED,
        "A table that is changed is named as table, schema.table or catalog.schema.table, in a"
            + " configured catalog; metadata tables, branches, tags and snapshots behind a table's"
            + " name are not served.",
        position);
  }
}
