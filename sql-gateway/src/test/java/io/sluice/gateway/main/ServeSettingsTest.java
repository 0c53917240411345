package io.sluice.gateway.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.cluster.SparkConfiguration;
import io.sluice.cluster.SparkSettings;
import io.sluice.gateway.configuration.ConfigurationException;
import io.sluice.gateway.configuration.ServeKey;
import io.sluice.model.Principal;
import io.sluice.planner.Namespace;
import io.sluice.router.Priority;
import io.sluice.router.Route;
import io.sluice.router.RoutingRequest;
import io.sluice.router.StatementKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServeSettingsTest extends WithServeFiles {

  private static List<ClusterDefinition> clusters(GatewaySettings settings) {
    return ((ClusterSource.Configured) settings.clusters()).definitions();
  }

  @Test
  void theDocumentedFileIsRead() {
    ServeSettings serve = files.read();
    GatewaySettings settings = serve.gateway();
    assertThat(settings.home()).isEqualTo(new Namespace("lake", "tpch"));
    assertThat(settings.grace()).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.limits().bytes()).isEqualTo(64L << 30);
    assertThat(settings.longestIngest()).isEqualTo(512L << 20);
    assertThat(settings.tls()).isPresent();
    assertThat(serve.log()).isEqualTo(files.data().resolve("logs/gateway.log"));
    assertThat(clusters(settings))
        .extracting(ClusterDefinition::name)
        .containsExactly("bi", "loads");
    ClusterDefinition bi = clusters(settings).get(0);
    assertThat(bi.sparkConfiguration())
        .containsEntry("spark.sql.shuffle.partitions", "8")
        .containsEntry("spark.sql.catalog.lake.jdbc.password", "unused")
        .containsEntry("spark.sql.catalog.lake.cache-enabled", "false");
    assertThat(bi.host())
        .isEqualTo(new ClusterHost.Local(files.data().resolve("clusters/bi"), "1g", 2));
    assertThat(clusters(settings).get(1).scaling().policy().name()).isEqualTo("economy");
    assertThat(settings.catalogs().get(0).toString()).doesNotContain("unused");
  }

  @Test
  void theRulesOfTheDocumentedFileRoute() {
    // A Monday, 23:30 in Berlin.
    Instant night = Instant.parse("2026-11-23T22:30:00Z");
    Principal airflow = new Principal("airflow", Set.of("engineers"));
    RoutingRequest nightly =
        new RoutingRequest(
            airflow,
            "dbt 1.9",
            Set.of("nightly"),
            "lake",
            StatementKind.QUERY,
            1,
            Optional.empty());
    Route route = files.read().gateway().routing().route(nightly, night);
    assertThat(route.cluster()).isEqualTo("loads");
    assertThat(route.fallback()).containsExactly("bi");
    assertThat(route.priority()).isEqualTo(Priority.LOW);
    assertThat(route.reason())
        .isEqualTo(
            "rule nightly-jobs (user airflow, tag nightly, catalog lake, client dbt*, time"
                + " 22:00-06:00), low priority");
    assertThat(files.read().gateway().routing().route(nightly, night.plus(Duration.ofHours(8))))
        .extracting(Route::cluster)
        .isEqualTo("bi");
  }

  @Test
  void whatMayBeLeftOutHasADefault() throws IOException {
    files.write(
        """
        data: ../d
        identity: {usersFile: users.json, tokenKeyFile: token.key}
        policies: {folder: policies}
        catalogs: {lake: {type: rest, uri: "http://127.0.0.1:1/"}}
        home: {catalog: lake}
        clusters: {one: {provisioner: {local: }}}
        """);
    ServeSettings serve = files.read();
    GatewaySettings settings = serve.gateway();
    assertThat(settings.data()).isEqualTo(files.etc().resolveSibling("d"));
    assertThat(serve.journal()).isEqualTo(settings.data().resolve("logs/journal.jsonl"));
    assertThat(settings.grpcAddress().getAddress().isLoopbackAddress()).isTrue();
    assertThat(settings.grpcAddress().getPort()).isEqualTo(32010);
    assertThat(settings.limits().rows()).isEqualTo(Long.MAX_VALUE);
    assertThat(settings.longestIngest()).isEqualTo(256L << 20);
    assertThat(clusters(settings).get(0).scaling().min()).isZero();
    assertThat(clusters(settings).get(0).admission().statementsPerSlot()).isEqualTo(6);
    assertThat(settings.policyServices()).containsEntry("lake", "lake");
  }

  /** What is replaced in the documented file by what, and what the one error says of it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "home:                  | homes:                        | homes: there is no such key. Known here: data, log, journal",
        "schema: tpch           | schma: tpch                   | home.schma: there is no such key. Known here: catalog, schema",
        "schema: tpch           | catalog: lake                 | home.catalog: this key is there twice, first on line",
        "schema: tpch           | schema:                       | home.schema: the key has no value",
        "schema: tpch           | schema: [tpch]                | home.schema: this is a list, but should be a single value",
        "schema: tpch           | schema: *lake                 | aliases (*) and tags (!) are not read",
        "schema: tpch           | schema: !!binary aGFsbG8=     | aliases (*) and tags (!) are not read",
        "schema: tpch           | '  schema: tpch'              | this is not YAML",
        "catalog: lake          | catalog: sea                  | home.catalog: there is no such catalog",
        "heap: 1g               | heap: 1                       | clusters.bi.provisioner.local.heap: the value is a size in m or g",
        "taskSlots: 2           | taskSlots: two                | clusters.bi.provisioner.local.taskSlots: the value is a whole number from 1",
        "taskSlots: 2           | taskSlots: 0                  | clusters.bi.provisioner.local.taskSlots: the value is a whole number from 1",
        "local:                 | kubernetes:                   | clusters.bi.provisioner.kubernetes: there is no such key. Known here: local",
        "min: 0                 | min: 3                        | clusters.bi.replicas.max: the value is below that of min",
        "drain: 10m             | drain: 10                     | clusters.bi.replicas.drain: the value is a time with its unit",
        "scaling: economy       | scaling: fast                 | clusters.loads.scaling: There is no scaling policy fast; choose one of",
        "timeout: 5m            | timeout: 5ms                  | clusters.bi.queue.timeout: the time is too short; it is at least 1000ms",
        "most: 12               | most: 5                       | clusters.bi.concurrency.most: the value is below that of perSlot",
        "bytes: 64g             | bytes: 64                     | limits.bytes: the value is a size above 0 with its unit",
        "ingestBytes: 512m      | ingestBytes: 0                | limits.ingestBytes: the value is a size above 0 with its unit",
        "rows: 10000000         | rows: -1                      | limits.rows: the value is a whole number above 0",
        "groups: [engineers]    | groups: engineers             | clusters.loads.groups: this is a value, but should be a list",
        "groups: [engineers]    | groups: []                    | clusters.loads.groups: the list is empty; leave the key out, or name one",
        "users: [airflow]       | users: []                     | routing.rules[1].when.users: the list is empty; leave the key out",
        "kinds: [command, ingest] | kinds: []                   | routing.rules[0].when.kinds: the list is empty; leave the key out",
        "groups: [engineers]    | groups: [a, a]                | clusters.loads.groups: the list holds an entry twice: a",
        "loads:                 | Loads:                        | clusters.Loads: a name has up to 63 lower-case letters",
        "default: bi            | default: b1                   | routing.default: there is no cluster b1; there are bi, loads",
        "default: bi            | timeZone: UTC                 | routing.timeZone: this key is there twice",
        "timeZone: Europe/Berlin| timeZone: Mars                | routing.timeZone: the value is a time zone",
        "cluster: loads         | cluster: load                 | routing.rules[0].cluster: there is no cluster load",
        "fallback: [bi]         | fallback: [loads]             | routing.rules[1].fallback: a cluster is no fallback for itself",
        "fallback: [bi]         | fallbak: [bi]                 | routing.rules[1].fallbak: there is no such key",
        "priority: low          | priority: urgent              | routing.rules[1].priority: the value is one of low, normal, high",
        "catalogs: [lake]       | catalogs: [lakes]             | routing.rules[1].when.catalogs: there is no catalog lakes; there are lake",
        "name: nightly-jobs     | name: writes                  | routing.rules[1].name: another rule is called writes too",
        "kinds: [command, ingest] | kinds: [select]             | routing.rules[0].when.kinds: the value is one of query, command, ingest",
        "time: 22:00-06:00      | time: 22-06                   | routing.rules[1].when.time: the value is a time of day",
        "days: [monday          | days: [mon                    | routing.rules[1].when.days: the value is one of monday",
        "type: jdbc             | type: hive                    | catalogs.lake.type: the value is one of jdbc, rest",
        "type: jdbc             | type: rest                    | catalogs.lake.uri: the address of a REST catalog begins with",
        "jdbc:sqlite:           | http:                         | catalogs.lake.uri: the address of a jdbc catalog begins with jdbc:",
        "jdbc.schema-version: V1| jdbc.password: s3cret         | catalogs.lake.properties: jdbc.password is a secret; it belongs into the credentialsFile",
        "jdbc.schema-version: V1| client.factory: evil.Factory  | catalogs.lake.properties: client.factory may not be set here",
        "jdbc.schema-version: V1| jdbc.socketFactory: evil.F    | catalogs.lake.properties: jdbc.socketFactory may not be set here",
        "jdbc.schema-version: V1| rest.auth.type: evil.Manager  | catalogs.lake.properties: rest.auth.type may not be set here",
        "jdbc.schema-version: V1| oauth2-server-uri: x          | catalogs.lake.properties: oauth2-server-uri may not be set here",
        "jdbc.schema-version: V1| header.Authorization: s3cret  | catalogs.lake.properties: header.Authorization is a secret",
        "jdbc.schema-version: V1| s3.endpoint: http://s3/       | catalogs.lake.properties: s3.endpoint begins with https://",
        "policyService: lake    | policyService: ../x/lake      | catalogs.lake.policyService: the value is up to 63 letters",
        "jdbc.schema-version: V1| io-impl: evil.FileIO          | catalogs.lake.properties: io-impl may not be set here",
        "jdbc.schema-version: V1| cache-enabled: true           | catalogs.lake.properties: cache-enabled may not be set here",
        "address: 127.0.0.1     | address: localhost            | doors.address: the value is an IP address",
        "httpPort: 0            | httpPort: 99999               | doors.httpPort: the value is a whole number from 0 to 65535",
        "administrators: admin  | administrator: admin          | identity.administrator: there is no such key",
      })
  void whatIsWrongIsToldOnce(String before, String after, String told) throws IOException {
    String example = files.example();
    assertThat(example).contains(before);
    files.write(
        example.replaceFirst(java.util.regex.Pattern.quote(before), after.replace("$", "\\$")));
    assertThatThrownBy(files::read)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(told)
        .hasMessageStartingWith(files.config() + ", line ")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void anErrorNamesTheLine() throws IOException {
    files.write("data: x\nhome:\n  catalog: lake\n  schema: s\nextra: 1\n");
    assertThatThrownBy(files::read)
        .hasMessage(
            files.config()
                + ", line 5, extra: there is no such key. Known here: data, log, journal, doors,"
                + " identity, metrics, policies, catalogs, home, limits, clusters, kubernetes,"
                + " routing");
    files.write("");
    assertThatThrownBy(files::read).hasMessageContaining("it is empty");
    files.write("- a\n");
    assertThatThrownBy(files::read)
        .hasMessageContaining("the file is a list, not keys with values");
    files.write("data: x\n---\ndata: y\n");
    assertThatThrownBy(files::read).hasMessageContaining("more than one document");
    files.write("data: x\n");
    assertThatThrownBy(files::read).hasMessageContaining("catalogs: name at least one here");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "192.0.2.1", "::"})
  void withoutTlsOnlyLoopbackIsServed(String address) throws IOException {
    String plain =
        files
            .example()
            .replaceFirst("address: 127.0.0.1", "address: \"" + address + "\"")
            .replaceFirst("(?s)  tls:.*?\\n\\n", "\n");
    files.write(plain);
    assertThatThrownBy(files::read)
        .hasMessageContaining("doors.address: without TLS the doors listen on a loopback address");
    files.write(plain.replace(address, "::1"));
    assertThat(files.read().gateway().tls()).isEmpty();
  }

  /** Each would weaken a check, load code, or say who may connect. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "spark.sql.variable.substitute",
        "spark.sql.runSQLOnFiles",
        "spark.sql.extensions",
        "spark.sql.catalog.lake",
        "spark.sql.catalog.lake.cache-enabled",
        "spark.sql.catalog.other",
        "spark.sql.session.timeZone",
        "spark.sql.ansi.enabled",
        "spark.sql.defaultCatalog",
        "spark.sql.adaptive.customCostEvaluatorClass",
        "spark.sql.optimizer.excludedRules",
        "spark.connect.authenticate.token",
        "spark.connect.grpc.binding.address",
        "spark.connect.extensions.relation.classes",
        "spark.driver.extraJavaOptions",
        "spark.driver.extraClassPath",
        "spark.executor.extraJavaOptions",
        "spark.plugins",
        "spark.extraListeners",
        "spark.jars",
        "spark.master",
        "spark.serializer",
        "spark.authenticate",
        "spark.ui.enabled",
        "spark.hadoop.fs.file.impl",
        "spark.hadoop.fs.s3a.secret.key",
        "spark.SQL.shuffle.partitions"
      })
  void aSparkSettingThatCouldWeakenAnythingIsRefused(String key) throws IOException {
    files.write(files.example().replace("spark.sql.shuffle.partitions: 8", key + ": 8"));
    assertThatThrownBy(files::read)
        .hasMessageContaining("clusters.bi.spark." + key + ": this setting of Spark's may not");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://s3.example",
        "HTTP://s3.example",
        "http:/s3.example",
        "http://127.0.0.1@s3.example"
      })
  void tableDataGoesNowhereUnprotected(String endpoint) throws IOException {
    String setting = "spark.hadoop.fs.s3a.endpoint: ";
    files.write(files.example().replace("spark.sql.shuffle.partitions: 8", setting + endpoint));
    assertThatThrownBy(files::read)
        .hasMessageContaining("s3a.endpoint: the value is a host, or an address that begins with");
    for (String good : new String[] {"s3.example:9000", "https://s3.example", "http://[::1]:1"}) {
      files.write(files.example().replace("spark.sql.shuffle.partitions: 8", setting + good));
      assertThat(files.read()).isNotNull();
    }
    files.write(
        files
            .example()
            .replace(
                "spark.sql.shuffle.partitions: 8",
                "spark.hadoop.fs.s3a.connection.ssl.enabled: false"));
    assertThatThrownBy(files::read).hasMessageContaining("this setting of Spark's may not");
  }

  @Test
  void aPropertyIsNamedOnOneLine() throws IOException {
    files.write(
        files.example().replace("jdbc.schema-version: V1", "\"jdbc.password\\n\": hunter2"));
    assertThatThrownBy(files::read)
        .hasMessageContaining("catalogs.lake.properties: a key consists of letters")
        .hasMessageNotContaining("\n")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void aTokenGoesNowhereUnprotected() throws IOException {
    DataDirectory.writePrivately(
        files.etc().resolve("rest.credentials"),
        "credential=a:b\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    String secret = ", credentialsFile: rest.credentials";
    restCatalog("http://catalog.example/" + secret);
    assertThatThrownBy(files::read)
        .hasMessageContaining("catalogs.lake.uri: with a credentialsFile the address begins with");
    restCatalog("https://catalog.example/, properties: {oauth2-server-uri: \"http://o.example\"}");
    assertThatThrownBy(files::read)
        .hasMessageContaining("catalogs.lake.properties: oauth2-server-uri begins with https://");
    for (String good :
        new String[] {
          "https://catalog.example/" + secret,
          "http://localhost:8181/" + secret,
          "http://catalog.example/",
          "https://c.example/, properties: {oauth2-server-uri: \"https://o.example\", scope: a}"
        }) {
      restCatalog(good);
      assertThat(files.read()).isNotNull();
    }
  }

  private static void restCatalog(String uriAndMore) throws IOException {
    files.write(
        files
            .example()
            .replaceFirst(
                "(?s)  lake:\n.*?home:", "  lake: {type: rest, uri: " + uriAndMore + "}\nhome:"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//h/d?user=u&password=hunter2",
        "//h/d?sslpassword=hunter2",
        "//h/d?passw%6Frd=hunter2",
        "//h;databaseName=d;Password = hunter2",
        "//address=(host=h)(password=hunter2)/d",
        "//hunter2@h/d",
        "oracle:thin:u/hunter2@//h/d",
      })
  void aPasswordInAnAddressIsSeenInEveryForm(String address) throws IOException {
    assertThat(CatalogProperties.holdsSecret("jdbc:" + address)).isTrue();
    files.write(files.example().replaceFirst("jdbc:sqlite:.*", "\"jdbc:" + address + "\""));
    assertThatThrownBy(files::read)
        .hasMessageContaining("catalogs.lake.uri: the address holds a password")
        .hasMessageNotContaining("hunter2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:sqlite:/var/lib/sluice/catalog.db",
        "jdbc:postgresql://h:5432/d?sslmode=verify-full&100%",
        "jdbc:oracle:thin:@//h:1521/d"
      })
  void anAddressWithoutASecretIsTaken(String address) {
    assertThat(CatalogProperties.holdsSecret(address)).isFalse();
  }

  @Test
  void noAllowedSparkSettingIsOneThatSluiceReliesOn() {
    ClusterDefinition cluster = clusters(files.read().gateway()).get(0);
    assertThat(SparkSettings.allowed())
        .doesNotContainAnyElementsOf(SparkConfiguration.required(cluster.replica()).keySet())
        .noneMatch(
            key -> key.matches(".*(catalog|class|plugin|extension|jar|Options|connect\\.).*"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "serve.yaml         | rw-rw-rw- | may change",
        "serve.yaml         | rw--w---- | may change",
        "users.json         | rw-r--r-- | may read the secret",
        "users.json         | rw-----w- | may change",
        "token.key          | rw----r-- | may read the secret",
        "tls.key            | rw-r--r-- | may read the secret",
        "tls.crt            | rw-rw-r-- | may change",
        "lake.credentials   | rw-r--r-- | may read the secret",
        "policies/lake.json | rw-rw-rw- | may change",
        "policies           | rwxrwxrwx | may change what lies in the directory",
        "policies           | rwxrwx--- | may change what lies in the directory",
        "                   | rwxrwxrwx | may change what lies in the directory",
      })
  void aFileThatOthersReachIsNotTrusted(String name, String permissions, String told)
      throws IOException {
    Path file = name == null ? files.etc() : files.etc().resolve(name);
    Set<java.nio.file.attribute.PosixFilePermission> before = Files.getPosixFilePermissions(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    try {
      assertThatThrownBy(files::read).hasMessageContaining(told).hasMessageContaining("chmod");
    } finally {
      Files.setPosixFilePermissions(file, before);
    }
    assertThat(files.read()).isNotNull();
  }

  @Test
  void aSecretsTextIsInNoError() throws IOException {
    Path credentials = files.etc().resolve("lake.credentials");
    byte[] before = Files.readAllBytes(credentials);
    Files.writeString(credentials, "jdbc.user=u\nhunter2\n");
    assertThatThrownBy(files::read)
        .hasMessageContaining("lake.credentials, line 2: a line is KEY=VALUE")
        .hasMessageNotContaining("hunter2");
    Files.write(credentials, before);
    files.write(files.example().replace("jdbc:sqlite:", "jdbc:sqlite://u:hunter2@h/"));
    assertThatThrownBy(files::read)
        .hasMessageContaining("catalogs.lake.uri: the address holds a password")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void everyKeyIsDocumentedAndInTheExample() throws IOException {
    String page = Files.readString(Path.of(System.getProperty("sluice.root"), "docs/serve.md"));
    assertThat(page).as("the table of keys; ServeKey.table() makes it").contains(ServeKey.table());
    for (String key : SparkSettings.allowed()) {
      assertThat(page).contains("`" + key + "`");
    }
    for (String type : new String[] {"jdbc", "rest"}) {
      assertThat(CatalogProperties.allowed(type))
          .allSatisfy(key -> assertThat(page).contains("`" + key + "`"));
    }
    assertThat(Arrays.stream(ServeKey.values()).map(ServeKey::path))
        .doesNotHaveDuplicates()
        .allSatisfy(
            path -> {
              String[] names = path.replace(".*", "").replace("[]", "").split("\\.");
              assertThat(
                      path.startsWith("kubernetes.")
                          ? files.exampleOnKubernetes()
                          : files.example())
                  .contains(names[names.length - 1] + ":");
            });
  }
}
