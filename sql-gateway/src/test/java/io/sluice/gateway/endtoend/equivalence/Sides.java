package io.sluice.gateway.endtoend.equivalence;

import io.sluice.gateway.endtoend.Answer;
import io.sluice.gateway.endtoend.ArrowSession;
import io.sluice.gateway.endtoend.DirectSpark;
import io.sluice.gateway.endtoend.GatewayFixture;
import io.sluice.gateway.endtoend.equivalence.Writes.Write;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The two ways to one answer: the gateway, and Spark alone over what the user may see. */
final class Sides implements AutoCloseable {

  static final String DIFFERENCE = "DIFFERENT";

  /** Nothing here is worth a second task. */
  private static final List<String> SETTINGS =
      List.of("set spark.sql.shuffle.partitions=1", "set spark.sql.adaptive.enabled=false");

  /** Compiling takes longer than running what is this small; interpreting is another way, too. */
  private static final Map<String, String> INTERPRETED =
      Map.of(
          "spark.sql.codegen.wholeStage", "false",
          "spark.sql.codegen.factoryMode", "NO_CODEGEN");

  private final World world;
  private final DirectSpark administrator;
  private final Map<String, ArrowSession> gateways = new HashMap<>();
  private final Map<String, DirectSpark> sparks = new HashMap<>();

  Sides(GatewayFixture gateway, World world, DirectSpark administrator) {
    this.world = world;
    this.administrator = administrator;
    for (String user : World.USERS) {
      ArrowSession through = ArrowSession.open(gateway, user);
      gateways.put(user, through);
      DirectSpark direct = DirectSpark.open(gateway.sparkEndpoint());
      sparks.put(user, direct);
      for (String setting : SETTINGS) {
        mustWork(through.run(setting));
        direct.run(setting);
      }
      interpret(direct);
      mustWork(through.run("use lake." + world.schema()));
      direct.run("use lake." + world.copies(user));
    }
  }

  private static void interpret(DirectSpark direct) {
    INTERPRETED.forEach((name, value) -> direct.run("set " + name + "=" + value));
  }

  private static void mustWork(Answer answer) {
    if (answer.failed()) {
      throw new IllegalStateException(answer.message());
    }
  }

  /** Returns what became of a case: a few words, or a difference with all that it is. */
  String run(Case each) {
    String text = each.text().replace("{S}", world.schema()).replace("{W}", world.written(true));
    ArrowSession gateway = gateways.get(each.user());
    if (!each.touched().isEmpty()) {
      return refusal(each, gateway.run(text));
    }
    String plain =
        each.text().replace("{S}", world.copies(each.user())).replace("{W}", world.written(false));
    DirectSpark spark = sparks.get(each.user());
    CompletableFuture<Answer> direct = CompletableFuture.supplyAsync(() -> spark.answer(plain));
    Answer actual = gateway.run(text);
    Answer expected = direct.join();
    if (actual.failed() && !expected.failed() && each.write().isEmpty()) {
      expected = compiled(spark, plain);
    }
    if (actual.error().equals("CANNOT_AUTHORIZE")) {
      return "not followed, and refused as such";
    }
    if (!actual.equalTo(expected)) {
      return difference(text, plain, actual, expected);
    }
    if (actual.failed()) {
      return "failed alike, " + actual.errorClass();
    }
    return each.write().isEmpty() ? "same" : written(each.write().get(), text, plain);
  }

  /** Returns what Spark answers as the gateway's does: some code that it generates fails. */
  private static Answer compiled(DirectSpark spark, String query) {
    INTERPRETED.keySet().forEach(name -> spark.run("reset " + name));
    Answer answer = spark.answer(query);
    interpret(spark);
    return answer;
  }

  private String refusal(Case each, Answer answer) {
    boolean denied =
        answer.error().equals("PERMISSION_DENIED")
            && each.touched().stream()
                .anyMatch(
                    object ->
                        answer
                            .message()
                            .contains(
                                "Permission denied: user [%s] does not have [select] privilege on [%s/%s]"
                                    .formatted(each.user(), world.schema(), object)));
    boolean unclear =
        answer.error().equals("CANNOT_AUTHORIZE") || answer.error().equals("AMBIGUOUS_REFERENCE");
    return denied
        ? "refused as denied"
        : unclear
            ? "refused as unclear"
            : difference(each.text(), "", answer, Answer.expected("PERMISSION_DENIED"));
  }

  private String written(Write write, String text, String plain) {
    String rows = "select * from lake.%s." + write.table();
    Answer actual = administrator.answer(rows.formatted(world.written(true)));
    Answer expected = administrator.answer(rows.formatted(world.written(false)));
    if (write.temporary()) {
      for (boolean throughGateway : new boolean[] {true, false}) {
        administrator.run("drop table lake." + world.written(throughGateway) + "." + write.table());
      }
    }
    return actual.equalTo(expected) ? "same" : difference(text, plain, actual, expected);
  }

  private static String difference(String text, String plain, Answer actual, Answer expected) {
    return "%s%n  through Sluice: %s%n  directly:       %s%n  through Sluice: %s%n  directly:       %s"
        .formatted(DIFFERENCE, text, plain, actual, expected);
  }

  @Override
  public void close() {
    gateways.values().forEach(ArrowSession::close);
    sparks.values().forEach(DirectSpark::close);
  }
}
