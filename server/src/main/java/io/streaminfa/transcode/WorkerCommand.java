package io.streaminfa.transcode;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a worker process is started.
 *
 * @param java the executable
 * @param classPath as for {@code -cp}; the AOT cache needs the one that it was made with
 * @param nativesDirectory FFmpeg's libraries, unpacked; null: each worker's loader finds them
 * @param aotCache null: the worker starts without one
 */
public record WorkerCommand(
    Path java, String classPath, @Nullable Path nativesDirectory, @Nullable Path aotCache) {
  private static final String MAIN_CLASS = "io.streaminfa.transcode.worker.WorkerMain";

  /** The flags that every worker runs with, and that the AOT cache is made with. */
  private static final List<String> JVM_FLAGS =
      List.of(
          "-XX:+UseSerialGC",
          "-Xmx96m",
          "-XX:TieredStopAtLevel=1",
          "-XX:+SuppressFatalErrorMessage",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          // JavaCPP's default limit counts x264's memory, and stalls every allocation at it.
          "-Dorg.bytedeco.javacpp.maxbytes=0",
          "-Dorg.bytedeco.javacpp.maxphysicalbytes=0");

  /** Without them glibc keeps what frames of changing sizes leave behind. */
  private static final Map<String, String> ENVIRONMENT =
      Map.of("MALLOC_MMAP_THRESHOLD_", "131072", "MALLOC_TRIM_THRESHOLD_", "131072");

  /**
   * The running JVM and class path. When that is one jar, {@code native/} and {@code worker.aot}
   * beside it are used where they exist.
   */
  public static WorkerCommand ofThisProcess() {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    String classPath = System.getProperty("java.class.path");
    Path jar = Path.of(classPath.split(File.pathSeparator, 2)[0]).toAbsolutePath();
    boolean isJar = !classPath.contains(File.pathSeparator) && Files.isRegularFile(jar);
    return isJar
        ? new WorkerCommand(
            java,
            classPath,
            existing(jar.resolveSibling("native")),
            existing(jar.resolveSibling("worker.aot")))
        : new WorkerCommand(java, classPath, null, null);
  }

  private static @Nullable Path existing(Path path) {
    return Files.exists(path) ? path : null;
  }

  /** The whole command line of a worker that connects to the given socket. */
  public List<String> connectingTo(Path socket) {
    List<String> flags = new ArrayList<>();
    if (aotCache != null) {
      flags.add("-XX:AOTCache=" + aotCache);
    }
    return commandLine(flags, List.of("connect", socket.toString()));
  }

  /** The whole command line that makes an AOT cache; the class path is to be the later one. */
  public List<String> training(Path aotCacheOutput) {
    return commandLine(List.of("-XX:AOTCacheOutput=" + aotCacheOutput), List.of("train"));
  }

  /** What to add to the environment of either. */
  public Map<String, String> environment() {
    return ENVIRONMENT;
  }

  private List<String> commandLine(List<String> flags, List<String> arguments) {
    List<String> line = new ArrayList<>();
    line.add(java.toString());
    line.addAll(JVM_FLAGS);
    line.addAll(flags);
    if (nativesDirectory != null) {
      line.add("-Djava.library.path=" + nativesDirectory);
      line.add("-Dorg.bytedeco.javacpp.pathsfirst=true");
    }
    line.add("-cp");
    line.add(classPath);
    line.add(MAIN_CLASS);
    line.addAll(arguments);
    return List.copyOf(line);
  }
}
