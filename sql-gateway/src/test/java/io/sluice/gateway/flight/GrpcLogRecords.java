package io.sluice.gateway.flight;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What gRPC tells by Java's own logging. */
final class GrpcLogRecords extends Handler implements AutoCloseable {

  final List<LogRecord> records = new CopyOnWriteArrayList<>();
  private final Logger grpc = Logger.getLogger("io.grpc");

  GrpcLogRecords() {
    grpc.addHandler(this);
  }

  @Override
  public void publish(LogRecord line) {
    records.add(line);
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    grpc.removeHandler(this);
  }
}
