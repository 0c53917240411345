package io.sluice.planner.iceberg;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.parse.Identifiers;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Reads what stands behind the table's name, by the rules of Iceberg 1.12 ({@code
 * IcebergSqlExtensions.g4}).
 */
final class AlterReader {

  private static final Set<String> TRANSFORMS =
      Set.of(
          "bucket",
          "truncate",
          "year",
          "years",
          "month",
          "months",
          "day",
          "days",
          "date",
          "hour",
          "hours",
          "date_hour");

  private static final String MAIN = "main";

  private final Words words;
  private boolean movesMain;

  AlterReader(Words words) {
    this.words = words;
  }

  /** Returns whether one of the ten forms begins here; nothing of Spark's begins so. */
  boolean isForm() {
    return words.at("add", "partition", "field")
        || words.at("drop", "partition", "field")
        || words.at("replace", "partition", "field")
        || words.at("write")
        || words.at("set", "identifier", "fields")
        || words.at("drop", "identifier", "fields")
        || words.at("create", "or", "replace", "branch")
        || words.at("create", "or", "replace", "tag")
        || words.at("create", "branch")
        || words.at("create", "tag")
        || words.at("replace", "branch")
        || words.at("replace", "tag")
        || words.at("drop", "branch")
        || words.at("drop", "tag");
  }

  /** Returns whether what was read moves the main branch. */
  boolean movesMain() {
    return movesMain;
  }

  /** Reads one of the ten forms and prints it. */
  String clause() {
    if (words.take("add", "partition", "field")) {
      return "ADD PARTITION FIELD " + transform() + fieldName();
    }
    if (words.take("drop", "partition", "field")) {
      return "DROP PARTITION FIELD " + transform();
    }
    if (words.take("replace", "partition", "field")) {
      String replaced = transform();
      words.expect("with");
      return "REPLACE PARTITION FIELD " + replaced + " WITH " + transform() + fieldName();
    }
    if (words.take("set", "identifier", "fields")) {
      return "SET IDENTIFIER FIELDS " + list(this::column);
    }
    if (words.take("drop", "identifier", "fields")) {
      return "DROP IDENTIFIER FIELDS " + list(this::column);
    }
    if (words.take("write")) {
      return "WRITE" + write();
    }
    if (words.take("drop")) {
      return "DROP " + dropped();
    }
    return changed();
  }

  private String fieldName() {
    return words.take("as") ? " AS " + Identifiers.quote(words.identifier()) : "";
  }

  private String write() {
    String distribution = "";
    String ordering = "";
    do {
      if (distribution.isEmpty() && words.take("distributed", "by", "partition")) {
        distribution = " DISTRIBUTED BY PARTITION";
      } else if (ordering.isEmpty() && words.take("unordered")) {
        ordering = " UNORDERED";
      } else if (ordering.isEmpty() && words.take("ordered", "by")) {
        ordering = " ORDERED BY " + order(false);
      } else if (ordering.isEmpty() && words.take("locally", "ordered", "by")) {
        ordering = " LOCALLY ORDERED BY " + order(false);
      } else {
        throw words.wrong("DISTRIBUTED BY PARTITION, [LOCALLY] ORDERED BY or UNORDERED, each once");
      }
    } while (!words.atEnd() && !words.at(";"));
    return distribution + ordering;
  }

  private String dropped() {
    String kind = referenceKind();
    String exists = words.take("if", "exists") ? "IF EXISTS " : "";
    return kind + exists + Identifiers.quote(words.identifier());
  }

  /** CREATE and REPLACE of a branch or tag. */
  private String changed() {
    String verb = "CREATE ";
    if (words.take("create", "or", "replace")) {
      verb = "CREATE OR REPLACE ";
    } else if (words.take("replace")) {
      verb = "REPLACE ";
    } else {
      words.expect("create");
    }
    String kind = referenceKind();
    boolean branch = kind.startsWith("BRANCH");
    String exists =
        verb.equals("CREATE ") && words.take("if", "not", "exists") ? "IF NOT EXISTS " : "";
    String name = words.identifier();
    movesMain = branch && name.equals(MAIN);
    return verb + kind + exists + Identifiers.quote(name) + version() + (branch ? retention() : "");
  }

  private String referenceKind() {
    if (words.take("branch")) {
      return "BRANCH ";
    }
    words.expect("tag");
    return "TAG ";
  }

  private String version() {
    String version = words.take("as", "of", "version") ? " AS OF VERSION " + words.number() : "";
    return version + (words.take("retain") ? " RETAIN " + words.number() + " " + unit() : "");
  }

  private String retention() {
    if (!words.take("with", "snapshot", "retention")) {
      return "";
    }
    long number = words.number();
    if (!words.take("snapshots")) {
      return " WITH SNAPSHOT RETENTION " + number + " " + unit();
    }
    String age = words.atNumber() ? " " + words.number() + " " + unit() : "";
    return " WITH SNAPSHOT RETENTION " + number + " SNAPSHOTS" + age;
  }

  private String unit() {
    for (String unit : List.of("DAYS", "HOURS", "MINUTES")) {
      if (words.take(unit)) {
        return unit;
      }
    }
    throw words.wrong("DAYS, HOURS or MINUTES");
  }

  /** Reads what the sort_order of a rewrite takes, in which columns may be interleaved. */
  String sortOrder() {
    return order(true);
  }

  private String order(boolean interleaving) {
    boolean brackets = words.take("(");
    String fields = list(() -> orderField(interleaving));
    if (brackets) {
      words.expect(")");
    }
    return fields;
  }

  private String orderField(boolean interleaving) {
    StringBuilder field = new StringBuilder();
    if (interleaving && words.take("zorder", "(")) {
      field.append("zorder(").append(list(this::column)).append(')');
      words.expect(")");
    } else {
      field.append(transform());
    }
    if (words.take("asc")) {
      field.append(" ASC");
    } else if (words.take("desc")) {
      field.append(" DESC");
    }
    if (words.take("nulls", "first")) {
      field.append(" NULLS FIRST");
    } else if (words.take("nulls", "last")) {
      field.append(" NULLS LAST");
    }
    return field.toString();
  }

  private String transform() {
    String name = words.peek().getText().toLowerCase(Locale.ROOT);
    if (TRANSFORMS.contains(name) && words.take(name, "(")) {
      String arguments = list(() -> words.atNumber() ? Long.toString(words.number()) : column());
      words.expect(")");
      return name + "(" + arguments + ")";
    }
    String column = column();
    if (words.at("(")) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "A transform that is not one of Iceberg's.",
          Identifiers.position(words.peek()));
    }
    return column;
  }

  private String column() {
    return Identifiers.quote(words.name());
  }

  private String list(Supplier<String> part) {
    StringBuilder list = new StringBuilder(part.get());
    while (words.take(",")) {
      list.append(", ").append(part.get());
    }
    return list.toString();
  }
}
