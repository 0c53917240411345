package io.sluice.gateway.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.apache.spark.connect.proto.Expression.Literal;
import org.junit.jupiter.api.Test;

class RequestReaderTest {

  @Test
  void whatIsNotSaidHasDatabricksDefaults() {
    StatementRequest request = read("{'statement':'select 1'}");
    assertThat(request.statement()).isEqualTo("select 1");
    assertThat(request.catalog()).isEmpty();
    assertThat(request.externalLinks()).isFalse();
    assertThat(request.format()).isEqualTo(ResultFormat.JSON_ARRAY);
    assertThat(request.waitTimeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(request.cancelAfterWait()).isFalse();
    assertThat(request.limits())
        .isEqualTo(new ResultLimits(Long.MAX_VALUE, Long.MAX_VALUE, 25L << 20));
  }

  @Test
  void everyFieldIsRead() {
    StatementRequest request =
        read(
            "{'statement':'x','catalog':'c','schema':'s','row_limit':5,'byte_limit':6,"
                + "'disposition':'EXTERNAL_LINKS','format':'CSV','wait_timeout':'0s',"
                + "'on_wait_timeout':'CANCEL','idempotency_key':'k','warehouse_id':'w'}");
    assertThat(request.catalog()).contains("c");
    assertThat(request.schema()).contains("s");
    assertThat(request.limits()).isEqualTo(new ResultLimits(5, 6, Long.MAX_VALUE));
    assertThat(request.externalLinks()).isTrue();
    assertThat(request.format()).isEqualTo(ResultFormat.CSV);
    assertThat(request.waitTimeout()).isZero();
    assertThat(request.cancelAfterWait()).isTrue();
    assertThat(request.idempotencyKey()).contains("k");
  }

  @Test
  void theClusterOfAHeaderIsPartOfTheRequest() {
    StatementRequest none = read("{'statement':'x'}");
    StatementRequest header = read("{'statement':'x'}", Optional.of("bi"));
    assertThat(header.cluster()).contains("bi");
    assertThat(header.fingerprint())
        .isEqualTo(read("{'statement':'x','cluster':'bi'}").fingerprint())
        .isNotEqualTo(none.fingerprint());
    assertThat(read("{'statement':'x','cluster':'bi'}", Optional.of("loads")).cluster())
        .contains("bi");
  }

  @Test
  void tagsAreTextsOfTheSession() {
    StatementRequest tagged =
        read(
            "{'statement':'x','query_tags':[{'key':'team','value':'bi'},{'key':'some key only tag'},"
                + "{'key':'job:1','value':null},{'key':'a','value':' '},"
                + "{'key':' b','value':' c=d, é '}]}");
    assertThat(tagged.tags())
        .containsExactly("team=bi", "some key only tag", "job:1", "a", "b=c=d, é");
    assertThat(read("{'statement':'x','query_tags':null}").tags()).isEmpty();
    assertThat(read("{'statement':'x','query_tags':[]}").tags()).isEmpty();
    assertThat(tagged.fingerprint()).isNotEqualTo(read("{'statement':'x'}").fingerprint());
    assertThat(tag("'key':'" + "k".repeat(128) + "'").tags()).hasSize(1);
  }

  @Test
  void aTagThatIsNoLineIsRefused() {
    assertRefused("{'statement':'x','query_tags':{}}", "an array of at most 20");
    assertRefused("{'statement':'x','query_tags':['a']}", "an object with a key and a value");
    String many = "{'key':'k'},".repeat(21);
    assertRefused(
        "{'statement':'x','query_tags':[" + many.substring(0, many.length() - 1) + "]}",
        "an array of at most 20");
    for (String wrong :
        List.of(
            "'value':'bi'",
            "'key':''",
            "'key':null",
            "'key':' '",
            "'key':'a=b'",
            "'key':'a\\nb'",
            "'key':'a\\u202eb'",
            "'key':'" + "k".repeat(129) + "'")) {
      assertThatThrownBy(() -> tag(wrong)).as(wrong).hasMessageContaining("1 to 128 characters");
    }
    for (String wrong : List.of("b\\nc", "b\\u2028c", "v".repeat(129))) {
      assertThatThrownBy(() -> tag("'key':'a','value':'" + wrong + "'"))
          .as(wrong)
          .hasMessageContaining("value of the query tag 'a' is no line of at most 128 characters");
    }
    assertThatThrownBy(() -> tag("'key':1")).hasMessageContaining("key is a string");
    assertThatThrownBy(() -> tag("'key':'a','values':'b'")).hasMessageContaining("no 'values'");
    assertThatThrownBy(() -> tag("'key':'a'},{'key':'a','value':'b'"))
        .hasMessageContaining("'a' is there twice");
  }

  private static StatementRequest tag(String fields) {
    return read("{'statement':'x','query_tags':[{" + fields + "}]}");
  }

  @Test
  void everythingElseIsRefusedInOneSentence() {
    assertRefused("{'statement':' '}", "'statement'");
    assertRefused("{'statement':1}", "is a string");
    assertRefused("{'statement':'x','catalog':[]}", "'catalog' is a string");
    assertRefused("{'statement':'x','row_limit':1.5}", "'row_limit'");
    assertRefused("{'statement':'x','row_limit':'1'}", "'row_limit'");
    assertRefused("{'statement':'x','byte_limit':99999999999999999999}", "'byte_limit'");
    assertRefused("{'statement':'x','format':'XML'}", "not 'XML'");
    assertRefused("{'statement':'x','format':'ARROW_STREAM'}", "EXTERNAL_LINKS");
    for (String wait : new String[] {"4s", "51s", "-5s", "10", "10m", "s", "9999s"}) {
      assertRefused("{'statement':'x','wait_timeout':'" + wait + "'}", "between 5s and 50s");
    }
    assertRefused("{'statement':'x','idempotency_key':''}", "idempotency_key");
    assertRefused(
        "{'statement':'x','idempotency_key':'" + "k".repeat(129) + "'}", "idempotency_key");
    assertRefused("{'statement':'x','parameters':{}}", "an array");
    assertRefused("{'statement':'x','parameters':[1]}", "an object");
    assertRefused("{'statement':'x','parameters':[{'nam':'a'}]}", "no 'nam'");
    assertRefused(
        "{'statement':'x','parameters':[{'name':'a'},{'value':'1'}]}", "Either all parameters");
    assertRefused("{'statement':'x','parameters':[{'name':'a'},{'name':'a'}]}", "twice");
    assertRefused("{'statement':'x','parameters':[{'value':[1]}]}", "not served");
    assertRefused("{'statement':'x','parameters':[{'type':'MAP<INT,INT>'}]}", "no parameter type");
    assertRefused("{'statement':'x','parameters':[{'type':'DECIMAL(39,0)'}]}", "parameter type");
  }

  @Test
  void valuesAreReadAsACastReadsThem() {
    assertThat(value("12", "INT").getInteger()).isEqualTo(12);
    assertThat(value("12", "long").getLong()).isEqualTo(12);
    assertThat(value(" 7 ", "TINYINT").getByte()).isEqualTo(7);
    assertThat(value("1.5e1", "DOUBLE").getDouble()).isEqualTo(15);
    assertThat(value("NaN", "FLOAT").getFloat()).isNaN();
    assertThat(value("12.345", "DECIMAL(5,2)").getDecimal().getValue()).isEqualTo("12.35");
    assertThat(value("yes", "BOOLEAN").getBoolean()).isTrue();
    assertThat(value(" a ", "STRING").getString()).isEqualTo(" a ");
    assertThat(value("ab", "VARCHAR(3)").getString()).isEqualTo("ab");
    assertThat(value("2020-02-29", "DATE").getDate())
        .isEqualTo((int) LocalDate.of(2020, 2, 29).toEpochDay());
    assertThat(value("1970-01-01 00:00:01.5", "TIMESTAMP").getTimestamp()).isEqualTo(1_500_000);
    assertThat(value("1970-01-01T01:00:00+01:00", "TIMESTAMP").getTimestamp()).isZero();
    assertThat(value("1969-12-31", "TIMESTAMP_NTZ").getTimestampNtz()).isEqualTo(-86_400_000_000L);
    assertThat(value("é", "BINARY").getBinary().size()).isEqualTo(2);
  }

  @Test
  void aTextThatIsNoValueIsRefusedWithoutBeingRepeated() {
    for (String[] wrong :
        new String[][] {
          {"secret", "INT"},
          {"128", "TINYINT"},
          {"2147483648", "INT"},
          {"0x10", "DOUBLE"},
          {"1d", "DOUBLE"},
          {"1234.5", "DECIMAL(5,2)"},
          {"1e999999999", "DECIMAL(5,2)"},
          {"1e-999999999", "DECIMAL(5,2)"},
          {"2021-02-29", "DATE"},
          {"yesterday", "TIMESTAMP"},
          {"maybe", "BOOLEAN"},
          {"x", "VOID"}
        }) {
      assertThatThrownBy(() -> value(wrong[0], wrong[1]))
          .as(wrong[0])
          .isInstanceOfSatisfying(
              SluiceException.class,
              refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_PARAMETER))
          .hasMessageNotContaining("secret");
    }
  }

  @Test
  void theSameRequestHasTheSameFingerprintWhateverItWaits() {
    String one = "{'statement':'x','parameters':[{'name':'a','value':'1'},{'name':'b'}]";
    String print = read(one + "}").fingerprint();
    assertThat(read(one + ",'wait_timeout':'0s'}").fingerprint()).isEqualTo(print);
    assertThat(read(one + ",'row_limit':1}").fingerprint()).isNotEqualTo(print);
    assertThat(read(one + ",'schema':'s'}").fingerprint()).isNotEqualTo(print);
    assertThat(read(one.replace("'1'", "'2'") + "}").fingerprint()).isNotEqualTo(print);
    assertThat(read(one.replace("'x'", "'y'") + "}").fingerprint()).isNotEqualTo(print);
  }

  private static Literal value(String text, String type) {
    return read("{'statement':'x','parameters':[{'value':'" + text + "','type':'" + type + "'}]}")
        .parameters()
        .positional()
        .get(0);
  }

  private static void assertRefused(String body, String text) {
    assertThatThrownBy(() -> read(body))
        .as(body)
        .isInstanceOfSatisfying(
            SluiceException.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_PARAMETER))
        .hasMessageContaining(text);
  }

  private static StatementRequest read(String quoted) {
    return read(quoted, Optional.empty());
  }

  private static StatementRequest read(String quoted, Optional<String> cluster) {
    return RequestReader.statement(
        quoted.replace('\'', '"').getBytes(StandardCharsets.UTF_8), cluster);
  }
}
