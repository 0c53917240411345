package io.sluice.planner.relation;

import java.util.HashMap;
import java.util.Map;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser;
import org.jspecify.annotations.Nullable;

/**
 * The parts of the grammar that may stand in a query, and what each needs. A part that is not here
 * is refused, so that a grammar that grows is closed until someone decides.
 */
public final class QueryContexts {

  private static final Map<Class<?>, Role> ROLES = new HashMap<>();

  private static final Map<Class<?>, String> REFUSALS =
      Map.ofEntries(
          refusal(SqlBaseParser.StreamRelationContext.class, "STREAM is not served."),
          refusal(SqlBaseParser.WatermarkClauseContext.class, "WATERMARK is not served."),
          refusal(
              SqlBaseParser.TransformQuerySpecificationContext.class,
              "TRANSFORM, MAP and REDUCE run programs and are not served."),
          refusal(
              SqlBaseParser.TransformClauseContext.class,
              "TRANSFORM, MAP and REDUCE run programs and are not served."),
          refusal(
              SqlBaseParser.IdentifierLiteralContext.class,
              "IDENTIFIER() is not served; write the name itself."),
          refusal(
              SqlBaseParser.ErrorIdentContext.class,
              "A name with a hyphen must stand in backquotes."));

  /** What the inspector has to do where a part of the grammar occurs. */
  public enum Role {
    /** Nothing but to look inside. */
    PLAIN,
    QUERY,
    COMMON_TABLES,
    TABLE_NAME,
    TABLE,
    TABLE_ARGUMENT,
    TABLE_FUNCTION,
    FUNCTION_CALL,
    LATERAL_VIEW,
    COLUMN,
    CURRENT_VALUE,
    STAR,
    COLUMN_NAME,
    COLLATION,
    AGGREGATE,
    PARAMETER,
    HINT,
    LAMBDA,
    TIME_TRAVEL,
    OPTIONS,
    BUCKET,
    SUBQUERY,
    PREDICATE,
    UNQUOTED,
    RELATION_ALIAS,
    COLUMN_ALIAS
  }

  static {
    put(
        Role.PLAIN,
        SqlBaseParser.AggregationClauseContext.class,
        SqlBaseParser.AliasedQueryContext.class,
        SqlBaseParser.AliasedRelationContext.class,
        SqlBaseParser.ArithmeticBinaryContext.class,
        SqlBaseParser.ArithmeticUnaryContext.class,
        SqlBaseParser.BackQuotedIdentifierContext.class,
        SqlBaseParser.BigDecimalLiteralContext.class,
        SqlBaseParser.BigIntLiteralContext.class,
        SqlBaseParser.BooleanLiteralContext.class,
        SqlBaseParser.BooleanValueContext.class,
        SqlBaseParser.CastByColonContext.class,
        SqlBaseParser.CastContext.class,
        SqlBaseParser.CollateContext.class,
        SqlBaseParser.CommentSpecContext.class,
        SqlBaseParser.ComparisonContext.class,
        SqlBaseParser.ComparisonOperatorContext.class,
        SqlBaseParser.ComplexColTypeContext.class,
        SqlBaseParser.ComplexColTypeListContext.class,
        SqlBaseParser.ComplexDataTypeContext.class,
        SqlBaseParser.ConstantDefaultContext.class,
        SqlBaseParser.DatetimeUnitContext.class,
        SqlBaseParser.DecimalLiteralContext.class,
        SqlBaseParser.DereferenceContext.class,
        SqlBaseParser.DoubleLiteralContext.class,
        SqlBaseParser.ErrorCapturingIdentifierContext.class,
        SqlBaseParser.ErrorCapturingMultiUnitsIntervalContext.class,
        SqlBaseParser.ErrorCapturingNotContext.class,
        SqlBaseParser.ErrorCapturingUnitToUnitIntervalContext.class,
        SqlBaseParser.ExponentLiteralContext.class,
        SqlBaseParser.ExpressionContext.class,
        SqlBaseParser.ExtractContext.class,
        SqlBaseParser.FloatLiteralContext.class,
        SqlBaseParser.FrameBoundContext.class,
        SqlBaseParser.FromClauseContext.class,
        SqlBaseParser.FromStatementBodyContext.class,
        SqlBaseParser.FromStatementContext.class,
        SqlBaseParser.FromStmtContext.class,
        SqlBaseParser.FunctionArgumentContext.class,
        SqlBaseParser.FunctionTableArgumentContext.class,
        SqlBaseParser.FunctionTableNamedArgumentExpressionContext.class,
        SqlBaseParser.FunctionTableReferenceArgumentContext.class,
        SqlBaseParser.GroupByClauseContext.class,
        SqlBaseParser.GroupingAnalyticsContext.class,
        SqlBaseParser.GroupingElementContext.class,
        SqlBaseParser.GroupingSetContext.class,
        SqlBaseParser.HavingClauseContext.class,
        SqlBaseParser.HintContext.class,
        SqlBaseParser.IdentifierContext.class,
        SqlBaseParser.IdentifierListContext.class,
        SqlBaseParser.InlineTableContext.class,
        SqlBaseParser.InlineTableDefault1Context.class,
        SqlBaseParser.InlineTableDefault2Context.class,
        SqlBaseParser.IntegerLiteralContext.class,
        SqlBaseParser.IntegerValContext.class,
        SqlBaseParser.IntervalContext.class,
        SqlBaseParser.IntervalLiteralContext.class,
        SqlBaseParser.IntervalValueContext.class,
        SqlBaseParser.JoinCriteriaContext.class,
        SqlBaseParser.JoinRelationContext.class,
        SqlBaseParser.JoinTypeContext.class,
        SqlBaseParser.JsonPathBracketedIdentifierContext.class,
        SqlBaseParser.JsonPathFirstPartContext.class,
        SqlBaseParser.JsonPathIdentifierContext.class,
        SqlBaseParser.JsonPathPartsContext.class,
        SqlBaseParser.LiteralTypeContext.class,
        SqlBaseParser.LogicalBinaryContext.class,
        SqlBaseParser.LogicalNotContext.class,
        SqlBaseParser.MultiUnitsIntervalContext.class,
        SqlBaseParser.NamedArgumentExpressionContext.class,
        SqlBaseParser.NamedExpressionSeqContext.class,
        SqlBaseParser.NamedWindowContext.class,
        SqlBaseParser.NonReservedContext.class,
        SqlBaseParser.NonTrivialPrimitiveTypeContext.class,
        SqlBaseParser.NullLiteralContext.class,
        SqlBaseParser.NumericLiteralContext.class,
        SqlBaseParser.OperatorPipeStatementContext.class,
        SqlBaseParser.OverlayContext.class,
        SqlBaseParser.ParameterIntegerValueContext.class,
        SqlBaseParser.ParenthesizedExpressionContext.class,
        SqlBaseParser.PivotClauseContext.class,
        SqlBaseParser.PivotColumnContext.class,
        SqlBaseParser.PositionContext.class,
        SqlBaseParser.PredicatedContext.class,
        SqlBaseParser.PrimitiveDataTypeContext.class,
        SqlBaseParser.PrimitiveTypeContext.class,
        SqlBaseParser.QueryOrganizationContext.class,
        SqlBaseParser.QueryPrimaryDefaultContext.class,
        SqlBaseParser.QueryTermDefaultContext.class,
        SqlBaseParser.QuotedIdentifierAlternativeContext.class,
        SqlBaseParser.QuotedIdentifierContext.class,
        SqlBaseParser.RealIdentContext.class,
        SqlBaseParser.RegularQuerySpecificationContext.class,
        SqlBaseParser.RelationContext.class,
        SqlBaseParser.RelationExtensionContext.class,
        SqlBaseParser.RowConstructorContext.class,
        SqlBaseParser.SampleByBytesContext.class,
        SqlBaseParser.SampleByPercentileContext.class,
        SqlBaseParser.SampleByRowsContext.class,
        SqlBaseParser.SampleContext.class,
        SqlBaseParser.SearchedCaseContext.class,
        SqlBaseParser.SelectClauseContext.class,
        SqlBaseParser.SemiStructuredExtractContext.class,
        SqlBaseParser.SemiStructuredExtractionPathContext.class,
        SqlBaseParser.SetOperationContext.class,
        SqlBaseParser.SetQuantifierContext.class,
        SqlBaseParser.ShiftExpressionContext.class,
        SqlBaseParser.ShiftOperatorContext.class,
        SqlBaseParser.SimpleCaseContext.class,
        SqlBaseParser.SimpleIdentifierContext.class,
        SqlBaseParser.SimpleQuotedIdentifierAlternativeContext.class,
        SqlBaseParser.SingleDoubleQuotedStringLiteralValueContext.class,
        SqlBaseParser.SingleStringLitContext.class,
        SqlBaseParser.SingleStringLiteralValueContext.class,
        SqlBaseParser.SmallIntLiteralContext.class,
        SqlBaseParser.SortItemContext.class,
        SqlBaseParser.StrictNonReservedContext.class,
        SqlBaseParser.StringLitContext.class,
        SqlBaseParser.StringLiteralContext.class,
        SqlBaseParser.StructContext.class,
        SqlBaseParser.SubqueryContext.class,
        SqlBaseParser.SubscriptContext.class,
        SqlBaseParser.SubstringContext.class,
        SqlBaseParser.TableArgumentPartitioningContext.class,
        SqlBaseParser.TableValuedFunctionContext.class,
        SqlBaseParser.TimestampaddContext.class,
        SqlBaseParser.TimestampdiffContext.class,
        SqlBaseParser.TinyIntLiteralContext.class,
        SqlBaseParser.TrimContext.class,
        SqlBaseParser.TrivialPrimitiveTypeContext.class,
        SqlBaseParser.TypeConstructorContext.class,
        SqlBaseParser.UnitInMultiUnitsContext.class,
        SqlBaseParser.UnitInUnitToUnitContext.class,
        SqlBaseParser.UnitToUnitIntervalContext.class,
        SqlBaseParser.UnpivotColumnAndAliasContext.class,
        SqlBaseParser.UnpivotColumnSetContext.class,
        SqlBaseParser.UnpivotMultiValueColumnClauseContext.class,
        SqlBaseParser.UnpivotNullClauseContext.class,
        SqlBaseParser.UnpivotOperatorContext.class,
        SqlBaseParser.UnpivotSingleValueColumnClauseContext.class,
        SqlBaseParser.ValueExpressionDefaultContext.class,
        SqlBaseParser.VersionContext.class,
        SqlBaseParser.WhenClauseContext.class,
        SqlBaseParser.WhereClauseContext.class,
        SqlBaseParser.WindowClauseContext.class,
        SqlBaseParser.WindowDefContext.class,
        SqlBaseParser.WindowFrameContext.class,
        SqlBaseParser.WindowRefContext.class);
    put(Role.COLLATION, SqlBaseParser.CollateClauseContext.class);
    put(Role.QUERY, SqlBaseParser.QueryContext.class);
    put(Role.COMMON_TABLES, SqlBaseParser.CtesContext.class, SqlBaseParser.NamedQueryContext.class);
    put(Role.TABLE_NAME, SqlBaseParser.TableNameContext.class);
    put(Role.TABLE, SqlBaseParser.TableContext.class);
    put(Role.TABLE_ARGUMENT, SqlBaseParser.FunctionTableSubqueryArgumentContext.class);
    put(Role.TABLE_FUNCTION, SqlBaseParser.FunctionTableContext.class);
    put(Role.FUNCTION_CALL, SqlBaseParser.FunctionCallContext.class);
    put(Role.LATERAL_VIEW, SqlBaseParser.LateralViewContext.class);
    put(Role.COLUMN, SqlBaseParser.ColumnReferenceContext.class);
    put(Role.CURRENT_VALUE, SqlBaseParser.CurrentLikeContext.class);
    put(Role.STAR, SqlBaseParser.StarContext.class);
    put(
        Role.COLUMN_NAME,
        SqlBaseParser.ExceptClauseContext.class,
        SqlBaseParser.UnpivotColumnContext.class);
    put(
        Role.AGGREGATE,
        SqlBaseParser.Any_valueContext.class,
        SqlBaseParser.FirstContext.class,
        SqlBaseParser.LastContext.class);
    put(
        Role.PARAMETER,
        SqlBaseParser.PosParameterLiteralContext.class,
        SqlBaseParser.PositionalParameterMarkerRuleContext.class,
        SqlBaseParser.NamedParameterLiteralContext.class,
        SqlBaseParser.NamedParameterMarkerRuleContext.class);
    put(Role.HINT, SqlBaseParser.HintStatementContext.class);
    put(Role.LAMBDA, SqlBaseParser.LambdaContext.class);
    put(Role.TIME_TRAVEL, SqlBaseParser.TemporalClauseContext.class);
    put(Role.OPTIONS, SqlBaseParser.OptionsClauseContext.class);
    put(Role.BUCKET, SqlBaseParser.SampleByBucketContext.class);
    put(
        Role.SUBQUERY,
        SqlBaseParser.ExistsContext.class,
        SqlBaseParser.SubqueryExpressionContext.class);
    put(Role.PREDICATE, SqlBaseParser.PredicateContext.class);
    put(
        Role.UNQUOTED,
        SqlBaseParser.SimpleUnquotedIdentifierContext.class,
        SqlBaseParser.UnquotedIdentifierContext.class);
    put(
        Role.RELATION_ALIAS,
        SqlBaseParser.TableAliasContext.class,
        SqlBaseParser.UnpivotClauseContext.class);
    put(
        Role.COLUMN_ALIAS,
        SqlBaseParser.IdentifierSeqContext.class,
        SqlBaseParser.NamedExpressionContext.class,
        SqlBaseParser.OperatorPipeRightSideContext.class,
        SqlBaseParser.OperatorPipeSetAssignmentSeqContext.class,
        SqlBaseParser.PivotValueContext.class,
        SqlBaseParser.UnpivotAliasContext.class,
        SqlBaseParser.UnpivotNameColumnContext.class,
        SqlBaseParser.UnpivotValueColumnContext.class);
  }

  private QueryContexts() {}

  /** Returns what a part of the grammar needs in a query; null when it may not stand there. */
  public static @Nullable Role role(ParserRuleContext context) {
    return ROLES.get(context.getClass());
  }

  /** Returns whether a part of the grammar may stand in a query. */
  public static boolean isAllowed(Class<?> context) {
    return ROLES.containsKey(context);
  }

  /** Returns why a part of the grammar is refused in a query. */
  public static String refusal(ParserRuleContext context) {
    return REFUSALS.getOrDefault(
        context.getClass(), "A clause of this query is not served; write it in another way.");
  }

  private static Map.Entry<Class<?>, String> refusal(Class<?> context, String text) {
    return Map.entry(context, text);
  }

  private static void put(Role role, Class<?>... contexts) {
    for (Class<?> context : contexts) {
      ROLES.put(context, role);
    }
  }
}
