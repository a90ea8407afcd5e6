package io.streaminfa.config;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Puts the variables {@code STREAMINFA_<SECTION>_<KEY>} over the files. */
final class EnvironmentLayer {
  private static final String PREFIX = "STREAMINFA_";

  /** Variables that are no settings: the name of the environment, and what the launcher reads. */
  private static final List<String> OTHERS = List.of("STREAMINFA_ENV", "STREAMINFA_JAVA_OPTS");

  // Kubernetes gives every container variables of the services around it, such as
  // STREAMINFA_SERVICE_HOST and STREAMINFA_PORT_8080_TCP_ADDR for a service "streaminfa".
  private static final Pattern OF_KUBERNETES =
      Pattern.compile(
          "STREAMINFA_(\\w+_)?(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT(_\\d+_(TCP|UDP|SCTP)\\w*)?)");

  private final Map<String, String> environment;
  private final List<String> problems;

  EnvironmentLayer(Map<String, String> environment, List<String> problems) {
    this.environment = new TreeMap<>(environment);
    this.problems = problems;
  }

  void apply(EffectiveSettings settings) {
    for (Setting<?> setting : Settings.ALL) {
      applyVariable(setting, settings);
    }
    List<String> known = Settings.ALL.stream().map(Setting::variable).toList();
    for (String name : environment.keySet()) {
      if (name.startsWith(PREFIX)
          && !known.contains(name)
          && !OTHERS.contains(name)
          && !OF_KUBERNETES.matcher(name).matches()) {
        String nearest =
            NearestName.of(name, known).map(n -> "; did you mean " + n + "?").orElse("");
        problems.add(name + ": unknown setting" + nearest);
      }
    }
  }

  private <T> void applyVariable(Setting<T> setting, EffectiveSettings settings) {
    String text = environment.get(setting.variable());
    if (text == null) {
      return;
    }
    try {
      settings.put(setting, setting.type().fromText(text), new Origin.Variable(setting.variable()));
    } catch (InvalidValue e) {
      problems.add(setting.variable() + ": " + setting.name() + " " + e.reason());
    }
  }
}
