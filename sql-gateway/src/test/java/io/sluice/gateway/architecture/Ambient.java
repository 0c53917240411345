package io.sluice.gateway.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;

import com.github.benmanes.caffeine.cache.Ticker;
import com.google.common.base.Stopwatch;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import java.time.Clock;
import java.time.InstantSource;
import java.time.temporal.Temporal;
import java.util.Date;
import java.util.Set;
import java.util.Timer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;

/** What code takes from around it, where it should have been given it. */
final class Ambient {

  /** A thread is made, or one of the JVM's own used: the common pool's, a future's timer. */
  static final DescribedPredicate<JavaAccess<?>> THREAD =
      describe(
          "make a thread",
          access -> {
            AccessTarget target = access.getTarget();
            return (isConstructor(target)
                    && (isA(target, Thread.class)
                        || isA(target, ExecutorService.class)
                        || isA(target, Timer.class)))
                || isMethodOf(target, Executors.class, Set.of())
                || isMethodOf(
                    target, Thread.class, Set.of("startVirtualThread", "ofVirtual", "ofPlatform"))
                || isMethodOf(target, ForkJoinPool.class, Set.of("commonPool"))
                || isMethodOf(
                    target,
                    CompletableFuture.class,
                    Set.of("completeOnTimeout", "orTimeout", "delayedExecutor"))
                || usesTheCommonPool(target);
          });

  /** The time is read, or something made that reads it. */
  static final DescribedPredicate<JavaAccess<?>> CLOCK =
      describe(
          "read a clock",
          access -> {
            AccessTarget target = access.getTarget();
            return isMethodOf(target, System.class, Set.of("nanoTime", "currentTimeMillis"))
                || (isA(target, Temporal.class) && target.getName().equals("now"))
                || isMethodOf(target, Clock.class, Set.of())
                || isMethodOf(target, InstantSource.class, Set.of("system"))
                || isMethodOf(target, Ticker.class, Set.of("systemTicker"))
                || isMethodOf(target, com.google.common.base.Ticker.class, Set.of("systemTicker"))
                || isA(target, Stopwatch.class)
                || (isConstructor(target) && isA(target, Date.class) && parameters(target) == 0)
                || isMethodOf(target, Thread.class, Set.of("sleep"));
          });

  static final DescribedPredicate<JavaAccess<?>> ENVIRONMENT =
      describe(
          "read the environment",
          access -> isMethodOf(access.getTarget(), System.class, Set.of("getenv")));

  private Ambient() {}

  /** Without an executor of its own, an asynchronous step runs on the common pool. */
  private static boolean usesTheCommonPool(AccessTarget target) {
    return isA(target, CompletableFuture.class)
        && target instanceof CodeUnitAccessTarget code
        && code.getName().endsWith("Async")
        && code.getRawParameterTypes().stream()
            .noneMatch(type -> type.isEquivalentTo(java.util.concurrent.Executor.class));
  }

  private static boolean isConstructor(AccessTarget target) {
    return target.getName().equals("<init>");
  }

  private static boolean isMethodOf(AccessTarget target, Class<?> owner, Set<String> names) {
    return target.getOwner().isEquivalentTo(owner)
        && (names.isEmpty() || names.contains(target.getName()));
  }

  private static boolean isA(AccessTarget target, Class<?> type) {
    return target.getOwner().isAssignableTo(type);
  }

  private static int parameters(AccessTarget target) {
    return target instanceof CodeUnitAccessTarget code ? code.getRawParameterTypes().size() : 0;
  }
}
