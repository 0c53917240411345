package io.sluice.gateway.configuration;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Every key of the configuration, by its path: {@code *} stands for a name of the operator's own,
 * {@code []} for one entry of a list. The page docs/serve.md is made from it.
 */
public enum ServeKey {
  DATA(
      "data",
      Presence.REQUIRED,
      "The gateway's own folder, which no other gateway may use: results that wait to be fetched, logs, what local Spark servers write. Made if it is missing, and closed to others."),
  LOG_FILE("log.file", "data/logs/gateway.log", "The gateway's log; rolled by day and at 50 MB."),
  JOURNAL_FILE(
      "journal.file",
      "data/logs/journal.jsonl",
      "Every statement with its states and its ending, and every decision of the autoscaler, as lines of JSON; rolled by day and at 50 MB, kept for 30 days."),
  ADDRESS(
      "doors.address",
      "127.0.0.1",
      "Where all doors listen, as an IP address; 0.0.0.0 for every interface. Any other than loopback needs `doors.tls`."),
  GRPC_PORT("doors.grpcPort", "32010", "Arrow Flight SQL; 0 takes any free port."),
  HTTP_PORT("doors.httpPort", "8080", "REST, Avatica, HiveServer2 over HTTP, health, metrics."),
  THRIFT_PORT("doors.thriftPort", "10000", "HiveServer2."),
  CERTIFICATE_FILE(
      "doors.tls.certificateFile",
      Presence.REQUIRED,
      "The doors' certificate in PEM, its own first, then those above it. Read again when it changes."),
  TLS_KEY_FILE(
      "doors.tls.keyFile", Presence.REQUIRED, "Its key in PEM, PKCS #8. A secret. Read again too."),
  USERS_FILE(
      "identity.usersFile",
      Presence.REQUIRED,
      "Who may log in: JSON, see [users](#users). A secret. Read again when it changes."),
  ADMINISTRATORS(
      "identity.administrators",
      "administrators",
      "The group whose members are administrators: they see every cluster and Spark's own errors."),
  TOKEN_KEY_FILE(
      "identity.tokenKeyFile",
      Presence.REQUIRED,
      "32 random bytes or more, which tokens and handles are signed with. A secret."),
  SESSION_IDLE("identity.sessionIdle", "8h", "After how long an unused session is closed."),
  METRICS_GROUPS(
      "metrics.groups",
      "[]",
      "The groups whose members may read `/metrics` beside administrators; see [metrics](metrics.md)."),
  POLICY_FOLDER(
      "policies.folder",
      Presence.REQUIRED,
      "Ranger's policies, a JSON file for each service, `lake.json` for service `lake`. Read again when they change; see [policies](policies.md)."),
  CATALOG_TYPE("catalogs.*.type", Presence.REQUIRED, "`jdbc` or `rest`."),
  CATALOG_URI(
      "catalogs.*.uri",
      Presence.REQUIRED,
      "The database's JDBC address, or the REST catalog's. It holds neither password nor user. A REST catalog with a `credentialsFile` is at `https://`, or `http://` on loopback."),
  CATALOG_WAREHOUSE(
      "catalogs.*.warehouse",
      Presence.OPTIONAL,
      "Where new tables lie; a `jdbc` catalog needs it."),
  CATALOG_CREDENTIALS(
      "catalogs.*.credentialsFile",
      Presence.OPTIONAL,
      "Lines `key=value`: `jdbc.user` and `jdbc.password`, or `token` or `credential` of a REST catalog. A secret. Read at the start."),
  CATALOG_PROPERTIES(
      "catalogs.*.properties.*",
      Presence.OPTIONAL,
      "Further properties as Iceberg names them, for the gateway and Spark alike; see [catalog properties](#catalog-properties)."),
  CATALOG_SERVICE(
      "catalogs.*.policyService",
      Presence.OPTIONAL,
      "The Ranger service that holds the catalog's policies; the catalog's own name if left out. Up to 63 letters, digits, `-` and `_`."),
  HOME_CATALOG("home.catalog", Presence.REQUIRED, "The catalog that sessions begin in."),
  HOME_SCHEMA("home.schema", "default", "The schema that sessions begin in."),
  ROWS("limits.rows", Presence.OPTIONAL, "The most rows of one result; any if left out."),
  BYTES(
      "limits.bytes",
      Presence.OPTIONAL,
      "The most bytes of one result, as they are sent; any if left out."),
  INGEST_BYTES(
      "limits.ingestBytes",
      "256m",
      "The most bytes of one bulk ingest, of Arrow data, a row counting 64 bytes at least: Spark's driver holds them until they are written. Four ingests may come at once, three of one user."),
  RUN_TIME("limits.runTime", "24h", "How long a statement may run, from its permit on."),
  CLIENT_STALL("limits.clientStall", "5m", "How long a client may take nothing of its result."),
  GRACE(
      "limits.grace",
      "30s",
      "How long what runs may go on when the gateway is told to end (SIGTERM)."),
  CLUSTER_GROUPS(
      "clusters.*.groups",
      "[]",
      "The groups whose members may use the cluster, and know of it; everybody if left out."),
  LOCAL_HEAP(
      "clusters.*.provisioner.local.heap",
      "2g",
      "Of each Spark server, a process beside the gateway."),
  LOCAL_SLOTS("clusters.*.provisioner.local.taskSlots", "2", "How many tasks each runs at a time."),
  CLUSTER_SPARK(
      "clusters.*.spark.*",
      Presence.OPTIONAL,
      "Spark's own settings, of those that weaken nothing; see [Spark's settings](#sparks-settings)."),
  REPLICAS_MIN(
      "clusters.*.replicas.min", "0", "The fewest Spark servers; 0 lets an idle cluster stop."),
  REPLICAS_MAX("clusters.*.replicas.max", "1", "The most Spark servers."),
  REPLICAS_DRAIN(
      "clusters.*.replicas.drain",
      "10m",
      "How long the statements of a server that is not needed any more may go on."),
  SCALING(
      "clusters.*.scaling",
      "standard",
      "`standard`, `economy`, `databricks` or `snowflake`; see [autoscaling](autoscaling.md)."),
  QUEUE_LENGTH("clusters.*.queue.length", "1000", "How many statements may wait."),
  QUEUE_TIMEOUT(
      "clusters.*.queue.timeout",
      "5m",
      "How long one may wait; anew for each cluster of a `fallback`."),
  CONCURRENCY(
      "clusters.*.concurrency.perSlot",
      "6",
      "How many statements run at once for each task slot, until the throughput tells better."),
  CONCURRENCY_MOST(
      "clusters.*.concurrency.most",
      "12",
      "How many may for each at most; the same number as `perSlot` fixes it."),
  KUBERNETES_NAMESPACES(
      "kubernetes.namespaces",
      Presence.REQUIRED,
      "The namespaces whose `LakehouseCluster` objects are the clusters, in place of `clusters`; see [Kubernetes](kubernetes.md)."),
  KUBERNETES_GATEWAYS(
      "kubernetes.gatewayNamespace",
      Presence.REQUIRED,
      "The gateways' own namespace, for the Leases by which they tell who leads and how busy each is."),
  KUBERNETES_NAME(
      "kubernetes.name",
      "sluice",
      "What the gateways that share these clusters are called together: others in the same namespace need another name. The chart gives its release's."),
  KUBERNETES_IDENTITY(
      "kubernetes.identity",
      Presence.OPTIONAL,
      "This gateway's name, which no other one has; the environment's `SLUICE_POD_NAME` if left out."),
  KUBERNETES_SECRET(
      "kubernetes.connectSecret",
      "sluice-connect",
      "The Secret in each namespace that holds its key of Spark Connect as `token`."),
  KUBERNETES_TOKEN(
      "kubernetes.connectTokenFolder",
      Presence.REQUIRED,
      "The same keys, for the gateway: a file for each namespace, of its name. Secrets. Read again for each replica."),
  KUBERNETES_ACCOUNTS(
      "kubernetes.serviceAccounts",
      "[spark]",
      "The service accounts that drivers may run as; a cluster that names another is refused."),
  KUBERNETES_CONFIG(
      "kubernetes.kubeconfigFile",
      Presence.OPTIONAL,
      "How the API server is reached, a file as kubectl takes it; the service account of the gateway's pod if left out. A secret. Read at the start."),
  ROUTING_DEFAULT(
      "routing.default",
      Presence.OPTIONAL,
      "The cluster of what no rule applies to; may be left out where `clusters` has one only. On Kubernetes such statements are refused without it."),
  ROUTING_ZONE("routing.timeZone", "UTC", "Where the clock of `time` and `days` hangs."),
  RULE_NAME("routing.rules[].name", Presence.REQUIRED, "What the journal calls the rule."),
  RULE_USERS("routing.rules[].when.users", "[]", "One of these users sends it."),
  RULE_GROUPS("routing.rules[].when.groups", "[]", "The user is in one of these groups."),
  RULE_CLIENTS(
      "routing.rules[].when.clients",
      "[]",
      "What the client calls itself is one of these, upper or lower case; `*` stands for any characters. Nothing proves what a client says."),
  RULE_TAGS(
      "routing.rules[].when.tags", "[]", "The session has SET one of these as `sluice.tags`."),
  RULE_CATALOGS(
      "routing.rules[].when.catalogs",
      "[]",
      "The session's current catalog is one of these; a connection that begins in a catalog names its cluster so."),
  RULE_KINDS(
      "routing.rules[].when.kinds",
      "[]",
      "`query`, `command` (it changes rows, tables or schemas) or `ingest` (its client sends rows)."),
  RULE_LEAST_BYTES(
      "routing.rules[].when.leastBytes",
      Presence.OPTIONAL,
      "The [tables](#large-statements) that it reads, or whose rows it changes, hold so much or more, such as `100g`."),
  RULE_TIME(
      "routing.rules[].when.time",
      Presence.OPTIONAL,
      "The time of day, as `22:00-06:00`; one past midnight belongs to the day that it begins on."),
  RULE_DAYS("routing.rules[].when.days", "[]", "`monday` to `sunday`; every day if left out."),
  RULE_CLUSTER("routing.rules[].cluster", Presence.REQUIRED, "Where it runs."),
  RULE_FALLBACK(
      "routing.rules[].fallback",
      "[]",
      "Clusters to run on, in this order, when that one cannot start, or is not there for"
          + " the user; none if left out."),
  RULE_PRIORITY(
      "routing.rules[].priority",
      "normal",
      "`low`, `normal` or `high`: what waits first gets a permit; see [priorities](#priorities).");

  /** Whether a key without a default has to be there. */
  enum Presence {
    REQUIRED,
    OPTIONAL
  }

  private final String path;
  private final Presence presence;
  private final @Nullable String byDefault;
  private final String meaning;

  ServeKey(String path, Presence presence, String meaning) {
    this.path = path;
    this.presence = presence;
    this.byDefault = null;
    this.meaning = meaning;
  }

  ServeKey(String path, String byDefault, String meaning) {
    this.path = path;
    this.presence = Presence.OPTIONAL;
    this.byDefault = byDefault;
    this.meaning = meaning;
  }

  /** Returns its path. */
  public String path() {
    return path;
  }

  boolean isRequired() {
    return presence == Presence.REQUIRED;
  }

  Optional<String> byDefault() {
    return Optional.ofNullable(byDefault);
  }

  /** Returns the key of this path. */
  static ServeKey of(String path) {
    return Arrays.stream(values())
        .filter(key -> key.path.equals(path))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no key is declared as " + path));
  }

  /** Returns the names that may stand below a path; {@code *} for any. */
  static List<String> below(String path) {
    String prefix = path.isEmpty() ? "" : path + ".";
    return Arrays.stream(values())
        .map(ServeKey::path)
        .filter(key -> key.startsWith(prefix))
        .map(key -> key.substring(prefix.length()).split("\\.", 2)[0].replace("[]", ""))
        .distinct()
        .toList();
  }

  /** Returns the table of all keys, in Markdown. */
  public static String table() {
    StringBuilder table = new StringBuilder("| key | default | what |\n|---|---|---|\n");
    for (ServeKey key : values()) {
      table
          .append("| `")
          .append(key.path)
          .append("` | ")
          .append(key.isRequired() ? "required" : key.byDefault == null ? "" : code(key.byDefault))
          .append(" | ")
          .append(key.meaning)
          .append(" |\n");
    }
    return table.toString();
  }

  private static String code(String text) {
    return text.equals("[]") ? "none" : "`" + text + "`";
  }
}
