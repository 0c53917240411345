package io.sluice.gateway.rest;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.util.TimeoutMode;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.sluice.gateway.rest.spool.SpoolFile;
import io.sluice.model.SluiceException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Sends chunks from the spool block by block, at the pace of each client. */
final class ChunkSender {

  private static final Duration LONGEST_DOWNLOAD = Duration.ofMinutes(10);

  private final Executor blocking;
  private final Slots slots;

  ChunkSender(Executor blocking, int most, int mostOfOneUser) {
    this.blocking = blocking;
    this.slots =
        new Slots(most, mostOfOneUser, "Too many results are being sent. Try again in a moment.");
  }

  /**
   * Answers with a chunk between two texts; reads the first block, so it may block.
   *
   * @param user whose result it is, whoever fetches it
   * @throws SluiceException {@code QUEUE_FULL} if too many are being sent; as {@link
   *     SpoolFile#read} does
   */
  HttpResponse send(
      ServiceRequestContext context,
      String user,
      String mediaType,
      String before,
      SpoolFile file,
      SpoolFile.Part part,
      String behind) {
    byte[] first = part.blocks() == 0 ? new byte[0] : file.read(part, 0);
    Runnable leave = slots.enter(user);
    context.setRequestTimeout(TimeoutMode.SET_FROM_NOW, LONGEST_DOWNLOAD);
    byte[] head = before.getBytes(StandardCharsets.UTF_8);
    byte[] tail = behind.getBytes(StandardCharsets.UTF_8);
    HttpResponseWriter writer = HttpResponse.streaming();
    writer.whenComplete().whenComplete((done, failure) -> leave.run()).exceptionally(cut -> null);
    writer.write(
        ResponseHeaders.builder(HttpStatus.OK)
            .contentType(MediaType.parse(mediaType))
            .contentLength(head.length + part.bytes() + tail.length)
            .add("cache-control", "no-store")
            .add("x-content-type-options", "nosniff")
            .build());
    write(writer, head);
    write(writer, first);
    proceed(writer, file, part, 1, tail);
    return writer;
  }

  /** Reads and sends the next block once the one before has been taken. */
  private void proceed(
      HttpResponseWriter writer, SpoolFile file, SpoolFile.Part part, int next, byte[] tail) {
    if (next >= part.blocks()) {
      write(writer, tail);
      writer.close();
      return;
    }
    writer
        .whenConsumed()
        .thenRun(
            () -> {
              try {
                blocking.execute(
                    () -> {
                      try {
                        write(writer, file.read(part, next));
                        proceed(writer, file, part, next + 1, tail);
                      } catch (RuntimeException failure) {
                        // What was sent says how long it is, so the client sees that it is cut.
                        writer.close(failure);
                      }
                    });
              } catch (RejectedExecutionException overloaded) {
                writer.close(overloaded);
              }
            });
  }

  private static void write(HttpResponseWriter writer, byte[] bytes) {
    if (bytes.length > 0 && !writer.tryWrite(HttpData.wrap(bytes))) {
      writer.close();
    }
  }
}
