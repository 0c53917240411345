package io.sluice.gateway.flight;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Internal;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.sluice.gateway.flight.FlightCommand.Metadata;
import io.sluice.gateway.statement.IngestTarget;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.arrow.flight.impl.Flight.FlightDescriptor;
import org.apache.arrow.flight.sql.FlightSqlProducer.Schemas;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetCatalogs;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetCrossReference;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetDbSchemas;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetExportedKeys;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetImportedKeys;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetPrimaryKeys;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetSqlInfo;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetTableTypes;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetTables;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetXdbcTypeInfo;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandPreparedStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandPreparedStatementUpdate;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest.TableDefinitionOptions;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest.TableDefinitionOptions.TableExistsOption;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest.TableDefinitionOptions.TableNotExistOption;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementSubstraitPlan;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementUpdate;
import org.apache.arrow.flight.sql.impl.FlightSql.TicketStatementQuery;

/** Decodes descriptors and tickets into commands. */
final class FlightCommandDecoder {

  private static final Map<String, Decoder> DECODERS = decoders();

  private FlightCommandDecoder() {}

  /**
   * Decodes a descriptor.
   *
   * @throws SluiceException {@code PROTOCOL_VIOLATION} for damaged bytes, {@code NOT_SUPPORTED} for
   *     a command that is not served
   */
  static FlightCommand decode(FlightDescriptor descriptor) {
    if (descriptor.getType() != FlightDescriptor.DescriptorType.CMD) {
      throw new SluiceException(
          ErrorCode.PROTOCOL_VIOLATION, "A Flight descriptor must hold a Flight SQL command");
    }
    return decode(descriptor.getCmd());
  }

  /** Decodes a ticket, or the command of a descriptor. */
  static FlightCommand decode(ByteString bytes) {
    Any any = unpack(bytes);
    Decoder decoder = DECODERS.get(any.getTypeUrl());
    if (decoder == null) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED, "This Flight command is not one that Sluice serves");
    }
    try {
      return decoder.decode(any);
    } catch (InvalidProtocolBufferException e) {
      throw damaged();
    }
  }

  /** Reads the envelope of a Flight SQL message. */
  static Any unpack(ByteString bytes) {
    try {
      return Any.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw damaged();
    }
  }

  /** Reads a Flight SQL message of a known kind out of its envelope. */
  static <M extends Message> M unpack(ByteString bytes, Class<M> kind) {
    try {
      return unpack(bytes).unpack(kind);
    } catch (InvalidProtocolBufferException e) {
      throw damaged();
    }
  }

  private static SluiceException damaged() {
    return new SluiceException(
        ErrorCode.PROTOCOL_VIOLATION, "The request is not a Flight SQL message");
  }

  private static Map<String, Decoder> decoders() {
    Map<String, Decoder> map = new HashMap<>();
    add(
        map,
        CommandStatementQuery.class,
        command -> {
          withoutTransaction(command.hasTransactionId());
          return new FlightCommand.Query(command.getQuery());
        });
    add(
        map,
        CommandStatementUpdate.class,
        command -> {
          withoutTransaction(command.hasTransactionId());
          return new FlightCommand.Update(command.getQuery());
        });
    add(
        map,
        CommandPreparedStatementQuery.class,
        command -> new FlightCommand.PreparedQuery(command.getPreparedStatementHandle()));
    add(
        map,
        CommandPreparedStatementUpdate.class,
        command -> new FlightCommand.PreparedUpdate(command.getPreparedStatementHandle()));
    add(
        map,
        TicketStatementQuery.class,
        ticket -> new FlightCommand.Result(ticket.getStatementHandle()));
    add(map, CommandStatementIngest.class, FlightCommandDecoder::ingest);
    add(
        map,
        CommandStatementSubstraitPlan.class,
        command -> {
          throw new SluiceException(
              ErrorCode.NOT_SUPPORTED, "Sluice does not take Substrait plans; send SQL");
        });
    addMetadata(
        map,
        CommandGetSqlInfo.class,
        command -> new MetadataRequest.SqlInfo(Set.copyOf(command.getInfoList())));
    addMetadata(
        map,
        CommandGetXdbcTypeInfo.class,
        command ->
            new MetadataRequest.TypeInfo(
                command.hasDataType() ? Optional.of(command.getDataType()) : Optional.empty()));
    addMetadata(map, CommandGetCatalogs.class, command -> new MetadataRequest.Catalogs());
    addMetadata(
        map,
        CommandGetDbSchemas.class,
        command ->
            new MetadataRequest.DbSchemas(
                present(command.hasCatalog(), command.getCatalog()),
                present(command.hasDbSchemaFilterPattern(), command.getDbSchemaFilterPattern())));
    addMetadata(
        map,
        CommandGetTables.class,
        command ->
            new MetadataRequest.Tables(
                present(command.hasCatalog(), command.getCatalog()),
                present(command.hasDbSchemaFilterPattern(), command.getDbSchemaFilterPattern()),
                present(command.hasTableNameFilterPattern(), command.getTableNameFilterPattern()),
                tableTypes(command),
                command.getIncludeSchema()));
    addMetadata(map, CommandGetTableTypes.class, command -> new MetadataRequest.TableTypes());
    addMetadata(
        map,
        CommandGetPrimaryKeys.class,
        command -> new MetadataRequest.Keys(Schemas.GET_PRIMARY_KEYS_SCHEMA));
    addMetadata(
        map,
        CommandGetImportedKeys.class,
        command -> new MetadataRequest.Keys(Schemas.GET_IMPORTED_KEYS_SCHEMA));
    addMetadata(
        map,
        CommandGetExportedKeys.class,
        command -> new MetadataRequest.Keys(Schemas.GET_EXPORTED_KEYS_SCHEMA));
    addMetadata(
        map,
        CommandGetCrossReference.class,
        command -> new MetadataRequest.Keys(Schemas.GET_CROSS_REFERENCE_SCHEMA));
    return Map.copyOf(map);
  }

  private static FlightCommand ingest(CommandStatementIngest command) {
    withoutTransaction(command.hasTransactionId());
    if (command.getTemporary()) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "Sluice has no temporary tables to ingest into; leave the temporary option out");
    }
    if (command.getTable().isEmpty()) {
      throw new SluiceException(ErrorCode.INVALID_PARAMETER, "An ingest must name a table");
    }
    if (command.getOptionsCount() > 0) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "Sluice knows no ingest option `"
              + command.getOptionsMap().keySet().iterator().next()
              + "`; leave it out");
    }
    return new FlightCommand.Ingest(
        new IngestTarget(
            present(command.hasCatalog(), command.getCatalog()),
            present(command.hasSchema(), command.getSchema()),
            command.getTable(),
            mode(command.getTableDefinitionOptions())));
  }

  private static IngestTarget.Mode mode(TableDefinitionOptions options) {
    TableNotExistOption missing = options.getIfNotExist();
    TableExistsOption there = options.getIfExists();
    if (missing == TableNotExistOption.TABLE_NOT_EXIST_OPTION_CREATE) {
      switch (there) {
        case TABLE_EXISTS_OPTION_FAIL:
          return IngestTarget.Mode.CREATE;
        case TABLE_EXISTS_OPTION_APPEND:
          return IngestTarget.Mode.CREATE_OR_APPEND;
        case TABLE_EXISTS_OPTION_REPLACE:
          return IngestTarget.Mode.CREATE_OR_REPLACE;
        default:
          break;
      }
    } else if (missing == TableNotExistOption.TABLE_NOT_EXIST_OPTION_FAIL) {
      if (there == TableExistsOption.TABLE_EXISTS_OPTION_APPEND) {
        return IngestTarget.Mode.APPEND;
      }
      if (there == TableExistsOption.TABLE_EXISTS_OPTION_REPLACE) {
        return IngestTarget.Mode.REPLACE;
      }
    }
    throw new SluiceException(
        ErrorCode.INVALID_PARAMETER,
        "An ingest must say what is to become of a table that is there, and of one that is not");
  }

  private static void withoutTransaction(boolean transaction) {
    if (transaction) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED, "Sluice has no transactions; leave the transaction id out");
    }
  }

  /** A client that asks for the standard's {@code BASE TABLE}, as Grafana's does, means tables. */
  private static Set<String> tableTypes(CommandGetTables command) {
    return command.getTableTypesList().stream()
        .map(type -> type.equals("BASE TABLE") ? MetadataAnswers.TABLE : type)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Optional<String> present(boolean present, String value) {
    return present ? Optional.of(value) : Optional.empty();
  }

  private static <M extends Message> void addMetadata(
      Map<String, Decoder> map, Class<M> kind, Function<M, MetadataRequest> request) {
    add(map, kind, message -> new Metadata(request.apply(message)));
  }

  private static <M extends Message> void add(
      Map<String, Decoder> map, Class<M> kind, Function<M, FlightCommand> command) {
    String url =
        "type.googleapis.com/"
            + Internal.getDefaultInstance(kind).getDescriptorForType().getFullName();
    map.put(url, any -> command.apply(any.unpack(kind)));
  }

  private interface Decoder {
    FlightCommand decode(Any any) throws InvalidProtocolBufferException;
  }
}
