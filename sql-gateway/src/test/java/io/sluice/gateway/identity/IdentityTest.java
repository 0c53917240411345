package io.sluice.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SessionId;
import io.sluice.model.SluiceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final byte[] SECRET = new byte[32];
  private static final Principal ANN = new Principal("ann", Set.of());
  private static final SessionId SESSION = SessionId.random();

  private Instant now = Instant.parse("2026-11-22T10:00:00Z");

  @Test
  void aHashMatchesItsPasswordAloneAndReadsBack() {
    PasswordHash hash = PasswordHash.of("geheim", 1_000, RANDOM);
    assertThat(hash.matches("geheim")).isTrue();
    assertThat(hash.matches("geheim ")).isFalse();
    assertThat(hash.matches("")).isFalse();
    assertThat(PasswordHash.parse(hash.text()).matches("geheim")).isTrue();
    assertThat(hash.text()).isNotEqualTo(PasswordHash.of("geheim", 1_000, RANDOM).text());
    assertThat(hash.toString()).doesNotContain(hash.text());
  }

  @Test
  void administratorsAreTheMembersOfOneGroup() {
    PasswordHash hash = PasswordHash.of("x", 1_000, RANDOM);
    UserStore users =
        new UserStore(
            List.of(
                new UserStore.User("ann", Set.of("bi", "Chiefs"), hash),
                new UserStore.User("Chiefs", Set.of("chiefs", "bi"), hash)));
    StoredPrincipals principals = new StoredPrincipals(new CurrentUsers(users), "Chiefs");
    Principal ann = principals.find("ann").orElseThrow();
    assertThat(ann).isEqualTo(new Principal("ann", Set.of("bi", "Chiefs")));
    assertThat(principals.isAdministrator(ann)).isTrue();
    assertThat(principals.isAdministrator(principals.find("Chiefs").orElseThrow())).isFalse();
    assertThat(principals.find("Ann")).isEmpty();
    assertThatThrownBy(() -> new StoredPrincipals(new CurrentUsers(users), " "))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void weakOrDamagedHashesAreRefused() {
    String good = PasswordHash.of("x", 1_000, RANDOM).text();
    for (String bad :
        List.of(
            "",
            "x",
            good.replace("1000", "1"),
            good.replace("1000", "99999999999"),
            good.replace("sha512", "sha1"),
            good.substring(0, good.length() - 8),
            good + "$")) {
      assertThatThrownBy(() -> PasswordHash.parse(bad))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> PasswordHash.of("", 1_000, RANDOM))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void usersAreReadFromAFileStrictly(@TempDir Path folder) throws Exception {
    String hash = PasswordHash.of("pw", 1_000, RANDOM).text();
    Path file = folder.resolve("users.json");
    Files.writeString(
        file, "{\"users\":[{\"name\":\"ann\",\"groups\":[\"bi\"],\"password\":\"" + hash + "\"}]}");
    PasswordAuthenticator authenticator =
        new PasswordAuthenticator(new CurrentUsers(users(file)), () -> now, Runnable::run);
    assertThat(authenticator.authenticate("ann", "pw", "::1"))
        .isCompletedWithValue(new Principal("ann", Set.of("bi")));
    for (String bad :
        List.of(
            "{}",
            "[]",
            "{\"users\":[null]}",
            "{\"users\":[{\"name\":\"ann\",\"groups\":[null],\"password\":\"" + hash + "\"}]}",
            "{\"users\":[{\"name\":\"ann\"}]}",
            "{\"users\":[{\"name\":\"ann\",\"password\":\"" + hash + "\",\"admin\":true}]}",
            "{\"users\":[{\"name\":\"ann\",\"password\":\"plain\"}]}",
            "{\"users\":[{\"name\":\"ann,bob\",\"password\":\"" + hash + "\"}]}",
            "{\"users\":[{\"name\":\"ann\\u0000\",\"password\":\"" + hash + "\"}]}",
            "{\"users\":[{\"name\":\"ann\",\"password\":\"" + hash + "\"}")) {
      Files.writeString(file, bad);
      assertThatThrownBy(() -> users(file))
          .isInstanceOf(IllegalArgumentException.class)
          .satisfies(error -> assertThat(error.getMessage()).doesNotContain(hash));
    }
  }

  private static UserStore users(Path file) throws IOException {
    return new UserFile(file, path -> {}).users();
  }

  @Test
  void aTokenSaysWhoseItIsAndNoBitOfItCanChange() {
    BearerTokens tokens = new BearerTokens(SECRET);
    String token = tokens.issue(SESSION, "ann");
    assertThat(tokens.verify(token)).isEqualTo(new BearerTokens.Bearer(SESSION, "ann"));
    byte[] bytes = Base64.getUrlDecoder().decode(token);
    for (int index = 0; index < bytes.length; index++) {
      byte[] changed = bytes.clone();
      changed[index] ^= 1;
      String forged = Base64.getUrlEncoder().encodeToString(changed);
      assertThat(refusal(() -> tokens.verify(forged))).contains("not valid");
    }
    for (String forged : List.of("", "x", token.substring(4), "ä", token + "AAAA")) {
      assertThat(refusal(() -> tokens.verify(forged))).contains("not valid");
    }
  }

  @Test
  void aTokenIsNoHandleAndAHandleNoToken() {
    HandleSigner signer = new HandleSigner(SECRET, "gateway-1", () -> now);
    byte[] handle =
        signer.sign(HandleSigner.Kind.RESULT, UUID.randomUUID(), SESSION, ANN, now.plusSeconds(60));
    String asToken = Base64.getUrlEncoder().encodeToString(handle);
    BearerTokens tokens = new BearerTokens(SECRET);
    assertThat(refusal(() -> tokens.verify(asToken))).contains("not valid");
    byte[] asHandle = Base64.getUrlDecoder().decode(tokens.issue(SESSION, "ann"));
    assertThat(refusal(() -> signer.verify(asHandle, HandleSigner.Kind.RESULT, SESSION, ANN)))
        .contains("no such statement handle");
  }

  @Test
  void whateverIsWrongWithAHandleTheAnswerIsTheSame() {
    HandleSigner signer = new HandleSigner(SECRET, "gateway-1", () -> now);
    UUID id = UUID.randomUUID();
    HandleSigner.Kind kind = HandleSigner.Kind.PREPARED_STATEMENT;
    byte[] handle = signer.sign(kind, id, SESSION, ANN, now.plusSeconds(60));
    assertThat(signer.verify(handle, kind, SESSION, ANN)).isEqualTo(id);
    byte[] changed = handle.clone();
    changed[5] ^= 4;
    byte[] otherSecret = SECRET.clone();
    otherSecret[0] = 1;
    HandleSigner otherKey = new HandleSigner(otherSecret, "gateway-1", () -> now);
    HandleSigner otherOwner = new HandleSigner(SECRET, "gateway-2", () -> now);
    Principal bob = new Principal("bob", Set.of());
    List<Runnable> attempts =
        List.of(
            () -> signer.verify(changed, kind, SESSION, ANN),
            () -> signer.verify(new byte[0], kind, SESSION, ANN),
            () -> signer.verify(Arrays.copyOf(handle, 40), kind, SESSION, ANN),
            () -> signer.verify(handle, HandleSigner.Kind.RESULT, SESSION, ANN),
            () -> signer.verify(handle, kind, SessionId.random(), ANN),
            () -> signer.verify(handle, kind, SESSION, bob),
            () -> otherKey.verify(handle, kind, SESSION, ANN),
            () -> otherOwner.verify(handle, kind, SESSION, ANN),
            () -> {
              now = now.plusSeconds(60);
              signer.verify(handle, kind, SESSION, ANN);
            });
    for (Runnable attempt : attempts) {
      assertThatThrownBy(attempt::run)
          .isInstanceOfSatisfying(
              SluiceException.class,
              error -> {
                assertThat(error.code()).isEqualTo(ErrorCode.INVALID_HANDLE);
                assertThat(error.getMessage()).isEqualTo(HandleSigner.unknown().getMessage());
              });
    }
  }

  @Test
  void shortKeysAreRefused() {
    assertThatThrownBy(() -> new BearerTokens(new byte[31]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static String refusal(Runnable call) {
    try {
      call.run();
    } catch (SluiceException e) {
      return Objects.requireNonNull(e.getMessage());
    }
    throw new AssertionError("nothing was refused");
  }
}
