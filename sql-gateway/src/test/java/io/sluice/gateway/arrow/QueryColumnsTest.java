package io.sluice.gateway.arrow;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.planner.catalog.SparkTypes;
import io.sluice.planner.view.QueryColumn;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.vector.types.IntervalUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;

class QueryColumnsTest {

  private static QueryColumn column(Field field) {
    return QueryColumns.of(new Schema(List.of(field))).get(0);
  }

  @Test
  void everyTypeOfIcebergComesBackAsItself() {
    List<Type> types =
        List.of(
            Types.BooleanType.get(),
            Types.IntegerType.get(),
            Types.LongType.get(),
            Types.FloatType.get(),
            Types.DoubleType.get(),
            Types.DecimalType.of(15, 2),
            Types.StringType.get(),
            Types.BinaryType.get(),
            Types.DateType.get(),
            Types.TimestampType.withZone(),
            Types.TimestampType.withoutZone(),
            Types.VariantType.get(),
            Types.UnknownType.get(),
            Types.ListType.ofOptional(1, Types.LongType.get()),
            Types.MapType.ofRequired(1, 2, Types.StringType.get(), Types.DateType.get()),
            Types.StructType.of(
                Types.NestedField.optional(1, "a", Types.StringType.get()),
                Types.NestedField.required(
                    2, "b", Types.ListType.ofRequired(3, Types.BooleanType.get()))));
    for (Type type : types) {
      QueryColumn column = column(IcebergArrowTypes.field("c", type, true));
      assertThat(column.sparkType()).isEqualTo(SparkTypes.name(type));
      assertThat(SparkTypes.name(column.type().orElseThrow())).isEqualTo(SparkTypes.name(type));
    }
  }

  @Test
  void typesThatIcebergHasNotAreNamedAsSparkNamesThem() {
    assertThat(column(Field.nullable("c", new ArrowType.Int(8, true))))
        .isEqualTo(new QueryColumn("c", "tinyint", Optional.of(Types.IntegerType.get())));
    assertThat(column(Field.nullable("c", new ArrowType.Duration(TimeUnit.MICROSECOND))))
        .isEqualTo(new QueryColumn("c", "interval day to second", Optional.empty()));
    assertThat(column(Field.nullable("c", new ArrowType.Interval(IntervalUnit.YEAR_MONTH))))
        .isEqualTo(new QueryColumn("c", "interval year to month", Optional.empty()));
  }

  @Test
  void whatIsOfNoTypeMayBeNullEvenWhereSparkSaysItIsNot() {
    Field none = Field.notNullable("element", ArrowType.Null.INSTANCE);
    Field array = new Field("c", FieldType.nullable(ArrowType.List.INSTANCE), List.of(none));
    assertThat(column(array).sparkType()).isEqualTo("array<void>");
    assertThat(column(array).type().orElseThrow().asListType().isElementOptional()).isTrue();
  }

  @Test
  void anEmptyMapHasNoTypeInIceberg() {
    Field key = Field.notNullable("key", ArrowType.Null.INSTANCE);
    Field value = Field.nullable("value", ArrowType.Null.INSTANCE);
    Field entries =
        new Field("entries", FieldType.notNullable(ArrowType.Struct.INSTANCE), List.of(key, value));
    Field map = new Field("c", FieldType.nullable(new ArrowType.Map(false)), List.of(entries));
    assertThat(column(map)).isEqualTo(new QueryColumn("c", "map<void,void>", Optional.empty()));
    Field array = new Field("c", FieldType.nullable(ArrowType.List.INSTANCE), List.of(map));
    assertThat(column(array).type()).isEmpty();
  }
}
