package io.streaminfa.config;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.tomlj.Toml;
import org.tomlj.TomlArray;

/** What values a setting may have, how files and the environment write them. */
sealed interface ValueType<T> {
  /** A value as the TOML parser gives it. */
  T fromToml(Object value) throws InvalidValue;

  /** A value as the environment has it. */
  T fromText(String text) throws InvalidValue;

  /** The value as TOML. */
  String toToml(T value);

  /** A whole number from {@code min} to {@code max}. */
  record WholeNumber(long min, long max) implements ValueType<Long> {
    @Override
    public Long fromToml(Object value) throws InvalidValue {
      if (value instanceof Long number) {
        return checked(number);
      }
      throw wrongType("a whole number", value);
    }

    @Override
    public Long fromText(String text) throws InvalidValue {
      try {
        return checked(Long.parseLong(text.strip()));
      } catch (NumberFormatException e) {
        throw new InvalidValue("must be a whole number, not " + quoted(text));
      }
    }

    private Long checked(long number) throws InvalidValue {
      if (number >= min && number <= max) {
        return number;
      }
      String range = max == Long.MAX_VALUE ? "at least " + min : "from " + min + " to " + max;
      throw new InvalidValue("must be " + range + ", not " + number);
    }

    @Override
    public String toToml(Long value) {
      return value.toString();
    }
  }

  /** A number from {@code min} to {@code max}, written with or without a fraction. */
  record Decimal(double min, double max) implements ValueType<Double> {
    @Override
    public Double fromToml(Object value) throws InvalidValue {
      // No pattern switch on the way of each start: the JDK spins its class anew every time.
      if (value instanceof Long number) {
        return checked(number);
      }
      if (value instanceof Double number) {
        return checked(number);
      }
      throw wrongType("a number", value);
    }

    @Override
    public Double fromText(String text) throws InvalidValue {
      try {
        return checked(Double.parseDouble(text.strip()));
      } catch (NumberFormatException e) {
        throw new InvalidValue("must be a number, not " + quoted(text));
      }
    }

    private Double checked(double number) throws InvalidValue {
      // Written so that NaN, which compares with nothing, is refused.
      if (number >= min && number <= max) {
        return number;
      }
      throw new InvalidValue("must be from " + min + " to " + max + ", not " + number);
    }

    @Override
    public String toToml(Double value) {
      return value.toString();
    }
  }

  /** True or false. */
  record Flag() implements ValueType<Boolean> {
    @Override
    public Boolean fromToml(Object value) throws InvalidValue {
      if (value instanceof Boolean flag) {
        return flag;
      }
      throw wrongType("true or false", value);
    }

    @Override
    public Boolean fromText(String text) throws InvalidValue {
      return switch (text.strip()) {
        case "true" -> true;
        case "false" -> false;
        default -> throw new InvalidValue("must be true or false, not " + quoted(text));
      };
    }

    @Override
    public String toToml(Boolean value) {
      return value.toString();
    }
  }

  /** A string that keeps {@code rule}. */
  record Text(TextRule rule) implements ValueType<String> {
    @Override
    public String fromToml(Object value) throws InvalidValue {
      if (value instanceof String text) {
        rule.check(text);
        return text;
      }
      throw wrongType("a string", value);
    }

    @Override
    public String fromText(String text) throws InvalidValue {
      rule.check(text);
      return text;
    }

    @Override
    public String toToml(String value) {
      return quoted(value);
    }
  }

  /** At least {@code minSize} strings that each keep {@code rule}. */
  record Texts(TextRule rule, int minSize) implements ValueType<List<String>> {
    @Override
    public List<String> fromToml(Object value) throws InvalidValue {
      if (!(value instanceof TomlArray array)) {
        throw wrongType("a list of strings", value);
      }
      List<String> texts = new ArrayList<>();
      for (Object element : array.toList()) {
        if (!(element instanceof String text)) {
          throw wrongType("a list of strings", element);
        }
        texts.add(text);
      }
      return checked(texts);
    }

    @Override
    public List<String> fromText(String text) throws InvalidValue {
      if (text.isBlank()) {
        return checked(List.of());
      }
      List<String> texts = new ArrayList<>();
      for (String part : text.split(",", -1)) {
        texts.add(part.strip());
      }
      return checked(texts);
    }

    private List<String> checked(List<String> texts) throws InvalidValue {
      if (texts.size() < minSize) {
        throw new InvalidValue("must not be empty");
      }
      for (String text : texts) {
        rule.check(text);
      }
      return List.copyOf(texts);
    }

    @Override
    public String toToml(List<String> value) {
      return value.stream().map(ValueType::quoted).collect(Collectors.joining(", ", "[", "]"));
    }
  }

  /** The text as a TOML string. */
  static String quoted(String text) {
    return "\"" + Toml.tomlEscape(text) + "\"";
  }

  private static InvalidValue wrongType(String wanted, Object value) {
    String found =
        switch (value) {
          case String text -> "a string";
          case Long number -> "the number " + number;
          case Double number -> "the number " + number;
          case Boolean flag -> flag.toString();
          case TomlArray array -> "a list";
          case org.tomlj.TomlTable table -> "a table";
          default -> "a date or time";
        };
    return new InvalidValue("must be " + wanted + ", not " + found);
  }
}
