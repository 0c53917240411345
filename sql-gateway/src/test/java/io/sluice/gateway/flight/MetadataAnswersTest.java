package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.arrow.RowEncoder;
import io.sluice.gateway.statement.AnswerRows;
import io.sluice.gateway.statement.GatewayAnswers;
import io.sluice.gateway.statement.LargeSchema;
import io.sluice.gateway.statement.OneSchema;
import io.sluice.model.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;

class MetadataAnswersTest {

  private static final Principal ANN = new Principal("ann", Set.of());

  /** As the JDBC driver asks for columns. */
  @Test
  void theColumnsOfFiveThousandTablesAreListed() {
    GatewayAnswers answers =
        new GatewayAnswers(Duration.ofMinutes(5), Runnable::run, () -> Instant.EPOCH);
    try (BufferAllocator allocator = new RootAllocator();
        AnswerRows rows = answers.enter(ANN)) {
      new MetadataAnswers(
              OneSchema.of(LargeSchema.tables(), LargeSchema::columns),
              new RowEncoder(allocator),
              new SqlInfoEncoder(allocator, new TreeMap<>()))
          .tables(
              ANN,
              new MetadataRequest.Tables(
                  Optional.empty(), Optional.empty(), Optional.empty(), Set.of(), true),
              rows);
      assertThat(rows.all()).hasSize(LargeSchema.TABLES);
      assertThat(answers.heldBytes()).isBetween(30L << 20, 45L << 20);
    }
    assertThat(answers.heldBytes()).isZero();
  }
}
