package io.streaminfa.app;

import io.streaminfa.config.Config;
import io.streaminfa.control.ReadinessCheck;
import io.streaminfa.ingest.rtmp.RtmpServer;
import io.streaminfa.state.SqliteDatabase;
import io.streaminfa.state.StateException;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.ObjectStore;
import io.streaminfa.storage.SpoolStatus;
import io.streaminfa.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What {@code /readyz} looks at. */
final class ReadinessChecks {
  /** Below it a recording of some minutes no longer fits. */
  private static final long MIN_FREE_BYTES = 512L << 20;

  private static final ObjectKey PROBE = new ObjectKey("readiness/probe");

  private ReadinessChecks() {}

  static List<ReadinessCheck> of(
      Config config,
      StoragePlane storage,
      RtmpServer rtmp,
      SqliteDatabase state,
      FfmpegProbe ffmpeg) {
    List<ReadinessCheck> checks = new ArrayList<>();
    boolean isSpooled = storage.spoolStatus().isPresent();
    // While an object store is away its spool takes its place: that is worse, and good enough.
    checks.add(check("storage", !isSpooled, () -> storage(storage.store())));
    if (isSpooled) {
      checks.add(check("spool", false, () -> spool(storage.spoolStatus().orElseThrow())));
    }
    checks.add(check("ffmpeg", true, ffmpeg::result));
    checks.add(check("rtmp_listener", true, () -> rtmpListener(rtmp)));
    checks.add(check("disk_space", true, () -> diskSpace(config.server().dataDir())));
    checks.add(check("state_store", true, () -> stateStore(state)));
    return List.copyOf(checks);
  }

  /** One look, which may block. */
  @FunctionalInterface
  interface Look {
    ReadinessCheck.CheckResult check() throws InterruptedException;
  }

  private static ReadinessCheck check(String name, boolean isCritical, Look look) {
    return new ReadinessCheck() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public boolean critical() {
        return isCritical;
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

  private static ReadinessCheck.CheckResult spool(SpoolStatus status) {
    String waiting =
        "%d objects wait, %d MiB of %d, the oldest for %d s"
            .formatted(
                status.operations(),
                status.bytes() >> 20,
                status.maxBytes() >> 20,
                status.oldestAge().toSeconds());
    String trouble =
        status
            .trouble()
            .map(kind -> "; the store is " + kind.name().toLowerCase(Locale.ROOT))
            .orElse("");
    String full = status.takesNewStreams() ? "" : "; new streams are refused";
    return new ReadinessCheck.CheckResult(!status.isDegraded(), waiting + trouble + full);
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
