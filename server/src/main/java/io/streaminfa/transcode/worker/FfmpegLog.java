package io.streaminfa.transcode.worker;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.ffmpeg.avutil.LogCallback;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/** FFmpeg's warnings and errors: the last one for failures, the rest for the log, within a rate. */
final class FfmpegLog {
  private static final int MAX_PENDING_LINES = 16;
  private static final int MAX_LINE_CHARS = 500;

  private final BlockingQueue<String> pending = new ArrayBlockingQueue<>(MAX_PENDING_LINES);
  private final AtomicLong suppressed = new AtomicLong();
  private volatile String lastError = "";

  /** Strongly held: native code calls it for as long as the process lives. */
  @SuppressWarnings({"FieldCanBeLocal", "UnusedVariable"})
  private @Nullable LogCallback callback;

  void install() {
    LogCallback installed =
        new LogCallback() {
          @Override
          public void call(int level, @Nullable BytePointer message) {
            if (message != null) {
              line(level, message.getString(StandardCharsets.UTF_8));
            }
          }
        };
    callback = installed;
    avutil.av_log_set_level(avutil.AV_LOG_WARNING);
    avutil.setLogCallback(installed);
  }

  private void line(int level, String raw) {
    String line = raw.strip();
    if (line.isEmpty() || level > avutil.AV_LOG_WARNING) {
      return;
    }
    String kept = line.length() > MAX_LINE_CHARS ? line.substring(0, MAX_LINE_CHARS) : line;
    if (level <= avutil.AV_LOG_ERROR) {
      lastError = kept;
    }
    if (!pending.offer(kept)) {
      suppressed.incrementAndGet();
    }
  }

  String lastError() {
    return lastError;
  }

  /** The next line to be told; null when there is none. Asked for a few times a second. */
  @Nullable String poll() {
    String line = pending.poll();
    long lost = line == null ? suppressed.getAndSet(0) : 0;
    return lost > 0 ? lost + " more lines of FFmpeg" : line;
  }
}
