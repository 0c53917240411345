package io.sluice.gateway.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sluice.model.Principal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The users that Sluice itself knows. Names are matched exactly. */
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
   * Reads a file of the form {@code {"users": [{"name": "ann", "groups": ["bi"], "password":
   * "pbkdf2-sha512$…"}]}}.
   *
   * @throws IllegalArgumentException if it says anything else, or a hash is damaged
   */
  public static UserStore load(Path file) throws IOException {
    JsonMapper mapper =
        JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
    UserFile content;
    try {
      content = mapper.readValue(Files.readAllBytes(file), UserFile.class);
    } catch (JsonProcessingException e) {
      // Without the cause: its message quotes the file, hashes included.
      throw new IllegalArgumentException(
          "the user file is not of the form {\"users\": [{\"name\", \"groups\", \"password\"}]}"
              + " near line "
              + (e.getLocation() == null ? "?" : e.getLocation().getLineNr()));
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

  /** Returns the iterations of the slowest hash; without a user, those of a new one. */
  int iterations() {
    return iterations;
  }

  private static User user(UserEntry entry) {
    if (entry.name() == null || entry.password() == null) {
      throw new IllegalArgumentException("every user has a \"name\" and a \"password\"");
    }
    Set<String> groups = entry.groups() == null ? Set.of() : entry.groups();
    try {
      return new User(entry.name(), groups, PasswordHash.parse(entry.password()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("user '" + entry.name() + "': " + e.getMessage(), e);
    }
  }

  /**
   * One user.
   *
   * @param name not blank; without commas, which Spark refuses in the tags that it makes of it, and
   *     without control characters
   * @param groups that policies may name
   * @param password its hash
   */
  public record User(String name, Set<String> groups, PasswordHash password) {

    public User {
      if (name.isBlank()) {
        throw new IllegalArgumentException("a user has a name");
      }
      if (name.contains(",") || name.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException("a user's name holds no comma and no control character");
      }
      groups = Set.copyOf(groups);
    }

    /** Returns whom a login of this user makes. */
    Principal principal() {
      return new Principal(name, groups);
    }
  }

  private record UserFile(@Nullable List<UserEntry> users) {}

  private record UserEntry(
      @Nullable String name, @Nullable Set<String> groups, @Nullable String password) {}
}
