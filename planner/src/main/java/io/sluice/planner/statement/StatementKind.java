package io.sluice.planner.statement;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.parse.Identifiers;
import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;

/**
 * One kind of statement.
 *
 * @param context the alternative of the grammar
 * @param name as people write it
 * @param verdict what becomes of it
 * @param needs the privileges that a write or definition needs, beside reading what it reads
 * @param note of a refused kind the reason; of another what is to be known of it, or nothing
 */
public record StatementKind(
    Class<? extends ParserRuleContext> context,
    String name,
    Verdict verdict,
    List<Need> needs,
    String note) {

  public StatementKind {
    needs = List.copyOf(needs);
  }

  /** Returns the refusal of a statement of this kind. */
  public SluiceException refusal(ParserRuleContext statement) {
    return new SluiceException(
        ErrorCode.NOT_SUPPORTED,
        name + " is not served: " + note + ".",
        Identifiers.position(statement));
  }
}
