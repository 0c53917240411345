package io.sluice.gateway.avatica;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.linecorp.armeria.common.MediaType;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.calcite.avatica.remote.JsonService;
import org.apache.calcite.avatica.remote.ProtobufTranslation;
import org.apache.calcite.avatica.remote.ProtobufTranslationImpl;
import org.apache.calcite.avatica.remote.Service;
import org.jspecify.annotations.Nullable;

/** The two encodings of Avatica's messages. A client is answered in the one that it uses. */
enum AvaticaCodec {
  PROTOBUF {
    @Override
    Service.@Nullable Request read(byte[] body) throws IOException {
      return TRANSLATION.parseRequest(body);
    }

    @Override
    byte[] write(Service.Response response) throws IOException {
      return response instanceof Service.ResultSetResponse list
          ? LISTS.encode(list)
          : TRANSLATION.serializeResponse(response);
    }

    @Override
    MediaType mediaType() {
      return MediaType.OCTET_STREAM;
    }
  },
  JSON {
    @Override
    Service.@Nullable Request read(byte[] body) throws IOException {
      return JsonService.MAPPER.readValue(
          new String(body, StandardCharsets.UTF_8), Service.Request.class);
    }

    @Override
    byte[] write(Service.Response response) throws JsonProcessingException {
      return JsonService.MAPPER.writeValueAsBytes(response);
    }

    @Override
    MediaType mediaType() {
      return MediaType.JSON_UTF_8;
    }
  };

  private static final ProtobufTranslation TRANSLATION = new ProtobufTranslationImpl();
  private static final ListEncoder LISTS = new ListEncoder(TRANSLATION);

  abstract Service.@Nullable Request read(byte[] body) throws IOException;

  abstract byte[] write(Service.Response response) throws IOException;

  abstract MediaType mediaType();

  /** Returns the encoding of a body: thin clients name none, but only JSON begins with a brace. */
  static AvaticaCodec of(byte[] body) {
    for (byte octet : body) {
      if (!Character.isWhitespace(octet)) {
        return octet == '{' ? JSON : PROTOBUF;
      }
    }
    return PROTOBUF;
  }

  /**
   * Decodes a request.
   *
   * @throws SluiceException {@code PROTOCOL_VIOLATION}
   */
  Service.Request decode(byte[] body) {
    Service.Request request;
    try {
      request = read(body);
    } catch (IOException | RuntimeException | StackOverflowError malformed) {
      throw malformed();
    }
    if (request == null) {
      throw malformed();
    }
    return request;
  }

  private SluiceException malformed() {
    return new SluiceException(
        ErrorCode.PROTOCOL_VIOLATION,
        "The body is no request of Avatica's in " + (this == JSON ? "JSON" : "protobuf") + ".");
  }

  /** Encodes a response. */
  byte[] encode(Service.Response response) {
    try {
      return write(response);
    } catch (IOException impossible) {
      throw new IllegalStateException("a response can be written", impossible);
    }
  }
}
