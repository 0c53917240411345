package io.sluice.gateway.avatica;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.avatica.Meta;
import org.apache.calcite.avatica.proto.Common.WireMessage;
import org.apache.calcite.avatica.proto.Responses;
import org.apache.calcite.avatica.remote.ProtobufTranslation;
import org.apache.calcite.avatica.remote.Service;

/**
 * Encodes lists in protobuf. Avatica makes messages of every cell, which take some times the memory
 * of their bytes; here only those of a few rows are there at a time. They are put together as
 * protobuf allows: where the frame comes again, its rows are added to those before.
 */
final class ListEncoder {

  private static final int ROWS_AT_A_TIME = 1000;

  private final ProtobufTranslation translation;

  ListEncoder(ProtobufTranslation translation) {
    this.translation = translation;
  }

  byte[] encode(Service.ResultSetResponse list) throws IOException {
    if (list.firstFrame == null) {
      return translation.serializeResponse(list);
    }
    WireMessage head =
        WireMessage.parseFrom(
            translation.serializeResponse(
                new Service.ResultSetResponse(
                    list.connectionId,
                    list.statementId,
                    list.ownStatement,
                    list.signature,
                    frame(list.firstFrame, List.of()),
                    list.updateCount,
                    list.rpcMetadata)));
    ByteString body = head.getWrappedMessage();
    List<Object> rows = new ArrayList<>();
    for (Object row : list.firstFrame.rows) {
      rows.add(row);
      if (rows.size() == ROWS_AT_A_TIME) {
        body = body.concat(encode(frame(list.firstFrame, rows)));
        rows.clear();
      }
    }
    body = body.concat(encode(frame(list.firstFrame, rows)));
    return head.toBuilder().setWrappedMessage(body).build().toByteArray();
  }

  private static Meta.Frame frame(Meta.Frame whole, List<Object> rows) {
    return new Meta.Frame(whole.offset, whole.done, rows);
  }

  private static ByteString encode(Meta.Frame frame) {
    return Responses.ResultSetResponse.newBuilder()
        .setFirstFrame(frame.toProto())
        .build()
        .toByteString();
  }
}
