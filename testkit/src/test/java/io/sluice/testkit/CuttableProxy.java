package io.sluice.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Passes bytes between a client and a local port until it is told to cut all connections. */
final class CuttableProxy implements AutoCloseable {

  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final int target;

  CuttableProxy(int target) throws IOException {
    this.target = target;
    executor.execute(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  int connections() {
    return connections.get();
  }

  void cut() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    sockets.clear();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        join(server.accept());
      } catch (IOException e) {
        // Closed, or the target refuses; the next connection may fare better.
      }
    }
  }

  private void join(Socket client) throws IOException {
    sockets.add(client);
    try {
      Socket spark = new Socket(InetAddress.getLoopbackAddress(), target);
      sockets.add(spark);
      connections.incrementAndGet();
      executor.execute(() -> copy(client, spark));
      executor.execute(() -> copy(spark, client));
    } catch (IOException e) {
      client.close();
      throw e;
    }
  }

  private static void copy(Socket from, Socket to) {
    try (InputStream input = from.getInputStream();
        OutputStream output = to.getOutputStream()) {
      input.transferTo(output);
    } catch (IOException e) {
      // Cut.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    cut();
    executor.shutdownNow();
  }
}
