package io.sluice.gateway.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.github.benmanes.caffeine.cache.Ticker;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.Timer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Every way to a thread, a clock or the environment is seen, and what is given is let be. */
class AmbientTest {

  @Test
  void everyWayToAThreadIsSeen() {
    assertSeen(Ambient.THREAD, PlainThread.class);
    assertSeen(Ambient.THREAD, ThreadOfAnyConstructor.class);
    assertSeen(Ambient.THREAD, OwnThread.class);
    assertSeen(Ambient.THREAD, Pool.class);
    assertSeen(Ambient.THREAD, CommonPool.class);
    assertSeen(Ambient.THREAD, CommonPoolByDefault.class);
    assertSeen(Ambient.THREAD, OldTimer.class);
    assertNotSeen(Ambient.THREAD, GivenExecutor.class);
  }

  @Test
  void everyWayToAClockIsSeen() {
    assertSeen(Ambient.CLOCK, NanoTime.class);
    assertSeen(Ambient.CLOCK, Now.class);
    assertSeen(Ambient.CLOCK, Today.class);
    assertSeen(Ambient.CLOCK, SystemClock.class);
    assertSeen(Ambient.CLOCK, SystemSource.class);
    assertSeen(Ambient.CLOCK, SystemTicker.class);
    assertSeen(Ambient.CLOCK, NewDate.class);
    assertNotSeen(Ambient.CLOCK, GivenClock.class);
  }

  @Test
  void theEnvironmentIsSeen() {
    assertSeen(Ambient.ENVIRONMENT, Variable.class);
    assertNotSeen(Ambient.ENVIRONMENT, GivenClock.class);
  }

  private static void assertSeen(DescribedPredicate<JavaAccess<?>> way, Class<?> use) {
    assertThatCode(() -> check(way, use))
        .as(use.getSimpleName())
        .isInstanceOfSatisfying(
            AssertionError.class,
            error -> assertThat(error).hasMessageContaining(use.getSimpleName()));
  }

  private static void assertNotSeen(DescribedPredicate<JavaAccess<?>> way, Class<?> use) {
    assertThatCode(() -> check(way, use)).doesNotThrowAnyException();
  }

  private static void check(DescribedPredicate<JavaAccess<?>> way, Class<?> use) {
    noClasses().should().accessTargetWhere(way).check(new ClassFileImporter().importClasses(use));
  }

  static class PlainThread implements Supplier<Object> {
    @Override
    public Object get() {
      return new Thread();
    }
  }

  static class ThreadOfAnyConstructor implements Supplier<Object> {
    @Override
    public Object get() {
      return new Thread(null, () -> {}, "name", 1);
    }
  }

  static class OwnThread extends Thread {}

  static class Pool implements Supplier<Object> {
    @Override
    public Object get() {
      return Executors.newCachedThreadPool();
    }
  }

  static class CommonPool implements Supplier<Object> {
    @Override
    public Object get() {
      return ForkJoinPool.commonPool();
    }
  }

  static class CommonPoolByDefault implements Supplier<Object> {
    @Override
    public Object get() {
      return CompletableFuture.runAsync(() -> {});
    }
  }

  static class OldTimer implements Supplier<Object> {
    @Override
    public Object get() {
      return new Timer();
    }
  }

  record GivenExecutor(Executor executor) implements Supplier<Object> {
    @Override
    public Object get() {
      return CompletableFuture.runAsync(() -> {}, executor);
    }
  }

  static class NanoTime implements Supplier<Object> {
    @Override
    public Object get() {
      return System.nanoTime();
    }
  }

  static class Now implements Supplier<Object> {
    @Override
    public Object get() {
      return Instant.now();
    }
  }

  static class Today implements Supplier<Object> {
    @Override
    public Object get() {
      return LocalDate.now(ZoneOffset.UTC);
    }
  }

  static class SystemClock implements Supplier<Object> {
    @Override
    public Object get() {
      return Clock.systemUTC();
    }
  }

  static class SystemSource implements Supplier<Object> {
    @Override
    public Object get() {
      return InstantSource.system();
    }
  }

  static class SystemTicker implements Supplier<Object> {
    @Override
    public Object get() {
      return Ticker.systemTicker();
    }
  }

  static class NewDate implements Supplier<Object> {
    @Override
    public Object get() {
      return new Date();
    }
  }

  static class Variable implements Supplier<Object> {
    @Override
    public Object get() {
      return System.getenv("HOME");
    }
  }

  record GivenClock(InstantSource clock) implements Supplier<Object> {
    @Override
    public Object get() {
      return new Date(clock.millis());
    }
  }
}
