package io.sluice.gateway.hive;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;

/** The bytes of Thrift's TSaslTransport, written and read without Thrift. */
final class SaslFrames {

  private static final int START = 1;
  private static final int COMPLETE = 5;

  private SaslFrames() {}

  /** Logs in as {@code admin}. */
  static void login(Socket socket) throws IOException {
    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
    step(out, START, "PLAIN");
    step(out, COMPLETE, "\0admin\0admin");
    DataInputStream in = new DataInputStream(socket.getInputStream());
    int status = in.readByte();
    int length = in.readInt();
    if (status != COMPLETE || length != 0) {
      throw new IOException("the login ended with " + status + " and " + length + " bytes");
    }
  }

  static void step(DataOutputStream out, int status, String content) throws IOException {
    out.writeByte(status);
    out.writeInt(content.length());
    out.writeBytes(content);
    out.flush();
  }

  static void write(Socket socket, byte[] content) throws IOException {
    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
    byte[] frame = new byte[4 + content.length];
    ByteBuffer.wrap(frame).putInt(content.length).put(content);
    out.write(frame);
    out.flush();
  }

  /** Reads one frame; fails with {@link EOFException} where the server has hung up. */
  static byte[] read(Socket socket) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    byte[] content = new byte[in.readInt()];
    in.readFully(content);
    if (content.length == 0) {
      throw new EOFException();
    }
    return content;
  }
}
