package io.sluice.gateway.http;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.sluice.gateway.session.Shares;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The connections of one door whose peers have not logged in: so many of one address, so that one
 * host that knows no password does not take the places of all others. IPv6's addresses count
 * together by their first 64 bits, as a host has as many as it likes below them. Safe for many
 * threads.
 */
public final class Newcomers {

  private static final int NETWORK_BYTES = 8;

  private static final AttributeKey<Runnable> PLACE =
      AttributeKey.valueOf(Newcomers.class, "place");

  private final Shares places;

  /** In connections. */
  public Newcomers(int most, int mostOfOneAddress) {
    this.places = new Shares(most, mostOfOneAddress);
  }

  /**
   * Gives a new connection its place, until {@link #known} or its end.
   *
   * @return false if its address has too many; it is to be closed
   */
  public boolean admit(Channel channel) {
    String network = network(channel);
    if (places.take(network, 1).isPresent()) {
      return false;
    }
    channel.attr(PLACE).set(() -> places.giveBack(network, 1));
    channel.closeFuture().addListener(closed -> known(channel));
    return true;
  }

  /** The peer has logged in: its connection is no newcomer's any more. */
  public static void known(Channel channel) {
    Runnable place = channel.attr(PLACE).getAndSet(null);
    if (place != null) {
      place.run();
    }
  }

  /** Returns whether nobody has logged in on a connection that is open. */
  public static boolean has(Channel channel) {
    return channel.attr(PLACE).get() != null;
  }

  private static String network(Channel channel) {
    InetAddress address =
        channel.remoteAddress() instanceof InetSocketAddress remote ? remote.getAddress() : null;
    if (address == null) {
      return "";
    }
    return address instanceof Inet6Address
        ? HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), NETWORK_BYTES))
        : address.getHostAddress();
  }
}
