package io.sluice.policy.ranger;

import static io.sluice.policy.ranger.PolicyFolder.allow;
import static io.sluice.policy.ranger.PolicyFolder.filter;
import static io.sluice.policy.ranger.PolicyFolder.mask;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sluice.planner.policy.ExpressionCheck.Use;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Expressions are held to their rules when policies load, and the log says which break them. */
class UnusableExpressionTest extends PolicyFolderTest {

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final List<String> checked = new ArrayList<>();

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(PolicyService.class);
  }

  @BeforeEach
  void listen() {
    log.start();
    logger().addAppender(log);
  }

  @AfterEach
  void stop() {
    logger().detachAppender(log);
  }

  private List<String> warnings(String... policies) {
    folder
        .policies(policies)
        .open(
            (use, text) -> {
              checked.add(use + " " + text);
              return text.contains("bad") ? Optional.of("it is bad") : Optional.empty();
            },
            InstantSource.system());
    return log.list.stream()
        .filter(event -> event.getLevel() == Level.WARN)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  @Test
  void eachPolicyIsNamedWithWhatIsWrongAndTheOthersHold() {
    assertThat(
            warnings(
                allow(1, "s.*.*", "ann"),
                filter(
                    2, "s.t", "\"users\":[\"ann\"]", "bad = 1", "\"name\":\"rows of the north\","),
                filter(3, "s.u", "ann", "good = 1"),
                mask(
                    4,
                    "s.t.a",
                    "ann",
                    "\"dataMaskType\":\"CUSTOM\",\"valueExpr\":\"bad({col})\"",
                    ""),
                mask(5, "s.u.a", "ann", "MASK")))
        .containsExactly(
            "lake.json: policy 2 (rows of the north) has a row filter that cannot be applied, so"
                + " what it covers cannot be read: it is bad",
            "lake.json: policy 4 has a mask that cannot be applied, so what it covers cannot be"
                + " read: it is bad");
    assertThat(checked)
        .containsExactly(
            Use.ROW_FILTER + " bad = 1", Use.ROW_FILTER + " good = 1", Use.MASK + " bad({col})");
    assertThat(folder.engine().health().problems()).isEmpty();
    assertThat(folder.decide("ann", "s.u", "a").rowFilter()).isPresent();
    assertThat(folder.decide("ann", "s.t", "a").rowFilter().orElseThrow().expression())
        .as("whoever reads the table has to refuse it")
        .isEqualTo("bad = 1");
  }

  @Test
  void aPolicyThatIsSwitchedOffCoversNothing() {
    assertThat(warnings(filter(2, "s.t", "\"users\":[\"ann\"]", "bad = 1", "\"isEnabled\":false,")))
        .isEmpty();
  }

  @Test
  void computedPartsAreTakenForLiteralsAndOneThatFitsIsEnough() {
    assertThat(warnings(filter(2, "s.t", "ann", "a = '${{USER._name}}' and bad = ${{USER.level}}")))
        .hasSize(1);
    assertThat(checked)
        .containsExactly(
            Use.ROW_FILTER + " a = '1' and bad = 1", Use.ROW_FILTER + " a = 'true' and bad = true");
  }
}
