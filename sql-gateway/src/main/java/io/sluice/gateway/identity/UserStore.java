package io.sluice.gateway.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sluice.model.Principal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A set of users that never changes. Names are matched exactly. */
public final class UserStore {

  private final Map<String, User> users;
  private final int iterations;

  public UserStore(List<User> users) {
    Map<String, User> byName = new HashMap<>();
    for (User user : users) {
      if (byName.put(user.name(), user) != null) {
        throw new IllegalArgumentException("user '" + user.name() + "' is there twice");
      }
    }
    this.users = Map.copyOf(byName);
    this.iterations =
        users.stream()
            .mapToInt(user -> user.password().iterations())
            .max()
            .orElse(PasswordHash.DEFAULT_ITERATIONS);
  }

  /**
   * Reads what a file says, of the form {@code {"users": [{"name": "ann", "groups": ["bi"],
   * "password": "pbkdf2-sha512$…"}]}}.
   *
   * @throws IllegalArgumentException if it says anything else, or a hash is damaged
   */
  static UserStore parse(byte[] json) {
    JsonMapper mapper =
        JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
    Content content;
    try {
      content = mapper.readValue(json, Content.class);
    } catch (JsonProcessingException e) {
      // Without the cause: its message quotes the file, hashes included.
      throw new IllegalArgumentException(
          "the user file is not of the form {\"users\": [{\"name\", \"groups\", \"password\"}]}"
              + " near line "
              + (e.getLocation() == null ? "?" : e.getLocation().getLineNr()));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    if (content.users() == null) {
      throw new IllegalArgumentException("the user file has no \"users\"");
    }
    return new UserStore(content.users().stream().map(UserStore::user).toList());
  }

  /** Returns the user of this very name. */
  public Optional<User> find(String name) {
    return Optional.ofNullable(users.get(name));
  }

  /** Returns all of them. */
  public Collection<User> all() {
    return users.values();
  }

  /** Returns the iterations of the slowest hash; without a user, those of a new one. */
  int iterations() {
    return iterations;
  }

  private static User user(@Nullable UserEntry entry) {
    if (entry == null || entry.name() == null || entry.password() == null) {
      throw new IllegalArgumentException("every user has a \"name\" and a \"password\"");
    }
    Set<String> groups = entry.groups() == null ? Set.of() : entry.groups();
    if (groups.stream().anyMatch(Objects::isNull)) {
      throw new IllegalArgumentException("user '" + entry.name() + "': every group has a name");
    }
    try {
      return new User(entry.name(), groups, PasswordHash.parse(entry.password()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("user '" + entry.name() + "': " + e.getMessage(), e);
    }
  }

  /**
   * Returns the same users, where those that are as they were before are the very same objects, and
   * so are their principals.
   */
  UserStore keeping(UserStore before) {
    return new UserStore(
        users.values().stream()
            .map(user -> before.find(user.name()).filter(user::isAs).orElse(user))
            .toList());
  }

  /** Returns the names of this store's users that another does not have as the same objects. */
  @SuppressWarnings("ReferenceEquality") // That is what is asked.
  Set<String> notIn(UserStore other) {
    return users.values().stream()
        .filter(user -> other.users.get(user.name()) != user)
        .map(User::name)
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * One user.
   *
   * @param principal whom each login of this user makes
   * @param password its hash
   */
  public record User(Principal principal, PasswordHash password) {

    public User {
      String name = principal.name();
      if (name.contains(",") || name.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException("a user's name holds no comma and no control character");
      }
    }

    /**
     * One user.
     *
     * @param name not blank; without commas, which Spark refuses in the tags that it makes of it,
     *     and without control characters
     * @param groups that policies may name
     * @param password its hash
     */
    public User(String name, Set<String> groups, PasswordHash password) {
      this(new Principal(name, groups), password);
    }

    /** Returns the name. */
    public String name() {
      return principal.name();
    }

    /** A password that was set anew has another hash, be it the same. */
    private boolean isAs(User before) {
      return principal.equals(before.principal) && password.text().equals(before.password.text());
    }
  }

  private record Content(@Nullable List<UserEntry> users) {}

  private record UserEntry(
      @Nullable String name, @Nullable Set<String> groups, @Nullable String password) {}
}
