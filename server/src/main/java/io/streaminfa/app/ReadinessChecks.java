package io.streaminfa.app;

import io.streaminfa.config.Config;
import io.streaminfa.control.ReadinessCheck;
import io.streaminfa.ingest.rtmp.RtmpServer;
import io.streaminfa.state.SqliteDatabase;
import io.streaminfa.state.StateException;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.ObjectStore;
import io.streaminfa.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What {@code /readyz} looks at. */
final class ReadinessChecks {
  /** Below it a recording of some minutes no longer fits. */
  private static final long MIN_FREE_BYTES = 512L << 20;

  private static final ObjectKey PROBE = new ObjectKey("readiness/probe");

  private ReadinessChecks() {}

  static List<ReadinessCheck> of(
      Config config, ObjectStore store, RtmpServer rtmp, SqliteDatabase state, FfmpegProbe ffmpeg) {
    return List.of(
        check("storage", () -> storage(store)),
        check("ffmpeg", ffmpeg::result),
        check("rtmp_listener", () -> rtmpListener(rtmp)),
        check("disk_space", () -> diskSpace(config.server().dataDir())),
        check("state_store", () -> stateStore(state)));
  }

  /** One look, which may block. */
  @FunctionalInterface
  interface Look {
    ReadinessCheck.CheckResult check() throws InterruptedException;
  }

  private static ReadinessCheck check(String name, Look look) {
    return new ReadinessCheck() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public boolean critical() {
        return true;
      }

      @Override
      public CheckResult check() throws InterruptedException {
        return look.check();
      }
    };
  }

  private static ReadinessCheck.CheckResult storage(ObjectStore store) throws InterruptedException {
    try {
      store.head(PROBE);
      return new ReadinessCheck.CheckResult(true, "answers");
    } catch (StorageException e) {
      return new ReadinessCheck.CheckResult(false, e.kind().name().toLowerCase(Locale.ROOT));
    }
  }

  private static ReadinessCheck.CheckResult rtmpListener(RtmpServer rtmp) {
    return rtmp.isListening()
        ? new ReadinessCheck.CheckResult(true, "port " + rtmp.port())
        : new ReadinessCheck.CheckResult(false, "not listening");
  }

  private static ReadinessCheck.CheckResult diskSpace(Path dataDir) {
    try {
      long freeBytes = Files.getFileStore(dataDir).getUsableSpace();
      return new ReadinessCheck.CheckResult(
          freeBytes >= MIN_FREE_BYTES, (freeBytes >> 20) + " MiB free");
    } catch (IOException e) {
      return new ReadinessCheck.CheckResult(false, "the data directory cannot be read");
    }
  }

  private static ReadinessCheck.CheckResult stateStore(SqliteDatabase state)
      throws InterruptedException {
    try {
      state.check();
      return new ReadinessCheck.CheckResult(true, "answers");
    } catch (StateException e) {
      return new ReadinessCheck.CheckResult(false, e.reason());
    }
  }
}
