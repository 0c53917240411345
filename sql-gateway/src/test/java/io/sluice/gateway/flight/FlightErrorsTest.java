package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.sluice.model.ErrorCode;
import io.sluice.model.Fault;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FlightErrorsTest {

  private static final StatementId STATEMENT = StatementId.random();

  @ParameterizedTest
  @EnumSource
  void everyCodeIsMappedAndItsTextIsSent(ErrorCode code) {
    StatusRuntimeException status =
        FlightErrors.status(new SluiceException(code, "what is wrong"), STATEMENT);
    assertThat(status.getStatus().getCode())
        .isEqualTo(FlightErrors.grpcCode(code))
        .isNotIn(Status.Code.OK, Status.Code.UNKNOWN);
    assertThat(status.getStatus().getDescription())
        .isEqualTo(
            "["
                + code
                + "] what is wrong (SQLSTATE "
                + code.sqlState()
                + ", statement "
                + STATEMENT
                + ")");
  }

  @ParameterizedTest
  @EnumSource
  void onlyRetryableCodesInviteARetry(ErrorCode code) {
    if (FlightErrors.grpcCode(code) == Status.Code.UNAVAILABLE) {
      assertThat(code.isRetryable()).isTrue();
    }
    if (code.fault() == Fault.USER) {
      assertThat(FlightErrors.grpcCode(code)).isNotEqualTo(Status.Code.INTERNAL);
    }
  }

  @Test
  void wrappedRefusalsAreFound() {
    Throwable wrapped =
        new CompletionException(
            new CompletionException(new SluiceException(ErrorCode.QUEUE_FULL, "full")));
    assertThat(FlightErrors.status(wrapped, null).getStatus().getDescription())
        .isEqualTo("[QUEUE_FULL] full (SQLSTATE 53300)");
  }

  @Test
  void aFullExecutorIsAFullQueue() {
    StatusRuntimeException status =
        FlightErrors.status(new RejectedExecutionException("pool@1a2b"), null);
    assertThat(status.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(status.getStatus().getDescription()).doesNotContain("pool@");
  }

  @Test
  void aDefectHasAnIdAndNoDetail() {
    StatusRuntimeException status =
        FlightErrors.status(new IllegalStateException("/secret/path"), STATEMENT);
    assertThat(status.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(status.getStatus().getDescription())
        .startsWith("[INTERNAL_ERROR]")
        .contains(STATEMENT.toString())
        .doesNotContain("secret");
    assertThat(status.getStatus().getCause()).isNull();
    assertThat(FlightErrors.status(new Error("x"), null).getStatus().getDescription())
        .contains("statement ");
  }

  @Test
  void theTextFitsAHeaderWhateverItsCharacters() {
    for (String character : new String[] {"漢", "%", "é", "\n", "😀", "a"}) {
      String text =
          FlightErrors.status(
                  new SluiceException(ErrorCode.PARSE_SYNTAX_ERROR, character.repeat(50_000)),
                  STATEMENT)
              .getStatus()
              .getDescription();
      int encoded = 0;
      for (byte octet : text.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
        encoded += octet >= ' ' && octet < '~' && octet != '%' ? 1 : 3;
      }
      assertThat(encoded).isLessThanOrEqualTo(6 * 1024);
      assertThat(text).endsWith("… (SQLSTATE 42601, statement " + STATEMENT + ")");
    }
  }
}
