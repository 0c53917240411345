package io.sluice.spark;

import com.google.protobuf.ByteString;

/** One Arrow IPC message of a result, still encoded. */
public sealed interface ResultMessage {

  /**
   * The schema; the first message of every result that has rows, sent once.
   *
   * @param header the Message flatbuffer, without IPC's continuation and length
   */
  record SchemaMessage(ByteString header) implements ResultMessage {}

  /**
   * One record batch.
   *
   * @param header the Message flatbuffer, without IPC's continuation and length
   * @param body the buffers, as Spark encoded them
   * @param rows how many rows are in it
   */
  record BatchMessage(ByteString header, ByteString body, long rows) implements ResultMessage {}
}
