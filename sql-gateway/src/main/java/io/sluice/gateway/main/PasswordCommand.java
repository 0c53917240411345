package io.sluice.gateway.main;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.gateway.identity.PasswordHash;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code sluice password}: reads a password, without showing it, and prints an entry for the users
 * file that holds its hash.
 */
@Command(name = "password", description = "Makes an entry for the users file")
final class PasswordCommand implements Callable<Integer> {

  private static final int SHORTEST = 8;

  @Option(names = "--user", required = true, paramLabel = "NAME")
  private String user = "";

  @Option(names = "--groups", split = ",", paramLabel = "A,B")
  private List<String> groups = new ArrayList<>();

  private final InputStream in;
  private final @Nullable Console console;
  private final PrintStream out;

  /**
   * @param console where there is a person to ask; the first line of {@code in} otherwise
   */
  PasswordCommand(InputStream in, @Nullable Console console, PrintStream out) {
    this.in = in;
    this.console = console;
    this.out = out;
  }

  @Override
  public Integer call() throws IOException {
    if (user.isBlank() || user.contains(",") || user.chars().anyMatch(Character::isISOControl)) {
      throw new StartException(
          "--user is the name that the user logs in with, without commas and control characters.");
    }
    String password = password();
    if (password.length() < SHORTEST) {
      throw new StartException("A password has at least " + SHORTEST + " characters.");
    }
    ObjectNode entry = new ObjectMapper().createObjectNode().put("name", user);
    groups.forEach(entry.putArray("groups")::add);
    entry.put(
        "password",
        PasswordHash.of(password, PasswordHash.DEFAULT_ITERATIONS, new SecureRandom()).text());
    out.println(entry);
    return 0;
  }

  private String password() throws IOException {
    if (console == null) {
      String line =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
      return line == null ? "" : line;
    }
    String first = asked(console, "Password of " + user + ": ");
    if (!first.equals(asked(console, "Once more: "))) {
      throw new StartException("The two passwords differ.");
    }
    return first;
  }

  private static String asked(Console console, String question) {
    char[] answer = console.readPassword("%s", question);
    return answer == null ? "" : new String(answer);
  }
}
