package io.sluice.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TextPosition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SparkErrorsTest {

  private static SluiceException reported(String errorClass, String sqlState, String text) {
    ErrorInfo.Builder info = ErrorInfo.newBuilder().setDomain("org.apache.spark");
    if (!errorClass.isEmpty()) {
      info.putMetadata("errorClass", errorClass).putMetadata("sqlState", sqlState);
    }
    StatusRuntimeException failure =
        StatusProto.toStatusRuntimeException(
            com.google.rpc.Status.newBuilder()
                .setCode(Status.Code.INTERNAL.value())
                .setMessage(text)
                .addDetails(Any.pack(info.build()))
                .build());
    return SparkErrors.of(failure);
  }

  @Test
  void whatFollowsTheSqlStateIsCutOff() {
    SluiceException failure =
        reported(
            "DIVIDE_BY_ZERO",
            "22012",
            "[DIVIDE_BY_ZERO] Division by zero. SQLSTATE: 22012\n== SQL (line 1) ==\nselect secret");
    assertThat(failure.clientText(null))
        .isEqualTo("[DIVIDE_BY_ZERO] Division by zero. (SQLSTATE 22012)");
  }

  @Test
  void classAndSqlStateAreFoundInTheTextWhenTheDetailsLackThem() {
    SluiceException failure =
        reported("", "", "[CAST_OVERFLOW] Too much. SQLSTATE: 22003; line 1 pos 3;\n'Project");
    assertThat(failure.errorClass()).isEqualTo("CAST_OVERFLOW");
    assertThat(failure.sqlState()).isEqualTo("22003");
    assertThat(failure).hasMessage("Too much.");
  }

  @Test
  void thePlaceInTheTextThatWasSentIsFound() {
    assertThat(reported("", "", "[X] No. SQLSTATE: 42703; line 3 pos 7;\n'Project").position())
        .contains(new TextPosition(3, 7));
    assertThat(
            reported("X", "22012", "[X] No. SQLSTATE: 22012\n== SQL (line 2, position 8) ==\na/b")
                .position())
        .contains(new TextPosition(2, 7));
    assertThat(
            reported("X", "22012", "[X] No.\n== SQL of VIEW v (line 2, position 8) ==").position())
        .as("another text")
        .isEmpty();
    assertThat(reported("X", "22012", "[X] No.").position()).isEmpty();
  }

  @Test
  void whatIsNoClassAndNoStateIsNotTold() {
    SluiceException failure = reported("a secret value", "se-ct", "[X] No. SQLSTATE: 22012");
    assertThat(failure.errorClass()).isEqualTo("X");
    assertThat(failure.sqlState()).isEqualTo("22012");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "java.lang.RuntimeException: broken | broken",
        "File does not exist: /data/lake/t/x.parquet | File does not exist: <path>",
        "open s3a://bucket/key failed | open <path> failed",
        "open part-0-1.c000.parquet failed | open <path> failed",
        "data/b=1/x.metadata.json is damaged | <path> is damaged",
        "open file:/data/x.parquet, again | open <path>, again",
        "a value of 2020/01/02 and 1/0 stays | a value of 2020/01/02 and 1/0 stays",
        "\"boom\n\tat org.apache.X.y(X.java:3)\" | boom",
        "\"boom\n== SQL ==\nselect 1\" | boom",
        "\"boom; line 1 pos 7;\n'Project [*]\" | boom",
      })
  void textsWithoutAClassLoseTracesPlansAndPaths(String text, String message) {
    SluiceException failure = reported("", "", text);
    assertThat(failure).hasMessage(message);
    assertThat(failure.code()).isEqualTo(ErrorCode.EXECUTION_FAILED);
    assertThat(failure.errorClass()).isEqualTo("EXECUTION_FAILED");
  }

  @Test
  void anInterruptIsACancelAndALostSessionALostReplica() {
    assertThat(reported("OPERATION_CANCELED", "HY008", "[OPERATION_CANCELED] x").code())
        .isEqualTo(ErrorCode.OPERATION_CANCELED);
    assertThat(reported("INVALID_HANDLE.SESSION_CLOSED", "HY000", "[INVALID_HANDLE] x").code())
        .isEqualTo(ErrorCode.REPLICA_LOST);
    assertThat(reported("", "", "Job 1 cancelled because SparkContext was shut down").code())
        .isEqualTo(ErrorCode.REPLICA_LOST);
    assertThat(
            reported(
                    "USER_RAISED_EXCEPTION",
                    "P0001",
                    "[USER_RAISED_EXCEPTION] Job 1 cancelled because SparkContext was shut down")
                .code())
        .isEqualTo(ErrorCode.EXECUTION_FAILED);
  }

  @Test
  void aBrokenConnectionIsALostReplica() {
    for (Status status : new Status[] {Status.UNAVAILABLE, Status.CANCELLED, Status.UNKNOWN}) {
      SluiceException failure =
          SparkErrors.of(status.withDescription("127.0.0.1:4711").asRuntimeException());
      assertThat(failure.code()).isEqualTo(ErrorCode.REPLICA_LOST);
      assertThat(failure.getMessage()).doesNotContain("127.0.0.1");
    }
  }

  @Test
  void anEndpointDoesNotPrintItsToken() {
    assertThat(new SparkEndpoint("host", 1, "secret")).hasToString("host:1");
  }
}
