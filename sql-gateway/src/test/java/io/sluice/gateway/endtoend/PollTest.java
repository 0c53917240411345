package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.PollInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** PollFlightInfo while Spark works, through Arrow's own client. */
class PollTest {

  /** Some seconds of work, in many tasks. */
  private static final String SLOW =
      "select id % 7 as k, count(*) as n, max(hash(id)) is null as none"
          + " from range(0, 300000000, 1, 100) group by 1 order by 1";

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void pollsTellHowFarSparkIsUntilTheRowsCanBeFetched() {
    try (FlightSqlSession session =
        new FlightSqlSession(GatewayFixture.shared().grpcPort(), "admin")) {
      FlightDescriptor query =
          FlightDescriptor.command(RawFlight.query(SLOW).getCmd().toByteArray());
      PollInfo poll = session.flight.pollInfo(query, session.token);
      List<Double> progress = new ArrayList<>();
      while (poll.getFlightDescriptor().isPresent()) {
        assertThat(poll.getFlightInfo().getEndpoints()).isEmpty();
        poll.getProgress().ifPresent(progress::add);
        poll = session.flight.pollInfo(poll.getFlightDescriptor().get(), session.token);
      }
      assertThat(progress).isSorted().allSatisfy(told -> assertThat(told).isBetween(0.0, 1.0));
      assertThat(progress.stream().distinct()).hasSizeGreaterThan(1);
      assertThat(poll.getProgress()).contains(1.0);
      assertThat(session.rows(poll.getFlightInfo()))
          .containsExactly(
              "0|42857143|false",
              "1|42857143|false",
              "2|42857143|false",
              "3|42857143|false",
              "4|42857143|false",
              "5|42857143|false",
              "6|42857142|false");
    }
  }
}
