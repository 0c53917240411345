package io.sluice.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A copy of the objects of one kind that the API server has, which keeps up with it and is kept
 * when it cannot be reached: only the API server's own word that an object is gone removes it here.
 * Once it is found to be away, and until it answers for the first time, what was {@link LastKnown}
 * stands in, if that is kept.
 *
 * @param <T> the objects
 */
final class Watched<T extends HasMetadata> implements AutoCloseable {

  private static final String AWAY = "Kubernetes' API server does not answer";
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;

  private final String what;
  private final SharedIndexInformer<T> informer;
  private final Optional<LastKnown<T>> lastKnown;
  private final Consumer<T> changed;
  private volatile String trouble = "";

  private volatile boolean answered;

  /** What stands in until the API server has answered. */
  private volatile Optional<List<T>> remembered;

  /**
   * Begins to watch.
   *
   * @param what for people, for example {@code SparkApplications in namespace sales}
   * @param changed is given each object that came, changed or went, and as it was before if its
   *     labels were others then: they say whose it is; must not block
   */
  Watched(String what, Informable<T> objects, Consumer<T> changed) {
    this(what, objects, changed, Optional.empty());
  }

  /** As the other one, with what was known last; blocks to read it. */
  Watched(
      String what, Informable<T> objects, Consumer<T> changed, Optional<LastKnown<T>> lastKnown) {
    this.what = what;
    this.changed = changed;
    this.lastKnown = lastKnown;
    this.remembered = lastKnown.flatMap(LastKnown::read);
    this.informer = objects.runnableInformer(0);
    informer.exceptionHandler(
        (started, failure) -> {
          failed(failure);
          return true;
        });
    informer.addEventHandler(
        new ResourceEventHandler<>() {
          @Override
          public void onAdd(T object) {
            changed.accept(object);
          }

          @Override
          public void onUpdate(T before, T object) {
            if (!Objects.equals(labels(before), labels(object))) {
              changed.accept(before);
            }
            changed.accept(object);
          }

          @Override
          public void onDelete(T object, boolean unknown) {
            changed.accept(object);
          }
        });
    var unused = informer.start();
  }

  private static @Nullable Map<String, String> labels(HasMetadata object) {
    return object.getMetadata().getLabels();
  }

  /** A server that is away is not asked in vain for long; one that refuses has answered. */
  private void failed(Throwable failure) {
    boolean first = trouble.isEmpty();
    trouble = meaning(failure);
    List<T> before = remembered.orElse(List.of());
    if (!trouble.equals(AWAY)) {
      remembered = Optional.empty();
    }
    if ((first || !trouble.equals(AWAY)) && !hasAnswered()) {
      before.forEach(changed);
    }
  }

  private String meaning(Throwable failure) {
    if (failure instanceof KubernetesClientException answer) {
      if (answer.getCode() == FORBIDDEN) {
        return "The gateway may not list and watch "
            + what
            + ": its service account lacks the Role";
      }
      if (answer.getCode() == NOT_FOUND) {
        return "Kubernetes knows no " + what + ": the CustomResourceDefinition is not installed";
      }
    }
    return AWAY;
  }

  /** Returns what is known now, in no order. */
  List<T> objects() {
    return remembered().orElseGet(informer.getStore()::list);
  }

  Optional<T> find(String namespace, String name) {
    return remembered()
        .map(
            before ->
                before.stream()
                    .filter(object -> namespace.equals(object.getMetadata().getNamespace()))
                    .filter(object -> name.equals(object.getMetadata().getName()))
                    .findFirst())
        .orElseGet(() -> Optional.ofNullable(informer.getStore().getByKey(namespace + "/" + name)));
  }

  /** Returns whether what is known is from before this gateway started. */
  boolean isRemembered() {
    return remembered().isPresent();
  }

  private Optional<List<T>> remembered() {
    return hasAnswered() || trouble.isEmpty() ? Optional.empty() : remembered;
  }

  private boolean hasAnswered() {
    if (informer.hasSynced()) {
      answered = true;
    }
    return answered;
  }

  /** Keeps what is known, for the next start; blocks. One thread at a time. */
  void keep() {
    if (!hasAnswered()) {
      return;
    }
    List<T> before = remembered.orElse(List.of());
    remembered = Optional.empty();
    // The watch tells of those that there are; nobody else tells of those that are gone.
    before.forEach(changed);
    lastKnown.ifPresent(file -> file.keep(objects(), trouble().isEmpty()));
  }

  /** Returns why what is known may be old, for people; empty when it is not. */
  String trouble() {
    if (informer.hasSynced() && informer.isWatching()) {
      trouble = "";
      return "";
    }
    return trouble.isEmpty() ? AWAY : trouble;
  }

  /** Returns whether all that there is has been seen once, by this gateway or the one before. */
  boolean isComplete() {
    return isRemembered() || hasAnswered();
  }

  @Override
  public void close() {
    informer.stop();
  }
}
