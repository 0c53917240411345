package io.sluice.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.session.Shares.Full;
import org.junit.jupiter.api.Test;

class SharesTest {

  private final Shares shares = new Shares(10, 6);

  @Test
  void nobodyTakesMoreThanTheirsAndAllNoMoreThanThereIs() {
    assertThat(shares.take("ann", 6)).isEmpty();
    assertThat(shares.take("ann", 1)).contains(Full.OF_USER);
    assertThat(shares.take("bob", 5)).contains(Full.OF_ALL);
    assertThat(shares.take("bob", 4)).isEmpty();
    assertThat(shares.taken()).isEqualTo(10);
  }

  @Test
  void whatIsRefusedTakesNothing() {
    assertThat(shares.take("ann", 7)).contains(Full.OF_USER);
    assertThat(shares.taken()).isZero();
    assertThat(shares.users()).isZero();
    assertThat(shares.take("ann", 6)).isEmpty();
  }

  @Test
  void whatIsGivenBackIsThereForAnybody() {
    assertThat(shares.take("ann", 6)).isEmpty();
    assertThat(shares.take("bob", 4)).isEmpty();
    shares.giveBack("bob", 4);
    // In place of some of what she has.
    assertThat(shares.take("ann", -2)).isEmpty();
    assertThat(shares.take("eve", 6)).isEmpty();
    shares.giveBack("ann", 4);
    shares.giveBack("eve", 6);
    assertThat(shares.taken()).isZero();
    assertThat(shares.users()).as("nobody is remembered").isZero();
  }
}
