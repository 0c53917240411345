package io.sluice.planner.routine;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.Namespace;
import io.sluice.planner.function.FunctionAllowList;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.parse.Trees;
import io.sluice.planner.relation.TargetNames;
import io.sluice.planner.show.StringLiterals;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.misc.Interval;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ColDefinitionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ColDefinitionOptionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ColTypeContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ColumnReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CommentSpecContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CreateUserDefinedFunctionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CurrentLikeContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.NamedParameterLiteralContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.PosParameterLiteralContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.RoutineCharacteristicsContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SqlDataAccessContext;

/** Reads CREATE TEMPORARY FUNCTION. */
public final class FunctionClauses {

  /** What stands in names that are made of it needs no more. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");

  /** Bare words that mean a value where no column has the name. */
  private static final Set<String> VALUES =
      Set.of(
          "current_user",
          "user",
          "session_user",
          "current_date",
          "current_time",
          "current_timestamp",
          "localtimestamp");

  private static final int MOST_PARAMETERS = 100;

  private FunctionClauses() {}

  /**
   * Returns the function that a statement makes.
   *
   * @throws SluiceException {@code NOT_SUPPORTED} for a clause that is not served; {@code
   *     FUNCTION_NOT_ALLOWED} for the name of a function of Spark's
   */
  public static TemporaryFunction read(
      CreateUserDefinedFunctionContext create, Namespace namespace, String timeZone) {
    if (create.errorCapturingNot() != null) {
      throw refused(
          create, "CREATE TEMPORARY FUNCTION takes no IF NOT EXISTS; write CREATE OR REPLACE.");
    }
    refuseParameterMarkers(create);
    String name = name(create.identifierReference());
    if (FunctionAllowList.ofSpark().knows(name) || FunctionAllowList.ofSpark().refuses(name)) {
      throw new SluiceException(
          ErrorCode.FUNCTION_NOT_ALLOWED,
          Identifiers.quote(name) + " is a function of Spark's own; choose another name.",
          Identifiers.position(create.identifierReference()));
    }
    Optional<String> comment = comment(create.routineCharacteristics());
    List<FunctionParameter> parameters = parameters(create);
    List<FunctionParameter> columns = new ArrayList<>();
    if (create.returnParams != null) {
      for (ColTypeContext column : create.returnParams.colType()) {
        columns.add(
            new FunctionParameter(
                checkedName(column.colName),
                text(column.dataType()),
                Optional.empty(),
                Optional.ofNullable(column.commentSpec()).map(FunctionClauses::comment)));
      }
      refuseRepeated(columns, create);
      if (create.query() == null) {
        throw refused(create, "A function that RETURNS TABLE returns a query.");
      }
    }
    String body =
        create.query() != null && create.returnParams == null
            ? "(" + text(create.query()) + ")"
            : text(create.query() != null ? create.query() : create.expression());
    if (create.getText().indexOf(CallTemplate.MARK) >= 0
        || create.getText().toLowerCase(Locale.ROOT).contains(FunctionTexts.RESERVED)) {
      throw refused(
          create,
          "A function holds no character U+0000 and nothing that begins with "
              + FunctionTexts.RESERVED
              + ".");
    }
    return new TemporaryFunction(
        name,
        parameters,
        Optional.ofNullable(create.dataType()).map(FunctionClauses::text),
        columns,
        body,
        namespace,
        timeZone,
        comment);
  }

  /** Returns the one part of a temporary function's name. */
  public static String name(IdentifierReferenceContext naming) {
    List<String> parts = TargetNames.parts(naming);
    if (parts.size() != 1 || !NAME.matcher(parts.get(0)).matches()) {
      throw refused(
          naming,
          "A temporary function has a name of one part, of letters, digits and underscores.");
    }
    return parts.get(0);
  }

  private static List<FunctionParameter> parameters(CreateUserDefinedFunctionContext create) {
    List<FunctionParameter> parameters = new ArrayList<>();
    if (create.parameters == null) {
      return parameters;
    }
    for (ColDefinitionContext definition : create.parameters.colDefinition()) {
      String name = checkedName(definition.colName);
      if (VALUES.contains(name.toLowerCase(Locale.ROOT))) {
        throw refused(
            definition, "A parameter is not called " + name + ", which means a value by itself.");
      }
      Optional<String> value = Optional.empty();
      Optional<String> comment = Optional.empty();
      for (ColDefinitionOptionContext option : definition.colDefinitionOption()) {
        if (option.defaultExpression() != null) {
          value = Optional.of(defaultValue(option.defaultExpression().expression()));
        } else if (option.commentSpec() != null) {
          comment = Optional.of(comment(option.commentSpec()));
        } else {
          throw refused(option, "A parameter takes DEFAULT and COMMENT alone.");
        }
      }
      if (value.isEmpty()
          && !parameters.isEmpty()
          && parameters.get(parameters.size() - 1).defaultValue().isPresent()) {
        throw refused(definition, "A parameter without DEFAULT stands before those with one.");
      }
      parameters.add(new FunctionParameter(name, text(definition.dataType()), value, comment));
    }
    if (parameters.size() > MOST_PARAMETERS) {
      throw refused(create, "A function takes at most %d parameters.".formatted(MOST_PARAMETERS));
    }
    refuseRepeated(parameters, create);
    return parameters;
  }

  /** It stands in the place of an argument, where any name would mean something of the caller's. */
  private static String defaultValue(ParserRuleContext expression) {
    if (!Trees.all(
                expression,
                ColumnReferenceContext.class,
                CurrentLikeContext.class,
                QueryContext.class)
            .isEmpty()
        || FunctionCall.isOnce(expression)) {
      throw refused(
          expression,
          "The DEFAULT of a parameter names nothing, holds no query and has one value.");
    }
    return text(expression);
  }

  private static String checkedName(ParserRuleContext identifier) {
    String name = Identifiers.name(identifier);
    if (!NAME.matcher(name).matches()) {
      throw refused(
          identifier, "A parameter or column has a name of letters, digits and underscores.");
    }
    return name;
  }

  private static void refuseRepeated(List<FunctionParameter> names, ParserRuleContext create) {
    Set<String> seen = new HashSet<>();
    for (FunctionParameter name : names) {
      if (!seen.add(name.name().toLowerCase(Locale.ROOT))) {
        throw new SluiceException(
            ErrorCode.COLUMN_ALREADY_EXISTS,
            "Two parameters or columns are called " + Identifiers.quote(name.name()) + ".",
            Identifiers.position(create));
      }
    }
  }

  private static void refuseParameterMarkers(ParserRuleContext create) {
    List<ParserRuleContext> markers =
        Trees.all(create, PosParameterLiteralContext.class, NamedParameterLiteralContext.class);
    if (!markers.isEmpty()) {
      throw refused(markers.get(0), "A function takes no parameter markers; write the values.");
    }
  }

  private static Optional<String> comment(RoutineCharacteristicsContext clauses) {
    if (clauses.routineLanguage().stream().anyMatch(language -> language.SQL() == null)) {
      throw refused(clauses, "A function's language is SQL; code of others is not governed.");
    }
    if (!clauses.specificName().isEmpty()) {
      throw refused(clauses, "SPECIFIC is not served.");
    }
    if (clauses.rightsClause().stream().anyMatch(rights -> rights.DEFINER() != null)) {
      throw refused(
          clauses, "SQL SECURITY DEFINER is not served; a function reads what its caller may.");
    }
    if (clauses.nullCall().stream().anyMatch(call -> call.CALLED() == null)) {
      throw refused(
          clauses, "RETURNS NULL ON NULL INPUT is not served; write CASE in the function.");
    }
    for (SqlDataAccessContext access : clauses.sqlDataAccess()) {
      if (access.CONTAINS() == null && access.READS() == null) {
        throw refused(access, "A function says CONTAINS SQL or READS SQL DATA, or nothing.");
      }
    }
    if (clauses.commentSpec().size() > 1) {
      throw new SluiceException(
          ErrorCode.PARSE_SYNTAX_ERROR,
          "Found duplicate clauses: COMMENT.",
          Identifiers.position(clauses));
    }
    return clauses.commentSpec().isEmpty()
        ? Optional.empty()
        : Optional.of(comment(clauses.commentSpec(0)));
  }

  private static String comment(CommentSpecContext comment) {
    return StringLiterals.value(comment.stringLit());
  }

  /** Returns the text of a part as the user wrote it. */
  private static String text(ParserRuleContext part) {
    return part.getStart()
        .getInputStream()
        .getText(Interval.of(part.getStart().getStartIndex(), part.getStop().getStopIndex()));
  }

  private static SluiceException refused(ParserRuleContext node, String why) {
    return new SluiceException(ErrorCode.NOT_SUPPORTED, why, Identifiers.position(node));
  }
}
