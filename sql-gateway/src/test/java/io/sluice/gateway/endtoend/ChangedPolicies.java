package io.sluice.gateway.endtoend;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Other policies before the running gateway, until they are closed; the administrator may always
 * read everything. A privilege on a table that does not exist shows which set is in force: the
 * answer of that table's name changes with it.
 */
public final class ChangedPolicies implements AutoCloseable {

  /** Far beyond the seconds that it takes, so that a slow machine fails no test. */
  private static final Duration RELOAD = Duration.ofSeconds(60);

  private static final String SERVICE = "lake.json";
  private static final AtomicInteger GENERATIONS = new AtomicInteger();

  private final GatewayFixture gateway;
  private final Path folder;
  private final String original;
  private final List<Path> added = new ArrayList<>();
  private int generation;

  private ChangedPolicies(GatewayFixture gateway) {
    this.gateway = gateway;
    this.folder = gateway.demo().policies();
    try {
      this.original = Files.readString(folder.resolve(SERVICE));
    } catch (IOException failure) {
      throw new IllegalStateException(failure);
    }
  }

  public static ChangedPolicies in(GatewayFixture gateway) {
    return new ChangedPolicies(gateway);
  }

  /** Writes a file that the next policies go with. */
  ChangedPolicies with(String name, String json) {
    Path file = folder.resolve(name);
    added.add(file);
    write(file, json);
    return this;
  }

  /** Puts policies in force, and returns when they are. */
  public ChangedPolicies apply(String... policies) {
    offer(policies);
    awaitGeneration(generation);
    return this;
  }

  /** Writes policies which the gateway may refuse. */
  ChangedPolicies offer(String... policies) {
    generation = GENERATIONS.incrementAndGet();
    List<String> all = new ArrayList<>(List.of(policies));
    all.add(Policy.access("*.*.*", "\"policyItems\":[" + administrator() + "]"));
    all.add(Policy.allow("generation.g" + generation + ".*", Policy.users("intern")));
    write(
        folder.resolve(SERVICE),
        "{\"serviceName\":\"lake\",\"policyVersion\":1,\"policies\":["
            + String.join(",\n", all)
            + "]}");
    return this;
  }

  /** Writes a file that cannot be read as policies. */
  void breakFile(String text) {
    write(folder.resolve(SERVICE), text);
  }

  /** Puts the policies back that were there before, and returns when they are in force. */
  @Override
  public void close() {
    try {
      write(folder.resolve(SERVICE), original);
      for (Path file : added) {
        Files.deleteIfExists(file);
      }
    } catch (IOException failure) {
      throw new IllegalStateException(failure);
    }
    int last = generation;
    await().atMost(RELOAD).until(() -> last == 0 || !isInForce(last));
    await().atMost(RELOAD).until(() -> gateway.demo().problems().isEmpty());
  }

  private void awaitGeneration(int number) {
    await()
        .atMost(RELOAD)
        .pollInterval(Duration.ofMillis(50))
        .alias("generation " + number + "; " + gateway.demo().problems())
        .until(() -> isInForce(number));
  }

  private boolean isInForce(int number) {
    try {
      Rows.query(gateway.shared("intern"), "select 1 from generation.g" + number);
      return false;
    } catch (SQLException refusal) {
      return refusal.getMessage().contains("[TABLE_OR_VIEW_NOT_FOUND]");
    }
  }

  private static String administrator() {
    return "{" + Policy.users("admin") + ",\"accesses\":[{\"type\":\"all\"}]}";
  }

  private static void write(Path file, String text) {
    try {
      Path draft = file.resolveSibling(file.getFileName() + ".draft");
      Files.writeString(draft, text);
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException failure) {
      throw new IllegalStateException(failure);
    }
  }
}
