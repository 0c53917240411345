package io.sluice.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.gateway.identity.ResultLinks.Link;
import io.sluice.model.ErrorCode;
import io.sluice.model.SessionId;
import io.sluice.model.SluiceException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ResultLinksTest {

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final ResultLinks links = new ResultLinks(new byte[32], () -> now);
  private final Link link = new Link(UUID.randomUUID(), 7);

  @Test
  void aLinkLeadsToItsChunkUntilItExpires() {
    String token = links.sign(link, now.plusSeconds(60));
    assertThat(token).matches("[A-Za-z0-9_-]+");
    now = now.plusMillis(59_999);
    assertThat(links.verify(token)).isEqualTo(link);
    now = now.plusMillis(1);
    assertRefused(token);
  }

  @Test
  void noBitOfALinkMayChange() {
    byte[] right = Base64.getUrlDecoder().decode(links.sign(link, now.plusSeconds(60)));
    for (int position = 0; position < right.length; position++) {
      byte[] forged = right.clone();
      forged[position] ^= 1;
      assertRefused(Base64.getUrlEncoder().withoutPadding().encodeToString(forged));
    }
  }

  @Test
  void whatIsNoLinkIsRefused() {
    assertRefused("");
    assertRefused("no/base64");
    assertRefused("AAAA");
    byte[] other = "another key of 32 bytes at least".getBytes(StandardCharsets.UTF_8);
    assertRefused(new ResultLinks(other, () -> now).sign(link, now.plusSeconds(60)));
    // Of the same secret, for another purpose.
    assertRefused(new BearerTokens(new byte[32]).issue(SessionId.random(), "ann"));
  }

  private void assertRefused(String token) {
    assertThatThrownBy(() -> links.verify(token))
        .isInstanceOfSatisfying(
            SluiceException.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_HANDLE));
  }
}
