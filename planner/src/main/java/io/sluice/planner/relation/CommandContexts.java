package io.sluice.planner.relation;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.parse.Identifiers;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser;
import org.jspecify.annotations.Nullable;

/**
 * The parts of the grammar that may stand in a write or definition, beside those of {@link
 * QueryContexts}. A part that is not here is refused, and so is an allowed one that holds a word
 * which changes what the statement does to something else.
 */
final class CommandContexts {

  private static final Set<Class<?>> ALLOWED =
      Set.of(
          SqlBaseParser.AddTableColumnsContext.class,
          SqlBaseParser.AlterColumnActionContext.class,
          SqlBaseParser.AlterColumnSpecContext.class,
          SqlBaseParser.AlterColumnSpecListContext.class,
          SqlBaseParser.AlterTableAlterColumnContext.class,
          SqlBaseParser.ApplyTransformContext.class,
          SqlBaseParser.AssignmentContext.class,
          SqlBaseParser.AssignmentListContext.class,
          SqlBaseParser.ColDefinitionContext.class,
          SqlBaseParser.ColTypeContext.class,
          SqlBaseParser.ColDefinitionDescriptorWithPositionContext.class,
          SqlBaseParser.ColDefinitionOptionContext.class,
          SqlBaseParser.ColPositionContext.class,
          SqlBaseParser.CommentContext.class,
          SqlBaseParser.CommentNamespaceContext.class,
          SqlBaseParser.CommentTableContext.class,
          SqlBaseParser.CreateNamespaceContext.class,
          SqlBaseParser.CreateTableClausesContext.class,
          SqlBaseParser.CreateTableContext.class,
          SqlBaseParser.CreateTableHeaderContext.class,
          SqlBaseParser.DeleteFromTableContext.class,
          SqlBaseParser.DmlStatementContext.class,
          SqlBaseParser.DropNamespaceContext.class,
          SqlBaseParser.DropTableColumnsContext.class,
          SqlBaseParser.DropTableContext.class,
          SqlBaseParser.HiveChangeColumnContext.class,
          SqlBaseParser.IdentifierReferenceContext.class,
          SqlBaseParser.IdentityTransformContext.class,
          SqlBaseParser.InsertIntoReplaceWhereContext.class,
          SqlBaseParser.InsertIntoTableContext.class,
          SqlBaseParser.InsertOverwriteTableContext.class,
          SqlBaseParser.LocationSpecContext.class,
          SqlBaseParser.MatchedActionContext.class,
          SqlBaseParser.MatchedClauseContext.class,
          SqlBaseParser.MergeIntoTableContext.class,
          SqlBaseParser.MultiInsertQueryBodyContext.class,
          SqlBaseParser.MultiInsertQueryContext.class,
          SqlBaseParser.MultipartIdentifierContext.class,
          SqlBaseParser.MultipartIdentifierListContext.class,
          SqlBaseParser.NamespaceContext.class,
          SqlBaseParser.NotMatchedActionContext.class,
          SqlBaseParser.NotMatchedBySourceActionContext.class,
          SqlBaseParser.NotMatchedBySourceClauseContext.class,
          SqlBaseParser.NotMatchedClauseContext.class,
          SqlBaseParser.PartitionFieldListContext.class,
          SqlBaseParser.PartitionSpecContext.class,
          SqlBaseParser.PartitionTransformContext.class,
          SqlBaseParser.PartitionValContext.class,
          SqlBaseParser.PropertyKeyContext.class,
          SqlBaseParser.PropertyKeyOrStringLitContext.class,
          SqlBaseParser.PropertyKeyOrStringLitNoCoalesceContext.class,
          SqlBaseParser.PropertyListContext.class,
          SqlBaseParser.PropertyValueContext.class,
          SqlBaseParser.PropertyWithKeyAndEqualsContext.class,
          SqlBaseParser.PropertyWithKeyNoEqualsContext.class,
          SqlBaseParser.QualifiedColTypeWithPositionContext.class,
          SqlBaseParser.QualifiedColTypeWithPositionListContext.class,
          SqlBaseParser.QualifiedNameContext.class,
          SqlBaseParser.RenameTableColumnContext.class,
          SqlBaseParser.RenameTableContext.class,
          SqlBaseParser.ReplaceTableContext.class,
          SqlBaseParser.ReplaceTableHeaderContext.class,
          SqlBaseParser.SetClauseContext.class,
          SqlBaseParser.SetTablePropertiesContext.class,
          SqlBaseParser.SingleInsertQueryContext.class,
          SqlBaseParser.TableElementContext.class,
          SqlBaseParser.TableElementListContext.class,
          SqlBaseParser.TableProviderContext.class,
          SqlBaseParser.TransformArgumentContext.class,
          SqlBaseParser.TruncateTableContext.class,
          SqlBaseParser.UnsetTablePropertiesContext.class,
          SqlBaseParser.UpdateTableContext.class);

  private static final Map<Class<?>, String> REFUSALS =
      Map.of(
          SqlBaseParser.ExpressionPropertyListContext.class,
          "OPTIONS are not served; for a table's properties write TBLPROPERTIES.",
          SqlBaseParser.DefaultExpressionContext.class,
          "DEFAULT values of columns are not served: Iceberg's Spark catalog does not take them.",
          SqlBaseParser.GenerationExpressionContext.class,
          "Generated columns are not served.",
          SqlBaseParser.TableConstraintDefinitionContext.class,
          "Constraints are not served: Iceberg's tables keep none.",
          SqlBaseParser.ColumnConstraintDefinitionContext.class,
          "Constraints are not served: Iceberg's tables keep none.",
          SqlBaseParser.PartitionColumnContext.class,
          "PARTITIONED BY names columns; write their types in the list of columns.",
          SqlBaseParser.BucketSpecContext.class,
          "CLUSTERED BY is not served; write PARTITIONED BY (bucket(16, a)).",
          SqlBaseParser.CreateFileFormatContext.class,
          "STORED AS is not served: every table is Iceberg's.");

  /** Spark's and Iceberg's transforms; any other name would be a function of the catalog. */
  private static final Set<String> TRANSFORMS =
      Set.of(
          "bucket",
          "truncate",
          "year",
          "years",
          "month",
          "months",
          "day",
          "days",
          "date",
          "hour",
          "hours",
          "date_hour",
          "identity");

  private static final String VIEW = "A view is not changed by a statement of this kind.";

  private CommandContexts() {}

  /** Returns whether a part of the grammar may stand in a write or definition. */
  static boolean isAllowed(Class<?> context) {
    return ALLOWED.contains(context);
  }

  /**
   * Refuses a part that may not stand in a command.
   *
   * @throws SluiceException {@code NOT_SUPPORTED}
   */
  static void check(ParserRuleContext node) {
    if (!ALLOWED.contains(node.getClass())) {
      String why = REFUSALS.get(node.getClass());
      throw refused(
          node,
          why == null ? "A clause of this statement is not served; write it in another way." : why);
    }
    checkWords(node);
    if (node instanceof SqlBaseParser.TableProviderContext provider
        && !isIceberg(provider.multipartIdentifier())) {
      throw refused(node, "Tables are made USING iceberg, or without USING.");
    }
    if (node instanceof SqlBaseParser.LocationSpecContext location && !isOfNew(location)) {
      throw refused(node, "LOCATION is for new tables and schemas: what is there stays there.");
    }
    if (node instanceof SqlBaseParser.ApplyTransformContext transform
        && !TRANSFORMS.contains(
            Identifiers.name(transform.transformName).toLowerCase(Locale.ROOT))) {
      throw refused(node, "A transform that is not one of Iceberg's.");
    }
    if (node instanceof SqlBaseParser.PropertyWithKeyAndEqualsContext property) {
      TableProperties.check(property.key);
    }
    if (node instanceof SqlBaseParser.PropertyWithKeyNoEqualsContext property) {
      TableProperties.check(property.key);
    }
  }

  private static void checkWords(ParserRuleContext node) {
    if (node instanceof SqlBaseParser.CreateTableHeaderContext header) {
      refuse(
          header.TEMPORARY(),
          "Temporary tables are not served; make a table, or CREATE TEMPORARY VIEW.");
      refuse(header.EXTERNAL(), "EXTERNAL is not served: every table is the catalog's own.");
    } else if (node instanceof SqlBaseParser.DropTableContext drop) {
      refuse(drop.PURGE(), "PURGE is not served; the table's files are the operator's to remove.");
    } else if (node instanceof SqlBaseParser.RenameTableContext rename) {
      refuse(rename.VIEW(), VIEW);
    } else if (node instanceof SqlBaseParser.SetTablePropertiesContext set) {
      refuse(set.VIEW(), VIEW);
    } else if (node instanceof SqlBaseParser.UnsetTablePropertiesContext unset) {
      refuse(unset.VIEW(), VIEW);
    } else if (node instanceof SqlBaseParser.AlterColumnActionContext action) {
      refuse(
          action.DEFAULT(),
          "DEFAULT values of columns are not served: Iceberg's Spark catalog does not take them.");
    } else if (node instanceof SqlBaseParser.HiveChangeColumnContext change) {
      checkChange(change);
    } else if (node instanceof SqlBaseParser.CreateNamespaceContext create) {
      List<SqlBaseParser.PropertyListContext> properties = create.propertyList();
      if (!properties.isEmpty()) {
        throw refused(properties.get(0), "Properties of schemas are not served; COMMENT is.");
      }
    } else if (node instanceof SqlBaseParser.TruncateTableContext truncate
        && truncate.partitionSpec() != null) {
      throw refused(
          truncate.partitionSpec(), "TRUNCATE takes no PARTITION; write DELETE with a condition.");
    }
  }

  private static boolean isOfNew(SqlBaseParser.LocationSpecContext location) {
    return location.getParent() instanceof SqlBaseParser.CreateNamespaceContext
        || location.getParent().getParent() instanceof SqlBaseParser.CreateTableContext;
  }

  /** Spark takes a new name here only to refuse it. */
  private static void checkChange(SqlBaseParser.HiveChangeColumnContext change) {
    List<String> column = Identifiers.parts(change.colName);
    if (!Identifiers.name(change.colType().colName).equals(column.get(column.size() - 1))) {
      throw refused(change.colType(), "CHANGE COLUMN keeps the name; use RENAME COLUMN.");
    }
    if (change.partitionSpec() != null) {
      throw refused(change.partitionSpec(), "CHANGE COLUMN takes no PARTITION.");
    }
  }

  private static boolean isIceberg(SqlBaseParser.MultipartIdentifierContext provider) {
    List<String> parts = Identifiers.parts(provider);
    return parts.size() == 1 && parts.get(0).equalsIgnoreCase("iceberg");
  }

  private static void refuse(@Nullable TerminalNode word, String why) {
    if (word != null) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED, why, Identifiers.position(word.getSymbol()));
    }
  }

  private static SluiceException refused(ParserRuleContext node, String why) {
    return new SluiceException(ErrorCode.NOT_SUPPORTED, why, Identifiers.position(node));
  }
}
