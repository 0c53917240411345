package io.sluice.planner.procedure;

import static io.sluice.planner.policy.Access.ALTER;
import static io.sluice.planner.policy.Access.UPDATE;
import static io.sluice.planner.procedure.Parameter.optional;
import static io.sluice.planner.procedure.Parameter.required;

import io.sluice.planner.AnswerTable.AnswerColumn;
import io.sluice.planner.AnswerTable.AnswerType;
import io.sluice.planner.policy.Access;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Every procedure that Iceberg 1.12 has ({@code SparkProcedures}), with what becomes of a CALL. One
 * that is not here is refused, as is a parameter that is not in its procedure's list.
 */
public final class ProcedureTable {

  private static final Parameter TABLE = required("table", ArgumentKind.TABLE);

  private static final Set<String> REWRITE_FILES =
      Set.of(
          "max-concurrent-file-group-rewrites",
          "max-file-group-size-bytes",
          "max-file-size-bytes",
          "min-file-size-bytes",
          "min-input-files",
          "partial-progress.enabled",
          "partial-progress.max-commits",
          "rewrite-all",
          "rewrite-job-order",
          "target-file-size-bytes");

  private static final Set<String> REWRITE_DATA_FILES =
      Set.of(
          "compression-factor",
          "delete-file-threshold",
          "delete-ratio-threshold",
          "max-concurrent-file-group-rewrites",
          "max-file-group-input-files",
          "max-file-group-size-bytes",
          "max-file-size-bytes",
          "max-files-to-rewrite",
          "min-file-size-bytes",
          "min-input-files",
          "output-spec-id",
          "partial-progress.enabled",
          "partial-progress.max-commits",
          "partial-progress.max-failed-commits",
          "remove-dangling-deletes",
          "rewrite-all",
          "rewrite-job-order",
          "shuffle-partitions-per-file",
          "target-file-size-bytes",
          "use-starting-sequence-number");

  private static final Map<String, Procedure> SERVED = new LinkedHashMap<>();
  private static final Map<String, String> REFUSED = new TreeMap<>();

  static {
    rows();
    files();
    statistics();
    String copies = "it makes a table or view of files that no policy speaks of";
    refuse("add_files", copies);
    refuse("create_changelog_view", copies);
    refuse("migrate", copies);
    refuse("register_table", copies);
    refuse("snapshot", copies);
    refuse("rewrite_table_path", "it writes a copy of a table's metadata to any place");
  }

  private ProcedureTable() {}

  /** Those that change which rows a table has, or tell of its history. */
  private static void rows() {
    List<AnswerColumn> moved = columns("previous_snapshot_id bigint", "current_snapshot_id bigint");
    List<AnswerColumn> applied = columns("source_snapshot_id bigint", "current_snapshot_id bigint");
    serve("rollback_to_snapshot", UPDATE, moved, TABLE, required("snapshot_id", ArgumentKind.LONG));
    serve(
        "rollback_to_timestamp",
        UPDATE,
        moved,
        TABLE,
        required("timestamp", ArgumentKind.TIMESTAMP));
    serve(
        "set_current_snapshot",
        UPDATE,
        moved,
        TABLE,
        optional("snapshot_id", ArgumentKind.LONG),
        optional("ref", ArgumentKind.TEXT));
    serve(
        "cherrypick_snapshot", UPDATE, applied, TABLE, required("snapshot_id", ArgumentKind.LONG));
    serve("publish_changes", UPDATE, applied, TABLE, required("wap_id", ArgumentKind.TEXT));
    serve(
        "fast_forward",
        UPDATE,
        columns("branch_updated string", "previous_ref bigint", "updated_ref bigint"),
        TABLE,
        required("branch", ArgumentKind.TEXT),
        required("to", ArgumentKind.TEXT));
    add(
        new Procedure(
            "ancestors_of",
            Optional.empty(),
            false,
            List.of(TABLE, optional("snapshot_id", ArgumentKind.LONG)),
            Set.of(),
            columns("snapshot_id bigint", "timestamp bigint")));
  }

  /** Those that change how the rows of a table lie in files. */
  private static void files() {
    serve(
        "expire_snapshots",
        ALTER,
        columns(
            "deleted_data_files_count bigint",
            "deleted_position_delete_files_count bigint",
            "deleted_equality_delete_files_count bigint",
            "deleted_manifest_files_count bigint",
            "deleted_manifest_lists_count bigint",
            "deleted_statistics_files_count bigint"),
        TABLE,
        optional("older_than", ArgumentKind.TIMESTAMP),
        optional("retain_last", ArgumentKind.INT),
        optional("max_concurrent_deletes", ArgumentKind.THREADS),
        optional("stream_results", ArgumentKind.BOOLEAN),
        optional("snapshot_ids", ArgumentKind.LONGS),
        optional("clean_expired_metadata", ArgumentKind.BOOLEAN));
    // A table that was renamed keeps its folder, in which another one can have been made since.
    add(
        new Procedure(
            "remove_orphan_files",
            Optional.of(ALTER),
            true,
            List.of(
                TABLE,
                optional("older_than", ArgumentKind.TIMESTAMP),
                optional("location", ArgumentKind.REFUSED),
                optional("dry_run", ArgumentKind.BOOLEAN),
                optional("max_concurrent_deletes", ArgumentKind.THREADS),
                optional("file_list_view", ArgumentKind.REFUSED),
                optional("equal_schemes", ArgumentKind.REFUSED),
                optional("equal_authorities", ArgumentKind.REFUSED),
                optional("prefix_mismatch_mode", ArgumentKind.REFUSED),
                optional("prefix_listing", ArgumentKind.BOOLEAN),
                optional("stream_results", ArgumentKind.BOOLEAN)),
            Set.of(),
            columns("orphan_file_location string")));
    add(
        new Procedure(
            "rewrite_data_files",
            Optional.of(ALTER),
            false,
            List.of(
                TABLE,
                optional("strategy", ArgumentKind.TEXT),
                optional("sort_order", ArgumentKind.SORT_ORDER),
                optional("options", ArgumentKind.OPTIONS),
                optional("where", ArgumentKind.CONDITION),
                optional("branch", ArgumentKind.TEXT)),
            REWRITE_DATA_FILES,
            columns(
                "rewritten_data_files_count int",
                "added_data_files_count int",
                "rewritten_bytes_count bigint",
                "failed_data_files_count int",
                "removed_delete_files_count int")));
    serve(
        "rewrite_manifests",
        ALTER,
        columns("rewritten_manifests_count int", "added_manifests_count int"),
        TABLE,
        optional("use_caching", ArgumentKind.BOOLEAN),
        optional("spec_id", ArgumentKind.INT),
        optional("sort_by", ArgumentKind.COLUMNS));
    add(
        new Procedure(
            "rewrite_position_delete_files",
            Optional.of(ALTER),
            false,
            List.of(
                TABLE,
                optional("options", ArgumentKind.OPTIONS),
                optional("where", ArgumentKind.CONDITION)),
            REWRITE_FILES,
            columns(
                "rewritten_delete_files_count int",
                "added_delete_files_count int",
                "rewritten_bytes_count bigint",
                "added_bytes_count bigint")));
  }

  private static void statistics() {
    serve(
        "compute_table_stats",
        ALTER,
        columns("statistics_file string"),
        TABLE,
        optional("snapshot_id", ArgumentKind.LONG),
        optional("columns", ArgumentKind.COLUMNS));
    serve(
        "compute_partition_stats",
        ALTER,
        columns("partition_statistics_file string"),
        TABLE,
        optional("snapshot_id", ArgumentKind.LONG));
  }

  /** Returns the procedure of a name, whatever its case; empty if none of this name is served. */
  public static Optional<Procedure> find(String name) {
    return Optional.ofNullable(SERVED.get(name.toLowerCase(Locale.ROOT)));
  }

  /** Returns why a procedure that Iceberg has is not served. */
  static Optional<String> refusal(String name) {
    return Optional.ofNullable(REFUSED.get(name.toLowerCase(Locale.ROOT)));
  }

  /** Returns the procedures that are served. */
  public static List<Procedure> served() {
    return List.copyOf(SERVED.values());
  }

  /** Returns the table as the documentation has it. */
  static String markdown() {
    List<String> lines = new ArrayList<>();
    lines.add("| procedure | needs, beside `select` on the whole table | parameters |");
    lines.add("|---|---|---|");
    for (Procedure procedure : SERVED.values()) {
      String parameters =
          procedure.parameters().stream()
              .filter(parameter -> parameter.kind() != ArgumentKind.REFUSED)
              .map(Parameter::name)
              .collect(Collectors.joining("`, `", "`", "`"));
      lines.add("| `%s` | %s | %s |".formatted(procedure.name(), procedure.needs(), parameters));
    }
    REFUSED.forEach((name, why) -> lines.add("| `%s` | not served: %s | |".formatted(name, why)));
    return String.join("\n", lines) + "\n";
  }

  private static void serve(
      String name, Access access, List<AnswerColumn> columns, Parameter... parameters) {
    add(
        new Procedure(
            name, Optional.of(access), false, Arrays.asList(parameters), Set.of(), columns));
  }

  private static void add(Procedure procedure) {
    SERVED.put(procedure.name(), procedure);
  }

  private static void refuse(String name, String why) {
    REFUSED.put(name, why);
  }

  private static List<AnswerColumn> columns(String... namesAndTypes) {
    return Arrays.stream(namesAndTypes)
        .map(column -> column.split(" "))
        .map(
            column ->
                new AnswerColumn(
                    column[0], AnswerType.valueOf(column[1].toUpperCase(Locale.ROOT)), true))
        .toList();
  }
}
