package io.sluice.gateway.main;

import io.sluice.gateway.avatica.AvaticaDoor;
import io.sluice.gateway.flight.FlightDoor;
import io.sluice.gateway.flight.FlightDoorSettings;
import io.sluice.gateway.hive.HiveDoor;
import io.sluice.gateway.hive.HiveDoorSettings;
import io.sluice.gateway.http.ClusterReport;
import io.sluice.gateway.http.ClustersPage;
import io.sluice.gateway.http.HttpAuthentication;
import io.sluice.gateway.http.HttpDoor;
import io.sluice.gateway.http.MetricsPage;
import io.sluice.gateway.identity.Authenticator;
import io.sluice.gateway.identity.BearerTokens;
import io.sluice.gateway.identity.CurrentUsers;
import io.sluice.gateway.identity.HandleSigner;
import io.sluice.gateway.identity.LoginCookies;
import io.sluice.gateway.identity.PasswordAuthenticator;
import io.sluice.gateway.identity.RecentLogins;
import io.sluice.gateway.identity.ResultLinks;
import io.sluice.gateway.metrics.Exposition;
import io.sluice.gateway.rest.RestSettings;
import io.sluice.gateway.rest.StatementsApi;
import io.sluice.gateway.rest.spool.Spool;
import io.sluice.gateway.session.Door;
import io.sluice.gateway.session.SessionRegistry;
import io.sluice.gateway.statement.GatewayAnswers;
import io.sluice.gateway.statement.Journal;
import io.sluice.gateway.statement.SparkStatementService;
import io.sluice.gateway.tls.TlsIdentity;
import io.sluice.model.Principal;
import io.sluice.planner.Principals;
import io.sluice.planner.metadata.MetadataReader;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;

/** The doors of a gateway, wired to the one road behind them. */
final class Doors {

  /** On disk, for results that wait to be fetched by HTTP. */
  private static final long SPOOL_BYTES = 4L << 30;

  private static final Duration CERTIFICATE_LOOKS = Duration.ofSeconds(5);

  private final FlightDoor flight;
  private final AvaticaDoor avatica;
  private final HiveDoor hive;
  private final HttpDoor http;

  /**
   * @param parts closes what is opened, in reverse
   */
  Doors(
      GatewaySettings settings,
      Parts parts,
      Threads threads,
      BufferAllocator allocator,
      Road road,
      CurrentUsers users,
      Principals principals,
      Reports reports,
      InstantSource clock)
      throws IOException {
    byte[] key = settings.signingKey();
    String owner = UUID.randomUUID().toString();
    Optional<TlsIdentity> tls = tls(settings, parts, threads);
    Authenticator logins = new PasswordAuthenticator(users, clock, threads.logins());
    // HTTP's clients log in with every request; some of HiveServer2's, dbt for one, with every
    // query.
    Authenticator repeatedLogins =
        new RecentLogins(logins, users::isCurrent, new SecureRandom(), clock);
    flight =
        parts.opened(
            new FlightDoor(
                FlightDoorSettings.at(
                    settings.grpcAddress(),
                    Version.read(),
                    settings.limits().clientStall(),
                    settings.longestIngest()),
                tls,
                logins,
                new BearerTokens(key),
                new HandleSigner(key, owner, clock),
                road.sessions().at(Door.FLIGHT),
                road.statements(),
                road.metadata(),
                road.answers(),
                threads.work(),
                threads.blocking(),
                threads.timer(),
                threads.grpcConnections(),
                allocator,
                clock));
    HttpAuthentication httpLogins =
        new HttpAuthentication(
            repeatedLogins, new BearerTokens(key), road.sessions().at(Door.REST));
    StatementsApi rest =
        statementsApi(
            settings, key, httpLogins, parts, threads, allocator, road, users, principals, clock);
    hive =
        parts.opened(
            new HiveDoor(
                HiveDoorSettings.at(settings.thriftAddress(), tls, Version.ofSpark()),
                repeatedLogins,
                httpLogins.bodies(),
                road.sessions().at(Door.HIVE),
                road.statements(),
                road.metadata(),
                road.answers(),
                threads.work(),
                threads.blocking(),
                threads.timer(),
                threads.connections(),
                allocator,
                clock));
    avatica =
        new AvaticaDoor(
            httpLogins,
            road.sessions().at(Door.AVATICA),
            road.statements(),
            road.metadata(),
            road.answers(),
            allocator,
            threads.work(),
            threads.blocking(),
            Version.read());
    http =
        parts.opened(
            new HttpDoor(
                settings.httpAddress(),
                tls,
                reports.readiness(),
                threads.blocking(),
                Stream.concat(
                        hive
                            .httpPages(httpLogins, new LoginCookies(key, users::find, clock))
                            .stream(),
                        Stream.of(
                            avatica.page(),
                            new HttpDoor.Page(
                                "prefix:" + StatementsApi.ROOT,
                                rest,
                                StatementsApi.LONGEST_REQUEST,
                                StatementsApi.MOST_BODY_BYTES),
                            new HttpDoor.Page(
                                "/clusters", new ClustersPage(httpLogins, reports.clusters())),
                            new HttpDoor.Page(
                                "/metrics",
                                new MetricsPage(
                                    httpLogins,
                                    principal ->
                                        principals.isAdministrator(principal)
                                            || !Collections.disjoint(
                                                principal.groups(), settings.metricsGroups()),
                                    reports.metrics(),
                                    threads.blocking()))))
                    .toList()));
    threads
        .timer()
        .scheduleWithFixedDelay(
            () -> threads.work().execute(rest::expire),
            Gateway.HOUSEKEEPING.toMillis(),
            Gateway.HOUSEKEEPING.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  void start() throws IOException {
    flight.start();
    http.start();
    hive.start();
  }

  /** Waits for the clients that fetch the last of what has run. */
  void drain(Duration most) throws InterruptedException {
    flight.drain(most);
  }

  int grpcPort() {
    return flight.port();
  }

  int httpPort() {
    return http.port();
  }

  int thriftPort() {
    return hive.port();
  }

  /** Returns how many connections each port has. */
  Map<String, Integer> connections() {
    return Map.of(
        "grpc", flight.connections(),
        "http", http.connections(),
        "thrift", hive.connections());
  }

  /** Returns how much is held for clients by handles. */
  long handles() {
    return flight.handleWeight() + hive.held() + avatica.held();
  }

  /** Returns how much of parameters that come and of results that have ended waits. */
  long clientBytes() {
    return flight.parameterBytes() + flight.untakenBytes();
  }

  private static StatementsApi statementsApi(
      GatewaySettings settings,
      byte[] key,
      HttpAuthentication logins,
      Parts parts,
      Threads threads,
      BufferAllocator allocator,
      Road road,
      CurrentUsers users,
      Principals principals,
      InstantSource clock)
      throws IOException {
    Path folder = settings.data().resolve("results");
    PrivateFolder.make(folder);
    return new StatementsApi(
        logins,
        road.statements(),
        road.sessions().at(Door.REST),
        road.metadata(),
        road.answers(),
        settings.home(),
        road.journal()::recent,
        principals::isAdministrator,
        road.policies(),
        users::isCurrent,
        parts.opened(new Spool(folder, SPOOL_BYTES, new SecureRandom())),
        new ResultLinks(key, clock),
        RestSettings.USUAL,
        allocator,
        threads.blocking(),
        threads.timer(),
        clock);
  }

  private static Optional<TlsIdentity> tls(GatewaySettings settings, Parts parts, Threads threads) {
    return settings
        .tls()
        .map(
            files -> {
              try {
                return parts.opened(
                    TlsIdentity.of(
                        files.certificates(),
                        files.key(),
                        CERTIFICATE_LOOKS,
                        threads.timer(),
                        threads.watching()));
              } catch (IOException failure) {
                throw new StartException(
                    "The certificate "
                        + files.certificates()
                        + " and its key "
                        + files.key()
                        + " cannot be used: "
                        + StartException.describe(failure));
              }
            });
  }

  /** Takes charge of closing a part; refuses where everything is closed already. */
  interface Parts {
    <T extends AutoCloseable> T opened(T part);
  }

  /**
   * What every door sends its statements and questions through.
   *
   * @param policies the version of all policies; empty where they may decide otherwise each time
   */
  record Road(
      SessionRegistry sessions,
      SparkStatementService statements,
      MetadataReader metadata,
      GatewayAnswers answers,
      Journal journal,
      Supplier<Optional<String>> policies) {}

  /** What the HTTP door tells of the gateway. */
  record Reports(
      Supplier<HttpDoor.Readiness> readiness,
      Function<Principal, List<ClusterReport>> clusters,
      Function<String, Exposition> metrics) {}
}
