package io.sluice.gateway.rest;

import java.time.Duration;

/**
 * What bounds the API.
 *
 * @param kept how long a statement and its result are kept after its end
 * @param abandoned after how long a statement that nobody asks for is ended
 * @param link how long a link to a chunk works
 * @param mostStatements how many statements are kept, of all users
 * @param mostOfOneUser how many of one user
 * @param mostDownloads how many chunks are sent at the same time, and how many streams of events
 *     are open
 * @param mostDownloadsOfOneUser how many of one user, of each
 */
public record RestSettings(
    Duration kept,
    Duration abandoned,
    Duration link,
    int mostStatements,
    int mostOfOneUser,
    int mostDownloads,
    int mostDownloadsOfOneUser) {

  /** The usual bounds: an hour, 15 minutes and 15 minutes; 10,000 statements, 2,000 of a user. */
  public static final RestSettings USUAL =
      new RestSettings(
          Duration.ofHours(1),
          Duration.ofMinutes(15),
          Duration.ofMinutes(15),
          10_000,
          2_000,
          256,
          64);
}
