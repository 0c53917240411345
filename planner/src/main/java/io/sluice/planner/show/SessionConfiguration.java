package io.sluice.planner.show;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.SessionSettings;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The settings that a user may change, each with what it takes. All of them trade time against
 * memory or say in which zone timestamps are read; none changes what SQL means, what is parsed,
 * which catalog answers, which classes are loaded or what is optimised away. Values that could
 * exhaust a driver that others share are bounded. The gateway's own limits can only be lowered.
 */
final class SessionConfiguration {

  static final String TIME_ZONE = "spark.sql.session.timeZone";

  private static final long MOST_PARTITIONS = 10_000;
  private static final long MOST_SECONDS = 3_600;
  private static final long MOST_BROADCAST = 1L << 30;
  private static final long MOST_BYTES = 1L << 40;
  private static final long MOST_TIMEOUT = 31_536_000;

  private static final Pattern BYTES = Pattern.compile("(-?[0-9]{1,15})(b|[kmgt]b?)?");
  private static final Pattern SECONDS = Pattern.compile("([0-9]{1,9})(s)?");
  private static final Pattern WHOLE = Pattern.compile("[0-9]{1,9}");
  private static final Pattern COUNT_FORM = Pattern.compile("[0-9]{1,15}");
  private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,6}(\\.[0-9]{1,6})?");

  private static final Pattern NAME_FORM = Pattern.compile("[A-Za-z0-9_-]{1,63}");
  private static final Pattern TAGS_FORM =
      Pattern.compile("[A-Za-z0-9_.:=/-]{1,64}(\\s*,\\s*[A-Za-z0-9_.:=/-]{1,64}){0,15}");

  private static final Set<String> PROFILES = Set.of("auto", "spark", "hive");

  private static final Map<String, ValueType> TYPES =
      Map.ofEntries(
          Map.entry(TIME_ZONE, ValueType.ZONE),
          Map.entry(MetadataStatements.FORCE_POLICY_OBJECT_CHANGES, ValueType.BOOLEAN),
          Map.entry(SessionSettings.MAX_ROWS, ValueType.COUNT),
          Map.entry(SessionSettings.MAX_BYTES, ValueType.SIZE),
          Map.entry(SessionSettings.STALL_TIMEOUT, ValueType.TIMEOUT),
          Map.entry(SessionSettings.TIMEOUT, ValueType.TIMEOUT),
          Map.entry(SessionSettings.COMPRESSION, ValueType.COMPRESSION),
          Map.entry(SessionSettings.HIVE_PROFILE, ValueType.PROFILE),
          Map.entry(SessionSettings.CLUSTER, ValueType.NAME),
          Map.entry(SessionSettings.TAGS, ValueType.TAGS),
          Map.entry("spark.sql.shuffle.partitions", ValueType.PARTITIONS),
          Map.entry("spark.sql.autoBroadcastJoinThreshold", ValueType.BROADCAST),
          Map.entry("spark.sql.broadcastTimeout", ValueType.SECONDS),
          Map.entry("spark.sql.join.preferSortMergeJoin", ValueType.BOOLEAN),
          Map.entry("spark.sql.adaptive.enabled", ValueType.BOOLEAN),
          Map.entry("spark.sql.adaptive.advisoryPartitionSizeInBytes", ValueType.BYTES),
          Map.entry("spark.sql.adaptive.autoBroadcastJoinThreshold", ValueType.BROADCAST),
          Map.entry("spark.sql.adaptive.coalescePartitions.enabled", ValueType.BOOLEAN),
          Map.entry(
              "spark.sql.adaptive.coalescePartitions.initialPartitionNum", ValueType.PARTITIONS),
          Map.entry("spark.sql.adaptive.coalescePartitions.minPartitionSize", ValueType.BYTES),
          Map.entry("spark.sql.adaptive.coalescePartitions.parallelismFirst", ValueType.BOOLEAN),
          Map.entry("spark.sql.adaptive.localShuffleReader.enabled", ValueType.BOOLEAN),
          Map.entry("spark.sql.adaptive.skewJoin.enabled", ValueType.BOOLEAN),
          Map.entry("spark.sql.adaptive.skewJoin.skewedPartitionFactor", ValueType.FACTOR),
          Map.entry(
              "spark.sql.adaptive.skewJoin.skewedPartitionThresholdInBytes", ValueType.BYTES));

  private SessionConfiguration() {}

  /**
   * Refuses a key that is not on the list; keys are compared exactly, as Spark does.
   *
   * @throws SluiceException {@code CONFIGURATION_NOT_ALLOWED}
   */
  static void checkKey(String key) {
    typeOf(key);
  }

  /**
   * Returns a value as Spark takes it, or as {@link SessionSettings} says.
   *
   * @throws SluiceException {@code CONFIGURATION_NOT_ALLOWED} for another key or a value that the
   *     key does not take
   */
  static String checkedValue(String key, String value) {
    ValueType type = typeOf(key);
    String stripped = value.strip();
    if (!type.takes(stripped)) {
      throw new SluiceException(
          ErrorCode.CONFIGURATION_NOT_ALLOWED,
          "The value '%s' in the config \"%s\" is invalid. It should be %s."
              .formatted(value, key, type.description));
    }
    return type.kept(stripped);
  }

  private static ValueType typeOf(String key) {
    ValueType type = TYPES.get(key);
    if (type == null) {
      throw new SluiceException(
          ErrorCode.CONFIGURATION_NOT_ALLOWED,
          "The setting %s may not be read or changed here; ask the operator of this server"
              .formatted(key));
    }
    return type;
  }

  private static boolean isZone(String value) {
    try {
      ZoneId.of(value, ZoneId.SHORT_IDS);
      return true;
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static boolean isAtMost(String value, Pattern form, long most) {
    Matcher matcher = form.matcher(value.toLowerCase(Locale.ROOT));
    return matcher.matches() && number(matcher) <= most >> (10 * power(matcher));
  }

  /** Returns the number before the unit. */
  private static long number(Matcher matched) {
    return Long.parseLong(matched.groupCount() == 0 ? matched.group() : matched.group(1));
  }

  /** Returns how often the unit stands for 1,024. */
  private static int power(Matcher matched) {
    String unit = matched.groupCount() < 2 || matched.group(2) == null ? "" : matched.group(2);
    return unit.isEmpty() ? 0 : Math.max(0, " kmgt".indexOf(unit.charAt(0)));
  }

  /** Returns what a value comes to that is at most what a long holds. */
  private static long amount(String value, Pattern form) {
    Matcher matcher = form.matcher(value.toLowerCase(Locale.ROOT));
    return matcher.matches() ? number(matcher) << (10 * power(matcher)) : 0;
  }

  /** What values look like. */
  private enum ValueType {
    BOOLEAN("true or false") {
      @Override
      boolean takes(String value) {
        return value.equalsIgnoreCase("true") || value.equalsIgnoreCase("false");
      }
    },
    PARTITIONS("a number from 1 to " + MOST_PARTITIONS) {
      @Override
      boolean takes(String value) {
        return isAtMost(value, WHOLE, MOST_PARTITIONS) && Long.parseLong(value) > 0;
      }
    },
    SECONDS("a number of seconds up to " + MOST_SECONDS) {
      @Override
      boolean takes(String value) {
        return isAtMost(value, SessionConfiguration.SECONDS, MOST_SECONDS);
      }
    },
    FACTOR("a number such as 5.0") {
      @Override
      boolean takes(String value) {
        return DECIMAL.matcher(value).matches();
      }
    },
    BROADCAST("a size such as 10m, up to 1g, or -1 for never") {
      @Override
      boolean takes(String value) {
        return isAtMost(value, SessionConfiguration.BYTES, MOST_BROADCAST);
      }
    },
    BYTES("a size such as 64m, up to 1t") {
      @Override
      boolean takes(String value) {
        return isAtMost(value, SessionConfiguration.BYTES, MOST_BYTES) && !value.startsWith("-");
      }
    },
    COUNT("a number above 0") {
      @Override
      boolean takes(String value) {
        return COUNT_FORM.matcher(value).matches() && amount(value, COUNT_FORM) > 0;
      }
    },
    SIZE("a size above 0 such as 64m, up to 1t") {
      @Override
      boolean takes(String value) {
        return isAtMost(value, SessionConfiguration.BYTES, MOST_BYTES)
            && amount(value, SessionConfiguration.BYTES) > 0;
      }

      @Override
      String kept(String value) {
        return Long.toString(amount(value, SessionConfiguration.BYTES));
      }
    },
    TIMEOUT("a number of seconds from 1 to " + MOST_TIMEOUT) {
      @Override
      boolean takes(String value) {
        return isAtMost(value, SessionConfiguration.SECONDS, MOST_TIMEOUT)
            && amount(value, SessionConfiguration.SECONDS) > 0;
      }

      @Override
      String kept(String value) {
        return Long.toString(amount(value, SessionConfiguration.SECONDS));
      }
    },
    COMPRESSION("none or zstd") {
      @Override
      boolean takes(String value) {
        return value.equalsIgnoreCase("none") || value.equalsIgnoreCase("zstd");
      }

      @Override
      String kept(String value) {
        return value.toLowerCase(Locale.ROOT);
      }
    },
    PROFILE("auto, spark or hive") {
      @Override
      boolean takes(String value) {
        return PROFILES.contains(kept(value));
      }

      @Override
      String kept(String value) {
        return value.toLowerCase(Locale.ROOT);
      }
    },
    NAME("the name of a cluster: letters, digits, - and _") {
      @Override
      boolean takes(String value) {
        return NAME_FORM.matcher(value).matches();
      }
    },
    TAGS("up to 16 words of up to 64 letters, digits and _.:=/- each, with commas between") {
      @Override
      boolean takes(String value) {
        return TAGS_FORM.matcher(value).matches();
      }

      @Override
      String kept(String value) {
        return value.replaceAll("\\s", "");
      }
    },
    ZONE("a time zone such as UTC, +02:00 or Europe/Berlin") {
      @Override
      boolean takes(String value) {
        return isZone(value);
      }
    };

    private final String description;

    ValueType(String description) {
      this.description = description;
    }

    abstract boolean takes(String value);

    /** Returns a value that it takes in the form in which the session keeps it. */
    String kept(String value) {
      return value;
    }
  }
}
