package io.sluice.gateway.flight;

import com.google.protobuf.ByteString;
import io.sluice.gateway.statement.IngestTarget;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;

/** What a descriptor or a ticket asks for, decoded once. */
sealed interface FlightCommand {

  /** Calls the visitor's method for this kind. */
  <T> T accept(Visitor<T> visitor);

  /** A statement's text, to be run for its rows. */
  record Query(String sql) implements FlightCommand {
    @Override
    public <T> T accept(Visitor<T> visitor) {
      return visitor.query(this);
    }
  }

  /** A statement's text, to be run for its effect. */
  record Update(String sql) implements FlightCommand {
    @Override
    public <T> T accept(Visitor<T> visitor) {
      return visitor.update(this);
    }
  }

  /** A prepared statement, to be run for its rows or, in DoPut, to be given parameters. */
  record PreparedQuery(ByteString handle) implements FlightCommand {
    @Override
    public <T> T accept(Visitor<T> visitor) {
      return visitor.preparedQuery(this);
    }
  }

  /** A prepared statement, to be run for its effect. */
  record PreparedUpdate(ByteString handle) implements FlightCommand {
    @Override
    public <T> T accept(Visitor<T> visitor) {
      return visitor.preparedUpdate(this);
    }
  }

  /** The result that a FlightInfo promised. */
  record Result(ByteString handle) implements FlightCommand {
    @Override
    public <T> T accept(Visitor<T> visitor) {
      return visitor.result(this);
    }
  }

  /** A question about catalogs, tables or the server, answered without running anything. */
  record Metadata(MetadataRequest request) implements FlightCommand {
    @Override
    public <T> T accept(Visitor<T> visitor) {
      return visitor.metadata(this);
    }
  }

  /** Rows that come with the call, to be put into a table. */
  record Ingest(IngestTarget target) implements FlightCommand {
    @Override
    public <T> T accept(Visitor<T> visitor) {
      return visitor.ingest(this);
    }
  }

  /** What one RPC does with each command; those that it does not override are refused. */
  interface Visitor<T> {
    default T query(Query command) {
      throw misplaced();
    }

    default T update(Update command) {
      throw misplaced();
    }

    default T preparedQuery(PreparedQuery command) {
      throw misplaced();
    }

    default T preparedUpdate(PreparedUpdate command) {
      throw misplaced();
    }

    default T result(Result command) {
      throw misplaced();
    }

    default T metadata(Metadata command) {
      throw misplaced();
    }

    default T ingest(Ingest command) {
      throw misplaced();
    }

    private static SluiceException misplaced() {
      return new SluiceException(
          ErrorCode.PROTOCOL_VIOLATION, "This call does not take this Flight SQL command");
    }
  }
}
