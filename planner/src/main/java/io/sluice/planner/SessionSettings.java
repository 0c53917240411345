package io.sluice.planner;

/**
 * The settings of a session that are the gateway's own, by their keys. Clients SET them like
 * Spark's; Spark never has them.
 */
public final class SessionSettings {

  /** What the keys of all of them begin with. */
  public static final String PREFIX = "sluice.";

  /** The most rows of one result; kept as a number above zero. */
  public static final String MAX_ROWS = "sluice.result.maxRows";

  /** The most bytes of one result's Arrow data; kept as a number above zero. */
  public static final String MAX_BYTES = "sluice.result.maxBytes";

  /** How long a client may take nothing of its result; kept as seconds above zero. */
  public static final String STALL_TIMEOUT = "sluice.result.stallTimeout";

  /** How long a statement may run; kept as seconds above zero. */
  public static final String TIMEOUT = "sluice.statement.timeout";

  /** How the bodies of results are compressed: {@code none} or {@code zstd}. */
  public static final String COMPRESSION = "sluice.result.compression";

  /**
   * Whose columns SHOW TABLES and its like have for HiveServer2's clients: {@code auto}, {@code
   * spark} or {@code hive}.
   */
  public static final String HIVE_PROFILE = "sluice.hive.profile";

  /** The cluster that the session's statements run on; kept as it was given. */
  public static final String CLUSTER = "sluice.cluster";

  /** What routing rules may tell the session's statements by: words with commas between. */
  public static final String TAGS = "sluice.tags";

  private SessionSettings() {}
}
