package io.streaminfa.app;

import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote into the jar. */
final class Version implements IVersionProvider {
  /** Such as "0.1.0"; "development" where the classes do not come from a jar. */
  static String current() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "StreamInfa " + current(), "Java " + Runtime.version() + ", " + System.getProperty("os.arch")
    };
  }
}
