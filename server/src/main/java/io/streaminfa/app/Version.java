package io.streaminfa.app;

import java.util.List;

/** The version that the build wrote into the jar. */
final class Version {
  private Version() {}

  /** Such as "0.1.0"; "development" where the classes do not come from a jar. */
  static String current() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /** Of the program and of what runs it. */
  static List<String> lines() {
    return List.of(
        "StreamInfa " + current(),
        "Java " + Runtime.version() + ", " + System.getProperty("os.arch"));
  }
}
