package io.sluice.gateway.flight;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * How the Flight SQL door works.
 *
 * @param address where it listens; loopback only without TLS
 * @param connections how many it takes
 * @param version Sluice's own, for clients that ask
 * @param longestRequest in bytes; more than the longest statement, so that the planner can say that
 *     a statement is too long
 * @param longestUpload all the parameters of one execution, in bytes
 * @param mostUploadedOfAll the parameters of all executions that are being sent or run, in bytes;
 *     one user's are a quarter of it at most
 * @param longestIngest all the rows of one bulk ingest, in bytes as Spark's driver holds them
 * @param mostIngests how many bulk ingests may come at once
 * @param mostIngestsOfOneUser how many of them may be one user's
 * @param readyBytes how much of a result may wait in one connection's buffers
 * @param mostUntakenOfAll how much clients may leave of results that have ended, in bytes; one user
 *     half of it at most
 * @param mostHandles how many prepared statements, and how many tickets, a session may hold
 * @param mostHandleCharacters how much statement text all of them may hold
 * @param mostHandleCharactersOfAll how much statement text all sessions' handles may hold
 * @param preparedLifetime after which a prepared statement's handle ends even in a living session;
 *     below 24 days, as the protocol tells it in milliseconds
 * @param ticketLifetime after which a promised result can no longer be fetched
 * @param clientStall how long a client may leave the rest of a result that has ended, not poll a
 *     statement that runs, or send no more of its parameters
 * @param grace how long calls may go on when the door closes; they are broken off then, which may
 *     take as long again
 */
public record FlightDoorSettings(
    InetSocketAddress address,
    ConnectionLimits connections,
    String version,
    int longestRequest,
    int longestUpload,
    long mostUploadedOfAll,
    long longestIngest,
    int mostIngests,
    int mostIngestsOfOneUser,
    int readyBytes,
    long mostUntakenOfAll,
    int mostHandles,
    long mostHandleCharacters,
    long mostHandleCharactersOfAll,
    Duration preparedLifetime,
    Duration ticketLifetime,
    Duration clientStall,
    Duration grace) {

  /** Who logs in waits for passwords to be checked, of half a minute's logins at most. */
  private static final ConnectionLimits CONNECTIONS =
      new ConnectionLimits(8192, 512, Duration.ofMinutes(1));

  /** Returns the usual settings for an address. */
  public static FlightDoorSettings at(
      InetSocketAddress address, String version, Duration clientStall, long longestIngest) {
    return new FlightDoorSettings(
        address,
        CONNECTIONS,
        version,
        16 << 20,
        16 << 20,
        128L << 20,
        longestIngest,
        4,
        3,
        4 << 20,
        256L << 20,
        512,
        16L << 20,
        128L << 20,
        Duration.ofDays(7),
        Duration.ofHours(1),
        clientStall,
        Duration.ofSeconds(2));
  }

  /** The same for so many connections. */
  FlightDoorSettings with(ConnectionLimits limits) {
    return new FlightDoorSettings(
        address,
        limits,
        version,
        longestRequest,
        longestUpload,
        mostUploadedOfAll,
        longestIngest,
        mostIngests,
        mostIngestsOfOneUser,
        readyBytes,
        mostUntakenOfAll,
        mostHandles,
        mostHandleCharacters,
        mostHandleCharactersOfAll,
        preparedLifetime,
        ticketLifetime,
        clientStall,
        grace);
  }
}
