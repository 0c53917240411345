package io.sluice.gateway.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.rest.Completion.Candidate;
import io.sluice.gateway.rest.Completion.Kind;
import io.sluice.gateway.statement.GatewayAnswers;
import io.sluice.model.Principal;
import io.sluice.planner.Namespace;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** In the texts a bar is the cursor. */
class CompletionTest {

  @Test
  void behindFromStandTablesSchemasAndCatalogs() {
    assertThat(texts("ann", "select * from |"))
        .containsExactly("customer", "`odd name`", "default", "tpch", "lake");
    assertThat(texts("ann", "select * from cu|")).containsExactly("customer");
    assertThat(texts("ann", "select * from a, C|")).containsExactly("customer");
    assertThat(texts("ann", "select * from tpch.|")).containsExactly("customer", "`odd name`");
    assertThat(texts("ann", "select * from lake.tpch.c|")).containsExactly("customer");
    assertThat(texts("ann", "select * from lake.t|")).containsExactly("tpch");
    assertThat(texts("ann", "insert into c|")).containsExactly("customer");
  }

  @Test
  void nobodyIsOfferedWhatTheyMayNotRead() {
    assertThat(texts("bob", "select * from |")).doesNotContain("`odd name`");
    assertThat(texts("bob", "select c_| from customer")).containsExactly("c_custkey", "c_name");
    assertThat(texts("bob", "select c_a| from customer")).isEmpty();
    assertThat(texts("ann", "select c_a| from customer")).containsExactly("c_address");
    assertThat(texts("bob", "select x.c_| from `odd name` x")).isEmpty();
  }

  @Test
  void columnsAreThoseOfTheRelationsInScope() {
    assertThat(at("ann", "select c_n| from customer"))
        .containsExactly(new Candidate("c_name", Kind.COLUMN, "string"));
    assertThat(texts("ann", "select c.| from tpch.customer as c"))
        .containsExactly("c_custkey", "c_name", "c_address");
    assertThat(texts("ann", "select customer.c_c| from lake.tpch.customer"))
        .containsExactly("c_custkey");
    assertThat(texts("ann", "select 1 from customer where c_n|")).containsExactly("c_name");
    assertThat(texts("ann", "select 1 from nothing x join customer y on y.c_cu|"))
        .containsExactly("c_custkey");
    assertThat(texts("ann", "select c_n| from customer union select 1")).containsExactly("c_name");
    assertThat(texts("ann", "select c_n| union select 1 from customer")).isEmpty();
    assertThat(texts("ann", "select 1 from customer union select c_n|")).isEmpty();
    assertThat(texts("ann", "select c_n|; select * from customer")).isEmpty();
    assertThat(texts("ann", "select * from customer; select c_n|")).isEmpty();
    assertThat(texts("ann", "select sum(c_c|) from customer")).containsExactly("c_custkey");
    assertThat(texts("ann", "select * from customer o where exists (select o.c_c|"))
        .containsExactly("c_custkey");
    assertThat(texts("ann", "select c_c| from (select 1 from customer)")).isEmpty();
  }

  @Test
  void functionsAndKeywordsFollow() {
    assertThat(at("ann", "select sub| from customer"))
        .contains(new Candidate("substring", Kind.FUNCTION, ""));
    assertThat(at("ann", "sel|")).contains(new Candidate("SELECT", Kind.KEYWORD, ""));
    assertThat(at("ann", "select cu| from customer").get(0))
        .isEqualTo(new Candidate("customer", Kind.RELATION, "customer"));
  }

  @Test
  void nothingIsCompletedInLiteralsAndComments() {
    assertThat(texts("ann", "select 'from |' from customer")).isEmpty();
    assertThat(texts("ann", "select 'from |")).isEmpty();
    assertThat(texts("ann", "select 1 -- from |")).isEmpty();
    assertThat(texts("ann", "select 1 /* from |")).isEmpty();
    assertThat(texts("ann", "select 'it''s' from cus|")).containsExactly("customer");
  }

  @Test
  void whatIsBegunIsReplaced() {
    assertThat(CursorPlace.of("select * from cust", 18).orElseThrow().replaceFrom()).isEqualTo(14);
    assertThat(CursorPlace.of("select * from customer", 16).orElseThrow().prefix()).isEqualTo("cu");
    assertThat(texts("ann", "select * from `od|")).containsExactly("`odd name`");
    assertThat(CursorPlace.of("select * from `od", 17).orElseThrow().replaceFrom()).isEqualTo(14);
  }

  @Test
  void noTextIsTooStrange() {
    Random random = new Random(7);
    String signs = "select from where join `'\"();,.-/*\\ a1\n\u00e9";
    for (int round = 0; round < 5_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(40); length > 0; length--) {
        text.append(signs.charAt(random.nextInt(signs.length())));
        if (random.nextInt(6) == 0) {
          text.append(List.of("from ", "join ", "select ", "as ").get(random.nextInt(4)));
        }
      }
      int cursor = random.nextInt(text.length() + 1);
      CursorPlace.of(text.toString(), cursor)
          .ifPresent(
              place -> {
                assertThat(place.replaceFrom()).isBetween(0, cursor);
                completion("ann").at(place);
              });
    }
  }

  private static List<String> texts(String user, String marked) {
    return at(user, marked).stream().map(Candidate::text).toList();
  }

  private static List<Candidate> at(String user, String marked) {
    int cursor = marked.indexOf('|');
    Optional<CursorPlace> place = CursorPlace.of(marked.replace("|", ""), cursor);
    return place.map(known -> completion(user).at(known)).orElse(List.of());
  }

  private static Completion completion(String user) {
    Principal principal = new Principal(user, Set.of());
    return new Completion(
        new FakeMetadata(),
        principal,
        new Namespace("lake", "tpch"),
        new GatewayAnswers(Duration.ofMinutes(5), Runnable::run, () -> Instant.EPOCH)
            .enter(principal));
  }
}
