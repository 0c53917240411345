package io.sluice.gateway.hive;

import org.apache.thrift.TConfiguration;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TList;
import org.apache.thrift.protocol.TMap;
import org.apache.thrift.protocol.TSet;
import org.apache.thrift.protocol.TStruct;
import org.apache.thrift.protocol.TType;
import org.apache.thrift.transport.TMemoryInputTransport;
import org.apache.thrift.transport.TTransportException;

/**
 * Thrift's binary protocol for the requests of TCLIService, whose lists, sets and maps hold texts
 * alone. Thrift's generated code reads texts whatever the message declares, so that a message which
 * declares anything else would be read otherwise than {@link MessageScanner} has checked it, and
 * what it passes over may nest without end.
 */
final class RequestProtocol extends TBinaryProtocol {

  private int depth;

  /**
   * @param longest bytes of a message
   */
  RequestProtocol(byte[] message, int longest) throws TTransportException {
    super(
        new TMemoryInputTransport(
            TConfiguration.custom().setMaxMessageSize(longest).build(), message),
        longest,
        longest);
  }

  @Override
  public TStruct readStructBegin() throws TException {
    if (depth == MessageScanner.DEEPEST) {
      throw MessageScanner.tooDeep();
    }
    depth++;
    return super.readStructBegin();
  }

  @Override
  public void readStructEnd() throws TException {
    depth--;
    super.readStructEnd();
  }

  @Override
  public TList readListBegin() throws TException {
    TList list = super.readListBegin();
    requireText(list.elemType);
    return list;
  }

  @Override
  public TSet readSetBegin() throws TException {
    TSet set = super.readSetBegin();
    requireText(set.elemType);
    return set;
  }

  @Override
  public TMap readMapBegin() throws TException {
    TMap map = super.readMapBegin();
    requireText(map.keyType);
    requireText(map.valueType);
    return map;
  }

  private static void requireText(byte type) {
    if (type != TType.STRING) {
      throw MessageScanner.malformed(
          "it has a list, set or map of values of the type " + type + ", not of texts");
    }
  }
}
