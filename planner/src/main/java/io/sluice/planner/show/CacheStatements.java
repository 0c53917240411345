package io.sluice.planner.show;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.Analysis;
import io.sluice.planner.parse.Identifiers;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CacheTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ClearCacheContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.RefreshTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.UncacheTableContext;

/**
 * What tools say of caches. Nothing is cached for a user in Spark, where no policy would govern it,
 * so there is nothing to do but to see whether they may.
 */
final class CacheStatements {

  private final Scope scope;

  CacheStatements(Scope scope) {
    this.scope = scope;
  }

  /** REFRESH TABLE: the catalog is asked anew for every table from now on. */
  Analysis refresh(RefreshTableContext statement) {
    scope.table(statement.identifierReference());
    scope.catalog().forget();
    return new Analysis.Nothing();
  }

  Analysis cache(CacheTableContext statement) {
    if (statement.query() != null) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "CACHE TABLE … AS is not served: it would keep rows that no policy governs; send the"
              + " query each time.",
          Identifiers.position(statement));
    }
    scope.table(statement.identifierReference());
    return new Analysis.Nothing();
  }

  Analysis uncache(UncacheTableContext statement) {
    if (statement.EXISTS() == null) {
      scope.table(statement.identifierReference());
    }
    return new Analysis.Nothing();
  }

  Analysis clear(ClearCacheContext statement) {
    return new Analysis.Nothing();
  }
}
