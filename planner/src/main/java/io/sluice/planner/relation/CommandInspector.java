package io.sluice.planner.relation;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.parse.Identifiers;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DeleteFromTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DmlStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.InsertIntoContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.MergeIntoTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.MultiInsertQueryBodyContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.MultiInsertQueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.NotMatchedBySourceClauseContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.NotMatchedClauseContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.PropertyWithKeyAndEqualsContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.PropertyWithKeyNoEqualsContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.RenameTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.TruncateTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.UpdateTableContext;
import org.jspecify.annotations.Nullable;

/**
 * Walks a write or a definition once, in text order. What may stand in a query is left to {@link
 * QueryInspector}; whatever else is not on the list of {@link CommandContexts} is refused.
 *
 * <p>A write's target is a relation like any other, of which the principal must be able to read
 * everything. It is visible to what the statement computes from its rows, and never means a common
 * table expression: Spark takes it for a table in some statements and not in others.
 */
public final class CommandInspector {

  private final QueryInspector queries = new QueryInspector();

  private CommandInspector() {}

  /**
   * Inspects a command.
   *
   * @param command an alternative of {@code statement}
   * @throws SluiceException {@code NOT_SUPPORTED}, {@code FUNCTION_NOT_ALLOWED}, {@code
   *     STATEMENT_TOO_COMPLEX}
   */
  public static QueryFacts inspect(ParserRuleContext command) {
    CommandInspector inspector = new CommandInspector();
    inspector.visit(command);
    return inspector.queries.facts();
  }

  private void visit(ParserRuleContext node) {
    if (QueryContexts.isAllowed(node.getClass())) {
      queries.visit(node);
      return;
    }
    CommandContexts.check(node);
    if ((node instanceof PropertyWithKeyAndEqualsContext value
            && TableProperties.isAdministrative(value.key))
        || (node instanceof PropertyWithKeyNoEqualsContext bare
            && TableProperties.isAdministrative(bare.key))) {
      queries.facts().needAdministrator();
    }
    if (node instanceof DmlStatementContext dml) {
      if (dml.ctes() != null) {
        queries.visitWith(dml.ctes());
      }
      visit(dml.dmlStatementNoWith());
    } else if (node instanceof InsertIntoContext
        || node instanceof UpdateTableContext
        || node instanceof DeleteFromTableContext
        || node instanceof TruncateTableContext) {
      queries.inLevel(() -> visitWrite(node));
    } else if (node instanceof MergeIntoTableContext merge) {
      queries.inLevel(() -> visitMerge(merge));
    } else if (node instanceof MultiInsertQueryContext inserts) {
      queries.inLevel(() -> visitChildren(inserts));
    } else if (node instanceof MultiInsertQueryBodyContext body) {
      queries.apart(() -> visit(body.insertInto()));
      visit(body.fromStatementBody());
    } else if (node instanceof RenameTableContext rename) {
      visit(rename.from);
      Names.checkParts(rename.to);
      queries.facts().objects().add(new ObjectName(rename.to, Identifiers.parts(rename.to)));
    } else if (node instanceof IdentifierReferenceContext naming) {
      queries.facts().objects().add(new ObjectName(naming, Names.parts(naming)));
    } else {
      visitChildren(node);
    }
  }

  private void visitChildren(ParserRuleContext node) {
    for (ParserRuleContext child : node.getRuleContexts(ParserRuleContext.class)) {
      visit(child);
    }
  }

  private void visitWrite(ParserRuleContext write) {
    for (ParserRuleContext child : write.getRuleContexts(ParserRuleContext.class)) {
      if (child instanceof IdentifierReferenceContext target) {
        addTarget(target, write);
      } else {
        visit(child);
      }
    }
  }

  /** A clause for rows of one side sees the columns of that side alone. */
  private void visitMerge(MergeIntoTableContext merge) {
    RelationOccurrence target = null;
    RelationOccurrence source = null;
    for (ParserRuleContext child : merge.getRuleContexts(ParserRuleContext.class)) {
      if (child == merge.target) {
        target = addTarget(merge.target, merge);
      } else if (child == merge.source) {
        source = queries.addRelation(merge.source, merge);
      } else if (child == merge.sourceQuery) {
        queries.apart(() -> visit(child));
      } else if (child instanceof NotMatchedClauseContext) {
        inSide(source, child);
      } else if (child instanceof NotMatchedBySourceClauseContext) {
        inSide(target, child);
      } else {
        visit(child);
      }
    }
  }

  private void inSide(@Nullable RelationOccurrence side, ParserRuleContext clause) {
    if (side == null) {
      queries.apart(() -> queries.inLevel(() -> visit(clause)));
    } else {
      queries.amid(side, () -> visit(clause));
    }
  }

  private RelationOccurrence addTarget(
      IdentifierReferenceContext naming, ParserRuleContext holder) {
    RelationOccurrence target = queries.addRelation(naming, holder);
    if (target.cte()) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "A common table expression has the target's name; give it another one.",
          target.position());
    }
    queries.facts().targets().add(target);
    return target;
  }
}
