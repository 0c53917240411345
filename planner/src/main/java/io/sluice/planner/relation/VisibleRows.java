package io.sluice.planner.relation;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TextPosition;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.parse.Trees;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.TokenStream;
import org.apache.spark.sql.catalyst.parser.SqlBaseLexer;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DeleteFromTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.RegularQuerySpecificationContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SelectClauseContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StarContext;

/**
 * DELETE of the rows that a row filter leaves, for whom it leaves some only. An administrator opens
 * a table for it by a property. What is deleted is what a SELECT with the same condition would
 * show, found behind the same barrier and told by file and position.
 */
public final class VisibleRows {

  /** The table property that opens a table when it is {@code true}. */
  public static final String PROPERTY = "sluice.delete-visible-rows";

  /** Iceberg's columns that tell a row of one state of a table from all others. */
  public static final List<String> ROW_ID = List.of("_file", "_pos");

  private VisibleRows() {}

  /**
   * Returns whether rows may be deleted from a table that is restricted.
   *
   * @param target what DELETE names
   * @throws SluiceException {@code NOT_SUPPORTED} for an alias that renames columns, {@code
   *     PERMISSION_DENIED} for a condition on a masked column, or on all columns by a star
   */
  public static boolean mayBeDeleted(ReadRelation target, TokenStream tokens, String principal) {
    TableMetadata table = target.table();
    if (!(target.occurrence().holder() instanceof DeleteFromTableContext delete)
        || target.view().isPresent()
        || target.decision().rowFilter().isEmpty()
        || !target.decision().deniedColumns().isEmpty()
        || !table.properties().getOrDefault(PROPERTY, "").equalsIgnoreCase("true")
        || table.columns().stream().map(Column::name).anyMatch(ROW_ID::contains)) {
      return false;
    }
    if (delete.tableAlias().identifierList() != null) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "DELETE takes no aliases for columns.",
          Identifiers.position(delete.tableAlias().identifierList()));
    }
    if (delete.whereClause() != null) {
      refuseStars(delete.whereClause(), target, principal);
      refuseMasked(delete.whereClause(), target, tokens, principal);
    }
    return true;
  }

  /**
   * Before its condition the target also has the columns of {@link #ROW_ID}, which tell of rows
   * that are hidden, and which a star would bring in. Only one that cannot stand for them is
   * served.
   */
  private static void refuseStars(
      ParserRuleContext condition, ReadRelation target, String principal) {
    boolean masks = !target.decision().masks().isEmpty();
    for (ParserRuleContext star : Trees.all(condition, StarContext.class)) {
      if (masks || !isOfItsOwnFrom((StarContext) star, condition)) {
        throw mayNot(
            principal,
            target,
            "by all of its columns, of which a policy hides a part; name the columns",
            Identifiers.position(star));
      }
    }
  }

  /**
   * Returns whether a star stands for the columns of a FROM inside of the condition: without a
   * name, which could be that of a relation outside, and in the list of a SELECT that has a FROM.
   */
  private static boolean isOfItsOwnFrom(StarContext star, ParserRuleContext condition) {
    if (star.qualifiedName() != null) {
      return false;
    }
    for (ParserRuleContext node = star.getParent();
        node != condition && !(node instanceof QueryContext);
        node = node.getParent()) {
      if (node instanceof SelectClauseContext) {
        return node.getParent() instanceof RegularQuerySpecificationContext select
            && select.fromClause() != null;
      }
    }
    return false;
  }

  /** What stands for the value there is the mask, which would decide about other rows. */
  private static void refuseMasked(
      ParserRuleContext condition, ReadRelation target, TokenStream tokens, String principal) {
    Set<String> masked =
        target.decision().masks().keySet().stream()
            .map(name -> name.toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    int last = condition.getStop().getTokenIndex();
    for (int index = condition.getStart().getTokenIndex(); index <= last; index++) {
      Token token = tokens.get(index);
      if (token.getChannel() == Token.DEFAULT_CHANNEL
          && token.getType() != SqlBaseLexer.STRING_LITERAL
          && masked.contains(Identifiers.name(token).toLowerCase(Locale.ROOT))) {
        throw mayNot(
            principal, target, "by a column that a policy masks", Identifiers.position(token));
      }
    }
  }

  private static SluiceException mayNot(
      String principal, ReadRelation target, String how, TextPosition position) {
    return new SluiceException(
        ErrorCode.PERMISSION_DENIED,
        "Permission denied: user [%s] may not delete from [%s] %s"
            .formatted(principal, target.table().name().policyPath(), how),
        position);
  }
}
