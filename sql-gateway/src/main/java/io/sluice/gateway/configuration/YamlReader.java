package io.sluice.gateway.configuration;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the part of YAML that a configuration needs: one document of sections, lists and plain
 * values. What could say something else than it seems to is refused: a key that is there twice,
 * aliases and tags.
 */
final class YamlReader {

  private static final int DEEPEST = 20;

  private final String file;
  private final YAMLParser yaml;

  private YamlReader(String file, YAMLParser yaml) {
    this.file = file;
    this.yaml = yaml;
  }

  /**
   * Reads a text.
   *
   * @param file what errors call it
   * @throws ConfigurationException if it is not such a document
   */
  static Node.Mapping read(String file, String text) {
    try (YAMLParser yaml = YAMLFactory.builder().build().createParser(text)) {
      YamlReader reader = new YamlReader(file, yaml);
      if (yaml.nextToken() == null) {
        throw new ConfigurationException(
            file, "it is empty; docs/serve.md describes what it holds");
      }
      Node root = reader.node("", 0);
      if (yaml.nextToken() != null) {
        throw reader.wrong("", "the file holds more than one document; write one");
      }
      if (!(root instanceof Node.Mapping mapping)) {
        throw new ConfigurationException(
            file, root.line(), "", "the file is " + root.kind() + ", not keys with values");
      }
      return mapping;
    } catch (JsonProcessingException malformed) {
      JsonLocation place = malformed.getLocation();
      throw new ConfigurationException(
          file,
          place == null ? 1 : Math.max(1, place.getLineNr()),
          "",
          "this is not YAML; look at the indentation, colons and quotes here and just above");
    } catch (IOException impossible) {
      throw new IllegalStateException("a text is read from memory", impossible);
    }
  }

  private Node node(String path, int depth) throws IOException {
    if (yaml.isCurrentAlias() || yaml.getTypeId() != null) {
      throw wrong(path, "aliases (*) and tags (!) are not read; write the value out");
    }
    if (depth > DEEPEST) {
      throw wrong(path, "it nests too deep");
    }
    JsonToken token = yaml.currentToken();
    int line = line();
    if (token == JsonToken.START_OBJECT) {
      return new Node.Mapping(line, entries(path, depth));
    }
    if (token == JsonToken.START_ARRAY) {
      List<Node> items = new ArrayList<>();
      while (yaml.nextToken() != JsonToken.END_ARRAY) {
        items.add(node(path + "[" + items.size() + "]", depth + 1));
      }
      return new Node.Sequence(line, items);
    }
    return new Node.Scalar(line, token == JsonToken.VALUE_NULL ? "" : yaml.getText());
  }

  private Map<String, Node> entries(String path, int depth) throws IOException {
    Map<String, Node> entries = new LinkedHashMap<>();
    while (yaml.nextToken() != JsonToken.END_OBJECT) {
      String key = yaml.currentName();
      String inner = path.isEmpty() ? key : path + "." + key;
      int line = line();
      if (entries.containsKey(key)) {
        throw wrong(
            inner,
            "this key is there twice, first on line "
                + entries.get(key).line()
                + "; leave one of them out");
      }
      yaml.nextToken();
      Node value = node(inner, depth + 1);
      entries.put(
          key, value instanceof Node.Scalar scalar ? new Node.Scalar(line, scalar.text()) : value);
    }
    return entries;
  }

  private int line() {
    return yaml.currentTokenLocation().getLineNr();
  }

  private ConfigurationException wrong(String path, String text) {
    return new ConfigurationException(file, line(), path, text);
  }
}
