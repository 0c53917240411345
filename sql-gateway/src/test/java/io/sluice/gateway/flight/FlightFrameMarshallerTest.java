package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.apache.arrow.flight.impl.Flight.FlightData;

class FlightFrameMarshallerTest {

  private final FlightFrameMarshaller marshaller = new FlightFrameMarshaller();

  @Property(tries = 200)
  void bothWaysOfReadingGiveTheGeneratedMessage(
      @ForAll @Size(min = 1, max = 300) byte[] header, @ForAll @Size(max = 5_000) byte[] body)
      throws Exception {
    FlightFrame frame = new FlightFrame(ByteString.copyFrom(header), ByteString.copyFrom(body));
    FlightData expected =
        FlightData.newBuilder().setDataHeader(frame.header()).setDataBody(frame.body()).build();
    try (InputStream stream = marshaller.stream(frame)) {
      assertThat(stream).isInstanceOf(KnownLength.class);
      int length = stream.available();
      ByteArrayOutputStream drained = new ByteArrayOutputStream();
      assertThat(((Drainable) stream).drainTo(drained)).isEqualTo(length);
      assertThat(drained.size()).isEqualTo(length);
      assertThat(FlightData.parseFrom(drained.toByteArray())).isEqualTo(expected);
      assertThat(stream.available()).isZero();
    }
    try (InputStream stream = marshaller.stream(frame)) {
      assertThat(FlightData.parseFrom(stream.readAllBytes())).isEqualTo(expected);
    }
    try (InputStream stream = marshaller.stream(frame)) {
      assertThat(marshaller.parse(stream)).isEqualTo(frame);
    }
  }
}
