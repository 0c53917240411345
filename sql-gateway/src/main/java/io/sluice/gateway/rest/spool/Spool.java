package io.sluice.gateway.rest.spool;

import io.sluice.gateway.session.Shares;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The room on disk for results that wait to be fetched, bounded for all statements together; one
 * user gets half of it at most. What an earlier process left behind nobody can read any more, since
 * the keys died with it, so it is deleted at the start.
 */
public final class Spool implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Spool.class);
  private static final String SUFFIX = ".spool";

  private final Path folder;
  private final SecureRandom random;
  private final Shares shares;

  /**
   * Takes over a folder and deletes the results in it.
   *
   * @param folder that only this process's user may look into
   * @param mostBytes above zero
   * @param random makes the keys
   */
  public Spool(Path folder, long mostBytes, SecureRandom random) throws IOException {
    if (mostBytes <= 0) {
      throw new IllegalArgumentException("a spool has room");
    }
    this.folder = folder;
    this.random = random;
    this.shares = new Shares(mostBytes, mostBytes / 2);
    empty();
  }

  /**
   * Makes a file for one statement's result. It takes room only once something is written.
   *
   * @param user whose share of the room it takes
   */
  public SpoolFile open(String user) {
    byte[] key = new byte[SpoolFile.KEY_BYTES];
    random.nextBytes(key);
    return new SpoolFile(this, user, folder.resolve(UUID.randomUUID() + SUFFIX), key);
  }

  /** Returns how many bytes are taken. */
  public long used() {
    return shares.taken();
  }

  /**
   * Takes room.
   *
   * @throws SluiceException {@code QUEUE_FULL} if there is none
   */
  void reserve(String user, long bytes) {
    Optional<Shares.Full> full = shares.take(user, bytes);
    if (full.isPresent()) {
      throw new SluiceException(
          ErrorCode.QUEUE_FULL,
          full.get() == Shares.Full.OF_ALL
              ? "The room on disk for results that wait to be fetched is full, so the statement was"
                  + " ended. Try again later, or ask for less."
              : "The results of user ["
                  + user
                  + "] that wait to be fetched take all the room on disk that one user gets, so the"
                  + " statement was ended. Close statements whose results you have, or ask for"
                  + " less.");
    }
  }

  void release(String user, long bytes) {
    shares.giveBack(user, bytes);
  }

  /** Deletes all results. */
  @Override
  public void close() {
    try {
      empty();
    } catch (IOException failure) {
      log.warn("Results were left on disk, which nobody can read", failure);
    }
  }

  private void empty() throws IOException {
    List<Path> left;
    try (Stream<Path> files = Files.list(folder)) {
      left = files.filter(file -> file.getFileName().toString().endsWith(SUFFIX)).toList();
    }
    for (Path file : left) {
      Files.deleteIfExists(file);
    }
  }
}
