package io.sluice.gateway.hive;

import java.util.List;
import org.apache.hive.service.rpc.thrift.TRowSet;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TProtocol;

/** A TRowSet that was written already, while its rows could be read. */
final class EncodedRowSet extends TRowSet {

  private static final long serialVersionUID = 1L;

  private final transient ReplyBuffer encoded;

  EncodedRowSet(ReplyBuffer encoded) {
    super(0, List.of());
    this.encoded = encoded;
  }

  @Override
  public void write(TProtocol protocol) throws TException {
    ((ReplyBuffer) protocol.getTransport()).append(encoded);
  }
}
