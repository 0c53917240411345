package io.sluice.planner.script;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.relation.CommandInspector;
import io.sluice.planner.relation.QueryInspector;
import io.sluice.planner.relation.TargetNames;
import io.sluice.planner.script.AssignmentReader.Read;
import io.sluice.planner.script.AssignmentReader.Target;
import io.sluice.planner.script.PartedText.Kind;
import io.sluice.planner.script.PartedText.Part;
import io.sluice.planner.statement.StatementKind;
import io.sluice.planner.statement.StatementTable;
import io.sluice.planner.statement.Verdict;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.tree.ParseTree;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.BeginEndCompoundBlockContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.BeginLabelContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.BooleanExpressionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CompoundBodyContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CompoundOrSingleStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CompoundStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ConditionValueContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ConditionValuesContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CreateVariableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DeclareConditionStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DeclareHandlerStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.EndLabelContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ExpressionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ForStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IfElseStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IterateStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.LeaveStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.LoopStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.MultipartIdentifierContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.RepeatStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SearchedCaseStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SetVariableInsideSqlScriptContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SimpleCaseStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SingleCompoundStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SqlStateValueContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StatementDefaultContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StrictIdentifierContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.WhileStatementContext;

/**
 * Walks a script once, in text order. It holds queries, writes, variables of its own and what
 * decides which of them run; whatever else the grammar lets it hold is refused.
 */
public final class ScriptReader {

  private static final int MOST_PARTS = 1000;

  /** What holds only more of the script. */
  private static final Set<Class<?>> PLAIN =
      Set.of(
          SingleCompoundStatementContext.class,
          BeginEndCompoundBlockContext.class,
          CompoundBodyContext.class,
          CompoundStatementContext.class,
          IfElseStatementContext.class,
          SearchedCaseStatementContext.class,
          SimpleCaseStatementContext.class,
          WhileStatementContext.class,
          RepeatStatementContext.class,
          LoopStatementContext.class,
          ForStatementContext.class,
          LeaveStatementContext.class,
          IterateStatementContext.class,
          DeclareConditionStatementContext.class,
          DeclareHandlerStatementContext.class,
          ConditionValuesContext.class,
          ConditionValueContext.class,
          BeginLabelContext.class,
          EndLabelContext.class);

  private final List<Part> parts = new ArrayList<>();
  private final List<String> outline = new ArrayList<>();
  private final Set<String> declared = new HashSet<>();
  private final List<Target> assigned = new ArrayList<>();

  private ScriptReader() {}

  /**
   * Reads a script.
   *
   * @throws SluiceException {@code NOT_SUPPORTED}, {@code UNRESOLVED_VARIABLE}, {@code
   *     FUNCTION_NOT_ALLOWED}, {@code STATEMENT_TOO_COMPLEX}
   */
  public static PartedText read(SingleCompoundStatementContext script) {
    ScriptReader reader = new ScriptReader();
    reader.visit(script);
    reader.assigned.forEach(reader::requireDeclared);
    return new PartedText(reader.parts, reader.outline);
  }

  /** Reads a text that is a script. */
  public static PartedText text(CompoundOrSingleStatementContext tree) {
    if (tree.singleCompoundStatement() == null) {
      throw new SluiceException(ErrorCode.INTERNAL_ERROR, "The text is no script");
    }
    return read(tree.singleCompoundStatement());
  }

  private void visit(ParserRuleContext node) {
    if (node instanceof StrictIdentifierContext label) {
      outline.add(Identifiers.quote(TargetNames.name(label)));
      return;
    }
    if (node instanceof MultipartIdentifierContext condition) {
      outline.add(Identifiers.quote(TargetNames.parts(condition)));
      return;
    }
    if (node instanceof SqlStateValueContext) {
      outline.add(node.getText());
      return;
    }
    if (!PLAIN.contains(node.getClass())) {
      throw refused(node, "A clause of this script is not served; write it in another way.");
    }
    if (node instanceof DeclareHandlerStatementContext handler && handler.CONTINUE() != null) {
      throw refused(node, "Spark runs no CONTINUE handlers; write an EXIT handler.");
    }
    for (int index = 0; index < node.getChildCount(); index++) {
      ParseTree child = node.getChild(index);
      if (child instanceof TerminalNode word) {
        // What ends the whole text is no part of the script.
        if (!(node instanceof SingleCompoundStatementContext)) {
          outline.add(word.getText().toUpperCase(Locale.ROOT));
        }
      } else if (child instanceof StatementContext statement) {
        visitStatement(statement);
      } else if (child instanceof SetVariableInsideSqlScriptContext set) {
        outline.add("SET");
        assign(
            AssignmentReader.assignment(
                set.assignmentList(), set.multipartIdentifierList(), set.query()));
      } else if (child instanceof QueryContext query) {
        add(new Part(Kind.QUERY, query, QueryInspector.inspect(query)));
      } else if (child instanceof BooleanExpressionContext || child instanceof ExpressionContext) {
        ParserRuleContext expression = (ParserRuleContext) child;
        add(
            new Part(
                Kind.EXPRESSION,
                expression,
                QueryInspector.inspectExpressions(List.of(expression))));
      } else {
        visit((ParserRuleContext) child);
      }
    }
  }

  private void visitStatement(StatementContext statement) {
    if (statement instanceof StatementDefaultContext query) {
      add(new Part(Kind.QUERY, query.query(), QueryInspector.inspect(query.query())));
      return;
    }
    if (statement instanceof CreateVariableContext declaration) {
      outline.add("DECLARE");
      declare(AssignmentReader.declaration(declaration));
      return;
    }
    StatementKind kind =
        StatementTable.kindOf(statement)
            .orElseThrow(() -> refused(statement, "A statement of this kind is not served."));
    if (kind.verdict() == Verdict.WRITE) {
      outline.add(kind.name());
      add(new Part(Kind.WRITE, statement, CommandInspector.inspect(statement)));
      return;
    }
    throw kind.verdict() == Verdict.REFUSED
        ? kind.refusal(statement)
        : refused(
            statement,
            kind.name()
                + " is not served inside a script, which holds queries, INSERT, UPDATE, DELETE,"
                + " MERGE, TRUNCATE, variables and control flow; send it by itself.");
  }

  private void declare(Read declaration) {
    for (Target target : declaration.targets()) {
      if (target.parts().size() > 1) {
        throw new SluiceException(
            ErrorCode.NOT_SUPPORTED,
            "A script declares variables of its own, whose names have one part; a session's is"
                + " declared by itself.",
            target.position());
      }
      declared.add(name(target));
    }
    addAll(declaration);
  }

  private void assign(Read assignment) {
    assigned.addAll(assignment.targets());
    addAll(assignment);
  }

  /** What a script did to a variable of the session would be lost with it. */
  private void requireDeclared(Target target) {
    String first = target.parts().get(0).toLowerCase(Locale.ROOT);
    boolean ofSession =
        target.parts().size() > 1 && (first.equals("session") || first.equals("system"));
    if (ofSession || target.parts().size() > 2 || !declared.contains(name(target))) {
      throw new SluiceException(
          ErrorCode.UNRESOLVED_VARIABLE,
          "Cannot set "
              + Identifiers.quote(target.parts())
              + " here: a script sets variables that it declares itself; a session's is set by SET"
              + " VARIABLE outside of scripts.",
          target.position());
    }
  }

  private static String name(Target target) {
    return target.parts().get(target.parts().size() - 1).toLowerCase(Locale.ROOT);
  }

  private void addAll(Read read) {
    read.text().outline().forEach(outline::add);
    read.parts().forEach(this::add);
  }

  private void add(Part part) {
    if (part.facts().parameters() > 0) {
      throw refused(
          part.facts().parameterMarkers().get(0).context(),
          "A script takes no parameters; write the values.");
    }
    parts.add(part);
    outline.add(part.kind().name());
    if (parts.size() > MOST_PARTS) {
      throw new SluiceException(
          ErrorCode.STATEMENT_TOO_COMPLEX,
          "The script has more than %d statements and conditions.".formatted(MOST_PARTS),
          Identifiers.position(part.context()));
    }
  }

  private static SluiceException refused(ParserRuleContext node, String why) {
    return new SluiceException(ErrorCode.NOT_SUPPORTED, why, Identifiers.position(node));
  }
}
