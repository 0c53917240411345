package io.sluice.gateway.hive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TProtocolUtil;
import org.apache.thrift.protocol.TType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a message is not read, though Thrift's own protocol would. */
class RequestProtocolTest {

  private static final byte[] NO_TEXTS = {TType.STRING, 0, 0, 0, 0};

  private static RequestProtocol protocol(byte[] message) throws TException {
    return new RequestProtocol(message, 1 << 20);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 32})
  void structsNestAsDeepAsAMessageMay(int levels) throws TException {
    TProtocolUtil.skip(protocol(nested(levels)), TType.STRUCT);
  }

  @Test
  void noDeeper() throws TException {
    RequestProtocol protocol = protocol(nested(33));
    assertThatThrownBy(() -> TProtocolUtil.skip(protocol, TType.STRUCT))
        .isInstanceOfSatisfying(
            SluiceException.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.PROTOCOL_VIOLATION))
        .hasMessageContaining("deeper than 32 levels");
  }

  /** Returns structs within structs, each the first field of the one around it. */
  private static byte[] nested(int levels) {
    byte[] message = new byte[3 * (levels - 1) + levels];
    for (int level = 0; level < levels - 1; level++) {
      message[3 * level] = TType.STRUCT;
      message[3 * level + 2] = 1;
    }
    return message;
  }

  @Test
  void textsAreRead() throws TException {
    assertThat(protocol(NO_TEXTS).readListBegin().size).isZero();
    assertThat(protocol(NO_TEXTS).readSetBegin().size).isZero();
    byte[] map = {TType.STRING, TType.STRING, 0, 0, 0, 0};
    assertThat(protocol(map).readMapBegin().size).isZero();
  }

  @ParameterizedTest
  @ValueSource(bytes = {TType.BOOL, TType.BYTE, TType.I64, TType.STRUCT, TType.LIST})
  void nothingElseIs(byte type) throws TException {
    RequestProtocol list = protocol(new byte[] {type, 0, 0, 0, 0});
    RequestProtocol set = protocol(new byte[] {type, 0, 0, 0, 0});
    RequestProtocol keys = protocol(new byte[] {type, TType.STRING, 0, 0, 0, 0});
    RequestProtocol values = protocol(new byte[] {TType.STRING, type, 0, 0, 0, 0});
    assertThatThrownBy(list::readListBegin).hasMessageContaining("not of texts");
    assertThatThrownBy(set::readSetBegin).hasMessageContaining("not of texts");
    assertThatThrownBy(keys::readMapBegin).hasMessageContaining("not of texts");
    assertThatThrownBy(values::readMapBegin).hasMessageContaining("not of texts");
  }
}
