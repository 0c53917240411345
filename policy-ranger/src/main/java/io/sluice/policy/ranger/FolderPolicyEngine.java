package io.sluice.policy.ranger;

import static java.util.Comparator.naturalOrder;

import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.policy.AccessRequest;
import io.sluice.planner.policy.ExpressionCheck;
import io.sluice.planner.policy.LocationRequest;
import io.sluice.planner.policy.PolicyEngine;
import io.sluice.planner.policy.PolicyHealth;
import io.sluice.planner.policy.TableDecision;
import io.sluice.planner.policy.TableRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One Ranger service for each catalog, fed from a folder. */
final class FolderPolicyEngine implements PolicyEngine {

  private static final Logger LOG = LoggerFactory.getLogger(FolderPolicyEngine.class);

  private static final Pattern SERVICE_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");

  private final Map<String, PolicyService> byCatalog;
  private final Collection<PolicyService> services;
  private final FolderWatch watch;

  private FolderPolicyEngine(
      Map<String, PolicyService> byCatalog, Collection<PolicyService> services, FolderWatch watch) {
    this.byCatalog = Map.copyOf(byCatalog);
    this.services = List.copyOf(services);
    this.watch = watch;
  }

  static FolderPolicyEngine open(
      Path folder,
      Map<String, String> servicesByCatalog,
      ExpressionCheck expressions,
      InstantSource clock) {
    try (OwnLoader entered = OwnLoader.enter()) {
      Map<String, PolicyService> byName = new TreeMap<>();
      Map<String, PolicyService> byCatalog = new HashMap<>();
      for (Map.Entry<String, String> entry : servicesByCatalog.entrySet()) {
        String name = entry.getValue();
        if (!SERVICE_NAME.matcher(name).matches()) {
          throw new SluiceException(
              ErrorCode.POLICY_INVALID,
              "The policy service of catalog " + entry.getKey() + " has no usable name.");
        }
        byCatalog.put(
            fold(entry.getKey()),
            byName.computeIfAbsent(
                name, service -> new PolicyService(folder, service, expressions, clock)));
      }
      FolderWatch watch = FolderWatch.start(folder, byName.values());
      return new FolderPolicyEngine(byCatalog, byName.values(), watch);
    } catch (LinkageError e) {
      throw new SluiceException(
          ErrorCode.POLICY_UNAVAILABLE, "The policy engine's libraries do not fit together.", e);
    }
  }

  @Override
  public TableDecision decide(TableRequest request) {
    PolicyService service = byCatalog.get(fold(request.table().catalog()));
    if (service == null) {
      return TableDecision.denied("none");
    }
    return ask(service, policies -> policies.decide(request));
  }

  @Override
  public Map<String, String> decidingPolicies(TableRequest request) {
    PolicyService service = byCatalog.get(fold(request.table().catalog()));
    return service == null
        ? Map.of()
        : ask(service, policies -> policies.decidingPolicies(request));
  }

  @Override
  public Optional<String> decidingPolicy(AccessRequest request) {
    PolicyService service = byCatalog.get(fold(request.catalog()));
    return service == null
        ? Optional.empty()
        : ask(service, policies -> policies.decidingPolicy(request));
  }

  @Override
  public Optional<String> decidingPolicy(LocationRequest request) {
    PolicyService service = byCatalog.get(fold(request.catalog()));
    return service == null
        ? Optional.empty()
        : ask(service, policies -> policies.decidingPolicy(request));
  }

  @Override
  public List<String> restrictingPolicies(TableName table, List<String> columns) {
    PolicyService service = byCatalog.get(fold(table.catalog()));
    return service == null
        ? List.of()
        : ask(service, policies -> policies.restricting().policies(table, columns));
  }

  @Override
  public List<String> holdingPolicies(TableName table, List<String> words) {
    PolicyService service = byCatalog.get(fold(table.catalog()));
    return service == null
        ? List.of()
        : ask(service, policies -> policies.restricting().policiesHolding(table, words));
  }

  @Override
  public boolean permits(AccessRequest request) {
    PolicyService service = byCatalog.get(fold(request.catalog()));
    return service != null && ask(service, policies -> policies.permits(request));
  }

  @Override
  public boolean permits(LocationRequest request) {
    PolicyService service = byCatalog.get(fold(request.catalog()));
    return service != null && ask(service, policies -> policies.permits(request));
  }

  @Override
  public boolean restrictsAnybody(TableName table, List<String> columns) {
    PolicyService service = byCatalog.get(fold(table.catalog()));
    return service == null
        || ask(service, policies -> policies.restricting().restrict(table, columns));
  }

  @Override
  public boolean expressionsHold(TableName table, List<String> words) {
    PolicyService service = byCatalog.get(fold(table.catalog()));
    return service == null
        || ask(service, policies -> policies.restricting().holdWords(table, words));
  }

  @Override
  public boolean maySee(Principal principal, String catalog, String schema) {
    PolicyService service = byCatalog.get(fold(catalog));
    if (service == null) {
      return false;
    }
    @Nullable String within = schema.equals("*") ? null : schema;
    return ask(service, policies -> policies.maySee(principal, within));
  }

  @Override
  public Optional<String> version(String catalog) {
    return Optional.ofNullable(byCatalog.get(fold(catalog)))
        .map(PolicyService::applied)
        .filter(policies -> !policies.isConditional())
        .map(AppliedPolicies::hash);
  }

  @Override
  public PolicyHealth health() {
    boolean ready = true;
    List<PolicyHealth.Problem> problems = new ArrayList<>();
    MessageDigest digest = PolicyFiles.sha256();
    for (PolicyService service : services) {
      AppliedPolicies applied = service.applied();
      ready &= applied != null;
      String version = applied == null ? "none" : applied.hash();
      digest.update((service.name() + " " + version + "\n").getBytes(StandardCharsets.UTF_8));
      service.problem().ifPresent(problems::add);
    }
    String version = HexFormat.of().formatHex(digest.digest()).substring(0, 16);
    Optional<Instant> confirmed =
        ready
            ? services.stream().flatMap(service -> service.confirmed().stream()).min(naturalOrder())
            : Optional.empty();
    return new PolicyHealth(ready, version, problems, confirmed);
  }

  @Override
  public void close() {
    watch.close();
  }

  /** Errors of the engine, and even of its linking, are refusals like any other. */
  @SuppressWarnings("CatchingUnchecked")
  private static <T> T ask(PolicyService service, Function<AppliedPolicies, T> question) {
    AppliedPolicies applied = service.applied();
    if (applied == null) {
      throw new SluiceException(
          ErrorCode.POLICY_UNAVAILABLE,
          "No access policies are loaded, so nothing is allowed; try again later or ask an"
              + " administrator.");
    }
    try (OwnLoader entered = OwnLoader.enter()) {
      return question.apply(applied);
    } catch (SluiceException e) {
      throw e;
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      LOG.error("the policy engine failed on a request to service {}", service.name(), e);
      throw new SluiceException(
          ErrorCode.POLICY_UNAVAILABLE,
          "The access policies could not be evaluated, so nothing is allowed; an administrator"
              + " finds the reason in the log.",
          e);
    }
  }

  private static String fold(String catalog) {
    return catalog.toLowerCase(Locale.ROOT);
  }
}
