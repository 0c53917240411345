package io.sluice.gateway.hive;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.hive.service.rpc.thrift.TCLIService;
import org.apache.hive.service.rpc.thrift.TOperationHandle;
import org.apache.hive.service.rpc.thrift.TSessionHandle;
import org.apache.thrift.TBase;
import org.apache.thrift.TEnum;
import org.apache.thrift.TException;
import org.apache.thrift.TFieldIdEnum;
import org.apache.thrift.meta_data.EnumMetaData;
import org.apache.thrift.meta_data.FieldMetaData;
import org.apache.thrift.meta_data.FieldValueMetaData;
import org.apache.thrift.meta_data.ListMetaData;
import org.apache.thrift.meta_data.MapMetaData;
import org.apache.thrift.meta_data.StructMetaData;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TType;
import org.apache.thrift.transport.TMemoryBuffer;

/**
 * A valid message of every call of TCLIService, all optional fields set, made from what Thrift's
 * generated classes tell of themselves.
 *
 * @param session what stands for a session
 * @param operation what stands for an operation with rows
 */
record ValidCalls(TSessionHandle session, TOperationHandle operation) {

  private static final String SUFFIX = "_args";

  /** Returns the names of all calls, sorted. */
  static List<String> names() {
    return Arrays.stream(TCLIService.class.getDeclaredClasses())
        .map(Class::getSimpleName)
        .filter(name -> name.endsWith(SUFFIX))
        .map(name -> name.substring(0, name.length() - SUFFIX.length()))
        .sorted()
        .toList();
  }

  /** Returns the arguments of a call. */
  WireValue arguments(String call) throws TException {
    for (Class<?> known : TCLIService.class.getDeclaredClasses()) {
      if (known.getSimpleName().equals(call + SUFFIX)) {
        return struct(known);
      }
    }
    throw new IllegalArgumentException(call);
  }

  @SuppressWarnings("unchecked")
  private WireValue struct(Class<?> type) throws TException {
    Map<? extends TFieldIdEnum, FieldMetaData> fields =
        FieldMetaData.getStructMetaDataMap((Class<? extends TBase<?, TFieldIdEnum>>) type);
    List<WireValue.Field> all = new ArrayList<>();
    for (Map.Entry<? extends TFieldIdEnum, FieldMetaData> field : fields.entrySet()) {
      FieldMetaData told = field.getValue();
      all.add(
          new WireValue.Field(
              field.getKey().getThriftFieldId(), value(told.fieldName, told.valueMetaData)));
    }
    all.sort(Comparator.comparing(WireValue.Field::id));
    return WireValue.struct(all);
  }

  private WireValue value(String name, FieldValueMetaData type) throws TException {
    if (type instanceof StructMetaData struct) {
      return struct.structClass == TSessionHandle.class
          ? read(session)
          : struct.structClass == TOperationHandle.class
              ? read(operation)
              : struct(struct.structClass);
    }
    if (type instanceof EnumMetaData choice) {
      TEnum first = (TEnum) choice.enumClass.getEnumConstants()[0];
      // GetInfo has no value for the first of its choices.
      return WireValue.number(TType.I32, name.equals("infoType") ? 17 : first.getValue());
    }
    if (type instanceof ListMetaData list) {
      return new WireValue(TType.LIST, List.of(value("", list.elemMetaData)));
    }
    if (type instanceof MapMetaData map) {
      return new WireValue(
          TType.MAP, List.of(value("", map.keyMetaData), value("", map.valueMetaData)));
    }
    return switch (type.type) {
      case TType.STRING ->
          type.isBinary()
              ? WireValue.bytes(new byte[16])
              : WireValue.text(name.equals("statement") ? "select numbers" : "name");
      case TType.BOOL -> new WireValue(TType.BOOL, true);
      default -> WireValue.number(type.type, name.equals("fetchType") ? 0 : 10);
    };
  }

  private static WireValue read(TBase<?, ?> struct) throws TException {
    TMemoryBuffer buffer = new TMemoryBuffer(128);
    TBinaryProtocol protocol = new TBinaryProtocol(buffer);
    struct.write(protocol);
    return WireValue.read(TType.STRUCT, protocol);
  }
}
