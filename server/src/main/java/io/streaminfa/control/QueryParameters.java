package io.streaminfa.control;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/** The parameters after the question mark: known by name, each at most once. */
final class QueryParameters {
  private static final int MAX_DIGITS = 9;

  private final Map<String, List<String>> values;

  private QueryParameters(Map<String, List<String>> values) {
    this.values = values;
  }

  static QueryParameters of(ApiRequest request, List<String> known) throws ProblemException {
    for (Map.Entry<String, List<String>> entry : request.query().entrySet()) {
      if (!known.contains(entry.getKey())) {
        throw new ProblemException(
            400,
            "unknown_parameter",
            "unknown query parameter; known are: " + String.join(", ", known));
      }
      if (entry.getValue().size() != 1) {
        throw invalid(entry.getKey(), "occurs more than once");
      }
    }
    return new QueryParameters(request.query());
  }

  /** A value out of a closed set. */
  <T> Optional<T> named(String name, Function<String, Optional<T>> parser) throws ProblemException {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        parser.apply(text.get()).orElseThrow(() -> invalid(name, "has no such value")));
  }

  OptionalInt integer(String name, int least, int most) throws ProblemException {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return OptionalInt.empty();
    }
    boolean digits = text.get().matches("[0-9]{1," + MAX_DIGITS + "}");
    int value = digits ? Integer.parseInt(text.get()) : -1;
    if (value < least || value > most) {
      throw invalid(name, "must be from " + least + " to " + most);
    }
    return OptionalInt.of(value);
  }

  private Optional<String> text(String name) {
    return Optional.ofNullable(values.get(name)).map(List::getFirst);
  }

  private static ProblemException invalid(String name, String why) {
    return new ProblemException(
        400, "invalid_parameter", "the query parameter \"" + name + "\" " + why);
  }
}
