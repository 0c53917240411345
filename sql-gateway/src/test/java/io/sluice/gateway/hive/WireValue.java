package io.sluice.gateway.hive;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TField;
import org.apache.thrift.protocol.TList;
import org.apache.thrift.protocol.TMap;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.protocol.TStruct;
import org.apache.thrift.protocol.TType;

/**
 * A value of Thrift's as it goes over the wire, whatever a server expects in its place.
 *
 * @param type one of {@link TType}
 * @param content a Boolean, a Long, a byte[], the fields of a struct, or the items of a list; keys
 *     and values of a map by turns
 */
record WireValue(byte type, Object content) {

  /** A field of a struct. */
  record Field(int id, WireValue value) {}

  static WireValue struct(List<Field> fields) {
    return new WireValue(TType.STRUCT, List.copyOf(fields));
  }

  static WireValue text(String text) {
    return bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  static WireValue bytes(byte[] bytes) {
    return new WireValue(TType.STRING, bytes);
  }

  static WireValue number(byte type, long number) {
    return new WireValue(type, number);
  }

  @SuppressWarnings("unchecked")
  List<Field> fields() {
    return (List<Field>) content;
  }

  @SuppressWarnings("unchecked")
  List<WireValue> items() {
    return (List<WireValue>) content;
  }

  /** Returns a field of a struct; empty if it is not there. */
  Optional<WireValue> field(int id) {
    return fields().stream().filter(field -> field.id == id).map(Field::value).findFirst();
  }

  long number() {
    return (Long) content;
  }

  String text() {
    return new String((byte[]) content, StandardCharsets.UTF_8);
  }

  void write(TProtocol out) throws TException {
    switch (type) {
      case TType.BOOL -> out.writeBool((Boolean) content);
      case TType.BYTE -> out.writeByte((byte) number());
      case TType.I16 -> out.writeI16((short) number());
      case TType.I32 -> out.writeI32((int) number());
      case TType.I64 -> out.writeI64(number());
      case TType.DOUBLE -> out.writeDouble(number());
      case TType.STRING -> out.writeBinary(ByteBuffer.wrap((byte[]) content));
      case TType.STRUCT -> {
        for (Field field : fields()) {
          out.writeFieldBegin(new TField("", field.value.type, (short) field.id));
          field.value.write(out);
        }
        out.writeFieldStop();
      }
      case TType.LIST -> {
        out.writeListBegin(new TList(itemType(0), items().size()));
        writeItems(out);
      }
      case TType.MAP -> {
        out.writeMapBegin(new TMap(itemType(0), itemType(1), items().size() / 2));
        writeItems(out);
      }
      default -> throw new IllegalArgumentException("type " + type);
    }
  }

  private byte itemType(int index) {
    return items().size() > index ? items().get(index).type : TType.STRING;
  }

  private void writeItems(TProtocol out) throws TException {
    for (WireValue item : items()) {
      item.write(out);
    }
  }

  static WireValue read(byte type, TProtocol in) throws TException {
    return new WireValue(
        type,
        switch (type) {
          case TType.BOOL -> in.readBool();
          case TType.BYTE -> (long) in.readByte();
          case TType.I16 -> (long) in.readI16();
          case TType.I32 -> (long) in.readI32();
          case TType.I64 -> in.readI64();
          case TType.DOUBLE -> (long) in.readDouble();
          case TType.STRING -> {
            ByteBuffer bytes = in.readBinary();
            yield Arrays.copyOfRange(
                bytes.array(),
                bytes.arrayOffset() + bytes.position(),
                bytes.arrayOffset() + bytes.limit());
          }
          case TType.STRUCT -> {
            TStruct begun = in.readStructBegin();
            List<Field> fields = new ArrayList<>();
            for (TField field = in.readFieldBegin();
                field.type != TType.STOP;
                field = in.readFieldBegin()) {
              fields.add(new Field(field.id, read(field.type, in)));
            }
            yield List.copyOf(begun == null ? List.of() : fields);
          }
          case TType.LIST -> {
            TList list = in.readListBegin();
            List<WireValue> items = new ArrayList<>();
            for (int index = 0; index < list.size; index++) {
              items.add(read(list.elemType, in));
            }
            yield items;
          }
          case TType.MAP -> {
            TMap map = in.readMapBegin();
            List<WireValue> items = new ArrayList<>();
            for (int index = 0; index < 2 * map.size; index++) {
              items.add(read(index % 2 == 0 ? map.keyType : map.valueType, in));
            }
            yield items;
          }
          default -> throw new IllegalArgumentException("type " + type);
        });
  }

  /** Returns all that differ from this value in one place: a thing left out, doubled or other. */
  List<WireValue> mutants() {
    List<WireValue> all = new ArrayList<>(replacements());
    if (type == TType.STRUCT) {
      List<Field> fields = fields();
      all.add(
          withField(
              fields.size(), List.of(new Field(99, text("unknown")), new Field(-1, text("")))));
      for (int index = 0; index < fields.size(); index++) {
        Field field = fields.get(index);
        all.add(without(index));
        all.add(withField(index, List.of(field)));
        for (WireValue mutant : field.value.mutants()) {
          all.add(without(index).withField(index, List.of(new Field(field.id, mutant))));
        }
      }
    } else if (type == TType.LIST || type == TType.MAP) {
      all.add(new WireValue(type, List.of()));
      all.add(new WireValue(type, repeated(items(), 2000)));
      for (WireValue mutant : items().get(0).mutants()) {
        List<WireValue> items = new ArrayList<>(items());
        items.set(0, mutant);
        all.add(new WireValue(type, items));
      }
    }
    return all;
  }

  /** Other values of the type, and one of another. */
  private List<WireValue> replacements() {
    return switch (type) {
      case TType.BOOL ->
          List.of(new WireValue(type, !(Boolean) content), number(TType.I32, 1), text("true"));
      case TType.I16, TType.I32, TType.I64 ->
          List.of(
              number(type, -1),
              number(type, 12_345),
              number(type, type == TType.I16 ? Short.MIN_VALUE : Integer.MIN_VALUE),
              number(type, type == TType.I16 ? Short.MAX_VALUE : Integer.MAX_VALUE),
              number(type == TType.I64 ? TType.I64 : TType.DOUBLE, Long.MAX_VALUE),
              text("1"));
      case TType.STRING ->
          List.of(
              bytes(new byte[0]),
              bytes(new byte[] {0, (byte) 0xff, (byte) 0xc3, '\'', '`', '%', '\\'}),
              bytes(new byte[15]),
              bytes(new byte[17]),
              bytes(new byte[100_000]),
              number(TType.I64, 1),
              struct(List.of()));
      default -> List.of(text("another"), number(TType.I32, -1), struct(List.of()));
    };
  }

  private WireValue without(int index) {
    List<Field> fields = new ArrayList<>(fields());
    fields.remove(index);
    return struct(fields);
  }

  private WireValue withField(int index, List<Field> more) {
    List<Field> fields = new ArrayList<>(fields());
    fields.addAll(index, more);
    return struct(fields);
  }

  private static List<WireValue> repeated(List<WireValue> items, int times) {
    List<WireValue> all = new ArrayList<>();
    for (int round = 0; round < times; round++) {
      all.addAll(items);
    }
    return all;
  }
}
