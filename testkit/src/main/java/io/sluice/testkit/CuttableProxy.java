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
import java.util.concurrent.atomic.AtomicLong;

/** Passes bytes between clients and a local port until it is told to cut all connections. */
public final class CuttableProxy implements AutoCloseable {

  private final ServerSocket server;
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();

  /** How many bytes the target may still send before all is cut. */
  private final AtomicLong room = new AtomicLong(Long.MAX_VALUE);

  private final int target;
  private volatile boolean away;

  /** Listens on a port of its own. */
  public CuttableProxy(int target) throws IOException {
    this(InetAddress.getLoopbackAddress(), 0, target);
  }

  /** Listens where it is told to; on any free port for 0. */
  public CuttableProxy(InetAddress address, int port, int target) throws IOException {
    this.server = new ServerSocket(port, 50, address);
    this.target = target;
    executor.execute(this::accept);
  }

  /** Returns where it listens. */
  public int port() {
    return server.getLocalPort();
  }

  /** Returns how many connections it has made. */
  public int connections() {
    return connections.get();
  }

  /** Cuts all connections; new ones are made. */
  public void cut() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    sockets.clear();
  }

  /** Cuts all connections when the target has sent so many more bytes, wherever that is. */
  public void cutAfter(long bytes) {
    room.set(bytes);
  }

  /** Cuts all connections and those made from now on, as if the target were away; or no longer. */
  public void away(boolean on) throws IOException {
    away = on;
    if (on) {
      cut();
    }
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
    if (away) {
      client.close();
      return;
    }
    sockets.add(client);
    try {
      Socket spark = new Socket(InetAddress.getLoopbackAddress(), target);
      sockets.add(spark);
      connections.incrementAndGet();
      executor.execute(() -> copy(client, spark));
      executor.execute(() -> copyWithinRoom(spark, client));
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

  private void copyWithinRoom(Socket from, Socket to) {
    try (InputStream input = from.getInputStream();
        OutputStream output = to.getOutputStream()) {
      byte[] buffer = new byte[8192];
      for (int read = input.read(buffer); read >= 0; read = input.read(buffer)) {
        long left = room.addAndGet(-read);
        output.write(buffer, 0, left >= 0 ? read : (int) Math.max(0, read + left));
        if (left < 0) {
          room.set(Long.MAX_VALUE);
          cut();
          return;
        }
      }
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
