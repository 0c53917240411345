package io.sluice.gateway.hive;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the kernel is asked for; a network that loses everything is beyond these tests. */
class VanishedPeersTest {

  @Test
  void theKernelTellsWithinAMinuteThatAPeerVanished() throws Exception {
    EventLoopGroup loops = new EpollEventLoopGroup(1);
    try {
      CompletableFuture<SocketChannel> accepted = new CompletableFuture<>();
      Channel listener =
          VanishedPeers.notice(new ServerBootstrap().group(loops), loops)
              .childHandler(
                  new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                      accepted.complete(channel);
                    }
                  })
              .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .sync()
              .channel();
      int port = ((InetSocketAddress) listener.localAddress()).getPort();
      try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assertThat(peer.isConnected()).isTrue();
        SocketChannel channel = accepted.get(20, TimeUnit.SECONDS);
        assertThat(channel.config().isKeepAlive()).isTrue();
        int idle = channel.config().getOption(EpollChannelOption.TCP_KEEPIDLE);
        int interval = channel.config().getOption(EpollChannelOption.TCP_KEEPINTVL);
        int probes = channel.config().getOption(EpollChannelOption.TCP_KEEPCNT);
        assertThat(idle + interval * probes).isLessThanOrEqualTo(60);
        assertThat(channel.config().getOption(EpollChannelOption.TCP_USER_TIMEOUT))
            .isEqualTo(VanishedPeers.MOST_UNACKNOWLEDGED_MILLIS)
            .isLessThan(60_000);
      }
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }
}
