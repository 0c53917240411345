package io.sluice.policy.ranger;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reloads services when their files change, on one daemon thread: at once when the file system
 * tells, and by looking at the files' sizes and times where it does not (network mounts, links that
 * are switched). Files that are written together are given a moment to be complete.
 */
final class FolderWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);

  private static final long POLL_MILLIS = 500;
  private static final long SETTLE_MILLIS = 100;
  private static final int MOST_SETTLING = 10;
  private static final long CLOSE_MILLIS = 10_000;

  private final Path folder;
  private final List<PolicyService> services;
  private final @Nullable WatchService watcher;
  private final Thread thread;
  private @Nullable WatchKey key;
  private volatile boolean closed;

  private FolderWatch(Path folder, Collection<PolicyService> services) {
    this.folder = folder;
    this.services = List.copyOf(services);
    this.watcher = open(folder);
    this.thread = new Thread(this::run, "sluice-policies");
    thread.setDaemon(true);
    thread.setContextClassLoader(FolderWatch.class.getClassLoader());
  }

  /** Loads the services once and then whenever they change. */
  static FolderWatch start(Path folder, Collection<PolicyService> services) {
    FolderWatch watch = new FolderWatch(folder, services);
    watch.register();
    watch.reload();
    watch.thread.start();
    return watch;
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(CLOSE_MILLIS);
      if (watcher != null) {
        watcher.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.warn("the watch on the policies could not be closed", e);
    }
  }

  private void run() {
    try {
      while (!closed) {
        boolean told = awaitEvent(POLL_MILLIS);
        try {
          if (told || services.stream().anyMatch(PolicyService::looksChanged)) {
            for (int i = 0; i < MOST_SETTLING && awaitEvent(SETTLE_MILLIS); i++) {
              continue;
            }
            reload();
          }
          register();
        } catch (RuntimeException | Error e) {
          // Were the thread to end, no change would be seen any more, and nobody would know.
          services.forEach(service -> service.lost(e));
        }
      }
    } catch (InterruptedException | ClosedWatchServiceException e) {
      LOG.debug("the watch on the policies has ended");
    }
  }

  private void reload() {
    for (PolicyService service : services) {
      for (int i = 0; i < MOST_SETTLING && !service.reload(); i++) {
        continue;
      }
    }
  }

  /** Waits for a change, at most so long; returns whether there was one. */
  private boolean awaitEvent(long millis) throws InterruptedException {
    if (watcher == null) {
      TimeUnit.MILLISECONDS.sleep(millis);
      return false;
    }
    WatchKey signalled = watcher.poll(millis, TimeUnit.MILLISECONDS);
    if (signalled == null) {
      return false;
    }
    signalled.pollEvents();
    if (!signalled.reset()) {
      key = null;
    }
    return true;
  }

  /** The folder may not be there yet, or be there anew. */
  private void register() {
    if (watcher == null || (key != null && key.isValid())) {
      return;
    }
    try {
      key = folder.register(watcher, ENTRY_CREATE, ENTRY_MODIFY, ENTRY_DELETE);
    } catch (IOException e) {
      key = null;
    }
  }

  private static @Nullable WatchService open(Path folder) {
    try {
      return folder.getFileSystem().newWatchService();
    } catch (IOException | UnsupportedOperationException e) {
      LOG.info("the file system does not tell of changes; policies are looked at instead");
      return null;
    }
  }
}
