package io.streaminfa.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads the settings in their layers, each over the one before: the defaults in the jar, {@code
 * config/default.toml} and {@code config/{STREAMINFA_ENV}.toml} of the working directory, the file
 * of {@code --config}, and the environment.
 */
public final class ConfigLoader {
  private static final String DEFAULTS = "config/default.toml";

  /** Larger files are not settings. */
  private static final long MAX_FILE_BYTES = 1 << 20;

  private static final Pattern ENV_NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  private final Path workingDirectory;
  private final Map<String, String> environment;
  private final Optional<Path> configFile;
  private final boolean isTerminal;
  private final List<String> problems = new ArrayList<>();

  /**
   * @param workingDirectory where {@code config/} is looked for
   * @param environment the process's variables
   * @param configFile what {@code --config} names, relative to the working directory
   * @param isTerminal whether standard output is read by a person
   */
  public ConfigLoader(
      Path workingDirectory,
      Map<String, String> environment,
      Optional<Path> configFile,
      boolean isTerminal) {
    this.workingDirectory = workingDirectory;
    this.environment = Map.copyOf(environment);
    this.configFile = configFile;
    this.isTerminal = isTerminal;
  }

  /** The settings, or everything that is wrong with them. */
  public LoadedConfig load() throws ConfigException {
    problems.clear();
    EffectiveSettings settings = new EffectiveSettings();
    String defaults = shippedDefaults();
    new FileLayer("the jar's " + DEFAULTS, problems).apply(defaults, settings);
    requireComplete(settings);
    settings.markAsShipped();

    applyFiles(defaults, settings);
    new EnvironmentLayer(environment, problems).apply(settings);
    selectS3(settings);
    if (isTerminal && settings.isShipped(Settings.LOG_FORMAT)) {
      settings.put(Settings.LOG_FORMAT, "pretty", new Origin.Derived("output is a terminal"));
    }
    new CrossChecks(settings, problems).run();
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return new LoadedConfig(ConfigAssembly.assemble(settings), settings);
  }

  private static String shippedDefaults() {
    try (InputStream in = ConfigLoader.class.getClassLoader().getResourceAsStream(DEFAULTS)) {
      if (in == null) {
        throw new IllegalStateException("the jar has no " + DEFAULTS);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("the jar's " + DEFAULTS + " cannot be read", e);
    }
  }

  private void requireComplete(EffectiveSettings settings) {
    for (Setting<?> setting : Settings.ALL) {
      if (!settings.has(setting)) {
        throw new IllegalStateException("the jar has no default of " + setting.name());
      }
    }
  }

  private void applyFiles(String defaults, EffectiveSettings settings) {
    Path local = workingDirectory.resolve(DEFAULTS);
    if (Files.exists(local)) {
      // The file of a source tree is the jar's own: nobody has set anything there.
      read(local, DEFAULTS)
          .filter(text -> !text.equals(defaults))
          .ifPresent(text -> new FileLayer(DEFAULTS, problems).apply(text, settings));
    }
    String env = environment.getOrDefault("STREAMINFA_ENV", "");
    if (ENV_NAME.matcher(env).matches()) {
      applyFile(Path.of("config", env + ".toml"), settings);
    } else if (!env.isEmpty()) {
      problems.add("STREAMINFA_ENV: must be the name of a file in config/ without .toml");
    }
    configFile.ifPresent(file -> applyFile(file, settings));
  }

  /** A file that was asked for: it must be there. */
  private void applyFile(Path file, EffectiveSettings settings) {
    String name = file.toString();
    read(workingDirectory.resolve(file), name)
        .ifPresent(text -> new FileLayer(name, problems).apply(text, settings));
  }

  private Optional<String> read(Path file, String name) {
    try {
      if (!Files.isRegularFile(file)) {
        problems.add(name + ": no such file");
      } else if (Files.size(file) > MAX_FILE_BYTES) {
        problems.add(name + ": larger than " + MAX_FILE_BYTES + " bytes");
      } else {
        return Optional.of(Files.readString(file));
      }
    } catch (IOException e) {
      problems.add(name + ": cannot be read as UTF-8 text (" + e.getMessage() + ")");
    }
    return Optional.empty();
  }

  /** An endpoint or credentials in the environment select S3 where nothing names a backend. */
  private static void selectS3(EffectiveSettings settings) {
    if (settings.isShipped(Settings.BACKEND)) {
      for (Setting<String> setting :
          List.of(Settings.ENDPOINT, Settings.ACCESS_KEY_ID, Settings.SECRET_ACCESS_KEY)) {
        if (settings.origin(setting) instanceof Origin.Variable(String variable)
            && !settings.get(setting).isEmpty()) {
          settings.put(Settings.BACKEND, "s3", new Origin.Derived("because of " + variable));
          return;
        }
      }
    }
  }
}
