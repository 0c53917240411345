package io.sluice.gateway.main;

import io.sluice.gateway.configuration.Section;
import io.sluice.planner.catalog.CatalogConfiguration;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What a configuration says of clusters on Kubernetes. */
final class ServeKubernetes {

  private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

  /** A Lease is called by it. */
  private static final Pattern IDENTITY = Pattern.compile("[a-z0-9]([-a-z0-9]{0,198}[a-z0-9])?");

  private ServeKubernetes() {}

  static boolean isIdentity(String text) {
    return IDENTITY.matcher(text).matches();
  }

  static ClusterSource.Kubernetes read(
      Section kubernetes, List<CatalogConfiguration> catalogs, FileTrust trust) {
    List<String> namespaces = kubernetes.texts("namespaces");
    if (namespaces.isEmpty()) {
      throw kubernetes.wrong(
          "namespaces", "name the namespaces whose LakehouseClusters are served, [sales] for one");
    }
    namespaces.forEach(name -> named(kubernetes, "namespaces", name));
    Optional<String> identity = kubernetes.optional("identity");
    if (identity.isPresent() && !isIdentity(identity.get())) {
      throw kubernetes.wrong(
          "identity",
          "the value is up to 200 lower-case letters, digits and -, as a pod's name is");
    }
    return new ClusterSource.Kubernetes(
        Set.copyOf(namespaces),
        named(kubernetes, "gatewayNamespace", kubernetes.text("gatewayNamespace")),
        gateways(kubernetes),
        identity,
        kubernetes.text("connectSecret"),
        // Each namespace has its own: who knows one is let in nowhere else.
        ServeSettings.trusted(
            kubernetes,
            "connectTokenFolder",
            folder -> namespaces.forEach(name -> trust.secret(folder.resolve(name)))),
        kubernetes.has("kubeconfigFile")
            ? Optional.of(ServeSettings.trusted(kubernetes, "kubeconfigFile", trust::secret))
            : Optional.<Path>empty(),
        new KubernetesCatalogs(catalogs, serviceAccounts(kubernetes)));
  }

  private static Set<String> serviceAccounts(Section kubernetes) {
    return kubernetes.has("serviceAccounts")
        ? Set.copyOf(kubernetes.texts("serviceAccounts"))
        : Set.of("spark");
  }

  /** A Lease is called by it, and a label says it. */
  private static String gateways(Section kubernetes) {
    String name = kubernetes.text("name");
    if (!NAMESPACE.matcher(name).matches()) {
      throw kubernetes.wrong(
          "name", "it has up to 63 lower-case letters, digits and -; this one is " + name);
    }
    return name;
  }

  private static String named(Section section, String key, String name) {
    if (!NAMESPACE.matcher(name).matches()) {
      throw section.wrong(
          key, "a namespace has up to 63 lower-case letters, digits and -; this one is " + name);
    }
    return name;
  }
}
