package io.sluice.planner.columns;

import java.util.Set;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.*;

/** The rules of Spark's grammar that make up expressions; one that is not here is refused. */
final class ExpressionContexts {

  /** Rules whose columns are those of their parts. */
  static final Set<Class<? extends ParserRuleContext>> FOLLOWED =
      Set.of(
          AggregationClauseContext.class,
          Any_valueContext.class,
          ArithmeticBinaryContext.class,
          ArithmeticUnaryContext.class,
          CastByColonContext.class,
          CastContext.class,
          CollateContext.class,
          ComparisonContext.class,
          ConstantDefaultContext.class,
          ExistsContext.class,
          ExpressionContext.class,
          ExtractContext.class,
          FirstContext.class,
          FrameBoundContext.class,
          FunctionArgumentContext.class,
          FunctionCallContext.class,
          GroupByClauseContext.class,
          GroupingAnalyticsContext.class,
          GroupingElementContext.class,
          GroupingSetContext.class,
          HavingClauseContext.class,
          LastContext.class,
          LogicalBinaryContext.class,
          LogicalNotContext.class,
          NamedArgumentExpressionContext.class,
          NamedExpressionContext.class,
          NamedExpressionSeqContext.class,
          NamedWindowContext.class,
          OverlayContext.class,
          ParenthesizedExpressionContext.class,
          PositionContext.class,
          PredicateContext.class,
          PredicatedContext.class,
          RowConstructorContext.class,
          SearchedCaseContext.class,
          SemiStructuredExtractContext.class,
          ShiftExpressionContext.class,
          SimpleCaseContext.class,
          SortItemContext.class,
          StructContext.class,
          SubqueryExpressionContext.class,
          SubscriptContext.class,
          SubstringContext.class,
          TimestampaddContext.class,
          TimestampdiffContext.class,
          TrimContext.class,
          ValueExpressionDefaultContext.class,
          WhenClauseContext.class,
          WhereClauseContext.class,
          WindowClauseContext.class,
          WindowDefContext.class,
          WindowFrameContext.class,
          WindowRefContext.class);

  /** Rules that hold no column. */
  private static final Set<Class<? extends ParserRuleContext>> LEAVES =
      Set.of(
          CollateClauseContext.class,
          ComparisonOperatorContext.class,
          DatetimeUnitContext.class,
          ErrorCapturingIdentifierContext.class,
          ErrorCapturingNotContext.class,
          IdentifierContext.class,
          IdentifierListContext.class,
          SemiStructuredExtractionPathContext.class,
          SetQuantifierContext.class,
          ShiftOperatorContext.class,
          SimpleIdentifierContext.class,
          StringLitContext.class);

  private ExpressionContexts() {}

  static boolean isLeaf(ParserRuleContext context) {
    return context instanceof ConstantContext
        || context instanceof DataTypeContext
        || LEAVES.contains(context.getClass());
  }
}
