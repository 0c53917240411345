package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Of what clients leave, that goes which has waited for longest. */
class UntakenResultsTest {

  private final UntakenResults untaken = new UntakenResults(100);
  private final List<String> dropped = new ArrayList<>();

  private UntakenResults.Rest add(String user, String name, long bytes) {
    return untaken.add(user, bytes, () -> dropped.add(name));
  }

  @Test
  void aUserHasHalfOfItAndLosesTheOldestOfTheirOwn() {
    add("bob", "of bob", 10);
    add("ann", "first", 20);
    add("ann", "second", 20);
    add("ann", "third", 25);
    assertThat(dropped).containsExactly("first");
    assertThat(untaken.bytes()).isEqualTo(55);
    add("ann", "fourth", 50);
    assertThat(dropped).containsExactly("first", "second", "third");
  }

  @Test
  void whereAllTogetherHaveTooMuchWhoHasMostLosesTheOldest() {
    add("cy", "small", 10);
    add("ann", "first", 20);
    add("bob", "of bob", 40);
    add("ann", "second", 25);
    for (int more = 0; more < 20; more++) {
      add("bob", "of bob", 10);
      add("ann", "of ann", 10);
    }
    assertThat(dropped).startsWith("first").doesNotContain("small");
    assertThat(untaken.bytes()).isBetween(80L, 100L);
  }

  @Test
  void oneThatIsTooLargeStaysAloneOfItsUser() {
    add("ann", "small", 1);
    add("ann", "large", 1_000);
    assertThat(dropped).containsExactly("small");
    add("ann", "next", 1);
    assertThat(dropped).containsExactly("small", "large");
    assertThat(untaken.bytes()).isEqualTo(1);
  }

  @Test
  void whatWasTakenGivesItsPlaceBackOnce() {
    UntakenResults.Rest first = add("ann", "first", 50);
    untaken.remove(first);
    untaken.remove(first);
    assertThat(untaken.bytes()).isZero();
    add("ann", "second", 50);
    untaken.remove(first);
    assertThat(untaken.bytes()).isEqualTo(50);
    assertThat(dropped).isEmpty();
  }
}
