package io.sluice.planner.view;

import java.util.List;

/**
 * Changes the views of the catalogs; whether it may be done has been decided before. Blocks. What
 * it did is seen by the next question that is put to the catalog. Safe for use by many threads.
 */
public interface ViewWriter {

  /**
   * Writes a view.
   *
   * @throws io.sluice.model.SluiceException {@code TABLE_OR_VIEW_ALREADY_EXISTS}, {@code
   *     TABLE_OR_VIEW_NOT_FOUND}, {@code SCHEMA_NOT_FOUND}, {@code NOT_SUPPORTED} for a column of a
   *     type that Iceberg has not, {@code CATALOG_UNAVAILABLE}
   */
  void define(ViewDefinition definition, List<ViewColumn> columns);

  /** Changes a view; fails as {@link #define} does. */
  void change(ViewChange change);
}
