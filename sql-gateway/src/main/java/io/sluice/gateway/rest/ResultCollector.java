package io.sluice.gateway.rest;

import com.google.common.util.concurrent.MoreExecutors;
import io.sluice.gateway.arrow.ArrowEncoder;
import io.sluice.gateway.rest.spool.SpoolFile;
import io.sluice.gateway.rest.spool.SpoolFile.Part;
import io.sluice.gateway.statement.Statement;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.spark.ResultMessage;
import io.sluice.spark.ResultMessage.BatchMessage;
import io.sluice.spark.ResultMessage.SchemaMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Brings one statement's result into the spool. A message is asked for only when the one before is
 * on disk, so that the gateway holds one at a time however fast Spark is. All that is done with
 * messages is done in order on an executor that may block.
 */
final class ResultCollector implements Flow.Subscriber<ResultMessage> {

  /** A chunk ends with the batch that makes it at least so long. */
  static final long CHUNK_BYTES = 4L << 20;

  private final Statement statement;
  private final String text;
  private final ResultFormat format;
  private final ResultLimits limits;
  private final SpoolFile file;
  private final BufferAllocator allocator;
  private final Executor ordered;
  private final CompletableFuture<StoredResult> result = new CompletableFuture<>();

  private Flow.@Nullable Subscription subscription;

  // Used in order on the executor alone.
  private final List<Chunk> chunks = new ArrayList<>();
  private Schema schema = new Schema(List.of());
  private @Nullable ChunkEncoder encoder;
  private @Nullable Part keptText;
  private boolean open;
  private long rows;
  private long bytes;
  private long chunkRows;
  private boolean truncated;
  private boolean ended;

  ResultCollector(
      Statement statement,
      String text,
      ResultFormat format,
      ResultLimits limits,
      SpoolFile file,
      BufferAllocator allocator,
      Executor blocking) {
    this.statement = statement;
    this.text = text;
    this.format = format;
    this.limits = limits;
    this.file = file;
    this.allocator = allocator;
    this.ordered = MoreExecutors.newSequentialExecutor(blocking);
  }

  /** Starts; fails as the statement does, or with a {@link SluiceException} of its own. */
  CompletableFuture<StoredResult> collect() {
    statement.result().subscribe(this);
    return result;
  }

  @Override
  public void onSubscribe(Flow.Subscription next) {
    subscription = next;
    next.request(1);
  }

  @Override
  public void onNext(ResultMessage message) {
    inOrder(() -> take(message));
  }

  @Override
  public void onError(Throwable failure) {
    inOrder(() -> end(failure));
  }

  @Override
  public void onComplete() {
    inOrder(() -> end(null));
  }

  private void inOrder(Runnable step) {
    try {
      ordered.execute(
          () -> {
            try {
              step.run();
            } catch (RuntimeException failure) {
              end(failure);
              cancel();
            }
          });
    } catch (RejectedExecutionException overloaded) {
      result.completeExceptionally(overloaded);
      cancel();
    }
  }

  private void take(ResultMessage message) {
    if (ended) {
      return;
    }
    if (message instanceof SchemaMessage header) {
      if (encoder == null) {
        schema = ArrowEncoder.read(header);
        encoder = format.encoder(header, allocator, file::write);
        begin();
      }
    } else if (message instanceof BatchMessage batch && batch.rows() > 0 && !truncated) {
      store(batch);
    }
    Flow.Subscription upstream = subscription;
    if (truncated && !statement.isCommand()) {
      // The rest is not wanted; what has been carried out is let come to its end.
      end(null);
      cancel();
    } else if (upstream != null) {
      upstream.request(1);
    }
  }

  private void store(BatchMessage batch) {
    ChunkEncoder out = encoder;
    if (out == null) {
      throw new IllegalStateException("a batch came before the schema");
    }
    if (open && file.partBytes() >= CHUNK_BYTES) {
      endChunk(out);
    }
    if (!open) {
      begin();
    }
    ChunkEncoder.Written written = out.write(batch, limits.rows() - rows, limits.bytes() - bytes);
    rows += written.rows();
    chunkRows += written.rows();
    bytes += written.bytes();
    truncated = written.rows() < batch.rows();
    if (bytes > limits.inlineBytes()) {
      throw new SluiceException(
          ErrorCode.RESULT_TOO_LARGE,
          "The result is longer than 25 MiB, the most that disposition INLINE gives, and was ended"
              + " there. Ask for disposition EXTERNAL_LINKS, or for less.");
    }
  }

  private void begin() {
    if (encoder != null) {
      encoder.begin(chunks.isEmpty());
      open = true;
      chunkRows = 0;
    }
  }

  private void endChunk(ChunkEncoder out) {
    out.end();
    chunks.add(new Chunk(chunks.size(), rows - chunkRows, chunkRows, file.endPart()));
    open = false;
  }

  private void end(@Nullable Throwable failure) {
    if (ended) {
      return;
    }
    ended = true;
    ChunkEncoder out = encoder;
    try {
      if (failure == null && out != null && open) {
        endChunk(out);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        file.write(bytes, 0, bytes.length);
        keptText = file.endPart();
      }
      file.finish();
    } catch (RuntimeException late) {
      result.completeExceptionally(late);
    } finally {
      if (out != null) {
        out.close();
      }
    }
    if (failure == null) {
      result.complete(new StoredResult(schema, chunks, truncated, Optional.ofNullable(keptText)));
    } else {
      result.completeExceptionally(failure);
    }
  }

  private void cancel() {
    Flow.Subscription upstream = subscription;
    if (upstream != null) {
      upstream.cancel();
    }
  }
}
