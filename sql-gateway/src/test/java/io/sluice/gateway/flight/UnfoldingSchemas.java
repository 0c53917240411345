package io.sluice.gateway.flight;

import com.google.flatbuffers.FlatBufferBuilder;
import com.google.protobuf.ByteString;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.Int;
import org.apache.arrow.flatbuf.KeyValue;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.flatbuf.Struct_;
import org.apache.arrow.flatbuf.Type;

/** Schema messages whose parts are named many times, so that they stand for more than they hold. */
final class UnfoldingSchemas {

  private UnfoldingSchemas() {}

  /** A struct whose two children are one, whose two children are one, and so on. */
  static ByteString doubled(int levels) {
    FlatBufferBuilder builder = new FlatBufferBuilder();
    int name = builder.createString("x");
    int field = number(builder, name, Field.createChildrenVector(builder, new int[0]), 0);
    for (int level = 0; level < levels; level++) {
      int children = Field.createChildrenVector(builder, new int[] {field, field});
      Struct_.startStruct_(builder);
      field = field(builder, name, Type.Struct_, Struct_.endStruct_(builder), children, 0);
    }
    return message(builder, new int[] {field});
  }

  /** So many structs, each in the one before. */
  static ByteString nested(int levels) {
    FlatBufferBuilder builder = new FlatBufferBuilder();
    int name = builder.createString("x");
    int field = number(builder, name, Field.createChildrenVector(builder, new int[0]), 0);
    for (int level = 1; level < levels; level++) {
      int children = Field.createChildrenVector(builder, new int[] {field});
      Struct_.startStruct_(builder);
      field = field(builder, name, Type.Struct_, Struct_.endStruct_(builder), children, 0);
    }
    return message(builder, new int[] {field});
  }

  /** So many columns that have one name. */
  static ByteString named(int columns, String text) {
    FlatBufferBuilder builder = new FlatBufferBuilder();
    int name = builder.createString(text);
    int none = Field.createChildrenVector(builder, new int[0]);
    int[] fields = new int[columns];
    for (int column = 0; column < columns; column++) {
      fields[column] = number(builder, name, none, 0);
    }
    return message(builder, fields);
  }

  /** So many columns that have one piece of metadata. */
  static ByteString described(int columns, String text) {
    FlatBufferBuilder builder = new FlatBufferBuilder();
    int name = builder.createString("x");
    int value = builder.createString(text);
    int pair = KeyValue.createKeyValue(builder, name, value);
    int metadata = Field.createCustomMetadataVector(builder, new int[] {pair});
    int none = Field.createChildrenVector(builder, new int[0]);
    int[] fields = new int[columns];
    for (int column = 0; column < columns; column++) {
      fields[column] = number(builder, name, none, metadata);
    }
    return message(builder, fields);
  }

  private static int number(FlatBufferBuilder builder, int name, int children, int metadata) {
    return field(builder, name, Type.Int, Int.createInt(builder, 64, true), children, metadata);
  }

  private static int field(
      FlatBufferBuilder builder, int name, byte kind, int type, int children, int metadata) {
    Field.startField(builder);
    Field.addName(builder, name);
    Field.addNullable(builder, true);
    Field.addTypeType(builder, kind);
    Field.addType(builder, type);
    Field.addChildren(builder, children);
    if (metadata != 0) {
      Field.addCustomMetadata(builder, metadata);
    }
    return Field.endField(builder);
  }

  private static ByteString message(FlatBufferBuilder builder, int[] fields) {
    int vector = Schema.createFieldsVector(builder, fields);
    Schema.startSchema(builder);
    Schema.addFields(builder, vector);
    int schema = Schema.endSchema(builder);
    Message.startMessage(builder);
    Message.addVersion(builder, MetadataVersion.V5);
    Message.addHeaderType(builder, MessageHeader.Schema);
    Message.addHeader(builder, schema);
    Message.finishMessageBuffer(builder, Message.endMessage(builder));
    return ByteString.copyFrom(builder.sizedByteArray());
  }
}
