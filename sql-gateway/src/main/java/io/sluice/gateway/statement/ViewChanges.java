package io.sluice.gateway.statement;

import io.sluice.gateway.arrow.QueryColumns;
import io.sluice.gateway.session.Session;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.Analysis;
import io.sluice.planner.routine.TemporaryFunction;
import io.sluice.planner.view.QueryColumn;
import io.sluice.planner.view.ViewChange;
import io.sluice.planner.view.ViewColumn;
import io.sluice.planner.view.ViewColumns;
import io.sluice.planner.view.ViewWriter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Makes, changes and drops views and functions, once that is authorised: those of a session in the
 * session, the others in their catalog. Spark has no part in it but to tell the columns of a query.
 */
public final class ViewChanges {

  private final ViewWriter catalogs;
  private final Executor blocking;
  private final Runnable catalogChanged;
  private final NamesInUse names = new NamesInUse();

  /**
   * @param catalogs where views are kept that stay
   * @param blocking runs what waits for a catalog
   * @param catalogChanged is run when a catalog has been changed; never throws
   */
  public ViewChanges(ViewWriter catalogs, Executor blocking, Runnable catalogChanged) {
    this.catalogs = catalogs;
    this.blocking = blocking;
    this.catalogChanged = catalogChanged;
  }

  /** Returns the names that no view may take while they are in use. */
  NamesInUse names() {
    return names;
  }

  /** Returns whether a statement is carried out here. */
  static boolean concerns(Analysis analysis) {
    return analysis instanceof Analysis.DefineTemporaryView
        || analysis instanceof Analysis.DropTemporaryView
        || analysis instanceof Analysis.DefineTemporaryFunction
        || analysis instanceof Analysis.DropTemporaryFunction
        || analysis instanceof Analysis.DefineView
        || analysis instanceof Analysis.ChangeView
        || analysis instanceof Analysis.Nothing;
  }

  /**
   * Carries out a statement.
   *
   * @param columns asks Spark for a query's columns
   */
  CompletableFuture<Void> carryOut(
      Session session,
      Analysis analysis,
      Function<Analysis.SparkQuery, CompletableFuture<Schema>> columns) {
    if (analysis instanceof Analysis.DefineTemporaryView defined) {
      return columns
          .apply(defined.query())
          .thenAccept(
              schema -> {
                List<ViewColumn> known =
                    ViewColumns.of(
                        defined.view().text().quotedName(),
                        QueryColumns.of(schema),
                        defined.names());
                session.define(defined.view().withColumns(known), defined.replace());
              });
    }
    if (analysis instanceof Analysis.DefineTemporaryFunction defined) {
      return columns
          .apply(defined.query())
          .thenAccept(
              schema -> {
                TemporaryFunction function = defined.function();
                session.define(
                    function.isTable()
                        ? function
                        : function.returning(QueryColumns.of(schema).get(0).sparkType()),
                    defined.replace());
              });
    }
    if (analysis instanceof Analysis.DropTemporaryFunction dropped) {
      session.dropFunction(dropped.name());
      return CompletableFuture.completedFuture(null);
    }
    if (analysis instanceof Analysis.DropTemporaryView dropped) {
      session.dropView(dropped.name());
      return CompletableFuture.completedFuture(null);
    }
    if (analysis instanceof Analysis.DefineView defined) {
      return columns
          .apply(defined.query())
          .thenAcceptAsync(
              schema -> {
                List<QueryColumn> query = QueryColumns.of(schema);
                refuseUnknownTypes(query);
                List<ViewColumn> known =
                    ViewColumns.of(defined.definition().name().toString(), query, defined.names());
                try {
                  names.claim(
                      defined.definition().name(),
                      () -> catalogs.define(defined.definition(), known));
                } finally {
                  catalogChanged.run();
                }
              },
              blocking);
    }
    if (analysis instanceof Analysis.ChangeView changed) {
      return CompletableFuture.runAsync(
          () -> {
            try {
              change(changed.change());
            } finally {
              catalogChanged.run();
            }
          },
          blocking);
    }
    return CompletableFuture.completedFuture(null);
  }

  private void change(ViewChange change) {
    if (change instanceof ViewChange.Rename rename) {
      names.claim(rename.renamed(), () -> catalogs.change(change));
    } else {
      catalogs.change(change);
    }
  }

  /** Returns what the journal says of a change to a catalog's view; empty for any other. */
  static String describe(Analysis analysis) {
    if (analysis instanceof Analysis.DefineView defined) {
      return ", define view " + defined.definition().name();
    }
    if (!(analysis instanceof Analysis.ChangeView changed)) {
      return "";
    }
    ViewChange change = changed.change();
    if (change instanceof ViewChange.Rename rename) {
      return ", rename view " + change.view() + " to " + rename.renamed();
    }
    return (change instanceof ViewChange.Drop ? ", drop view " : ", alter view ") + change.view();
  }

  private static void refuseUnknownTypes(List<QueryColumn> columns) {
    for (QueryColumn column : columns) {
      if (column.type().isEmpty()) {
        throw new SluiceException(
            ErrorCode.NOT_SUPPORTED,
            "The column `%s` is of type %s, which a view of a catalog cannot have; cast it."
                .formatted(column.name().replace("`", "``"), column.sparkType()));
      }
    }
  }
}
