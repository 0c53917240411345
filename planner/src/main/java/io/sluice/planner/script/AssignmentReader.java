package io.sluice.planner.script;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TextPosition;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.relation.QueryInspector;
import io.sluice.planner.relation.TargetNames;
import io.sluice.planner.script.PartedText.Kind;
import io.sluice.planner.script.PartedText.Part;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.AssignmentContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.AssignmentListContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CompoundOrSingleStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CreateVariableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.MultipartIdentifierContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.MultipartIdentifierListContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SetVariableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SingleStatementContext;
import org.jspecify.annotations.Nullable;

/** Reads what declares variables and what sets them, in a script or by itself. */
public final class AssignmentReader {

  /** A variable's name where it is given or set. */
  public record Target(List<String> parts, TextPosition position) {

    public Target {
      parts = List.copyOf(parts);
    }
  }

  private final List<Part> parts = new ArrayList<>();
  private final List<Target> targets = new ArrayList<>();

  private AssignmentReader() {}

  /**
   * What a statement declares or sets.
   *
   * @param parts the expressions, types and queries
   */
  public record Read(List<Part> parts, List<Target> targets) {

    public Read {
      parts = List.copyOf(parts);
      targets = List.copyOf(targets);
    }

    /** Returns the same as the whole of a statement. */
    public PartedText text() {
      return new PartedText(
          parts, targets.stream().map(target -> Identifiers.quote(target.parts())).toList());
    }
  }

  /** Reads DECLARE. */
  public static Read declaration(CreateVariableContext declaration) {
    AssignmentReader reader = new AssignmentReader();
    for (IdentifierReferenceContext name : declaration.identifierReferences) {
      reader.targets.add(new Target(TargetNames.parts(name), Identifiers.position(name)));
    }
    List<ParserRuleContext> expressions = new ArrayList<>();
    if (declaration.dataType() != null) {
      expressions.add(declaration.dataType());
    }
    if (declaration.variableDefaultExpression() != null) {
      expressions.add(declaration.variableDefaultExpression().expression());
    }
    expressions.forEach(reader::expression);
    return reader.read();
  }

  /** Reads SET; the list and the query as the grammar has them, one of the two forms. */
  public static Read assignment(
      @Nullable AssignmentListContext assignments,
      @Nullable MultipartIdentifierListContext names,
      @Nullable QueryContext query) {
    AssignmentReader reader = new AssignmentReader();
    if (assignments != null) {
      for (AssignmentContext assignment : assignments.assignment()) {
        reader.target(assignment.key);
        reader.expression(assignment.value);
      }
    }
    if (names != null) {
      names.multipartIdentifier().forEach(reader::target);
    }
    if (query != null) {
      reader.parts.add(new Part(Kind.QUERY, query, QueryInspector.inspect(query)));
    }
    return reader.read();
  }

  /** Reads SET VARIABLE. */
  public static Read assignment(SetVariableContext statement) {
    return assignment(
        statement.assignmentList(), statement.multipartIdentifierList(), statement.query());
  }

  /** Reads a text that is one DECLARE or SET VARIABLE. */
  public static PartedText text(CompoundOrSingleStatementContext tree) {
    SingleStatementContext single = tree.singleStatement();
    if (single != null && single.statement() instanceof CreateVariableContext declaration) {
      return declaration(declaration).text();
    }
    if (single != null && single.setResetStatement() instanceof SetVariableContext set) {
      return assignment(set).text();
    }
    throw new SluiceException(
        ErrorCode.INTERNAL_ERROR, "The text neither declares nor sets a variable");
  }

  private void target(MultipartIdentifierContext name) {
    targets.add(new Target(TargetNames.parts(name), Identifiers.position(name)));
  }

  private void expression(ParserRuleContext expression) {
    parts.add(
        new Part(
            Kind.EXPRESSION, expression, QueryInspector.inspectExpressions(List.of(expression))));
  }

  private Read read() {
    return new Read(parts, targets);
  }
}
