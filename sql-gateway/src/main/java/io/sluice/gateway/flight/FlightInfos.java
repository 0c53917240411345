package io.sluice.gateway.flight;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.sluice.gateway.arrow.ArrowEncoder;
import org.apache.arrow.flight.impl.Flight.FlightDescriptor;
import org.apache.arrow.flight.impl.Flight.FlightEndpoint;
import org.apache.arrow.flight.impl.Flight.FlightInfo;
import org.apache.arrow.flight.impl.Flight.Ticket;
import org.apache.arrow.flight.sql.impl.FlightSql.TicketStatementQuery;
import org.apache.arrow.vector.types.pojo.Schema;

/** What clients are told of results to fetch. */
final class FlightInfos {

  private FlightInfos() {}

  /** Returns what is known of a result that can be fetched. */
  static FlightInfo fetchable(FlightDescriptor descriptor, Schema schema, ByteString ticket) {
    return pending(descriptor, schema).toBuilder().addEndpoint(endpoint(ticket)).build();
  }

  /** Returns what is known of a result that cannot be fetched yet. */
  static FlightInfo pending(FlightDescriptor descriptor, Schema schema) {
    return FlightInfo.newBuilder()
        .setSchema(ArrowEncoder.encapsulated(schema))
        .setFlightDescriptor(descriptor)
        .setTotalRecords(-1)
        .setTotalBytes(-1)
        .build();
  }

  /**
   * Returns an endpoint without a location, as the client fetches on the connection that it has,
   * and without an expiration time, which would say that a ticket may be used more than once.
   */
  static FlightEndpoint endpoint(ByteString ticket) {
    return FlightEndpoint.newBuilder().setTicket(Ticket.newBuilder().setTicket(ticket)).build();
  }

  /** Returns the ticket of a statement's result. */
  static ByteString ticket(ByteString handle) {
    return Any.pack(TicketStatementQuery.newBuilder().setStatementHandle(handle).build())
        .toByteString();
  }
}
