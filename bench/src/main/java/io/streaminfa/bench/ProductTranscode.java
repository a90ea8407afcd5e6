package io.streaminfa.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code streaminfa transcode}. */
final class ProductTranscode {
  private static final long DEADLINE_MINUTES = 60;

  private final Home home;

  ProductTranscode(Home home) {
    this.home = home;
  }

  /**
   * Workers are waited for by the JVM that started them, so their CPU counts with it.
   *
   * @param prefix what stands before the launcher, such as {@code taskset}
   */
  TranscodeRun run(Path source, Path directory, List<String> prefix)
      throws IOException, InterruptedException {
    Path log = home.work("logs").resolve("files-streaminfa.log");
    List<String> command = new ArrayList<>(prefix);
    command.add(home.launcher().toString());
    command.addAll(List.of("transcode", source.toString(), "--out", directory.toString()));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().keySet().removeIf(key -> key.startsWith("STREAMINFA_"));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    double cpuBefore = ProcFile.endedChildrenCpuSeconds();
    long startNanos = System.nanoTime();
    Process process = builder.start();
    if (!process.waitFor(DEADLINE_MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IOException("the transcode still ran after " + DEADLINE_MINUTES + " minutes");
    }
    double wallSeconds = (System.nanoTime() - startNanos) / 1e9;
    if (process.exitValue() != 0) {
      throw new IOException("transcode ended with " + process.exitValue() + ": see " + log);
    }
    return new TranscodeRun(wallSeconds, ProcFile.endedChildrenCpuSeconds() - cpuBefore, 0, 0);
  }
}
