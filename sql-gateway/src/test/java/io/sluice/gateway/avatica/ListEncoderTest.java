package io.sluice.gateway.avatica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.calcite.avatica.Meta;
import org.apache.calcite.avatica.remote.ProtobufTranslationImpl;
import org.apache.calcite.avatica.remote.Service;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListEncoderTest {

  private final ProtobufTranslationImpl translation = new ProtobufTranslationImpl();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 999, 1000, 1001, 2500})
  void clientsReadWhatAvaticaWouldHaveWritten(int size) throws Exception {
    List<Object> rows = new ArrayList<>();
    for (int row = 0; row < size; row++) {
      rows.add(Arrays.asList("row " + row, row, null, true));
    }
    Service.ResultSetResponse list =
        new Service.ResultSetResponse(
            "connection",
            7,
            true,
            MetadataColumns.COLUMNS.signature(),
            new Meta.Frame(0, true, rows),
            -1,
            null);
    Service.ResultSetResponse read =
        (Service.ResultSetResponse)
            translation.parseResponse(new ListEncoder(translation).encode(list));
    assertThat(read).isEqualTo(translation.parseResponse(translation.serializeResponse(list)));
    assertThat(read.firstFrame.rows).hasSize(size);
    assertThat(read.firstFrame.done).isTrue();
  }
}
