package io.sluice.planner.relation;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.show.StringLiterals;
import io.sluice.planner.view.NamedColumn;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CommentSpecContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CreateViewContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierCommentContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierCommentListContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.PropertyContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.PropertyListContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.PropertyWithKeyAndEqualsContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.PropertyWithKeyNoEqualsContext;
import org.jspecify.annotations.Nullable;

/** The clauses around the query of a view. */
public final class ViewClauses {

  /**
   * Iceberg's own properties of views, of which one says where metadata lies, have a dot in their
   * names, and so have Spark's.
   */
  private static final Pattern KEY = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,99}");

  /** What engines keep in a view's properties for themselves. */
  private static final Set<String> RESERVED =
      Set.of(
          "owner",
          "location",
          "provider",
          "collation",
          "format-version",
          "create_engine_version",
          "engine_version");

  private static final String COMMENT = "comment";

  private ViewClauses() {}

  /** Refuses the clauses that are not served, and those that stand twice. */
  public static void check(CreateViewContext create) {
    if (create.GLOBAL() != null) {
      throw refused(create, "GLOBAL TEMPORARY views are not served: every session would see them.");
    }
    if (create.REPLACE() != null && create.EXISTS() != null) {
      throw refused(create, "CREATE VIEW takes OR REPLACE or IF NOT EXISTS, not both.");
    }
    if (create.TEMPORARY() != null && !create.propertyList().isEmpty()) {
      throw refused(
          create.propertyList(0), "A temporary view has no properties; COMMENT is served.");
    }
    if (!create.schemaBinding().isEmpty()) {
      throw refused(
          create.schemaBinding(0),
          "WITH SCHEMA is not served: a view keeps the columns that it was made with.");
    }
    if (!create.collationSpec().isEmpty()) {
      throw refused(create.collationSpec(0), "DEFAULT COLLATION is not served.");
    }
    if (!create.identifierList().isEmpty()) {
      throw refused(create.identifierList(0), "PARTITIONED ON is not served; a view has no files.");
    }
    if (create.commentSpec().size() > 1 || create.propertyList().size() > 1) {
      throw new SluiceException(
          ErrorCode.PARSE_SYNTAX_ERROR,
          "Found duplicate clauses: COMMENT or TBLPROPERTIES.",
          Identifiers.position(create));
    }
  }

  /** Returns the columns that the statement names, in order; empty when it names none. */
  public static List<NamedColumn> columns(@Nullable IdentifierCommentListContext list) {
    List<NamedColumn> columns = new ArrayList<>();
    if (list != null) {
      for (IdentifierCommentContext column : list.identifierComment()) {
        columns.add(
            new NamedColumn(
                TargetNames.column(column.identifier()), comment(column.commentSpec())));
      }
    }
    return columns;
  }

  /** Returns the view's comment. */
  public static Optional<String> comment(CreateViewContext create) {
    return create.commentSpec().isEmpty() ? Optional.empty() : comment(create.commentSpec(0));
  }

  /** Returns the properties that the statement gives, the comment among them. */
  public static Map<String, String> properties(CreateViewContext create) {
    Map<String, String> properties = new LinkedHashMap<>();
    if (!create.propertyList().isEmpty()) {
      properties.putAll(properties(create.propertyList(0)));
    }
    comment(create).ifPresent(comment -> properties.put(COMMENT, comment));
    return properties;
  }

  /** Returns the keys and values of a list, each of them allowed. */
  public static Map<String, String> properties(PropertyListContext list) {
    Map<String, String> properties = new LinkedHashMap<>();
    for (PropertyContext property : list.property()) {
      properties.put(key(property), value(property));
    }
    return properties;
  }

  /** Returns the keys of a list, each of them allowed. */
  public static Set<String> keys(PropertyListContext list) {
    Set<String> keys = new LinkedHashSet<>();
    for (PropertyContext property : list.property()) {
      keys.add(key(property));
    }
    return keys;
  }

  private static String key(PropertyContext property) {
    ParserRuleContext key =
        property instanceof PropertyWithKeyAndEqualsContext withEquals
            ? withEquals.key
            : ((PropertyWithKeyNoEqualsContext) property).key;
    String text = TableProperties.plainText(key);
    if (!KEY.matcher(text).matches() || RESERVED.contains(text)) {
      throw refused(
          key,
          "A property of a view that is not served; served are comment and keys of letters, digits,"
              + " underscores and hyphens, without a dot, but for "
              + String.join(", ", RESERVED.stream().sorted().toList())
              + ".");
    }
    return text;
  }

  private static String value(PropertyContext property) {
    ParserRuleContext value =
        property instanceof PropertyWithKeyAndEqualsContext withEquals
            ? withEquals.value
            : ((PropertyWithKeyNoEqualsContext) property).value;
    if (value == null
        || value.getStart() != value.getStop()
        || "'\"".indexOf(value.getText().charAt(0)) < 0) {
      throw refused(property, "The value of a property is one string in quotes.");
    }
    return StringLiterals.unescape(value.getText());
  }

  private static Optional<String> comment(@Nullable CommentSpecContext comment) {
    return comment == null
        ? Optional.empty()
        : Optional.of(StringLiterals.value(comment.stringLit()));
  }

  private static SluiceException refused(ParserRuleContext node, String why) {
    return new SluiceException(ErrorCode.NOT_SUPPORTED, why, Identifiers.position(node));
  }
}
