package io.sluice.planner.relation;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.function.FunctionAllowList;
import io.sluice.planner.function.FunctionKind;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.relation.QueryContexts.Role;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.ParseTree;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CollateClauseContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ColumnReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CtesContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CurrentLikeContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DereferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ExceptClauseContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FunctionCallContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FunctionNameContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FunctionTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FunctionTableSubqueryArgumentContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.HintStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.LambdaContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.LateralViewContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.LogicalBinaryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.MultipartIdentifierContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.NamedQueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.PredicateContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.PrimaryExpressionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QualifiedNameContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SetOperationContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StarContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.TableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.TableNameContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.UnpivotColumnContext;
import org.jspecify.annotations.Nullable;

/**
 * Walks a query once, in text order, and collects what decides about it. Whatever is not on the
 * lists of {@link QueryContexts} and {@link FunctionAllowList} is refused.
 *
 * <p>Scoping follows Spark's CTESubstitution: a common table expression is visible after its
 * definition, in the query that its WITH belongs to and in all subqueries of that; with RECURSIVE
 * also inside itself. Names of two or more parts never mean one.
 */
public final class QueryInspector {

  /** Spark's own passes recurse into chains of operators; AND and OR alone are balanced there. */
  static final int LONGEST_CHAIN = 1000;

  private final QueryFacts facts = new QueryFacts();

  private final FunctionAllowList functions = FunctionAllowList.ofSpark();
  private @Nullable CteScope scope;
  private @Nullable QueryLevel level;
  private int subqueryDepth;

  /** Calls of a session's own functions, which are written out before the text is served. */
  private final Predicate<ParserRuleContext> ownCalls;

  QueryInspector() {
    this(call -> false);
  }

  private QueryInspector(Predicate<ParserRuleContext> ownCalls) {
    this.ownCalls = ownCalls;
  }

  /**
   * Inspects a query.
   *
   * @throws SluiceException {@code NOT_SUPPORTED}, {@code FUNCTION_NOT_ALLOWED}, {@code
   *     STATEMENT_TOO_COMPLEX}
   */
  public static QueryFacts inspect(QueryContext query) {
    return inspect(query, call -> false);
  }

  /**
   * Inspects the query of a function, which is never served as it is; fails as {@link
   * #inspect(QueryContext)} does.
   *
   * @param ownCalls which calls are of functions that are no functions of Spark's
   */
  public static QueryFacts inspect(QueryContext query, Predicate<ParserRuleContext> ownCalls) {
    QueryInspector inspector = new QueryInspector(ownCalls);
    inspector.visit(query);
    return inspector.facts;
  }

  /**
   * Inspects expressions and types that belong to no query, such as what a variable is set to; they
   * see no relation. Fails as {@link #inspect(QueryContext)} does.
   */
  public static QueryFacts inspectExpressions(List<? extends ParserRuleContext> expressions) {
    QueryInspector inspector = new QueryInspector();
    inspector.inLevel(() -> expressions.forEach(inspector::visit));
    return inspector.facts;
  }

  QueryFacts facts() {
    return facts;
  }

  /** Visits what stands in a level of its own, such as the parts of an UPDATE. */
  void inLevel(Runnable parts) {
    QueryLevel outer = level;
    level = new QueryLevel(outer);
    parts.run();
    level = outer;
  }

  /** Visits what may correlate to nothing around it. */
  void apart(Runnable parts) {
    inLevelOf(null, parts);
  }

  /** Visits what sees the columns of these relations alone. */
  void amid(RelationOccurrence relation, Runnable parts) {
    QueryLevel alone = new QueryLevel(null);
    alone.relations().add(relation);
    inLevelOf(alone, parts);
  }

  private void inLevelOf(@Nullable QueryLevel other, Runnable parts) {
    QueryLevel outer = level;
    level = other;
    parts.run();
    level = outer;
  }

  void visit(ParserRuleContext node) {
    if (node.getChildCount() > 0
        && node.getChild(0) instanceof ParserRuleContext first
        && first.getRuleIndex() == node.getRuleIndex()) {
      visitChain(node);
      return;
    }
    Role role = role(node);
    switch (role) {
      case PLAIN, AGGREGATE -> visitChildren(node, 0);
      case QUERY -> visitQuery((QueryContext) node);
      case TABLE_NAME -> {
        TableNameContext table = (TableNameContext) node;
        addRelation(table.identifierReference(), node);
        visitChildren(node, 1);
      }
      case TABLE -> addRelation(((TableContext) node).identifierReference(), node);
      case TABLE_ARGUMENT -> visitTableArgument((FunctionTableSubqueryArgumentContext) node);
      case TABLE_FUNCTION -> visitTableFunction((FunctionTableContext) node);
      case FUNCTION_CALL -> visitFunctionCall((FunctionCallContext) node);
      case LATERAL_VIEW -> visitLateralView((LateralViewContext) node);
      case COLUMN -> visitColumn((ColumnReferenceContext) node);
      case CURRENT_VALUE -> addPrincipal(node, node.getStart());
      case STAR -> visitStar((StarContext) node);
      case COLUMN_NAME -> visitColumnName(node);
      case COLLATION -> Names.checkParts(((CollateClauseContext) node).collationName);
      case PARAMETER -> visitParameter(node);
      case HINT -> visitHint((HintStatementContext) node);
      case LAMBDA -> visitLambda((LambdaContext) node);
      case TIME_TRAVEL -> {
        FixedClauses.checkTimeTravel(node);
        visitChildren(node, 0);
      }
      case OPTIONS -> FixedClauses.checkOptions(node);
      case BUCKET -> FixedClauses.checkBucket(node);
      case SUBQUERY -> visitSubquery(node);
      case PREDICATE -> {
        if (((PredicateContext) node).query() == null) {
          visitChildren(node, 0);
        } else {
          visitSubquery(node);
        }
      }
      case UNQUOTED -> Names.checkUnquoted(node);
      case RELATION_ALIAS -> {
        Names.relationAlias(node).forEach(name -> facts.aliasRelation(Identifiers.name(name)));
        visitChildren(node, 0);
      }
      case COLUMN_ALIAS -> {
        Names.columnAliases(node).forEach(name -> facts.introduce(Identifiers.name(name)));
        visitChildren(node, 0);
      }
      case COMMON_TABLES -> throw refused(node, QueryContexts.refusal(node));
    }
  }

  private void visitChildren(ParserRuleContext node, int from) {
    for (int index = from; index < node.getChildCount(); index++) {
      if (node.getChild(index) instanceof ParserRuleContext child) {
        visit(child);
      }
    }
  }

  /** Visits a left-recursive chain ({@code a + b + c}, {@code a UNION b}) without recursing. */
  private void visitChain(ParserRuleContext top) {
    List<ParserRuleContext> chain = new ArrayList<>();
    ParserRuleContext node = top;
    boolean balanced = true;
    boolean setOperation = false;
    while (true) {
      if (node instanceof DereferenceContext dereference) {
        NameChain names = columnChain(dereference);
        if (names != null) {
          facts.chains().add(names);
          break;
        }
      }
      if (!(node.getChildCount() > 0
          && node.getChild(0) instanceof ParserRuleContext first
          && first.getRuleIndex() == node.getRuleIndex())) {
        break;
      }
      role(node);
      chain.add(node);
      balanced &= node instanceof LogicalBinaryContext;
      setOperation |= node instanceof SetOperationContext;
      node = first;
    }
    if (!balanced && chain.size() > LONGEST_CHAIN) {
      throw new SluiceException(
          ErrorCode.STATEMENT_TOO_COMPLEX,
          "The statement chains more than " + LONGEST_CHAIN + " operators or set operations.",
          Identifiers.position(top));
    }
    if (!(node instanceof DereferenceContext)) {
      visitOperand(node, setOperation);
    }
    Collections.reverse(chain);
    for (ParserRuleContext link : chain) {
      for (int index = 1; index < link.getChildCount(); index++) {
        if (link.getChild(index) instanceof ParserRuleContext operand) {
          visitOperand(operand, link instanceof SetOperationContext);
        }
      }
    }
  }

  private void visitOperand(ParserRuleContext operand, boolean ownLevel) {
    QueryLevel outer = level;
    if (ownLevel) {
      level = new QueryLevel(outer);
    }
    visit(operand);
    level = outer;
  }

  private void visitQuery(QueryContext query) {
    CteScope outerScope = scope;
    QueryLevel outerLevel = level;
    level = new QueryLevel(outerLevel);
    if (query.ctes() != null) {
      visitWith(query.ctes());
    }
    visit(query.queryTerm());
    visit(query.queryOrganization());
    scope = outerScope;
    level = outerLevel;
  }

  /** Visits a WITH, whose names are visible from then on. */
  void visitWith(CtesContext with) {
    boolean recursive = with.RECURSIVE() != null;
    for (NamedQueryContext named : with.namedQuery()) {
      visitNamedQuery(named, recursive);
    }
  }

  private void visitNamedQuery(NamedQueryContext named, boolean recursive) {
    visit(named.name);
    String name = Identifiers.name(named.name);
    CteScope before = scope;
    if (recursive) {
      scope = new CteScope(before, name, true, subqueryDepth);
    }
    for (ParseTree child : named.children) {
      if (child != named.name && child instanceof ParserRuleContext part) {
        visit(part);
      }
    }
    scope = new CteScope(before, name, false, subqueryDepth);
    facts.aliasRelation(name);
  }

  private void visitSubquery(ParserRuleContext node) {
    subqueryDepth++;
    visitChildren(node, 0);
    subqueryDepth--;
  }

  /** Adds a relation that is named, and returns it. */
  RelationOccurrence addRelation(IdentifierReferenceContext naming, ParserRuleContext holder) {
    List<String> parts = Names.parts(naming);
    CteScope common = parts.size() == 1 ? CteScope.find(scope, parts.get(0)) : null;
    if (common != null && common.recursive() && subqueryDepth > common.depth()) {
      throw refused(
          naming, "A recursive WITH may not name itself in a subquery within an expression.");
    }
    RelationOccurrence occurrence = new RelationOccurrence(naming, holder, parts, common != null);
    if (common != null && occurrence.timeTravel().isPresent()) {
      // Inside of a recursive one Spark takes the name for a table's.
      throw refused(
          naming,
          Identifiers.quote(parts)
              + " is a common table expression here, which has no older state; qualify the name"
              + " with its schema to mean a table.");
    }
    facts.relations().add(occurrence);
    if (level != null) {
      level.relations().add(occurrence);
    }
    return occurrence;
  }

  private void visitTableArgument(FunctionTableSubqueryArgumentContext argument) {
    subqueryDepth++;
    for (ParseTree child : argument.children) {
      if (child instanceof IdentifierReferenceContext naming) {
        addRelation(naming, argument);
      } else if (child instanceof ParserRuleContext part) {
        visit(part);
      }
    }
    subqueryDepth--;
  }

  private void visitTableFunction(FunctionTableContext call) {
    String name = functionName(call.funcName);
    if (!functions.allowsTableFunction(name) && !ownCalls.test(call)) {
      throw notAllowed(call, name);
    }
    for (ParseTree child : call.children) {
      if (child != call.funcName && child instanceof ParserRuleContext part) {
        visit(part);
      }
    }
  }

  private void visitFunctionCall(FunctionCallContext call) {
    String name = functionName(call.functionName());
    if (ownCalls.test(call)) {
      visitChildren(call, 1);
      return;
    }
    FunctionKind kind = functions.kind(name).orElseThrow(() -> notAllowed(call, name));
    switch (kind) {
      case PRINCIPAL, CATALOG, SCHEMA -> {
        if (call.getChildCount() != 3) {
          throw refused(call, name.toLowerCase(Locale.ROOT) + "() takes no arguments.");
        }
        facts
            .sessionValues()
            .add(new SessionValue(call, kind, name.toLowerCase(Locale.ROOT), null));
      }
      default -> visitChildren(call, 1);
    }
  }

  private void visitLateralView(LateralViewContext view) {
    String name = singlePart(view.qualifiedName());
    if (functions.kind(name).filter(kind -> kind == FunctionKind.GENERATOR).isEmpty()) {
      throw notAllowed(view, name);
    }
    facts.aliasRelation(Identifiers.name(view.tblName));
    view.colName.forEach(column -> facts.introduce(Identifiers.name(column)));
    for (ParseTree child : view.children) {
      if (child instanceof ParserRuleContext part && !(child instanceof QualifiedNameContext)) {
        visit(part);
      }
    }
  }

  private void visitColumn(ColumnReferenceContext column) {
    visit(column.identifier());
    addPrincipal(column, column.getStart());
  }

  private void addPrincipal(ParserRuleContext context, Token token) {
    String name = Identifiers.name(token).toLowerCase(Locale.ROOT);
    if (FunctionAllowList.isPrincipal(name)) {
      facts.sessionValues().add(new SessionValue(context, FunctionKind.PRINCIPAL, name, level));
    }
  }

  private void visitStar(StarContext star) {
    QualifiedNameContext qualifier = star.qualifiedName();
    if (qualifier != null) {
      visitChildren(qualifier, 0);
      // The star stands for the column, so a table's name is complete before it.
      addChain(qualifier.identifier(), star.ASTERISK().getSymbol());
    }
    if (star.exceptClause() != null) {
      visit(star.exceptClause());
    }
  }

  private void visitColumnName(ParserRuleContext node) {
    List<MultipartIdentifierContext> names =
        node instanceof UnpivotColumnContext column
            ? List.of(column.multipartIdentifier())
            : ((ExceptClauseContext) node).exceptCols.multipartIdentifier();
    for (MultipartIdentifierContext name : names) {
      Names.checkParts(name);
      addChain(name.parts, null);
    }
  }

  private void addChain(List<? extends ParserRuleContext> parts, @Nullable Token end) {
    List<String> names = new ArrayList<>();
    List<Token> tokens = new ArrayList<>();
    for (ParserRuleContext part : parts) {
      names.add(Identifiers.name(part));
      tokens.add(part.getStart());
    }
    if (end != null) {
      names.add("*");
      tokens.add(end);
    }
    if (names.size() > 1) {
      facts.chains().add(new NameChain(names, tokens));
    }
  }

  /** Returns {@code a.b.c} as one name; null when something else than names is in it. */
  private @Nullable NameChain columnChain(DereferenceContext top) {
    List<IdentifierContext> fields = new ArrayList<>();
    PrimaryExpressionContext node = top;
    while (node instanceof DereferenceContext dereference) {
      fields.add(dereference.fieldName);
      node = dereference.base;
    }
    if (!(node instanceof ColumnReferenceContext || node instanceof CurrentLikeContext)) {
      return null;
    }
    List<String> names = new ArrayList<>();
    List<Token> tokens = new ArrayList<>();
    if (node instanceof ColumnReferenceContext column) {
      visit(column.identifier());
    }
    names.add(Identifiers.name(node));
    tokens.add(node.getStart());
    Collections.reverse(fields);
    for (IdentifierContext field : fields) {
      visit(field);
      names.add(Identifiers.name(field));
      tokens.add(field.getStart());
    }
    return new NameChain(names, tokens);
  }

  /** Named ones are given to Spark by their place, so there is one way for values to go. */
  private void visitParameter(ParserRuleContext marker) {
    ParameterMarker found =
        marker.getStart() == marker.getStop()
            ? new ParameterMarker(marker, Optional.empty())
            : new ParameterMarker(
                marker, Optional.of(Identifiers.name(Names.checked(marker.getStop()))));
    if (!facts.parameterMarkers().isEmpty()
        && facts.parameterMarkers().get(0).name().isPresent() != found.name().isPresent()) {
      throw refused(marker, "A statement has ? or :name for its parameters, not both.");
    }
    facts.parameterMarkers().add(found);
  }

  private void visitHint(HintStatementContext hint) {
    for (PrimaryExpressionContext parameter : hint.parameters) {
      if (!FixedClauses.isHintParameter(parameter)) {
        throw refused(parameter, "A hint takes names and numbers only.");
      }
    }
    visitChildren(hint, 0);
  }

  private void visitLambda(LambdaContext lambda) {
    lambda.identifier().forEach(name -> facts.introduce(Identifiers.name(name)));
    visitChildren(lambda, 0);
  }

  private static String functionName(FunctionNameContext name) {
    if (name.IDENTIFIER_KW() != null) {
      throw refused(name, "IDENTIFIER() is not served; write the name itself.");
    }
    return name.qualifiedName() == null
        ? name.getStart().getText()
        : singlePart(name.qualifiedName());
  }

  private static String singlePart(QualifiedNameContext name) {
    for (IdentifierContext part : name.identifier()) {
      Identifiers.name(part);
      Names.checkIdentifier(part);
    }
    if (name.identifier().size() > 1) {
      throw new SluiceException(
          ErrorCode.FUNCTION_NOT_ALLOWED,
          "Functions are called by their plain name; functions of catalogs are not served.",
          Identifiers.position(name));
    }
    return Identifiers.name(name);
  }

  private static SluiceException notAllowed(ParserRuleContext call, String name) {
    return new SluiceException(
        ErrorCode.FUNCTION_NOT_ALLOWED,
        "The function "
            + Identifiers.quote(name.toLowerCase(Locale.ROOT))
            + " does not exist or may not be called.",
        Identifiers.position(call));
  }

  private static Role role(ParserRuleContext node) {
    Role role = QueryContexts.role(node);
    if (role == null) {
      throw refused(node, QueryContexts.refusal(node));
    }
    return role;
  }

  private static SluiceException refused(ParserRuleContext node, String why) {
    return new SluiceException(ErrorCode.NOT_SUPPORTED, why, Identifiers.position(node));
  }
}
