package io.sluice.gateway.hive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.model.SluiceException;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.apache.hive.service.rpc.thrift.TCLIService;
import org.apache.hive.service.rpc.thrift.TOpenSessionReq;
import org.apache.hive.service.rpc.thrift.TProtocolVersion;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TMessageType;
import org.junit.jupiter.api.Test;

class MessageScannerTest {

  private static final int LONGEST = 1 << 16;

  @Test
  void aMessageEndsWhereItEndsHoweverItComes() {
    ByteBuf message = openSession(Map.of("use:database", "tpch", "a", "b"));
    ByteBuf come = Unpooled.buffer();
    MessageScanner scanner = new MessageScanner(LONGEST);
    for (int index = 0; index < message.readableBytes(); index++) {
      assertThat(scanner.scan(come)).as("after %d bytes", index).isFalse();
      come.writeByte(message.getByte(index));
    }
    come.writeBytes(openSession(Map.of()));
    assertThat(scanner.scan(come)).isTrue();
    assertThat(scanner.length()).isEqualTo(message.readableBytes());
  }

  @Test
  void nestingIsBounded() {
    ByteBuf message = begin();
    for (int level = 0; level < 10_000; level++) {
      message.writeByte(12).writeShort(1);
    }
    assertRefused(message, "nests deeper than 32 levels");
  }

  @Test
  void sizesAreBoundedBeforeAnythingIsKept() {
    assertRefused(begin().writeByte(11).writeShort(1).writeInt(1 << 30), "64 KiB");
    assertRefused(begin().writeByte(11).writeShort(1).writeInt(-1), "length below zero");
    assertRefused(
        begin().writeByte(15).writeShort(1).writeByte(3).writeInt(Integer.MAX_VALUE), "more than");
    assertRefused(
        begin().writeByte(13).writeShort(1).writeByte(3).writeByte(3).writeInt(1 << 30),
        "more than");
    assertRefused(begin().writeByte(99).writeShort(1), "unknown type 99");
  }

  @Test
  void whatIsNoCallIsRefused() {
    assertRefused(Unpooled.copiedBuffer(new byte[] {'G', 'E', 'T', ' '}), "not a call");
    assertRefused(Unpooled.buffer().writeInt(0x80010002), "not a call");
  }

  /** Nothing but a refusal comes of any bytes, and the end is never beyond them. */
  @Property
  void anyBytesAreReadOrRefused(@ForAll @Size(max = 300) byte[] bytes) {
    ByteBuf message = begin().writeBytes(bytes);
    MessageScanner scanner = new MessageScanner(LONGEST);
    try {
      if (scanner.scan(message)) {
        assertThat(scanner.length()).isLessThanOrEqualTo(message.readableBytes());
      }
    } catch (SluiceException refusal) {
      assertThat(refusal).hasMessageContaining("client's message");
    }
  }

  private static void assertRefused(ByteBuf message, String why) {
    assertThatThrownBy(() -> new MessageScanner(LONGEST).scan(message))
        .isInstanceOf(SluiceException.class)
        .hasMessageContaining(why);
  }

  /** A call, up to its arguments. */
  private static ByteBuf begin() {
    return Unpooled.buffer().writeInt(0x80010001).writeInt(1).writeByte('x').writeInt(7);
  }

  static ByteBuf openSession(Map<String, String> configuration) {
    TOpenSessionReq request = new TOpenSessionReq(TProtocolVersion.HIVE_CLI_SERVICE_PROTOCOL_V8);
    request.setConfiguration(configuration);
    request.setUsername("admin");
    request.setPassword("admin");
    ReplyBuffer out = new ReplyBuffer();
    TBinaryProtocol protocol = new TBinaryProtocol(out);
    try {
      protocol.writeMessageBegin(new TMessage("OpenSession", TMessageType.CALL, 3));
      new TCLIService.OpenSession_args(request).write(protocol);
    } catch (TException e) {
      throw new IllegalStateException(e);
    }
    return out.toByteBuf();
  }
}
