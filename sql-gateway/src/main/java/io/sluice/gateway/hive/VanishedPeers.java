package io.sluice.gateway.hive;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import jdk.net.ExtendedSocketOptions;

/**
 * Has the kernel tell within a minute that a peer vanished without a word. To one that was silent
 * probes are sent. One that was just sent a reply gets no probes: the reply is sent again, for a
 * quarter of an hour unless TCP_USER_TIMEOUT (RFC 5482) ends it, which Linux has and Java's own
 * channels cannot set.
 */
final class VanishedPeers {

  private static final int IDLE_SECONDS = 30;
  private static final int INTERVAL_SECONDS = 10;
  private static final int PROBES = 3;

  /** How long what was sent may stay without an acknowledgement. */
  static final int MOST_UNACKNOWLEDGED_MILLIS = 50_000;

  private VanishedPeers() {}

  /** Sets the kind of channel that the loops carry, and the options of those it accepts. */
  static ServerBootstrap notice(ServerBootstrap server, EventLoopGroup loops) {
    server.childOption(ChannelOption.SO_KEEPALIVE, true);
    return loops instanceof EpollEventLoopGroup
        ? server
            .channel(EpollServerSocketChannel.class)
            .childOption(EpollChannelOption.TCP_KEEPIDLE, IDLE_SECONDS)
            .childOption(EpollChannelOption.TCP_KEEPINTVL, INTERVAL_SECONDS)
            .childOption(EpollChannelOption.TCP_KEEPCNT, PROBES)
            .childOption(EpollChannelOption.TCP_USER_TIMEOUT, MOST_UNACKNOWLEDGED_MILLIS)
        : server
            .channel(NioServerSocketChannel.class)
            .childOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), IDLE_SECONDS)
            .childOption(
                NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), INTERVAL_SECONDS)
            .childOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), PROBES);
  }
}
