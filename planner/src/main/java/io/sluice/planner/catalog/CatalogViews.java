package io.sluice.planner.catalog;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.view.ViewChange;
import io.sluice.planner.view.ViewColumn;
import io.sluice.planner.view.ViewDefinition;
import io.sluice.planner.view.ViewDefinition.Mode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.catalog.ViewCatalog;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchViewException;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.view.UpdateViewProperties;
import org.apache.iceberg.view.ViewBuilder;

/** One catalog's views, through Iceberg's own interface. */
final class CatalogViews {

  private CatalogViews() {}

  static Optional<ViewMetadata> load(ViewCatalog views, TableName name) {
    try {
      return Optional.of(ViewMapper.map(name, views.loadView(identifier(name))));
    } catch (NoSuchViewException | NoSuchNamespaceException e) {
      return Optional.empty();
    }
  }

  static void define(ViewCatalog views, ViewDefinition view, List<ViewColumn> columns) {
    TableIdentifier identifier = identifier(view.name());
    ViewBuilder builder =
        views
            .buildView(identifier)
            .withSchema(schema(columns))
            .withQuery(ViewMapper.DIALECT, view.sql())
            .withDefaultCatalog(view.namespace().catalog())
            .withDefaultNamespace(Namespace.of(view.namespace().schema()))
            .withProperties(properties(view, columns));
    try {
      switch (view.mode()) {
        case CREATE, CREATE_IF_NOT_EXISTS -> builder.create();
        case CREATE_OR_REPLACE -> builder.createOrReplace();
        case ALTER -> builder.replace();
      }
    } catch (AlreadyExistsException e) {
      if (view.mode() != Mode.CREATE_IF_NOT_EXISTS) {
        throw taken(view.name());
      }
    } catch (NoSuchViewException e) {
      throw missing(view.name());
    } catch (IllegalStateException e) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "The view %s has a text of another engine, which would be lost; drop the view first."
              .formatted(view.name()));
    }
  }

  private static Map<String, String> properties(ViewDefinition view, List<ViewColumn> columns) {
    Map<String, String> properties = new HashMap<>(view.properties());
    if (view.mode() != Mode.ALTER) {
      properties.put("owner", view.owner());
    }
    properties.put(
        ViewMapper.QUERY_COLUMNS,
        columns.stream()
            .map(column -> column.queryName().orElse(column.name()))
            .collect(Collectors.joining(",")));
    return properties;
  }

  private static Schema schema(List<ViewColumn> columns) {
    List<Types.NestedField> fields = new ArrayList<>();
    for (ViewColumn column : columns) {
      fields.add(
          Types.NestedField.optional(
              fields.size() + 1, column.name(), column.type(), column.comment().orElse(null)));
    }
    return new Schema(TypeUtil.assignIncreasingFreshIds(new Schema(fields)).columns());
  }

  static void change(ViewCatalog views, ViewChange change) {
    if (change instanceof ViewChange.Drop drop) {
      if (!views.dropView(identifier(drop.view()))) {
        throw missing(drop.view());
      }
    } else if (change instanceof ViewChange.Rename rename) {
      try {
        views.renameView(identifier(rename.view()), identifier(rename.renamed()));
      } catch (AlreadyExistsException e) {
        throw taken(rename.renamed());
      } catch (NoSuchViewException e) {
        throw missing(rename.view());
      }
    } else if (change instanceof ViewChange.Properties properties) {
      try {
        UpdateViewProperties update =
            views.loadView(identifier(properties.view())).updateProperties();
        properties.set().forEach(update::set);
        properties.removed().forEach(update::remove);
        update.commit();
      } catch (NoSuchViewException e) {
        throw missing(properties.view());
      }
    } else {
      throw new IllegalStateException("no way to carry out " + change.getClass());
    }
  }

  private static TableIdentifier identifier(TableName name) {
    return TableIdentifier.of(Namespace.of(name.schema()), name.table());
  }

  private static SluiceException taken(TableName name) {
    return new SluiceException(
        ErrorCode.TABLE_OR_VIEW_ALREADY_EXISTS,
        "There is a table or view of the name %s already.".formatted(name));
  }

  private static SluiceException missing(TableName name) {
    return NotFound.table(List.of(name.catalog(), name.schema(), name.table()), null);
  }
}
