package io.sluice.gateway.flight;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.Future;
import io.sluice.gateway.http.Newcomers;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections of the Flight SQL door. One that is too many is closed as it is accepted, before
 * gRPC or TLS know of it; one on which nobody logs in, when its time for that is over. gRPC does
 * not hand out a call's connection, but its two addresses, which no other open one has.
 */
final class FlightConnections extends ServerTransportFilter {

  private final ConnectionLimits limits;
  private final CallAuthentication authentication;
  private final Executor calls;
  private final Newcomers newcomers;
  private final Map<Ends, Channel> open = new ConcurrentHashMap<>();

  /**
   * @param calls ends what was opened on a connection that is gone
   */
  FlightConnections(ConnectionLimits limits, CallAuthentication authentication, Executor calls) {
    this.limits = limits;
    this.authentication = authentication;
    this.calls = calls;
    this.newcomers = new Newcomers(limits.most(), limits.mostNewcomers());
  }

  /** Returns what makes channels that listen, and let no more connections in than there may be. */
  ChannelFactory<ServerChannel> listeners(EventLoopGroup loops) {
    return () -> {
      ServerChannel listener =
          loops instanceof EpollEventLoopGroup
              ? new EpollServerSocketChannel()
              : new NioServerSocketChannel();
      listener.pipeline().addLast(new Entrance());
      return listener;
    };
  }

  /** Returns how many are open. */
  int size() {
    return open.size();
  }

  /** Marks a connection that speaks HTTP/2. */
  @Override
  public Attributes transportReady(Attributes attributes) {
    Channel channel =
        open.get(
            new Ends(
                attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR),
                attributes.get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR)));
    FlightConnection connection =
        new FlightConnection(
            () -> {
              if (channel != null) {
                Newcomers.known(channel);
              }
            });
    return attributes.toBuilder().set(FlightConnection.ATTRIBUTE, connection).build();
  }

  /** Ends what passwords opened on a connection that is gone. */
  @Override
  public void transportTerminated(@Nullable Attributes attributes) {
    FlightConnection connection =
        attributes == null ? null : attributes.get(FlightConnection.ATTRIBUTE);
    if (connection != null) {
      calls.execute(() -> authentication.disconnected(connection));
    }
  }

  private boolean admit(Channel channel) {
    if (open.size() >= limits.most() || !newcomers.admit(channel)) {
      return false;
    }
    Ends ends = new Ends(channel.remoteAddress(), channel.localAddress());
    open.put(ends, channel);
    channel.closeFuture().addListener(closed -> open.remove(ends, channel));
    channel.pipeline().addFirst(new LoginDeadline(limits.login()));
    return true;
  }

  /** Stands before gRPC where connections are accepted, which no event loop carries yet. */
  private final class Entrance extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
      Channel channel = (Channel) accepted;
      if (admit(channel)) {
        context.fireChannelRead(channel);
      } else {
        channel.unsafe().closeForcibly();
      }
    }
  }

  /** Closes a connection, whatever waits on it, unless somebody has logged in by then. */
  private static final class LoginDeadline extends ChannelHandlerAdapter {
    private final Duration login;
    private @Nullable Future<?> deadline;

    LoginDeadline(Duration login) {
      this.login = login;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      deadline =
          context
              .executor()
              .schedule(() -> passed(context), login.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Of a connection that is closed, too. */
    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
      Future<?> running = deadline;
      if (running != null) {
        running.cancel(false);
      }
    }

    private static void passed(ChannelHandlerContext context) {
      if (Newcomers.has(context.channel())) {
        context.close();
      }
    }
  }

  /** The client's address and ours. */
  private record Ends(@Nullable SocketAddress remote, @Nullable SocketAddress local) {}
}
