package io.sluice.planner.show;

import io.sluice.model.Principal;
import io.sluice.planner.Analysis;
import io.sluice.planner.AnalysisRequest;
import io.sluice.planner.catalog.CatalogReader;
import io.sluice.planner.metadata.MetadataReader;
import java.util.Optional;
import java.util.function.Predicate;
import org.antlr.v4.runtime.ParserRuleContext;

/**
 * Answers the statements that need no cluster, in the shape of Spark 4.1.2. Everything shown comes
 * from what policy lets the principal see. Safe for use by many threads.
 */
public final class MetadataStatements {

  /**
   * A setting of administrators: while it is true, their REPLACE, RENAME and DROP COLUMN may touch
   * names of which a policy speaks. It is never Spark's.
   */
  public static final String FORCE_POLICY_OBJECT_CHANGES = "sluice.forcePolicyObjectChanges";

  private final Predicate<Principal> administrators;
  private final MetadataReader metadata;
  private final CatalogReader catalog;

  /**
   * @param administrators who may set what administrators alone may
   */
  public MetadataStatements(
      MetadataReader metadata, CatalogReader catalog, Predicate<Principal> administrators) {
    this.metadata = metadata;
    this.catalog = catalog;
    this.administrators = administrators;
  }

  /**
   * Answers SHOW, DESCRIBE, USE, SET or RESET.
   *
   * @param statement a {@code statement} or {@code setResetStatement} of Spark's grammar
   * @return empty when the statement is none of these
   * @throws io.sluice.model.SluiceException if it is one of these and is refused
   */
  public Optional<Analysis> analyze(ParserRuleContext statement, AnalysisRequest request) {
    Scope scope =
        new Scope(request, metadata.from(request.clientAddress()), catalog, administrators);
    return Optional.ofNullable(statement.accept(new StatementVisitor(scope)));
  }
}
