package io.sluice.gateway.hive;

import io.sluice.gateway.http.RequestBodies;
import io.sluice.gateway.session.Shares;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import java.util.Optional;

/**
 * What the messages of all connections hold that have come in part or are not answered. Those of
 * users who have logged in count with HTTP's requests; those of the others have a small sum of
 * their own, of which one address gets a part. The first {@value #UNCOUNTED} bytes of each
 * connection are not counted, so that short calls are answered whatever others hold.
 */
final class MessageMemory {

  static final int UNCOUNTED = 4 << 10;

  private static final long MOST_OF_STRANGERS = 4L << 20;
  private static final long MOST_OF_ONE_ADDRESS = 256L << 10;

  private final RequestBodies users;
  private final Shares strangers = new Shares(MOST_OF_STRANGERS, MOST_OF_ONE_ADDRESS);

  MessageMemory(RequestBodies users) {
    this.users = users;
  }

  /** What one connection holds; used by one thread at a time. */
  final class Share {

    private long counted;
    private Optional<String> user = Optional.empty();
    private String address = "";

    /**
     * Sees to it that so many bytes may be held.
     *
     * @throws SluiceException {@code QUEUE_FULL}; as much is held as before
     */
    void atLeast(HiveClient client, long bytes) {
      long more = bytes - UNCOUNTED - counted;
      if (more <= 0) {
        return;
      }
      if (counted == 0) {
        // What was taken is given back to whom it was taken from, whoever logs in meanwhile.
        user = client.principal().map(Principal::name);
        address = client.address();
      }
      if (user.isPresent()) {
        users.take(user.get(), more);
      } else if (strangers.take(address, more).isPresent()) {
        throw new SluiceException(
            ErrorCode.QUEUE_FULL,
            "Too many long messages come at once of clients that have not logged in; try again in"
                + " a moment.");
      }
      counted += more;
    }

    /** Gives back what is held beyond so many bytes. */
    void atMost(long bytes) {
      long less = counted - Math.max(0, bytes - UNCOUNTED);
      if (less <= 0) {
        return;
      }
      counted -= less;
      if (user.isPresent()) {
        users.giveBack(user.get(), less);
      } else {
        strangers.giveBack(address, less);
      }
    }
  }
}
